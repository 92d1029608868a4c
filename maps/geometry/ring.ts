import { toXy } from '../model/index.ts'
import type { Areal, LevelFrame, Xy } from '../model/index.ts'

/** A closed ring without the repeated first point, in metres of a level's frame. */
export type Ring = readonly Xy[]

/** Area in m², positive when the ring runs counter-clockwise. O(n). */
export function signedAreaM2(ring: Ring): number {
  let twice = 0
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    twice += ring[j]!.x * ring[i]!.y - ring[i]!.x * ring[j]!.y
  }
  return twice / 2
}

/** Sum of signed areas: outer rings less holes, in m². */
export function areaOfRingsM2(rings: readonly Ring[]): number {
  return rings.reduce((sum, ring) => sum + signedAreaM2(ring), 0)
}

/**
 * Whether a point lies in a set of rings by the even-odd rule; on the boundary, the lower and left edge
 * counts as inside, the upper and right one as outside. O(n).
 * Source: W. R. Franklin, PNPOLY.
 */
export function ringsContain(rings: readonly Ring[], x: number, y: number): boolean {
  let inside = false
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const a = ring[i]!
      const b = ring[j]!
      if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside
    }
  }
  return inside
}

/** Centre of mass of a ring; the mean of its points when it has no area. */
export function centroidOf(ring: Ring): Xy {
  const area = signedAreaM2(ring)
  const first = ring[0]
  if (!first) return { x: NaN, y: NaN }
  if (Math.abs(area) < 1e-9) {
    return {
      x: ring.reduce((sum, { x }) => sum + x, 0) / ring.length,
      y: ring.reduce((sum, { y }) => sum + y, 0) / ring.length,
    }
  }
  let x = 0
  let y = 0
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    // Relative to the first point: rings lie far from the origin compared with their size.
    const ax = ring[j]!.x - first.x
    const ay = ring[j]!.y - first.y
    const bx = ring[i]!.x - first.x
    const by = ring[i]!.y - first.y
    const cross = ax * by - bx * ay
    x += (ax + bx) * cross
    y += (ay + by) * cross
  }
  return { x: first.x + x / (6 * area), y: first.y + y / (6 * area) }
}

/** The point of segment a–b that is nearest to (x, y). */
export function nearestOnSegment(a: Xy, b: Xy, x: number, y: number): Xy {
  const dx = b.x - a.x
  const dy = b.y - a.y
  const lengthSquared = dx * dx + dy * dy
  const t = lengthSquared === 0 ? 0 : ((x - a.x) * dx + (y - a.y) * dy) / lengthSquared
  const clamped = Math.max(0, Math.min(1, t))
  return { x: a.x + clamped * dx, y: a.y + clamped * dy }
}

/** Distance in metres from a point to the nearest edge of the rings; Infinity without an edge. O(n). */
export function distanceToRingsM(rings: readonly Ring[], x: number, y: number): number {
  let best = Infinity
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const near = nearestOnSegment(ring[j]!, ring[i]!, x, y)
      best = Math.min(best, Math.hypot(near.x - x, near.y - y))
    }
  }
  return best
}

/** Length in metres of the way through the points. */
export function lengthOfM(points: readonly Xy[]): number {
  let sum = 0
  for (let i = 1; i < points.length; i++) {
    sum += Math.hypot(points[i]!.x - points[i - 1]!.x, points[i]!.y - points[i - 1]!.y)
  }
  return sum
}

/**
 * The rings of an area in a level's metres: outer rings counter-clockwise, holes clockwise, the repeated
 * last point and immediate repetitions left out. Rings of fewer than three points are dropped.
 */
export function ringsOf(geometry: Areal, frame: LevelFrame): Ring[] {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  const rings: Ring[] = []
  for (const polygon of polygons) {
    polygon.forEach((positions, index) => {
      const ring: Xy[] = []
      for (const position of positions) {
        const point = toXy(frame, position)
        const last = ring[ring.length - 1]
        if (!last || Math.hypot(last.x - point.x, last.y - point.y) > 1e-6) ring.push(point)
      }
      const [first, last] = [ring[0], ring[ring.length - 1]]
      if (first && last && ring.length > 1 && Math.hypot(first.x - last.x, first.y - last.y) < 1e-6)
        ring.pop()
      if (ring.length < 3) return
      const isOuter = index === 0
      rings.push(signedAreaM2(ring) > 0 === isOuter ? ring : ring.reverse())
    })
  }
  return rings
}
