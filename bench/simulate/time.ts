/** The time a simulation lives by. A life runs until it has nothing to do before a later moment, and waits for it. */
export interface SimulatedTime {
  /** Epoch ms. */
  nowMs(): number
  /** Resolves when that moment has come, at once when it is past; also when the time has ended. */
  until(atMs: number): Promise<void>
  /** Lives a life. Every life waits for others by `until` alone, or virtual time stands still. */
  live(life: () => Promise<void>): Promise<void>
  hasEnded(): boolean
  /** Wakes everybody; from now on nobody waits for anything. */
  end(): void
}

/** The time of this machine, for a server that lives by it too. */
export function realTime(): SimulatedTime {
  const wakers = new Set<() => void>()
  let hasEnded = false
  return {
    nowMs: () => Date.now(),
    until(atMs) {
      const waitMs = atMs - Date.now()
      if (waitMs <= 0 || hasEnded) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer)
          wakers.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, waitMs)
        wakers.add(wake)
      })
    },
    live: (life) => life(),
    hasEnded: () => hasEnded,
    end() {
      hasEnded = true
      for (const wake of [...wakers]) wake()
    },
  }
}

/**
 * Time that leaps to the next moment somebody waits for as soon as nobody has anything to do before it: a mall's hour
 * takes as long as its requests. Who waits for the same moment is woken in the order they began to wait.
 * @param clock is moved; the server has to read it, too
 * @param stepMs moments are multiples of it: with whole seconds those who wait for nearly the same one act at once
 */
export function virtualTime(clock: { nowMs: number }, stepMs = 1): SimulatedTime {
  interface Waiting {
    readonly atMs: number
    readonly wake: () => void
  }
  const waiting: Waiting[] = []
  let busy = 0
  let hasEnded = false

  const rest = () => {
    busy--
    // Not at once: a life that begins where another one waits or ends is still to be counted.
    setImmediate(leap)
  }
  const leap = () => {
    const [first] = waiting
    if (busy > 0 || !first) return
    clock.nowMs = Math.max(clock.nowMs, first.atMs)
    while (waiting[0] && waiting[0].atMs <= clock.nowMs) {
      busy++
      waiting.shift()?.wake()
    }
  }

  return {
    nowMs: () => clock.nowMs,
    until(askedMs) {
      if (askedMs <= clock.nowMs || hasEnded) return Promise.resolve()
      const atMs = Math.ceil(askedMs / stepMs) * stepMs
      return new Promise((wake) => {
        // Sorted by moment, later comers behind; a mall has some hundred lives.
        let at = waiting.length
        while (at > 0 && waiting[at - 1]!.atMs > atMs) at--
        waiting.splice(at, 0, { atMs, wake })
        rest()
      })
    },
    async live(life) {
      busy++
      try {
        await life()
      } finally {
        rest()
      }
    },
    hasEnded: () => hasEnded,
    end() {
      hasEnded = true
      for (const { wake } of waiting.splice(0)) {
        busy++
        wake()
      }
    },
  }
}
