import { ringsOf } from '../geometry/index.ts'
import { levelFrameOf } from '../model/index.ts'
import type { Archive, LevelId } from '../model/index.ts'
import { ZoneIndex } from './zone-index.ts'

/** One area of a level that presence, offers or a tap on the map may ask for. */
export interface LevelZone {
  readonly id: string
  readonly kind: 'unit' | 'section' | 'geofence'
}

/** The zones of a level; `index` answers with numbers into `zones`, for points in metres of its frame. */
export interface LevelZones {
  readonly levelId: LevelId
  readonly zones: readonly LevelZone[]
  readonly index: ZoneIndex
}

/**
 * For each level an index over its units, sections and geofences, lowest level first. A geofence that names
 * no level is on all of them.
 */
export function zonesOfLevels(archive: Archive): LevelZones[] {
  const { level: levels, unit, section, geofence } = archive.features
  return [...levels]
    .sort((a, b) => a.properties.ordinal - b.properties.ordinal)
    .map((level) => {
      const isHere = ({ properties }: { readonly properties: { readonly level_id: LevelId } }) =>
        properties.level_id === level.id
      const found = [
        ...unit.filter(isHere).map(({ id, geometry }) => ({ id, geometry, kind: 'unit' as const })),
        ...section.filter(isHere).map(({ id, geometry }) => ({ id, geometry, kind: 'section' as const })),
        ...geofence
          .filter(({ properties: { level_ids: on } }) => !on || on.length === 0 || on.includes(level.id))
          .map(({ id, geometry }) => ({ id, geometry, kind: 'geofence' as const })),
      ]
      const frame = levelFrameOf(level)
      return {
        levelId: level.id,
        zones: found.map(({ id, kind }) => ({ id, kind })),
        index: new ZoneIndex(found.map(({ geometry }) => ({ rings: ringsOf(geometry, frame) }))),
      }
    })
}
