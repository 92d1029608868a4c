/**
 * A seeded stream of numbers: the only randomness of the kernel, always passed in.
 * 32-bit integer arithmetic only, so one seed gives the same numbers on every engine.
 * **Source** sfc32 of Chris Doty-Humphrey's PractRand.
 */
export class RandomStream {
  #a: number
  #b: number
  #c: number
  #counter = 1

  /** @param seed any integer; the fraction and what exceeds 32 bits are dropped. */
  constructor(seed: number) {
    this.#a = seed | 0
    this.#b = 0x9e3779b9 | 0
    this.#c = 0x243f6a88
    for (let i = 0; i < 12; i++) this.bits()
  }

  /** 32 random bits as a signed integer. */
  bits(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return (this.bits() >>> 0) / 4294967296
  }

  /**
   * Standard normal, drawn from a table of 4096 equally likely values: as fast as a look-up, and its
   * tails end at 3.7 standard deviations, which keeps a single particle from flying off.
   */
  normal(): number {
    return normals[this.bits() >>> 20]!
  }
}

const normals = Float64Array.from({ length: 4096 }, (_, i) => inverseNormal((i + 0.5) / 4096))

/**
 * The quantile function of the standard normal for 0 < p < 1, relative error below 1.15e-9.
 * **Source** P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution
 * function", 2003.
 */
export function inverseNormal(p: number): number {
  if (p < 0.02425) return lowerTail(Math.sqrt(-2 * Math.log(p)))
  if (p > 1 - 0.02425) return -lowerTail(Math.sqrt(-2 * Math.log(1 - p)))
  const q = p - 0.5
  const r = q * q
  const numerator = horner(
    r,
    [
      -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
      2.506628277459239,
    ],
  )
  const denominator = horner(
    r,
    [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1],
  )
  return (q * numerator) / denominator
}

function lowerTail(q: number): number {
  const numerator = horner(
    q,
    [
      -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
      2.938163982698783,
    ],
  )
  return (
    numerator / horner(q, [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1])
  )
}

function horner(x: number, coefficients: readonly number[]): number {
  let value = 0
  for (const coefficient of coefficients) value = value * x + coefficient
  return value
}
