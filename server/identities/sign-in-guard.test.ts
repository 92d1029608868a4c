import test from 'ava'
import { createSignInGuard, waitMs } from './sign-in-guard.ts'

test('the wait doubles from a second to a minute', (t) => {
  t.deepEqual([0, 4, 5, 6, 7, 10, 11, 1000].map(waitMs), [0, 0, 1000, 2000, 4000, 32_000, 60_000, 60_000])
})

test('five tries are free, then each costs a wait, and waiting is enough', (t) => {
  let nowMs = 1_000_000
  const guard = createSignInGuard(() => nowMs)
  const free = Array.from({ length: 5 }, () => guard.attempt('lin'))
  t.deepEqual(free, [0, 0, 0, 0, 0])
  t.is(guard.attempt('lin'), 1000)
  t.is(guard.attempt('wang'), 0)
  nowMs += 999
  t.is(guard.attempt('lin'), 1)
  nowMs += 1
  t.is(guard.attempt('lin'), 0)
  t.is(guard.attempt('lin'), 2000)
})

test('a good try and an hour of quiet both wipe the slate', (t) => {
  let nowMs = 1_000_000
  const guard = createSignInGuard(() => nowMs)
  const exhaust = () => {
    for (let tries = 0; tries < 6; tries++) guard.attempt('lin')
  }
  exhaust()
  t.true(guard.attempt('lin') > 0)
  guard.succeeded('lin')
  t.is(guard.attempt('lin'), 0)
  exhaust()
  t.true(guard.attempt('lin') > 0)
  nowMs += 60 * 60 * 1000
  t.deepEqual(
    [1, 2, 3, 4, 5].map(() => guard.attempt('lin')),
    [0, 0, 0, 0, 0],
  )
})

test('watches a bounded number of names and forgets the one longest untouched', (t) => {
  const guard = createSignInGuard(() => 1_000_000)
  for (let tries = 0; tries < 5; tries++) guard.attempt('victim')
  for (let other = 0; other < 9999; other++) guard.attempt(`other-${String(other)}`)
  t.true(guard.attempt('victim') > 0)
  guard.attempt('one more')
  t.is(guard.attempt('victim'), 0)
})
