import type { RadioModel } from './radio-model.ts'

/** What an unsurveyed cell has of an average surveyed one. */
const unsurveyedShare = 0.05

/**
 * Log of how likely a walk begins in each cell, up to a constant: surveyors go where people go. Every
 * level has the same share in all.
 */
export function walkPrior(model: RadioModel): Float32Array {
  const prior = new Float32Array(model.grid.cellCount)
  for (const { firstCell, cellCount } of model.grid.levels) {
    const end = firstCell + cellCount
    let sum = 0
    for (let c = firstCell; c < end; c++) sum += model.supportS[c]!
    const mean = sum > 0 ? sum / cellCount : 1
    for (let c = firstCell; c < end; c++) prior[c] = Math.log(model.supportS[c]! / mean + unsurveyedShare)
  }
  return prior
}
