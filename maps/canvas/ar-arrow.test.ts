import test from 'ava'
import type { LevelId, Xy } from '../model/index.ts'
import { progressOn } from '../routes/progress.ts'
import type { Route } from '../routes/route.ts'
import { stepArArrow } from './ar-arrow.ts'
import type { ArArrow, ArState } from './ar-arrow.ts'
import type { Here } from './map-canvas-types.ts'
import { wrapped } from './projection.ts'
import { routeLines } from './route-line.ts'

const levelIds = ['F1', 'F2'] as LevelId[]
const degree = Math.PI / 180

/** A walk through an arcade: 40 m north, 30 m east, 30 m north-west, then a lift. */
const points: Xy[] = [
  { x: 0, y: 0 },
  { x: 0, y: 40 },
  { x: 30, y: 40 },
  { x: 8.8, y: 61.2 },
]
const lengthM = 100
const ride = {
  kind: 'ride',
  connector: 0,
  fromLevel: 0,
  toLevel: 1,
  from: points[3],
  to: points[3],
  seconds: 20,
}
const upstairs = {
  kind: 'walk',
  level: 1,
  points: [
    { x: 8.8, y: 61.2 },
    { x: 8.8, y: 90 },
  ],
  lengthM: 28.8,
}
const route = {
  legs: [{ kind: 'walk', level: 0, points, lengthM }, ride, upstairs],
  lengthM: lengthM + 28.8,
  seconds: 200,
} as unknown as Route

/** Whole numbers below 2³², the same in every run. Source: Marsaglia's xorshift. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** Normally distributed with deviation 1. Source: sum of twelve. */
function normal(random: () => number): number {
  let sum = -6
  for (let i = 0; i < 12; i++) sum += random()
  return sum
}

function pointAlong(m: number): { at: Xy; bearingRad: number } {
  let left = m
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!]
    const stretch = Math.hypot(b.x - a.x, b.y - a.y)
    const at = { x: a.x + ((b.x - a.x) * left) / stretch, y: a.y + ((b.y - a.y) * left) / stretch }
    if (left <= stretch) return { at, bearingRad: Math.atan2(b.x - a.x, b.y - a.y) }
    left -= stretch
  }
  throw new Error('past the end')
}

function step(state: ArState | undefined, here: Here, atMs: number, sinceM = 0) {
  const level = levelIds.indexOf(here.levelId)
  const progress = progressOn(route, { x: here.x, y: here.y, level, radiusM: here.radiusM }, sinceM)
  const lines = routeLines({ route, levelIds, progress })
  return { ...stepArArrow(state, { lines, progress, here, lastLeg: 2 }, atMs), progress }
}

function here(x: number, y: number, more: Partial<Here> = {}): Here {
  return { levelId: levelIds[0]!, x, y, radiusM: 3, headingRad: 0, headingSigmaRad: 0.1, ...more }
}

function whyOf(arrow: ArArrow): string {
  return arrow.isShown ? 'shown' : arrow.why
}

test('points along the way within 15° while hand and compass tremble and the fix errs by metres', (t) => {
  const random = seeded(20261122)
  let state: ArState | undefined
  let sinceM = 0
  let [within, all] = [0, 0]
  const stepMs = 50
  for (let walkedM = 0, atMs = 0; walkedM < 92; walkedM += 1.3 * (stepMs / 1000), atMs += stepMs) {
    const { at, bearingRad } = pointAlong(walkedM)
    // The phone swings by 15° to and fro and trembles by 15° a reading; the fix errs by 1.5 m.
    const phoneRad = bearingRad + 15 * degree * Math.sin(atMs / 800)
    const headingRad = wrapped(phoneRad + 15 * degree * normal(random))
    const fix = here(at.x + 1.5 * normal(random), at.y + 1.5 * normal(random), { headingRad })
    const next = step(state, fix, atMs, sinceM)
    state = next.state
    sinceM = Math.max(sinceM, next.progress.alongM)
    // At a corner the way has two directions: what is asked of is the straight way.
    const isStraight = [0, 40, 70].every((corner) => walkedM < corner - 9 || walkedM > corner + 6)
    if (!next.arrow.isShown || !isStraight) continue
    all++
    if (Math.abs(wrapped(next.arrow.turnRad + phoneRad - bearingRad)) < 15 * degree) within++
  }
  t.true(all > 500)
  t.true(within / all > 0.95, `${within} of ${all}`)
})

test('turns to the right when the way does, and straight ahead when one looks along it', (t) => {
  const along = step(undefined, here(0, 10), 0).arrow
  t.true(along.isShown && Math.abs(along.turnRad) < 1e-9)
  const west = step(undefined, here(0, 10, { headingRad: -Math.PI / 2 }), 0).arrow
  t.true(west.isShown && Math.abs(west.turnRad - Math.PI / 2) < 1e-9)
})

test('chevrons lie on the way, in front of the camera, and stay on their spot as one walks', (t) => {
  const floorOf = (y: number) => {
    const { arrow } = step(undefined, here(0, y), 0)
    return arrow.isShown ? arrow.chevrons.map(({ forwardM }) => y + forwardM) : []
  }
  const first = floorOf(10)
  t.true(first.length >= 5)
  const later = floorOf(10.7)
  // Those passed meanwhile are gone: the nearest lies 1.6 m ahead.
  const kept = first.filter((y) => y >= 10.7 + 1.6 + 0.05)
  t.true(kept.length >= 5)
  // Rounding the way's corners makes it shorter, by centimetres over this distance.
  for (const y of kept) t.true(later.some((other) => Math.abs(other - y) < 0.05))
  const { arrow } = step(undefined, here(0, 10), 0)
  t.true(
    arrow.isShown &&
      arrow.chevrons.every(
        ({ rightM, forwardM }) => Math.abs(rightM) < 0.01 && forwardM >= 1.6 && forwardM <= 16,
      ),
  )
})

test('shows nothing when it cannot know, and says why', (t) => {
  t.is(whyOf(step(undefined, here(0, 10), 0).arrow), 'shown')
  t.is(whyOf(step(undefined, here(0, 10, { radiusM: 16 }), 0).arrow), 'vague-position')
  t.is(whyOf(step(undefined, here(0, 10, { headingSigmaRad: 0.8 }), 0).arrow), 'vague-heading')
  const blind = { levelId: levelIds[0]!, x: 0, y: 10, radiusM: 3 }
  t.is(whyOf(step(undefined, blind, 0).arrow), 'no-heading')
  t.is(whyOf(step(undefined, here(40, 5), 0).arrow), 'off-route')
  t.is(whyOf(step(undefined, here(9.5, 60.5), 0, 95).arrow), 'ride')
  t.is(whyOf(step(undefined, here(8.8, 89, { levelId: levelIds[1]! }), 0, 100).arrow), 'arrived')
})

test('does not flicker between shown and hidden where the doubt is near its limit', (t) => {
  let state: ArState | undefined
  const shown: boolean[] = []
  for (const [i, sigma] of [18, 25, 21, 28, 22, 35, 25, 22, 19, 25].entries()) {
    const next = step(state, here(0, 10, { headingSigmaRad: sigma * degree }), i * 100)
    state = next.state
    shown.push(next.arrow.isShown)
  }
  t.deepEqual(shown, [true, true, true, true, true, false, false, false, true, true])
})
