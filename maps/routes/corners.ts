import type { Ring, SegmentGrid } from '../geometry/index.ts'

/**
 * Corners around which a shortest path can bend: where the ground's boundary turns away from it. Parallel
 * arrays by node.
 */
export interface Corners {
  readonly count: number
  readonly x: Float64Array
  readonly y: Float64Array
  /** The neighbours along the wall, to tell which ways pass the corner without cutting it. */
  readonly beforeX: Float64Array
  readonly beforeY: Float64Array
  readonly afterX: Float64Array
  readonly afterY: Float64Array
}

/** A turn of less than this (sine of the angle times both lengths, m²) is a straight wall. */
const flat = 1e-9

/** The reflex corners of oriented rings (ground to the left). */
export function cornersOf(rings: readonly Ring[]): Corners {
  const found: number[][] = []
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i++) {
      const a = ring[(i + ring.length - 1) % ring.length]!
      const b = ring[i]!
      const c = ring[(i + 1) % ring.length]!
      const turn = (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x)
      if (turn < -flat) found.push([b.x, b.y, a.x, a.y, c.x, c.y])
    }
  }
  const column = (k: number) => Float64Array.from(found, (row) => row[k]!)
  return {
    count: found.length,
    x: column(0),
    y: column(1),
    beforeX: column(2),
    beforeY: column(3),
    afterX: column(4),
    afterY: column(5),
  }
}

/**
 * Whether a straight way from (x, y) to corner `v` goes past it along the wall instead of into it; only such
 * ways are part of shortest paths.
 * Source: Rohnert 1986, shortest paths in the plane with convex polygonal obstacles (tangents only).
 */
export function isTangent(corners: Corners, v: number, x: number, y: number): boolean {
  const dx = corners.x[v]! - x
  const dy = corners.y[v]! - y
  const before = dx * (corners.beforeY[v]! - y) - dy * (corners.beforeX[v]! - x)
  const after = dx * (corners.afterY[v]! - y) - dy * (corners.afterX[v]! - x)
  return !((before > 1e-9 && after < -1e-9) || (before < -1e-9 && after > 1e-9))
}

/**
 * Pairs of corners that see each other along tangents: the edges of the level's visibility graph. O(n²)
 * tangent tests and a walk through the grid for the few that pass.
 * @param walls boundary that blocks the view; must keep clear of the corners themselves.
 */
export function visiblePairs(corners: Corners, walls: SegmentGrid): number[] {
  const pairs: number[] = []
  const { x, y, count } = corners
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      if (!isTangent(corners, b, x[a]!, y[a]!) || !isTangent(corners, a, x[b]!, y[b]!)) continue
      if (walls.isClear(x[a]!, y[a]!, x[b]!, y[b]!)) pairs.push(a, b)
    }
  }
  return pairs
}

/** How far a natural path keeps off a corner beyond the walker's own width. */
const preferredM = 1

/**
 * For each corner the step away from the wall that people take: along the bisector, at most half the free
 * way to the other side. x and y alternate.
 * Source: own; with 1 m less than a tenth of the way lies within 0.8 m of a wall in a real mall, where surveyed
 * walkers spent more.
 */
export function cornerShifts(corners: Corners, walls: SegmentGrid): Float32Array {
  const shifts = new Float32Array(2 * corners.count)
  for (let v = 0; v < corners.count; v++) {
    const x = corners.x[v]!
    const y = corners.y[v]!
    const before = Math.hypot(corners.beforeX[v]! - x, corners.beforeY[v]! - y)
    const after = Math.hypot(corners.afterX[v]! - x, corners.afterY[v]! - y)
    // Away from the obstacle, which lies between the two walls that meet here.
    let dx = -((corners.beforeX[v]! - x) / before + (corners.afterX[v]! - x) / after)
    let dy = -((corners.beforeY[v]! - y) / before + (corners.afterY[v]! - y) / after)
    const length = Math.hypot(dx, dy)
    if (!(length > 1e-6)) continue
    dx /= length
    dy /= length
    let freeM = 2 * preferredM
    while (freeM > 0.1 && !walls.isClear(x, y, x + dx * freeM, y + dy * freeM)) freeM -= 0.1
    const stepM = Math.min(preferredM, freeM / 2)
    if (stepM < 0.1) continue
    shifts[2 * v] = dx * stepM
    shifts[2 * v + 1] = dy * stepM
  }
  return shifts
}
