/** How many sessions may wait for the one backend; the next is refused at once. */
export const waitingLimit = 64

/** Refusal of {@link SessionGate.acquire}: too many wait already. */
export class GateFull extends Error {
  override readonly name = 'GateFull'
}

interface Waiting {
  readonly session: object
  resolve(): void
  reject(reason: Error): void
}

/**
 * Lets one session at a time at the embedded engine's single backend, first come, first served. A session
 * holds the gate from its first statement until it is out of any transaction, so transactions never interleave.
 */
export class SessionGate {
  #owner: object | undefined
  #waiting: Waiting[] = []

  /** Resolves when the session may use the backend; at once when it holds the gate already. */
  acquire(session: object): Promise<void> {
    if (this.#owner === session) return Promise.resolve()
    if (!this.#owner) {
      this.#owner = session
      return Promise.resolve()
    }
    if (this.#waiting.length >= waitingLimit) {
      return Promise.reject(new GateFull(`more than ${waitingLimit} sessions wait for the embedded database`))
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ session, resolve, reject })
    })
  }

  /** Gives the gate to the next in line. Does nothing when the session does not hold it. */
  release(session: object): void {
    if (this.#owner !== session) return
    const next = this.#waiting.shift()
    this.#owner = next?.session
    next?.resolve()
  }

  /** Takes sessions out of the line, rejecting their {@link acquire}; all of them when none is named. */
  dismiss(reason: Error, session?: object): void {
    const leaving = this.#waiting.filter((waiting) => !session || waiting.session === session)
    this.#waiting = this.#waiting.filter((waiting) => !leaving.includes(waiting))
    for (const waiting of leaving) waiting.reject(reason)
  }
}
