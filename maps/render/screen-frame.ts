import type { Position } from 'geojson'
import type { Areal, Xy } from '../model/index.ts'
import { boundsOf } from '../model/index.ts'

/** Metres as the person sees them: x to the right of the screen, y up, whatever way the map is turned. */
export interface ScreenFrame {
  readonly toScreen: (lonLat: Position) => Xy
  readonly toLonLat: (screen: Xy) => [number, number]
}

const metresPerDegree = (Math.PI * 6378137) / 180

/**
 * A frame around the middle of an area, turned so that the compass bearing `bearingDeg` points up.
 * Equirectangular, as `LevelFrame`.
 */
export function screenFrame(area: Areal, bearingDeg: number): ScreenFrame {
  const [west, south, east, north] = boundsOf(area)
  const lon = (west + east) / 2
  const lat = (south + north) / 2
  const perLon = metresPerDegree * Math.cos((lat / 180) * Math.PI)
  const cos = Math.cos((bearingDeg / 180) * Math.PI)
  const sin = Math.sin((bearingDeg / 180) * Math.PI)
  return {
    toScreen: (lonLat) => {
      const x = (lonLat[0]! - lon) * perLon
      const y = (lonLat[1]! - lat) * metresPerDegree
      return { x: x * cos - y * sin, y: x * sin + y * cos }
    },
    toLonLat: ({ x, y }) => [lon + (x * cos + y * sin) / perLon, lat + (y * cos - x * sin) / metresPerDegree],
  }
}

/**
 * The bearing at which a building lies straight on a screen: the sides of its tightest rectangle along
 * the screen's, the long side along the screen's, and of the two ways the one nearer to north up.
 *
 * @param portrait whether the screen is higher than wide
 * @returns degrees clockwise from north, in (-90, 90]
 *
 * **Source**: rotating calipers on every edge's direction; O(n²) in the corners of the outline.
 */
export function restingBearing(outline: Areal, portrait: boolean): number {
  const { toScreen } = screenFrame(outline, 0)
  const rings = outline.type === 'Polygon' ? outline.coordinates : outline.coordinates.flat()
  const points = rings.flat().map(toScreen)
  let best = { area: Infinity, bearing: 0 }
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1]!
    const b = points[i]!
    if (a.x === b.x && a.y === b.y) continue
    const angle = Math.atan2(b.y - a.y, b.x - a.x)
    const { width, height } = extent(points, angle)
    if (width * height >= best.area * 0.999) continue
    // Turning the map clockwise by the bearing brings the direction `angle` onto the screen's x axis.
    const bearing = (-angle / Math.PI) * 180 + (width > height === portrait ? 90 : 0)
    best = { area: width * height, bearing }
  }
  return best.bearing - 180 * Math.ceil((best.bearing - 90) / 180)
}

function extent(points: readonly Xy[], angle: number): { width: number; height: number } {
  const cos = Math.cos(angle)
  const sin = Math.sin(angle)
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const { x, y } of points) {
    const along = x * cos + y * sin
    const across = y * cos - x * sin
    left = Math.min(left, along)
    right = Math.max(right, along)
    bottom = Math.min(bottom, across)
    top = Math.max(top, across)
  }
  return { width: right - left, height: top - bottom }
}
