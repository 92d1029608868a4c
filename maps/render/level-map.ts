import type { Feature, MultiLineString, MultiPolygon, Point, Polygon } from 'geojson'
import type { Labels, ShopCategory } from '../model/index.ts'

/**
 * What a client draws of one level, as one immutable GeoJSON file of few kilobytes. Names of properties
 * are single letters because a parking level repeats them six hundred times.
 */
export interface LevelMap {
  readonly type: 'FeatureCollection'
  readonly features: readonly LevelMapFeature[]
}

export type LevelMapFeature = OutlineFeature | DoorsFeature | UnitFeatureDrawn | SymbolFeature

/** The edge of the level; first of the file. */
export type OutlineFeature = Feature<Polygon | MultiPolygon, { readonly k: 'outline' }>

/** Every door of the level as one feature: a line across each gap in a wall. */
export type DoorsFeature = Feature<MultiLineString, { readonly k: 'doors' }>

/** How a unit is drawn. */
export const drawnKinds = [
  'floor',
  'void',
  'aux',
  'closed',
  'vacant',
  'rest',
  'lift',
  'escalator',
  'stairs',
  'toilet',
  'bay',
  'shop',
] as const
export type DrawnKind = (typeof drawnKinds)[number]

/** A unit of the archive; each appears exactly once, under its own id. */
export type UnitFeatureDrawn = Feature<Polygon | MultiPolygon, UnitProperties> & { readonly id: string }

export interface UnitProperties {
  readonly k: DrawnKind
  /** Category of a shop. */
  readonly t?: ShopCategory
  /** Name of the shop or bay, where the unit is to carry one. */
  readonly n?: Labels
  /** Ids of the destinations that the unit is, when they are not its own id. */
  readonly d?: readonly string[]
  /** Where the label stands, longitude and latitude; shops only. */
  readonly p?: readonly [number, number]
  /** Area in square metres, rounded; shops only. */
  readonly a?: number
}

/** What an amenity is drawn as. */
export const symbolKinds = [
  'lift',
  'toilet',
  'escalator',
  'information',
  'stairs',
  'nursing',
  'entrance',
  'atm',
  'charging',
  'aid',
  'water',
  'parking',
] as const
export type SymbolKind = (typeof symbolKinds)[number]

/** One symbol on the map; amenities of one kind that stand close together share it. */
export type SymbolFeature = Feature<Point, SymbolProperties> & { readonly id: string }

export interface SymbolProperties {
  readonly k: 'symbol'
  readonly t: SymbolKind
  readonly n: Labels
  /** Ids of all amenities under this symbol, when they are more than its own id. */
  readonly d?: readonly string[]
}

/** Every destination of a level by its id, as the feature that draws it. O(features). */
export function featuresByDestination(level: LevelMap): Map<string, UnitFeatureDrawn | SymbolFeature> {
  const found = new Map<string, UnitFeatureDrawn | SymbolFeature>()
  for (const feature of level.features) {
    if (!isPlace(feature)) continue
    for (const id of [feature.id, ...(feature.properties.d ?? [])]) {
      if (!found.has(id)) found.set(id, feature)
    }
  }
  return found
}

/** Whether a feature of the level stands for a unit or a symbol rather than for the level itself. */
export function isPlace(feature: LevelMapFeature): feature is UnitFeatureDrawn | SymbolFeature {
  return feature.properties.k !== 'outline' && feature.properties.k !== 'doors'
}

/** Whether a feature is a unit of the archive. */
export function isUnit(feature: LevelMapFeature): feature is UnitFeatureDrawn {
  return isPlace(feature) && feature.properties.k !== 'symbol'
}

/** Whether a feature is the symbol of amenities. */
export function isSymbol(feature: LevelMapFeature): feature is SymbolFeature {
  return feature.properties.k === 'symbol'
}
