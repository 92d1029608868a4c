const farMs = 60_000
const backMs = 2_000
const nearMs = 5_000
/** The furthest time from 1970 that a date can hold; beyond it, adding a tick may change nothing. */
const furthestMs = 8.64e15

/**
 * Makes one clock that only goes forward out of the stamps of events. Small steps back are taken as now;
 * a single stamp far off is dropped with its event; two in a row that agree mean that the phone was
 * asleep (the clock goes on) or that its clock was set back (time goes on from where it was).
 */
export class SteadyClock {
  /** Now, what to add to a stamp, and the last odd stamp; NaN where there is none. */
  readonly #memory: Float64Array

  /** @param memory three numbers that hold the clock's state, NaN for a new one */
  constructor(memory: Float64Array = new Float64Array(3).fill(NaN)) {
    this.#memory = memory
  }

  /** The time now, undefined before the first event. */
  get nowMs(): number | undefined {
    const nowMs = this.#memory[0]!
    return Number.isNaN(nowMs) ? undefined : nowMs
  }

  /** The steady time of an event, or undefined when its stamp cannot be believed. */
  take(stampMs: number): number | undefined {
    if (!(Math.abs(stampMs) <= furthestMs)) return undefined
    const nowMs = this.nowMs
    if (nowMs === undefined) {
      this.#memory.set([stampMs, 0, NaN])
      return stampMs
    }
    const tMs = stampMs + this.#memory[1]!
    if (tMs >= nowMs - backMs && tMs <= nowMs + farMs) return this.#goOn(Math.max(nowMs, tMs))
    // NaN compares false: a first odd stamp is never confirmed.
    const confirmed = Math.abs(stampMs - this.#memory[2]!) <= nearMs
    this.#memory[2] = stampMs
    if (!confirmed) return undefined
    if (tMs < nowMs) this.#memory[1]! += nowMs - tMs
    return this.#goOn(Math.max(nowMs, tMs))
  }

  /** The steady time of a question: not before now, and now when the stamp is no number. */
  asked(stampMs: number): number | undefined {
    const nowMs = this.nowMs
    if (nowMs === undefined || !Number.isFinite(stampMs)) return nowMs
    return Math.max(nowMs, stampMs + this.#memory[1]!)
  }

  #goOn(nowMs: number): number {
    this.#memory[0] = nowMs
    this.#memory[2] = NaN
    return nowMs
  }
}
