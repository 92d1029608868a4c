import type { Xy } from '../model/index.ts'
import type { Progress } from '../routes/progress.ts'
import type { Here } from './map-canvas-types.ts'
import { wrapped } from './projection.ts'
import type { RouteLine } from './route-line.ts'

/** The arrow points to where the way leads over this length, and chevrons lie this far along it. */
const aheadM = 5
const chevronFromM = 1.6
const chevronStepM = 1.25
const chevronToM = 16

/** Nearer to the end of a walk than this there is no direction to point in. */
const endM = 3

/** Time constant that takes the trembling of a hand and a compass out of the heading. */
const headingMs = 250

/** Doubt beyond which the arrow goes, and below which it comes back: between them it stays as it is. */
const headingLimitRad = { leave: (30 / 180) * Math.PI, enter: (20 / 180) * Math.PI } as const
/**
 * The radius holds the truth nine times in ten, so half of the time the error is below half of it; along a hall it
 * turns nothing, and near a corner it begins the turn as many metres early or late.
 */
const radiusLimitM = { leave: 20, enter: 14 } as const

/** Why a camera picture shows no arrow. */
export type ArSilence =
  /** The walk ends here: take the lift, or look around, it is here. */
  'ride' | 'arrived' | 'off-route' | 'other-level' | 'no-heading' | 'vague-heading' | 'vague-position'

/** A mark on the floor as the camera sees it. */
export interface ArChevron {
  /** Metres to the right of the camera and ahead of it. */
  readonly rightM: number
  readonly forwardM: number
  /** Where it points, clockwise from straight ahead. */
  readonly turnRad: number
}

export type ArArrow =
  | {
      readonly isShown: true
      /** Clockwise from straight ahead, in (-π, π]. */
      readonly turnRad: number
      readonly chevrons: readonly ArChevron[]
    }
  | { readonly isShown: false; readonly why: ArSilence }

/** What the next step needs of this one. */
export interface ArState {
  readonly atMs: number
  /** The heading with its trembling taken out. */
  readonly headingRad: number | undefined
  readonly isShown: boolean
}

/** Where the person is, and where the way lies. */
export interface ArInput {
  /** From `routeLines` with the progress. */
  readonly lines: readonly RouteLine[]
  readonly progress: Progress
  readonly here: Here
  /** Index of the route's last leg. */
  readonly lastLeg: number
}

/**
 * What a camera picture shows of the way: the arrow's direction and the chevrons on the floor, in the
 * frame of the camera; or why it shows nothing, for a client to say and to step back to the map.
 *
 * The arrow points along the way itself and not from the fix to the way, so that an error of the position
 * does not turn it: what is left is the heading's error.
 *
 * @param state of the last step; undefined at first
 * @param atMs of one monotonic clock. O(points of the walk).
 *
 * **Source**: own.
 */
export function stepArArrow(
  state: ArState | undefined,
  input: ArInput,
  atMs: number,
): { readonly state: ArState; readonly arrow: ArArrow } {
  const headingRad = steadied(state, input.here.headingRad, atMs)
  const why = silenceOf(state, input)
  const line = input.lines.find(({ leg }) => leg === input.progress.leg)
  if (why !== undefined || headingRad === undefined || !line) {
    const reason = why ?? 'no-heading'
    return { state: { atMs, headingRad, isShown: false }, arrow: { isShown: false, why: reason } }
  }
  const arrow: ArArrow = {
    isShown: true,
    turnRad: wrapped(
      bearingBetween(pointAt(line, line.walkedM), pointAt(line, line.walkedM + aheadM)) - headingRad,
    ),
    chevrons: chevronsOn(line, headingRad),
  }
  return { state: { atMs, headingRad, isShown: true }, arrow }
}

function steadied(
  state: ArState | undefined,
  headingRad: number | undefined,
  atMs: number,
): number | undefined {
  if (headingRad === undefined || state?.headingRad === undefined) return headingRad
  const share = 1 - Math.exp(-Math.max(0, atMs - state.atMs) / headingMs)
  return wrapped(state.headingRad + wrapped(headingRad - state.headingRad) * share)
}

function silenceOf(
  state: ArState | undefined,
  { lines, progress, here, lastLeg }: ArInput,
): ArSilence | undefined {
  const line = lines.find(({ leg }) => leg === progress.leg)
  if (!line) return 'ride'
  if (line.levelId !== here.levelId) return 'other-level'
  if (progress.isOff) return 'off-route'
  if (lengthOf(line) - line.walkedM < endM) return progress.leg === lastLeg ? 'arrived' : 'ride'
  const side = state?.isShown === true ? 'leave' : 'enter'
  if (here.radiusM > radiusLimitM[side]) return 'vague-position'
  if (here.headingRad === undefined) return 'no-heading'
  return (here.headingSigmaRad ?? 0) > headingLimitRad[side] ? 'vague-heading' : undefined
}

/** Chevrons at whole steps before the walk's end, so that they lie still on the floor as one walks. */
function chevronsOn(line: RouteLine, headingRad: number): ArChevron[] {
  const from = pointAt(line, line.walkedM)
  const [cos, sin] = [Math.cos(headingRad), Math.sin(headingRad)]
  const lengthM = lengthOf(line)
  const chevrons: ArChevron[] = []
  const first = Math.floor((lengthM - line.walkedM - chevronFromM) / chevronStepM)
  for (let step = first; step >= 0; step--) {
    const at = lengthM - step * chevronStepM
    if (at - line.walkedM > chevronToM) break
    const point = pointAt(line, at)
    const [dx, dy] = [point.x - from.x, point.y - from.y]
    const bearing = bearingBetween(pointAt(line, at - chevronStepM / 2), point)
    chevrons.push({
      rightM: dx * cos - dy * sin,
      forwardM: dx * sin + dy * cos,
      turnRad: wrapped(bearing - headingRad),
    })
  }
  return chevrons
}

/** The compass bearing from one point to another; level frames have y to the north. */
function bearingBetween(a: Xy, b: Xy): number {
  return Math.atan2(b.x - a.x, b.y - a.y)
}

/** The point so many metres along a line, its ends at the least and the most. */
function pointAt({ points, alongM }: RouteLine, m: number): Xy {
  for (let i = 1; i < points.length; i++) {
    const [startM, stopM] = [alongM[i - 1]!, alongM[i]!]
    if (stopM < m || stopM === startM) continue
    const [a, b] = [points[i - 1]!, points[i]!]
    const t = Math.max(0, (m - startM) / (stopM - startM))
    return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t }
  }
  return points[points.length - 1]!
}

function lengthOf({ alongM }: RouteLine): number {
  return alongM[alongM.length - 1] ?? 0
}
