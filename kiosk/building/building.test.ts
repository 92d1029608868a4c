import test from 'ava'
import fc from 'fast-check'
import { decodeRoutingTables, Router } from '../../maps/routes/offline.ts'
import type { Route } from '../../maps/routes/offline.ts'
import { between, everyPixels, lengthOf, upTo } from '../map/draw-overlay.ts'
import { filmAt, stillForMs } from '../map/film.ts'
import { placeBadges } from '../map/place-badges.ts'
import { takenPlaces } from '../map/taken.ts'
import { demoVenueFile } from '../map/testing/venue-file.ts'
import { tripLines } from '../map/trip-lines.ts'
import { buildingFilmAt, buildingFilmMs } from './building-film.ts'
import { extentOn, fittedPose, projected } from './camera.ts'
import { chipTops } from './chips.ts'
import { chooseView, cornersOf, pitchRad, seenShare } from './choose-view.ts'
import { SolidBuilder } from './solids.ts'
import { stackOf } from './stack.ts'

const venue = demoVenueFile()
const decoded = decodeRoutingTables(venue.tables)
if ('refused' in decoded) throw new Error(decoded.refused)
const router = Router.of(decoded.tables)

/** A step-free way from the ground level to a shop two levels up: one lift, one level ridden past. */
const route = ((): Route => {
  const [from, to] = [0, 2].map((ordinal) => {
    const level = venue.levels.find((one) => one.ordinal === ordinal)!
    return venue.destinations.find(({ kind, levelId }) => kind === 'shop' && levelId === level.id)!
  })
  const found = router.route({ from: { place: from!.id }, to: { place: to!.id }, profile: 'step-free' })
  if ('refused' in found) throw new Error(found.refused)
  return found
})()
const trip = { route, tables: router.tables, leg: 0 }
const screen = { width: 1080, height: 1600 }
const free = { left: 160, top: 200, right: 1040, bottom: 1300 }

// ---- The way on a level

test('a trip is one line a walk, and the told leg divides what was walked from what is to come', (t) => {
  t.deepEqual(
    route.legs.map(({ kind }) => kind),
    ['walk', 'ride', 'walk'],
  )
  const states = (leg: number) => tripLines({ ...trip, leg }).map(({ state }) => state)
  t.deepEqual(states(0), ['now', 'ahead'])
  t.deepEqual(states(1), ['walked', 'now'], 'during the ride the walk after it is told')
  t.deepEqual(states(2), ['walked', 'now'])
  const [first, last] = tripLines(trip)
  t.is(first!.end.kind, 'ride')
  t.is(first!.end.kind === 'ride' ? first!.end.toLevel.id : undefined, last!.level.id)
  t.is(last!.end.kind === 'goal' ? last!.end.place?.id : undefined, route.to.place!.id)
})

test('stretches and steps along a line are where a walk along it by millimetres finds them', (t) => {
  const pixel = fc.record({ x: fc.integer({ min: 0, max: 300 }), y: fc.integer({ min: 0, max: 300 }) })
  fc.assert(
    fc.property(
      fc.array(pixel, { minLength: 2, maxLength: 6 }),
      fc.integer({ min: 5, max: 60 }),
      (line, step) => {
        const length = lengthOf(line)
        fc.pre(length > step)
        const at = (along: number) => {
          let rest = along
          for (let i = 1; i < line.length; i++) {
            const [a, b] = [line[i - 1]!, line[i]!]
            const part = Math.hypot(b.x - a.x, b.y - a.y)
            if (rest <= part && part > 0)
              return { x: a.x + ((b.x - a.x) * rest) / part, y: a.y + ((b.y - a.y) * rest) / part }
            rest -= part
          }
          return line[line.length - 1]!
        }
        const near = (a: { x: number; y: number }, b: { x: number; y: number }) =>
          Math.hypot(a.x - b.x, a.y - b.y) < 1e-6
        const steps = everyPixels(line, step)
        t.true(Math.abs(steps.length - length / step) <= 1)
        steps.forEach((found, i) => {
          t.true(near(found, at(step / 2 + i * step)))
        })
        const half = upTo(line, 0.5)
        t.true(Math.abs(lengthOf(half) - length / 2) < 1e-6)
        const stretch = between(line, length * 0.2, length * 0.7)
        t.true(near(stretch[0]!, at(length * 0.2)) && near(stretch[stretch.length - 1]!, at(length * 0.7)))
      },
    ),
    { numRuns: 100 },
  )
})

test('the way is drawn in 0.7 s, and the screen sleeps until the next highlight', (t) => {
  t.is(filmAt(0).drawn, 0)
  t.is(filmAt(700).drawn, 1)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60_000 }), (ms) => {
      const still = stillForMs(ms)
      if (still === 0) return
      t.deepEqual(filmAt(ms), filmAt(ms + still - 1), 'nothing moves while it sleeps')
      t.not(filmAt(ms + still).highlight, undefined, 'and then something does')
    }),
  )
})

// ---- Badges, chips, squares

const badge = fc.record({
  id: fc.uuid(),
  width: fc.integer({ min: 40, max: 300 }),
  height: fc.integer({ min: 40, max: 90 }),
  x: fc.integer({ min: -3000, max: 3000 }),
  y: fc.integer({ min: -3000, max: 3000 }),
  side: fc.constantFrom('above', 'below', 'left', 'right'),
  gap: fc.constant(20),
})

test('a badge never leaves the free area, and one whose place is off the screen sticks to the edge', (t) => {
  fc.assert(
    fc.property(fc.array(badge, { maxLength: 5 }), (badges) => {
      placeBadges(badges, free, []).forEach(({ left, top, stands }, i) => {
        const { width, height, x, y } = badges[i]!
        t.true(left >= free.left && left + width <= free.right, 'across')
        t.true(top >= free.top && top + height <= free.bottom, 'along')
        const isOff = x < free.left || x > free.right || y < free.top || y > free.bottom
        t.is(stands === 'away', isOff)
        if (x > free.right + 400) t.true(left + width > free.right - 1 || badges.length > 1)
      })
    }),
  )
})

test('a badge gives way to what was there before it', (t) => {
  const one = { id: 'a', width: 200, height: 60, x: 600, y: 700, side: 'above', gap: 20 } as const
  const [first, second] = placeBadges([one, { ...one, id: 'b' }], free, [])
  t.is(first!.stands, 'above')
  t.is(second!.stands, 'below')
  const under = { left: 0, top: 700, right: 1080, bottom: 1000 }
  t.is(placeBadges([{ ...one, side: 'below' }], free, [under])[0]!.stands, 'above')
})

test('chips stand beside their levels, in their order, and never touch', (t) => {
  const bounds = { top: 100, bottom: 1500 }
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -200, max: 1900 }), { minLength: 1, maxLength: 8 }), (heights) => {
      const chips = [...heights].sort((a, b) => a - b).map((y, i) => ({ id: String(i), y, height: 70 }))
      const tops = chipTops(chips, 14, bounds)
      tops.forEach((top, i) => {
        t.true(top >= bounds.top - 1e-9 && top + 70 <= bounds.bottom + 1e-9)
        if (i > 0) t.true(top >= tops[i - 1]! + 70 + 14 - 1e-9)
      })
    }),
  )
  const far = [200, 600, 1200].map((y, i) => ({ id: String(i), y, height: 70 }))
  t.deepEqual(chipTops(far, 14, bounds), [165, 565, 1165], 'with room each is where its level is')
})

test('squares keep labels away from all of a box, and only on the screen', (t) => {
  const map = { unproject: (x: number, y: number): [number, number] => [x, y] }
  const box = { left: 100, top: 200, right: 390, bottom: 262 }
  const places = takenPlaces(map, {
    lines: [],
    points: [],
    boxes: [box, { ...box, left: 5000, right: 5100 }],
    size: screen,
  })
  for (let x = box.left; x < box.right; x += 5) {
    for (let y = box.top; y < box.bottom; y += 5) {
      t.true(
        places.some(([px, py]) => Math.abs(px - x) <= 12 && Math.abs(py - y) <= 12),
        `${String(x)} ${String(y)}`,
      )
    }
  }
  t.true(places.every(([x]) => x < 400))
})

// ---- The building

const stack = stackOf(venue.levels, trip)

test('only the levels of the trip are stacked: first and last as bodies, those between as sheets', (t) => {
  t.deepEqual(
    stack.storeys.map(({ level, isWalked }) => `${level.name} ${isWalked ? 'walked' : 'passed'}`),
    ['F1 walked', 'F2 passed', 'F3 walked'],
  )
  t.is(stack.rides.length, 1)
  const goals = stack.storeys.flatMap(({ blocks }) => blocks.filter(({ isGoal }) => isGoal))
  t.is(goals.length, 1)
  t.is(stack.goal.name('zh'), route.to.place!.name.zh ?? '')
})

test('two levels one rides past stand nearer to each other than to those one walks on', (t) => {
  const levels = venue.levels.filter(({ ordinal }) => ordinal >= 0)
  const top = levels[levels.length - 1]!
  const shop = venue.destinations.find(({ kind, levelId }) => kind === 'shop' && levelId === top.id)!
  const far = router.route({
    from: { place: route.from.place!.id },
    to: { place: shop.id },
    profile: 'step-free',
  })
  if ('refused' in far) throw new Error(far.refused)
  const { storeys } = stackOf(venue.levels, { route: far, tables: router.tables, leg: 0 })
  const gaps = storeys.slice(1).map(({ openM }, i) => Math.round((openM - storeys[i]!.openM) * 10) / 10)
  t.true(gaps.length >= 3, 'the demo mall has levels enough')
  t.is(gaps[0], gaps[gaps.length - 1])
  t.true(Math.abs(gaps[1]! / gaps[0]! - 0.7) < 0.01, String(gaps))
})

test('the building fills the free area from every side', (t) => {
  const points = cornersOf(stack, 1)
  for (let degrees = 0; degrees < 360; degrees += 30) {
    const direction = { pitchRad, bearingRad: (degrees / 180) * Math.PI }
    const seen = extentOn(points, fittedPose(points, direction, screen, free), screen)
    const slack = [
      seen.left - free.left,
      free.right - seen.right,
      seen.top - free.top,
      free.bottom - seen.bottom,
    ]
    t.true(Math.min(...slack) > -2, `${String(degrees)}°: ${slack.join(' ')}`)
    t.true(Math.min(...slack) < 2, `${String(degrees)}°: ${slack.join(' ')}`)
  }
})

test('what is higher is higher on the screen, and what lies right of the bearing is right', (t) => {
  const pose = fittedPose(cornersOf(stack, 1), { pitchRad, bearingRad: Math.PI / 2 }, screen, free)
  const at = (x: number, y: number, z: number) => projected({ x, y, z }, pose, screen)
  t.true(at(0, 0, 50).y < at(0, 0, 0).y)
  t.true(at(0, -50, 0).x > at(0, 0, 0).x, 'looking east, south is on the right')
  t.true(at(50, 0, 0).y < at(0, 0, 0).y, 'what is farther is higher up')
})

test('the chosen view shows more of both walks than most others', (t) => {
  const { pose, spread } = chooseView({ stack, screen, free, facingDeg: undefined })
  const shareAt = (bearingRad: number) =>
    Math.min(
      ...stack.walks.map(({ storey, points }) => seenShare(stack, storey, points, { bearingRad, spread })),
    )
  const all = Array.from({ length: 36 }, (_, i) => shareAt((i / 36) * 2 * Math.PI)).sort((a, b) => a - b)
  t.true(shareAt(pose.bearingRad) >= all[27]!, `${String(shareAt(pose.bearingRad))} of ${all.join(' ')}`)
})

test('a walk right under a higher level is hidden, and one beside it is seen', (t) => {
  const lowest = stack.storeys[0]!
  const over = { ...stack, storeys: [lowest, { ...stack.storeys[2]!, openM: 10 }] }
  const eye = { bearingRad: 0, spread: 1 }
  t.is(seenShare(over, 0, [{ x: 0, y: 0 }], eye), 0)
  t.is(seenShare(over, 0, [{ x: 0, y: -1000 }], eye), 1)
  const passed = { ...over, storeys: [lowest, { ...over.storeys[1]!, isWalked: false }] }
  t.is(seenShare(passed, 0, [{ x: 0, y: 0 }], eye), 0.5, 'one sees through a sheet')
})

test('levels part, then the way is drawn leg by leg, then the destination rises', (t) => {
  const end = buildingFilmMs(stack)
  t.deepEqual(buildingFilmAt(stack, 0), { parted: 0, legs: [0, 0, 0], risen: 0, isOver: false })
  t.is(buildingFilmAt(stack, 500).parted, 1)
  const before = buildingFilmAt(stack, end - 300)
  t.deepEqual([before.legs, before.risen], [[1, 1, 1], 0])
  t.deepEqual(buildingFilmAt(stack, end), { parted: 1, legs: [1, 1, 1], risen: 1, isOver: true })
  t.true(buildingFilmAt(stack, Infinity).isOver, 'with reduced motion it is over at once')
})

test('a face has the area of its shape less its holes, and walls look outwards whichever way it was drawn', (t) => {
  const square = (size: number) => [
    { x: -size, y: -size },
    { x: size, y: -size },
    { x: size, y: size },
    { x: -size, y: size },
  ]
  for (const outer of [square(10), square(10).reverse()]) {
    const solid = new SolidBuilder()
    solid.addTop([outer, square(4)], 2, '#ffffff')
    const top = solid.build().getAttribute('position')
    let area = 0
    for (let i = 0; i < top.count; i += 3) {
      const [ax, ay, bx, by] = [1, 2].flatMap((k) => [
        top.getX(i + k) - top.getX(i),
        top.getY(i + k) - top.getY(i),
      ])
      area += (ax! * by! - ay! * bx!) / 2
    }
    t.is(area, 400 - 64, 'counter-clockwise, so it is seen from above')
    const walls = new SolidBuilder()
    walls.addWalls(
      [outer, outer.map(({ x, y }) => ({ x: x * 0.4, y: y * 0.4 }))],
      { from: 0, to: 2 },
      '#ffffff',
    )
    const geometry = walls.build()
    const [at, normal] = [geometry.getAttribute('position'), geometry.getAttribute('normal')]
    for (let i = 0; i < at.count; i++) {
      const outwards = at.getX(i) * normal.getX(i) + at.getY(i) * normal.getY(i)
      t.true(Math.abs(at.getX(i)) > 5 ? outwards > 0 : outwards < 0)
    }
  }
})
