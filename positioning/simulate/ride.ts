import { levelOf, type ConnectorSketch, type Point, type VenueSketch } from './sketch.ts'

/** One use of a connector, worked out. */
export interface Ride {
  readonly kind: ConnectorSketch['kind']
  readonly from: Point & { readonly level: string }
  readonly to: Point & { readonly level: string }
  readonly fromZM: number
  readonly toZM: number
  /** Horizontal distance between the stops, metres. */
  readonly runM: number
  readonly durationMs: number
  /** Steps climbed; 0 on lift and escalator. */
  readonly steps: number
}

/** Rated speed, time to reach it, and the wait with doors before and after. Source: CIBSE Guide D. */
const lift = { speedMps: 1.6, rampS: 2.4, doorsS: 4 }
/** Along a slope of 30 degrees. Source: EN 115-1, the usual 0.5 m/s. */
const escalator = { speedMps: 0.5, slopeRad: Math.PI / 6, rampS: 1 }
/** Height of a step and steps a second. Source: Riener et al. 2002, Gait & Posture 15:32. */
const stairs = { riserM: 0.16, cadenceHz: 1.7, rampS: 0.4 }

/**
 * Works out how a connector takes somebody from one level to another.
 * @throws Error when there is no such connector or it does not stop at one of the levels.
 */
export function rideOf(sketch: VenueSketch, way: { connector: string; from: string; to: string }): Ride {
  const connector = sketch.connectors.find((candidate) => candidate.id === way.connector)
  const from = connector?.stops.find((stop) => stop.level === way.from)
  const to = connector?.stops.find((stop) => stop.level === way.to)
  if (!connector || !from || !to || way.from === way.to) {
    throw new Error(`no connector "${way.connector}" goes from level "${way.from}" to "${way.to}"`)
  }
  const fromZM = levelOf(sketch, way.from).elevationM
  const toZM = levelOf(sketch, way.to).elevationM
  const riseM = Math.abs(toZM - fromZM)
  const steps = connector.kind === 'stairs' ? Math.round(riseM / stairs.riserM) : 0
  const base = {
    kind: connector.kind,
    from,
    to,
    fromZM,
    toZM,
    steps,
    runM: Math.hypot(to.x - from.x, to.y - from.y),
  }
  return { ...base, durationMs: 1000 * (movingS(connector.kind, riseM, steps) + 2 * waitS(connector.kind)) }
}

/**
 * How far a ride has come after `spentS` seconds, from 0 to 1, and the vertical acceleration felt, m/s².
 * Speed rises and falls as a raised cosine, which keeps the jerk within what lifts are built to
 * (ISO 8100-34 measures it); an escalator's ramps are the steps lifting out of the level run.
 */
export function rideHeight(ride: Ride, spentS: number): { share: number; accelerationMps2: number } {
  const wait = waitS(ride.kind)
  const totalS = ride.durationMs / 1000 - 2 * wait
  const t = Math.min(totalS, Math.max(0, spentS - wait))
  const ramp = Math.min(rampS(ride.kind), totalS / 2)
  const rise = ride.toZM - ride.fromZM
  const topSpeed = rise / (totalS - ramp)
  const rampDistance = (at: number): number =>
    (topSpeed / 2) * (at - (ramp / Math.PI) * Math.sin((Math.PI * at) / ramp))
  const rampAcceleration = (at: number): number =>
    ((topSpeed * Math.PI) / (2 * ramp)) * Math.sin((Math.PI * at) / ramp)
  if (t <= ramp) return { share: rampDistance(t) / rise, accelerationMps2: rampAcceleration(t) }
  if (t >= totalS - ramp) {
    const left = totalS - t
    return { share: 1 - rampDistance(left) / rise, accelerationMps2: -rampAcceleration(left) }
  }
  return { share: (topSpeed * (t - ramp / 2)) / rise, accelerationMps2: 0 }
}

function movingS(kind: Ride['kind'], riseM: number, steps: number): number {
  if (kind === 'stairs') return steps / stairs.cadenceHz
  if (kind === 'escalator') {
    return riseM / (escalator.speedMps * Math.sin(escalator.slopeRad)) + escalator.rampS
  }
  // A short hop never reaches the rated speed: both ramps then fill the ride.
  const fullRampsM = lift.speedMps * lift.rampS
  return riseM >= fullRampsM
    ? riseM / lift.speedMps + lift.rampS
    : 2 * lift.rampS * Math.sqrt(riseM / fullRampsM)
}

function rampS(kind: Ride['kind']): number {
  return { lift: lift.rampS, escalator: escalator.rampS, stairs: stairs.rampS }[kind]
}

function waitS(kind: Ride['kind']): number {
  return kind === 'lift' ? lift.doorsS : 0
}
