import test from 'ava'
import { stepLengthM } from './step-length.ts'

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
