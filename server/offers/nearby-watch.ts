import { distanceToRingsM, ringsContain } from '../../maps/geometry/index.ts'
import type { Ring } from '../../maps/geometry/index.ts'
import type { VenueId } from '../../maps/model/index.ts'
import type { ZonePlan } from '../venues/index.ts'
import type { CampaignIndex } from './campaign-index.ts'
import type { Occurrence } from './situation.ts'

/** Visitors who are near something, kept at once; beyond that whoever came first is told anew. */
export const maxNear = 20_000
/** Somebody has to go this much further away, as a factor and in metres, before coming near counts again. */
const awayFactor = 1.5
const awayM = 5
/** A position less sure than the distance asked for, or than this, says nothing about being near, m. */
const vagueM = 12

/** Where somebody is: metres in the frame of a level. */
export interface Fix {
  readonly venueId: VenueId
  readonly visitorId: string
  readonly levelId: string
  readonly x: number
  readonly y: number
  readonly radiusM: number
  readonly atMs: number
}

interface WatchedZone {
  readonly key: string
  readonly zoneId: string
  readonly withinM: number
  readonly rings: readonly Ring[]
  readonly box: readonly [minX: number, minY: number, maxX: number, maxY: number]
}

interface WatchedVenue {
  readonly index: CampaignIndex
  readonly plan: ZonePlan
  readonly byLevel: ReadonlyMap<string, readonly WatchedZone[]>
}

/**
 * Tells when somebody comes near a zone that a campaign is about, once until they have gone away again. Costs
 * one look-up where no campaign asks for it.
 */
export class NearbyWatch {
  readonly #venues = new Map<VenueId, WatchedVenue>()
  /** By visitor the zones they are near. */
  readonly #near = new Map<string, Set<string>>()

  /**
   * Takes a position. O(zones watched on the level).
   * @returns what began now
   */
  take(fix: Fix, index: CampaignIndex, plan: ZonePlan | undefined): Occurrence[] {
    const zones = plan && this.#watched(index, plan).byLevel.get(fix.levelId)
    const near = this.#near.get(fix.visitorId) ?? new Set<string>()
    if (!zones) {
      if (near.size > 0) this.#near.delete(fix.visitorId)
      return []
    }
    const begun: Occurrence[] = []
    const still = new Set<string>()
    for (const zone of zones) {
      const awayFromM = zone.withinM * awayFactor + awayM
      const distanceM = distanceTo(zone, fix, awayFromM)
      const was = near.has(zone.key)
      const sure = fix.radiusM <= Math.max(vagueM, zone.withinM)
      const comes = sure && distanceM <= zone.withinM
      if (comes && !was) begun.push({ kind: 'nearby', zoneId: zone.zoneId, distanceM })
      if (comes || (was && distanceM <= awayFromM)) still.add(zone.key)
    }
    this.#keep(fix.visitorId, still)
    return begun
  }

  get size(): number {
    return this.#near.size
  }

  forget(visitorId: string): void {
    this.#near.delete(visitorId)
  }

  #keep(visitorId: string, near: Set<string>): void {
    if (near.size === 0) {
      this.#near.delete(visitorId)
      return
    }
    this.#near.set(visitorId, near)
    for (const oldest of this.#near.keys()) {
      if (this.#near.size <= maxNear) break
      this.#near.delete(oldest)
    }
  }

  /** Made anew when campaigns or map are others; both are never changed in place. */
  #watched(index: CampaignIndex, plan: ZonePlan): WatchedVenue {
    const known = this.#venues.get(plan.venueId)
    if (known?.index === index && known.plan === plan) return known
    const made = { index, plan, byLevel: watchedZones(index, plan) }
    this.#venues.set(plan.venueId, made)
    return made
  }
}

function watchedZones(index: CampaignIndex, plan: ZonePlan): Map<string, WatchedZone[]> {
  const drawn = new Map(plan.zones.map((zone) => [zone.id, zone]))
  const byLevel = new Map<string, WatchedZone[]>()
  const seen = new Set<string>()
  for (const { terms } of index.all) {
    const { trigger } = terms
    if (trigger.on !== 'nearby') continue
    for (const zoneId of trigger.zones) {
      const key = `${zoneId} ${trigger.withinM}`
      if (seen.has(key)) continue
      seen.add(key)
      for (const { levelId, rings } of drawn.get(zoneId)?.on ?? []) {
        const list = byLevel.get(levelId) ?? []
        byLevel.set(levelId, list)
        list.push({ key, zoneId, withinM: trigger.withinM, rings, box: boxOf(rings) })
      }
    }
  }
  return byLevel
}

function boxOf(rings: readonly Ring[]): WatchedZone['box'] {
  const points = rings.flat()
  const xs = points.map(({ x }) => x)
  const ys = points.map(({ y }) => y)
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

/** Metres to the edge, 0 inside; Infinity when the box says that it is further than anybody asks. */
function distanceTo({ rings, box }: WatchedZone, { x, y }: Fix, furthestM: number): number {
  const [minX, minY, maxX, maxY] = box
  const outX = Math.max(minX - x, x - maxX, 0)
  const outY = Math.max(minY - y, y - maxY, 0)
  if (outX > furthestM || outY > furthestM) return Infinity
  return ringsContain(rings, x, y) ? 0 : distanceToRingsM(rings, x, y)
}
