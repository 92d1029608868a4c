import type { WalkableArea } from './events.ts'

/** A level's box: its frame's origin is the lower left corner; extents in metres. */
export interface LevelExtent {
  readonly id: string
  readonly widthM: number
  readonly heightM: number
  /** Where the origin of this level's frame lies in a frame that all levels share, metres. */
  readonly originXM: number
  readonly originYM: number
}

/** One level of a grid: its cells are numbered from `firstCell`, column by column. */
export interface GridLevel extends LevelExtent {
  readonly columns: number
  readonly rows: number
  readonly firstCell: number
  readonly cellCount: number
  /** Cell number at `column * rows + row`, or -1 where nobody can be. */
  readonly cellAt: Int32Array
}

/** A cell's level is stored in a byte. */
export const mostLevels = 255

/** Usual side of a cell in metres: small against the error of a fix, large enough for a phone's memory. */
export const cellSizeM = 2

/** How far from walkable ground a cell may lie: people stand at counters and in doorways. */
const reachM = 3

/**
 * The places a person can be: squares on every level, numbered throughout.
 * All maps and filters of the kernel are arrays over these numbers.
 */
export class CellGrid {
  readonly levels: readonly GridLevel[]
  readonly cellCount: number
  /** Side of a cell, metres. */
  readonly sizeM: number
  /** Level index, column and row by cell number. */
  readonly levelOf: Uint8Array
  readonly columnOf: Uint16Array
  readonly rowOf: Uint16Array

  /**
   * @param extents the levels' boxes, at most {@link mostLevels}
   * @param isCell by level, `column * rows + row`: 1 where a person can be
   * @param sizeM side of a cell
   */
  constructor(extents: readonly LevelExtent[], isCell: readonly Uint8Array[], sizeM = cellSizeM) {
    if (extents.length > mostLevels) {
      throw new RangeError(`a grid holds at most ${mostLevels} levels, not ${extents.length}`)
    }
    this.sizeM = sizeM
    let firstCell = 0
    this.levels = extents.map((extent, index) => {
      const { columns, rows } = gridSizeOf(extent, sizeM)
      const cellAt = new Int32Array(columns * rows).fill(-1)
      let cell = firstCell
      for (let i = 0; i < cellAt.length; i++) if (isCell[index]?.[i]) cellAt[i] = cell++
      const level = { ...extent, columns, rows, firstCell, cellCount: cell - firstCell, cellAt }
      firstCell = cell
      return level
    })
    this.cellCount = firstCell
    this.levelOf = new Uint8Array(firstCell)
    this.columnOf = new Uint16Array(firstCell)
    this.rowOf = new Uint16Array(firstCell)
    this.levels.forEach((level, index) => {
      level.cellAt.forEach((cell, i) => {
        if (cell < 0) return
        this.levelOf[cell] = index
        this.columnOf[cell] = Math.floor(i / level.rows)
        this.rowOf[cell] = i % level.rows
      })
    })
  }

  /** The index of a level by its id, -1 when there is none. */
  levelIndex(id: string): number {
    return this.levels.findIndex((level) => level.id === id)
  }

  /** The cell that holds a point of a level, -1 when there is none. */
  cellAt(levelIndex: number, x: number, y: number): number {
    const level = this.levels[levelIndex]
    if (!level) return -1
    return this.cellAtColumnRow(level, Math.floor(x / this.sizeM), Math.floor(y / this.sizeM))
  }

  /** The cell nearest to a point among those at most two cells away, -1 when there is none. */
  cellNear(levelIndex: number, x: number, y: number): number {
    const level = this.levels[levelIndex]
    if (!level) return -1
    const column = Math.floor(x / this.sizeM)
    const row = Math.floor(y / this.sizeM)
    let best = this.cellAtColumnRow(level, column, row)
    if (best >= 0) return best
    let bestDistance = Infinity
    for (let i = -2; i <= 2; i++) {
      for (let j = -2; j <= 2; j++) {
        const cell = this.cellAtColumnRow(level, column + i, row + j)
        if (cell < 0) continue
        const distance = Math.hypot((column + i + 0.5) * this.sizeM - x, (row + j + 0.5) * this.sizeM - y)
        if (distance < bestDistance) {
          bestDistance = distance
          best = cell
        }
      }
    }
    return best
  }

  /** The cell in a column and row of a level, -1 when there is none. */
  cellAtColumnRow(level: GridLevel, column: number, row: number): number {
    if (!(column >= 0 && row >= 0 && column < level.columns && row < level.rows)) return -1
    return level.cellAt[column * level.rows + row]!
  }

  /** The middle of a cell in its level's frame, metres. */
  xOf(cell: number): number {
    return (this.columnOf[cell]! + 0.5) * this.sizeM
  }

  /** The middle of a cell in its level's frame, metres. */
  yOf(cell: number): number {
    return (this.rowOf[cell]! + 0.5) * this.sizeM
  }
}

/** How many columns and rows of cells cover a level. */
export function gridSizeOf(
  { widthM, heightM }: LevelExtent,
  sizeM = cellSizeM,
): { columns: number; rows: number } {
  return { columns: Math.ceil(widthM / sizeM), rows: Math.ceil(heightM / sizeM) }
}

/**
 * The grid of a venue: every cell with walkable ground within three metres of its middle.
 * O(cells), 25 questions to the walkable area each at most.
 */
export function gridOf(extents: readonly LevelExtent[], walkable: WalkableArea): CellGrid {
  const isCell = extents.map((extent) => {
    const { columns, rows } = gridSizeOf(extent)
    const flags = new Uint8Array(columns * rows)
    for (let column = 0; column < columns; column++) {
      for (let row = 0; row < rows; row++) {
        const x = (column + 0.5) * cellSizeM
        const y = (row + 0.5) * cellSizeM
        flags[column * rows + row] = hasGroundNear(walkable, extent.id, x, y) ? 1 : 0
      }
    }
    return flags
  })
  return new CellGrid(extents, isCell)
}

function hasGroundNear(walkable: WalkableArea, level: string, x: number, y: number): boolean {
  if (walkable.isWalkable(level, x, y)) return true
  for (let radius = reachM / 3; radius <= reachM; radius += reachM / 3) {
    for (let i = 0; i < 8; i++) {
      const angle = (i * Math.PI) / 4
      if (walkable.isWalkable(level, x + radius * Math.sin(angle), y + radius * Math.cos(angle))) return true
    }
  }
  return false
}
