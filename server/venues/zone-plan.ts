import { ringsOf } from '../../maps/geometry/index.ts'
import type { Ring } from '../../maps/geometry/index.ts'
import { levelFrameOf, toXy } from '../../maps/model/index.ts'
import type { Archive, LevelFeature, LevelId, VenueId, VersionId } from '../../maps/model/index.ts'
import { unitRoleOf } from '../../maps/walkable/index.ts'

/** A zone drawn on some levels, in metres of each level's frame. */
export interface DrawnZone {
  readonly id: string
  readonly kind: 'unit' | 'geofence'
  readonly on: readonly { readonly levelId: LevelId; readonly rings: readonly Ring[] }[]
}

/** A level, and where the origin of its frame lies in a frame that all levels share. */
export interface LevelPlace {
  readonly levelId: LevelId
  readonly ordinal: number
  readonly originXM: number
  readonly originYM: number
}

/** Where people can be present in a venue, by its published map. */
export interface ZonePlan {
  readonly venueId: VenueId
  readonly versionId: VersionId
  readonly levels: readonly LevelPlace[]
  readonly zones: readonly DrawnZone[]
}

/** A bay is smaller than any position is sure of, and nobody is offered anything in one. */
const leftOut = new Set(['parking'])

/** Takes the zones from a map: rooms and seating, but not what one only walks over, and all geofences. */
export function zonePlanOf(venueId: VenueId, versionId: VersionId, archive: Archive): ZonePlan {
  const { level: levels, unit, geofence } = archive.features
  const frames = new Map(levels.map((level) => [level.id, levelFrameOf(level)]))
  const units = unit.flatMap((one): DrawnZone[] => {
    const { level_id: levelId, category } = one.properties
    const frame = frames.get(levelId)
    if (!frame || leftOut.has(category)) return []
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
  return { venueId, versionId, levels: placesOf(levels), zones: [...units, ...fences] }
}

function placesOf(levels: readonly LevelFeature[]): LevelPlace[] {
  const base = levels[0] && levelFrameOf(levels[0])
  return levels.map((level) => {
    const origin = levelFrameOf(level)
    const { x, y } = base ? toXy(base, [origin.originLon, origin.originLat]) : { x: 0, y: 0 }
    return { levelId: level.id, ordinal: level.properties.ordinal, originXM: x, originYM: y }
  })
}
