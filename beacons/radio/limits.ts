import { setTimeout as delay } from 'node:timers/promises'

/** How long things may take, ms. */
export interface RadioLimits {
  /** A call to the Bluetooth service itself. */
  readonly serviceMs: number
  /** Until a link is up, and again until its services are known. */
  readonly connectMs: number
  /** A read or write. */
  readonly answerMs: number
  /** For hearing a device that is to be connected to and was forgotten. */
  readonly hearMs: number
  /** Before the second try of a connection, doubled each time. */
  readonly pauseMs: number
}

export const defaultLimits: RadioLimits = {
  serviceMs: 10_000,
  connectMs: 15_000,
  answerMs: 5_000,
  hearMs: 8_000,
  pauseMs: 300,
}

/** A promise that has to be kept in time; otherwise, or when `broken` is, it fails with that fault. */
export async function within<Value>(
  promise: Promise<Value>,
  limit: { readonly ms: number; readonly late: () => Error; readonly broken?: Promise<never> },
): Promise<Value> {
  const done = new AbortController()
  const late = delay(limit.ms, undefined, { signal: done.signal }).then(() => {
    throw limit.late()
  })
  // The one that loses the race may still fail later, when nobody waits for it any more.
  promise.catch(() => undefined)
  late.catch(() => undefined)
  try {
    return await Promise.race([promise, late, ...(limit.broken ? [limit.broken] : [])])
  } finally {
    done.abort()
  }
}

/** `5 s` or `300 ms`, for sentences. */
export function span(ms: number): string {
  return ms >= 1000 ? `${Math.round(ms / 1000)} s` : `${ms} ms`
}
