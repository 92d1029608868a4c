import type { VenueId } from '../../maps/model/index.ts'
import { decodeRadioMap, ServerTrackers } from '../../positioning/index.ts'
import type { BeaconRegistry, PlacedBeacon } from '../beacons/index.ts'
import type { SightingsReport } from '../contract/presence.contract.ts'
import type { ZonePlan } from '../venues/index.ts'
import { coVisible, heardThere, tooFast, vectorHash } from './plausibility.ts'
import type { Doubt, Heard, SharedVectors } from './plausibility.ts'
import { PresenceZones } from './presence-zones.ts'
import type { LastPlace, VisitorHere } from './visitor-here.ts'
import { ZoneStep } from './zone-beliefs.ts'
import type { MarksOf } from './zone-beliefs.ts'

/** A phone that is less sure of its place is not taken at its word, metres. */
const vagueM = 80
/** Of the beacons a phone hears, so many have to be in reach of where it says it is. */
const heardShare = 0.6
/** A phone walks on by its steps; for so long after the last beacon it is believed, ms. */
const unheardMs = 30_000
/** People may walk this fast while nobody looks, m/s. */
const driftMps = 1.5

/** What a report says of where a visitor is, after everything that speaks against it. */
export interface Placing {
  readonly place: LastPlace | undefined
  readonly doubts: readonly Doubt[]
  /** Beacons of the venue that were heard, before any was set aside. */
  readonly heard: readonly Heard[]
}

/**
 * What presence holds of one venue in memory: zones, the registry's beacons in a common frame, and the trackers for
 * phones that do not place themselves. Made anew when a map is published; trackers when the radio map changes.
 */
export class VenuePresence {
  readonly venueId: VenueId
  readonly zones: PresenceZones
  readonly step: ZoneStep
  /** Visitors in each zone, by number. */
  readonly inside: Int32Array
  readonly #registry: BeaconRegistry
  readonly #radioMap: (venueId: VenueId) => Uint8Array | undefined
  readonly #shared: SharedVectors
  #trackers: ServerTrackers | undefined | 'unread' = 'unread'

  constructor(
    plan: ZonePlan,
    parts: {
      readonly registry: BeaconRegistry
      readonly radioMap: (venueId: VenueId) => Uint8Array | undefined
      readonly sharedVectors: SharedVectors
      readonly marksOf: (venueId: VenueId, zoneId: string) => readonly number[]
    },
  ) {
    this.venueId = plan.venueId
    this.zones = new PresenceZones(plan)
    const marksOf: MarksOf = (zone) => parts.marksOf(plan.venueId, this.zones.zones[zone]!.id)
    this.step = new ZoneStep(this.zones, marksOf)
    this.inside = new Int32Array(this.zones.zones.length)
    this.#registry = parts.registry
    this.#radioMap = parts.radioMap
    this.#shared = parts.sharedVectors
  }

  /** Reads the radio map again when it is next needed. */
  forgetRadioMap(): void {
    this.#trackers = 'unread'
  }

  /** Makes the trackers now, so that no report waits for it. */
  prepare(): void {
    if (this.#trackers !== 'unread') return
    const bytes = this.#radioMap(this.venueId)
    this.#trackers = bytes && new ServerTrackers(decodeRadioMap(bytes))
  }

  /**
   * Where a report places a visitor: where their phone says they are if what it heard fits, else where the server's
   * tracker finds them. Beacons that cannot have been heard together are left out first. Changes what is remembered
   * of the visitor's readings and of their tracker. O(sightings²).
   */
  place(visitor: VisitorHere, report: SightingsReport, atMs: number): Placing {
    const doubts: Doubt[] = []
    const loudest = this.#loudest(report, doubts)
    const heard = [...loudest]
      .map(([beacon, rssiDbm]) => this.#inCommonFrame(beacon, rssiDbm))
      .filter((one) => !!one)
    const last = visitor.last && lastArea(visitor.last, atMs)
    const { together, doubts: apart } = coVisible(heard, last)
    const readings = new Map(heard.map(({ id, rssiDbm }) => [id, rssiDbm]))
    const hash = vectorHash(readings)
    doubts.push(...apart, ...visitor.vectors.weigh(readings, hash))
    const shared = this.#shared.weigh(hash, { beacons: heard.length, whose: visitor.number }, atMs)
    if (shared) doubts.push(shared)
    if (together.length > 0) visitor.heardMs = atMs
    const place =
      this.#phonePlace(visitor, { report, together, atMs }, doubts) ??
      this.#serverPlace(visitor, { report, together, atMs })
    const before = visitor.last
    if (place && before) {
      const leap = tooFast(inShared(before), inShared(place), (place.tMs - before.tMs) / 1000)
      if (leap) doubts.push(leap)
    }
    return { place, doubts, heard }
  }

  #loudest({ sightings }: SightingsReport, doubts: Doubt[]): Map<PlacedBeacon, number> {
    const loudest = new Map<PlacedBeacon, number>()
    for (const { beacon: id, rssiDbm } of sightings) {
      const beacon = this.#registry.resolve(this.venueId, id)
      if (!beacon) continue
      if (rssiDbm >= 0) {
        doubts.push({ kind: 'too-loud', weight: 0.5, beacon: id, facts: { rssiDbm } })
        continue
      }
      const before = loudest.get(beacon)
      if (before === undefined || before < rssiDbm) loudest.set(beacon, rssiDbm)
    }
    return loudest
  }

  #inCommonFrame({ id, levelId, x, y, powerDbm }: PlacedBeacon, rssiDbm: number): Heard | undefined {
    const level = this.zones.levels[this.zones.levelIndexOf(levelId)]
    return (
      level && { id, ordinal: level.ordinal, x: x + level.originXM, y: y + level.originYM, powerDbm, rssiDbm }
    )
  }

  #phonePlace(
    visitor: VisitorHere,
    { report: { fix }, together, atMs }: Evidence,
    doubts: Doubt[],
  ): LastPlace | undefined {
    if (!fix || fix.radiusM > vagueM || atMs - visitor.heardMs > unheardMs) return undefined
    const place = this.#placed({ ...fix, level: fix.levelId, tMs: atMs - fix.ageMs }, 'phone')
    if (!place) return undefined
    const share = heardThere(together, { ...inShared(place), ordinal: place.ordinal })
    if (share >= heardShare) return place
    const facts = { heardShare: Math.round(100 * share) / 100, beacons: together.length }
    doubts.push({ kind: 'fix-unheard', weight: 0.8, facts })
    return undefined
  }

  #serverPlace(visitor: VisitorHere, { report, together, atMs }: Evidence): LastPlace | undefined {
    this.prepare()
    const trackers = this.#trackers
    if (!trackers || trackers === 'unread') return undefined
    const believed = new Set(together.map(({ id }) => id))
    if (!visitor.tracker && believed.size === 0) return undefined
    const tracker = (visitor.tracker ??= trackers.tracker())
    const sightings = report.sightings.filter(({ beacon, rssiDbm }) => rssiDbm < 0 && believed.has(beacon))
    sightings.sort((one, other) => other.ageMs - one.ageMs)
    for (const { beacon: id, rssiDbm, ageMs } of sightings) {
      tracker.push({ kind: 'beacon', tMs: atMs - ageMs, id, rssiDbm })
    }
    const fix = tracker.fix(atMs)
    return fix && this.#placed({ ...fix, tMs: atMs }, 'server')
  }

  #placed(
    fix: { level: string; x: number; y: number; radiusM: number; levelProbability: number; tMs: number },
    source: LastPlace['source'],
  ): LastPlace | undefined {
    const { level: id, x, y, radiusM, levelProbability, tMs } = fix
    const levelIndex = this.zones.levelIndexOf(id)
    const level = this.zones.levels[levelIndex]
    if (!level) return undefined
    const { ordinal, originXM, originYM } = level
    const shared = { sharedX: x + originXM, sharedY: y + originYM }
    return { tMs, levelIndex, ordinal, levelProbability, x, y, radiusM, source, ...shared }
  }
}

interface Evidence {
  readonly report: SightingsReport
  readonly together: readonly Heard[]
  readonly atMs: number
}

function inShared({ sharedX, sharedY, radiusM }: LastPlace): { x: number; y: number; radiusM: number } {
  return { x: sharedX, y: sharedY, radiusM }
}

/** Where somebody may have walked to since. */
function lastArea(last: LastPlace, atMs: number): { x: number; y: number; radiusM: number } {
  const { x, y, radiusM } = inShared(last)
  return { x, y, radiusM: radiusM + (driftMps * Math.max(0, atMs - last.tMs)) / 1000 }
}
