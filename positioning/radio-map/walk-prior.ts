import type { RadioModel } from './radio-model.ts'

/** What a cell that neither surveyors nor beacons reach has of an average one. */
const remoteShare = 0.05
/** Seconds of survey that a beacon's promise to be heard is worth, once a second and at most. */
const promiseS = 2

/**
 * Log of how likely a walk begins in each cell, up to a constant: surveyors go where people go, and
 * beacons are hung there. Every level has the same share in all.
 */
export function walkPrior({ grid, supportS, promisedHz }: RadioModel): Float32Array {
  const prior = new Float32Array(grid.cellCount)
  for (const { firstCell, cellCount } of grid.levels) {
    const end = firstCell + cellCount
    let sum = 0
    for (let c = firstCell; c < end; c++)
      sum += prior[c] = supportS[c]! + promiseS * Math.min(1, promisedHz[c]!)
    const mean = sum > 0 ? sum / cellCount : 1
    for (let c = firstCell; c < end; c++) prior[c] = Math.log(prior[c]! / mean + remoteShare)
  }
  return prior
}
