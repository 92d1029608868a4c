import type { MultiPolygon, Polygon, Position } from 'geojson'
import type { Xy } from '../model/index.ts'
import type { DrawnKind } from './level-map.ts'
import type { ScreenFrame } from './screen-frame.ts'

/**
 * Heights of units in metres where they stand as bodies. Shops are not as high as they are: their walls
 * must not hide the aisle. What one walks on has none.
 */
export const bodyHeightM: Readonly<Partial<Record<DrawnKind, number>>> = {
  shop: 2.6,
  aux: 2,
  closed: 2,
  vacant: 1.7,
  lift: 3,
  toilet: 1.8,
}

/** The roof of a body stands back from its walls by this much, so that neighbours are told apart by a line. */
const rimM = 0.14

/**
 * The roof of a body: its shape, moved inwards by the width of the rim.
 *
 * O(corners). **Source**: own; every edge is moved along its normal, sharp corners are cut.
 */
export function roofOf(area: Polygon | MultiPolygon, frame: ScreenFrame): MultiPolygon {
  const polygons = area.type === 'Polygon' ? [area.coordinates] : area.coordinates
  return {
    type: 'MultiPolygon',
    coordinates: polygons.map((rings) => rings.map((ring, index) => movedInwards(ring, index > 0, frame))),
  }
}

function movedInwards(ring: readonly Position[], isHole: boolean, frame: ScreenFrame): Position[] {
  const points = ring.slice(0, -1).map((position) => frame.toScreen(position))
  // Of an outer ring the inside lies on the left when it runs counter-clockwise, as it should but need not.
  const leftM = twiceArea(points) > 0 === !isHole ? rimM : -rimM
  const count = points.length
  const moved = points.map((point, i) => {
    const before = points[(i + count - 1) % count]!
    const after = points[(i + 1) % count]!
    const { x, y } = cornerShift(leftNormal(before, point), leftNormal(point, after), leftM)
    return frame.toLonLat({ x: point.x + x, y: point.y + y })
  })
  return [...moved, moved[0]!]
}

/** A corner moves where its two moved edges meet; at a spike, no further than twice the width of the rim. */
function cornerShift(a: Xy, b: Xy, byM: number): Xy {
  const share = Math.max(1 + a.x * b.x + a.y * b.y, 0.5)
  return { x: ((a.x + b.x) / share) * byM, y: ((a.y + b.y) / share) * byM }
}

function leftNormal(from: Xy, to: Xy): Xy {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1
  return { x: -(to.y - from.y) / length, y: (to.x - from.x) / length }
}

function twiceArea(points: readonly Xy[]): number {
  let twice = 0
  points.forEach((b, i) => {
    const a = points[(i + points.length - 1) % points.length]!
    twice += a.x * b.y - b.x * a.y
  })
  return twice
}
