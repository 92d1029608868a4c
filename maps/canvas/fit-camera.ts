import type { Xy } from '../model/index.ts'
import type { FreeArea } from '../render/camera.ts'
import { restingBearing } from '../render/client.ts'
import { outlineOf } from './level-shapes.ts'
import type { Shape } from './level-shapes.ts'
import type { CanvasLevel, MapCamera } from './map-canvas-types.ts'

/** Room in CSS pixels that what is shown keeps to the edge of the free area. */
const edgePx = 16

/**
 * The camera that shows all points as large as the free area allows.
 * @param most pixels per metre at most; a single point gets them
 */
export function cameraOver(
  points: readonly Xy[],
  free: FreeArea,
  { bearingRad, most }: { readonly bearingRad: number; readonly most: number },
): MapCamera {
  const [cos, sin] = [Math.cos(bearingRad), Math.sin(bearingRad)]
  const rights = points.map(({ x, y }) => x * cos - y * sin)
  const ups = points.map(({ x, y }) => x * sin + y * cos)
  const [left, right] = [Math.min(...rights), Math.max(...rights)]
  const [bottom, top] = [Math.min(...ups), Math.max(...ups)]
  const wide = Math.max(1, free.right - free.left - 2 * edgePx)
  const high = Math.max(1, free.bottom - free.top - 2 * edgePx)
  const [middleRight, middleUp] = [(left + right) / 2, (bottom + top) / 2]
  return {
    x: middleRight * cos + middleUp * sin,
    y: middleUp * cos - middleRight * sin,
    scale: Math.min(most, wide / (right - left), high / (top - bottom)),
    bearingRad,
  }
}

/** The bearing at which a level lies straight in an area of this form, in radians. */
export function restingRad(level: CanvasLevel, { left, top, right, bottom }: FreeArea): number {
  return (restingBearing(outlineOf(level.map), bottom - top > right - left) / 180) * Math.PI
}

/** The corners of a shape. */
export function pointsOf({ points }: Shape): Xy[] {
  return Array.from({ length: points.length / 2 }, (_, i) => ({ x: points[2 * i]!, y: points[2 * i + 1]! }))
}
