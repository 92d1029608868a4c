import type { Position } from 'geojson'
import type { Areal } from '../model/index.ts'

/**
 * A point that lies inside an area, near its middle: the centroid of the largest part, or, where that
 * falls outside (an L, a ring), the middle of the widest stretch at the centroid's height.
 *
 * @param geometry closed rings; degrees or metres
 * @returns undefined for an area without points
 * Complexity: linear in the number of corners. Source: own, after PostGIS `ST_PointOnSurface`.
 */
export function pointInside(geometry: Areal): [number, number] | undefined {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  let best: { rings: Position[][]; centre: Centroid } | undefined
  for (const rings of polygons) {
    const outer = rings[0]
    if (!outer || outer.length < 4) continue
    const centre = centroidOf(outer)
    if (!best || centre.area > best.centre.area) best = { rings, centre }
  }
  if (!best) return undefined
  const { rings, centre } = best
  const crossings = rings.flatMap((ring) => crossingsAt(ring, centre.y)).sort((a, b) => a - b)
  let widest: { from: number; to: number } | undefined
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const [from, to] = [crossings[i]!, crossings[i + 1]!]
    if (from <= centre.x && centre.x <= to) return [centre.x, centre.y]
    if (!widest || to - from > widest.to - widest.from) widest = { from, to }
  }
  return widest ? [(widest.from + widest.to) / 2, centre.y] : [centre.x, centre.y]
}

interface Centroid {
  readonly x: number
  readonly y: number
  readonly area: number
}

function centroidOf(ring: readonly Position[]): Centroid {
  const [x0, y0] = ring[0] as [number, number]
  let twiceArea = 0
  let [sumX, sumY] = [0, 0]
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax, ay] = [ring[i]![0]! - x0, ring[i]![1]! - y0]
    const [bx, by] = [ring[i + 1]![0]! - x0, ring[i + 1]![1]! - y0]
    const cross = ax * by - bx * ay
    twiceArea += cross
    sumX += (ax + bx) * cross
    sumY += (ay + by) * cross
  }
  if (twiceArea === 0) return { x: x0, y: y0, area: 0 }
  return { x: x0 + sumX / (3 * twiceArea), y: y0 + sumY / (3 * twiceArea), area: Math.abs(twiceArea) / 2 }
}

/** Where the ring crosses the horizontal line at `y`; half-open edges, so that a corner counts once. */
function crossingsAt(ring: readonly Position[], y: number): number[] {
  const found: number[] = []
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax, ay] = ring[i] as [number, number]
    const [bx, by] = ring[i + 1] as [number, number]
    if (ay > y !== by > y) found.push(ax + ((y - ay) / (by - ay)) * (bx - ax))
  }
  return found
}
