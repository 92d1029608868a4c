import test from 'ava'
import fc from 'fast-check'
import type { Xy } from '../model/index.ts'
import { fitLabel } from './fit-label.ts'
import type { LabelBlock, LabelFit } from './fit-label.ts'
import { spansAt } from './spans.ts'
import type { Rings } from './spans.ts'

const box = (left: number, bottom: number, right: number, top: number): Xy[] => [
  { x: left, y: bottom },
  { x: right, y: bottom },
  { x: right, y: top },
  { x: left, y: top },
]

/** A star-shaped room of 5 to 14 corners around the origin, 4 to 30 m from it. */
const room = fc
  .array(fc.double({ min: 4, max: 30, noNaN: true }), { minLength: 5, maxLength: 14 })
  .map((radii) =>
    radii.map((radius, i) => {
      const angle = (2 * Math.PI * (i + 0.3)) / radii.length
      return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) }
    }),
  )

const block = fc.record({
  widthEm: fc.double({ min: 1, max: 8, noNaN: true }),
  heightEm: fc.double({ min: 1, max: 2.5, noNaN: true }),
})

/** Whether the block's four edges lie inside, looked at in many places. Brute force. */
function liesInside(rings: Rings, { widthEm, heightEm }: LabelBlock, { emM, at }: LabelFit): boolean {
  for (let i = 0; i <= 12; i++) {
    const y = at.y + heightEm * emM * (i / 12 - 0.5) * 0.999
    const half = (widthEm * emM * 0.999) / 2
    const held = spansAt(rings, y).some(([from, to]) => from <= at.x - half && to >= at.x + half)
    if (!held) return false
  }
  return true
}

test('a label fills a box up to its width, its height or its limit', (t) => {
  const rings = [box(0, 0, 20, 10)]
  t.true(Math.abs(fitLabel(rings, { widthEm: 4, heightEm: 1 }, 12)!.emM - 5) < 0.05)
  t.true(Math.abs(fitLabel(rings, { widthEm: 1, heightEm: 2 }, 12)!.emM - 5) < 0.05)
  const limited = fitLabel(rings, { widthEm: 4, heightEm: 1 }, 2)!
  t.is(limited.emM, 2)
  t.deepEqual(limited.at, { x: 10, y: 5 })
})

test('a label keeps out of a hole', (t) => {
  const rings = [box(0, 0, 20, 20), box(5, 5, 15, 15)]
  const fit = fitLabel(rings, { widthEm: 4, heightEm: 1 }, 12)!
  t.true(liesInside(rings, { widthEm: 4, heightEm: 1 }, fit))
  t.true(fit.at.y < 5 || fit.at.y > 15)
})

test('a label held to a place reaches as far to both sides', (t) => {
  const fit = fitLabel([box(0, 0, 20, 10)], { widthEm: 4, heightEm: 1 }, 12, { x: 4, y: 5 })!
  t.true(Math.abs(fit.emM - 2) < 0.05)
  t.true(Math.abs(fit.at.x - 4) < 1e-9)
})

test('no label stands in a shape without an inside', (t) => {
  t.is(fitLabel([], { widthEm: 2, heightEm: 1 }, 5), undefined)
  t.is(
    fitLabel(
      [
        [
          { x: 0, y: 0 },
          { x: 5, y: 0 },
        ],
      ],
      { widthEm: 2, heightEm: 1 },
      5,
    ),
    undefined,
  )
})

test('every label lies inside its room', (t) => {
  fc.assert(
    fc.property(room, block, (ring, text) => {
      // Five lines are looked at, so a spike that comes in between two of them may touch: rooms are plain.
      const fit = fitLabel([ring], text, 20)
      return fit === undefined || spikes([ring], text, fit) || liesInside([ring], text, fit)
    }),
    { seed: 7, numRuns: 400 },
  )
  t.pass()
})

/** Whether a corner reaches into the block between the lines that were looked at. */
function spikes(rings: Rings, { widthEm, heightEm }: LabelBlock, { emM, at }: LabelFit): boolean {
  return rings
    .flat()
    .some(({ x, y }) => Math.abs(x - at.x) < (widthEm * emM) / 2 && Math.abs(y - at.y) < (heightEm * emM) / 2)
}

test('no place on the rows gives a label that is 8 % larger', (t) => {
  fc.assert(
    fc.property(room, block, (ring, text) => {
      const rings = [ring]
      const ys = ring.map(({ y }) => y)
      const [bottom, top] = [Math.min(...ys), Math.max(...ys)]
      const fit = fitLabel(rings, text, 20)
      const larger = (fit?.emM ?? 0) * 1.08 + 0.15
      for (const share of [0.5, 0.44, 0.56, 0.38, 0.62, 0.31, 0.69, 0.24, 0.76, 0.17, 0.83]) {
        const y = bottom + (top - bottom) * share
        for (let x = -30; x <= 30; x += 1.5) {
          if (liesInside(rings, text, { emM: larger, at: { x, y } })) return false
        }
      }
      return true
    }),
    { seed: 11, numRuns: 150 },
  )
  t.pass()
})
