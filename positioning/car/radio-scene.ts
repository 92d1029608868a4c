/** What was heard is compared over so long, at the beginning and at the end of it. */
export const sceneMs = 9000
const edgeMs = 3000
/** Beacons that are weaker at both ends say little. */
const strongDbm = -88
/** A beacon that is not heard is taken to be this weak. */
const unheardDbm = -100
/** So few beacons make no scene. */
const leastBeacons = 3
/** Sightings that are kept; nine seconds among sixty beacons that send ten times a second are fewer. */
const maxKept = 6000

interface Heard {
  readonly tMs: number
  readonly id: string
  readonly rssiDbm: number
}

/**
 * How much of what a phone hears has changed within nine seconds. Whoever stands hears the same beacons about as
 * strong; whoever is carried along does not, though their phone feels no step and its tracker, which trusts
 * steps, hardly moves.
 *
 * Pure but for what it holds. O(1) a sighting, O(sightings of nine seconds) a question.
 * **Source** own.
 */
export class RadioScene {
  #heard: Heard[] = []

  /** Takes a beacon that was heard, in order of time. */
  push(heard: Heard): void {
    this.#heard.push(heard)
    if (this.#heard.length > maxKept) this.#heard = this.#heard.slice(maxKept / 2)
  }

  /**
   * Mean difference in strength of the beacons of the last three seconds and of the three that ended six seconds
   * ago, in dB.
   * @returns undefined when too little was heard to say
   */
  changeDb(tMs: number): number | undefined {
    this.#heard = this.#heard.filter((one) => one.tMs > tMs - sceneMs)
    const before = meansOf(this.#heard.filter((one) => one.tMs <= tMs - sceneMs + edgeMs))
    const now = meansOf(this.#heard.filter((one) => one.tMs > tMs - edgeMs && one.tMs <= tMs))
    if (before.size === 0 || now.size === 0) return undefined
    let [sumDb, count] = [0, 0]
    for (const id of new Set([...before.keys(), ...now.keys()])) {
      const [a, b] = [before.get(id) ?? unheardDbm, now.get(id) ?? unheardDbm]
      if (Math.max(a, b) < strongDbm) continue
      sumDb += Math.abs(a - b)
      count++
    }
    return count < leastBeacons ? undefined : sumDb / count
  }
}

function meansOf(heard: readonly Heard[]): ReadonlyMap<string, number> {
  const sums = new Map<string, { sum: number; count: number }>()
  for (const { id, rssiDbm } of heard) {
    const one = sums.get(id) ?? { sum: 0, count: 0 }
    one.sum += rssiDbm
    one.count++
    sums.set(id, one)
  }
  return new Map([...sums].map(([id, { sum, count }]) => [id, sum / count]))
}
