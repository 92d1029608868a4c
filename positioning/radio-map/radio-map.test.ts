import test from 'ava'
import fc from 'fast-check'
import { CellGrid, gridOf } from '../cell-grid.ts'
import type { BeaconSighting, PositioningEvent } from '../events.ts'
import { coarsen } from './coarsen.ts'
import { decodeRadioMap, encodeRadioMap } from './codec.ts'
import { learnPlacements } from './learn-placements.ts'
import { RadioMapBuilder } from './map-builder.ts'
import { nextSurvey } from './next-survey.ts'
import { expectedRateHz, expectedRssi, defaultPathLoss } from './path-loss.ts'
import type { RadioMap } from './radio-map.ts'
import { mapOfRegistry } from './radio-map.ts'
import { RadioModel } from './radio-model.ts'
import { SurveyTrack } from './survey.ts'

const extents = ['A', 'B'].map((id) => ({ id, widthM: 60, heightM: 20, originXM: 0, originYM: 0 }))
const grid = gridOf(extents, { isWalkable: () => true, isClear: () => true })
/** Three beacons in a row on level A; what a phone hears of them is exactly what path loss says. */
const hung = [10, 30, 50].map((x) => ({ id: `beacon ${x}`, level: 'A', x, y: 10, powerDbm: -60 }))

/** A walk along a level at a metre a second, with every beacon's expected sightings. */
function walkAlong(y: number, fromX: number, toX: number) {
  const events: BeaconSighting[] = []
  const seconds = Math.abs(toX - fromX)
  for (let s = 0; s < seconds; s++) {
    const x = fromX + Math.sign(toX - fromX) * s
    for (const beacon of hung) {
      const rssiDbm = expectedRssi(
        defaultPathLoss,
        beacon.powerDbm,
        Math.hypot(beacon.x - x, beacon.y - y),
        0,
      )
      if (expectedRateHz(defaultPathLoss, rssiDbm) < 0.5) continue
      events.push({ kind: 'beacon', tMs: s * 1000, id: beacon.id, rssiDbm: Math.round(rssiDbm) })
    }
  }
  const waypoints = [
    { tMs: 0, x: fromX, y },
    { tMs: seconds * 1000, x: toX, y },
  ]
  return { level: 'A', events, waypoints }
}

function surveyed(): RadioMap {
  const builder = new RadioMapBuilder(grid)
  for (const y of [4, 10, 16]) {
    builder.addSurvey(walkAlong(y, 1, 59))
    builder.addSurvey(walkAlong(y, 59, 1))
  }
  return builder.build()
}
const map = surveyed()

test('comes back from its bytes as it was, to the steps in which it is stored', (t) => {
  const bytes = encodeRadioMap(map)
  const back = decodeRadioMap(bytes)
  t.deepEqual(back.beacons, map.beacons)
  t.deepEqual(back.grid, map.grid)
  t.deepEqual(back.heard.cell, map.heard.cell)
  map.heard.count.forEach((count, e) => {
    t.true(Math.abs(back.heard.count[e]! - count) <= 1 / 16)
    const mean = map.heard.rssiSum[e]! / count
    t.true(Math.abs(back.heard.rssiSum[e]! / back.heard.count[e]! - mean) <= 0.26)
  })
  t.deepEqual(encodeRadioMap(back), bytes)
})

test('says what is wrong with damaged bytes, and never anything but a RangeError', (t) => {
  const bytes = encodeRadioMap(map)
  const damage = fc.record({
    at: fc.nat(bytes.length - 1),
    value: fc.nat(255),
    end: fc.integer({ min: 0, max: bytes.length }),
  })
  fc.assert(
    fc.property(damage, ({ at, value, end }) => {
      const damaged = bytes.slice(0, end)
      damaged[at] = value
      try {
        decodeRadioMap(damaged)
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
      }
    }),
    { numRuns: 200, seed: 1 },
  )
  t.throws(() => decodeRadioMap(Uint8Array.of(1, 2, 3)), { instanceOf: RangeError, message: /ATRM/ })
  const newer = bytes.slice()
  newer[4] = 9
  t.throws(() => decodeRadioMap(newer), { instanceOf: RangeError, message: /version 1, found 9/ })
  // Before the first level is read: the bytes end after the number of levels, 256.
  const tall = Uint8Array.of(...bytes.slice(0, 5), 128, 2)
  t.throws(() => decodeRadioMap(tall), { instanceOf: RangeError, message: /at most 255 levels, found 256/ })
})

test('leaves out beacons heard fewer than five times, unless the registry knows them', (t) => {
  const seldom = (id: string): PositioningEvent => ({ kind: 'beacon', tMs: 500, id, rssiDbm: -80 })
  const walk = walkAlong(10, 1, 21)
  const events = [...walk.events, seldom('passing'), seldom('registered')]
  const builder = new RadioMapBuilder(grid, [{ id: 'registered', level: 'A', x: 5, y: 5, powerDbm: -60 }])
  t.true(builder.addSurvey({ ...walk, events }))
  t.false(builder.addSurvey({ ...walk, level: 'no such level' }))
  t.false(builder.addSurvey({ ...walk, waypoints: walk.waypoints.slice(1) }))
  const { beacons } = builder.build()
  t.false(beacons.includes('passing'))
  t.true(beacons.includes('registered') && beacons.includes('beacon 10'))
})

test('adds up on larger cells to what it was', (t) => {
  const coarse = coarsen(map, 4)
  const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0)
  t.is(coarse.grid.sizeM, 4)
  t.true(Math.abs(sum(coarse.seconds) - sum(map.seconds)) < 0.01)
  t.true(Math.abs(sum(coarse.heard.count) - sum(map.heard.count)) < 0.01)
  t.true(Math.abs(sum(coarse.printed.value) - sum(map.printed.value)) < 0.05)
  for (const c of coarse.heard.cell) t.true(c < coarse.grid.cellCount)
})

test('finds from a survey where a beacon hangs, how loud it is and on which level', (t) => {
  const learned = learnPlacements(map)
  for (const { id, x, y, powerDbm } of hung) {
    const found = learned.find((placement) => placement.id === id)!
    t.is(found.level, 'A')
    t.true(Math.hypot(found.x - x, found.y - y) < 3, `${id} at ${found.x}, ${found.y}`)
    t.true(Math.abs(found.powerDbm - powerDbm) < 3, `${id}: ${found.powerDbm} dBm`)
  }
})

for (const [source, known] of [
  ['a survey', map],
  ['the registry alone', mapOfRegistry(grid, hung)],
] as const) {
  test(`finds by ${source} the place that explains best what was heard`, (t) => {
    const model = new RadioModel(known)
    for (const x of [13, 25, 41]) {
      const { events } = walkAlong(10, x, x + 1)
      const heard = events.map(({ id, rssiDbm, tMs }) => ({ tMs, rssiDbm, beacon: model.beaconOf(id)! }))
      const out = new Float32Array(grid.cellCount)
      model.logLikelihood(heard, 2, heard, out)
      const best = out.indexOf(Math.max(...out))
      t.is(grid.levelOf[best], 0)
      t.true(Math.abs(grid.xOf(best) - x) < 8, `${x}: ${grid.xOf(best)}`)
    }
  })
}

test('cannot tell a phone that hears everything 8 dB louder or fainter by its fingerprint', (t) => {
  const model = new RadioModel(map, { ...new RadioModel(map).tuning, packetWeight: 0 })
  const heard = walkAlong(10, 25, 26).events.map(({ id, rssiDbm }) => ({
    tMs: 0,
    rssiDbm,
    beacon: model.beaconOf(id)!,
  }))
  const [usual, deaf] = [0, -8].map((offset) => {
    const out = new Float32Array(grid.cellCount)
    model.logLikelihood(
      [],
      2,
      heard.map((h) => ({ ...h, rssiDbm: h.rssiDbm + offset })),
      out,
    )
    return out
  })
  usual!.forEach((value, c) => t.true(Math.abs(value - deaf![c]!) < 1e-4))
})

test('keeps a surveyor at the waypoint while they stand, and lets the steps move them on', (t) => {
  const events: PositioningEvent[] = []
  for (let tMs = 0; tMs < 20_000; tMs += 20) {
    const walking = tMs > 10_000
    const z = 9.81 + (walking ? 3 * Math.sin((2 * Math.PI * 1.9 * tMs) / 1000) : 0)
    events.push({ kind: 'acceleration', tMs, x: 0, y: 0, z })
  }
  const waypoints = [
    { tMs: 0, x: 0, y: 0 },
    { tMs: 20_000, x: 10, y: 0 },
  ]
  const track = new SurveyTrack({ level: 'A', events, waypoints })
  const at = (tMs: number): number => track.at(tMs)!.x
  // The clock keeps three tenths of the say.
  t.true(at(9000) < 1.6, `${at(9000)} m after nine seconds of standing`)
  t.true(at(15_000) > 5 && at(15_000) < 7, `${at(15_000)} m half-way through the walk`)
  for (let tMs = 500; tMs <= 20_000; tMs += 500) t.true(at(tMs) >= at(tMs - 500))
  t.is(at(-5000), 0)
  t.is(at(99_000), 10)
})

test('sends the surveyor to what is not surveyed, largest first, and nowhere when all is', (t) => {
  const route = nextSurvey(new RadioModel(map))
  t.deepEqual(
    route.map(({ level }) => level),
    ['B'],
  )
  t.true(route[0]!.areaM2 > 1000)
  t.true(grid.cellAt(1, route[0]!.x, route[0]!.y) >= 0)
  const builder = new RadioMapBuilder(grid)
  for (const y of [2, 6, 10, 14, 18]) {
    for (const level of ['A', 'B']) {
      builder.addSurvey({ ...walkAlong(y, 1, 59), level })
      builder.addSurvey({ ...walkAlong(y, 59, 1), level })
    }
  }
  t.deepEqual(nextSurvey(new RadioModel(builder.build())), [])
})

test('refuses more levels than it can number', (t) => {
  const many = Array.from({ length: 256 }, (_, i) => ({ ...extents[0]!, id: `${i}` }))
  t.throws(() => new CellGrid(many, []), { instanceOf: RangeError })
})
