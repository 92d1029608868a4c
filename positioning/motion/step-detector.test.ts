import test from 'ava'
import { RandomStream } from '../random.ts'
import { StepDetector } from './step-detector.ts'
import { stepLengthM } from './step-length.ts'

/** Steps found in a minute of a cadence and swing, m/s², with white noise, m/s², at a sample period. */
function countSteps(walk: { hz: number; swing: number; noise: number; periodMs: number }): number {
  const detector = new StepDetector()
  const random = new RandomStream(3)
  let steps = 0
  for (let tMs = 0; tMs < 60_000; tMs += walk.periodMs) {
    const value =
      9.81 + walk.swing * Math.sin((2 * Math.PI * walk.hz * tMs) / 1000) + walk.noise * random.normal()
    if (detector.push(tMs, 0.1 * value, 0.2 * value, 0.974 * value)) steps++
  }
  return steps
}

for (const hz of [1.4, 1.8, 2.2]) {
  for (const periodMs of [20, 60]) {
    test(`counts the steps of a walk at ${hz} Hz sampled every ${periodMs} ms`, (t) => {
      const steps = countSteps({ hz, swing: 2.5, noise: 0.3, periodMs })
      t.true(Math.abs(steps - 60 * hz) <= 3, `${steps} of ${60 * hz}`)
    })
  }
}

test('counts nothing while the phone lies still', (t) => {
  t.is(countSteps({ hz: 1, swing: 0, noise: 0.05, periodMs: 20 }), 0)
})

test('counts a step only once it has seen the signal fall', (t) => {
  const detector = new StepDetector()
  let rising = 0
  for (let tMs = 0; tMs < 400; tMs += 20) if (detector.push(tMs, 0, 0, 9.8 + tMs / 100)) rising++
  t.is(rising, 0)
  let falling = 0
  for (let tMs = 400; tMs < 900; tMs += 20) if (detector.push(tMs, 0, 0, 13.8 - (tMs - 400) / 100)) falling++
  t.is(falling, 1)
})

test('is not troubled by samples that are no numbers, out of order, or after a gap', (t) => {
  const detector = new StepDetector()
  t.is(detector.push(NaN, 0, 0, 9.8), undefined)
  t.is(detector.push(0, NaN, 0, 9.8), undefined)
  t.is(detector.push(0, 0, 0, 9.8), undefined)
  t.is(detector.push(-20, 0, 0, 99), undefined)
  t.is(detector.push(1e9, 0, 0, 99), undefined)
})

test('takes a stronger swing for a longer step, from nothing up to a brisk one', (t) => {
  t.is(stepLengthM(0), 0)
  let last = 0
  for (let swing = 0.5; swing < 40; swing += 0.5) {
    const lengthM = stepLengthM(swing)
    t.true(lengthM > last && lengthM < 0.8, `${lengthM} m at ${swing} m/s²`)
    last = lengthM
  }
  t.true(Math.abs(stepLengthM(8) - 0.69) < 0.01)
})
