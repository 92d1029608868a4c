import type { RandomStream } from '../random.ts'

/** How somebody walks. */
export interface Person {
  /** Cruising speed on the flat, m/s. */
  readonly speedMps: number
  /**
   * Step length divided by cadence, metre seconds: what stays the same when one person walks slower or
   * faster. Source: Sekiya and Nagasaki 1998, Gait & Posture 7:225 (0.0065 m per step/min = 0.39 m·s).
   */
  readonly walkRatioMS: number
  /** How springy the gait is against a stiff inverted pendulum of legs 0.9 m long. */
  readonly bounce: number
}

/** Somebody of middling build, as the surveyors of the real walks moved: 1.25 m/s in steps of 0.65 m. */
export const middlingPerson: Person = { speedMps: 1.25, walkRatioMS: 0.34, bounce: 1 }

/**
 * Somebody drawn from the crowd: speed 0.8–1.6 m/s, walk ratio ±10 %, bounce ±20 % (standard deviations).
 * Source: speeds of Bohannon 1997, Age and Ageing 26:15; the spreads own, near the real walks'.
 */
export function anyPerson(random: RandomStream): Person {
  return {
    speedMps: Math.min(1.6, Math.max(0.8, 1.2 + 0.15 * random.normal())),
    walkRatioMS: Math.min(0.45, Math.max(0.26, 0.35 * (1 + 0.1 * random.normal()))),
    bounce: Math.min(1.6, Math.max(0.6, 1 + 0.2 * random.normal())),
  }
}

/** Steps a second at a speed. */
export function cadenceHz(person: Person, speedMps: number): number {
  return Math.sqrt(speedMps / person.walkRatioMS)
}

/** Acceleration of the trunk without gravity, m/s²: along the way, to the right of it, and up. */
export interface BodyAcceleration {
  readonly forward: number
  readonly right: number
  readonly up: number
}

/** Somebody who does not move. */
export const atRest: BodyAcceleration = { forward: 0, right: 0, up: 0 }

const legM = 0.9
/** What a phone in the hand or pocket feels beyond the trunk's vault; fitted to the real walks. */
const softTissue = 1.2

/**
 * What the trunk feels within a step.
 * The trunk vaults over a stiff leg, so it rises by about (step length)² / 8 legs and falls again once a
 * step; a heel strike adds the second and third harmonic; the sway to the sides has half the frequency.
 * @param phase steps since the start; a foot falls at every integer.
 * @param vigour 1 on the flat; more on stairs.
 * Source: Zijlstra and Hof 2003, Gait & Posture 18:1 (inverted pendulum; shapes of the three directions);
 * the size against the real walks, see README.
 */
export function gaitAcceleration(
  person: Person,
  speedMps: number,
  phase: number,
  vigour = 1,
): BodyAcceleration {
  if (speedMps < 0.02) return atRest
  const stepM = Math.sqrt(person.walkRatioMS * speedMps)
  const omega = 2 * Math.PI * cadenceHz(person, speedMps)
  const rise = ((stepM * stepM) / (8 * legM)) * softTissue * person.bounce * vigour
  const amplitude = 0.5 * rise * omega * omega
  const turn = 2 * Math.PI * phase
  return {
    up: amplitude * (Math.cos(turn - 0.6) + 0.55 * Math.cos(2 * turn - 1.4) + 0.3 * Math.cos(3 * turn - 2.2)),
    forward: 0.4 * amplitude * Math.sin(turn + 0.4),
    right: 0.3 * amplitude * Math.sin(turn / 2),
  }
}
