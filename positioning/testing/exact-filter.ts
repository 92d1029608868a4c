import { cellSizeM, type CellGrid } from '../cell-grid.ts'
import type { FilterTuning } from '../filter-tuning.ts'
import type { WalkableRaster } from '../walkable-raster.ts'

/** What an exact filter believes, in the terms of the particle filter's estimate. */
export interface ExactEstimate {
  readonly levelIndex: number
  readonly levelProbability: number
  readonly x: number
  readonly y: number
}

/** Gauss–Hermite nodes of a standard normal: value and weight. */
const threeNodes = [
  [-Math.sqrt(3), 1 / 6],
  [0, 2 / 3],
  [Math.sqrt(3), 1 / 6],
] as const
/**
 * The Bayes filter that the particle filter stands for, summed over a dense grid of places and heading
 * biases instead of drawn: slow, without randomness, and only for small buildings. It knows no stride
 * differences, no drift of the bias and no redrawing, so the tuning it is compared under has none.
 * Complexity: O(levels x places x biases x 81) a step.
 * Source: textbook recursive Bayes estimation (S. Särkkä, Bayesian Filtering and Smoothing, 2013, ch. 4).
 */
export class ExactFilter {
  readonly #parts: { grid: CellGrid; walkable: WalkableRaster; tuning: FilterTuning }
  readonly #placeM: number
  readonly #biases: readonly { rad: number; share: number }[]
  /** By level: probability of each place and bias, level's weight included. */
  #belief: Float64Array[]
  #started = false

  /**
   * @param placeM side of a place
   * @param biasCount how many biases a full circle is cut into; 1 for none
   */
  constructor(
    parts: { grid: CellGrid; walkable: WalkableRaster; tuning: FilterTuning },
    placeM: number,
    biasCount: number,
  ) {
    this.#parts = parts
    this.#placeM = placeM
    this.#biases = biasesOf(parts.tuning, biasCount)
    this.#belief = parts.grid.levels.map((_, level) => {
      const cells = parts.grid.levels[level]!.cellCount
      const belief = new Float64Array(this.#columns(level) * this.#rows(level) * this.#biases.length)
      this.#eachPlace(level, (place, x, y) => {
        if (parts.grid.cellAt(level, x, y) < 0) return
        const share = placeM ** 2 / (cells * cellSizeM ** 2) / parts.grid.levels.length
        this.#biases.forEach((bias, b) => (belief[place * this.#biases.length + b] = share * bias.share))
      })
      return belief
    })
  }

  /** Moves the belief by one step in the direction the phone says, of the usual length. */
  step(headingRad: number, lengthM: number): void {
    const { strideNoise, headingSd, placeSdM } = this.#parts.tuning
    // Sharing a place among its four neighbours spreads it by a sixth of its area: not spread twice.
    const sd = Math.sqrt(placeSdM ** 2 - this.#placeM ** 2 / 6)
    this.#belief = this.#belief.map((belief, level) => {
      const next = new Float64Array(belief.length)
      const total = sumOf(belief)
      this.#biases.forEach((bias, b) => {
        for (const [stretch, stretchShare] of threeNodes) {
          for (const [swerve, swerveShare] of threeNodes) {
            const length = lengthM * (1 + strideNoise * stretch)
            const direction = headingRad + bias.rad + headingSd * swerve
            for (const [dx, dxShare] of threeNodes) {
              for (const [dy, dyShare] of threeNodes) {
                const move = {
                  x: length * Math.sin(direction) + sd * dx,
                  y: length * Math.cos(direction) + sd * dy,
                  share: stretchShare * swerveShare * dxShare * dyShare,
                }
                this.#move({ level, b, belief, next }, move)
              }
            }
          }
        }
      })
      // Walls tell where on a level somebody is, not on which.
      const left = sumOf(next)
      return next.map((value) => (value * total) / left)
    })
  }

  /**
   * Weighs the belief by a log likelihood over the grid's cells: the first one cell by cell, as places to
   * begin at are drawn, the others between four cells bilinearly.
   */
  observe(logLikelihood: Float32Array): void {
    const first = !this.#started
    this.#started = true
    this.#belief.forEach((belief, level) => {
      this.#eachPlace(level, (place, x, y) => {
        const cell = this.#parts.grid.cellAt(level, x, y)
        const value = first ? logLikelihood[cell] : this.#lookUp(level, logLikelihood, x, y)
        const factor = value === undefined ? 0 : Math.exp(value)
        for (let b = 0; b < this.#biases.length; b++) belief[place * this.#biases.length + b]! *= factor
      })
    })
    const total = this.#belief.reduce((sum, belief) => sum + sumOf(belief), 0)
    for (const belief of this.#belief) belief.forEach((value, index) => (belief[index] = value / total))
  }

  /** The likeliest level and the mean place on it. */
  estimate(): ExactEstimate {
    const probabilities = this.#belief.map(sumOf)
    const levelIndex = probabilities.indexOf(Math.max(...probabilities))
    const points: { x: number; y: number; weight: number }[] = []
    this.#eachPlace(levelIndex, (place, x, y) => {
      let weight = 0
      for (let b = 0; b < this.#biases.length; b++) {
        weight += this.#belief[levelIndex]![place * this.#biases.length + b]!
      }
      if (weight > 0) points.push({ x, y, weight })
    })
    const x = mean(points.map((point) => [point.x, point.weight]))
    const y = mean(points.map((point) => [point.y, point.weight]))
    return { levelIndex, levelProbability: probabilities[levelIndex]!, x, y }
  }

  #move(
    at: { level: number; b: number; belief: Float64Array; next: Float64Array },
    move: { x: number; y: number; share: number },
  ): void {
    const { walkable, tuning } = this.#parts
    const { level, b, belief, next } = at
    const size = this.#placeM
    const rows = this.#rows(level)
    const columns = this.#columns(level)
    const count = this.#biases.length
    const give = (c: number, r: number, share: number): void => {
      if (c >= 0 && r >= 0 && c < columns && r < rows) next[(c * rows + r) * count + b]! += share
    }
    this.#eachPlace(level, (place, x, y) => {
      const here = belief[place * count + b]!
      if (here < 1e-12) return
      let share = here * move.share
      const stays =
        walkable.isWalkable(level, x + move.x, y + move.y) &&
        walkable.isWalkable(level, x + move.x / 2, y + move.y / 2)
      if (!stays) share *= walkable.isWalkable(level, x, y) ? tuning.wallWeight : tuning.insideWeight
      const u = (x + move.x) / size - 0.5
      const v = (y + move.y) / size - 0.5
      const column = Math.floor(u)
      const row = Math.floor(v)
      const right = share * (u - column)
      const above = v - row
      give(column, row, (share - right) * (1 - above))
      give(column, row + 1, (share - right) * above)
      give(column + 1, row, right * (1 - above))
      give(column + 1, row + 1, right * above)
    })
  }

  #lookUp(level: number, values: Float32Array, x: number, y: number): number {
    const u = x / cellSizeM - 0.5
    const v = y / cellSizeM - 0.5
    let sum = 0
    let shares = 0
    for (const column of [Math.floor(u), Math.floor(u) + 1]) {
      for (const row of [Math.floor(v), Math.floor(v) + 1]) {
        const cell = this.#parts.grid.cellAt(level, (column + 0.5) * cellSizeM, (row + 0.5) * cellSizeM)
        const share = Math.max(0, 1 - Math.abs(u - column)) * Math.max(0, 1 - Math.abs(v - row))
        if (cell < 0) continue
        sum += share * values[cell]!
        shares += share
      }
    }
    return shares < 1e-9 ? -Infinity : sum / shares
  }

  #eachPlace(level: number, visit: (place: number, x: number, y: number) => void): void {
    const rows = this.#rows(level)
    const places = this.#columns(level) * rows
    for (let place = 0; place < places; place++) {
      visit(place, (Math.floor(place / rows) + 0.5) * this.#placeM, ((place % rows) + 0.5) * this.#placeM)
    }
  }

  #columns(level: number): number {
    return Math.ceil(this.#parts.grid.levels[level]!.widthM / this.#placeM)
  }

  #rows(level: number): number {
    return Math.ceil(this.#parts.grid.levels[level]!.heightM / this.#placeM)
  }
}

/** A share that may be anywhere, the rest normal around zero, cut into equal biases. */
function biasesOf({ biasSd, anyHeading }: FilterTuning, count: number): { rad: number; share: number }[] {
  if (count === 1) return [{ rad: 0, share: 1 }]
  const rads = Array.from({ length: count }, (_, index) => -Math.PI + ((index + 0.5) * 2 * Math.PI) / count)
  const normal = rads.map((rad) => Math.exp(-(rad * rad) / (2 * biasSd * biasSd)))
  const total = normal.reduce((sum, value) => sum + value, 0)
  return rads.map((rad, index) => ({
    rad,
    share: anyHeading / count + ((1 - anyHeading) * normal[index]!) / total,
  }))
}

function sumOf(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

function mean(weighted: readonly (readonly [number, number])[]): number {
  let sum = 0
  let weights = 0
  for (const [value, weight] of weighted) {
    sum += value * weight
    weights += weight
  }
  return sum / weights
}
