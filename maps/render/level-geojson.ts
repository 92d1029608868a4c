import type { MultiPolygon, Polygon, Position } from 'geojson'
import { destinationsOf } from '../directory/index.ts'
import { levelFrameOf, toXy } from '../model/index.ts'
import type {
  Archive,
  Areal,
  Destination,
  LevelFeature,
  LevelFrame,
  LevelId,
  UnitFeature,
} from '../model/index.ts'
import { drawnKindOf } from './drawn-kind.ts'
import type { DoorsFeature, LevelMap, SymbolFeature, UnitFeatureDrawn, UnitProperties } from './level-map.ts'
import { ringArea } from './shape.ts'
import { symbolsOf } from './symbols.ts'

/** Digits after the point of a degree: 1 cm at the equator. */
const decimals = 7

/**
 * What a client draws of one level: outline, doors, every unit once, and a symbol for each amenity.
 * A real shopping floor is 4–12 kB under brotli, a parking level with 600 bays about 16 kB.
 *
 * @param destinations all destinations of the archive; pass them when drawing several levels
 * @returns undefined when the archive has no such level
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
  const inUnit = destinationsByUnit(here)
  const frame = levelFrameOf(level)
  const units = archive.features.unit.filter(({ properties }) => properties.level_id === levelId)
  return {
    type: 'FeatureCollection',
    features: [
      outlineOf(level),
      ...doorsOf(archive, levelId),
      ...units.map((unit) => drawnUnit(unit, inUnit.get(unit.id) ?? [], frame)),
      ...symbolsOf(here).map(roundedSymbol),
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

function drawnUnit(unit: UnitFeature, destinations: readonly Destination[], frame: LevelFrame) {
  const kind = drawnKindOf(unit, destinations)
  const feature: UnitFeatureDrawn = {
    type: 'Feature',
    id: unit.id,
    properties: kind === 'shop' ? shopProperties(unit, destinations, frame) : { k: kind },
    geometry: rounded(unit.geometry),
  }
  const [first] = destinations
  if (kind !== 'bay' || !first) return feature
  return { ...feature, properties: { k: kind, n: first.name, ...aliases(unit, [first]) } }
}

/** A unit with several shops (a food court) carries its own name, or none: never that of one of them. */
function shopProperties(
  unit: UnitFeature,
  destinations: readonly Destination[],
  frame: LevelFrame,
): UnitProperties {
  const shops = destinations.filter(({ kind }) => kind === 'shop')
  const [first] = shops
  if (!first) return { k: 'shop' }
  // A shop of several units is named in the first.
  const name = shops.length === 1 && first.unitIds[0] === unit.id ? first.name : unit.properties.name
  return {
    k: 'shop',
    t: first.shopCategory ?? 'service',
    ...(name ? { n: name } : {}),
    ...aliases(unit, shops),
    p: rounded2(first.lonLat),
    a: Math.round(areaM2(unit.geometry, frame)),
  }
}

function aliases(unit: UnitFeature, destinations: readonly Destination[]): { d?: readonly string[] } {
  const ids = destinations.map(({ id }) => id).filter((id) => id !== unit.id)
  return ids.length === 0 ? {} : { d: ids }
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

function rounded2(lonLat: readonly [number, number]): [number, number] {
  return [roundedDegree(lonLat[0]), roundedDegree(lonLat[1])]
}

function roundedPosition(position: Position): Position {
  return [roundedDegree(position[0]!), roundedDegree(position[1]!)]
}

function roundedDegree(degrees: number): number {
  return Number(degrees.toFixed(decimals))
}

/** Area in square metres, holes taken off. */
function areaM2(geometry: Areal, frame: LevelFrame): number {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  const areas = polygons.map((rings) =>
    rings.map((ring) => ringArea(ring.map((position) => toXy(frame, position)))),
  )
  return areas.reduce((sum, [outer = 0, ...holes]) => sum + outer - holes.reduce((a, b) => a + b, 0), 0)
}
