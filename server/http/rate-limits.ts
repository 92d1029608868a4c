import { createHash, randomBytes } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { RateLimit } from '../contract/endpoint.ts'

/**
 * Callers are counted in this many buckets for each policy, which bounds the memory whoever calls: a full
 * policy takes some 30 MB. Two callers share a bucket with a chance of one in 131 072.
 */
const buckets = 2 ** 17

/** What a policy says of one request. */
export interface Allowance {
  readonly policy: string
  readonly limit: RateLimit
  readonly allowed: boolean
  readonly remaining: number
  readonly resetS: number
}

export interface RateLimits {
  /** Counts one request of a caller under a policy. The limit of a policy is that of its first call. */
  take(policy: string, limit: RateLimit, caller: string): Promise<Allowance>
}

/**
 * Rate limits in fixed windows in the memory of this process: with several nodes each allows the full
 * limit. Callers are kept as salted hashes only, so that no address is stored.
 */
export function createRateLimits(): RateLimits {
  const salt = randomBytes(16)
  const limiters = new Map<string, RateLimiterMemory>()
  return {
    async take(policy, limit, caller) {
      const limiter =
        limiters.get(policy) ?? new RateLimiterMemory({ points: limit.requests, duration: limit.windowS })
      limiters.set(policy, limiter)
      const state = await consume(limiter, bucketOf(salt, caller))
      return {
        policy,
        limit,
        allowed: state.consumedPoints <= limit.requests,
        remaining: state.remainingPoints,
        resetS: Math.max(1, Math.ceil(state.msBeforeNext / 1000)),
      }
    },
  }
}

async function consume(limiter: RateLimiterMemory, bucket: number): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(bucket)
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return refusal
    throw refusal
  }
}

function bucketOf(salt: Uint8Array, caller: string): number {
  return createHash('sha256').update(salt).update(caller).digest().readUInt32BE(0) % buckets
}

/**
 * Whom an address stands for: an IPv4 address for itself, an IPv6 address for its /64, which one customer
 * gets as a whole and can roam in freely. Source: RFC 6177.
 */
export function addressGroup(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const zeros = address.includes('::') ? 8 - left.length - right.length : 0
  const groups = [...left, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...right]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

/**
 * The fields that tell a client what it may still do.
 * Source: draft-ietf-httpapi-ratelimit-headers-10, RateLimit and RateLimit-Policy.
 */
export function rateLimitHeaders(allowances: readonly Allowance[]): Record<string, string> {
  const refused = allowances.find(({ allowed }) => !allowed)
  return {
    'ratelimit-policy': allowances
      .map(({ policy, limit }) => `"${policy}";q=${String(limit.requests)};w=${String(limit.windowS)}`)
      .join(', '),
    ratelimit: allowances
      .map(({ policy, remaining, resetS }) => `"${policy}";r=${String(remaining)};t=${String(resetS)}`)
      .join(', '),
    ...(refused ? { 'retry-after': String(refused.resetS) } : {}),
  }
}
