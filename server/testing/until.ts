import { setTimeout as delay } from 'node:timers/promises'

const untilLimitMs = 20_000

/** Waits until something holds; throws when it does not in time. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + untilLimitMs
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`never: ${what}`)
    await delay(5)
  }
}
