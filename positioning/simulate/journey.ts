import { atRest, cadenceHz, gaitAcceleration, type BodyAcceleration, type Person } from './person.ts'
import { rideHeight, rideOf, type Ride } from './ride.ts'
import { levelOf, type ConnectorSketch, type Point, type VenueSketch } from './sketch.ts'

/** One thing somebody does; a journey is a list of them. */
export type Leg =
  /** Straight to a point of the level one is on, without stopping if more walking follows. */
  | { readonly kind: 'walk'; readonly to: Point }
  | { readonly kind: 'stand'; readonly forMs: number }
  /** To the connector's stop on this level, then with it to another level. */
  | { readonly kind: 'ride'; readonly connector: string; readonly to: string }
  /** The truth is elsewhere from one moment to the next: the phone slept while it was carried off. */
  | { readonly kind: 'jump'; readonly to: Point & { readonly level: string } }

/** Where the journey begins. */
export interface Departure extends Point {
  readonly level: string
  readonly tMs: number
}

export type Activity = 'standing' | 'walking' | ConnectorSketch['kind']

/** Where somebody truly is. */
export interface TruthSample extends Point {
  readonly tMs: number
  readonly level: string
  /** Direction the body faces, radians clockwise from north. */
  readonly headingRad: number
  readonly activity: Activity
}

/** The truth with what radio and sensors need of it. */
export interface BodySample extends TruthSample {
  /** Height of the feet above the lowest floor, metres. */
  readonly zM: number
  readonly acceleration: BodyAcceleration
  /** Steps since departure; a foot falls at every integer. */
  readonly stepPhase: number
}

/** Samples are this far apart, milliseconds: the 50 Hz of a phone's motion sensors. */
export const samplePeriodMs = 20

const periodS = samplePeriodMs / 1000
const accelerationMps2 = 1.2
const turnRateRadS = 2.5
const turnTimeS = 0.25

interface Body extends Departure {
  tMs: number
  level: string
  x: number
  y: number
  zM: number
  speedMps: number
  headingRad: number
  stepPhase: number
  readonly samples: BodySample[]
}

/**
 * Lives through a journey and writes down where the body is and what it feels, every 20 ms.
 * People speed up and brake at 1.2 m/s², take corners slower and turn at up to 2.5 rad/s; lifts,
 * escalators and stairs are ridden as `ride.ts` says.
 * @throws Error when a leg names a connector or level that is not there.
 * Complexity: O(samples), 50 a second of the journey.
 * Source: own; gait initiation of 1–1.5 m/s² as in Breniere and Do 1986, J. Biomechanics 19:1035.
 */
export function travel(
  sketch: VenueSketch,
  person: Person,
  departure: Departure,
  legs: readonly Leg[],
): BodySample[] {
  const body: Body = {
    ...departure,
    zM: levelOf(sketch, departure.level).elevationM,
    speedMps: 0,
    headingRad: firstHeading(departure, legs),
    stepPhase: 0,
    samples: [],
  }
  note(body, 'standing', atRest)
  for (let index = 0; index < legs.length; index++) {
    const leg = legs[index]!
    if (leg.kind === 'walk') {
      const way = [leg.to]
      for (let next = legs[index + 1]; next?.kind === 'walk'; next = legs[++index + 1]) way.push(next.to)
      walk(body, person, way)
    } else if (leg.kind === 'stand') {
      const endMs = body.tMs + leg.forMs
      while (body.tMs < endMs) note(body, 'standing', atRest)
    } else if (leg.kind === 'ride') {
      const ride = rideOf(sketch, { connector: leg.connector, from: body.level, to: leg.to })
      if (Math.hypot(ride.from.x - body.x, ride.from.y - body.y) > 0.01) walk(body, person, [ride.from])
      takeRide(body, person, ride)
    } else {
      Object.assign(body, { ...leg.to, zM: levelOf(sketch, leg.to.level).elevationM, speedMps: 0 })
    }
  }
  return body.samples
}

function firstHeading(from: Point, legs: readonly Leg[]): number {
  const first = legs.find((leg) => leg.kind === 'walk')
  return first ? bearing(from, first.to) : 0
}

/** Walks a polyline from a standstill to a standstill. */
function walk(body: Body, person: Person, way: readonly Point[]): void {
  const points: Point[] = [{ x: body.x, y: body.y }, ...way]
  for (let index = 1; index < points.length; index++) {
    const from = points[index - 1]!
    const to = points[index]!
    const lengthM = Math.hypot(to.x - from.x, to.y - from.y)
    if (lengthM === 0) continue
    const direction = bearing(from, to)
    const endSpeed = cornerSpeed(person, direction, to, points[index + 1])
    for (let doneM = 0; doneM < lengthM;) {
      const brakingFrom = Math.sqrt(endSpeed * endSpeed + 2 * accelerationMps2 * (lengthM - doneM))
      const wanted = Math.max(0.1, Math.min(person.speedMps, brakingFrom))
      const change = Math.max(-3 * periodS, Math.min(accelerationMps2 * periodS, wanted - body.speedMps))
      body.speedMps += change
      doneM = Math.min(lengthM, doneM + body.speedMps * periodS)
      body.x = from.x + ((to.x - from.x) * doneM) / lengthM
      body.y = from.y + ((to.y - from.y) * doneM) / lengthM
      body.headingRad = turned(body.headingRad, direction)
      body.stepPhase += cadenceHz(person, body.speedMps) * periodS
      const gait = gaitAcceleration(person, body.speedMps, body.stepPhase)
      note(body, 'walking', { ...gait, forward: gait.forward + change / periodS })
    }
  }
  body.speedMps = 0
}

/** Full speed straight on, a third of it where one turns back, nothing at the end of the way. */
function cornerSpeed(person: Person, direction: number, corner: Point, next: Point | undefined): number {
  if (!next) return 0
  const turn = Math.abs(angleBetween(direction, bearing(corner, next)))
  return person.speedMps * (1 - (2 / 3) * (turn / Math.PI))
}

function takeRide(body: Body, person: Person, ride: Ride): void {
  const startMs = body.tMs
  const direction = ride.runM > 0.5 ? bearing(ride.from, ride.to) : body.headingRad
  const startPhase = body.stepPhase
  while (body.tMs - startMs < ride.durationMs) {
    const spentS = (body.tMs - startMs) / 1000
    const { share, accelerationMps2: vertical } = rideHeight(ride, spentS)
    body.x = ride.from.x + (ride.to.x - ride.from.x) * share
    body.y = ride.from.y + (ride.to.y - ride.from.y) * share
    body.zM = ride.fromZM + (ride.toZM - ride.fromZM) * share
    body.level = share < 0.5 ? ride.from.level : ride.to.level
    body.headingRad = turned(body.headingRad, direction)
    if (ride.kind === 'stairs') {
      body.stepPhase = startPhase + share * ride.steps
      note(body, 'stairs', stairAcceleration(person, ride, body.stepPhase))
    } else {
      note(body, ride.kind, { forward: 0, right: 0, up: vertical })
    }
  }
  Object.assign(body, { x: ride.to.x, y: ride.to.y, zM: ride.toZM, level: ride.to.level })
}

/**
 * Climbing is slower and more forceful than walking at the same cadence, going down more so.
 * Source: Riener, Rabuffetti and Frigo 2002, Gait & Posture 15:32 (peak vertical force 1.2 of walking's
 * up, 1.6 down).
 */
function stairAcceleration(person: Person, ride: Ride, phase: number): BodyAcceleration {
  const cadence = ride.steps / (ride.durationMs / 1000)
  const speed = cadence * cadence * person.walkRatioMS
  return gaitAcceleration(person, speed, phase, ride.toZM > ride.fromZM ? 1.2 : 1.6)
}

function note(body: Body, activity: Activity, acceleration: BodyAcceleration): void {
  const { tMs, level, x, y, zM, headingRad, stepPhase } = body
  body.samples.push({ tMs, level, x, y, zM, headingRad, activity, acceleration, stepPhase })
  body.tMs += samplePeriodMs
}

function turned(heading: number, wanted: number): number {
  const missing = angleBetween(heading, wanted)
  const most = turnRateRadS * periodS
  return heading + Math.max(-most, Math.min(most, (missing * periodS) / turnTimeS))
}

/** Direction from a to b, radians clockwise from north. */
export function bearing(a: Point, b: Point): number {
  return Math.atan2(b.x - a.x, b.y - a.y)
}

/** How far to turn to get from one angle to another, from -pi to pi. */
export function angleBetween(from: number, to: number): number {
  return Math.atan2(Math.sin(to - from), Math.cos(to - from))
}
