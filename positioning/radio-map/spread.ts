import type { CellGrid } from '../cell-grid.ts'

/** Kernels are cut where a Gaussian has fallen to three hundredths. */
const reachSd = 2.6

/** Spreads what was seen in a cell over the cells around it with a Gaussian, within the level. */
export class Spread {
  readonly #grid: CellGrid
  readonly #reach: number
  readonly #kernel: Float32Array

  /** @param sdM standard deviation of the Gaussian, metres */
  constructor(grid: CellGrid, sdM: number) {
    this.#grid = grid
    this.#reach = Math.ceil((reachSd * sdM) / grid.sizeM)
    const side = 2 * this.#reach + 1
    this.#kernel = new Float32Array(side * side)
    for (let i = -this.#reach; i <= this.#reach; i++) {
      for (let j = -this.#reach; j <= this.#reach; j++) {
        const squareM2 = (i * i + j * j) * grid.sizeM * grid.sizeM
        if (squareM2 > (reachSd * sdM) ** 2) continue
        this.#kernel[(i + this.#reach) * side + j + this.#reach] = Math.exp(-squareM2 / (2 * sdM * sdM))
      }
    }
  }

  /** Adds `value` times the kernel around a cell. O(cells in reach). */
  add(to: Float32Array, cell: number, value: number): void {
    const grid = this.#grid
    const level = grid.levels[grid.levelOf[cell]!]!
    const reach = this.#reach
    const column = grid.columnOf[cell]!
    const row = grid.rowOf[cell]!
    const rowFrom = Math.max(0, row - reach)
    const rowTo = Math.min(level.rows - 1, row + reach)
    const columnTo = Math.min(level.columns - 1, column + reach)
    for (let i = Math.max(0, column - reach); i <= columnTo; i++) {
      let k = (i - column + reach) * (2 * reach + 1) + rowFrom - row + reach
      let at = i * level.rows + rowFrom
      for (let j = rowFrom; j <= rowTo; j++, k++, at++) {
        const c = level.cellAt[at]!
        if (c >= 0) to[c]! += value * this.#kernel[k]!
      }
    }
  }

  /** The spread of a whole array over cells. */
  all(values: Float32Array): Float32Array {
    const out = new Float32Array(values.length)
    for (let c = 0; c < values.length; c++) if (values[c]! > 0) this.add(out, c, values[c]!)
    return out
  }
}
