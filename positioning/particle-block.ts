import type { CellGrid } from './cell-grid.ts'
import type { FilterTuning } from './filter-tuning.ts'
import type { RandomStream } from './random.ts'
import type { WalkableRaster } from './walkable-raster.ts'

/** Hypotheses about where somebody is on one level; weights sum to one. */
export interface Hypotheses {
  readonly x: Float32Array
  readonly y: Float32Array
  /** What to add to the phone's heading, radians. */
  readonly bias: Float32Array
  /** What to multiply the usual stride with. */
  readonly stride: Float32Array
  readonly weight: Float64Array
}

/** What the blocks of a filter share. */
export interface BlockParts {
  readonly grid: CellGrid
  readonly walkable: WalkableRaster
  readonly random: RandomStream
  readonly tuning: FilterTuning
}

/** Where new hypotheses are drawn from: cumulated odds of the cells, valid on the block's level. */
export interface CellOdds {
  readonly cumulative: Float64Array
  /** Log of the evidence for the level when nothing was known before. */
  readonly evidence: readonly number[]
}

/**
 * A block of particles on one level under one assumption about the phone: that it points about where
 * its bearer walks, or that it may point anywhere (pocket, bag, held across) and be turned on the way.
 * **Source** N. Gordon, D. Salmond, A. Smith, "Novel approach to nonlinear/non-Gaussian Bayesian state
 * estimation", IEE Proceedings F 140 (1993); systematic resampling after G. Kitagawa (1996); injection
 * from the observation after S. Thrun et al., "Robust Monte Carlo localization", AI 128 (2001).
 */
export class ParticleBlock {
  /** The particles in use, at the beginning of the room. */
  #hypotheses: Hypotheses
  readonly #room: Hypotheses
  readonly levelIndex: number
  readonly #pointsAnywhere: boolean
  readonly #parts: BlockParts
  readonly #spare: Omit<Hypotheses, 'weight'>
  readonly #log: Float64Array

  constructor(parts: BlockParts, levelIndex: number, pointsAnywhere: boolean) {
    const n = pointsAnywhere ? parts.tuning.anyHeadingParticles : parts.tuning.particlesPerLevel
    this.#room = { ...newArrays(n), weight: new Float64Array(n).fill(1 / n) }
    this.#hypotheses = this.#room
    this.levelIndex = levelIndex
    this.#pointsAnywhere = pointsAnywhere
    this.#parts = parts
    this.#spare = newArrays(n)
    this.#log = new Float64Array(n)
  }

  get hypotheses(): Hypotheses {
    return this.#hypotheses
  }

  /** Goes on with so many particles, a share of those there is room for, drawn by their weights. O(particles). */
  keep(share: number): void {
    const count = Math.ceil(share * this.#room.x.length)
    if (count !== this.#hypotheses.x.length) this.#resample(count)
  }

  /**
   * Moves every particle by one step. Walls weigh: where somebody is, not on which level. O(particles).
   * @param lengthM what such a step usually measures
   */
  step(headingRad: number, lengthM: number): void {
    const { walkable, random, tuning } = this.#parts
    const { strideNoise, biasDriftSd, headingSd, placeSdM, wallWeight, insideWeight } = tuning
    const turned = this.#pointsAnywhere ? tuning.turnedShare : 0
    const level = this.levelIndex
    const { x, y, bias, stride, weight } = this.#hypotheses
    let hit = false
    for (let k = 0; k < x.length; k++) {
      const b =
        turned > 0 && random.uniform() < turned ? anyAngle(random) : bias[k]! + biasDriftSd * random.normal()
      bias[k] = b
      const length = lengthM * stride[k]! * (1 + strideNoise * random.normal())
      const direction = headingRad + b + headingSd * random.normal()
      const x0 = x[k]!
      const y0 = y[k]!
      const x1 = x0 + length * Math.sin(direction) + placeSdM * random.normal()
      const y1 = y0 + length * Math.cos(direction) + placeSdM * random.normal()
      if (!walkable.isWalkable(level, x1, y1) || !walkable.isWalkable(level, (x0 + x1) / 2, (y0 + y1) / 2)) {
        weight[k]! *= walkable.isWalkable(level, x0, y0) ? wallWeight : insideWeight
        hit = true
      }
      x[k] = x1
      y[k] = y1
    }
    if (hit && normalise(weight) < tuning.leastEffective * weight.length)
      this.#resample(this.#hypotheses.weight.length)
  }

  /** Spreads every particle by a standard deviation in metres. */
  drift(sdM: number): void {
    const { x, y } = this.#hypotheses
    const { random } = this.#parts
    for (let k = 0; k < x.length; k++) {
      x[k]! += sdM * random.normal()
      y[k]! += sdM * random.normal()
    }
  }

  /** Draws all particles from the cells' odds. */
  begin(odds: CellOdds): void {
    const { weight } = this.#hypotheses
    for (let k = 0; k < weight.length; k++) this.#draw(k, odds)
    weight.fill(1 / weight.length)
  }

  /**
   * Weighs every particle by a log likelihood over the cells, renews some from the cells' odds, and gives
   * the log evidence. O(particles).
   * @param outside the log likelihood where there is no cell
   */
  observe(logLikelihood: Float32Array, outside: number, odds: CellOdds): number {
    const { lostShare, redrawnShare, leastEffective } = this.#parts.tuning
    const n = this.#hypotheses.weight.length
    const tracked = this.#weigh(logLikelihood, outside)
    const lost = Math.log(lostShare) + odds.evidence[this.levelIndex]!
    const evidence = logSum(lost, Math.log(1 - lostShare) + tracked)
    if (effectiveSize(this.#hypotheses.weight) < leastEffective * n)
      this.#resample(this.#hypotheses.weight.length)
    const share = Math.min(0.999, Math.exp(lost - evidence))
    this.#redraw(odds, share, Math.floor(n * Math.max(redrawnShare, share)))
    return evidence
  }

  /** Multiplies the weights by the likelihood and gives the log of their sum. */
  #weigh(logLikelihood: Float32Array, outside: number): number {
    const { x, y, weight } = this.#hypotheses
    const log = this.#log
    let best = -Infinity
    for (let k = 0; k < x.length; k++) {
      const value = Math.log(weight[k]!) + (this.#lookUp(logLikelihood, x[k]!, y[k]!) ?? outside)
      log[k] = value
      if (value > best) best = value
    }
    let sum = 0
    for (let k = 0; k < x.length; k++) sum += weight[k] = Math.exp(log[k]! - best)
    for (let k = 0; k < x.length; k++) weight[k]! /= sum
    return best + Math.log(sum)
  }

  /** A value between the middles of the four cells around a point; undefined where there is none of them. */
  #lookUp(values: Float32Array, x: number, y: number): number | undefined {
    const { grid } = this.#parts
    const level = grid.levels[this.levelIndex]!
    const u = x / grid.sizeM - 0.5
    const v = y / grid.sizeM - 0.5
    const column = Math.floor(u)
    const row = Math.floor(v)
    const fu = u - column
    const fv = v - row
    let weights = 0
    let sum = 0
    for (let i = 0; i < 2; i++) {
      for (let j = 0; j < 2; j++) {
        const cell = grid.cellAtColumnRow(level, column + i, row + j)
        if (cell < 0) continue
        const w = (i === 0 ? 1 - fu : fu) * (j === 0 ? 1 - fv : fv)
        weights += w
        sum += w * values[cell]!
      }
    }
    return weights < 1e-9 ? undefined : sum / weights
  }

  #draw(k: number, { cumulative }: CellOdds): void {
    const { grid, random, tuning } = this.#parts
    const { firstCell, cellCount } = grid.levels[this.levelIndex]!
    let low = firstCell
    let high = firstCell + cellCount - 1
    const u = random.uniform() * cumulative[high]!
    while (low < high) {
      const middle = (low + high) >> 1
      if (cumulative[middle]! < u) low = middle + 1
      else high = middle
    }
    const { x, y, bias, stride } = this.#hypotheses
    x[k] = grid.xOf(low) + (random.uniform() - 0.5) * grid.sizeM
    y[k] = grid.yOf(low) + (random.uniform() - 0.5) * grid.sizeM
    bias[k] = this.#pointsAnywhere ? anyAngle(random) : tuning.biasSd * random.normal()
    stride[k] = Math.exp(tuning.strideSpread * random.normal())
  }

  /** Draws `count` random particles anew and gives them `share` of the weight. */
  #redraw(odds: CellOdds, share: number, count: number): void {
    const { weight } = this.#hypotheses
    const n = weight.length
    const drawn = new Uint8Array(n)
    for (let i = 0; i < count; i++) {
      const k = Math.floor(this.#parts.random.uniform() * n)
      this.#draw(k, odds)
      if (this.#pointsAnywhere && this.#parts.random.uniform() < this.#parts.tuning.holdKept)
        this.#keepHold(k)
      drawn[k] = 1
    }
    let fresh = 0
    let old = 0
    for (let k = 0; k < n; k++) {
      if (drawn[k]) fresh++
      else old += weight[k]!
    }
    if (fresh === 0) return
    for (let k = 0; k < n; k++) {
      weight[k] = drawn[k] ? (old > 0 ? share : 1) / fresh : (weight[k]! / old) * (1 - share)
    }
    normalise(weight)
  }

  /** Who is somewhere else than thought still holds the phone as before. O(particles). */
  #keepHold(k: number): void {
    const { bias, stride, weight } = this.#hypotheses
    let left = this.#parts.random.uniform()
    let from = 0
    while (from < weight.length - 1 && (left -= weight[from]!) > 0) from++
    bias[k] = bias[from]!
    stride[k] = stride[from]!
  }

  /** Draws `count` particles from those in use by their weights. */
  #resample(count: number): void {
    const { x, y, bias, stride, weight } = this.#hypotheses
    const spare = this.#spare
    const offset = this.#parts.random.uniform() / count
    let from = 0
    let sum = weight[0]!
    for (let k = 0; k < count; k++) {
      const u = offset + k / count
      while (u > sum && from < x.length - 1) sum += weight[++from]!
      spare.x[k] = x[from]!
      spare.y[k] = y[from]!
      spare.bias[k] = bias[from]!
      spare.stride[k] = stride[from]!
    }
    if (count !== x.length) this.#hypotheses = firstOf(this.#room, count)
    const drawn = this.#hypotheses
    drawn.x.set(spare.x.subarray(0, count))
    drawn.y.set(spare.y.subarray(0, count))
    drawn.bias.set(spare.bias.subarray(0, count))
    drawn.stride.set(spare.stride.subarray(0, count))
    drawn.weight.fill(1 / count)
  }
}

function anyAngle(random: RandomStream): number {
  return (random.uniform() * 2 - 1) * Math.PI
}

function newArrays(n: number): Omit<Hypotheses, 'weight'> {
  return {
    x: new Float32Array(n),
    y: new Float32Array(n),
    bias: new Float32Array(n),
    stride: new Float32Array(n),
  }
}

/** Views of the first so many. */
function firstOf({ x, y, bias, stride, weight }: Hypotheses, count: number): Hypotheses {
  return {
    x: x.subarray(0, count),
    y: y.subarray(0, count),
    bias: bias.subarray(0, count),
    stride: stride.subarray(0, count),
    weight: weight.subarray(0, count),
  }
}

/** Log of the sum of two exponentials. */
export function logSum(a: number, b: number): number {
  const high = Math.max(a, b)
  return high === -Infinity ? high : high + Math.log(Math.exp(a - high) + Math.exp(b - high))
}

function effectiveSize(weight: Float64Array): number {
  let squares = 0
  for (const w of weight) squares += w * w
  return 1 / squares
}

/** Brings weights to a sum of one (all alike when nothing is left) and gives the effective number. */
function normalise(weight: Float64Array): number {
  let sum = 0
  for (const w of weight) sum += w
  if (!(sum > 0)) {
    weight.fill(1 / weight.length)
    return weight.length
  }
  for (let k = 0; k < weight.length; k++) weight[k]! /= sum
  return effectiveSize(weight)
}
