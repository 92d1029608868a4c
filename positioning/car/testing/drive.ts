import type { Fix, PositioningEvent } from '../../events.ts'
import { PhoneTracker } from '../../index.ts'
import type { RadioModel, WalkableRaster } from '../../index.ts'
import type { RandomStream } from '../../random.ts'
import type { BodySample } from '../../simulate/journey.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

/** A drive into the real mall's B1 and the walk away from the car. */
export interface Drive {
  readonly car: Point
  readonly stoppedMs: number
  readonly walkedMs: number
  readonly events: readonly PositioningEvent[]
  readonly seed: number
}

/** Drives in the real mall, and the phone's tracker to follow them with. */
export interface Drives {
  drive(seed: number): Drive
  /** The fix of every second, as the phone has it when the second is over. */
  follow(
    drive: Drive,
    each: (fix: Fix | undefined, events: readonly PositioningEvent[], tMs: number) => void,
  ): void
}

const stepMs = 20
/** Parking speed, and how much a car's body takes from what a phone inside hears. */
export const carMps = 3
export const carLossDb = 6
/** So much of the walk away is followed: a walk is noticed within seven seconds, or not. */
export const walkShownMs = 20_000
/** Whoever gets out stands beside the car for so long. */
export const gettingOutMs = 3000

/** A car along a path from time zero: it shakes, it turns, nobody steps. */
export function driveSamples(path: readonly Point[], level: string, random: RandomStream): BodySample[] {
  const samples: BodySample[] = []
  let tMs = 0
  let shake = 0
  for (let index = 1; index < path.length; index++) {
    const [a, b] = [path[index - 1]!, path[index]!]
    const lengthM = Math.hypot(b.x - a.x, b.y - a.y)
    const headingRad = Math.atan2(b.x - a.x, b.y - a.y)
    for (let m = 0; m < lengthM; m += (carMps * stepMs) / 1000) {
      shake = 0.6 * shake + 0.12 * random.normal()
      const at = { x: a.x + ((b.x - a.x) * m) / lengthM, y: a.y + ((b.y - a.y) * m) / lengthM }
      const acceleration = { forward: 0.5 * shake, right: 0.3 * shake, up: shake }
      samples.push({ ...at, tMs, level, zM: 0, headingRad, activity: 'standing', acceleration, stepPhase: 0 })
      tMs += stepMs
    }
  }
  return samples
}

/** Lets a phone's tracker follow a drive. */
export function followDrive(
  { events, seed }: Drive,
  setting: { readonly model: RadioModel; readonly walkable: WalkableRaster },
  each: (fix: Fix | undefined, events: readonly PositioningEvent[], tMs: number) => void,
): void {
  const tracker = new PhoneTracker({ ...setting, seed })
  const endMs = events[events.length - 1]?.tMs ?? 0
  let next = 0
  for (let tMs = 1000; tMs <= endMs; tMs += 1000) {
    const first = next
    for (; next < events.length && events[next]!.tMs <= tMs; next++) tracker.push(events[next]!)
    each(tracker.fix(tMs), events.slice(first, next), tMs)
  }
}

/** Length of a path, metres. */
export function lengthOf(path: readonly Point[]): number {
  return path
    .slice(1)
    .reduce((sum, { x, y }, index) => sum + Math.hypot(x - path[index]!.x, y - path[index]!.y), 0)
}
