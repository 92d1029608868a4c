import test from 'ava'
import fc from 'fast-check'
import { levelId, venueId } from '../contract/values.ts'
import { toLonLat } from '../../maps/model/index.ts'
import { mounts, newBeaconFields, states } from './beacon.ts'
import type { Beacon } from './beacon.ts'
import { csvColumns, planCsv, writeCsv } from './beacon-csv.ts'

const venue = venueId.parse('0193a1b2-0000-7000-8000-00000000beef')
const frame = {
  originLon: 120.02,
  originLat: 30.28,
  metresPerDegreeLon: 96_000,
  metresPerDegreeLat: 111_319,
}
const levels = ['F1', 'F2'].map((name, at) => ({
  id: levelId.parse(`0193a1b2-0000-7000-8000-00000000000${String(at)}`),
  name,
  ordinal: at,
  frame,
}))
const uuid = '30336d96-26e2-4f8d-b2bf-f039fef6495c'
const nowMs = Date.UTC(2026, 10, 22, 10)

function beacon(minor: number, fields: Partial<Beacon> = {}): Beacon {
  const [lon, lat] = toLonLat(frame, { x: 10 + minor, y: 20 })
  return {
    ...newBeaconFields,
    ...{ venueId: venue, beaconId: `beacon-${String(minor)}`, uuid, major: 1, minor, revision: 1 },
    ...{ state: 'installed', levelId: levels[0]!.id, lon, lat, createdAtMs: 0, updatedAtMs: 0 },
    ...fields,
  }
}

const plan = (text: string, present: readonly Beacon[] = []) => planCsv(text, { present, levels, nowMs })
const line = (cells: Record<string, string>) =>
  `${Object.keys(cells).join(',')}\n${Object.values(cells).join(',')}\n`
const known = { uuid, major: '1', minor: '1' }

const wildText = fc
  .string({ unit: fc.constantFrom(...Array.from('=+-@\'"; ,\t\r\na信1标')), maxLength: 12 })
  .map((text) => text.trim())

test('an export imported again changes nothing, whatever the texts hold', (t) => {
  const beacons = fc.array(
    fc.record({
      state: fc.constantFrom(...states.filter((state) => state !== 'retired')),
      mount: fc.constantFrom(...mounts),
      model: wildText,
      notes: wildText,
      groups: fc.uniqueArray(
        wildText.map((text) => text.replaceAll(';', '').trim()).filter((text) => text !== ''),
        { maxLength: 3 },
      ),
      measuredPowerDbm: fc.integer({ min: -100, max: -20 }),
      txPowerDbm: fc.option(fc.integer({ min: -40, max: 20 })),
      battery: fc.option(fc.integer({ min: 0, max: 100 })),
    }),
    { minLength: 1, maxLength: 8 },
  )
  fc.assert(
    fc.property(beacons, (drawn) => {
      const present = drawn.map(({ battery, ...fields }, at) =>
        beacon(at, { ...fields, batteryPercent: battery, batteryAtMs: battery === null ? null : nowMs }),
      )
      const again = plan(writeCsv(present, levels), present)
      t.deepEqual(again.faults, [])
      t.is(again.unchanged, present.length)
      // And into an empty registry it gives the same beacons.
      const fresh = plan(writeCsv(present, levels))
      t.deepEqual(
        fresh.created.map(({ fields }) => [fields.model, fields.notes, fields.groups, fields.state]),
        present.map(({ model, notes, groups, state }) => [model, notes, groups, state]),
      )
    }),
    { numRuns: 150, seed: 20261122 },
  )
})

test('no cell begins like a formula, and numbers stay numbers', (t) => {
  const csv = writeCsv(
    [beacon(1, { notes: '=HYPERLINK("x")', model: '@a', serial: '+1', firmware: '-cmd' })],
    levels,
  )
  const cells = csv.split('\r\n')[1]!
  for (const guarded of [`'=HYPERLINK`, `'@a`, `'-cmd`]) t.true(cells.includes(guarded), guarded)
  t.true(cells.includes(',-59,'))
  t.true(csv.startsWith('\ufeff'))
})

test('names line, column and what was expected of every fault', (t) => {
  const heading = 'uuid,major,minor,state,level,x_m,y_m,interval_ms,battery_percent,battery_date'
  const text = [
    heading,
    `${uuid},1,1,installed,F1,1,2,500,90,2026-11-01`,
    `${uuid},1,70000,installed,F1,1,2,500,,`,
    `${uuid},1,1,installed,F1,1,2,500,,`,
    `nonsense,1,3,installed,F1,1,2,500,,`,
    `${uuid},1,4,hung,F9,one,2,5,120,yesterday`,
    `${uuid},1,5,verified,,,,500,,`,
  ].join('\r\n')
  const { faults, created, lines } = plan(text)
  t.is(lines, 6)
  t.is(created.length, 1)
  t.deepEqual(
    faults.map((fault) => `${String(fault.line)} ${fault.column}`),
    [
      '3 minor',
      '4 minor',
      '5 uuid',
      '6 state',
      '6 interval_ms',
      '6 battery_percent',
      '6 battery_date',
      '6 level',
      '7 level',
    ],
  )
  t.regex(
    faults.find(({ column }) => column === 'state')!.message,
    /planned, installed, verified, retired.*"hung"/,
  )
})

test('says what is wrong with a heading or a broken table', (t) => {
  t.deepEqual(plan('').faults, [
    { line: 1, column: '', message: 'expected a heading with the names of the columns' },
  ])
  t.is(plan(`uuid,major\n${uuid},1\n`).faults[0]?.column, 'minor')
  t.is(plan(line({ ...known, colour: 'red' })).faults[0]?.column, 'colour')
  t.is(plan(`uuid,major,minor\n${uuid},1\n`).faults[0]?.line, 2)
  t.is(plan(`uuid,major,minor\n"${uuid},1,2\n`).faults.length, 1)
})

test('only cells that differ are changes; absent columns and empty cells change nothing', (t) => {
  const present = [beacon(1, { notes: 'by the lift', batteryPercent: 90, batteryAtMs: nowMs })]
  t.is(plan(line(known), present).unchanged, 1)
  t.is(plan(line({ ...known, notes: '', x_m: '' }), present).unchanged, 1)
  const [changed] = plan(line({ ...known, battery_percent: '80' }), present).changed
  t.deepEqual(Object.keys(changed!.changes).sort(), ['batteryPercent'])
  t.is(changed!.fields.batteryAtMs, nowMs)
  const [moved] = plan(line({ ...known, x_m: '12.5' }), present).changed
  t.deepEqual(Object.keys(moved!.changes), ['lon'])
  t.is(moved!.fields.lat, present[0]!.lat)
})

test('a table cannot do what an operator may not', (t) => {
  const verified = [beacon(1, { state: 'planned' })]
  t.is(plan(line({ ...known, state: 'verified' }), verified).faults[0]?.column, 'state')
  t.is(plan(line({ ...known, state: 'retired' })).faults[0]?.column, 'state')
})

test('no text makes it throw', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.boolean(), (text, headed) => {
      const { faults } = plan(headed ? `${csvColumns.join(',')}\n${text}` : text)
      t.true(faults.length >= 0)
    }),
    { numRuns: 300, seed: 20261122 },
  )
})
