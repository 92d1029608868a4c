import process from 'node:process'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import type { Fix, PositioningEvent } from '../events.ts'
import { RandomStream } from '../random.ts'
import { stroll } from '../simulate/index.ts'
import { quantileOf } from '../testing/evaluation.ts'
import { heldAndroid, simulatedMall, walkThrough } from '../testing/simulated-mall.ts'
import type { SimulatedMall } from '../testing/simulated-mall.ts'
import { ParkingTrail } from './parking-trail.ts'
import type { LeftCar } from './parking-trail.ts'
import type { Drives } from './testing/drive.ts'
import { recordedDrives } from './testing/recorded-drives.ts'
import { simulatedDrives } from './testing/simulated-drives.ts'

const mallDir = process.env.ATRIUM_REAL_MALL

if (mallDir === undefined) {
  test('the real mall is left out', (t) => {
    t.log('ATRIUM_REAL_MALL is not set: no car was driven into the real mall')
    t.pass()
  })
} else {
  test('finds the car within 20 m in the middle of fifty drives made of recorded walks', (t) => {
    findCars(t, recordedDrives(mallDir), { count: 50, mostMissed: 0.2, leastInside: 0.65, medianM: 14 })
  })

  test('finds the car within 20 m in the middle of drives among bays whose beacons are planned', (t) => {
    findCars(t, simulatedDrives(mallDir), { count: 12, mostMissed: 0.1, leastInside: 0.75, medianM: 14 })
  })
}

interface Expected {
  readonly count: number
  /** Twenty metres are asked for; this leaves a third of them to what changes in the tracker. */
  readonly medianM: number
  /** Shares of all drives: not noticed, and within the radius that was stated. */
  readonly mostMissed: number
  readonly leastInside: number
}

function findCars(t: ExecutionContext, drives: Drives, expected: Expected): void {
  const { count, medianM, mostMissed, leastInside } = expected
  const errors: number[] = []
  let inside = 0
  for (let seed = 0; seed < count; seed++) {
    const drive = drives.drive(seed)
    const trail = new ParkingTrail()
    const found: LeftCar[] = []
    drives.follow(drive, (fix, events, tMs) => {
      for (const event of events) trail.push(event)
      const left = trail.take(fix, tMs)
      if (left) found.push(left)
    })
    t.true(found.length <= 1, `drive ${seed} is noticed once`)
    const [left] = found
    if (!left) {
      // A car nobody noticed is a car not found.
      errors.push(Infinity)
      continue
    }
    const errorM = left.level === 'B1' ? Math.hypot(left.x - drive.car.x, left.y - drive.car.y) : Infinity
    errors.push(errorM)
    if (errorM <= left.radiusM) inside++
    t.true(Math.abs(left.walkedMs - drive.walkedMs) < 6000, `drive ${seed}: walking began then`)
  }
  const [median, p90] = [quantileOf(errors, 0.5), quantileOf(errors, 0.9)]
  const share = inside / count
  const p90Text = isFinite(p90) ? `${p90.toFixed(1)} m` : 'not noticed'
  t.log(`median ${median.toFixed(1)} m, p90 ${p90Text}, ${(share * 100).toFixed(0)} % within the radius`)
  const missed = errors.filter((errorM) => errorM === Infinity).length
  t.log(`${missed} of ${count} not noticed, or on another level`)
  t.true(median <= medianM)
  t.true(missed <= count * mostMissed)
  t.true(share >= leastInside)
}

/** Everything a trail says of a walk. */
function trailOf(mall: SimulatedMall, events: readonly PositioningEvent[]): LeftCar[] {
  const trail = new ParkingTrail()
  const tracker = mall.newTracker(1)
  const found: LeftCar[] = []
  const endMs = events[events.length - 1]?.tMs ?? 0
  let next = 0
  for (let tMs = 1000; tMs <= endMs; tMs += 1000) {
    for (; next < events.length && events[next]!.tMs <= tMs; next++) {
      tracker.push(events[next]!)
      trail.push(events[next]!)
    }
    const left = trail.take(tracker.fix(tMs), tMs)
    if (left) found.push(left)
  }
  return found
}

test('nobody who strolls, stands and rides an escalator has parked a car', (t) => {
  const mall = simulatedMall({ survey: false, seed: 3 })
  for (let seed = 0; seed < 6; seed++) {
    const random = new RandomStream(seed)
    const { departure, legs } = stroll(mall.building, { level: 'L1', crossingCount: 5, tMs: 0 }, random)
    const ride = { kind: 'ride', connector: 'escalator L1-L2', to: 'L2' } as const
    const stand = { kind: 'stand', forMs: 20_000 } as const
    const walk = walkThrough(
      mall,
      { departure, legs: [...legs, stand, ride, stand], phone: heldAndroid },
      seed,
    )
    t.deepEqual(trailOf(mall, walk.events), [], `stroll ${seed}`)
  }
})

test('nobody who waits for a lift and rides it has parked a car, whenever the level is noticed', (t) => {
  for (const [flipS, walkFromS] of [26, 31].flatMap((flipS) => [30, 34, 38].map((s) => [flipS, s] as const)))
    t.deepEqual(
      rideLift({ flipS, walkFromS }),
      [],
      `level noticed in second ${flipS}, walks from ${walkFromS}`,
    )
})

/**
 * Walks on L2 for a quarter of a minute, stands before a lift and in it, where all is heard faintly; its door
 * opens on B1 after half a minute, among other beacons.
 */
function rideLift({ flipS, walkFromS }: { readonly flipS: number; readonly walkFromS: number }): LeftCar[] {
  const trail = new ParkingTrail()
  const said: LeftCar[] = []
  for (let s = 1; s <= 60; s++) {
    const isWalking = s <= 15 || s > walkFromS
    const lossDb = s > 18 && s <= 30 ? 20 : 0
    for (let k = 0; k < 50; k++) {
      const tMs = (s - 1) * 1000 + k * 20
      const z = 9.81 + (isWalking ? 3 * Math.sin((2 * Math.PI * 1.8 * tMs) / 1000) : 0)
      trail.push({ kind: 'acceleration', tMs, x: 0, y: 0, z })
      for (let i = 0; i < 6 && k % 10 === 0; i++) {
        trail.push({
          kind: 'beacon',
          tMs,
          id: `${s <= 24 ? 'L2' : 'B1'} ${i}`,
          rssiDbm: -68 - 2 * i - lossDb,
        })
      }
    }
    const fix = fixAt(s * 1000, Math.max(0, s - walkFromS), 0, s < flipS ? 'L2' : 'B1')
    const left = trail.take(fix, s * 1000)
    if (left) said.push(left)
  }
  return said
}

const fixAt = (tMs: number, x: number, y = 0, level = 'B1'): Fix => ({
  ...{ tMs, level, levelProbability: 1, x, y, radiusM: 8 },
  basis: { sightings: 10, silenceMs: 0, motion: false, support: 1 },
})

/** A phone that is driven along x for half a minute, stands, and is walked off with; steps are strong swings. */
function driveAndWalk(options: {
  readonly hasAccelerometer: boolean
  readonly stillS: number
}): (LeftCar | undefined)[] {
  const trail = new ParkingTrail()
  const said: (LeftCar | undefined)[] = []
  const walkS = 30 + options.stillS
  for (let s = 1; s <= walkS + 20; s++) {
    const isWalking = s > walkS
    for (let k = 0; k < 50; k++) {
      const tMs = (s - 1) * 1000 + k * 20
      const z = 9.81 + (isWalking ? 3 * Math.sin((2 * Math.PI * 1.8 * tMs) / 1000) : 0)
      if (options.hasAccelerometer) trail.push({ kind: 'acceleration', tMs, x: 0, y: 0, z })
    }
    const x = Math.min(s, 30) * 3
    said.push(trail.take(fixAt(s * 1000, isWalking ? x + (s - walkS) : x), s * 1000))
  }
  return said.filter((one) => one !== undefined)
}

test('says once where the phone stood between driving and walking', (t) => {
  const said = driveAndWalk({ hasAccelerometer: true, stillS: 20 })
  t.is(said.length, 1)
  t.like(said[0], { level: 'B1' })
  t.true(Math.abs(said[0]!.x - 90) < 2)
  t.true(said[0]!.confidence > 0.8 && said[0]!.confidence < 0.95)
})

test('says nothing without an accelerometer, nor when the walk begins long after', (t) => {
  t.deepEqual(driveAndWalk({ hasAccelerometer: false, stillS: 20 }), [])
  t.deepEqual(driveAndWalk({ hasAccelerometer: true, stillS: 16 * 60 }), [])
})

test('who jumps out at once has a place all the same', (t) => {
  const said = driveAndWalk({ hasAccelerometer: true, stillS: 0 })
  t.is(said.length, 1)
  t.true(Math.abs(said[0]!.x - 90) < 8)
})
