import type { Ring } from '../geometry/index.ts'

/** A zone to look up: a unit, a geofence, a section; rings outer and holes, even-odd. */
export interface Zone {
  readonly rings: readonly Ring[]
}

/** Cells of two metres: most lie wholly inside a shop or meet two or three walls. */
const cellM = 2
/** A cell on the edge of a zone is listed as such, however the edge is rounded. */
const padM = 1e-6
/** Cells are made larger where there would be more than this. */
const mostCells = 1 << 20

/**
 * Which zones of a level hold a point, as a static index. Each cell of a grid lists the zones that cover it
 * whole, which need no test, and those whose edge meets it, which are tested by ray casting. A lookup
 * writes numbers into the caller's array and allocates nothing.
 *
 * Boundary rule: a point on an edge belongs to the zone to the right of it and above it (half-open, as in
 * `ringsContain`), so of two shops that share a wall exactly one holds a point of that wall.
 * Source: own.
 */
export class ZoneIndex {
  private readonly left: number
  private readonly bottom: number
  private readonly side: number
  private readonly columns: number
  private readonly rows: number
  /** By cell: first item; items of cell c are covered zones, then from `edgeStart[c]` on the ones to test. */
  private readonly cellStart: Int32Array
  private readonly edgeStart: Int32Array
  private readonly items: Int32Array
  /** By zone: first coordinate of its edges, four numbers each. */
  private readonly zoneStart: Int32Array
  private readonly edges: Float64Array

  constructor(zones: readonly Zone[]) {
    this.zoneStart = new Int32Array(zones.length + 1)
    this.edges = edgesOf(zones, this.zoneStart)
    let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity]
    for (let e = 0; e < this.edges.length; e += 2) {
      left = Math.min(left, this.edges[e]!)
      right = Math.max(right, this.edges[e]!)
      bottom = Math.min(bottom, this.edges[e + 1]!)
      top = Math.max(top, this.edges[e + 1]!)
    }
    if (left > right) [left, bottom, right, top] = [0, 0, 0, 0]
    this.side = Math.max(cellM, Math.sqrt(((right - left) * (top - bottom)) / mostCells))
    this.left = left - padM
    this.bottom = bottom - padM
    this.columns = Math.floor((right - this.left) / this.side) + 1
    this.rows = Math.floor((top - this.bottom) / this.side) + 1
    const { cellStart, edgeStart, items } = this.fill(zones.length)
    this.cellStart = cellStart
    this.edgeStart = edgeStart
    this.items = items
  }

  /**
   * Writes the indices of the zones that hold (x, y) into `found` and returns how many there are; those
   * that do not fit into it are counted but not written. Zero outside of every zone and for what is not a
   * number. O(zones of the cell + edges of those whose edge meets it).
   */
  lookup(x: number, y: number, found: Int32Array): number {
    const column = Math.floor((x - this.left) / this.side)
    const row = Math.floor((y - this.bottom) / this.side)
    if (!(column >= 0 && row >= 0 && column < this.columns && row < this.rows)) return 0
    const cell = row * this.columns + column
    const { items, edges, zoneStart } = this
    const firstEdge = this.edgeStart[cell]!
    const end = this.cellStart[cell + 1]!
    let count = 0
    for (let k = this.cellStart[cell]!; k < firstEdge; k++) found[count++] = items[k]!
    for (let k = firstEdge; k < end; k++) {
      const zone = items[k]!
      let inside = false
      for (let e = zoneStart[zone]!, last = zoneStart[zone + 1]!; e < last; e += 4) {
        const ay = edges[e + 1]!
        const by = edges[e + 3]!
        if (ay > y === by > y) continue
        const ax = edges[e]!
        if (x < ((edges[e + 2]! - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
      }
      if (inside) found[count++] = zone
    }
    return count
  }

  /** Marks the cells each zone's edges meet, and finds those it covers by scanning rows. */
  private fill(zones: number): { cellStart: Int32Array; edgeStart: Int32Array; items: Int32Array } {
    const cells = this.columns * this.rows
    const covered = Array.from({ length: cells }, (): number[] => [])
    const touched = Array.from({ length: cells }, (): number[] => [])
    for (let zone = 0; zone < zones; zone++) {
      const isEdge = this.edgeCellsOf(zone)
      for (const cell of isEdge) touched[cell]!.push(zone)
      this.coverRows(zone, (cell) => {
        if (!isEdge.has(cell)) covered[cell]!.push(zone)
      })
    }
    const cellStart = new Int32Array(cells + 1)
    const edgeStart = new Int32Array(cells)
    const items: number[] = []
    for (let cell = 0; cell < cells; cell++) {
      items.push(...covered[cell]!)
      edgeStart[cell] = items.length
      items.push(...touched[cell]!)
      cellStart[cell + 1] = items.length
    }
    return { cellStart, edgeStart, items: Int32Array.from(items) }
  }

  private edgeCellsOf(zone: number): Set<number> {
    const cells = new Set<number>()
    const { edges, side } = this
    for (let e = this.zoneStart[zone]!; e < this.zoneStart[zone + 1]!; e += 4) {
      const [ax, ay, bx, by] = [edges[e]!, edges[e + 1]!, edges[e + 2]!, edges[e + 3]!]
      const firstRow = Math.max(0, this.rowOf(Math.min(ay, by) - padM))
      const lastRow = Math.min(this.rows - 1, this.rowOf(Math.max(ay, by) + padM))
      for (let row = firstRow; row <= lastRow; row++) {
        const low = this.bottom + row * side - padM
        const high = low + side + 2 * padM
        const at = (y: number) => (ay === by ? 0 : Math.max(0, Math.min(1, (y - ay) / (by - ay))))
        const ends = ay === by ? [ax, bx] : [ax + (bx - ax) * at(low), ax + (bx - ax) * at(high)]
        const firstColumn = Math.max(0, this.columnOf(Math.min(...ends) - padM))
        const lastColumn = Math.min(this.columns - 1, this.columnOf(Math.max(...ends) + padM))
        for (let column = firstColumn; column <= lastColumn; column++) cells.add(row * this.columns + column)
      }
    }
    return cells
  }

  /** Visits the cells whose middle lies inside the zone. */
  private coverRows(zone: number, visit: (cell: number) => void): void {
    const { edges } = this
    const first = this.zoneStart[zone]!
    const last = this.zoneStart[zone + 1]!
    let [bottom, top] = [Infinity, -Infinity]
    for (let e = first; e < last; e += 4) {
      bottom = Math.min(bottom, edges[e + 1]!)
      top = Math.max(top, edges[e + 1]!)
    }
    const lastRow = Math.min(this.rows - 1, this.rowOf(top))
    for (let row = Math.max(0, this.rowOf(bottom)); row <= lastRow; row++) {
      const y = this.bottom + (row + 0.5) * this.side
      const crossings: number[] = []
      for (let e = first; e < last; e += 4) {
        const [ax, ay, bx, by] = [edges[e]!, edges[e + 1]!, edges[e + 2]!, edges[e + 3]!]
        if (ay > y !== by > y) crossings.push(((bx - ax) * (y - ay)) / (by - ay) + ax)
      }
      crossings.sort((a, b) => a - b)
      for (let k = 0; k + 1 < crossings.length; k += 2) {
        const from = Math.max(0, this.columnOf(crossings[k]!))
        const to = Math.min(this.columns - 1, this.columnOf(crossings[k + 1]!))
        for (let column = from; column <= to; column++) {
          const x = this.left + (column + 0.5) * this.side
          if (x > crossings[k]! && x < crossings[k + 1]!) visit(row * this.columns + column)
        }
      }
    }
  }

  private columnOf(x: number): number {
    return Math.floor((x - this.left) / this.side)
  }

  private rowOf(y: number): number {
    return Math.floor((y - this.bottom) / this.side)
  }
}

function edgesOf(zones: readonly Zone[], zoneStart: Int32Array): Float64Array {
  const edges: number[] = []
  zones.forEach(({ rings }, zone) => {
    for (const ring of rings) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        edges.push(ring[i]!.x, ring[i]!.y, ring[j]!.x, ring[j]!.y)
      }
    }
    zoneStart[zone + 1] = edges.length
  })
  return Float64Array.from(edges)
}
