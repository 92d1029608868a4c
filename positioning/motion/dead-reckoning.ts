import type { PositioningEvent } from '../events.ts'
import { azimuthOf, HeadingWindow, wrapAngle } from './heading.ts'
import { StepDetector } from './step-detector.ts'
import { stepLengthM } from './step-length.ts'

/** A step, which way the phone says it went, and how far; the way is unknown without compass and gyroscope. */
export interface Step {
  readonly tMs: number
  readonly headingRad: number | undefined
  /** What such a step usually measures, metres. */
  readonly lengthM: number
}

/** The compass is averaged over all that was heard of it, up to this; after that it slowly forgets. */
const compassTrustMs = 90_000
/** What the first moments of the compass count for. */
const compassBeginMs = 5_000
const gravityTrustMs = 500
const longestGapMs = 500
const greatestRate = 50
const greatestAcceleration = 200

/**
 * Steps with their heading out of accelerometer, gyroscope and compass. The gyroscope, turned about the
 * vertical that the accelerometer shows, gives the turns; the rotation vector or compass gives the
 * direction, averaged over up to a minute and a half, so that steel and speakers near by disturb it
 * little. Either alone will do. O(1) an event.
 * **Source** complementary filter: S. Madgwick et al., ICORR 2011, reduced to the one angle needed.
 */
export class DeadReckoning {
  readonly #steps = new StepDetector()
  readonly #window = new HeadingWindow(500)
  #yawRad: number | undefined
  #gravity: readonly [number, number, number] = [0, 0, 9.81]
  #accelerationMs = -Infinity
  #rotationMs = -Infinity
  #compassMs = -Infinity
  #firstCompassMs = -Infinity

  /** When the accelerometer was last heard of; -Infinity if never. */
  get accelerationMs(): number {
    return this.#accelerationMs
  }

  /** The phone's heading in the half second before `tMs`, if it is known. */
  headingAt(tMs: number): number | undefined {
    return this.#window.at(tMs)
  }

  /** Takes a motion event at a steady time and gives the step that it completes, if any. */
  push(event: PositioningEvent, tMs: number): Step | undefined {
    if (event.kind === 'acceleration') return this.#accelerate(tMs, event)
    if (event.kind === 'rotation-rate') this.#turn(tMs, event)
    else if (event.kind === 'orientation') {
      const { x, y, z } = event
      if (x * x + y * y + z * z < 1.1) this.#point(tMs, azimuthOf(x, y, z))
    } else if (event.kind === 'compass') this.#point(tMs, event.headingRad)
    return undefined
  }

  #accelerate(tMs: number, { x, y, z }: { x: number; y: number; z: number }): Step | undefined {
    if (!(Math.abs(x) + Math.abs(y) + Math.abs(z) < greatestAcceleration)) return undefined
    const share = 1 - Math.exp(-Math.min(longestGapMs, tMs - this.#accelerationMs) / gravityTrustMs)
    const [gx, gy, gz] = this.#gravity
    this.#gravity = [gx + share * (x - gx), gy + share * (y - gy), gz + share * (z - gz)]
    this.#accelerationMs = tMs
    const step = this.#steps.push(tMs, x, y, z)
    return step && { tMs, headingRad: this.#window.at(tMs), lengthM: stepLengthM(step.swing) }
  }

  #turn(tMs: number, { x, y, z }: { x: number; y: number; z: number }): void {
    if (!(Math.abs(x) + Math.abs(y) + Math.abs(z) < greatestRate)) return
    const seconds = (tMs - this.#rotationMs) / 1000
    this.#rotationMs = tMs
    if (!(seconds * 1000 < longestGapMs)) {
      // Nobody watched the turns of that time: what was known of the direction is void.
      this.#yawRad = undefined
      return
    }
    const [gx, gy, gz] = this.#gravity
    const length = Math.sqrt(gx * gx + gy * gy + gz * gz)
    if (length < 1) return
    // Headings grow clockwise, turns about the upward vertical counter-clockwise.
    this.#yawRad = (this.#yawRad ?? 0) - ((x * gx + y * gy + z * gz) / length) * seconds
    this.#window.push(tMs, this.#yawRad)
  }

  #point(tMs: number, azimuthRad: number): void {
    if (!Number.isFinite(azimuthRad)) return
    const turning = tMs - this.#rotationMs < longestGapMs
    if (this.#yawRad === undefined || !turning || this.#compassMs === -Infinity) {
      this.#yawRad = azimuthRad
      this.#firstCompassMs = tMs
    } else {
      const heardMs = Math.min(compassTrustMs, compassBeginMs + tMs - this.#firstCompassMs)
      const share = 1 - Math.exp(-Math.max(0, tMs - this.#compassMs) / heardMs)
      this.#yawRad += share * wrapAngle(azimuthRad - this.#yawRad)
    }
    this.#compassMs = tMs
    if (!turning) this.#window.push(tMs, this.#yawRad)
  }
}
