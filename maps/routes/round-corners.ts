import type { Xy } from '../model/index.ts'

/** Points a rounded corner is drawn with. */
const pointsPerCorner = 6

/**
 * A walk with its corners rounded for drawing: each becomes a quadratic curve that leaves and meets the
 * straight ways at most `radiusM` from the corner and never past their middles. Where the curve would cut
 * into a wall it is drawn tighter, at last not at all.
 * @param isClear whether a straight way meets no wall.
 */
export function roundCorners(
  points: readonly Xy[],
  radiusM: number,
  isClear: (a: Xy, b: Xy) => boolean,
): Xy[] {
  const rounded: Xy[] = []
  points.forEach((corner, i) => {
    const before = points[i - 1]
    const after = points[i + 1]
    if (!before || !after) {
      rounded.push(corner)
      return
    }
    const inM = Math.hypot(corner.x - before.x, corner.y - before.y)
    const outM = Math.hypot(after.x - corner.x, after.y - corner.y)
    for (let m = Math.min(radiusM, inM / 2, outM / 2); m > 0.15; m /= 2) {
      const curve = curveAround(between(corner, before, m / inM), corner, between(corner, after, m / outM))
      if (!curve.every((point, k) => k === 0 || isClear(curve[k - 1]!, point))) continue
      rounded.push(...curve)
      return
    }
    rounded.push(corner)
  })
  return rounded
}

function between(a: Xy, b: Xy, t: number): Xy {
  return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t }
}

function curveAround(start: Xy, corner: Xy, end: Xy): Xy[] {
  return Array.from({ length: pointsPerCorner + 1 }, (_, k) => {
    const t = k / pointsPerCorner
    return between(between(start, corner, t), between(corner, end, t), t)
  })
}
