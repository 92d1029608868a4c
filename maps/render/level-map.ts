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

/** A unit of the archive; each appears exactly once. Shops and bays carry an id. */
export type UnitFeatureDrawn = Feature<Polygon | MultiPolygon, UnitProperties> & { readonly id?: string }

export interface UnitProperties {
  readonly k: DrawnKind
  /** Category of a shop. */
  readonly t?: ShopCategory
  /** Name of the shop or bay, where the unit is to carry one. */
  readonly n?: Labels
  /** Short ids of further destinations in this unit. */
  readonly d?: readonly string[]
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
  /** Short ids of the other amenities under this symbol. */
  readonly d?: readonly string[]
}

/**
 * Finds the features of a level by destination, and the other way round. A file holds short ids, the last
 * characters of the destinations' own: as many as tell all those of the level apart. Whole UUIDs would
 * double the size of a parking level.
 */
export interface LevelIds {
  /** The feature that draws a destination; undefined when it is on another level or not drawn. */
  featureOf(destinationId: string): UnitFeatureDrawn | SymbolFeature | undefined
  /** The short id under which the file knows a destination. */
  shortOf(destinationId: string): string
}

/** Reads the ids of a level. O(features) once, O(1) a question. */
export function levelIds(level: LevelMap): LevelIds {
  const features = new Map<string, UnitFeatureDrawn | SymbolFeature>()
  let length = 0
  for (const feature of level.features) {
    if (!isPlace(feature) || feature.id === undefined) continue
    length = feature.id.length
    for (const id of [feature.id, ...(feature.properties.d ?? [])]) features.set(id, feature)
  }
  const shortOf = (destinationId: string) => (length === 0 ? destinationId : destinationId.slice(-length))
  return { shortOf, featureOf: (destinationId) => features.get(shortOf(destinationId)) }
}

/** Fewest characters of a short id: 20 bits, which tell a level of 200 destinations apart 98 times of 100. */
const leastIdLength = 5

/**
 * How many last characters tell all these ids apart; at least five. The end and not the beginning: that is
 * where UUIDs of every version are random.
 */
export function shortIdLength(ids: readonly string[]): number {
  const all = new Set(ids)
  const longest = Math.max(leastIdLength, ...ids.map(({ length }) => length))
  for (let length = leastIdLength; length < longest; length++) {
    if (new Set([...all].map((id) => id.slice(-length))).size === all.size) return length
  }
  return longest
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
