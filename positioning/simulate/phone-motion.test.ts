import test from 'ava'
import type { PositioningEvent } from '../events.ts'
import { RandomStream } from '../random.ts'
import { angleBetween, travel } from './journey.ts'
import { middlingPerson } from './person.ts'
import { heldPhone, motionEvents, type Carry, type MotionSensors } from './phone-motion.ts'
import {
  attitude,
  azimuthOf,
  inverse,
  multiply,
  rotate,
  rotationRate,
  type Quaternion,
} from './quaternion.ts'
import { standardBuilding } from './standard-building.ts'

const { sketch } = standardBuilding()
const samples = travel(sketch, middlingPerson, { level: 'L1', x: 17.5, y: 17.5, tMs: 0 }, [
  { kind: 'stand', forMs: 2000 },
  { kind: 'walk', to: { x: 40, y: 17.5 } },
  { kind: 'walk', to: { x: 40, y: 23 } },
])
const exact: MotionSensors = { ...heldPhone, headingBiasSdRad: 0, headingDriftRad: 0, magneticSdRad: 0 }
const carries: Carry[] = ['hand', 'pocket', 'swinging']

type VectorEvent = PositioningEvent & { x: number; y: number; z: number }
function ofKind(events: readonly PositioningEvent[], kind: VectorEvent['kind']): VectorEvent[] {
  return events.filter((event): event is VectorEvent => event.kind === kind)
}
const quaternionOf = ({ x, y, z }: VectorEvent): Quaternion => ({
  x,
  y,
  z,
  w: Math.sqrt(Math.max(0, 1 - x * x - y * y - z * z)),
})

test('points where it is said to point and turns as fast as it is said to turn', (t) => {
  for (const azimuth of [-3, -1, 0, 0.5, 2]) {
    const q = attitude(azimuth, 0.4, 0.1)
    t.true(Math.abs(azimuthOf(q) - azimuth) < 1e-12)
    t.true(rotate(q, { x: 0, y: 1, z: 0 }).z > 0)
  }
  // A quarter turn to the right in a second: the phone lies flat and turns about its own z, clockwise.
  t.deepEqual(
    rotationRate(attitude(0, 0, 0), attitude(Math.PI / 2, 0, 0), 1).z.toFixed(9),
    (-Math.PI / 2).toFixed(9),
  )
  t.is(multiply(attitude(1, 2, 3), inverse(attitude(1, 2, 3))).w.toFixed(9), '1.000000000')
})

for (const carry of carries) {
  test(`feels gravity alone while its owner stands (${carry})`, (t) => {
    const events = ofKind(motionEvents(samples, { ...exact, carry }, new RandomStream(1)), 'acceleration')
    for (const { tMs, x, y, z } of events) {
      if (tMs < 1900) t.true(Math.abs(Math.hypot(x, y, z) - 9.8) < 0.6)
    }
  })

  test(`turns in its gyroscope by what its rotation vector turns (${carry})`, (t) => {
    const events = motionEvents(samples, { ...exact, carry }, new RandomStream(1))
    const orientations = ofKind(events, 'orientation').map(quaternionOf)
    const rates = ofKind(events, 'rotation-rate')
    for (let second = 0; second + 1 < orientations.length / 50; second++) {
      let q = orientations[second * 50]!
      for (const { x, y, z } of rates.slice(second * 50, second * 50 + 50)) {
        q = multiply(q, { w: 1, x: x * 0.01, y: y * 0.01, z: z * 0.01 })
      }
      const size = Math.hypot(q.w, q.x, q.y, q.z)
      const left = multiply(inverse(orientations[second * 50 + 50]!), q)
      t.true(Math.hypot(left.x, left.y, left.z) / size < 0.03, `second ${second}`)
    }
  })
}

test('points within a trembling hand of the way its owner goes', (t) => {
  const events = ofKind(motionEvents(samples, exact, new RandomStream(1)), 'orientation')
  for (const event of events) {
    const heading = samples[event.tMs / 20]!.headingRad
    t.true(Math.abs(angleBetween(azimuthOf(quaternionOf(event)), heading)) < 0.25)
  }
})

test('errs in heading by a constant, a drift and the steel around, each as large as asked', (t) => {
  const errorOf = (sensors: MotionSensors, seed: number): number => {
    const events = ofKind(motionEvents(samples, sensors, new RandomStream(seed)), 'orientation')
    const last = events[events.length - 1]!
    return angleBetween(samples[samples.length - 1]!.headingRad, azimuthOf(quaternionOf(last)))
  }
  for (const part of [{ headingBiasSdRad: 0.5 }, { headingDriftRad: 0.1 }, { magneticSdRad: 0.5 }]) {
    const errors = Array.from({ length: 60 }, (_, seed) => errorOf({ ...exact, ...part }, seed))
    const sd = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length)
    // 21 s of drift at 0.1 per root second are 0.46 rad; the lag of 2 s weakens the steel's part a little.
    t.true(sd > 0.3 && sd < 0.65, `${JSON.stringify(part)}: ${sd}`)
  }
})

test('gives a mini-program the compass five times a second and no rotation vector', (t) => {
  const events = motionEvents(samples, { ...exact, interface: 'mini-program' }, new RandomStream(1))
  const seconds = samples.length / 50
  const count = (kind: string): number => events.filter((event) => event.kind === kind).length
  t.is(count('orientation'), 0)
  t.true(Math.abs(count('compass') - 5 * seconds) <= 1)
  t.is(count('acceleration'), samples.length)
  t.is(count('rotation-rate'), samples.length)
})
