import type { CellGrid } from './cell-grid.ts'
import { geometricMedian, type Estimate } from './estimate.ts'
import type { RandomStream } from './random.ts'
import type { WalkableRaster } from './walkable-raster.ts'

/** How people move and how far the filter trusts each source. Lengths in metres, angles in radians. */
export interface FilterTuning {
  readonly particlesPerLevel: number
  readonly strideM: number
  /** Spread of the stride between people, and from step to step (shares of the stride). */
  readonly strideSpread: number
  readonly strideNoise: number
  /** Spread of the heading's bias between phones, its drift from step to step, and the noise of a step. */
  readonly biasSd: number
  readonly biasDriftSd: number
  readonly headingSd: number
  /** Share of hypotheses for which the phone may point anywhere: pocket, bag, a disturbed compass. */
  readonly anyHeading: number
  readonly placeSdM: number
  /** What is left of a hypothesis' weight that walks into a wall, or on inside one. */
  readonly wallWeight: number
  readonly insideWeight: number
  /** Share of the weight that the filter keeps for having been wrong altogether, per tick. */
  readonly lostShare: number
  /** Share of hypotheses drawn anew from the radio map at every tick. */
  readonly redrawnShare: number
  /** Resampling begins below this effective share of particles. */
  readonly leastEffective: number
  /** Log of the least probability a level keeps beside the best one. */
  readonly levelFloor: number
}

const degree = Math.PI / 180

/** Chosen by cross-validation on the survey walks (README). */
export const defaultFilterTuning: FilterTuning = {
  particlesPerLevel: 800,
  strideM: 0.65,
  strideSpread: 0.12,
  strideNoise: 0.15,
  biasSd: 12 * degree,
  biasDriftSd: 0.7 * degree,
  headingSd: 5 * degree,
  anyHeading: 0.15,
  placeSdM: 0.25,
  wallWeight: 0.2,
  insideWeight: 0.7,
  lostShare: 0.01,
  redrawnShare: 0.05,
  leastEffective: 0.5,
  levelFloor: Math.log(1e-6),
}

/** The hypotheses of one level. */
export interface Block {
  readonly x: Float32Array
  readonly y: Float32Array
  /** What to add to the phone's heading, radians. */
  readonly bias: Float32Array
  /** What to multiply the usual stride with. */
  readonly stride: Float32Array
  /** Weights, which sum to one. */
  readonly weight: Float64Array
}

/**
 * A particle filter that keeps a block of hypotheses on every level, so that a level is never lost for
 * want of particles, and a weight for each level beside.
 * **Source** N. Gordon, D. Salmond, A. Smith, "Novel approach to nonlinear/non-Gaussian Bayesian state
 * estimation", IEE Proceedings F 140 (1993); systematic resampling after G. Kitagawa (1996); injection
 * from the observation after S. Thrun et al., "Robust Monte Carlo localization", AI 128 (2001).
 */
export class ParticleFilter {
  readonly #grid: CellGrid
  readonly #walkable: WalkableRaster
  readonly #random: RandomStream
  readonly #tuning: FilterTuning
  /** Log prior of each cell: where a walk begins. */
  readonly #prior: Float32Array
  readonly #priorSum: Float64Array
  readonly #blocks: Block[]
  readonly #spare: { x: Float32Array; y: Float32Array; bias: Float32Array; stride: Float32Array }
  readonly #logWeight: Float64Array
  readonly #cumulative: Float64Array
  readonly #levelLog: Float64Array
  #started = false

  constructor(parts: {
    grid: CellGrid
    walkable: WalkableRaster
    prior: Float32Array
    random: RandomStream
    tuning: FilterTuning
  }) {
    this.#grid = parts.grid
    this.#walkable = parts.walkable
    this.#random = parts.random
    this.#tuning = parts.tuning
    this.#prior = parts.prior
    const n = parts.tuning.particlesPerLevel
    this.#blocks = this.#grid.levels.map(() => ({ ...newArrays(n), weight: new Float64Array(n) }))
    this.#spare = newArrays(n)
    this.#logWeight = new Float64Array(n)
    this.#cumulative = new Float64Array(this.#grid.cellCount)
    this.#levelLog = new Float64Array(this.#grid.levels.length)
    this.#priorSum = Float64Array.from(this.#grid.levels, ({ firstCell, cellCount }) => {
      let sum = 0
      for (let c = firstCell; c < firstCell + cellCount; c++) sum += Math.exp(this.#prior[c]!)
      return Math.log(sum)
    })
  }

  /** Whether anything was observed yet. */
  get started(): boolean {
    return this.#started
  }

  /** Moves every hypothesis by one step in the direction the phone says. O(particles). */
  step(headingRad: number): void {
    if (!this.#started) return
    for (let level = 0; level < this.#blocks.length; level++) this.#stepLevel(level, headingRad)
  }

  #stepLevel(level: number, headingRad: number): void {
    const { strideM, strideNoise, biasDriftSd, headingSd, placeSdM, wallWeight, insideWeight } = this.#tuning
    const random = this.#random
    const walkable = this.#walkable
    const { x, y, bias, stride, weight } = this.#blocks[level]!
    let hit = false
    for (let k = 0; k < x.length; k++) {
      const b = bias[k]! + biasDriftSd * random.normal()
      bias[k] = b
      const length = strideM * stride[k]! * (1 + strideNoise * random.normal())
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
    if (!hit) return
    // Walls tell where on a level somebody is, not on which.
    const effective = normalise(weight)
    if (effective < this.#tuning.leastEffective * weight.length) this.#resample(level)
  }

  /** Spreads every hypothesis by a standard deviation in metres, for a phone that may have moved unseen. */
  drift(sdM: number): void {
    if (!this.#started) return
    for (const { x, y } of this.#blocks) {
      for (let k = 0; k < x.length; k++) {
        x[k]! += sdM * this.#random.normal()
        y[k]! += sdM * this.#random.normal()
      }
    }
  }

  /** Weighs every hypothesis by a log likelihood over the grid's cells. O(particles + cells). */
  observe(logLikelihood: Float32Array): void {
    let least = Infinity
    for (let c = 0; c < logLikelihood.length; c += 7) least = Math.min(least, logLikelihood[c]!)
    for (let level = 0; level < this.#blocks.length; level++)
      this.#observeLevel(level, logLikelihood, least - 2)
    this.#started = true
    let best = -Infinity
    for (const log of this.#levelLog) best = Math.max(best, log)
    for (let level = 0; level < this.#levelLog.length; level++) {
      this.#levelLog[level] = Math.max(this.#tuning.levelFloor, this.#levelLog[level]! - best)
    }
  }

  #observeLevel(level: number, logLikelihood: Float32Array, outside: number): void {
    const { lostShare, redrawnShare, leastEffective } = this.#tuning
    const anew = this.#prepareDraws(level, logLikelihood)
    const block = this.#blocks[level]!
    const n = block.x.length
    if (!this.#started) {
      this.#levelLog[level] = anew
      for (let k = 0; k < n; k++) this.#draw(level, k)
      block.weight.fill(1 / n)
      return
    }
    const tracked = this.#weigh(level, logLikelihood, outside)
    const lost = Math.log(lostShare) + anew
    const kept = Math.log(1 - lostShare) + tracked
    const all = logSum(lost, kept)
    this.#levelLog[level]! += all
    if (effectiveSize(block.weight) < leastEffective * n) this.#resample(level)
    const share = Math.min(0.999, Math.exp(lost - all))
    this.#redraw(level, share, Math.floor(n * Math.max(redrawnShare, share)))
  }

  /** Multiplies the weights of a level by the likelihood and gives the log of their sum. */
  #weigh(level: number, logLikelihood: Float32Array, outside: number): number {
    const { x, y, weight } = this.#blocks[level]!
    const log = this.#logWeight
    let best = -Infinity
    for (let k = 0; k < x.length; k++) {
      const likelihood = this.#lookUp(level, logLikelihood, x[k]!, y[k]!)
      const value = Math.log(weight[k]!) + (likelihood ?? outside)
      log[k] = value
      if (value > best) best = value
    }
    let sum = 0
    for (let k = 0; k < x.length; k++) sum += weight[k] = Math.exp(log[k]! - best)
    for (let k = 0; k < x.length; k++) weight[k]! /= sum
    return best + Math.log(sum)
  }

  #lookUp(level: number, values: Float32Array, x: number, y: number): number | undefined {
    const grid = this.#grid.levels[level]!
    const u = x / this.#grid.sizeM - 0.5
    const v = y / this.#grid.sizeM - 0.5
    const column = Math.floor(u)
    const row = Math.floor(v)
    const fu = u - column
    const fv = v - row
    let weights = 0
    let sum = 0
    for (let i = 0; i < 2; i++) {
      for (let j = 0; j < 2; j++) {
        const cell = this.#grid.cellAtColumnRow(grid, column + i, row + j)
        if (cell < 0) continue
        const w = (i === 0 ? 1 - fu : fu) * (j === 0 ? 1 - fv : fv)
        weights += w
        sum += w * values[cell]!
      }
    }
    return weights < 1e-9 ? undefined : sum / weights
  }

  /** Sums the likelihood of the level's cells under the prior, for draws, and gives the log evidence. */
  #prepareDraws(level: number, logLikelihood: Float32Array): number {
    const { firstCell, cellCount } = this.#grid.levels[level]!
    const end = firstCell + cellCount
    let best = -Infinity
    for (let c = firstCell; c < end; c++) best = Math.max(best, logLikelihood[c]! + this.#prior[c]!)
    let sum = 0
    for (let c = firstCell; c < end; c++) {
      sum += Math.exp(logLikelihood[c]! + this.#prior[c]! - best)
      this.#cumulative[c] = sum
    }
    return best + Math.log(sum) - this.#priorSum[level]!
  }

  #draw(level: number, k: number): void {
    const { firstCell, cellCount } = this.#grid.levels[level]!
    const { biasSd, anyHeading, strideSpread } = this.#tuning
    const random = this.#random
    const block = this.#blocks[level]!
    let low = firstCell
    let high = firstCell + cellCount - 1
    const u = random.uniform() * this.#cumulative[high]!
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#cumulative[middle]! < u) low = middle + 1
      else high = middle
    }
    block.x[k] = this.#grid.xOf(low) + (random.uniform() - 0.5) * this.#grid.sizeM
    block.y[k] = this.#grid.yOf(low) + (random.uniform() - 0.5) * this.#grid.sizeM
    const anywhere = random.uniform() < anyHeading
    block.bias[k] = anywhere ? (random.uniform() * 2 - 1) * Math.PI : biasSd * random.normal()
    block.stride[k] = Math.exp(strideSpread * random.normal())
  }

  /** Draws `count` random particles anew and gives them `share` of the level's weight. */
  #redraw(level: number, share: number, count: number): void {
    const { weight } = this.#blocks[level]!
    const n = weight.length
    const drawn = new Uint8Array(n)
    for (let i = 0; i < count; i++) {
      const k = Math.floor(this.#random.uniform() * n)
      this.#draw(level, k)
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

  #resample(level: number): void {
    const block = this.#blocks[level]!
    const { weight } = block
    const n = weight.length
    const { x, y, bias, stride } = this.#spare
    const offset = this.#random.uniform() / n
    let from = 0
    let sum = weight[0]!
    for (let k = 0; k < n; k++) {
      const u = offset + k / n
      while (u > sum && from < n - 1) sum += weight[++from]!
      x[k] = block.x[from]!
      y[k] = block.y[from]!
      bias[k] = block.bias[from]!
      stride[k] = block.stride[from]!
    }
    block.x.set(x)
    block.y.set(y)
    block.bias.set(bias)
    block.stride.set(stride)
    weight.fill(1 / n)
  }

  /** The probability of each level as the filter has it, uncalibrated; all alike before anything was observed. */
  levelProbabilities(): number[] {
    const odds = Array.from(this.#levelLog, Math.exp)
    const total = odds.reduce((sum, p) => sum + p, 0)
    return odds.map((p) => p / total)
  }

  /** A copy of each level's hypotheses as they are now. */
  snapshot(): Block[] {
    return this.#blocks.map(({ x, y, bias, stride, weight }) => ({
      x: x.slice(),
      y: y.slice(),
      bias: bias.slice(),
      stride: stride.slice(),
      weight: weight.slice(),
    }))
  }

  /** The likeliest level and the geometric median of its hypotheses; undefined before anything was observed. */
  estimate(): Estimate | undefined {
    if (!this.#started) return undefined
    const probabilities = this.levelProbabilities()
    let levelIndex = 0
    probabilities.forEach((p, i) => {
      if (p > probabilities[levelIndex]!) levelIndex = i
    })
    const block = this.#blocks[levelIndex]!
    const [x, y] = geometricMedian(block.x, block.y, block.weight)
    const here = this.#grid.levels[levelIndex]!
    let spreadM = 0
    this.#blocks.forEach((other, i) => {
      const share = probabilities[i]!
      if (share < 1e-4) return
      const level = this.#grid.levels[i]!
      const px = x + here.originXM - level.originXM
      const py = y + here.originYM - level.originYM
      for (let k = 0; k < other.x.length; k++) {
        spreadM += share * other.weight[k]! * Math.sqrt((other.x[k]! - px) ** 2 + (other.y[k]! - py) ** 2)
      }
    })
    const { mean, sd } = circularMean(block)
    return {
      levelIndex,
      levelProbability: probabilities[levelIndex]!,
      x,
      y,
      spreadM,
      biasRad: mean,
      biasSdRad: sd,
    }
  }
}

function newArrays(n: number): {
  x: Float32Array
  y: Float32Array
  bias: Float32Array
  stride: Float32Array
} {
  return {
    x: new Float32Array(n),
    y: new Float32Array(n),
    bias: new Float32Array(n),
    stride: new Float32Array(n),
  }
}

function logSum(a: number, b: number): number {
  const high = Math.max(a, b)
  return high + Math.log(Math.exp(a - high) + Math.exp(b - high))
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

function circularMean({ bias, weight }: Block): { mean: number; sd: number } {
  let sine = 0
  let cosine = 0
  for (let k = 0; k < bias.length; k++) {
    sine += weight[k]! * Math.sin(bias[k]!)
    cosine += weight[k]! * Math.cos(bias[k]!)
  }
  const length = Math.min(1, Math.sqrt(sine * sine + cosine * cosine))
  return { mean: Math.atan2(sine, cosine), sd: Math.sqrt(-2 * Math.log(Math.max(length, 1e-9))) }
}
