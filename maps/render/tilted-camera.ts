import type { Position } from 'geojson'
import type { Xy } from '../model/index.ts'
import type { Camera, Viewport } from './camera.ts'
import type { ScreenFrame } from './screen-frame.ts'

/** How a map that is seen from above at an angle is seen. */
export interface Tilt {
  /** From straight down, in degrees. */
  readonly pitchDeg: number
  /** What the camera sees from bottom to top, in degrees. */
  readonly fovDeg: number
}

export interface TiltedLimits extends Tilt {
  /** Least and most pixels per metre in the middle of the map; a single point gets the most. */
  readonly least: number
  readonly most: number
}

/** Rounds of fitting; each brings the picture about ten times nearer to its place. */
const rounds = 12

/**
 * The camera of a tilted map that shows all points as large as the free area allows, in its middle: what
 * `cameraFor` is to a map seen from straight above.
 *
 * @returns undefined without points or without room
 *
 * O(points); **Source**: own, by fitting the perspective picture of the points again and again.
 */
export function tiltedCameraFor(
  points: readonly Position[],
  frame: ScreenFrame,
  viewport: Viewport,
  limits: TiltedLimits,
): Camera | undefined {
  const { free } = viewport
  const room = { wide: free.right - free.left, high: free.bottom - free.top }
  if (points.length === 0 || room.wide <= 0 || room.high <= 0) return undefined
  const lens = lensOf(viewport.height, limits)
  const ground = points.map((point) => frame.toScreen(point))
  const wanted = {
    x: (free.left + free.right - viewport.width) / 2,
    y: (viewport.height - free.top - free.bottom) / 2,
  }
  let center = middleOf(extentOf(ground))
  let scale = limits.least
  for (let round = 0; round < rounds; round++) {
    const before = extentOf(ground.map((point) => pictureOf(point, center, scale, lens)))
    const fitting = Math.min(
      room.wide / (before.right - before.left),
      room.high / (before.top - before.bottom),
    )
    scale = Math.min(limits.most, Math.max(limits.least, scale * fitting))
    const after = middleOf(extentOf(ground.map((point) => pictureOf(point, center, scale, lens))))
    const from = groundOf(after, center, scale, lens)
    const to = groundOf(wanted, center, scale, lens)
    center = { x: center.x + from.x - to.x, y: center.y + from.y - to.y }
  }
  return { scale, center: frame.toLonLat(center) }
}

interface Lens {
  /** Pixels from the eye to the middle of the map. */
  readonly distance: number
  readonly sin: number
  readonly cos: number
}

function lensOf(height: number, { pitchDeg, fovDeg }: Tilt): Lens {
  const pitch = (pitchDeg / 180) * Math.PI
  return {
    distance: height / 2 / Math.tan((fovDeg / 360) * Math.PI),
    sin: Math.sin(pitch),
    cos: Math.cos(pitch),
  }
}

/** What is nearer to the eye than this share of its distance is taken to be there: it would be behind it. */
const nearest = 0.1

/** Pixels right of and above the middle of the map at which a point of the ground is seen. */
function pictureOf(point: Xy, center: Xy, scale: number, lens: Lens): Xy {
  const across = (point.x - center.x) * scale
  const along = (point.y - center.y) * scale
  const shrink = lens.distance / Math.max(lens.distance + along * lens.sin, lens.distance * nearest)
  return { x: across * shrink, y: along * lens.cos * shrink }
}

/** The point of the ground that is seen at some pixels right of and above the middle; undoes `pictureOf`. */
function groundOf(picture: Xy, center: Xy, scale: number, lens: Lens): Xy {
  const along =
    (picture.y * lens.distance) /
    Math.max(lens.distance * lens.cos - picture.y * lens.sin, lens.distance * nearest)
  const across = (picture.x * (lens.distance + along * lens.sin)) / lens.distance
  return { x: center.x + across / scale, y: center.y + along / scale }
}

interface Extent {
  readonly left: number
  readonly right: number
  readonly bottom: number
  readonly top: number
}

function extentOf(points: readonly Xy[]): Extent {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const { x, y } of points) {
    left = Math.min(left, x)
    right = Math.max(right, x)
    bottom = Math.min(bottom, y)
    top = Math.max(top, y)
  }
  return { left, right, bottom, top }
}

function middleOf({ left, right, bottom, top }: Extent): Xy {
  return { x: (left + right) / 2, y: (bottom + top) / 2 }
}
