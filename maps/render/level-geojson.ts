import type { MultiPolygon, Polygon, Position } from 'geojson'
import { destinationsOf } from '../directory/index.ts'
import { boundsOf } from '../model/index.ts'
import type {
  Archive,
  Areal,
  Destination,
  Labels,
  LevelFeature,
  LevelId,
  UnitFeature,
} from '../model/index.ts'
import { drawnKindOf } from './drawn-kind.ts'
import { shortIdLength } from './level-map.ts'
import type { DoorsFeature, LevelMap, SymbolFeature, UnitFeatureDrawn } from './level-map.ts'
import { symbolsOf } from './symbols.ts'

/** Digits after the point of a degree: 1 cm at the equator. */
const decimals = 7

/**
 * What a client draws of one level: outline, doors, every unit once, and a symbol for each amenity. Units
 * lie in the file as they lie on the floor, so that shared corners meet in the compressor's window.
 *
 * @param destinations all destinations of the archive; pass them when drawing several levels
 * @returns undefined when the archive has no such level
 *
 * O(units × log units). Under brotli some 5 kB for a floor of 50 shops, 16 kB for a parking level of 700
 * units; README.md has the figures.
 *
 * **Source**: own; the look's order of drawing decides what is told apart.
 */
export function levelGeoJson(
  archive: Archive,
  levelId: LevelId,
  destinations: readonly Destination[] = destinationsOf(archive),
): LevelMap | undefined {
  const level = archive.features.level.find(({ id }) => id === levelId)
  if (!level) return undefined
  const here = destinations.filter((destination) => destination.levelId === levelId)
  const idLength = shortIdLength(here.map(({ id }) => id))
  const shortened = here.map((destination) => ({ ...destination, id: destination.id.slice(-idLength) }))
  const inUnit = destinationsByUnit(shortened)
  const units = archive.features.unit.filter(({ properties }) => properties.level_id === levelId)
  return {
    type: 'FeatureCollection',
    features: [
      outlineOf(level),
      ...doorsOf(archive, levelId),
      ...alongTheFloor(units).map((unit) => drawnUnit(unit, inUnit.get(unit.id) ?? [])),
      ...symbolsOf(shortened).map(roundedSymbol),
    ],
  }
}

function outlineOf(level: LevelFeature) {
  return { type: 'Feature', properties: { k: 'outline' }, geometry: rounded(level.geometry) } as const
}

function doorsOf(archive: Archive, levelId: LevelId): DoorsFeature[] {
  const lines = archive.features.opening
    .filter(({ properties }) => properties.level_id === levelId)
    .map(({ geometry }) => geometry.coordinates.map(roundedPosition))
  if (lines.length === 0) return []
  const geometry = { type: 'MultiLineString', coordinates: lines } as const
  return [{ type: 'Feature', properties: { k: 'doors' }, geometry }]
}

function destinationsByUnit(destinations: readonly Destination[]): Map<string, Destination[]> {
  const byUnit = new Map<string, Destination[]>()
  for (const destination of destinations) {
    for (const unitId of destination.unitIds) {
      const others = byUnit.get(unitId)
      if (others) others.push(destination)
      else byUnit.set(unitId, [destination])
    }
  }
  return byUnit
}

function drawnUnit(unit: UnitFeature, destinations: readonly Destination[]): UnitFeatureDrawn {
  const kind = drawnKindOf(unit, destinations)
  // An amenity is found by its symbol, not by the room it stands in.
  const places = destinations.filter((place) => place.kind === kind)
  const [first, ...others] = places
  return {
    type: 'Feature',
    ...(first ? { id: first.id } : {}),
    properties: {
      k: kind,
      ...(kind === 'shop' ? { t: first?.shopCategory ?? 'service' } : {}),
      ...(places.length > 0 ? nameOf(unit, places) : {}),
      ...(others.length > 0 ? { d: others.map(({ id }) => id) } : {}),
    },
    geometry: rounded(unit.geometry),
  }
}

/** A unit with several shops (a food court) carries its own name, or none: never that of one of them. */
function nameOf(unit: UnitFeature, places: readonly Destination[]): { n?: Labels } {
  const [first] = places
  // A shop of several units is named in the first.
  const isOnly = first && places.length === 1 && first.unitIds[0] === unit.id
  const name = isOnly ? first.name : unit.properties.name
  return name ? { n: name } : {}
}

/** Units in the order of a curve that keeps neighbours together. Source: Morton, 1966. */
function alongTheFloor(units: readonly UnitFeature[]): UnitFeature[] {
  const keyed = units.map((unit) => {
    const [west, south] = boundsOf(unit.geometry)
    return { unit, key: interleaved(Math.round(west * 1e5), Math.round(south * 1e5)) }
  })
  return keyed.sort((a, b) => a.key - b.key).map(({ unit }) => unit)
}

/** Bits of two whole numbers, twelve each (4 km of metres), one of each in turn. */
function interleaved(x: number, y: number): number {
  let key = 0
  for (let bit = 11; bit >= 0; bit--) key = key * 4 + ((x >> bit) & 1) * 2 + ((y >> bit) & 1)
  return key
}

function roundedSymbol(symbol: SymbolFeature): SymbolFeature {
  const geometry = { type: 'Point', coordinates: roundedPosition(symbol.geometry.coordinates) } as const
  return { ...symbol, geometry }
}

function rounded(geometry: Areal): Polygon | MultiPolygon {
  if (geometry.type === 'Polygon') {
    return { type: 'Polygon', coordinates: geometry.coordinates.map((ring) => ring.map(roundedPosition)) }
  }
  return {
    type: 'MultiPolygon',
    coordinates: geometry.coordinates.map((polygon) => polygon.map((ring) => ring.map(roundedPosition))),
  }
}

function roundedPosition(position: Position): Position {
  return [roundedDegree(position[0]!), roundedDegree(position[1]!)]
}

function roundedDegree(degrees: number): number {
  return Number(degrees.toFixed(decimals))
}
