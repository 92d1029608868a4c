import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LevelExtent } from '../cell-grid.ts'
import type { WalkableArea } from '../events.ts'

type Ring = readonly (readonly number[])[]

/** A venue as positioning needs it: boxes of its levels, and where people can walk. */
export interface RecordedVenue {
  readonly extents: readonly LevelExtent[]
  readonly walkable: WalkableArea
}

interface Raster {
  readonly columns: number
  readonly rows: number
  readonly squares: Uint8Array
}

const squareM = 0.5
const metresPerDegree = (Math.PI * 6378137) / 180

/**
 * Reads a venue folder of the Indoor Location Competition 2.0: per level `geojson_map.json`, whose first
 * feature is the outline and whose others are shops, bays and service rooms, and `floor_info.json` with
 * the level's size in metres. Walkable is what lies inside the outline and in no other feature, looked
 * up in half-metre squares. Throws when a file is missing or is not of this form.
 */
export function readRecordedVenue(directory: string): RecordedVenue {
  const entries = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const levels = entries.map(({ name }) => readLevel(directory, name)).sort((a, b) => (a.id < b.id ? -1 : 1))
  const base = levels[0]
  if (!base) throw new Error(`no level folder with geojson_map.json in ${directory}`)
  // One cosine for all levels, or levels of different height would not lie above each other.
  const cosine = Math.cos((base.latMin * Math.PI) / 180)
  const rasters = new Map(levels.map(({ id, raster }) => [id, raster]))
  const isWalkable = (level: string, x: number, y: number): boolean => {
    const raster = rasters.get(level)
    const column = Math.floor(x / squareM)
    const row = Math.floor(y / squareM)
    if (!raster || !(column >= 0 && row >= 0 && column < raster.columns && row < raster.rows)) return false
    return raster.squares[column * raster.rows + row] === 1
  }
  return {
    extents: levels.map(({ id, widthM, heightM, lonMin, latMin }) => ({
      id,
      widthM,
      heightM,
      originXM: (lonMin - base.lonMin) * metresPerDegree * cosine,
      originYM: (latMin - base.latMin) * metresPerDegree,
    })),
    walkable: { isWalkable, isClear: clearBy(isWalkable) },
  }
}

/** A straight way is clear when every half metre of it is walkable. */
function clearBy(isWalkable: WalkableArea['isWalkable']): WalkableArea['isClear'] {
  return (level, from, to) => {
    const pieces = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / squareM))
    for (let i = 0; i <= pieces; i++) {
      const share = i / pieces
      if (!isWalkable(level, from.x + share * (to.x - from.x), from.y + share * (to.y - from.y))) return false
    }
    return true
  }
}

function readLevel(directory: string, id: string) {
  const polygons = polygonsOf(readFileSync(join(directory, id, 'geojson_map.json'), 'utf8'))
  const { width: widthM, height: heightM } = sizeOf(
    readFileSync(join(directory, id, 'floor_info.json'), 'utf8'),
  )
  const points = (polygons[0] ?? []).flat(2)
  const lons = points.map(([lon]) => lon!)
  const lats = points.map(([, lat]) => lat!)
  const lonMin = Math.min(...lons)
  const latMin = Math.min(...lats)
  const scaleX = widthM / (Math.max(...lons) - lonMin)
  const scaleY = heightM / (Math.max(...lats) - latMin)
  const columns = Math.ceil(widthM / squareM)
  const rows = Math.ceil(heightM / squareM)
  const raster: Raster = { columns, rows, squares: new Uint8Array(columns * rows) }
  polygons.forEach((parts, feature) => {
    for (const rings of parts) {
      const local = rings.map((ring) =>
        ring.map(([lon, lat]) => [(lon! - lonMin) * scaleX, (lat! - latMin) * scaleY]),
      )
      paint(raster, local, feature === 0 ? 1 : 0)
    }
  })
  return { id, widthM, heightM, lonMin, latMin, raster }
}

interface Geometry {
  type: string
  coordinates: unknown
}

/** The polygons of each feature, as lists of rings. */
function polygonsOf(text: string): Ring[][][] {
  const { features } = JSON.parse(text) as { features: { geometry: Geometry }[] }
  return features.map(({ geometry }) =>
    geometry.type === 'MultiPolygon' ? (geometry.coordinates as Ring[][]) : [geometry.coordinates as Ring[]],
  )
}

function sizeOf(text: string): { width: number; height: number } {
  return (JSON.parse(text) as { map_info: { width: number; height: number } }).map_info
}

/** Sets the squares whose middle lies inside a polygon (even-odd rule). */
function paint({ columns, rows, squares }: Raster, rings: readonly Ring[], value: number): void {
  for (let row = 0; row < rows; row++) {
    const y = (row + 0.5) * squareM
    const crossings: number[] = []
    for (const ring of rings) {
      for (let i = 0; i + 1 < ring.length; i++) {
        const [ax, ay] = ring[i]!
        const [bx, by] = ring[i + 1]!
        if (ay! > y !== by! > y) crossings.push(ax! + ((y - ay!) / (by! - ay!)) * (bx! - ax!))
      }
    }
    crossings.sort((a, b) => a - b)
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const from = Math.max(0, Math.ceil(crossings[i]! / squareM - 0.5))
      const to = Math.min(columns - 1, Math.floor(crossings[i + 1]! / squareM - 0.5))
      for (let column = from; column <= to; column++) squares[column * rows + row] = value
    }
  }
}
