import type { ArChevron } from '../../../maps/canvas/index.ts'
import type { Xy } from '../../../maps/model/index.ts'

/** How the camera looks at the floor. */
export interface CameraView {
  /** Of the picture, CSS pixels. */
  readonly width: number
  readonly height: number
  /** How far its axis points below the horizon. */
  readonly downRad: number
}

/** A phone held before the chest of somebody of middling height. */
const eyeM = 1.4
/** Across the long side of a phone's main camera: 26 mm on a frame 36 mm long, the usual one. */
const fieldRad = 2 * Math.atan(18 / 26)
/** Nearer to the camera's plane than this a point is beside the picture or behind it. */
const leastDepthM = 0.4

/** Half of a chevron across, along and how thick its arms are, metres on the floor. */
const chevron = { halfM: 0.62, riseM: 0.34, thickM: 0.34, casingM: 0.08 } as const

/**
 * Where a point is in the camera's picture, in CSS pixels.
 *
 * @param point metres to the right of the camera, ahead of it, and above the floor
 * @returns undefined for what is beside or behind the camera
 *
 * **Source**: pinhole camera; Hartley and Zisserman, Multiple View Geometry, 6.1.
 */
export function projectPoint(
  { width, height, downRad }: CameraView,
  point: { readonly rightM: number; readonly forwardM: number; readonly upM?: number },
): Xy | undefined {
  const upM = (point.upM ?? 0) - eyeM
  const [sin, cos] = [Math.sin(downRad), Math.cos(downRad)]
  const depthM = point.forwardM * cos - upM * sin
  if (depthM < leastDepthM) return undefined
  const focal = height / 2 / Math.tan(fieldRad / 2)
  const risingM = upM * cos + point.forwardM * sin
  return {
    x: width / 2 + (focal * point.rightM) / depthM,
    y: height / 2 - (focal * risingM) / depthM,
  }
}

/** A chevron on the floor as it is painted: its white edge and its body; undefined where it is out of sight. */
export function chevronShape(
  view: CameraView,
  { rightM, forwardM, turnRad }: ArChevron,
): { readonly casing: readonly Xy[]; readonly body: readonly Xy[] } | undefined {
  const [sin, cos] = [Math.sin(turnRad), Math.cos(turnRad)]
  const shape = (outline: readonly (readonly [number, number])[]) => {
    const points = outline.map(([u, v]) =>
      projectPoint(view, {
        rightM: rightM + u * cos + v * sin,
        forwardM: forwardM - u * sin + v * cos,
      }),
    )
    return points.every((point) => point !== undefined) ? points : undefined
  }
  const body = shape(outlineOf(0))
  const casing = shape(outlineOf(chevron.casingM))
  return body && casing && { casing, body }
}

/** A chevron that points ahead, as a ring: right and ahead in metres, wider by `moreM` all round. */
function outlineOf(moreM: number): readonly (readonly [number, number])[] {
  const { halfM, riseM, thickM } = chevron
  const half = halfM + moreM
  const front = moreM * 1.3
  const back = -thickM - moreM * 1.3
  return [
    [0, riseM + front],
    [half, front],
    [half, back],
    [0, riseM + back],
    [-half, back],
    [-half, front],
  ]
}
