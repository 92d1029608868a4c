import type { Clock } from '../platform/clock.ts'

/** Failures in a row that cost nothing: people mistype. */
const freeFailures = 5
const firstWaitMs = 1000
/** Long enough to make guessing hopeless, short enough that an operator outwaits somebody's joke. */
const longestWaitMs = 60 * 1000
/** Failures are forgotten after this long without another. */
const forgetMs = 60 * 60 * 1000
/** Names watched at once; beyond that the one longest untouched is forgotten. */
const maxWatched = 10_000

interface Watched {
  readonly failures: number
  readonly lastMs: number
}

/** How long to wait after so many failures in a row: nothing at first, then doubling from 1 s to 1 min. */
export function waitMs(failures: number): number {
  if (failures < freeFailures) return 0
  return Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(30, failures - freeFailures))
}

/**
 * Slows down guessing. What is watched is a name together with the address it is tried from: watching the name
 * alone would let a stranger anywhere lock an operator out, and watching the address alone anybody on the
 * mall's wireless network, all of which is one address (docs/decisions/0005-sign-in-guard.md). A try counts as failed until it is known to be good, so that many at once do not slip
 * through together; names nobody has are watched like any other, so that it tells nothing about which exist.
 * Kept in the memory of this process: with several nodes each counts for itself.
 */
export interface SignInGuard {
  /** Counts a try of whatever is watched: a name and an address, an account. @returns 0 when it may go on, otherwise how many ms are left to wait */
  readonly attempt: (name: string) => number
  /** The try was good: its failures are forgotten. */
  readonly succeeded: (name: string) => void
  /** How many names are watched now. */
  readonly watched: () => number
}

export function createSignInGuard(clock: Clock): SignInGuard {
  const watched = new Map<string, Watched>()
  return {
    attempt(name) {
      const nowMs = clock()
      const known = watched.get(name)
      const current = known && nowMs - known.lastMs < forgetMs ? known : { failures: 0, lastMs: 0 }
      const leftMs = current.lastMs + waitMs(current.failures) - nowMs
      if (current.failures > 0 && leftMs > 0) return leftMs
      watched.delete(name)
      watched.set(name, { failures: current.failures + 1, lastMs: nowMs })
      for (const oldest of watched.keys()) {
        if (watched.size <= maxWatched) break
        watched.delete(oldest)
      }
      return 0
    },
    succeeded(name) {
      watched.delete(name)
    },
    watched: () => watched.size,
  }
}
