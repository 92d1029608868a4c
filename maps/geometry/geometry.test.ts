import test from 'ava'
import fc from 'fast-check'
import {
  areaOfRingsM2,
  centroidOf,
  componentsOf,
  difference,
  distanceToRingsM,
  MinHeap,
  offset,
  ringsContain,
  SegmentGrid,
  signedAreaM2,
  simplify,
  union,
} from './index.ts'
import type { Xy } from '../model/index.ts'
import type { Ring } from './index.ts'

const box = (left: number, bottom: number, right: number, top: number): Ring => [
  { x: left, y: bottom },
  { x: right, y: bottom },
  { x: right, y: top },
  { x: left, y: top },
]

/** Finer than the lattice of a millimetre, and often on it. */
const coordinate = fc.integer({ min: 0, max: 600_000 }).map((n) => n / 10_000)
const point = fc.record({ x: coordinate, y: coordinate })
/** A hall with boxes and triangles cut out of it, as the product cuts units out of a level. */
const halls = fc.array(fc.tuple(point, point, point), { minLength: 1, maxLength: 12 }).map((triangles) =>
  difference(
    [box(0, 0, 60, 60)],
    triangles.map((ring) => (signedAreaM2(ring) < 0 ? [...ring].reverse() : ring)),
  ),
)

function overlaps(a: Xy, b: Xy, p: Xy, q: Xy): boolean {
  const meet = (one: number, two: number, three: number, four: number) =>
    Math.max(one, two) >= Math.min(three, four) && Math.max(three, four) >= Math.min(one, two)
  return meet(a.x, b.x, p.x, q.x) && meet(a.y, b.y, p.y, q.y)
}

function crosses(rings: readonly Ring[], a: Xy, b: Xy): boolean {
  const side = (o: Xy, p: Xy, q: Xy) => (p.x - o.x) * (q.y - o.y) - (p.y - o.y) * (q.x - o.x)
  return rings.some((ring) =>
    ring.some((q, i) => {
      const p = ring[(i + ring.length - 1) % ring.length]!
      const [atP, atQ, atA, atB] = [side(a, b, p), side(a, b, q), side(p, q, a), side(p, q, b)]
      const isOneLine = atP === 0 && atQ === 0
      return isOneLine ? overlaps(a, b, p, q) : atP * atQ <= 0 && atA * atB <= 0
    }),
  )
}

test('the grid says clear exactly when no edge of the area is met', (t) => {
  fc.assert(
    fc.property(halls, fc.array(fc.tuple(point, point), { minLength: 30, maxLength: 30 }), (rings, ways) => {
      const grid = new SegmentGrid(rings, 3)
      for (const [a, b] of ways) t.is(grid.isClear(a.x, a.y, b.x, b.y), !crosses(rings, a, b))
    }),
    { numRuns: 60, seed: 7 },
  )
})

test('the grid tells inside from outside as ray casting does', (t) => {
  fc.assert(
    fc.property(halls, fc.array(point, { minLength: 60, maxLength: 60 }), (rings, points) => {
      const grid = new SegmentGrid(rings, 3)
      for (const { x, y } of points) {
        if (distanceToRingsM(rings, x, y) > 1e-6) t.is(grid.contains(x, y), ringsContain(rings, x, y))
      }
    }),
    { numRuns: 60, seed: 11 },
  )
})

test('walls on round numbers, on the very lines of the grid, do not confuse it', (t) => {
  const rings = difference(
    [box(0, 0, 30, 30)],
    [box(3, 3, 6, 6), box(6, 3, 9, 6), box(12, 12, 15, 30), box(0, 18, 9, 21)],
  )
  const grid = new SegmentGrid(rings, 3)
  for (let x = 0.5; x < 30; x++) {
    for (let y = 0.5; y < 30; y++) t.is(grid.contains(x, y), ringsContain(rings, x, y), `${x},${y}`)
  }
  t.false(grid.isClear(1, 4.5, 10, 4.5))
  t.true(grid.isClear(1, 2, 29, 2))
  t.false(grid.isClear(2, 3, 10, 3), 'along a wall is a touch')
})

test('the nearest edge point is the one brute force finds, and none beyond the limit', (t) => {
  fc.assert(
    fc.property(halls, fc.array(point, { minLength: 20, maxLength: 20 }), (rings, points) => {
      const grid = new SegmentGrid(rings, 3)
      for (const { x, y } of points) {
        const wantedM = distanceToRingsM(rings, x, y)
        const found = grid.nearest(x, y, 10)
        if (wantedM > 10) t.is(found, undefined)
        else t.true(Math.abs(Math.hypot(found!.x - x, found!.y - y) - wantedM) < 1e-9)
      }
    }),
    { numRuns: 40, seed: 3 },
  )
})

test('what is not a number or far outside is neither inside nor clear', (t) => {
  const grid = new SegmentGrid([box(0, 0, 10, 10)], 3)
  for (const odd of [NaN, Infinity, -Infinity, 1e12]) {
    t.false(grid.contains(odd, 5))
    t.false(grid.isClear(5, 5, odd, 5))
    t.false(grid.isClear(odd, 5, 5, 5))
    t.is(grid.nearest(odd, 5, 15), undefined)
    t.is(grid.nearest(5, -odd, 15), undefined)
  }
})

test('one corner drawn thousands of kilometres away costs neither memory nor answers', (t) => {
  const grid = new SegmentGrid([box(0, 0, 10, 10), box(20, 0, 2e7, 1e7)], 3)
  t.true(grid.contains(5, 5) && grid.contains(30, 5))
  t.false(grid.contains(15, 5))
  t.true(grid.isClear(1, 1, 9, 9))
  t.false(grid.isClear(5, 5, 30, 5))
})

test('the heap gives back what a sort would', (t) => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 200 }), (keys) => {
      const heap = new MinHeap(4)
      keys.forEach((key, value) => {
        heap.push(key, value)
      })
      const sorted = keys.map(() => keys[heap.pop()]!)
      t.deepEqual(
        sorted,
        [...keys].sort((a, b) => a - b),
      )
      t.is(heap.pop(), -1)
    }),
    { seed: 5 },
  )
})

test('shrinking a room by its clearance and cutting holes keep to plain arithmetic', (t) => {
  const shrunk = offset([box(0, 0, 10, 6)], -1, 'sharp')
  t.is(areaOfRingsM2(shrunk), 8 * 4)
  const ring = difference([box(0, 0, 10, 10)], [box(4, 4, 6, 6)])
  t.is(areaOfRingsM2(ring), 96)
  t.is(componentsOf(ring).length, 1)
  t.is(areaOfRingsM2(union([box(0, 0, 4, 4), box(2, 0, 6, 4)])), 24)
  t.is(simplify([[...box(0, 0, 4, 4), { x: 0, y: 2.001 }]], 0.01)[0]!.length, 4)
})

test('pieces come largest first, each with its own holes', (t) => {
  const rings = difference(
    [box(0, 0, 10, 10), box(20, 0, 60, 40)],
    [box(2, 2, 4, 4), box(30, 10, 50, 30), box(14, 0, 16, 4)],
  )
  const island = difference([...rings, box(35, 15, 45, 25)], [])
  const components = componentsOf(island)
  t.deepEqual(
    components.map(({ areaM2, rings: { length } }) => [areaM2, length]),
    [
      [1200, 2],
      [100, 1],
      [96, 2],
    ],
  )
  t.deepEqual(centroidOf(box(2, 4, 6, 10)), { x: 4, y: 7 })
})
