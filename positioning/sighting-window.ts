import type { Heard } from './radio-map/fingerprint.ts'

/** More sightings than a phone hears in ten seconds of a dense mall; the rest of a burst is dropped. */
const capacity = 512
const keptMs = 10_000

/** The sightings of the last ten seconds, at most 512. */
export class SightingWindow {
  #heard: Heard[] = []
  #lastMs = -Infinity

  /** Takes a sighting if it can be true: rssi below zero and not below what any radio reports. */
  push(tMs: number, beacon: number, rssiDbm: number): void {
    if (!(rssiDbm < 0 && rssiDbm >= -120)) return
    if (this.#heard.length >= capacity) this.forget(tMs)
    if (this.#heard.length < capacity) this.#heard.push({ tMs, beacon, rssiDbm })
    this.#lastMs = tMs
  }

  /** The sightings after `fromMs` up to `toMs`, in order of arrival. */
  between(fromMs: number, toMs: number): Heard[] {
    return this.#heard.filter(({ tMs }) => tMs > fromMs && tMs <= toMs)
  }

  /** When the last sighting came; -Infinity if there was none. */
  get lastMs(): number {
    return this.#lastMs
  }

  /** Lets go of what is older than ten seconds. O(sightings). */
  forget(nowMs: number): void {
    this.#heard = this.#heard.filter(({ tMs }) => tMs > nowMs - keptMs)
  }
}
