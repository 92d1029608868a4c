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

/**
 * The mean of places whose weights sum to one. Over walks the mean and the geometric median are equally
 * far from the truth; where hypotheses part, the mean is less often far off (README). O(places).
 */
export function meanPlace(
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
  return [mx, my]
}
