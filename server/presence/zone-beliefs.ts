import { zoneGroup } from './presence-zones.ts'
import type { PresenceZones } from './presence-zones.ts'

/** Thresholds and times of the dwell machine; how they were chosen stands in the README. */
export interface DwellTuning {
  /** A fix is spread with this deviation for every metre by which its stated radius exceeds `sureM`. */
  readonly deviationPerM: number
  readonly sureM: number
  /** What is looked up is where a visitor is in so many seconds, if they go on as they went. */
  readonly aheadS: number
  /** How they go is the mean over about so long, s. */
  readonly courseS: number
  /** Nobody is thought to walk faster, m/s: what is faster is a position that was mended. */
  readonly fastestMps: number
  /** Belief follows a fix that says more, and one that says less, with these time constants, s. */
  readonly risesS: number
  readonly fallsS: number
  readonly enterAt: number
  readonly leaveAt: number
  /** A level is changed with more certainty, as every zone on it changes too. */
  readonly levelEnterAt: number
  /** From one shop to the next, or one level: as much more has to be believed of it. */
  readonly takeOverBy: number
  /** Nothing is entered on the fixes of the first so many ms. */
  readonly warmMs: number
  /** Whoever enters this soon after they were first heard has not been seen to walk in, ms. */
  readonly appearMs: number
  /** A zone that was left is not entered again for so long, ms. */
  readonly restMs: number
  /** A gap longer than this counts as this long, s; after a longer one a visitor is heard for the first time. */
  readonly mostGapS: number
}

export const dwellTuning: DwellTuning = {
  deviationPerM: 0.55,
  sureM: 7,
  aheadS: 0.6,
  courseS: 1.5,
  fastestMps: 1.6,
  risesS: 0.5,
  fallsS: 3,
  enterAt: 0.5,
  leaveAt: 0.25,
  levelEnterAt: 0.6,
  takeOverBy: 0.35,
  warmMs: 3000,
  appearMs: 12_000,
  restMs: 3000,
  mostGapS: 15,
}

/** Zones a visitor may be near at once. */
export const slots = 24

/** What is believed of one visitor and the zones around them, by slot, as views of 588 bytes. */
export interface VisitorZones {
  /** When the visitor was first heard since the last long silence, and last heard; NaN before. */
  readonly heard: Float64Array
  /** When a zone was entered, or left if they are not in it. */
  readonly sinceMs: Float64Array
  /** When the next mark of dwell is due; Infinity for none. */
  readonly dueMs: Float64Array
  readonly belief: Float32Array
  /** Where they were last seen and how fast they go from there, by {@link courseField}; NaN when that is not known. */
  readonly course: Float32Array
  /** Number of the zone plus one; 0 for a slot that is free. */
  readonly zone: Uint16Array
  readonly inside: Uint8Array
}

/** Fields of {@link VisitorZones.heard}. */
export const heardField = { first: 0, last: 1 } as const

/** Fields of {@link VisitorZones.course}: index of the level, metres, metres a second. */
const courseField = { level: 0, x: 1, y: 2, east: 3, north: 4 } as const
const courseFields = 5

const free = 0

/** The state of a visitor nobody has heard of. */
export function newVisitorZones(): VisitorZones {
  const bytes = new ArrayBuffer(16 + 4 * courseFields + slots * (8 + 8 + 4 + 2 + 1))
  let at = 0
  const take = (size: number): number => (at += size) - size
  const views = {
    heard: new Float64Array(bytes, take(16), 2),
    sinceMs: new Float64Array(bytes, take(8 * slots), slots),
    dueMs: new Float64Array(bytes, take(8 * slots), slots),
    belief: new Float32Array(bytes, take(4 * slots), slots),
    course: new Float32Array(bytes, take(4 * courseFields), courseFields),
    zone: new Uint16Array(bytes, take(2 * slots), slots),
    inside: new Uint8Array(bytes, take(slots), slots),
  }
  views.heard.fill(NaN)
  views.course.fill(NaN)
  views.dueMs.fill(Infinity)
  return views
}

/** Where a visitor probably is, on a level of the map. */
export interface Sight {
  readonly tMs: number
  readonly levelIndex: number
  readonly levelProbability: number
  readonly x: number
  readonly y: number
  /** Holds the truth nine times in ten. */
  readonly radiusM: number
  /** From 1 (nothing speaks against it) down to 0: how much of what the sight says is believed. */
  readonly trust: number
}

/** Told what happened, by slot; the slot still holds what it rests on. */
export interface ZoneListener {
  entered(slot: number, zone: number, tMs: number, appeared: boolean): void
  dwelled(slot: number, zone: number, tMs: number, markMs: number): void
  left(slot: number, zone: number, tMs: number): void
}

/** The dwells somebody waits for in a zone, ms, ascending. */
export type MarksOf = (zone: number) => readonly number[]

/** No phone is surer: half of the positions with the smallest radii are 1.5 m off or more. */
const leastDeviationM = 1.25
/** Points a sight is spread over. */
const points = 12
/** Below this a zone nobody is in is forgotten. */
const forgottenAt = 0.01
/** A zone with less of a sight than this is not begun with. */
const begunAt = 1.5 / points

/**
 * Points of equal weight over a circular normal distribution of unit deviation: by quantile outwards, by the golden
 * angle around. **Source** H. Vogel, "A better way to construct the sunflower head", Mathematical Biosciences 44
 * (1979).
 */
const sunflower = Float64Array.from({ length: 2 * points }, (_, i) => {
  const k = i >> 1
  const radius = Math.sqrt(-2 * Math.log(1 - (k + 0.5) / points))
  const angle = k * Math.PI * (3 - Math.sqrt(5))
  return radius * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle))
})

/**
 * The step from where visitors are to what they are in. For each zone near a visitor it keeps a belief, which follows
 * the share of each sight that lies in the zone: not the bare point, so that a sight of a wide radius says little of
 * a small shop. The sight is carried on a little by how the visitor goes, for what is said of them is always late.
 * Belief rises faster than it falls and enters higher than it leaves, so that a sight that flickers over a wall makes
 * nobody come and go. Of the units one visitor is in at most one, of the levels too.
 *
 * One for a venue's map, for all visitors in turn; holds no state of theirs. The same inputs give the same events. A
 * step allocates nothing unless something happens. O(zones around the visitor).
 * **Source** own; two thresholds after O. H. Schmitt, J. Sci. Instrum. 15 (1938).
 */
export class ZoneStep {
  readonly zones: PresenceZones
  readonly #marksOf: MarksOf
  readonly #tuning: DwellTuning
  readonly #share: Float32Array
  readonly #touched = new Int32Array(16 * points + 2)
  readonly #found = new Int32Array(16)
  #count = 0

  constructor(zones: PresenceZones, marksOf: MarksOf, tuning: DwellTuning = dwellTuning) {
    // A slot has sixteen bits for the number of a zone.
    if (zones.zones.length > 65_534) throw new RangeError('a venue has at most 65534 zones')
    this.zones = zones
    this.#marksOf = marksOf
    this.#tuning = tuning
    this.#share = new Float32Array(zones.zones.length)
  }

  /** Takes a sight in, not older than the last one; an older one changes nothing. */
  take(visitor: VisitorZones, sight: Sight, listener: ZoneListener): void {
    const { heard } = visitor
    const lastMs = heard[heardField.last]!
    if (sight.tMs < lastMs) return
    const { mostGapS, warmMs } = this.#tuning
    const gapS = (sight.tMs - lastMs) / 1000
    if (!(gapS <= mostGapS)) heard[heardField.first] = sight.tMs
    heard[heardField.last] = sight.tMs
    const seconds = Number.isNaN(gapS) ? 1 : Math.min(gapS, mostGapS)
    this.dwell(visitor, sight.tMs, listener)
    this.#goOn(visitor.course, sight, gapS)
    this.#spread(visitor.course, sight)
    this.#follow(visitor, seconds, sight.trust)
    this.#begin(visitor, seconds, sight.trust)
    this.#leave(visitor, sight.tMs, listener)
    if (sight.tMs - heard[heardField.first]! >= warmMs) this.#enter(visitor, sight.tMs, listener)
    for (let i = 0; i < this.#count; i++) this.#share[this.#touched[i]!] = 0
  }

  /** Says the marks of dwell that were reached by now, each with the moment it was reached. O(slots). */
  dwell(visitor: VisitorZones, tMs: number, listener: ZoneListener): void {
    const { dueMs, sinceMs, zone } = visitor
    for (let slot = 0; slot < slots; slot++) {
      while (dueMs[slot]! <= tMs) {
        const reachedMs = dueMs[slot]!
        const markMs = reachedMs - sinceMs[slot]!
        dueMs[slot] = this.#nextDueMs(zone[slot]! - 1, sinceMs[slot]!, markMs)
        listener.dwelled(slot, zone[slot]! - 1, reachedMs, markMs)
      }
    }
  }

  /** Leaves everything at once, whatever is believed, and forgets it. */
  leaveAll(visitor: VisitorZones, tMs: number, listener: ZoneListener): void {
    this.leave(visitor, tMs, { listener, isGone: () => true })
    for (let slot = 0; slot < slots; slot++) clear(visitor, slot)
    visitor.heard.fill(NaN)
    visitor.course.fill(NaN)
  }

  /** Leaves the zones that are gone. */
  leave(
    visitor: VisitorZones,
    tMs: number,
    { listener, isGone }: { listener: ZoneListener; isGone: (zone: number) => boolean },
  ): void {
    for (let slot = 0; slot < slots; slot++) {
      if (visitor.inside[slot] === 1 && isGone(visitor.zone[slot]! - 1))
        this.#letGo(visitor, slot, tMs, listener)
    }
  }

  /** Takes into the course how a visitor came here from where they were last seen. */
  #goOn(course: Float32Array, { levelIndex, x, y }: Sight, gapS: number): void {
    const { courseS, mostGapS } = this.#tuning
    if (!(gapS <= mostGapS) || course[courseField.level] !== levelIndex) {
      course.fill(0)
      course[courseField.level] = levelIndex
    } else if (gapS > 0) {
      const share = 1 - Math.exp(-gapS / courseS)
      const east = (x - course[courseField.x]!) / gapS
      const north = (y - course[courseField.y]!) / gapS
      course[courseField.east]! += (east - course[courseField.east]!) * share
      course[courseField.north]! += (north - course[courseField.north]!) * share
    }
    course[courseField.x] = x
    course[courseField.y] = y
  }

  /** How much of a sight lies in each zone, into `#share`, and which zones those are. */
  #spread(course: Float32Array, { levelIndex, levelProbability, x, y, radiusM }: Sight): void {
    const { deviationPerM, sureM, aheadS, fastestMps } = this.#tuning
    const deviationM = Math.max(leastDeviationM, deviationPerM * (radiusM - sureM))
    const east = course[courseField.east]!
    const north = course[courseField.north]!
    const seconds = (aheadS * fastestMps) / Math.max(fastestMps, Math.hypot(east, north))
    const aheadX = x + east * seconds
    const aheadY = y + north * seconds
    const share = levelProbability / points
    this.#count = 0
    for (let k = 0; k < 2 * points; k += 2) {
      const px = aheadX + deviationM * sunflower[k]!
      const py = aheadY + deviationM * sunflower[k + 1]!
      const found = this.zones.zonesAt(levelIndex, px, py, this.#found)
      for (let i = 0; i < found; i++) this.#add(this.#found[i]!, share)
    }
    this.#add(this.zones.levelZone(levelIndex), levelProbability)
    this.#add(this.zones.venueZone, 1)
  }

  #add(zone: number, share: number): void {
    if (this.#share[zone] === 0) this.#touched[this.#count++] = zone
    this.#share[zone]! += share
  }

  /** Moves the beliefs that there are towards the sight. */
  #follow(visitor: VisitorZones, seconds: number, trust: number): void {
    const { risesS, fallsS } = this.#tuning
    const rise = 1 - Math.exp(-seconds / risesS)
    const fall = 1 - Math.exp(-seconds / fallsS)
    const { zone, belief, inside } = visitor
    for (let slot = 0; slot < slots; slot++) {
      const number = zone[slot]!
      if (number === free) continue
      const share = this.#share[number - 1] ?? 0
      // What is above zero afterwards has no slot yet.
      if (share > 0) this.#share[number - 1] = -1
      const before = belief[slot]!
      if (share < before) belief[slot] = before + (share - before) * fall
      else belief[slot] = before + Math.max(0, share * trust - before) * rise
      if (inside[slot] === 0 && belief[slot]! < forgottenAt) clear(visitor, slot)
    }
  }

  /** Gives a slot to zones that had none. */
  #begin(visitor: VisitorZones, seconds: number, trust: number): void {
    const rise = trust * (1 - Math.exp(-seconds / this.#tuning.risesS))
    for (let i = 0; i < this.#count; i++) {
      const zone = this.#touched[i]!
      const share = this.#share[zone]!
      if (share < begunAt) continue
      const slot = slotFor(visitor, share * rise)
      if (slot < 0) continue
      clear(visitor, slot)
      visitor.zone[slot] = zone + 1
      visitor.belief[slot] = share * rise
      visitor.sinceMs[slot] = -Infinity
    }
  }

  #leave(visitor: VisitorZones, tMs: number, listener: ZoneListener): void {
    const { zone, belief, inside } = visitor
    for (let slot = 0; slot < slots; slot++) {
      if (inside[slot] === 1 && belief[slot]! <= this.#tuning.leaveAt) {
        this.#letGo(visitor, slot, tMs, listener)
        if (zone[slot] !== free && belief[slot]! < forgottenAt) clear(visitor, slot)
      }
    }
  }

  #enter(visitor: VisitorZones, tMs: number, listener: ZoneListener): void {
    const { enterAt, levelEnterAt, restMs, appearMs } = this.#tuning
    const { zone, belief, inside, sinceMs } = visitor
    const appeared = tMs - visitor.heard[heardField.first]! < appearMs
    for (let slot = 0; slot < slots; slot++) {
      const number = zone[slot]!
      if (number === free || inside[slot] === 1) continue
      const group = this.zones.group[number - 1]!
      if (belief[slot]! < (group === zoneGroup.level ? levelEnterAt : enterAt)) continue
      if (tMs - sinceMs[slot]! < restMs) continue
      if (group !== zoneGroup.alone && !this.#takeOver(visitor, slot, tMs, listener)) continue
      inside[slot] = 1
      sinceMs[slot] = tMs
      visitor.dueMs[slot] = this.#nextDueMs(number - 1, tMs, 0)
      listener.entered(slot, number - 1, tMs, appeared)
    }
  }

  #nextDueMs(zone: number, sinceMs: number, passedMs: number): number {
    const next = this.#marksOf(zone).find((markMs) => markMs > passedMs)
    return next === undefined ? Infinity : sinceMs + next
  }

  /** Leaves the zone of the same group the visitor is in, if clearly less is believed of it; false if they stay. */
  #takeOver(visitor: VisitorZones, slot: number, tMs: number, listener: ZoneListener): boolean {
    const { zone, belief, inside } = visitor
    const group = this.zones.group[zone[slot]! - 1]
    for (let other = 0; other < slots; other++) {
      if (inside[other] === 0 || this.zones.group[zone[other]! - 1] !== group) continue
      if (belief[slot]! < belief[other]! + this.#tuning.takeOverBy) return false
      this.#letGo(visitor, other, tMs, listener)
    }
    return true
  }

  #letGo(visitor: VisitorZones, slot: number, tMs: number, listener: ZoneListener): void {
    listener.left(slot, visitor.zone[slot]! - 1, tMs)
    visitor.inside[slot] = 0
    visitor.sinceMs[slot] = tMs
    visitor.dueMs[slot] = Infinity
  }
}

/** A free slot, or the one of the zone least believed in that nobody is in, or -1. */
function slotFor({ zone, belief, inside }: VisitorZones, belief0: number): number {
  let found = -1
  let least = belief0
  for (let slot = 0; slot < slots; slot++) {
    if (zone[slot] === free) return slot
    if (inside[slot] === 0 && belief[slot]! < least) {
      least = belief[slot]!
      found = slot
    }
  }
  return found
}

function clear(visitor: VisitorZones, slot: number): void {
  visitor.zone[slot] = free
  visitor.belief[slot] = 0
  visitor.inside[slot] = 0
  visitor.dueMs[slot] = Infinity
  visitor.sinceMs[slot] = -Infinity
}
