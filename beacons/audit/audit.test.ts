import test from 'ava'
import {
  mallRadio,
  plannedLayout,
  radioField,
  simulateWalk,
  standardBuilding,
  middlingPerson,
} from '../../positioning/simulate/index.ts'
import type { BeaconSketch } from '../../positioning/simulate/index.ts'
import { RandomStream } from '../../positioning/index.ts'
import { heldAndroid } from '../../positioning/testing/simulated-mall.ts'
import { buildIBeacon } from '../frames/i-beacon.ts'
import { AirLog, auditWalk, intervalOf, verifyOnAir } from './index.ts'
import type { AirPacket, AuditedBeacon } from './index.ts'

const uuid = '30336d96-26e2-4f8d-b2bf-f039fef6495c'
const building = standardBuilding()
const layout = plannedLayout(building.sketch, 90)

/** What a walker hears on a level when the beacons hang where `hung` says; keys are ids. */
function walkOn(level: string, hung: readonly BeaconSketch[], seed: number): AirPacket[] {
  const venue = {
    sketch: building.sketch,
    beacons: hung,
    field: radioField(building.sketch, mallRadio, seed),
  }
  const stops = [0, 3, 4, 7, 0, 1, 8, 11, 6, 5, 10, 9, 2]
  const [first, ...rest] = stops.map((index) => building.crossings[index]!)
  const walk = simulateWalk(
    {
      ...{ venue, person: middlingPerson, phone: heldAndroid },
      departure: { ...first!, level, tMs: 0 },
      legs: rest.map((to) => ({ kind: 'walk' as const, to })),
    },
    new RandomStream(seed),
  )
  return walk.events.flatMap((event) => {
    if (event.kind !== 'beacon') return []
    const [id = '', address = id] = event.id.split('@')
    return [{ atMs: event.tMs, key: id, address, rssiDbm: event.rssiDbm }]
  })
}

const registry: readonly AuditedBeacon[] = layout.map(({ id, level, x, y, powerAt1mDbm }) => ({
  ...{ key: id, id: `registry ${id}`, level, x, y, measuredPowerDbm: powerAt1mDbm },
}))

test('finds nothing wrong where nothing is, and says what it did not come near to', (t) => {
  const audit = auditWalk(walkOn('L2', layout, 1), registry, ['L2'])
  t.deepEqual(audit.findings, [])
  t.deepEqual(audit.foreign, [])
  const onLevel = registry.filter(({ level }) => level === 'L2').length
  t.is(audit.judged.length + audit.notWalked.length, onLevel)
  t.true(audit.judged.length >= onLevel * 0.9, `${audit.judged.length} of ${onLevel}`)
  t.true(audit.verdicts.every(({ says }) => says === 'no'))
})

test('names what is missing, moved, quieter, doubled and foreign, and nothing else', (t) => {
  const on = layout.filter(({ level }) => level === 'L2')
  const [gone, moved, doubled, quiet] = [on[3]!, on[7]!, on[12]!, on[5]!]
  const far = on.reduce((most, one) => {
    const away = (b: BeaconSketch) => Math.hypot(b.x - moved.x, b.y - moved.y)
    return away(one) > away(most) ? one : most
  })
  const hung = layout.flatMap((beacon): BeaconSketch[] => {
    if (beacon === gone) return []
    if (beacon === quiet) return [{ ...beacon, powerAt1mDbm: beacon.powerAt1mDbm - 16 }]
    if (beacon === moved) return [{ ...beacon, x: far.x, y: far.y + 2 }]
    if (beacon === doubled) return [beacon, { ...beacon, id: `${beacon.id}@AA:00`, x: beacon.x + 6 }]
    return [beacon]
  })
  const stranger: BeaconSketch = { ...on[0]!, id: 'other-uuid/1/1', x: 40, y: 20 }
  const audit = auditWalk(walkOn('L2', [...hung, stranger], 4), registry, ['L2'])
  t.deepEqual(audit.findings.map(({ kind, beacon }) => `${kind} ${beacon.key}`).sort(), [
    `duplicate ${doubled.id}`,
    `missing ${gone.id}`,
    `moved ${moved.id}`,
    `weak ${quiet.id}`,
  ])
  t.true(audit.findings.every(({ confidence }) => confidence > 0.5 && confidence < 1))
  const { evidence } = audit.findings.find(({ kind }) => kind === 'moved')!
  t.true(Math.hypot(Number(evidence.x) - far.x, Number(evidence.y) - far.y) < 8, JSON.stringify(evidence))
  t.is(audit.foreign.length, 1)
  t.like(audit.foreign[0], { key: 'other-uuid/1/1', isOurUuid: false })
  t.like(
    audit.verdicts.find(({ beaconId, says }) => beaconId === `registry ${gone.id}` && says === 'yes'),
    { kind: 'silent' },
  )
  t.is(audit.verdicts.filter(({ beaconId }) => beaconId === `registry ${gone.id}`).length, 1)
})

test('measures the interval though packets got lost, and says nothing of too few', (t) => {
  const random = new RandomStream(5)
  for (const interval of [100, 500, 1022]) {
    const times: number[] = []
    for (let at = 0; times.length < 60; at += interval + 10 * random.uniform())
      if (random.uniform() > 0.4) times.push(at)
    const measured = intervalOf(times)!
    t.true(Math.abs(measured - interval - 5) < interval * 0.03, `${interval}: ${measured}`)
  }
  t.is(intervalOf([0, 100, 200]), undefined)
})

/** An air log in which a beacon was heard for ten seconds. */
function air(
  beacons: readonly { minor: number; address: string; rssiDbm: number; everyMs?: number; power?: number }[],
): AirLog {
  const log = new AirLog()
  for (const { minor, address, rssiDbm, everyMs = 500, power = -59 } of beacons) {
    const frame = buildIBeacon({ uuid, major: 1, minor }, power)
    if ('refused' in frame) throw new Error(frame.refused)
    for (let atMs = 0; atMs < 10_000; atMs += everyMs + (atMs % 11)) {
      log.add({
        ...{ atMs, address, addressType: 'random', rssiDbm, serviceUuids: [] },
        ...{ manufacturerData: new Map([[0x4c, frame]]), serviceData: new Map<string, Uint8Array>() },
      })
    }
  }
  return log
}

test('verifies a beacon on the air, and says of every fault what was expected, what came and what to do', (t) => {
  const expected = {
    ...{
      key: `${uuid}/1/7`,
      mac: 'C3:00:00:00:00:07',
      measuredPowerDbm: -59,
      intervalMs: 500,
      mountHeightM: 3,
    },
    neighbours: [{ key: `${uuid}/1/8`, distanceM: 9 }],
  }
  const faults = (log: AirLog) =>
    verifyOnAir(expected, log.heard()).flatMap(({ id, isOk }) => (isOk ? [] : [id]))
  const own = { minor: 7, address: 'C3:00:00:00:00:07', rssiDbm: -64 }
  const beside = { minor: 8, address: 'C3:00:00:00:00:08', rssiDbm: -78 }
  t.deepEqual(faults(air([own, beside])), [])
  t.deepEqual(faults(air([beside])), ['heard'])
  t.deepEqual(faults(air([own, beside, { ...own, address: 'C3:00:00:00:00:99' }])), ['one-of-it'])
  t.deepEqual(faults(air([{ ...own, address: 'C3:00:00:00:00:99' }, beside])), ['hardware'])
  t.deepEqual(faults(air([{ ...own, everyMs: 1000 }, beside])), ['interval'])
  t.deepEqual(faults(air([{ ...own, power: -65 }, beside])), ['power'])
  t.deepEqual(faults(air([{ ...own, rssiDbm: -90 }, beside])), ['strength'])
  t.deepEqual(faults(air([own])), ['neighbours'])
  for (const { isOk, words } of verifyOnAir(
    expected,
    air([{ ...own, rssiDbm: -90, everyMs: 1000 }]).heard(),
  )) {
    t.is(isOk, !words.en.startsWith('Expected'), words.en)
  }
})
