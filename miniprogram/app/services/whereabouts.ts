import type { Xy } from '../../../maps/model/index.ts'
import type { RoutingPlace, RoutingTables } from '../../../maps/routes/tables.ts'
import { nameIn } from '../../../maps/render/name-in.ts'

/** A place near a point, and how far its door is. */
export interface NearPlace {
  readonly place: RoutingPlace
  readonly distanceM: number
}

/** A door farther away than this does not tell where somebody is. */
const atDoorM = 15

/**
 * The shops of a level by the distance of their nearest door, nearest first. As the crow flies: for words,
 * not for ways. O(doors of the level's shops).
 */
export function shopsNear(
  tables: RoutingTables,
  at: Xy & { readonly levelId: string },
  most: number,
): readonly NearPlace[] {
  const level = tables.levels.findIndex(({ id }) => id === at.levelId)
  const near: NearPlace[] = []
  for (const place of tables.places) {
    if (place.kind !== 'shop' || place.level !== level) continue
    const distances = place.doors.map((index) => {
      const door = tables.doors[index]
      return door ? Math.hypot(door.x - at.x, door.y - at.y) : Infinity
    })
    near.push({ place, distanceM: Math.min(...distances) })
  }
  return near.sort((a, b) => a.distanceM - b.distanceM).slice(0, most)
}

/** Where somebody stands, in words: `F1 青禾书店门口`; the level alone where no shop is near. */
export function whereIs(
  tables: RoutingTables,
  at: Xy & { readonly levelId: string },
  language: 'zh' | 'en',
): string {
  const level = tables.levels.find(({ id }) => id === at.levelId)?.name ?? ''
  const [nearest] = shopsNear(tables, at, 1)
  if (!nearest || nearest.distanceM > atDoorM) return level
  const name = nameIn(nearest.place.name, language)
  return language === 'zh' ? `${level} ${name}门口` : `${level}, at ${name}`
}
