import test from 'ava'
import fc from 'fast-check'
import type { Position } from 'geojson'
import { pointInside } from './index.ts'

/** Ray casting, the textbook way, over every ring. */
function contains(rings: readonly Position[][], [x, y]: readonly [number, number]): boolean {
  let inside = false
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [ax, ay] = ring[i] as [number, number]
      const [bx, by] = ring[j] as [number, number]
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
    }
  }
  return inside
}

/** A star-shaped ring around a centre: never crosses itself. */
const star = fc
  .tuple(
    fc.double({ min: -1000, max: 1000, noNaN: true }),
    fc.double({ min: -1000, max: 1000, noNaN: true }),
    fc.array(fc.double({ min: 1, max: 60, noNaN: true }), { minLength: 3, maxLength: 24 }),
  )
  .map(([cx, cy, radii]) => {
    const ring = radii.map((radius, i): Position => {
      const angle = (2 * Math.PI * i) / radii.length + 0.1
      return [cx + radius * Math.cos(angle), cy + radius * Math.sin(angle)]
    })
    return [...ring, ring[0]!]
  })

test('the point lies inside any star-shaped area', (t) => {
  fc.assert(
    fc.property(star, (ring) => {
      const point = pointInside({ type: 'Polygon', coordinates: [ring] })
      return point !== undefined && contains([ring], point)
    }),
    { seed: 11, numRuns: 500 },
  )
  t.pass()
})

test('an L and a ring get a point in the flesh, not in the gap', (t) => {
  const l: Position[][] = [
    [
      [0, 0],
      [30, 0],
      [30, 2],
      [2, 2],
      [2, 30],
      [0, 30],
      [0, 0],
    ],
  ]
  t.true(contains(l, pointInside({ type: 'Polygon', coordinates: l })!))
  const square = (half: number): Position[] => [
    [-half, -half],
    [half, -half],
    [half, half],
    [-half, half],
    [-half, -half],
  ]
  const ring = [square(10), square(6)]
  t.true(contains(ring, pointInside({ type: 'Polygon', coordinates: ring })!))
})

test('of several parts the largest is chosen, and nothing of nothing', (t) => {
  const square = (x: number, side: number): Position[][] => [
    [
      [x, 0],
      [x + side, 0],
      [x + side, side],
      [x, side],
      [x, 0],
    ],
  ]
  t.deepEqual(pointInside({ type: 'MultiPolygon', coordinates: [square(0, 2), square(10, 8)] }), [14, 4])
  t.is(pointInside({ type: 'MultiPolygon', coordinates: [] }), undefined)
})
