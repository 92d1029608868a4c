/** What the filter believes. */
export interface Estimate {
  readonly levelIndex: number
  readonly levelProbability: number
  readonly x: number
  readonly y: number
  /** Expected distance of the truth from the estimate, metres, over all levels. */
  readonly spreadM: number
  /** Mean of what the heading is off by, and its standard deviation. */
  readonly biasRad: number
  readonly biasSdRad: number
}

const iterations = 20
const smoothingM2 = 1

/**
 * The point with the least weighted distance to all: Weiszfeld's iteration from the mean, smoothed by a
 * metre. A median does not stand between two corridors as a mean does. Weights sum to one. O(points).
 * **Source** E. Weiszfeld, Tôhoku Mathematical Journal 43 (1937).
 */
export function geometricMedian(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weight: ArrayLike<number>,
): [number, number] {
  let mx = 0
  let my = 0
  for (let k = 0; k < x.length; k++) {
    mx += weight[k]! * x[k]!
    my += weight[k]! * y[k]!
  }
  for (let iteration = 0; iteration < iterations; iteration++) {
    let sum = 0
    let sx = 0
    let sy = 0
    for (let k = 0; k < x.length; k++) {
      const dx = x[k]! - mx
      const dy = y[k]! - my
      const w = weight[k]! / Math.sqrt(dx * dx + dy * dy + smoothingM2)
      sum += w
      sx += w * x[k]!
      sy += w * y[k]!
    }
    mx = sx / sum
    my = sy / sum
  }
  return [mx, my]
}
