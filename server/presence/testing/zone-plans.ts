import type { LevelId, VenueId, VersionId } from '../../../maps/model/index.ts'
import type { DrawnZone, ZonePlan } from '../../venues/index.ts'

interface Corner {
  readonly x: number
  readonly y: number
}

/** A zone by the names of levels. */
export interface NamedZone {
  readonly id: string
  readonly kind: DrawnZone['kind']
  readonly on: readonly { readonly level: string; readonly ring: readonly Corner[] }[]
}

/** A plan of a venue called `venue`, with levels and zones whose names are their ids. */
export function planOf(levels: readonly string[], zones: readonly NamedZone[]): ZonePlan {
  const levelId = (name: string) => name as LevelId
  return {
    venueId: 'venue' as VenueId,
    versionId: 'version 1' as VersionId,
    levels: levels.map((name, ordinal) => ({ levelId: levelId(name), ordinal, originXM: 0, originYM: 0 })),
    zones: zones.map(({ id, kind, on }) => ({
      id,
      kind,
      on: on.map(({ level, ring }) => ({ levelId: levelId(level), rings: [ring] })),
    })),
  }
}

/** A rectangle. */
export function box(left: number, low: number, right: number, high: number): Corner[] {
  return [
    { x: left, y: low },
    { x: right, y: low },
    { x: right, y: high },
    { x: left, y: high },
  ]
}

/** A circle as a ring of 32 corners. */
export function circle({ x, y }: Corner, radiusM: number): Corner[] {
  return Array.from({ length: 32 }, (_, i) => ({
    x: x + radiusM * Math.cos((i * Math.PI) / 16),
    y: y + radiusM * Math.sin((i * Math.PI) / 16),
  }))
}
