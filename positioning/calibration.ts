/**
 * Turns what a filter believes into what held on walks: filters that multiply likelihoods are too sure
 * of themselves. Coefficients by quantile and logistic regression on the cross-validated survey walks
 * of the real mall (README).
 */
export interface Calibration {
  /** Log of the radius in metres: constant, and share of the log of one plus the spread. */
  readonly radius: readonly [number, number]
  /** The log odds of the level being right are this share of the filter's. */
  readonly levelShare: number
}

/** For beacons and motion. */
export const phoneCalibration: Calibration = { radius: [1.33, 0.87], levelShare: 0.4 }

/** For beacons alone. */
export const beamCalibration: Calibration = { radius: [1.5, 0.81], levelShare: 0.24 }

/**
 * The radius in metres that holds the truth nine times in ten.
 * @param spreadM the expected distance of the truth by the filter's own belief
 */
export function calibratedRadiusM({ radius: [constant, share] }: Calibration, spreadM: number): number {
  return Math.exp(constant + share * Math.log(1 + spreadM))
}

/** How often a level named with that confidence was right. */
export function calibratedLevelProbability({ levelShare }: Calibration, probability: number): number {
  const kept = Math.min(1 - 1e-6, Math.max(1e-6, probability))
  return 1 / (1 + Math.exp(-levelShare * Math.log(kept / (1 - kept))))
}
