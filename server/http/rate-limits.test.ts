import test from 'ava'
import { addressGroup, createRateLimits, rateLimitHeaders } from './rate-limits.ts'

test('an IPv4 address stands for itself, also when it is written as IPv6', (t) => {
  t.is(addressGroup('203.0.113.7'), '203.0.113.7')
  t.is(addressGroup('::ffff:203.0.113.7'), '203.0.113.7')
})

test('all addresses of an IPv6 /64 are one caller, those of another are not', (t) => {
  const same = [
    '2001:db8:1:2::1',
    '2001:db8:1:2:ffff:ffff:ffff:ffff',
    '2001:0DB8:0001:0002::',
    '2001:db8:1:2::1%eth0',
  ]
  t.deepEqual(new Set(same.map(addressGroup)), new Set(['2001:db8:1:2']))
  t.not(addressGroup('2001:db8:1:3::1'), addressGroup('2001:db8:1:2::1'))
  t.is(addressGroup('::1'), '0:0:0:0')
  t.is(addressGroup('fe80::1:2:3:4'), 'fe80:0:0:0')
})

test('allows as many as the limit and not one more, for each caller and policy by itself', async (t) => {
  const limits = createRateLimits()
  const limit = { requests: 3, windowS: 60 }
  const take = async (policy: string, caller: string) => (await limits.take(policy, limit, caller)).allowed
  t.deepEqual([await take('a', 'x'), await take('a', 'x'), await take('a', 'x')], [true, true, true])
  t.false(await take('a', 'x'))
  t.true(await take('a', 'y'))
  t.true(await take('b', 'x'))
})

test('counts requests that come at once', async (t) => {
  const limits = createRateLimits()
  const takes = Array.from({ length: 50 }, () => limits.take('a', { requests: 20, windowS: 60 }, 'x'))
  t.is((await Promise.all(takes)).filter(({ allowed }) => allowed).length, 20)
})

test('tells a refused caller when the refusing window ends', (t) => {
  const limit = { requests: 3, windowS: 60 }
  const headers = rateLimitHeaders([
    { policy: 'a', limit, allowed: true, remaining: 2, resetS: 9 },
    { policy: 'b', limit, allowed: false, remaining: 0, resetS: 42 },
  ])
  t.deepEqual(headers, {
    'ratelimit-policy': '"a";q=3;w=60, "b";q=3;w=60',
    ratelimit: '"a";r=2;t=9, "b";r=0;t=42',
    'retry-after': '42',
  })
})
