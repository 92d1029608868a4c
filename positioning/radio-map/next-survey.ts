import type { RadioModel } from './radio-model.ts'

/** A patch of cells where nobody surveyed enough, to be walked next. */
export interface ThinPlace {
  readonly level: string
  /** A cell's middle near the middle of the patch, metres. */
  readonly x: number
  readonly y: number
  readonly areaM2: number
}

/** Seconds of survey around a cell below which it counts as thin: less than two passes. */
const thinS = 2
/** Smaller patches lie between two surveyed ways and are not worth a walk. */
const leastAreaM2 = 60

/**
 * Where to survey next: the patches of neighbouring cells with thin support, as a route that goes level
 * by level, from the largest patch on to the nearest one left. Empty when all is surveyed.
 * O(cells + patches²).
 */
export function nextSurvey({ grid, supportS }: RadioModel): ThinPlace[] {
  const seen = new Uint8Array(grid.cellCount)
  const route: ThinPlace[] = []
  for (const level of grid.levels) {
    const patches: ThinPlace[] = []
    for (let c = level.firstCell; c < level.firstCell + level.cellCount; c++) {
      if (seen[c] === 1 || supportS[c]! >= thinS) continue
      const cells = [c]
      seen[c] = 1
      // The list grows while it is gone through: a flood fill.
      for (const cell of cells) {
        for (const [columns, rows] of sides) {
          const next = grid.cellAtColumnRow(level, grid.columnOf[cell]! + columns, grid.rowOf[cell]! + rows)
          if (next < 0 || seen[next] === 1 || supportS[next]! >= thinS) continue
          seen[next] = 1
          cells.push(next)
        }
      }
      const areaM2 = cells.length * grid.sizeM * grid.sizeM
      if (areaM2 >= leastAreaM2) {
        const places = cells.map((cell) => ({ x: grid.xOf(cell), y: grid.yOf(cell) }))
        patches.push({ level: level.id, ...middleOf(places), areaM2 })
      }
    }
    route.push(...inOrder(patches))
  }
  return route
}

const sides = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const

interface Point {
  readonly x: number
  readonly y: number
}

/** The place nearest to the mean of all: a ring's mean lies outside of it. */
function middleOf(places: readonly Point[]): Point {
  const mean = {
    x: places.reduce((sum, { x }) => sum + x, 0) / places.length,
    y: places.reduce((sum, { y }) => sum + y, 0) / places.length,
  }
  return nearest(places, mean)
}

function nearest<P extends Point>(places: readonly P[], { x, y }: Point): P {
  const squareTo = (place: P): number => (place.x - x) ** 2 + (place.y - y) ** 2
  return places.reduce((best, place) => (squareTo(place) < squareTo(best) ? place : best))
}

function inOrder(patches: readonly ThinPlace[]): ThinPlace[] {
  const left = [...patches].sort((a, b) => b.areaM2 - a.areaM2)
  const route = left.splice(0, 1)
  while (left.length > 0) {
    const next = nearest(left, route[route.length - 1]!)
    left.splice(left.indexOf(next), 1)
    route.push(next)
  }
  return route
}
