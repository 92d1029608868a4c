/** A step was taken. */
export interface DetectedStep {
  /** When the step was confirmed, some 0.2 s after the foot fell. */
  readonly tMs: number
  /** Swing of the filtered acceleration over the step, m/s². */
  readonly swing: number
}

const samplePeriodMs = 20
const cutOffHz = 3
const riseMs2 = 0.35
const refractoryMs = 300
const longestGapMs = 500

/** Butterworth low-pass of the second order at 3 Hz for 50 Hz, by the bilinear transform. */
const filter = (() => {
  const k = Math.tan((Math.PI * cutOffHz * samplePeriodMs) / 1000)
  const norm = 1 / (1 + Math.SQRT2 * k + k * k)
  return { b0: k * k * norm, a1: 2 * (k * k - 1) * norm, a2: (1 - Math.SQRT2 * k + k * k) * norm }
})()

/**
 * Finds steps in the magnitude of the acceleration, sample by sample and without looking ahead: the
 * signal is brought to 50 Hz by linear interpolation, smoothed at 3 Hz, and a peak counts once the
 * signal rose by 0.35 m/s² to it and fell by as much from it, 0.3 s after the last peak at the
 * earliest. Works on the magnitude, so the way the phone is held does not matter.
 * O(1) a sample; no allocation but the step itself.
 * **Source** low-pass and peak picking as in N. Zhao, "Full-featured pedometer design realized with
 * 3-axis digital accelerometer", Analog Dialogue 44 (2010); thresholds own.
 */
export class StepDetector {
  #lastMs = -Infinity
  #lastValue = 0
  #nextMs = 0
  #x1 = 0
  #x2 = 0
  #y1 = 0
  #y2 = 0
  #rising = false
  #low = 0
  #high = 0
  #highMs = 0
  #lastPeakMs = -Infinity

  /** Takes a sample in m/s² and gives the step that it confirms, if any. Ignores samples out of order. */
  push(tMs: number, x: number, y: number, z: number): DetectedStep | undefined {
    const value = Math.sqrt(x * x + y * y + z * z)
    if (!Number.isFinite(value) || !Number.isFinite(tMs) || tMs <= this.#lastMs) return undefined
    if (tMs - this.#lastMs > longestGapMs) {
      this.#restart(tMs, value)
      return undefined
    }
    let step: DetectedStep | undefined
    const span = tMs - this.#lastMs
    for (; this.#nextMs <= tMs; this.#nextMs += samplePeriodMs) {
      const share = (this.#nextMs - this.#lastMs) / span
      step = this.#advance(this.#nextMs, this.#lastValue + share * (value - this.#lastValue)) ?? step
    }
    this.#lastMs = tMs
    this.#lastValue = value
    return step
  }

  #restart(tMs: number, value: number): void {
    this.#lastMs = tMs
    this.#lastValue = value
    this.#nextMs = tMs + samplePeriodMs
    this.#x1 = this.#x2 = this.#y1 = this.#y2 = this.#low = this.#high = value
    this.#rising = false
  }

  #advance(tMs: number, x: number): DetectedStep | undefined {
    const y = filter.b0 * (x + 2 * this.#x1 + this.#x2) - filter.a1 * this.#y1 - filter.a2 * this.#y2
    this.#x2 = this.#x1
    this.#x1 = x
    this.#y2 = this.#y1
    this.#y1 = y
    if (!this.#rising) {
      if (y < this.#low) this.#low = y
      if (y > this.#low + riseMs2) {
        this.#rising = true
        this.#high = y
        this.#highMs = tMs
      }
      return undefined
    }
    if (y > this.#high) {
      this.#high = y
      this.#highMs = tMs
    }
    if (y >= this.#high - riseMs2) return undefined
    this.#rising = false
    const swing = this.#high - this.#low
    this.#low = y
    if (this.#highMs - this.#lastPeakMs < refractoryMs) return undefined
    this.#lastPeakMs = this.#highMs
    return { tMs, swing }
  }
}
