import type { Position } from 'geojson'
import type { ScreenFrame } from './screen-frame.ts'

/** The part of a screen that nothing floats over, in CSS pixels from the map's upper left corner. */
export interface FreeArea {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** The whole map's size in CSS pixels and the part of it that can be seen. */
export interface Viewport {
  readonly width: number
  readonly height: number
  readonly free: FreeArea
}

/** Where a map looks: what lies in the middle of the whole map, and the pixels of a metre. */
export interface Camera {
  readonly center: [number, number]
  readonly scale: number
}

/**
 * The camera that shows all points as large as the free area allows, in its middle.
 *
 * @param frame decides which way is up
 * @param limits least and most pixels per metre; a single point gets the most
 * @returns undefined without points or without room
 */
export function cameraFor(
  points: readonly Position[],
  frame: ScreenFrame,
  viewport: Viewport,
  limits: { readonly least: number; readonly most: number },
): Camera | undefined {
  const { free } = viewport
  const [wide, high] = [free.right - free.left, free.bottom - free.top]
  if (points.length === 0 || wide <= 0 || high <= 0) return undefined
  const xs = points.map((point) => frame.toScreen(point).x)
  const ys = points.map((point) => frame.toScreen(point).y)
  const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const fitting = Math.min(wide / (right - left), high / (top - bottom))
  const scale = Math.min(limits.most, Math.max(limits.least, fitting))
  return {
    scale,
    center: frame.toLonLat({
      x: (left + right) / 2 + (viewport.width / 2 - (free.left + free.right) / 2) / scale,
      y: (bottom + top) / 2 - (viewport.height / 2 - (free.top + free.bottom) / 2) / scale,
    }),
  }
}
