import type { Ring } from '../geometry/index.ts'
import type { Xy } from '../model/index.ts'

/** Rings of the plan are counter-clockwise, in metres, on a lattice of one centimetre. */
export function ringOf(points: readonly (readonly [x: number, y: number])[]): Ring {
  return points.map(([x, y]) => ({ x: onLattice(x), y: onLattice(y) }))
}

/** A length to the nearest centimetre: what is drawn twice is then exactly the same. */
export function onLattice(metres: number): number {
  return Math.round(metres * 100) / 100
}

/** A rectangle by its left, bottom, right and top. */
export function box(left: number, bottom: number, right: number, top: number): Ring {
  return ringOf([
    [left, bottom],
    [right, bottom],
    [right, top],
    [left, top],
  ])
}

/** The ring turned half round about the middle of two corners of a `width` by `height` plan. */
export function turned(ring: Ring, width: number, height: number): Ring {
  return ring.map(({ x, y }) => ({ x: onLattice(width - x), y: onLattice(height - y) }))
}

/** Points on a part of an ellipse, both ends among them. */
export function arc(
  centre: Xy,
  radii: Xy,
  { from, to, steps }: { readonly from: number; readonly to: number; readonly steps: number },
): [number, number][] {
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / steps) / 180) * Math.PI
    return [centre.x + radii.x * Math.cos(angle), centre.y + radii.y * Math.sin(angle)]
  })
}

/** A whole ellipse. */
export function ellipse(centre: Xy, radii: Xy, steps: number): Ring {
  return ringOf(arc(centre, radii, { from: 0, to: 360, steps }).slice(1))
}

/** A box whose short sides are half circles. */
export function stadium(left: number, bottom: number, right: number, top: number): Ring {
  const radius = (top - bottom) / 2
  const middle = (top + bottom) / 2
  const radii = { x: radius, y: radius }
  return ringOf([
    ...arc({ x: right - radius, y: middle }, radii, { from: -90, to: 90, steps: 8 }),
    ...arc({ x: left + radius, y: middle }, radii, { from: 90, to: 270, steps: 8 }),
  ])
}

/** A box with its corners cut off by `cut` metres, where named. */
export function chamferedBox(
  [left, bottom, right, top]: readonly [number, number, number, number],
  cut: number,
  corners: { readonly sw?: boolean; readonly se?: boolean; readonly ne?: boolean; readonly nw?: boolean },
): Ring {
  return ringOf([
    ...(corners.sw ? pair([left, bottom + cut], [left + cut, bottom]) : pair([left, bottom])),
    ...(corners.se ? pair([right - cut, bottom], [right, bottom + cut]) : pair([right, bottom])),
    ...(corners.ne ? pair([right, top - cut], [right - cut, top]) : pair([right, top])),
    ...(corners.nw ? pair([left + cut, top], [left, top - cut]) : pair([left, top])),
  ])
}

function pair(...points: [number, number][]): [number, number][] {
  return points
}

/** West, south, east, north of a ring. */
export function boundsOfRing(ring: Ring): [number, number, number, number] {
  const xs = ring.map(({ x }) => x)
  const ys = ring.map(({ y }) => y)
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}
