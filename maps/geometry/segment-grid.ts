import type { Xy } from '../model/index.ts'
import { nearestOnSegment } from './ring.ts'
import type { Ring } from './ring.ts'

/** Wider than any rounding: a segment is listed in every cell it comes this near to. */
const padM = 1e-3
/** Cells are made larger where there would be more than this: one corner drawn far away costs no memory. */
const mostCells = 1 << 20

/**
 * The edges of an area in a uniform grid, for the three questions asked thousands of times: is the way
 * from a to b clear, is this point inside, what is the nearest edge. No query allocates but `nearest`.
 *
 * A point is inside by parity against the middle of its cell, whose own parity was found once by scan line;
 * so a query looks at the edges of one cell only. The grid is shifted by an odd amount so that no wall of a
 * drawing with round numbers runs through the middle of a cell.
 * Source: own; cell walking after Amanatides and Woo 1987, A Fast Voxel Traversal Algorithm.
 */
export class SegmentGrid {
  /** x and y of start and end, four numbers an edge. */
  private readonly edges: Float64Array
  private readonly cellStart: Int32Array
  private readonly cellEdges: Int32Array
  private readonly middleInside: Uint8Array
  private readonly cellM: number
  private readonly left: number
  private readonly bottom: number
  private readonly columns: number
  private readonly rows: number

  /** @param cellM side of a cell in metres; 2 to 4 suits a mall. */
  constructor(rings: readonly Ring[], cellM: number) {
    this.edges = edgesOf(rings)
    let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity]
    for (let i = 0; i < this.edges.length; i += 2) {
      left = Math.min(left, this.edges[i]!)
      right = Math.max(right, this.edges[i]!)
      bottom = Math.min(bottom, this.edges[i + 1]!)
      top = Math.max(top, this.edges[i + 1]!)
    }
    if (left > right) [left, bottom, right, top] = [0, 0, 0, 0]
    this.cellM = Math.max(cellM, Math.sqrt(((right - left) * (top - bottom)) / mostCells))
    this.left = left - 0.2360679 * this.cellM
    this.bottom = bottom - 0.4142135 * this.cellM
    this.columns = Math.floor((right - this.left) / this.cellM) + 2
    this.rows = Math.floor((top - this.bottom) / this.cellM) + 2
    const { start, items } = this.listEdges()
    this.cellStart = start
    this.cellEdges = items
    this.middleInside = this.scanMiddles()
  }

  /**
   * Whether the straight way between two points meets no edge; touching one counts as meeting it. False
   * for points beyond the area's bounds and for what is not a number. O(cells crossed).
   */
  isClear(ax: number, ay: number, bx: number, by: number): boolean {
    const { cellM, columns, rows, cellStart, cellEdges, edges } = this
    let column = Math.floor((ax - this.left) / cellM)
    let row = Math.floor((ay - this.bottom) / cellM)
    const lastColumn = Math.floor((bx - this.left) / cellM)
    const lastRow = Math.floor((by - this.bottom) / cellM)
    if (!(column >= 0 && row >= 0 && column < columns && row < rows)) return false
    if (!(lastColumn >= 0 && lastRow >= 0 && lastColumn < columns && lastRow < rows)) return false
    const dx = bx - ax
    const dy = by - ay
    const stepColumn = dx > 0 ? 1 : -1
    const stepRow = dy > 0 ? 1 : -1
    let nextX = dx === 0 ? Infinity : ((column + (dx > 0 ? 1 : 0)) * cellM + this.left - ax) / dx
    let nextY = dy === 0 ? Infinity : ((row + (dy > 0 ? 1 : 0)) * cellM + this.bottom - ay) / dy
    const perColumn = Math.abs(cellM / dx)
    const perRow = Math.abs(cellM / dy)
    for (;;) {
      const cell = row * columns + column
      const end = cellStart[cell + 1]!
      for (let k = cellStart[cell]!; k < end; k++) {
        const e = cellEdges[k]!
        const px = edges[e]!
        const py = edges[e + 1]!
        const qx = edges[e + 2]!
        const qy = edges[e + 3]!
        const sideP = dx * (py - ay) - dy * (px - ax)
        const sideQ = dx * (qy - ay) - dy * (qx - ax)
        if ((sideP > 0 && sideQ > 0) || (sideP < 0 && sideQ < 0)) continue
        const sideA = (qx - px) * (ay - py) - (qy - py) * (ax - px)
        const sideB = (qx - px) * (by - py) - (qy - py) * (bx - px)
        if ((sideA > 0 && sideB > 0) || (sideA < 0 && sideB < 0)) continue
        const isOneLine = sideP === 0 && sideQ === 0
        if (!isOneLine || (overlap(ax, bx, px, qx) && overlap(ay, by, py, qy))) return false
      }
      if ((column === lastColumn && row === lastRow) || (nextX > 1 && nextY > 1)) return true
      if (nextX < nextY) {
        nextX += perColumn
        column += stepColumn
      } else {
        nextY += perRow
        row += stepRow
      }
      if (column < 0 || row < 0 || column >= columns || row >= rows) return true
    }
  }

  /** Whether a point lies inside by the even-odd rule; a point on an edge may be told either way. */
  contains(x: number, y: number): boolean {
    const { cellM, columns, edges } = this
    const column = Math.floor((x - this.left) / cellM)
    const row = Math.floor((y - this.bottom) / cellM)
    if (!(column >= 0 && row >= 0 && column < columns && row < this.rows)) return false
    const cell = row * columns + column
    const dx = this.left + (column + 0.5) * cellM - x
    const dy = this.bottom + (row + 0.5) * cellM - y
    let inside = this.middleInside[cell] === 1
    const end = this.cellStart[cell + 1]!
    for (let k = this.cellStart[cell]!; k < end; k++) {
      const e = this.cellEdges[k]!
      const px = edges[e]!
      const py = edges[e + 1]!
      const qx = edges[e + 2]!
      const qy = edges[e + 3]!
      // An end exactly on the line counts to its left for both edges that meet there: no double count.
      if (dx * (py - y) - dy * (px - x) >= 0 === dx * (qy - y) - dy * (qx - x) >= 0) continue
      const sideOfPoint = (qx - px) * (y - py) - (qy - py) * (x - px)
      const sideOfMiddle = (qx - px) * (y + dy - py) - (qy - py) * (x + dx - px)
      if (sideOfPoint > 0 !== sideOfMiddle > 0) inside = !inside
    }
    return inside
  }

  /** The nearest point on any edge within `limitM`, a number of metres; undefined when none is so near. */
  nearest(x: number, y: number, limitM: number): Xy | undefined {
    // Also what is not a number, and what is so large that counting cells from it would not end.
    if (!this.isWithin(x, y, limitM)) return undefined
    let best: Xy | undefined
    let bestM = limitM
    const middleColumn = Math.floor((x - this.left) / this.cellM)
    const middleRow = Math.floor((y - this.bottom) / this.cellM)
    const rings = Math.ceil(limitM / this.cellM)
    for (let ring = 0; ring <= rings && (ring - 1) * this.cellM < bestM; ring++) {
      for (let row = middleRow - ring; row <= middleRow + ring; row++) {
        const whole = row === middleRow - ring || row === middleRow + ring
        const step = whole || ring === 0 ? 1 : 2 * ring
        for (let column = middleColumn - ring; column <= middleColumn + ring; column += step) {
          if (column < 0 || row < 0 || column >= this.columns || row >= this.rows) continue
          const cell = row * this.columns + column
          for (let k = this.cellStart[cell]!; k < this.cellStart[cell + 1]!; k++) {
            const near = this.nearestOnEdge(this.cellEdges[k]!, x, y)
            const distanceM = Math.hypot(near.x - x, near.y - y)
            if (distanceM <= bestM) {
              bestM = distanceM
              best = near
            }
          }
        }
      }
    }
    return best
  }

  /** Whether a point is no further than `limitM` beyond the grid. */
  private isWithin(x: number, y: number, limitM: number): boolean {
    const beyondX = Math.max(this.left - x, x - this.left - this.columns * this.cellM)
    const beyondY = Math.max(this.bottom - y, y - this.bottom - this.rows * this.cellM)
    return beyondX <= limitM && beyondY <= limitM
  }

  private nearestOnEdge(e: number, x: number, y: number): Xy {
    const a = { x: this.edges[e]!, y: this.edges[e + 1]! }
    return nearestOnSegment(a, { x: this.edges[e + 2]!, y: this.edges[e + 3]! }, x, y)
  }

  /** Every cell's edges in one array, found in two passes: count, then fill. */
  private listEdges(): { start: Int32Array; items: Int32Array } {
    const start = new Int32Array(this.columns * this.rows + 1)
    this.forEachCell((cell) => {
      start[cell + 1]! += 1
    })
    for (let cell = 0; cell < this.columns * this.rows; cell++) start[cell + 1]! += start[cell]!
    const fill = start.slice()
    const items = new Int32Array(start[start.length - 1]!)
    this.forEachCell((cell, edge) => {
      items[fill[cell]!++] = edge
    })
    return { start, items }
  }

  private forEachCell(visit: (cell: number, edge: number) => void): void {
    const { edges, cellM } = this
    for (let e = 0; e < edges.length; e += 4) {
      const [ax, ay, bx, by] = [edges[e]!, edges[e + 1]!, edges[e + 2]!, edges[e + 3]!]
      const firstRow = Math.floor((Math.min(ay, by) - padM - this.bottom) / cellM)
      const lastRow = Math.floor((Math.max(ay, by) + padM - this.bottom) / cellM)
      for (let row = Math.max(0, firstRow); row <= Math.min(this.rows - 1, lastRow); row++) {
        const low = this.bottom + row * cellM - padM
        const [from, to] = spanWithin(ax, ay, bx, by, low, low + cellM + 2 * padM)
        const firstColumn = Math.floor((from - padM - this.left) / cellM)
        const lastColumn = Math.floor((to + padM - this.left) / cellM)
        for (
          let column = Math.max(0, firstColumn);
          column <= Math.min(this.columns - 1, lastColumn);
          column++
        ) {
          visit(row * this.columns + column, e)
        }
      }
    }
  }

  private scanMiddles(): Uint8Array {
    const { edges, cellM } = this
    const crossings = Array.from({ length: this.rows }, (): number[] => [])
    for (let e = 0; e < edges.length; e += 4) {
      const [ax, ay, bx, by] = [edges[e]!, edges[e + 1]!, edges[e + 2]!, edges[e + 3]!]
      const first = Math.max(0, Math.floor((Math.min(ay, by) - this.bottom) / cellM) - 1)
      const last = Math.min(this.rows - 1, Math.floor((Math.max(ay, by) - this.bottom) / cellM) + 1)
      for (let row = first; row <= last; row++) {
        const y = this.bottom + (row + 0.5) * cellM
        if (ay > y !== by > y) crossings[row]!.push(((bx - ax) * (y - ay)) / (by - ay) + ax)
      }
    }
    const inside = new Uint8Array(this.columns * this.rows)
    crossings.forEach((xs, row) => {
      xs.sort((a, b) => a - b)
      for (let column = 0, passed = 0; column < this.columns; column++) {
        const x = this.left + (column + 0.5) * cellM
        while (passed < xs.length && xs[passed]! <= x) passed++
        inside[row * this.columns + column] = passed % 2
      }
    })
    return inside
  }
}

function edgesOf(rings: readonly Ring[]): Float64Array {
  const edges = new Float64Array(4 * rings.reduce((sum, ring) => sum + ring.length, 0))
  let e = 0
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      edges[e++] = ring[j]!.x
      edges[e++] = ring[j]!.y
      edges[e++] = ring[i]!.x
      edges[e++] = ring[i]!.y
    }
  }
  return edges
}

function overlap(a: number, b: number, p: number, q: number): boolean {
  return Math.max(a, b) >= Math.min(p, q) && Math.max(p, q) >= Math.min(a, b)
}

/** Least and greatest x of a segment between two heights. */
function spanWithin(
  ...[ax, ay, bx, by, low, high]: [number, number, number, number, number, number]
): [number, number] {
  if (Math.abs(by - ay) < 1e-12) return ax < bx ? [ax, bx] : [bx, ax]
  const clamp = (t: number) => Math.max(0, Math.min(1, t))
  const one = ax + (bx - ax) * clamp((low - ay) / (by - ay))
  const other = ax + (bx - ax) * clamp((high - ay) / (by - ay))
  return one < other ? [one, other] : [other, one]
}
