import type { PositioningEvent } from '../events.ts'
import type { RandomStream } from '../random.ts'
import {
  samplePeriodMs,
  travel,
  type BodySample,
  type Departure,
  type Leg,
  type TruthSample,
} from './journey.ts'
import type { Person } from './person.ts'
import { motionEvents, type MotionSensors } from './phone-motion.ts'
import { hear, type Receiver } from './receiver.ts'
import type { RadioField } from './radio.ts'
import type { BeaconSketch, VenueSketch } from './sketch.ts'

/** Where walks take place: made once, walked often. */
export interface SimulatedVenue {
  readonly sketch: VenueSketch
  readonly beacons: readonly BeaconSketch[]
  readonly field: RadioField
}

/** The phone: how it listens, how it feels motion, and when it slept. */
export interface SimulatedPhone {
  readonly receiver: Receiver
  /** Absent: a phone that gives no motion at all. */
  readonly motion?: MotionSensors
  /** No event leaves the phone within these spans. */
  readonly silences?: readonly { readonly fromMs: number; readonly toMs: number }[]
}

/** One walk to simulate. */
export interface WalkPlan {
  readonly venue: SimulatedVenue
  readonly person: Person
  readonly phone: SimulatedPhone
  readonly departure: Departure
  readonly legs: readonly Leg[]
}

/** What a phone said, and what was true. */
export interface SimulatedWalk {
  /** In order of time. */
  readonly events: readonly PositioningEvent[]
  /** Every 20 ms from the departure to the end. */
  readonly truth: readonly TruthSample[]
}

/**
 * Walks through a venue with a phone.
 * The same plan and a stream with the same seed give the same walk to the last bit.
 * @throws Error when the plan names a level or connector that the sketch does not have.
 * Complexity: see `hear`; a minute among 100 beacons takes some tens of milliseconds.
 */
export function simulateWalk(plan: WalkPlan, random: RandomStream): SimulatedWalk {
  const { venue, phone } = plan
  const samples: readonly BodySample[] = travel(venue.sketch, plan.person, plan.departure, plan.legs)
  const motion = phone.motion ? motionEvents(samples, phone.motion, random) : []
  const sightings = hear(samples, { ...venue, receiver: phone.receiver }, random)
  const silences = phone.silences ?? []
  const awake = ({ tMs }: PositioningEvent): boolean =>
    !silences.some(({ fromMs, toMs }) => tMs >= fromMs && tMs < toMs)
  // The sort is stable: what happened at one moment keeps the order acceleration, rotation, orientation, radio.
  const events = [...motion, ...sightings].filter(awake).sort((a, b) => a.tMs - b.tMs)
  return { events, truth: samples }
}

/**
 * The truth at a moment: the sample at or before it, the first one for a time before the walk.
 * @throws Error for a walk without samples.
 */
export function truthAt(walk: SimulatedWalk, tMs: number): TruthSample {
  const first = walk.truth[0]
  if (!first) throw new Error('the walk has no truth')
  const index = Math.floor((tMs - first.tMs) / samplePeriodMs)
  return walk.truth[Math.max(0, Math.min(walk.truth.length - 1, index))] ?? first
}
