import { ref } from 'vue'
import type { Ref } from 'vue'
import { Refused } from './api.ts'

/** Waits between two tries; the last goes on until it works. */
const waitsMs = [1500, 3000, 6000, 12000]

/** Something fetched that is tried again until it is there. */
export interface Retrying {
  /** Whether the last try did not reach the server. */
  readonly away: Readonly<Ref<boolean>>
  /** Tries at once instead of when the wait is over. */
  readonly now: () => void
  /** Resolves with what `task` gives; rejects only when the server refuses or `signal` aborts. */
  readonly run: <T>(task: () => Promise<T>, signal: AbortSignal) => Promise<T>
}

/**
 * Tries again by itself while the server cannot be reached: after ever longer waits, at once when the
 * network comes back or the person asks.
 */
export function retrying(): Retrying {
  const away = ref(false)
  let wake: () => void = () => undefined
  const pause = (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        removeEventListener('online', done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      addEventListener('online', done)
      signal.addEventListener('abort', done)
      wake = done
    })
  return {
    away,
    now: () => {
      wake()
    },
    run: async (task, signal) => {
      for (let tries = 0; ; tries++) {
        try {
          const result = await task()
          away.value = false
          return result
        } catch (error) {
          if (error instanceof Refused) throw error
          away.value = true
        }
        await pause(waitsMs[Math.min(tries, waitsMs.length - 1)]!, signal)
        signal.throwIfAborted()
      }
    },
  }
}
