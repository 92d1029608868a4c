import type { LevelId } from '../../model/index.ts'
import type { LevelMapFeature, UnitProperties } from '../../render/index.ts'
import type { CanvasLevel } from '../map-canvas-types.ts'

/** Metres of a degree in the frame of the small level: round figures, for tests to count with. */
const metresPerDegree = 100_000

type Rectangle = readonly [west: number, south: number, east: number, north: number]

/** A unit of the small level, by its walls in metres. */
export interface SmallUnit {
  readonly walls: Rectangle
  readonly id?: string
  readonly properties: UnitProperties
}

export interface SmallLevel {
  readonly id?: string
  readonly ordinal?: number
  readonly size?: number
  readonly units: readonly SmallUnit[]
  readonly symbols?: readonly {
    readonly id: string
    readonly x: number
    readonly y: number
    readonly t: 'lift' | 'toilet' | 'atm'
  }[]
  readonly doors?: readonly (readonly [ax: number, ay: number, bx: number, by: number])[]
}

/** A square level of rectangles, with its lower left corner at (0, 0). */
export function smallLevel({
  id = 'F1',
  ordinal = 0,
  size = 100,
  units,
  symbols = [],
  doors = [],
}: SmallLevel): CanvasLevel {
  const at = (x: number, y: number) => [x / metresPerDegree, y / metresPerDegree]
  const polygon = ([west, south, east, north]: Rectangle) => ({
    type: 'Polygon' as const,
    coordinates: [[at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)]],
  })
  const features: LevelMapFeature[] = [
    { type: 'Feature', properties: { k: 'outline' }, geometry: polygon([0, 0, size, size]) },
    {
      type: 'Feature',
      properties: { k: 'doors' },
      geometry: {
        type: 'MultiLineString',
        coordinates: doors.map(([ax, ay, bx, by]) => [at(ax, ay), at(bx, by)]),
      },
    },
    ...units.map((unit) => ({
      type: 'Feature' as const,
      ...(unit.id === undefined ? {} : { id: unit.id }),
      properties: unit.properties,
      geometry: polygon(unit.walls),
    })),
    ...symbols.map((symbol) => ({
      type: 'Feature' as const,
      id: symbol.id,
      properties: { k: 'symbol' as const, t: symbol.t },
      geometry: { type: 'Point' as const, coordinates: at(symbol.x, symbol.y) },
    })),
  ]
  return {
    id: id as LevelId,
    ordinal,
    map: { type: 'FeatureCollection', features },
    frame: {
      originLon: 0,
      originLat: 0,
      metresPerDegreeLon: metresPerDegree,
      metresPerDegreeLat: metresPerDegree,
    },
  }
}
