import { realTime } from '../simulate/index.ts'
import type { SimulatedTime } from '../simulate/index.ts'

/**
 * The time of this machine, so many times as fast since `baseMs`: that of a server process with
 * `TEST_CLOCK=BASE,SPEED`.
 */
export function scaledTime(baseMs: number, speed: number): SimulatedTime {
  const real = realTime()
  return {
    ...real,
    nowMs: () => Math.floor(baseMs + (real.nowMs() - baseMs) * speed),
    until: (atMs) => real.until(baseMs + (atMs - baseMs) / speed),
  }
}
