import type { VenueId } from '../../maps/model/index.ts'
import { ZoneIndex } from '../../maps/zones/index.ts'
import type { LevelPlace, ZonePlan } from '../venues/index.ts'
import type { PresenceZone } from './presence-event.ts'

/** A visitor is in at most one zone of a group; geofences stand in none. */
export const zoneGroup = { alone: 0, unit: 1, level: 2, venue: 3 } as const

/** Zones of one level that may hold a point. */
const mostFound = 16

/**
 * The zones of a venue under numbers: units and geofences as drawn, then the levels, then the venue. Shared by all of
 * its visitors and never changed; a newly published map makes a new one.
 */
export class PresenceZones {
  readonly venueId: VenueId
  readonly versionId: string
  readonly levels: readonly LevelPlace[]
  readonly zones: readonly Omit<PresenceZone, 'levelId'>[]
  /** By zone, one of {@link zoneGroup}. */
  readonly group: Uint8Array
  readonly venueZone: number
  readonly #numbers: ReadonlyMap<string, number>
  readonly #indexes: readonly { readonly index: ZoneIndex; readonly zone: Int32Array }[]
  readonly #found = new Int32Array(mostFound)

  constructor({ venueId, versionId, levels, zones }: ZonePlan) {
    this.venueId = venueId
    this.versionId = versionId
    this.levels = levels
    this.zones = [
      ...zones.map(({ id, kind }) => ({ id, kind })),
      ...levels.map(({ levelId: id }) => ({ id, kind: 'level' as const })),
      { id: venueId, kind: 'venue' },
    ]
    this.venueZone = this.zones.length - 1
    this.group = Uint8Array.from(this.zones, ({ kind }) => (kind === 'geofence' ? 0 : zoneGroup[kind]))
    this.#numbers = new Map(this.zones.map(({ id }, zone) => [id, zone]))
    this.#indexes = levels.map(({ levelId }) => {
      const drawn = zones.flatMap(({ on }, zone) =>
        on.filter((place) => place.levelId === levelId).map(({ rings }) => ({ zone, rings })),
      )
      return { index: new ZoneIndex(drawn), zone: Int32Array.from(drawn, ({ zone }) => zone) }
    })
  }

  /** The number of a zone by its id, -1 when the map has none. O(1). */
  numberOf(id: string): number {
    return this.#numbers.get(id) ?? -1
  }

  /** The index of a level, -1 when the map has none. O(levels). */
  levelIndexOf(levelId: string): number {
    return this.levels.findIndex((level) => level.levelId === levelId)
  }

  levelZone(levelIndex: number): number {
    return this.venueZone - this.levels.length + levelIndex
  }

  /**
   * Writes the numbers of the units and geofences that hold a point into `found` and gives how many there are. Of more
   * than sixteen that hold one point the first are taken. No allocation.
   */
  zonesAt(levelIndex: number, x: number, y: number, found: Int32Array): number {
    const level = this.#indexes[levelIndex]
    if (!level) return 0
    const count = Math.min(mostFound, level.index.lookup(x, y, this.#found))
    for (let i = 0; i < count; i++) found[i] = level.zone[this.#found[i]!]!
    return count
  }
}
