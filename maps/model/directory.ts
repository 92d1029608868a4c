import type { Labels } from './imdf.ts'
import type { LevelId, UnitId } from './ids.ts'
import type { ShopCategory } from './categories.ts'

export type DestinationKind = 'shop' | 'bay' | 'amenity' | 'entrance' | 'service'

/** Something a person may want to walk to: a shop, a parking bay, a toilet, a lift, an entrance. */
export interface Destination {
  /** Id of the occupant, else of the amenity, else of the unit that is the destination. */
  readonly id: string
  readonly kind: DestinationKind
  readonly name: Labels
  readonly altName?: Labels
  readonly levelId: LevelId
  /** `short_name` of the level in the venue's first language: `F1`. */
  readonly level: string
  /** Units that are the destination; empty for a free-standing amenity. */
  readonly unitIds: readonly UnitId[]
  /** Where its label stands: metres in the level's frame, and the same in WGS 84. */
  readonly x: number
  readonly y: number
  readonly lonLat: readonly [number, number]
  /** Set for shops. */
  readonly shopCategory?: ShopCategory
  /** The IMDF category of occupant, amenity or unit: `restaurant.chinese`, `restroom`, `parking`. */
  readonly category: string
  /** OSM opening_hours syntax. */
  readonly hours?: string
  readonly phone?: string
  readonly website?: string
}
