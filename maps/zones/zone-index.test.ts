import process from 'node:process'
import test from 'ava'
import fc from 'fast-check'
import { ringsContain } from '../geometry/index.ts'
import { ZoneIndex } from './zone-index.ts'

/** Half metres: corners of zones, points and lines of the grid coincide often. */
const half = fc.integer({ min: -40, max: 120 }).map((n) => n / 2)
const zone = fc
  .array(fc.array(fc.record({ x: half, y: half }), { minLength: 3, maxLength: 8 }), {
    minLength: 1,
    maxLength: 2,
  })
  .map((rings) => ({ rings }))
const point = fc.oneof(
  fc.record({ x: half, y: half }),
  fc.record({ x: fc.double({ min: -25, max: 65, noNaN: true }), y: half }),
)

test('finds exactly the zones that ray casting finds, on edges and corners too', (t) => {
  fc.assert(
    fc.property(
      fc.array(zone, { maxLength: 25 }),
      fc.array(point, { minLength: 80, maxLength: 80 }),
      (zones, points) => {
        const index = new ZoneIndex(zones)
        const found = new Int32Array(32)
        for (const { x, y } of points) {
          const count = index.lookup(x, y, found)
          const wanted = zones.flatMap(({ rings }, k) => (ringsContain(rings, x, y) ? [k] : []))
          t.deepEqual(
            [...found.slice(0, count)].sort((a, b) => a - b),
            wanted,
          )
        }
      },
    ),
    { numRuns: 150, seed: 2 },
  )
})

test('of two shops that share a wall, exactly one holds a point of it', (t) => {
  const box = (left: number, right: number) => ({
    rings: [
      [
        { x: left, y: 0 },
        { x: right, y: 0 },
        { x: right, y: 8 },
        { x: left, y: 8 },
      ],
    ],
  })
  const index = new ZoneIndex([box(0, 4), box(4, 9)])
  const found = new Int32Array(4)
  t.is(index.lookup(4, 3, found), 1)
  t.is(found[0], 1)
})

test('counts more zones than the caller has room for, and writes none beyond it', (t) => {
  const square = {
    rings: [
      [0, 9].flatMap((x) =>
        x === 0
          ? [
              { x, y: 0 },
              { x: 9, y: 0 },
            ]
          : [
              { x, y: 9 },
              { x: 0, y: 9 },
            ],
      ),
    ],
  }
  const index = new ZoneIndex([square, square, square])
  const found = new Int32Array(2)
  t.is(index.lookup(4, 4, found), 3)
  t.deepEqual([...found], [0, 1])
})

test('no zone holds what is not a number or far away, and an empty index holds nothing', (t) => {
  const found = new Int32Array(4)
  const index = new ZoneIndex([
    {
      rings: [
        [
          { x: 0, y: 0 },
          { x: 4, y: 0 },
          { x: 0, y: 4 },
        ],
      ],
    },
  ])
  for (const odd of [NaN, Infinity, -Infinity, 1e12]) t.is(index.lookup(odd, 1, found), 0)
  t.is(new ZoneIndex([]).lookup(0, 0, found), 0)
})

test('a lookup allocates nothing', (t) => {
  const zones = Array.from({ length: 400 }, (_, k) => {
    const [left, bottom] = [(k % 20) * 5, Math.floor(k / 20) * 5]
    const corners = [
      { x: left, y: bottom },
      { x: left + 4.3, y: bottom + 0.4 },
      { x: left + 3.1, y: bottom + 4.6 },
    ]
    return { rings: [corners] }
  })
  const index = new ZoneIndex(zones)
  const found = new Int32Array(8)
  const lookups = 50_000
  let sum = 0
  const look = () => {
    for (let k = 0; k < lookups; k++) sum += index.lookup((k * 0.37) % 100, (k * 0.73) % 100, found)
  }
  for (let round = 0; round < 10; round++) look()
  // The least of several rounds: what else runs in the process may allocate meanwhile.
  const grown = Array.from({ length: 8 }, () => {
    const before = process.memoryUsage().heapUsed
    look()
    return process.memoryUsage().heapUsed - before
  }).filter((bytes) => bytes >= 0)
  const leastBytes = Math.min(...grown) / lookups
  t.log(`${leastBytes.toFixed(3)} bytes a lookup`)
  t.true(sum > 0 && grown.length > 0)
  t.true(leastBytes < 1)
})
