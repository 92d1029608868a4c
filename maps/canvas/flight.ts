import type { MapCamera } from './map-canvas-types.ts'
import { wrapped } from './projection.ts'

/** A movement of the camera that nobody's hand makes. */
export interface Flight {
  readonly from: MapCamera
  readonly to: MapCamera
  readonly startMs: number
  readonly durationMs: number
}

/** The look's longest movement of the camera, and a step nearer or farther. */
export const flightMs = { move: 600, zoom: 200 } as const

/** Between two frames no more than this counts: after a rest things begin to move, they do not jump. */
const longestFrameMs = 50

/** Milliseconds since the last frame, for what moves by steps. */
export function frameElapsedMs(lastMs: number, atMs: number): number {
  return Math.max(0, Math.min(longestFrameMs, atMs - lastMs))
}

/** Starts fast and arrives softly, from 0 to 1. Source: cubic ease-out, close to the look's (.2,.7,.2,1). */
export function eased(share: number): number {
  return 1 - (1 - Math.max(0, Math.min(1, share))) ** 3
}

/**
 * The camera on its way. The scale changes by equal factors in equal shares, and the point of the level
 * that both ends show at the same place of the canvas stays there.
 */
export function flightAt({ from, to, startMs, durationMs }: Flight, atMs: number): MapCamera {
  const share = eased((atMs - startMs) / durationMs)
  if (share >= 1) return to
  const growth = to.scale / from.scale
  const scale = from.scale * growth ** share
  const along = Math.abs(growth - 1) < 1e-6 ? share : (1 - from.scale / scale) / (1 - 1 / growth)
  return {
    x: from.x + (to.x - from.x) * along,
    y: from.y + (to.y - from.y) * along,
    scale,
    bearingRad: wrapped(from.bearingRad + wrapped(to.bearingRad - from.bearingRad) * share),
  }
}
