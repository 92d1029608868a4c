const farMs = 60_000
const backMs = 2_000
const nearMs = 5_000

/**
 * Makes one clock that only goes forward out of the stamps of events. Small steps back are taken as now;
 * a single stamp far off is dropped with its event; two in a row that agree mean that the phone was
 * asleep (the clock goes on) or that its clock was set back (time goes on from where it was).
 */
export class SteadyClock {
  #nowMs: number | undefined
  #offsetMs = 0
  #oddMs: number | undefined

  /** The time now, undefined before the first event. */
  get nowMs(): number | undefined {
    return this.#nowMs
  }

  /** The steady time of an event, or undefined when its stamp cannot be believed. */
  take(stampMs: number): number | undefined {
    if (!Number.isFinite(stampMs)) return undefined
    const nowMs = this.#nowMs
    if (nowMs === undefined) {
      this.#nowMs = stampMs
      return stampMs
    }
    const tMs = stampMs + this.#offsetMs
    if (tMs >= nowMs - backMs && tMs <= nowMs + farMs) {
      this.#oddMs = undefined
      this.#nowMs = Math.max(nowMs, tMs)
      return this.#nowMs
    }
    const confirmed = this.#oddMs !== undefined && Math.abs(stampMs - this.#oddMs) <= nearMs
    this.#oddMs = stampMs
    if (!confirmed) return undefined
    this.#oddMs = undefined
    if (tMs < nowMs) this.#offsetMs += nowMs - tMs
    this.#nowMs = Math.max(nowMs, tMs)
    return this.#nowMs
  }

  /** The steady time of a question: not before now, and now when the stamp is no number. */
  asked(stampMs: number): number | undefined {
    if (this.#nowMs === undefined) return undefined
    return Number.isFinite(stampMs) ? Math.max(this.#nowMs, stampMs + this.#offsetMs) : this.#nowMs
  }
}
