import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { demoMall } from '../demo/index.ts'
import { realMall } from '../routes/testing/real-mall.ts'
import { labelPx } from '../render/labels.ts'
import { labelsOf, restingBearing } from '../render/index.ts'
import { Boxes, overlap } from './boxes.ts'
import type { Box } from './boxes.ts'
import { parseGlyph } from './glyph.ts'
import { candidatesOf, planLabels, symbolPx } from './label-plan.ts'
import type { PlacedLabel, PlanInput, PlanView } from './label-plan.ts'
import { labelFrame, levelShapes, outlineOf } from './level-shapes.ts'
import { canvasLevels } from './testing/canvas-levels.ts'
import { smallLevel } from './testing/small-level.ts'

const levels = canvasLevels(demoMall())
const empty = { amenities: undefined, pins: [], offers: new Map(), first: [], ways: [], wayPx: 0 } as const

/** All a level has to say, laid out for a bearing. */
function inputOf(level: (typeof levels)[number], bearingRad: number, language = 'zh'): PlanInput {
  const labels = labelsOf(level.map, language, labelFrame(level.map, bearingRad)).features
  return { ...empty, groups: candidatesOf(labels, level.frame), symbols: levelShapes(level).symbols }
}

/** Boxes of a plan as they lie on a screen whose corner is the level's origin. */
function boxesOf(plan: readonly PlacedLabel[], { scale, bearingRad }: PlanView): Box[] {
  const [cos, sin] = [Math.cos(bearingRad) * scale, Math.sin(bearingRad) * scale]
  return plan.map(({ x, y, box }) => {
    const [px, py] = [x * cos - y * sin, -x * sin - y * cos]
    return { left: px + box.left, right: px + box.right, top: py + box.top, bottom: py + box.bottom }
  })
}

const real = realMall()
const allLevels = [...levels, ...(real ? canvasLevels(real.archive) : [])]
const bearings = allLevels.map(({ map }) => (restingBearing(outlineOf(map), true) / 180) * Math.PI)

test('no label lies over another on any level, at any scale, however the map is turned', (t) => {
  if (!real) t.log('ATRIUM_REAL_MALL is not set: the demo mall only')
  allLevels.forEach((level, i) => {
    for (const turned of [0, 0.5]) {
      const input = inputOf(level, bearings[i]! + turned, i % 2 === 0 ? 'zh' : 'en')
      for (const scale of [0.8, 1.5, 2.4, 3.9, 6.1, 9, 16]) {
        const view = { scale, bearingRad: bearings[i]! + turned }
        const boxes = boxesOf(planLabels(input, view), view)
        for (let a = 0; a < boxes.length; a++) {
          for (let b = 0; b < a; b++) if (overlap(boxes[a]!, boxes[b]!)) t.fail(`${level.id} at ${scale}`)
        }
      }
    }
  })
  t.pass()
})

test('no letter is smaller than the least of its kind, nor larger than the most', (t) => {
  for (const scale of [0.8, 2.4, 6.1, 20]) {
    for (const { kind, sizePx, lines } of planLabels(inputOf(levels[2]!, 0.2), { scale, bearingRad: 0.2 })) {
      if (kind !== 'name' && kind !== 'glyph' && kind !== 'bay') continue
      t.true(sizePx >= labelPx[kind].least && sizePx <= labelPx[kind].most, lines.join())
    }
  }
})

test('a plan is the same for the same scale and bearing, and shows more names the nearer one is', (t) => {
  const input = inputOf(levels[2]!, 0.2)
  const names = (scale: number) =>
    planLabels(input, { scale, bearingRad: 0.2 }).filter(({ kind }) => kind === 'name' || kind === 'glyph')
      .length
  t.deepEqual(
    planLabels(input, { scale: 3, bearingRad: 0.2 }),
    planLabels(input, { scale: 3, bearingRad: 0.2 }),
  )
  t.true(names(1.2) < names(3.2))
  t.true(names(3.2) < names(6.5))
})

const shop = { k: 'shop', t: 'food', n: { zh: '青禾书店' } } as const

const small = smallLevel({
  units: [
    { id: 'large', walls: [10, 10, 40, 40], properties: shop },
    { id: 'small', walls: [60, 10, 66, 16], properties: { ...shop, n: { zh: '云汀' } } },
  ],
  symbols: [
    { id: 'lift', x: 50, y: 80, t: 'lift' },
    { id: 'toilet', x: 70, y: 80, t: 'toilet' },
    { id: 'atm', x: 90, y: 80, t: 'atm' },
  ],
})

function smallPlan(scale: number, wishes: Partial<PlanInput> = {}): PlacedLabel[] {
  return planLabels({ ...inputOf(small, 0), ...wishes }, { scale, bearingRad: 0 })
}

function idsOf(plan: readonly PlacedLabel[], kind: PlacedLabel['kind']): string[] {
  return plan.filter((label) => label.kind === kind).map(({ id }) => id)
}

test('lifts and toilets are seen from afar, other amenities from nearby, one kind alone when asked for', (t) => {
  t.deepEqual(idsOf(smallPlan(1.1), 'symbol'), [])
  t.deepEqual(idsOf(smallPlan(1.3), 'symbol'), ['lift', 'toilet'])
  t.deepEqual(idsOf(smallPlan(3.2), 'symbol'), ['lift', 'toilet', 'atm'])
  t.deepEqual(idsOf(smallPlan(0.8, { amenities: ['atm'] }), 'symbol'), ['atm'])
})

test('a shop shows a dot, then its name, then its glyph over it', (t) => {
  const kindAt = (scale: number) => smallPlan(scale).find(({ id }) => id === 'small')?.kind
  t.is(kindAt(1), undefined)
  t.is(kindAt(2.2), 'dot')
  t.is(kindAt(8), 'name')
  t.is(kindAt(18), 'glyph')
})

test('labels keep off the way; the destination’s name comes before symbols', (t) => {
  const way = [
    { x: 0, y: 25 },
    { x: 100, y: 25 },
  ]
  t.true(idsOf(smallPlan(4), 'glyph').includes('large'))
  const plan = smallPlan(4, { ways: [way], wayPx: 8 })
  t.false(plan.some(({ id }) => id === 'large'))
  const crowd = inputOf(small, 0).symbols.map((symbol) => ({ ...symbol, x: 25, y: 25 }))
  t.false(smallPlan(4, { symbols: crowd }).some(({ id }) => id === 'large'))
  t.true(smallPlan(4, { symbols: crowd, first: ['large'] }).some(({ id }) => id === 'large'))
})

test('an offer stands beside the name of its place, and in its place where the name has no room', (t) => {
  const offers = new Map([['large', { id: 'o', at: { x: 25, y: 25 } }]])
  const beside = smallPlan(4, { offers })
  const [mark] = beside.filter(({ kind }) => kind === 'offer')
  const name = beside.find(({ id }) => id === 'large')
  t.true(mark!.box.left > name!.box.right - 8)
  t.deepEqual(idsOf(smallPlan(0.8, { offers }), 'offer'), ['o'])
})

test('pins are always shown, and everything else makes room', (t) => {
  const pins = [{ id: 'p', number: 1, x: 25, y: 25 }]
  const plan = smallPlan(4, { pins })
  t.deepEqual(idsOf(plan, 'pin'), ['p'])
  t.false(plan.some(({ id }) => id === 'large'))
})

test('the grid of boxes answers as asking each box does', (t) => {
  const side = fc.double({ min: -300, max: 300, noNaN: true })
  const size = fc.double({ min: 0.1, max: 150, noNaN: true })
  const box = fc
    .tuple(side, side, size, size)
    .map(([left, top, w, h]): Box => ({ left, top, right: left + w, bottom: top + h }))
  fc.assert(
    fc.property(fc.array(box, { maxLength: 30 }), box, (others, asked) => {
      const boxes = new Boxes()
      for (const other of others) boxes.add(other)
      t.is(
        boxes.hits(asked),
        others.some((other) => overlap(asked, other)),
      )
    }),
  )
})

test('every glyph of Maki can be read and stays in its square', (t) => {
  const icons = join(dirname(createRequire(import.meta.url).resolve('@mapbox/maki/package.json')), 'icons')
  const files = readdirSync(icons).filter((file) => file.endsWith('.svg'))
  t.true(files.length > 100)
  for (const file of files) {
    for (const [, data = ''] of readFileSync(join(icons, file), 'utf8').matchAll(/ d="([^"]+)"/g)) {
      for (const step of parseGlyph(data.replace(/&#x[9A];/g, ' '))) {
        // Control points may lie outside; where the path goes may not.
        for (const number of step.slice(-2)) {
          if (typeof number === 'number' && !(number > -0.5 && number < 15.5))
            t.fail(`${file}: ${step.join(' ')}`)
        }
      }
    }
  }
  t.pass()
})

test('an arc passes where its circle does, also with its flags written together', (t) => {
  for (const data of ['M2 5a3 3 0 1 1 6 0a3 3 0 0 1-6 0Z', 'M2,5A3,3 0 118,5A3,3 0 012,5z']) {
    const ends = parseGlyph(data).flatMap((step) => (step[0] === 'C' ? [[step[5], step[6]] as const] : []))
    t.is(ends.length, 4)
    for (const [x, y] of ends) t.true(Math.abs(Math.hypot(x - 5, y - 5) - 3) < 1e-9)
  }
})

test('a path that is not understood is named', (t) => {
  t.throws(() => parseGlyph('M1 1T3 3'), { message: /command T/ })
})

test('a symbol is 22 px, the escalator smaller', (t) => {
  t.is(smallPlan(4).find(({ id }) => id === 'lift')?.sizePx, symbolPx)
})
