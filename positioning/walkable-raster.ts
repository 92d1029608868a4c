import type { LevelExtent } from './cell-grid.ts'
import type { WalkableArea } from './events.ts'

const squareM = 0.5
const unknown = 0
const walkable = 1
const blocked = 2

/**
 * A walkable area looked up in half-metre squares, each asked for once. A particle filter asks some
 * ten thousand times a second; a venue's polygons need not answer that often. One byte a square: 1.3 MB
 * for five levels of 240 m by 180 m. Shared by all trackers of a process.
 */
export class WalkableRaster {
  readonly #area: WalkableArea
  readonly #levels: { id: string; columns: number; rows: number; squares: Uint8Array }[]

  constructor(area: WalkableArea, extents: readonly LevelExtent[]) {
    this.#area = area
    this.#levels = extents.map(({ id, widthM, heightM }) => {
      const columns = Math.ceil(widthM / squareM)
      const rows = Math.ceil(heightM / squareM)
      return { id, columns, rows, squares: new Uint8Array(columns * rows) }
    })
  }

  /** May a person stand in the half metre around this point? Outside the level's box: no. O(1). */
  isWalkable(levelIndex: number, x: number, y: number): boolean {
    const level = this.#levels[levelIndex]
    const column = Math.floor(x / squareM)
    const row = Math.floor(y / squareM)
    if (!level || !(column >= 0 && row >= 0 && column < level.columns && row < level.rows)) return false
    const index = column * level.rows + row
    let square = level.squares[index]!
    if (square === unknown) {
      const open = this.#area.isWalkable(level.id, (column + 0.5) * squareM, (row + 0.5) * squareM)
      square = level.squares[index] = open ? walkable : blocked
    }
    return square === walkable
  }
}
