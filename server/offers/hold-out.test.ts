import { randomUUID } from 'node:crypto'
import test from 'ava'
import { halfSipHash, isHeldOut, parseAssignmentKey, wordsOfId } from './hold-out.ts'

test('hashes as the reference implementation does', (t) => {
  // Key 00…07, messages 00 01 02 … of 0, 4, 8, 12, 16 bytes.
  const key = [0x03020100, 0x07060504] as const
  const words = [0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c]
  const expected = [0x5b9f35a9, 0x89466e2a, 0x8f84b8d0, 0x2f87f057, 0x84acb5d9]
  t.deepEqual(
    expected.map((_, count) => halfSipHash(key, words.slice(0, count))),
    expected,
  )
})

test('keeps a visitor in the group when its share grows, and the share is what was asked for', (t) => {
  const key = parseAssignmentKey('0123456789abcdef')
  const visitors = Array.from({ length: 20_000 }, () => wordsOfId(randomUUID()))
  const group = (percent: number) => visitors.filter((visitor) => isHeldOut(key, visitor, percent))
  const ten = group(10)
  // Five standard deviations of a binomial with p = 0.1.
  t.true(Math.abs(ten.length - 2000) < 5 * Math.sqrt(20_000 * 0.1 * 0.9), String(ten.length))
  const thirty = new Set(group(30))
  t.true(ten.every((visitor) => thirty.has(visitor)))
  t.is(group(0).length, 0)
  t.is(group(100).length, visitors.length)
})

test('splits visitors anew for every campaign', (t) => {
  const one = parseAssignmentKey('0123456789abcdef')
  const other = parseAssignmentKey('fedcba9876543210')
  const visitors = Array.from({ length: 20_000 }, () => wordsOfId(randomUUID()))
  const both = visitors.filter((visitor) => isHeldOut(one, visitor, 50) && isHeldOut(other, visitor, 50))
  t.true(Math.abs(both.length - 5000) < 5 * Math.sqrt(20_000 * 0.25 * 0.75), String(both.length))
})
