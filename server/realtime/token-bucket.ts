/** Lets `burst` through at once and `perS` a second in the long run. */
export class TokenBucket {
  readonly #perMs: number
  readonly #burst: number
  #left: number
  #atMs: number

  constructor(limit: { readonly perS: number; readonly burst: number }, nowMs: number) {
    this.#perMs = limit.perS / 1000
    this.#burst = limit.burst
    this.#left = limit.burst
    this.#atMs = nowMs
  }

  /** True when one more may pass now. O(1). */
  take(nowMs: number): boolean {
    this.#left = Math.min(this.#burst, this.#left + Math.max(0, nowMs - this.#atMs) * this.#perMs)
    this.#atMs = nowMs
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
