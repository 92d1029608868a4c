import type { Fix, PositioningEvent } from '../events.ts'
import { StepDetector } from '../motion/step-detector.ts'
import { SteadyClock } from '../steady-clock.ts'
import { RadioScene, sceneMs } from './radio-scene.ts'

/** Where a car was left, as the phone in it noticed. */
export interface LeftCar {
  readonly level: string
  readonly x: number
  readonly y: number
  /** Metres within which the car most likely stands, as the fixes say; measured in server/parking/README.md. */
  readonly radiusM: number
  /** How often such a place is on the right level and within its radius, from 0 to 1. */
  readonly confidence: number
  /** When driving ended and when walking began, on the phone's clock. */
  readonly stoppedMs: number
  readonly walkedMs: number
}

/** Driving is told over this time, by fixes at its beginning, middle and end. */
const driveMs = 12_000
const edgeMs = 3000
/** Least way in each half of it: nobody is driven slower for long, and an escalator is. */
const leastHalfM = 8
/**
 * What is heard changes so much, two seconds in a row, for who is carried along as fast as a car parks: whoever
 * stands stays at two or three, an escalator comes to seven.
 */
const carriedDb = 8
const carriedSeconds = 2
/** Steps that a car's shaking may seem to be. */
const mostShaken = 5
/** Swing of a step that is one, m/s²: what a car at parking speed does stays below. */
const stepSwing = 1.2
/** So many steps in so long are walking. */
const walkSteps = 8
const walkMs = 7000
/** Steps of one walk follow one another within this. */
const strideMs = 2000
/** Who walks this long after driving ended did not come from the car. */
const longestStillMs = 15 * 60_000
/** Who walked on another level this short a time ago was carried here by a lift, waiting for it included. */
const rideMs = 5 * 60_000
/** Fixes of the last seconds beside the car tell its place; those before are still on the way. */
const settleMs = 4000
const besideMs = 20_000
const keptMs = 40_000
/** Length of a car. */
const carM = 5
/** A place is taken for less than its level's probability where fixes are this unsure. */
const vagueM = 25

interface Seen {
  readonly tMs: number
  readonly fix: Fix
}

/**
 * Notices where driving ended and walking began, from what the phone knows anyway: its events, and its tracker's
 * fix once a second. Driving is to get on without steps, told by fixes that go on straight enough or by what is
 * heard, for a tracker hardly moves without steps; walking is steps in a row. The car is where the phone was while
 * it stood between the two. Who was carried to another level since they last walked rode a lift or an escalator. A
 * phone without an accelerometer says nothing: it cannot tell a driver from a walker. A phone that lies in a shopping
 * trolley looks like one in a car: ask only on levels that have bays.
 *
 * Pure but for what it holds; O(1) an event, O(fixes of forty seconds) a second.
 * **Source** own; the mean of fixes is weighted by the inverse of their variance.
 */
export class ParkingTrail {
  readonly #clock = new SteadyClock()
  readonly #detector = new StepDetector()
  readonly #scene = new RadioScene()
  #steps: number[] = []
  #seen: Seen[] = []
  #carriedSeconds = 0
  #droveMs = -Infinity
  #droveOn = ''
  #walked = { tMs: -Infinity, on: '' }

  /** Takes an event of the phone, in order of time. */
  push(event: PositioningEvent): void {
    const tMs = this.#clock.take(event.tMs)
    if (tMs === undefined) return
    if (event.kind === 'beacon') this.#scene.push({ tMs, id: event.id, rssiDbm: event.rssiDbm })
    if (event.kind !== 'acceleration') return
    const step = this.#detector.push(tMs, event.x, event.y, event.z)
    if (step && step.swing >= stepSwing) this.#steps.push(step.tMs)
  }

  /**
   * Takes the fix of the second that is over, after its events.
   * @returns the car, once, when walking has begun after driving; then again only after driving again
   */
  take(fix: Fix | undefined, tMs: number): LeftCar | undefined {
    this.#steps = this.#steps.filter((stepMs) => stepMs > tMs - keptMs)
    this.#seen = this.#seen.filter((one) => one.tMs > tMs - keptMs)
    if (fix) this.#seen.push({ tMs, fix })
    const isCarried = !this.#hasStepped(tMs) && (this.#scene.changeDb(tMs) ?? 0) >= carriedDb
    this.#carriedSeconds = isCarried ? this.#carriedSeconds + 1 : 0
    if (this.#isDriving(tMs)) {
      this.#droveMs = tMs
      this.#droveOn = fix?.level ?? ''
    }
    const { tMs: lastWalkMs, on } = this.#walked
    if (fix && fix.level !== on && tMs - lastWalkMs <= rideMs) this.#droveMs = -Infinity
    const walkedMs = this.#walkingSince(tMs)
    if (fix && walkedMs !== undefined) this.#walked = { tMs, on: fix.level }
    if (walkedMs === undefined || tMs - this.#droveMs > longestStillMs) return undefined
    const left = this.#placeAt(walkedMs)
    if (left) this.#droveMs = -Infinity
    return left
  }

  #hasStepped(tMs: number): boolean {
    return this.#steps.some((stepMs) => stepMs > tMs - sceneMs)
  }

  #isDriving(tMs: number): boolean {
    if (this.#steps.filter((stepMs) => stepMs > tMs - driveMs).length > mostShaken) return false
    if (this.#carriedSeconds >= carriedSeconds) return true
    const points = [tMs - driveMs + edgeMs, tMs - (driveMs - edgeMs) / 2, tMs].map((end) =>
      this.#meanUntil(end),
    )
    const [a, b, c] = points
    if (!a || !b || !c) return false
    const first = { x: b.x - a.x, y: b.y - a.y }
    const second = { x: c.x - b.x, y: c.y - b.y }
    const isOnward = first.x * second.x + first.y * second.y >= 0
    return (
      isOnward && Math.hypot(first.x, first.y) >= leastHalfM && Math.hypot(second.x, second.y) >= leastHalfM
    )
  }

  /** Mean of the fixes of the three seconds before, on one level; undefined when there are too few. */
  #meanUntil(endMs: number): { x: number; y: number } | undefined {
    const fixes = this.#seen.filter(({ tMs }) => tMs <= endMs && tMs > endMs - edgeMs).map(({ fix }) => fix)
    const level = this.#seen[this.#seen.length - 1]?.fix.level
    if (fixes.length < 2 || fixes.some((fix) => fix.level !== level)) return undefined
    return {
      x: fixes.reduce((sum, { x }) => sum + x, 0) / fixes.length,
      y: fixes.reduce((sum, { y }) => sum + y, 0) / fixes.length,
    }
  }

  /** When the walk that is under way began. */
  #walkingSince(tMs: number): number | undefined {
    const recent = this.#steps.filter((stepMs) => stepMs > tMs - walkMs)
    if (recent.length < walkSteps) return undefined
    let first = this.#steps.length - 1
    while (first > 0 && this.#steps[first]! - this.#steps[first - 1]! <= strideMs) first--
    return this.#steps[first]
  }

  #placeAt(walkedMs: number): LeftCar | undefined {
    const fromMs = Math.max(this.#droveMs + settleMs, walkedMs - besideMs)
    const level = this.#droveOn
    if (this.#seen[this.#seen.length - 1]?.fix.level !== level) return undefined
    const onLevel = this.#seen.filter(({ fix }) => fix.level === level)
    const still = onLevel.filter(({ tMs }) => tMs >= fromMs && tMs <= walkedMs + 1000)
    // Who jumps out at once leaves no second to look at: the fix nearest to it has to do.
    const nearest = [...onLevel].sort((a, b) => Math.abs(a.tMs - walkedMs) - Math.abs(b.tMs - walkedMs))
    const beside = still.length > 0 ? still : nearest.slice(0, 1)
    if (beside.length === 0) return undefined
    let [total, x, y] = [0, 0, 0]
    for (const { fix } of beside) {
      const weight = 1 / (fix.radiusM * fix.radiusM)
      total += weight
      x += weight * fix.x
      y += weight * fix.y
    }
    // The driver's door is not the car's middle, nor is the place the driver stood at.
    const radiusM = Math.min(...beside.map(({ fix }) => fix.radiusM)) + carM
    const certain = beside.reduce((sum, { fix }) => sum + fix.levelProbability, 0) / beside.length
    const confidence = 0.9 * certain * Math.min(1, vagueM / radiusM)
    return { level, x: x / total, y: y / total, radiusM, confidence, stoppedMs: this.#droveMs, walkedMs }
  }
}
