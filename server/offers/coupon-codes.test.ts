import test from 'ava'
import fc from 'fast-check'
import { codeNumbers, codeStepMs, createCouponCodes, isWellFormed, numberOf } from './coupon-codes.ts'

const secret = new Uint8Array(32).fill(7)
const subject = (number: number) => ({ venueId: 'venue', grantId: `grant ${number}`, number })
const anyNumber = fc.integer({ min: 0, max: codeNumbers - 1 })
const anyTime = fc.integer({ min: 0, max: 4_000_000_000_000 })

test('a code leads back to its coupon and is good until the moment it names, and no longer', (t) => {
  const codes = createCouponCodes([secret])
  fc.assert(
    fc.property(anyNumber, anyTime, (number, nowMs) => {
      const { digits, refreshAtMs, goodUntilMs } = codes.make(subject(number), nowMs)
      t.true(isWellFormed(digits))
      t.is(numberOf(digits), number)
      const at = (atMs: number) => codes.check(subject(number), digits, atMs)
      t.is(at(nowMs), 'good')
      t.true(refreshAtMs > nowMs && refreshAtMs <= nowMs + codeStepMs)
      t.is(goodUntilMs, refreshAtMs + codeStepMs)
      t.is(at(goodUntilMs - 1), 'good')
      t.is(at(goodUntilMs), 'expired')
      t.is(at(goodUntilMs + 600_000), 'wrong')
    }),
  )
})

test('a picture of a screen is worthless within a minute', (t) => {
  const codes = createCouponCodes([secret])
  fc.assert(
    fc.property(anyNumber, anyTime, (number, nowMs) => {
      const { digits } = codes.make(subject(number), nowMs)
      t.not(codes.check(subject(number), digits, nowMs + 60_000), 'good')
    }),
  )
})

test('one wrong digit, or two swapped, are seen without the server, but for 09 and 90', (t) => {
  const codes = createCouponCodes([secret])
  fc.assert(
    fc.property(anyNumber, fc.nat(15), fc.integer({ min: 1, max: 9 }), (number, at, by) => {
      const { digits } = codes.make(subject(number), 0)
      const replace = (from: number, text: string) =>
        digits.slice(0, from) + text + digits.slice(from + text.length)
      t.false(isWellFormed(replace(at, String((Number(digits[at]) + by) % 10))))
      const pair = digits.slice(at, at + 2)
      const swapped = `${pair.slice(1)}${pair.slice(0, 1)}`
      if (swapped !== pair && !['09', '90'].includes(pair)) t.false(isWellFormed(replace(at, swapped)))
    }),
  )
})

test('the tag belongs to coupon, venue, time and secret', (t) => {
  const codes = createCouponCodes([secret])
  const { digits } = codes.make(subject(5), 1e12)
  t.is(codes.check({ ...subject(5), venueId: 'other' }, digits, 1e12), 'wrong')
  t.is(codes.check({ ...subject(5), grantId: 'other' }, digits, 1e12), 'wrong')
  t.is(codes.check(subject(6), digits, 1e12), 'wrong')
  t.is(codes.check(subject(5), digits, 1e12 - codeStepMs), 'wrong')
  const stranger = createCouponCodes([new Uint8Array(32).fill(8)])
  t.is(stranger.check(subject(5), digits, 1e12), 'wrong')
  for (const bad of ['', '1', digits.slice(1), `${digits}0`, 'abcdefghijklmnop', '９'.repeat(16)]) {
    t.is(codes.check(subject(5), bad, 1e12), 'wrong')
  }
})

test('a code made before a change of the secret is still taken', (t) => {
  const old = createCouponCodes([secret])
  const changed = createCouponCodes([new Uint8Array(32).fill(9), secret])
  t.is(changed.check(subject(3), old.make(subject(3), 1e12).digits, 1e12), 'good')
  t.is(old.check(subject(3), changed.make(subject(3), 1e12).digits, 1e12), 'wrong')
})

test('numbers next to each other do not look like it', (t) => {
  const codes = createCouponCodes([secret])
  const starts = [1, 2, 3, 4, 5].map((number) => codes.make(subject(number), 0).digits.slice(0, 3))
  t.is(new Set(starts).size, 5)
})
