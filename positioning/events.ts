/**
 * What an engine takes and gives. Times are milliseconds on one clock of the phone that never needs to
 * be the wall clock; axes are Android's (x right, y up along the screen, z out of it); angles are
 * radians clockwise from north; positions are metres in the level's frame (x east, y north).
 */

/** A beacon was heard. `id` is the identity the radio map is keyed by (`uuid/major/minor`). */
export interface BeaconSighting {
  readonly kind: 'beacon'
  readonly tMs: number
  readonly id: string
  readonly rssiDbm: number
}

/** Accelerometer with gravity, m/s². */
export interface AccelerationSample {
  readonly kind: 'acceleration'
  readonly tMs: number
  readonly x: number
  readonly y: number
  readonly z: number
}

/** Gyroscope, rad/s. */
export interface RotationRateSample {
  readonly kind: 'rotation-rate'
  readonly tMs: number
  readonly x: number
  readonly y: number
  readonly z: number
}

/** Orientation as a rotation vector: the x, y, z of the unit quaternion from phone to world. */
export interface OrientationSample {
  readonly kind: 'orientation'
  readonly tMs: number
  readonly x: number
  readonly y: number
  readonly z: number
}

/** Azimuth of the phone's y axis, as the mini-program's compass or deviceMotion reports it. */
export interface CompassSample {
  readonly kind: 'compass'
  readonly tMs: number
  readonly headingRad: number
}

/** A Wi-Fi access point was seen in a scan; optional input. */
export interface WifiSighting {
  readonly kind: 'wifi'
  readonly tMs: number
  readonly id: string
  readonly rssiDbm: number
}

export type PositioningEvent =
  BeaconSighting | AccelerationSample | RotationRateSample | OrientationSample | CompassSample | WifiSighting

/** What a fix rests on, so that a screen can say so. */
export interface FixBasis {
  /** Beacon sightings that counted in the last ten seconds. */
  readonly sightings: number
  /** Milliseconds since the last sighting that counted; Infinity if there was none. */
  readonly silenceMs: number
  /** Whether steps and heading moved the fix in the last ten seconds. */
  readonly motion: boolean
  /** Share from 0 (nobody surveyed here) to 1 (well surveyed) of the radio map's support at the fix. */
  readonly support: number
}

/** Where the phone is. */
export interface Fix {
  readonly tMs: number
  readonly level: string
  /** Probability of that level, calibrated. */
  readonly levelProbability: number
  readonly x: number
  readonly y: number
  /** Holds the truth nine times in ten. */
  readonly radiusM: number
  /** Direction of walking, with the standard deviation it is known to; absent without motion. */
  readonly heading?: { readonly rad: number; readonly sdRad: number }
  readonly basis: FixBasis
}

/** What positioning knows of a venue: may a person stand here, may a person go straight from a to b? */
export interface WalkableArea {
  isWalkable(level: string, x: number, y: number): boolean
  isClear(level: string, from: { x: number; y: number }, to: { x: number; y: number }): boolean
}

/** A tracker of one phone. `undefined` is an answer: nothing is known yet. */
export interface Tracker {
  push(event: PositioningEvent): void
  /** The fix for `tMs`, which is not before the last event pushed. */
  fix(tMs: number): Fix | undefined
}
