import type { Xy } from '../model/index.ts'
import type { MapCamera } from './map-canvas-types.ts'

/** How the metres of a level come to the screen: `x' = a x + c y + e`, `y' = b x + d y + f`, in CSS pixels. */
export interface Projection {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  readonly e: number
  readonly f: number
}

/** The projection of a camera whose point stands at `middle`, in CSS pixels of the canvas. */
export function projectionOf(camera: MapCamera, middle: Xy): Projection {
  const cos = Math.cos(camera.bearingRad) * camera.scale
  const sin = Math.sin(camera.bearingRad) * camera.scale
  return {
    a: cos,
    b: -sin,
    c: -sin,
    d: -cos,
    e: middle.x - camera.x * cos + camera.y * sin,
    f: middle.y + camera.x * sin + camera.y * cos,
  }
}

/** Metres of the level to CSS pixels. */
export function toCanvas({ a, b, c, d, e, f }: Projection, { x, y }: Xy): Xy {
  return { x: a * x + c * y + e, y: b * x + d * y + f }
}

/** CSS pixels to metres of the level. */
export function toLevel({ a, b, c, d, e, f }: Projection, { x, y }: Xy): Xy {
  const determinant = a * d - b * c
  return {
    x: (d * (x - e) - c * (y - f)) / determinant,
    y: (a * (y - f) - b * (x - e)) / determinant,
  }
}

/** The camera, moved so that a point of the level comes to lie at a place of the canvas. */
export function anchored(camera: MapCamera, point: Xy, place: Xy, middle: Xy): MapCamera {
  const cos = Math.cos(camera.bearingRad)
  const sin = Math.sin(camera.bearingRad)
  const right = (middle.x - place.x) / camera.scale
  const up = (place.y - middle.y) / camera.scale
  return { ...camera, x: point.x + right * cos + up * sin, y: point.y - right * sin + up * cos }
}

/** An angle in radians brought into (-π, π]. */
export function wrapped(angleRad: number): number {
  return angleRad - 2 * Math.PI * Math.ceil((angleRad - Math.PI) / (2 * Math.PI))
}
