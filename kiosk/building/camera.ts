import type { FreeArea } from '../../maps/render/client.ts'
import type { Pixel } from '../map/draw-overlay.ts'

/** A point of the building: metres to the east, to the north and up. */
export interface Xyz {
  readonly x: number
  readonly y: number
  readonly z: number
}

/** From where the building is seen. */
export interface Pose {
  /** What the eye looks at. */
  readonly target: Xyz
  readonly distanceM: number
  /** From straight down. */
  readonly pitchRad: number
  /** Compass bearing of the direction in which one looks. */
  readonly bearingRad: number
  /** What is moved on the screen after that, in CSS pixels. */
  readonly shift: Pixel
}

export interface Screen {
  readonly width: number
  readonly height: number
}

/** What is seen from bottom to top: a long lens, so that near and far levels are of one size. */
export const fovDeg = 17

/** A point as far from the eye as this share of the distance is the nearest that is told apart. */
const nearest = 0.05

/** Where a point of the building is on the screen, in CSS pixels. */
export function projected(point: Xyz, pose: Pose, { width, height }: Screen): Pixel {
  const { target, distanceM, pitchRad, bearingRad, shift } = pose
  const [east, north, up] = [point.x - target.x, point.y - target.y, point.z - target.z]
  const ahead = east * Math.sin(bearingRad) + north * Math.cos(bearingRad)
  const right = east * Math.cos(bearingRad) - north * Math.sin(bearingRad)
  const deep = ahead * Math.sin(pitchRad) - up * Math.cos(pitchRad)
  const high = ahead * Math.cos(pitchRad) + up * Math.sin(pitchRad)
  const depth = Math.max(distanceM + deep, distanceM * nearest)
  const lens = height / 2 / Math.tan((fovDeg / 360) * Math.PI) / depth
  return { x: width / 2 + shift.x + right * lens, y: height / 2 + shift.y - high * lens }
}

const rounds = 10

/**
 * The pose that shows all points as large as the free area allows, in its middle, from the given direction.
 * O(points).
 */
export function fittedPose(
  points: readonly Xyz[],
  direction: Pick<Pose, 'pitchRad' | 'bearingRad'>,
  screen: Screen,
  free: FreeArea,
): Pose {
  const target = middleOf(points)
  let pose: Pose = { ...direction, target, distanceM: 1000, shift: { x: 0, y: 0 } }
  for (let round = 0; round < rounds; round++) {
    const { left, right, top, bottom } = extentOn(points, pose, screen)
    const tooLarge = Math.max(
      (right - left) / Math.max(1, free.right - free.left),
      (bottom - top) / Math.max(1, free.bottom - free.top),
    )
    const moved = {
      x: pose.shift.x + (free.left + free.right - left - right) / 2,
      y: pose.shift.y + (free.top + free.bottom - top - bottom) / 2,
    }
    pose = { ...pose, distanceM: pose.distanceM * tooLarge, shift: moved }
  }
  return pose
}

/** The rectangle on the screen that holds all points. */
export function extentOn(points: readonly Xyz[], pose: Pose, screen: Screen): FreeArea {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const point of points) {
    const { x, y } = projected(point, pose, screen)
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return { left, right, top, bottom }
}

function middleOf(points: readonly Xyz[]): Xyz {
  const middle = (values: readonly number[]) => (Math.min(...values) + Math.max(...values)) / 2
  return {
    x: middle(points.map(({ x }) => x)),
    y: middle(points.map(({ y }) => y)),
    z: middle(points.map(({ z }) => z)),
  }
}
