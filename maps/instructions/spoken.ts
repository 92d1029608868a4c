import type { Landmark } from './landmarks.ts'
import { turnOf } from './manoeuvres.ts'
import type { Stretch } from './manoeuvres.ts'

/** A stretch worth a sentence. */
export interface Spoken {
  readonly stretch: Stretch
  /** What stands at its beginning. */
  readonly landmark: Landmark | undefined
  /** The turn to take there, counter-clockwise; undefined where a walk begins in the open. */
  readonly turnRad: number | undefined
  /** A second turn a few metres further on. */
  readonly thenRad?: number
}

/** So few metres between two turns are one sentence. */
const shortM = 5

/** Whether a turn is a bend and not yet a corner. */
export function isSlight(rad: number): boolean {
  return turnOf(rad).startsWith('slight')
}

/** Two stretches that are told as one. */
export function joined(first: Stretch, second: Stretch): Stretch {
  const points = [...first.points, ...second.points.slice(1)]
  return { ...first, points, lengthM: first.lengthM + second.lengthM }
}

/**
 * Nobody measures three metres: a turn so soon after another is told in one sentence with it. Two corners
 * stay two (right, then right again), a bend and a corner are one turn by what they come to.
 */
export function joinShort(spoken: readonly Spoken[]): Spoken[] {
  const told: Spoken[] = []
  for (const each of spoken) {
    const last = told[told.length - 1]
    if (!last || last.thenRad !== undefined || last.stretch.lengthM >= shortM) {
      told.push(each)
      continue
    }
    const stretch = { ...joined(last.stretch, each.stretch), heading: each.stretch.heading }
    const rads = [last.turnRad ?? 0, each.turnRad ?? 0] as const
    // A walk begins at a door or off a lift, which is its landmark.
    const landmark = told.length === 1 ? undefined : (last.landmark ?? each.landmark)
    const wholeRad = wrapped(rads[0] + rads[1])
    told[told.length - 1] =
      rads.every(isCorner) || turnOf(wholeRad) === 'back'
        ? { stretch, landmark, turnRad: cornerOf(rads[0]), thenRad: cornerOf(rads[1]) }
        : { stretch, landmark, turnRad: wholeRad }
  }
  return told
}

/** The corner on the side of a turn. */
function cornerOf(rad: number): number {
  return rad > 0 ? Math.PI / 2 : -Math.PI / 2
}

function isCorner(rad: number): boolean {
  return turnOf(rad) === 'left' || turnOf(rad) === 'right'
}

/** The same angle between −π and π. */
function wrapped(rad: number): number {
  return Math.atan2(Math.sin(rad), Math.cos(rad))
}
