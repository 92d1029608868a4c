/** How people move and how far the filter trusts each source. Lengths in metres, angles in radians. */
export interface FilterTuning {
  /** Particles a level for a phone that points about where its bearer walks. */
  readonly particlesPerLevel: number
  /** Particles a level for a phone that may point anywhere. */
  readonly anyHeadingParticles: number
  /**
   * A block of particles idles below these odds beside the best one, and is awake again above those: who
   * is almost certainly elsewhere needs few particles to be found again, the radio map's evidence for a
   * whole level does not rest on them.
   */
  readonly idleOdds: number
  readonly awakeOdds: number
  /** Share of its particles that an idle block keeps. */
  readonly idleShare: number
  /** Spread of the stride between people, and from step to step: shares of what a step's swing tells. */
  readonly strideSpread: number
  readonly strideNoise: number
  /** Spread of the heading's bias between phones, its drift from step to step, and the noise of a step. */
  readonly biasSd: number
  readonly biasDriftSd: number
  readonly headingSd: number
  /** How likely a phone points anywhere: pocket, bag, held across, a disturbed compass. */
  readonly anyHeading: number
  /** How often, per step, such a phone is turned. */
  readonly turnedShare: number
  /** How often a hypothesis of such a phone that is drawn anew keeps what was learned of how it is held. */
  readonly holdKept: number
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
  particlesPerLevel: 600,
  anyHeadingParticles: 600,
  idleOdds: 1e-3,
  awakeOdds: 1e-2,
  idleShare: 0.1,
  strideSpread: 0.12,
  strideNoise: 0.12,
  biasSd: 12 * degree,
  biasDriftSd: 0.7 * degree,
  headingSd: 5 * degree,
  anyHeading: 0.2,
  turnedShare: 0.02,
  holdKept: 0.8,
  placeSdM: 0.25,
  wallWeight: 0.2,
  insideWeight: 0.7,
  lostShare: 0.01,
  redrawnShare: 0.05,
  leastEffective: 0.5,
  levelFloor: Math.log(1e-4),
}
