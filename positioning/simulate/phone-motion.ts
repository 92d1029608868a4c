import type { PositioningEvent } from '../events.ts'
import { samplePeriodMs, type BodySample } from './journey.ts'
import {
  aroundZ,
  attitude,
  azimuthOf,
  inverse,
  multiply,
  rotate,
  rotationRate,
  type Quaternion,
  type Vector,
} from './quaternion.ts'
import type { RandomStream } from '../random.ts'
import { hashText, smoothNoise } from './noise.ts'

/** Where the phone is while its owner moves. */
export type Carry = 'hand' | 'pocket' | 'swinging'

/** What a phone's motion sensors make of the motion. */
export interface MotionSensors {
  /**
   * `android` sends the rotation vector at 50 Hz; `mini-program` sends the compass at 5 Hz instead, as
   * wx.onCompassChange does, beside acceleration and rotation rate at the interval "game" (20 ms).
   */
  readonly interface: 'android' | 'mini-program'
  readonly carry: Carry
  /** Between where the phone points and where its owner goes, radians; a constant of the journey. */
  readonly holdOffsetRad: number
  /** Standard deviation of the compass's own constant error, radians. */
  readonly headingBiasSdRad: number
  /** How fast that error wanders, radians per square root of a second. */
  readonly headingDriftRad: number
  /** Standard deviation of the error that steel in the building makes, radians; correlated over 4 m. */
  readonly magneticSdRad: number
}

/**
 * A phone held before its owner: heading errors as the real walks have them (constant part of a walk
 * about 10 degrees, along the way as much again).
 */
export const heldPhone: MotionSensors = {
  interface: 'android',
  carry: 'hand',
  holdOffsetRad: 0,
  headingBiasSdRad: 0.18,
  headingDriftRad: 0.009,
  magneticSdRad: 0.26,
}

/** Noise of an inexpensive phone. Source: data sheet of Bosch BMI160, the part in the real walks' phone. */
const noise = {
  accelerationMps2: 0.03,
  accelerationBiasMps2: 0.15,
  rotationRadS: 0.002,
  rotationBiasRadS: 0.003,
}
const gravityMps2 = 9.80665
const magneticCorrelationM = 4
const compassPeriodMs = 200
/** Between the shoulder and the hand that swings, metres. */
const armM = 0.6

/**
 * What the motion sensors report along a journey, in order of time.
 * Acceleration includes gravity; all three sensors follow from one attitude of the phone, so they agree
 * with one another except for their stated errors.
 * Complexity: O(samples).
 * Source: own; Android's sensor coordinate system and rotation vector; magnetic distortion indoors of this
 * size and reach: Afzal, Renaudin and Lachapelle 2011, NAVIGATION 58(3).
 */
export function motionEvents(
  samples: readonly BodySample[],
  sensors: MotionSensors,
  random: RandomStream,
): PositioningEvent[] {
  const events: PositioningEvent[] = []
  const steel = random.bits()
  const wobble = random.bits()
  const accelerationBias = randomVector(random, noise.accelerationBiasMps2)
  const rotationBias = randomVector(random, noise.rotationBiasRadS)
  let headingError = sensors.headingBiasSdRad * random.normal()
  let magneticError = 0
  let next = samples[0] && attitudeAt(samples[0], sensors, wobble)
  for (let index = 0; index < samples.length; index++) {
    const sample = samples[index]!
    const later = samples[index + 1]
    const now = next!
    next = later ? attitudeAt(later, sensors, wobble) : now
    headingError += sensors.headingDriftRad * Math.sqrt(samplePeriodMs / 1000) * random.normal()
    // The gyroscope bridges short disturbances, so the fused heading follows the field with a lag of 2 s.
    magneticError += (magneticAt(sample, steel, sensors) - magneticError) * (samplePeriodMs / 2000)
    const felt = rotate(inverse(now), worldAcceleration(sample, sensors))
    events.push(
      vectorEvent('acceleration', sample.tMs, noisy(felt, accelerationBias, noise.accelerationMps2, random)),
    )
    const rate = rotationRate(now, next, samplePeriodMs / 1000)
    events.push(
      vectorEvent('rotation-rate', sample.tMs, noisy(rate, rotationBias, noise.rotationRadS, random)),
    )
    const fused = multiply(aroundZ(-(headingError + magneticError)), now)
    if (sensors.interface === 'android') {
      const sign = fused.w < 0 ? -1 : 1
      events.push(
        vectorEvent('orientation', sample.tMs, { x: sign * fused.x, y: sign * fused.y, z: sign * fused.z }),
      )
    } else if (sample.tMs % compassPeriodMs < samplePeriodMs) {
      events.push({ kind: 'compass', tMs: sample.tMs, headingRad: azimuthOf(fused) })
    }
  }
  return events
}

/** How the phone lies at a moment: a hand keeps it in view, a thigh or an arm swings it once in two steps. */
function attitudeAt(sample: BodySample, sensors: MotionSensors, seed: number): Quaternion {
  const azimuth = sample.headingRad + sensors.holdOffsetRad
  const seconds = sample.tMs / 1000
  const tremble = (channel: number): number => smoothNoise(seed + channel, seconds / 1.5, 0)
  const moving = sample.activity === 'walking' || sample.activity === 'stairs' ? 1 : 0
  const swing = moving * Math.sin(Math.PI * sample.stepPhase)
  if (sensors.carry === 'hand') {
    const nod = moving * 0.03 * Math.sin(2 * Math.PI * sample.stepPhase)
    return attitude(
      azimuth + 0.05 * tremble(0),
      0.45 + nod + 0.04 * tremble(1),
      0.04 * tremble(2) + 0.02 * swing,
    )
  }
  if (sensors.carry === 'pocket') {
    return attitude(azimuth + 0.03 * tremble(0), -1.3 + 0.35 * swing + 0.03 * tremble(1), 0.15 + 0.08 * swing)
  }
  return attitude(azimuth + 0.12 * swing + 0.05 * tremble(0), -0.7 + 0.45 * swing, 0.2 + 0.1 * tremble(2))
}

/** Acceleration of the phone and gravity's reaction, in the world's axes. */
function worldAcceleration(sample: BodySample, sensors: MotionSensors): Vector {
  const { forward, right, up } = sample.acceleration
  const sine = Math.sin(sample.headingRad)
  const cosine = Math.cos(sample.headingRad)
  const moving = sample.activity === 'walking' || sample.activity === 'stairs'
  let along = forward
  if (sensors.carry === 'swinging' && moving) {
    // The hand swings by 0.45 rad at half the step frequency of about 1.9 Hz: (2 pi 0.95)² x 0.45 x arm.
    along -= 16 * armM * Math.sin(Math.PI * sample.stepPhase)
  }
  return {
    x: along * sine + right * cosine,
    y: along * cosine - right * sine,
    z: gravityMps2 + up,
  }
}

function magneticAt(sample: BodySample, seed: number, sensors: MotionSensors): number {
  const place = hashText(sample.level) ^ seed
  const scale = 1 / magneticCorrelationM
  return sensors.magneticSdRad * smoothNoise(place, sample.x * scale, sample.y * scale)
}

function randomVector(random: RandomStream, sd: number): Vector {
  return { x: sd * random.normal(), y: sd * random.normal(), z: sd * random.normal() }
}

function noisy(value: Vector, bias: Vector, sd: number, random: RandomStream): Vector {
  return {
    x: value.x + bias.x + sd * random.normal(),
    y: value.y + bias.y + sd * random.normal(),
    z: value.z + bias.z + sd * random.normal(),
  }
}

function vectorEvent(
  kind: 'acceleration' | 'rotation-rate' | 'orientation',
  tMs: number,
  { x, y, z }: Vector,
): PositioningEvent {
  return { kind, tMs, x, y, z }
}
