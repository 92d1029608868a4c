import test from 'ava'
import { SteadyClock } from './steady-clock.ts'

test('never goes back, whatever it is told', (t) => {
  const clock = new SteadyClock()
  let last = -Infinity
  for (const stamp of [1000, 900, 1100, NaN, -5, 1e15, 1200, Infinity, 1190, 0, 1, 2, 3000]) {
    const taken = clock.take(stamp)
    if (taken === undefined) continue
    t.true(taken >= last, `${stamp} became ${taken} after ${last}`)
    last = taken
  }
})

test('drops a single stamp far off and goes on', (t) => {
  const clock = new SteadyClock()
  clock.take(1000)
  t.is(clock.take(365 * 86_400_000), undefined)
  t.is(clock.take(1020), 1020)
  t.is(clock.take(-3_600_000), undefined)
  t.is(clock.take(1040), 1040)
})

test('takes no stamp that no date can hold, however often it comes', (t) => {
  const clock = new SteadyClock()
  t.is(clock.take(1e308), undefined)
  clock.take(1000)
  for (const stamp of [1e308, 1e308, -1e300, -1e300, 9e15, 9e15]) t.is(clock.take(stamp), undefined)
  t.is(clock.take(1020), 1020)
})

test('believes two stamps that agree: the phone slept', (t) => {
  const clock = new SteadyClock()
  clock.take(1000)
  t.is(clock.take(600_000), undefined)
  t.is(clock.take(600_020), 600_020)
})

test('goes on from where it was when the clock is set back', (t) => {
  const clock = new SteadyClock()
  clock.take(5_000_000)
  t.is(clock.take(1000), undefined)
  t.is(clock.take(1020), 5_000_000)
  t.is(clock.take(1120), 5_000_100)
  t.is(clock.asked(1220), 5_000_200)
})

test('carries on from its memory as if it had never been put away', (t) => {
  const memory = new Float64Array(3).fill(NaN)
  const stamps = [1000, 99_000_000, 99_000_020, 5000, 5020, 5040]
  const whole = new SteadyClock()
  t.deepEqual(
    stamps.map((stamp) => new SteadyClock(memory).take(stamp)),
    stamps.map((stamp) => whole.take(stamp)),
  )
})
