import test from 'ava'
import fc from 'fast-check'
import type { Position } from 'geojson'
import type { Areal } from '../model/index.ts'
import { maxPositions, shapeFaults } from './shape-faults.ts'

const closed = (...corners: Position[]): Position[] => [...corners, corners[0]!]
const polygon = (...rings: Position[][]): Areal => ({ type: 'Polygon', coordinates: rings })
const box = (left: number, bottom: number, right: number, top: number) =>
  closed([left, bottom], [right, bottom], [right, top], [left, top])
const codes = (geometry: Areal) => shapeFaults(geometry).map((fault) => fault.code)

test('passes sound areas: with a hole, with parts, with rings touching in a point', (t) => {
  t.deepEqual(codes(polygon(box(0, 0, 10, 10))), [])
  t.deepEqual(codes(polygon(box(0, 0, 10, 10).reverse(), box(2, 2, 4, 4))), [])
  t.deepEqual(codes(polygon(box(0, 0, 10, 10), closed([0, 5], [3, 4], [3, 6]))), [])
  const apart: Areal = { type: 'MultiPolygon', coordinates: [[box(0, 0, 2, 2)], [box(2, 2, 4, 4)]] }
  t.deepEqual(codes(apart), [])
  const inHole: Areal = {
    type: 'MultiPolygon',
    coordinates: [[box(0, 0, 9, 9), box(2, 2, 7, 7)], [box(3, 3, 5, 5)]],
  }
  t.deepEqual(codes(inHole), [])
})

test('names a bow-tie and where its edges cross', (t) => {
  const faults = shapeFaults(polygon(closed([0, 0], [4, 4], [4, 0], [0, 4])))
  t.deepEqual(faults, [{ severity: 'error', code: 'self-intersection', at: [2, 2] }])
})

test('names rings that touch themselves or double back', (t) => {
  t.deepEqual(codes(polygon(closed([0, 0], [4, 0], [4, 4], [2, 0], [0, 4]))), ['self-intersection'])
  t.deepEqual(codes(polygon(closed([0, 0], [2, 2], [4, 0], [4, 4], [2, 2], [0, 4]))), ['self-intersection'])
  t.deepEqual(codes(polygon(closed([0, 0], [4, 0], [4, 4], [4, 6], [4, 4], [0, 4]))), ['self-intersection'])
  t.deepEqual(codes(polygon(closed([0, 0], [1, 1], [2, 2], [3, 3]))), ['self-intersection'])
})

test('names rings that are open, short, off the earth or not numbers', (t) => {
  t.deepEqual(codes(polygon([])), ['ring-too-short'])
  t.deepEqual(codes(polygon(closed([0, 0], [1, 0]))), ['ring-too-short'])
  t.deepEqual(codes(polygon(closed([0, 0], [1, 0], [1, 0]))), ['ring-too-short'])
  t.deepEqual(
    codes(
      polygon([
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ]),
    ),
    ['ring-open'],
  )
  t.deepEqual(codes(polygon(closed([0, 0], [181, 0], [1, 1]))), ['position-out-of-range'])
  t.deepEqual(codes(polygon(closed([0, 0], [1, 91], [1, 1]))), ['position-out-of-range'])
  t.deepEqual(codes(polygon(closed([0, 0], [NaN, 0], [1, 1]))), ['position-out-of-range'])
  t.deepEqual(codes(polygon(closed([0, 0], [Infinity, 0], [1, 1]))), ['position-out-of-range'])
})

test('warns of a repeated point without calling the ring broken', (t) => {
  const faults = shapeFaults(polygon(closed([0, 0], [4, 0], [4, 0], [4, 4])))
  t.deepEqual(faults, [{ severity: 'warning', code: 'repeated-point', at: [4, 0] }])
})

test('names holes and parts that lie wrong', (t) => {
  t.deepEqual(codes(polygon(box(0, 0, 4, 4), box(5, 5, 6, 6))), ['hole-outside'])
  t.deepEqual(codes(polygon(box(0, 0, 4, 4), box(2, 2, 6, 6))), ['rings-overlap'])
  t.deepEqual(codes(polygon(box(0, 0, 4, 4), box(1, 0, 3, 2))), ['rings-share-an-edge'])
  t.deepEqual(codes(polygon(box(0, 0, 9, 9), box(1, 1, 8, 8), box(3, 3, 4, 4))), ['rings-overlap'])
  const parts = (...boxes: Position[][]): Areal => ({
    type: 'MultiPolygon',
    coordinates: boxes.map((each) => [each]),
  })
  t.deepEqual(codes(parts(box(0, 0, 4, 4), box(2, 2, 6, 6))), ['parts-overlap'])
  t.deepEqual(codes(parts(box(0, 0, 9, 9), box(2, 2, 6, 6))), ['parts-overlap'])
  t.deepEqual(codes(parts(box(0, 0, 4, 4), box(4, 1, 6, 3))), ['rings-share-an-edge'])
})

test('refuses an area of too many positions instead of working on it', (t) => {
  const many = Array.from({ length: maxPositions + 1 }, (_, index): Position => [index % 100, index % 89])
  t.deepEqual(codes(polygon(closed(...many))), ['ring-too-long'])
})

/**
 * Whether a ring on whole numbers is simple, by the definition and in exact arithmetic: no two edges have a
 * point in common but neighbours their corner.
 */
function isSimple(corners: readonly Position[]): boolean {
  const edges = corners.map((a, index) => [a, corners[(index + 1) % corners.length]!] as const)
  for (const [i, [a, b]] of edges.entries()) {
    for (const [j, [c, d]] of edges.entries()) {
      if (j <= i) continue
      const common = commonPoints([a, b], [c, d])
      const areNeighbours = j === i + 1 || (i === 0 && j === edges.length - 1)
      if (common > (areNeighbours ? 1 : 0)) return false
    }
  }
  return true
}

/** 0, 1 or 2 (many) points in common of two segments with whole coordinates. */
function commonPoints(p: readonly [Position, Position], q: readonly [Position, Position]): number {
  const [px, py, qx, qy] = [p[0][0]!, p[0][1]!, q[0][0]!, q[0][1]!].map(BigInt) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ]
  const [rx, ry] = [BigInt(p[1][0]!) - px, BigInt(p[1][1]!) - py]
  const [sx, sy] = [BigInt(q[1][0]!) - qx, BigInt(q[1][1]!) - qy]
  const cross = rx * sy - ry * sx
  const [dx, dy] = [qx - px, qy - py]
  if (cross !== 0n) {
    const sign = cross > 0n ? 1n : -1n
    const [along, across] = [(dx * sy - dy * sx) * sign, (dx * ry - dy * rx) * sign]
    const size = cross * sign
    return along >= 0n && along <= size && across >= 0n && across <= size ? 1 : 0
  }
  if (dx * ry - dy * rx !== 0n) return 0
  const length = rx * rx + ry * ry
  const from = dx * rx + dy * ry
  const to = from + sx * rx + sy * ry
  const [low, high] = from < to ? [from, to] : [to, from]
  const [begin, end] = [low > 0n ? low : 0n, high < length ? high : length]
  if (begin > end) return 0
  return begin === end ? 1 : 2
}

const smallRing = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 })), {
    minLength: 3,
    maxLength: 9,
  })
  .map((corners) =>
    corners.filter(([x, y], index) => {
      const before = corners[(index + corners.length - 1) % corners.length]!
      return x !== before[0] || y !== before[1]
    }),
  )
  .filter((corners) => corners.length >= 3)

test('agrees with brute force on which rings are simple', (t) => {
  let simple = 0
  fc.assert(
    fc.property(smallRing, (corners) => {
      const expected = isSimple(corners)
      if (expected) simple++
      const found = codes(polygon(closed(...corners)))
      return (
        (found.length === 0) === expected &&
        found.every((code) => code === 'self-intersection' || code === 'ring-too-short')
      )
    }),
    { seed: 7946, numRuns: 5000 },
  )
  t.log(`${simple} of 5000 rings were simple`)
  t.true(simple > 200 && simple < 4800)
})
