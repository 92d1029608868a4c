import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../platform/log.ts'
import type { Jobs } from './index.ts'

/** Database or Redis were away: begin again after this. */
const againMs = 5_000

/**
 * Begins to work without keeping the server from answering meanwhile, and tries again until it works: requests
 * need no worker, and what they add is kept.
 * @returns a function that ends the jobs, letting those under way finish for so long
 */
export function startInBackground(
  jobs: Pick<Jobs, 'start' | 'stop'>,
  log: Log,
): (graceMs: number) => Promise<void> {
  const stopping = new AbortController()
  const started = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await jobs.start()
        return
      } catch (error) {
        log.warn({ err: error }, 'jobs could not begin; they are begun again')
        await delay(againMs, undefined, { signal: stopping.signal }).catch(() => undefined)
      }
    }
  })()
  return async (graceMs) => {
    stopping.abort()
    await started
    await jobs.stop(graceMs)
  }
}
