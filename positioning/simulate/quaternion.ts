/** A rotation from the phone's axes to the world's (x east, y north, z up): unit quaternion. */
export interface Quaternion {
  readonly w: number
  readonly x: number
  readonly y: number
  readonly z: number
}

/** Three components along the axes of whoever is speaking. */
export interface Vector {
  readonly x: number
  readonly y: number
  readonly z: number
}

/**
 * A phone whose y axis points along `azimuthRad` (clockwise from north), its top then lifted by `pitchRad`
 * and its screen rolled to the right by `rollRad`. All zero: flat on a table, top to the north.
 */
export function attitude(azimuthRad: number, pitchRad: number, rollRad: number): Quaternion {
  return multiply(
    multiply(aroundZ(-azimuthRad), { w: Math.cos(pitchRad / 2), x: Math.sin(pitchRad / 2), y: 0, z: 0 }),
    { w: Math.cos(rollRad / 2), x: 0, y: Math.sin(rollRad / 2), z: 0 },
  )
}

/** Rotation about the vertical, counter-clockwise seen from above. */
export function aroundZ(angleRad: number): Quaternion {
  return { w: Math.cos(angleRad / 2), x: 0, y: 0, z: Math.sin(angleRad / 2) }
}

/** Hamilton product: first `b`, then `a`. */
export function multiply(a: Quaternion, b: Quaternion): Quaternion {
  return {
    w: a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z,
    x: a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
    y: a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
    z: a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w,
  }
}

/** The same rotation backwards. */
export function inverse(q: Quaternion): Quaternion {
  return { w: q.w, x: -q.x, y: -q.y, z: -q.z }
}

/** A vector of the phone as the world sees it. */
export function rotate(q: Quaternion, v: Vector): Vector {
  const turned = multiply(multiply(q, { w: 0, ...v }), inverse(q))
  return { x: turned.x, y: turned.y, z: turned.z }
}

/**
 * Azimuth of the phone's y axis, radians clockwise from north.
 * Source: Android SensorManager.getOrientation.
 */
export function azimuthOf(q: Quaternion): number {
  return Math.atan2(2 * (q.x * q.y - q.w * q.z), 1 - 2 * (q.x * q.x + q.z * q.z))
}

/** Mean rate of turn, rad/s in the phone's axes, that took it from `a` to `b` within `seconds`. */
export function rotationRate(a: Quaternion, b: Quaternion, seconds: number): Vector {
  const step = multiply(inverse(a), b)
  const sign = step.w < 0 ? -1 : 1
  const sine = Math.hypot(step.x, step.y, step.z)
  const scale = sine < 1e-9 ? 2 : (2 * Math.atan2(sine, sign * step.w)) / sine
  return {
    x: (sign * scale * step.x) / seconds,
    y: (sign * scale * step.y) / seconds,
    z: (sign * scale * step.z) / seconds,
  }
}
