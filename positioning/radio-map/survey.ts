import { StepDetector } from '../motion/step-detector.ts'
import { stepLengthM } from '../motion/step-length.ts'
import type { RecordedWalk, Waypoint } from '../recorded-walk.ts'

/** A point on a level at a time. */
export interface TrackPoint {
  readonly tMs: number
  readonly x: number
  readonly y: number
}

/** How much of the way between two waypoints follows the steps; the rest follows the clock. */
const stepShare = 0.7
/** A step takes no longer than this; before it the surveyor stood. */
const longestStepMs = 1000

/**
 * Where a surveyor was at any time between the first and the last waypoint: on the straight line from
 * one waypoint to the next, as far along as the steps and their lengths say (the clock has a smaller
 * say, for steps that were missed). O(log n) a question.
 */
export class SurveyTrack {
  readonly waypoints: readonly Waypoint[]
  /** When each step was done, and how far the surveyor had walked then. */
  readonly #stepsMs: number[] = []
  readonly #walkedM: number[] = []

  constructor(walk: RecordedWalk) {
    this.waypoints = [...walk.waypoints].sort((a, b) => a.tMs - b.tMs)
    const detector = new StepDetector()
    let walkedM = 0
    for (const event of walk.events) {
      if (event.kind !== 'acceleration') continue
      const step = detector.push(event.tMs, event.x, event.y, event.z)
      if (!step) continue
      this.#stepsMs.push(step.tMs)
      this.#walkedM.push((walkedM += stepLengthM(step.swing)))
    }
  }

  /** The position at a time; before the first waypoint the first, after the last the last. */
  at(tMs: number): TrackPoint | undefined {
    const next = this.waypoints.findIndex((waypoint) => waypoint.tMs >= tMs)
    const to = next < 0 ? this.waypoints[this.waypoints.length - 1] : this.waypoints[next]
    const from = next <= 0 ? to : this.waypoints[next - 1]
    if (!from || !to) return undefined
    const share = next <= 0 ? 0 : this.#shareOfWay(from.tMs, to.tMs, tMs)
    return { tMs, x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) }
  }

  #shareOfWay(fromMs: number, toMs: number, tMs: number): number {
    const byClock = (tMs - fromMs) / Math.max(toMs - fromMs, 1)
    const fromM = this.#walkedAt(fromMs)
    const wayM = this.#walkedAt(toMs) - fromM
    if (wayM < 1) return byClock
    return (stepShare * (this.#walkedAt(tMs) - fromM)) / wayM + (1 - stepShare) * byClock
  }

  /** Metres walked up to a time. A step takes its way evenly, from the step before until it is done. */
  #walkedAt(tMs: number): number {
    const next = firstAfter(this.#stepsMs, tMs)
    const doneM = this.#walkedM[next - 1] ?? 0
    const endMs = this.#stepsMs[next]
    if (endMs === undefined) return doneM
    const startMs = Math.max(endMs - longestStepMs, this.#stepsMs[next - 1] ?? -Infinity)
    const share = Math.max(0, (tMs - startMs) / (endMs - startMs))
    return doneM + share * (this.#walkedM[next]! - doneM)
  }
}

/** Index of the first time after `tMs` in ascending times. O(log n). */
function firstAfter(times: readonly number[], tMs: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! <= tMs) low = middle + 1
    else high = middle
  }
  return low
}
