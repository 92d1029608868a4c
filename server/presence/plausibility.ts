/** What may speak against a report. */
export const doubtKinds = [
  'far-apart',
  'levels-apart',
  'too-fast',
  'fix-unheard',
  'same-vector',
  'shared-vector',
  'flat-rssi',
  'too-loud',
  'too-many',
  'clock',
] as const

export type DoubtKind = (typeof doubtKinds)[number]

/** Something that speaks against a report, with the figures it rests on. */
export interface Doubt {
  readonly kind: DoubtKind
  /** From 0 to 1. */
  readonly weight: number
  /** `uuid/major/minor` of the beacon it is about. */
  readonly beacon?: string
  readonly facts: Readonly<Record<string, number | string>>
}

/** A beacon as it was heard in one report, in a frame that all levels share. */
export interface Heard {
  readonly id: string
  readonly ordinal: number
  readonly x: number
  readonly y: number
  readonly powerDbm: number
  /** The loudest reading. */
  readonly rssiDbm: number
}

interface Place {
  readonly x: number
  readonly y: number
  /** Holds the truth nine times in ten, by now. */
  readonly radiusM: number
}

/** Loud phones, loud beacons and waves that add up: a signal may be this much louder than expected. */
const slackDb = 12
const pathLossExponent = 2.2
const leastReachM = 6
/** Heard as loud as this, a beacon two levels away is not where the registry says. */
const loudDbm = -78
/** More than a hall full of beacons is heard in one report by no phone. */
const mostAudible = 80

/** The farthest a beacon heard so loud can be, metres. **Source** log-distance path loss, Rappaport (2002), 4.9. */
export function reachM({ powerDbm, rssiDbm }: Pick<Heard, 'powerDbm' | 'rssiDbm'>): number {
  return Math.max(leastReachM, 10 ** ((powerDbm - rssiDbm + slackDb) / (10 * pathLossExponent)))
}

/** Beacons that can have been heard at one place, and what is said of those that cannot. */
export interface CoVisibility {
  readonly together: readonly Heard[]
  readonly doubts: readonly Doubt[]
}

/**
 * Sets aside beacons that cannot have been heard at the same place as the others: one that was cloned or is replayed
 * elsewhere, or was moved. Taken out first is who contradicts most others, among equals who contradicts where the
 * visitor was; of two that contradict each other, with nothing else to go by, both stay and less is believed.
 * O(n²) for n beacons, at most 80.
 * **Source** own; the neighbour test follows S. Capkun et al., "Secure neighborhood discovery", IEEE TDSC 2008.
 */
export function coVisible(heard: readonly Heard[], last: Place | undefined): CoVisibility {
  const doubts: Doubt[] = []
  if (heard.length > mostAudible) {
    doubts.push({ kind: 'too-many', weight: 0.8, facts: { beacons: heard.length, most: mostAudible } })
  }
  let together = heard.slice(0, mostAudible)
  const reach = together.map(reachM)
  const against = together.map((one, i) =>
    together.filter((other, j) => contradicts([one, reach[i]!], [other, reach[j]!])),
  )
  const left = new Set(together)
  for (;;) {
    const worst = worstOf(together, against, left, last)
    if (!worst) break
    const other = worst.against[0]!
    doubts.push(doubtOf(worst.beacon, other, worst.settled ? worst.against.length / together.length : 0.9))
    if (!worst.settled) break
    left.delete(worst.beacon)
  }
  together = together.filter((one) => left.has(one))
  return { together, doubts }
}

function doubtOf(one: Heard, other: Heard, weight: number): Doubt {
  const levels = Math.abs(one.ordinal - other.ordinal) > 1
  return {
    kind: levels ? 'levels-apart' : 'far-apart',
    weight: Math.min(0.9, weight),
    beacon: one.id,
    facts: {
      other: other.id,
      apartM: Math.round(Math.hypot(one.x - other.x, one.y - other.y)),
      levels: Math.abs(one.ordinal - other.ordinal),
      rssiDbm: one.rssiDbm,
      otherRssiDbm: other.rssiDbm,
    },
  }
}

function contradicts([one, oneReachM]: [Heard, number], [other, otherReachM]: [Heard, number]): boolean {
  const dx = one.x - other.x
  const dy = one.y - other.y
  if (dx * dx + dy * dy > (oneReachM + otherReachM) ** 2) return true
  return Math.abs(one.ordinal - other.ordinal) > 1 && one.rssiDbm > loudDbm && other.rssiDbm > loudDbm
}

function worstOf(
  all: readonly Heard[],
  against: readonly (readonly Heard[])[],
  left: ReadonlySet<Heard>,
  last: Place | undefined,
): { beacon: Heard; against: Heard[]; settled: boolean } | undefined {
  let worst: { beacon: Heard; against: Heard[]; score: number } | undefined
  let rival = -1
  for (let i = 0; i < all.length; i++) {
    const beacon = all[i]!
    if (!left.has(beacon)) continue
    const opponents = against[i]!.filter((other) => left.has(other))
    if (opponents.length === 0) continue
    const score = opponents.length + (last && !fits(beacon, last) ? 0.5 : 0)
    if (!worst || score > worst.score) {
      rival = worst?.score ?? -1
      worst = { beacon, against: opponents, score }
    } else rival = Math.max(rival, score)
  }
  return worst && { ...worst, settled: worst.score > rival }
}

function fits(beacon: Heard, { x, y, radiusM }: Place): boolean {
  return Math.hypot(beacon.x - x, beacon.y - y) <= reachM(beacon) + radiusM
}

/** Of the beacons heard, the share that can have been heard at a place. 1 when none were heard. O(n). */
export function heardThere(heard: readonly Heard[], place: Place & { readonly ordinal: number }): number {
  if (heard.length === 0) return 1
  let fitting = 0
  for (const beacon of heard) {
    const levels = Math.abs(beacon.ordinal - place.ordinal)
    if (fits(beacon, place) && (levels < 2 || beacon.rssiDbm < loudDbm)) fitting++
  }
  return fitting / heard.length
}

/** Walking fast, on an escalator: nobody is faster for long, m/s. */
const fastestMps = 4

/** Whether somebody can have come from one place to the next; the radii are taken off the way. */
export function tooFast(last: Place, next: Place, seconds: number): Doubt | undefined {
  const wayM = Math.hypot(next.x - last.x, next.y - last.y) - last.radiusM - next.radiusM
  if (wayM <= fastestMps * Math.max(1, seconds)) return undefined
  const facts = { wayM: Math.round(wayM), seconds: Math.round(seconds), fastestMps }
  return { kind: 'too-fast', weight: 0.9, facts }
}

/** Doubt of each kind fades with this half-life, ms. */
const halfLifeMs = 30_000
/** What is left of trust when one kind of doubt is at its strongest: never so little that it blocks alone. */
const trustInOne = 0.45
/** Trust is never less. */
const leastTrust = 0.05

/** How much speaks against one visitor lately, by kind. Some 100 bytes. */
export class DoubtMemory {
  readonly #level = new Float32Array(doubtKinds.length)
  #atMs = NaN

  /** Takes doubts of one report in. */
  add(doubts: readonly Doubt[], nowMs: number): void {
    this.#fade(nowMs)
    for (const { kind, weight } of doubts) {
      const at = doubtKinds.indexOf(kind)
      this.#level[at] = Math.min(1, Math.max(this.#level[at]!, weight))
    }
  }

  /** From 1, nothing speaks against the visitor, down to 0.05. */
  trust(nowMs: number): number {
    this.#fade(nowMs)
    let trust = 1
    for (const level of this.#level) trust *= 1 - (1 - trustInOne) * level
    return Math.max(leastTrust, trust)
  }

  #fade(nowMs: number): void {
    if (nowMs > this.#atMs) {
      const kept = 0.5 ** ((nowMs - this.#atMs) / halfLifeMs)
      for (let i = 0; i < this.#level.length; i++) this.#level[i]! *= kept
    }
    if (!(nowMs <= this.#atMs)) this.#atMs = nowMs
  }
}

/** Readings of a phone stay the same by chance one time in eight; this often in the long run only if made up. */
const flatAt = 0.75
const flatReports = 6
/** Fewer readings than this are the same by chance: in the last reports of one phone, and in those of all near by. */
const leastReadings = 5
const leastShared = 10

/** What was heard in the last reports of one visitor, to tell made-up readings by their sameness. */
export class VectorMemory {
  #last: ReadonlyMap<string, number> = new Map()
  #hashes: number[] = []
  #flat = 0
  #reports = 0

  /** @param heard rssi by beacon; @param hash of the vector, see {@link vectorHash} */
  weigh(heard: ReadonlyMap<string, number>, hash: number | undefined): Doubt[] {
    const doubts: Doubt[] = []
    let common = 0
    let same = 0
    for (const [id, rssi] of heard) {
      const before = this.#last.get(id)
      if (before === undefined) continue
      common++
      if (before === rssi) same++
    }
    if (common >= 3) {
      this.#flat += (same / common - this.#flat) / Math.min(flatReports, ++this.#reports)
      if (this.#reports >= flatReports && this.#flat > flatAt) {
        const facts = { unchangedShare: Math.round(100 * this.#flat) / 100, reports: this.#reports }
        doubts.push({ kind: 'flat-rssi', weight: 0.9, facts })
      }
    }
    if (hash !== undefined) {
      if (this.#hashes.includes(hash)) {
        doubts.push({ kind: 'same-vector', weight: 0.7, facts: { readings: heard.size } })
      }
      this.#hashes = [hash, ...this.#hashes.slice(0, 7)]
    }
    this.#last = heard
    return doubts
  }
}

/** A number for what was heard in a report, readings included; undefined where chance could repeat it. O(n log n). */
export function vectorHash(heard: ReadonlyMap<string, number>): number | undefined {
  if (heard.size < leastReadings) return undefined
  let hash = 0
  // The sum over entries does not depend on their order.
  for (const [id, rssi] of heard) {
    let one = 2_166_136_261
    for (let i = 0; i < id.length; i++) one = Math.imul(one ^ id.charCodeAt(i), 16_777_619)
    one = Math.imul(one ^ (rssi & 0xff), 16_777_619)
    hash = (hash + Math.imul(one ^ (one >>> 15), 0x2c1b_3c6d)) >>> 0
  }
  return hash
}

const rememberedVectors = 1 << 16
const sharedMs = 10 * 60_000

/** Vectors of all visitors lately: what one phone heard is not heard by another to the last reading. 1 MB. */
export class SharedVectors {
  readonly #hash = new Uint32Array(rememberedVectors)
  readonly #atMs = new Float64Array(rememberedVectors).fill(-Infinity)
  readonly #whose = new Uint32Array(rememberedVectors)

  /** @param from how many beacons were heard, and a number of the visitor */
  weigh(
    hash: number | undefined,
    { beacons, whose }: { readonly beacons: number; readonly whose: number },
    nowMs: number,
  ): Doubt | undefined {
    if (hash === undefined || beacons < leastShared) return undefined
    const at = hash % rememberedVectors
    const isOthers =
      this.#hash[at] === hash && this.#whose[at] !== whose && nowMs - this.#atMs[at]! < sharedMs
    if (isOthers) {
      const facts = { secondsBefore: Math.round((nowMs - this.#atMs[at]!) / 1000) }
      return { kind: 'shared-vector', weight: 0.9, facts }
    }
    this.#hash[at] = hash
    this.#whose[at] = whose
    this.#atMs[at] = nowMs
    return undefined
  }
}
