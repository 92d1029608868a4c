import { ringsOf } from '../../maps/geometry/index.ts'
import type { Ring } from '../../maps/geometry/index.ts'
import { levelFrameOf } from '../../maps/model/index.ts'
import type { Archive, LevelId, VenueId } from '../../maps/model/index.ts'
import { unitRoleOf } from '../../maps/walkable/index.ts'
import { ZoneIndex } from '../../maps/zones/index.ts'
import type { PresenceZone } from './presence-event.ts'

/** A zone drawn on some levels: the same rings on each of them, in metres of that level's frame. */
export interface DrawnZone {
  readonly id: string
  readonly kind: 'unit' | 'geofence'
  readonly on: readonly { readonly levelId: LevelId; readonly rings: readonly Ring[] }[]
}

/** What presence needs of a published map. */
export interface ZonePlan {
  readonly venueId: VenueId
  /** Names the version of the map. */
  readonly versionId: string
  readonly levelIds: readonly LevelId[]
  readonly zones: readonly DrawnZone[]
}

/** A parking bay is smaller than any fix is sure of. */
const tooSmall = new Set(['parking'])

/** Takes from a map where people can be present: rooms and seating, and all geofences. */
export function zonePlanOf(venueId: VenueId, versionId: string, archive: Archive): ZonePlan {
  const { level: levels, unit, geofence } = archive.features
  const frames = new Map(levels.map((level) => [level.id, levelFrameOf(level)]))
  const units = unit.flatMap((one): DrawnZone[] => {
    const { level_id: levelId, category } = one.properties
    const frame = frames.get(levelId)
    if (!frame || tooSmall.has(category)) return []
    const rings = ringsOf(one.geometry, frame)
    const role = unitRoleOf(category, rings)
    return role === 'room' || role === 'rest' ? [{ id: one.id, kind: 'unit', on: [{ levelId, rings }] }] : []
  })
  const fences = geofence.map(({ id, geometry, properties: { level_ids: named } }): DrawnZone => {
    const on = levels.filter((level) => !named || named.length === 0 || named.includes(level.id))
    return {
      id,
      kind: 'geofence',
      on: on.map((level) => ({ levelId: level.id, rings: ringsOf(geometry, frames.get(level.id)!) })),
    }
  })
  return { venueId, versionId, levelIds: levels.map(({ id }) => id), zones: [...units, ...fences] }
}

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
  readonly levelIds: readonly LevelId[]
  readonly zones: readonly Omit<PresenceZone, 'levelId'>[]
  /** By zone, one of {@link zoneGroup}. */
  readonly group: Uint8Array
  readonly venueZone: number
  readonly #numbers: ReadonlyMap<string, number>
  readonly #indexes: readonly { readonly index: ZoneIndex; readonly zone: Int32Array }[]
  readonly #found = new Int32Array(mostFound)

  constructor({ venueId, versionId, levelIds, zones }: ZonePlan) {
    this.venueId = venueId
    this.versionId = versionId
    this.levelIds = levelIds
    this.zones = [
      ...zones.map(({ id, kind }) => ({ id, kind })),
      ...levelIds.map((id) => ({ id, kind: 'level' as const })),
      { id: venueId, kind: 'venue' },
    ]
    this.venueZone = this.zones.length - 1
    this.group = Uint8Array.from(this.zones, ({ kind }) => (kind === 'geofence' ? 0 : zoneGroup[kind]))
    this.#numbers = new Map(this.zones.map(({ id }, zone) => [id, zone]))
    this.#indexes = levelIds.map((levelId) => {
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
    return this.levelIds.findIndex((id) => id === levelId)
  }

  levelZone(levelIndex: number): number {
    return this.venueZone - this.levelIds.length + levelIndex
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
