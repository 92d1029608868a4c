import { meanPlace, type Estimate } from './estimate.ts'
import { logSum, ParticleBlock, type BlockParts, type CellOdds, type Hypotheses } from './particle-block.ts'

/**
 * A particle filter that keeps blocks of hypotheses on every level, so that a level is never lost for
 * want of particles, and for each of two assumptions about how the phone is held. Evidence decides
 * between the blocks as it does between particles.
 * **Source** blocks as interacting multiple models: H. Blom, Y. Bar-Shalom, IEEE Transactions on
 * Automatic Control 33 (1988); the particles' sources at {@link ParticleBlock}.
 */
export class ParticleFilter {
  readonly #parts: BlockParts
  /** Log prior of each cell: where a walk begins. */
  readonly #prior: Float32Array
  readonly #priorSum: readonly number[]
  readonly #blocks: readonly ParticleBlock[]
  /** Log probability of each block, the best one's zero. */
  readonly #blockLog: Float64Array
  /** How likely each block is before anything is heard. */
  readonly #blockPrior: readonly number[]
  readonly #cumulative: Float64Array
  #started = false

  constructor(parts: BlockParts & { readonly prior: Float32Array }) {
    this.#parts = parts
    this.#prior = parts.prior
    const { anyHeading } = parts.tuning
    const assumptions = [
      { pointsAnywhere: false, share: 1 - anyHeading },
      { pointsAnywhere: true, share: anyHeading },
    ].filter(({ share }) => share > 0)
    const kinds = parts.grid.levels.flatMap((_, level) => assumptions.map((kind) => ({ ...kind, level })))
    this.#blocks = kinds.map(({ level, pointsAnywhere }) => new ParticleBlock(parts, level, pointsAnywhere))
    this.#blockPrior = kinds.map(({ share }) => Math.log(share))
    this.#blockLog = Float64Array.from(this.#blockPrior)
    this.#cumulative = new Float64Array(parts.grid.cellCount)
    this.#priorSum = parts.grid.levels.map(({ firstCell, cellCount }) => {
      let sum = 0
      for (let c = firstCell; c < firstCell + cellCount; c++) sum += Math.exp(this.#prior[c]!)
      return Math.log(sum)
    })
  }

  /** Whether anything was observed yet. */
  get started(): boolean {
    return this.#started
  }

  /** Moves every hypothesis by one step in the direction the phone says, of the usual length. O(particles). */
  step(headingRad: number, lengthM: number): void {
    if (this.#started) for (const block of this.#blocks) block.step(headingRad, lengthM)
  }

  /** Spreads every hypothesis by a standard deviation in metres, for a phone that may have moved unseen. */
  drift(sdM: number): void {
    if (this.#started) for (const block of this.#blocks) block.drift(sdM)
  }

  /** Weighs every hypothesis by a log likelihood over the grid's cells. O(particles + cells). */
  observe(logLikelihood: Float32Array): void {
    let least = Infinity
    for (let c = 0; c < logLikelihood.length; c += 7) least = Math.min(least, logLikelihood[c]!)
    const odds = this.#cellOdds(logLikelihood)
    this.#blocks.forEach((block, i) => {
      if (this.#started) this.#blockLog[i]! += block.observe(logLikelihood, least - outsideDepth, odds)
      else {
        block.begin(odds)
        this.#blockLog[i] = this.#blockPrior[i]! + odds.evidence[block.levelIndex]!
      }
    })
    this.#started = true
    this.#floorBlocks()
    this.#shareParticles()
  }

  /** Work goes where the walker may be: nine tenths of it would follow them on levels where they are not. */
  #shareParticles(): void {
    const { idleOdds, awakeOdds, idleShare } = this.#parts.tuning
    this.#blocks.forEach((block, i) => {
      const odds = Math.exp(this.#blockLog[i]!)
      if (odds < idleOdds) block.keep(idleShare)
      else if (odds > awakeOdds) block.keep(1)
    })
  }

  /** Nothing is ruled out for good: a level comes back by a lift, a phone is put into a pocket. */
  #floorBlocks(): void {
    const { levelFloor } = this.#parts.tuning
    const best = Math.max(...this.#blockLog)
    for (let i = 0; i < this.#blockLog.length; i++) {
      this.#blockLog[i] = Math.max(levelFloor + this.#blockPrior[i]!, this.#blockLog[i]! - best)
    }
  }

  /** The cells' odds under likelihood and prior, cumulated level by level, and each level's evidence. */
  #cellOdds(logLikelihood: Float32Array): CellOdds {
    const evidence = this.#parts.grid.levels.map(({ firstCell, cellCount }, level) => {
      const end = firstCell + cellCount
      let best = -Infinity
      for (let c = firstCell; c < end; c++) best = Math.max(best, logLikelihood[c]! + this.#prior[c]!)
      let sum = 0
      for (let c = firstCell; c < end; c++) {
        sum += Math.exp(logLikelihood[c]! + this.#prior[c]! - best)
        this.#cumulative[c] = sum
      }
      return best + Math.log(sum) - this.#priorSum[level]!
    })
    return { cumulative: this.#cumulative, evidence }
  }

  /** The probability of each level as the filter has it, uncalibrated. */
  levelProbabilities(): number[] {
    const odds = this.#parts.grid.levels.map(() => 0)
    this.#blocks.forEach((block, i) => {
      odds[block.levelIndex]! += Math.exp(this.#blockLog[i]!)
    })
    const total = odds.reduce((sum, p) => sum + p, 0)
    return odds.map((p) => p / total)
  }

  /** A copy of a level's hypotheses, of all its blocks together, weights summing to one. */
  hypothesesOf(levelIndex: number): Hypotheses {
    const blocks = this.#blocks.filter((block) => block.levelIndex === levelIndex)
    const logs = blocks.map((block) => this.#blockLog[this.#blocks.indexOf(block)]!)
    const all = logs.reduce(logSum)
    const shares = logs.map((log) => Math.exp(log - all))
    const weight = new Float64Array(blocks.reduce((sum, { hypotheses }) => sum + hypotheses.weight.length, 0))
    let at = 0
    blocks.forEach(({ hypotheses }, i) => {
      const share = shares[i]!
      for (const w of hypotheses.weight) weight[at++] = w * share
    })
    return {
      x: join(blocks.map(({ hypotheses }) => hypotheses.x)),
      y: join(blocks.map(({ hypotheses }) => hypotheses.y)),
      bias: join(blocks.map(({ hypotheses }) => hypotheses.bias)),
      stride: join(blocks.map(({ hypotheses }) => hypotheses.stride)),
      weight,
    }
  }

  /** The likeliest level and the mean of its hypotheses; undefined before anything was observed. */
  estimate(): Estimate | undefined {
    if (!this.#started) return undefined
    const { levels } = this.#parts.grid
    const probabilities = this.levelProbabilities()
    const levelIndex = probabilities.indexOf(Math.max(...probabilities))
    const best = this.hypothesesOf(levelIndex)
    const [x, y] = meanPlace(best.x, best.y, best.weight)
    const here = levels[levelIndex]!
    let spreadM = 0
    levels.forEach((level, i) => {
      if (probabilities[i]! < negligible) return
      const other = i === levelIndex ? best : this.hypothesesOf(i)
      const px = x + here.originXM - level.originXM
      const py = y + here.originYM - level.originYM
      for (let k = 0; k < other.x.length; k++) {
        const distanceM = Math.sqrt((other.x[k]! - px) ** 2 + (other.y[k]! - py) ** 2)
        spreadM += probabilities[i]! * other.weight[k]! * distanceM
      }
    })
    const { mean, sd } = circularMean(best)
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

/** How much less likely a place without a cell is than the least likely cell, log. */
const outsideDepth = 2
/** A level less likely than this adds nothing to see to the spread. */
const negligible = 1e-4

function join(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function circularMean({ bias, weight }: Hypotheses): { mean: number; sd: number } {
  let sine = 0
  let cosine = 0
  for (let k = 0; k < bias.length; k++) {
    sine += weight[k]! * Math.sin(bias[k]!)
    cosine += weight[k]! * Math.cos(bias[k]!)
  }
  const length = Math.min(1, Math.sqrt(sine * sine + cosine * cosine))
  return { mean: Math.atan2(sine, cosine), sd: Math.sqrt(-2 * Math.log(Math.max(length, 1e-9))) }
}
