import { StepDetector } from '../motion/step-detector.ts'
import type { RecordedWalk, Waypoint } from '../recorded-walk.ts'

/** A point on a level at a time. */
export interface TrackPoint {
  readonly tMs: number
  readonly x: number
  readonly y: number
}

/** How much of the way between two waypoints follows the steps; the rest follows the clock. */
const stepShare = 0.7

/**
 * Where a surveyor was at any time between the first and the last waypoint: on the straight line from
 * one waypoint to the next, as far along as the steps say (the clock has a smaller say, for steps that
 * were missed). O(log n) a question.
 */
export class SurveyTrack {
  readonly waypoints: readonly Waypoint[]
  readonly #stepsMs: number[] = []

  constructor(walk: RecordedWalk) {
    this.waypoints = [...walk.waypoints].sort((a, b) => a.tMs - b.tMs)
    const detector = new StepDetector()
    for (const event of walk.events) {
      if (event.kind !== 'acceleration') continue
      const step = detector.push(event.tMs, event.x, event.y, event.z)
      if (step) this.#stepsMs.push(step.tMs)
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
    const begin = firstAfter(this.#stepsMs, fromMs)
    const count = firstAfter(this.#stepsMs, toMs) - begin
    if (count < 2) return byClock
    // The foot is half-way through a step at the waypoint, and steps in between are taken evenly.
    const done = firstAfter(this.#stepsMs, tMs) - begin
    const beforeMs = done === 0 ? fromMs : this.#stepsMs[begin + done - 1]!
    const afterMs = done === count ? toMs : this.#stepsMs[begin + done]!
    const into = (tMs - beforeMs) / Math.max(afterMs - beforeMs, 1)
    const bySteps = (done + into * (done === count ? 0.5 : 1)) / (count + 0.5)
    return stepShare * bySteps + (1 - stepShare) * byClock
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
