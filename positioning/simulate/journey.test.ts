import test from 'ava'
import fc from 'fast-check'
import { angleBetween, bearing, travel, type Leg } from './journey.ts'
import { middlingPerson } from './person.ts'
import { standardBuilding } from './standard-building.ts'

const { sketch } = standardBuilding()
const start = { level: 'L1', x: 17.5, y: 17.5, tMs: 0 }
const live = (...legs: Leg[]) => travel(sketch, middlingPerson, start, legs)

test('arrives where every walk leads, on the straight line and never faster than the person walks', (t) => {
  const points = fc.array(
    fc.record({ x: fc.integer({ min: 1, max: 99 }), y: fc.integer({ min: 1, max: 69 }) }),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  fc.assert(
    fc.property(points, (way) => {
      const samples = live(...way.map((to): Leg => ({ kind: 'walk', to })))
      const last = samples[samples.length - 1]!
      const target = way[way.length - 1]!
      t.true(Math.hypot(last.x - target.x, last.y - target.y) < 1e-6)
      for (let index = 1; index < samples.length; index++) {
        const a = samples[index - 1]!
        const b = samples[index]!
        t.is(b.tMs - a.tMs, 20)
        t.true(Math.hypot(b.x - a.x, b.y - a.y) <= middlingPerson.speedMps * 0.02 + 1e-9)
      }
    }),
    { numRuns: 30, seed: 1 },
  )
})

test('makes steps as long as the walk ratio says', (t) => {
  const samples = live({ kind: 'walk', to: { x: 82.5, y: 17.5 } })
  const steps = samples[samples.length - 1]!.stepPhase
  const expected = Math.sqrt(middlingPerson.walkRatioMS * middlingPerson.speedMps)
  t.true(Math.abs(65 / steps - expected) < 0.02, `${65 / steps} m a step, expected ${expected}`)
})

test('faces the way it goes, a second after a corner at the latest', (t) => {
  const corner = { x: 40, y: 17.5 }
  const samples = live({ kind: 'walk', to: corner }, { kind: 'walk', to: { x: 40, y: 40 } })
  t.true(Math.abs(angleBetween(samples[100]!.headingRad, bearing(start, corner))) < 0.01)
  const cornerMs = samples.find(({ y }) => y > 17.5)!.tMs
  const after = samples.find(({ tMs }) => tMs >= cornerMs + 1000)!
  t.true(Math.abs(angleBetween(after.headingRad, 0)) < 0.1)
})

test('slows at a corner without stopping, and stops only at the end of the way', (t) => {
  const samples = live({ kind: 'walk', to: { x: 40, y: 17.5 } }, { kind: 'walk', to: { x: 40, y: 40 } })
  const speeds = samples
    .slice(5)
    .map((b, index) => Math.hypot(b.x - samples[index]!.x, b.y - samples[index]!.y) / 0.1)
  const underWay = speeds.slice(100, -100)
  const slowest = Math.min(...underWay) / middlingPerson.speedMps
  t.true(slowest > 0.4 && slowest < 0.75, `${slowest} of the cruising speed at the corner`)
  t.true(speeds[speeds.length - 1]! < 0.2)
})

for (const [connector, to] of [
  ['lift east', 'L4'],
  ['escalator L1-L2', 'L2'],
  ['stairs L1-L2', 'L2'],
] as const) {
  test(`is carried to the level by the ${connector} and feels what its height does`, (t) => {
    const samples = live({ kind: 'ride', connector, to })
    const last = samples[samples.length - 1]!
    t.is(last.level, to)
    const ride = samples.filter(({ activity }) => connector.startsWith(activity))
    t.true(ride.length > 0)
    // Height is the second integral of the vertical acceleration, whose gait part averages out.
    let speed = 0
    let height = 0
    for (const { acceleration } of ride) {
      speed += acceleration.up * 0.02
      height += speed * 0.02
    }
    const rise = sketch.levels.find(({ id }) => id === to)!.elevationM
    t.true(Math.abs(last.zM - rise) < 0.05)
    for (const { zM, level } of ride) t.is(level, zM < rise / 2 ? 'L1' : to, `${zM} m up`)
    if (!connector.startsWith('stairs')) t.true(Math.abs(height - rise) < 0.05, `${height} of ${rise} m`)
    for (let index = 1; index < ride.length; index++) {
      t.true(Math.abs(ride[index]!.zM - ride[index - 1]!.zM) < 2.2 * 0.02)
    }
  })
}

test('climbs one step for every riser and takes as long as people do', (t) => {
  const samples = live({ kind: 'ride', connector: 'stairs L1-L2', to: 'L2' })
  const flight = samples.filter(({ activity }) => activity === 'stairs')
  const steps = flight[flight.length - 1]!.stepPhase - flight[0]!.stepPhase
  t.true(Math.abs(steps - 31) < 1)
  t.true(flight.length * 0.02 > 15 && flight.length * 0.02 < 22)
})

test('is elsewhere at once when the phone was carried off', (t) => {
  const there = { level: 'L3', x: 60, y: 52.5 }
  const samples = live(
    { kind: 'stand', forMs: 1000 },
    { kind: 'jump', to: there },
    { kind: 'stand', forMs: 100 },
  )
  const index = samples.findIndex(({ level }) => level === 'L3')
  t.is(samples[index]!.x, 60)
  t.is(samples[index]!.tMs - samples[index - 1]!.tMs, 20)
  t.is(samples[index]!.zM, 10)
})

test('names the connector that does not go there', (t) => {
  t.throws(() => live({ kind: 'ride', connector: 'lift north', to: 'L2' }), {
    message: /"lift north".*"L1" to "L2"/,
  })
  t.throws(() => live({ kind: 'ride', connector: 'lift east', to: 'L1' }), { message: /"L1" to "L1"/ })
})
