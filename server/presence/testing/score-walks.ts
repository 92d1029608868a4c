/** A place on a level, metres of its frame. */
interface Place {
  readonly level: string
  readonly x: number
  readonly y: number
}

/** A zone whose truth is known by geometry. */
export interface JudgedZone {
  readonly id: string
  contains(place: Place): boolean
}

/** Where somebody truly was during a walk. */
export interface TrueWalk {
  readonly startMs: number
  readonly endMs: number
  at(tMs: number): Place
}

/** What presence said of a zone, times on the clock of the walk. */
export interface Said {
  readonly kind: 'entered' | 'left'
  readonly zoneId: string
  readonly tMs: number
  /** Heard inside for the first time: nobody claims they were seen to walk in. */
  readonly appeared: boolean
}

interface Change {
  readonly tMs: number
  readonly kind: 'entered' | 'left'
}

/** A change said this long before or after the true one is that change, ms. */
const sameMs = 10_000
const stayMs = 10_000
/** Nobody can be asked to notice an entry that comes this soon before the end, ms. */
const endsMs = 8000
const sampleMs = 100

/** How presence did on some walks. */
export interface PresenceScore {
  readonly walks: number
  readonly minutes: number
  /** Changes said, and those that the truth does not know within ten seconds, a minute. */
  readonly changesPerMinute: number
  readonly unknownPerMinute: number
  /** Of those, changes at a moment when the truth was different for all of the ten seconds around. */
  readonly falsePerMinute: number
  readonly entries: number
  /** Share of true entries that were noticed before the visitor left or within ten seconds after. */
  readonly noticed: number
  /** Of those noticed, seconds from the true entry; 0 for one said before. */
  readonly delayS: { readonly p50: number; readonly p90: number }
  /** The same of entries with beacons to be heard: ten sightings or more in the ten seconds around. */
  readonly covered: Noticed
  /** ... and of those of them who stayed inside for ten seconds at least. */
  readonly stayed: Noticed
  /** Changes said out of turn: entered while inside, or left while not. */
  readonly outOfTurn: number
}

interface Noticed {
  readonly entries: number
  readonly noticed: number
  readonly p90S: number
}

interface Entry {
  readonly delayMs: number
  readonly stayMs: number
  readonly covered: boolean
}

/** Gathers walks. */
export class WalkScore {
  #walks = 0
  #minutes = 0
  #changes = 0
  #unknown = 0
  #false = 0
  #outOfTurn = 0
  readonly #entries: Entry[] = []

  /**
   * Compares what was said with the truth. A change counts as known when the same change of the same zone truly happened
   * within ten seconds and no other said change is that one already; who appeared counts as known when they were inside
   * within ten seconds.
   */
  add(
    truth: TrueWalk,
    said: readonly Said[],
    { zones, isCovered }: { zones: readonly JudgedZone[]; isCovered: (tMs: number) => boolean },
  ): void {
    this.#walks++
    this.#minutes += (truth.endMs - truth.startMs) / 60_000
    for (const zone of zones) {
      const of = said.filter(({ zoneId }) => zoneId === zone.id)
      this.#addZone(truth, of, zone)
      const { changes } = changesOf(truth, zone)
      changes.forEach(({ tMs, kind }, i) => {
        if (kind === 'left' || tMs > truth.endMs - endsMs) return
        const leftMs = changes[i + 1]?.tMs
        this.#entries.push({
          delayMs: delayOf(of, tMs, (leftMs ?? Infinity) + sameMs),
          stayMs: (leftMs ?? truth.endMs) - tMs,
          covered: isCovered(tMs),
        })
      })
    }
  }

  #addZone(truth: TrueWalk, said: readonly Said[], zone: JudgedZone): void {
    const { initial, changes } = changesOf(truth, zone)
    const insideAt = (tMs: number) =>
      changes.filter((change) => change.tMs <= tMs).reduce((_, { kind }) => kind === 'entered', initial)
    const taken = new Set<Change>()
    let inside = false
    for (const { kind, tMs, appeared } of said) {
      this.#changes++
      const wanted = kind === 'entered'
      if (wanted === inside) this.#outOfTurn++
      inside = wanted
      const near = changes.filter((change) => Math.abs(change.tMs - tMs) <= sameMs)
      const isTrue = near.length > 0 || insideAt(tMs) === wanted
      if (!isTrue) this.#false++
      const match = near.find((change) => change.kind === kind && !taken.has(change))
      if (match) taken.add(match)
      if (appeared ? !isTrue : !match) this.#unknown++
    }
  }

  get score(): PresenceScore {
    const covered = this.#entries.filter((entry) => entry.covered)
    const all = noticedOf(this.#entries)
    return {
      walks: this.#walks,
      minutes: round(this.#minutes),
      changesPerMinute: round(this.#changes / this.#minutes),
      unknownPerMinute: round(this.#unknown / this.#minutes),
      falsePerMinute: round(this.#false / this.#minutes),
      entries: all.entries,
      noticed: all.noticed,
      delayS: { p50: delayS(this.#entries, 0.5), p90: all.p90S },
      covered: noticedOf(covered),
      stayed: noticedOf(covered.filter((entry) => entry.stayMs >= stayMs)),
      outOfTurn: this.#outOfTurn,
    }
  }
}

function noticedOf(entries: readonly Entry[]): Noticed {
  const noticed = entries.filter(({ delayMs }) => delayMs < Infinity)
  return {
    entries: entries.length,
    noticed: round(noticed.length / entries.length),
    p90S: delayS(entries, 0.9),
  }
}

/** A quantile of the delays of those that were noticed. */
function delayS(entries: readonly Entry[], share: number): number {
  const sorted = entries
    .filter(({ delayMs }) => delayMs < Infinity)
    .map(({ delayMs }) => delayMs / 1000)
    .sort((a, b) => a - b)
  return round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN)
}

function changesOf(truth: TrueWalk, zone: JudgedZone): { initial: boolean; changes: Change[] } {
  const initial = zone.contains(truth.at(truth.startMs))
  const changes: Change[] = []
  let inside = initial
  for (let tMs = truth.startMs; tMs <= truth.endMs; tMs += sampleMs) {
    if (zone.contains(truth.at(tMs)) === inside) continue
    inside = !inside
    changes.push({ tMs, kind: inside ? 'entered' : 'left' })
  }
  return { initial, changes }
}

/** How long after a true entry it was said; 0 when it was said before, Infinity when it was not. */
function delayOf(said: readonly Said[], tMs: number, untilMs: number): number {
  const before = said.filter((one) => one.tMs <= tMs)
  if (before[before.length - 1]?.kind === 'entered') return 0
  const after = said.find((one) => one.kind === 'entered' && one.tMs > tMs && one.tMs <= untilMs)
  return after ? after.tMs - tMs : Infinity
}

function round(value: number): number {
  return Number(value.toFixed(2))
}
