import type { MapCanvas } from '../../../maps/canvas/index.ts'
import type { LevelId } from '../../../maps/model/index.ts'
import type { Fix } from '../../../positioning/events.ts'
import type { VenueData } from './venue-data.ts'

/** Puts a level of the venue on a map, fetched if need be. @throws Away, Refused */
export async function showLevel(map: MapCanvas, venue: VenueData, levelId: LevelId): Promise<void> {
  const level = venue.level(levelId)
  const routing = venue.router.tables.levels.find(({ id }) => id === levelId)
  if (!level || !routing) return
  const drawn = await venue.levelMap(levelId)
  map.setLevel({ id: levelId, ordinal: level.ordinal, map: drawn, frame: routing.frame }, Date.now())
}

/** Puts the person on a map, or takes them off. */
export function showHere(map: MapCanvas, fix: Fix | undefined, headingRad: number | undefined): void {
  const heading = fix?.heading
  map.setHere(
    fix && {
      // Radio maps know levels by their ids.
      levelId: fix.level as LevelId,
      x: fix.x,
      y: fix.y,
      radiusM: fix.radiusM,
      ...(heading && { headingRad: heading.rad, headingSigmaRad: heading.sdRad }),
      ...(!heading && headingRad !== undefined && { headingRad, headingSigmaRad: 0.5 }),
    },
    Date.now(),
  )
}

/** The level a venue opens on: the ground floor. */
export function groundLevel(venue: VenueData): LevelId | undefined {
  const levels = [...venue.levels].sort((a, b) => Math.abs(a.ordinal) - Math.abs(b.ordinal))
  return levels[0]?.id
}
