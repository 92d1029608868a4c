import type { Ring } from '../geometry/ring.ts'
import { SegmentGrid } from '../geometry/segment-grid.ts'
import type { Xy } from '../model/index.ts'

/** Where people can be; the interface positioning asks for, and one answer more. */
export interface WalkableArea {
  /** Whether a person may stand there. False on an unknown level. O(edges of a cell). */
  isWalkable(level: string, x: number, y: number): boolean
  /** Whether a person may go straight from one place to the other. O(cells crossed). */
  isClear(level: string, from: Xy, to: Xy): boolean
  /** The nearest place where a person may stand within `limitM`: the point itself if it is one. */
  nearest(level: string, point: Xy, limitM: number): Xy | undefined
}

/** A cell of two metres holds few walls, and the step of a walker stays within two cells. */
const cellM = 2
/** A nearest point is moved this far off the wall, so that it is inside beyond doubt. */
const insetM = 0.01

/**
 * The walkable area of a venue from the ground of its levels.
 * @param levels name of a level (`F1`) and its `standing` rings, see `Floor`.
 */
export function createWalkableArea(
  levels: readonly { readonly name: string; readonly standing: readonly Ring[] }[],
): WalkableArea {
  const grids = new Map(levels.map(({ name, standing }) => [name, new SegmentGrid(standing, cellM)]))
  return {
    isWalkable: (level, x, y) => grids.get(level)?.contains(x, y) ?? false,
    isClear(level, from, to) {
      const grid = grids.get(level)
      return grid?.contains(from.x, from.y) === true && grid.isClear(from.x, from.y, to.x, to.y)
    },
    nearest(level, point, limitM) {
      const grid = grids.get(level)
      if (!grid) return undefined
      return grid.contains(point.x, point.y) ? point : nearestInside(grid, point, limitM)
    },
  }
}

/**
 * The nearest point inside an area to a point outside of it, a little off the edge; undefined beyond the
 * limit.
 */
export function nearestInside(grid: SegmentGrid, { x, y }: Xy, limitM: number): Xy | undefined {
  const edge = grid.nearest(x, y, limitM)
  if (!edge) return undefined
  const distanceM = Math.hypot(edge.x - x, edge.y - y)
  // Straight on across the edge; where that is a corner, whichever way of eight is inside.
  const ways = distanceM > 1e-6 ? [Math.atan2(edge.y - y, edge.x - x)] : []
  for (let k = 0; k < 8; k++) ways.push((k * Math.PI) / 4 + 0.1)
  for (const insetTriedM of [insetM, insetM * 10]) {
    for (const way of ways) {
      const inside = { x: edge.x + Math.cos(way) * insetTriedM, y: edge.y + Math.sin(way) * insetTriedM }
      if (grid.contains(inside.x, inside.y)) return inside
    }
  }
  return undefined
}
