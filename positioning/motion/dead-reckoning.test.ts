import test from 'ava'
import type { PositioningEvent } from '../events.ts'
import { DeadReckoning } from './dead-reckoning.ts'
import { azimuthOf, HeadingWindow, wrapAngle } from './heading.ts'

const degree = Math.PI / 180

/** The rotation vector of a phone that lies flat and points that way. */
function flat(tMs: number, headingRad: number): PositioningEvent {
  return { kind: 'orientation', tMs, x: 0, y: 0, z: Math.sin(-headingRad / 2) }
}

/** A second of standing still with the phone flat, turning at a rate. */
function* still(fromMs: number, untilMs: number, turnRadS: number): Generator<PositioningEvent> {
  for (let tMs = fromMs; tMs < untilMs; tMs += 20) {
    yield { kind: 'acceleration', tMs, x: 0, y: 0, z: 9.81 }
    // Turning right, seen from above clockwise, is a negative rotation about the upward axis.
    yield { kind: 'rotation-rate', tMs, x: 0, y: 0, z: -turnRadS }
  }
}

test('reads the azimuth of a flat phone from its rotation vector', (t) => {
  for (const heading of [-170, -90, -10, 0, 45, 90, 179]) {
    const event = flat(0, heading * degree)
    if (event.kind !== 'orientation') return t.fail()
    t.true(Math.abs(wrapAngle(azimuthOf(event.x, event.y, event.z) - heading * degree)) < 1e-9, `${heading}`)
  }
  return undefined
})

test('brings any angle into half a turn either way', (t) => {
  t.is(wrapAngle(0), 0)
  t.true(Math.abs(wrapAngle(7) - (7 - 2 * Math.PI)) < 1e-12)
  t.is(wrapAngle(-Math.PI), Math.PI)
  t.true(Math.abs(wrapAngle(1e6)) <= Math.PI)
})

test('averages headings across north without turning south', (t) => {
  const window = new HeadingWindow(500)
  window.push(0, 10 * degree)
  window.push(100, -10 * degree)
  t.true(Math.abs(window.at(200)!) < 1e-9)
  t.is(window.at(700), undefined)
})

test('follows a turn by the gyroscope at once, though the compass stays behind', (t) => {
  const motion = new DeadReckoning()
  for (let tMs = -4000; tMs < 1000; tMs += 20) {
    for (const event of still(tMs, tMs + 20, 0)) motion.push(event, tMs)
    motion.push(flat(tMs, 0), tMs)
  }
  for (const event of still(1000, 2000, Math.PI / 2)) {
    motion.push(event, event.tMs)
    if (event.kind === 'acceleration') motion.push(flat(event.tMs, 0), event.tMs)
  }
  for (const event of still(2000, 2600, 0)) motion.push(event, event.tMs)
  const heading = motion.headingAt(2600)! / degree
  t.true(heading > 80 && heading < 95, `${heading} degrees`)
})

test('comes round to the compass within a minute', (t) => {
  const motion = new DeadReckoning()
  motion.push(flat(0, 0), 0)
  for (const event of still(0, 60_000, 0)) {
    motion.push(event, event.tMs)
    if (event.kind === 'acceleration') motion.push(flat(event.tMs, 1), event.tMs)
  }
  const heading = motion.headingAt(60_000)!
  t.true(heading > 0.9 && heading < 1.01, `${heading}`)
})

test('takes the direction anew after a sleep, in which it may have been turned', (t) => {
  const motion = new DeadReckoning()
  for (const event of still(0, 30_000, 0)) {
    motion.push(event, event.tMs)
    if (event.kind === 'acceleration') motion.push(flat(event.tMs, 0), event.tMs)
  }
  for (const event of still(60_000, 61_000, 0)) {
    motion.push(event, event.tMs)
    if (event.kind === 'rotation-rate') motion.push(flat(event.tMs, Math.PI / 2), event.tMs)
  }
  const heading = motion.headingAt(61_000)! / degree
  t.true(Math.abs(heading - 90) < 1, `${heading} degrees`)
})

test('follows the compass alone where there is no gyroscope, and knows no heading without either', (t) => {
  const motion = new DeadReckoning()
  t.is(motion.headingAt(0), undefined)
  for (let tMs = 0; tMs < 2000; tMs += 50) motion.push({ kind: 'compass', tMs, headingRad: 2 }, tMs)
  t.true(Math.abs(motion.headingAt(2000)! - 2) < 1e-9)
  t.is(motion.headingAt(9000), undefined)
})
