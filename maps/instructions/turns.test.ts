import test from 'ava'
import { demoMall } from '../demo/index.ts'
import { destinationsOf } from '../directory/index.ts'
import type { Xy } from '../model/index.ts'
import { buildRoutingTables, profiles, Router } from '../routes/index.ts'
import type { Leg, Route } from '../routes/index.ts'
import { seededBelow } from '../routes/testing/real-mall.ts'
import { Instructor } from './index.ts'
import type { Side, Turn } from './index.ts'

const archive = demoMall()
const tables = buildRoutingTables(archive, destinationsOf(archive))
const instructor = new Instructor(tables)

const routes = (() => {
  const router = Router.of(tables)
  const below = seededBelow(5)
  return Array.from({ length: 300 }, (_, k) => {
    const [from, to] = [
      tables.places[below(tables.places.length)]!,
      tables.places[below(tables.places.length)]!,
    ]
    return router.route({ from: { place: from.id }, to: { place: to.id }, profile: profiles[k % 4]! })
  }).flatMap((route) => ('refused' in route ? [] : [route]))
})()

/** Degrees that somebody turns to the left who comes from a over b and goes to c. */
function leftTurn(a: Xy, b: Xy, c: Xy): number {
  const rad = Math.atan2(c.y - b.y, c.x - b.x) - Math.atan2(b.y - a.y, b.x - a.x)
  return (((((rad * 180) / Math.PI + 540) % 360) + 360) % 360) - 180
}

/** The point so many metres along the walk of a leg. */
function along(points: readonly Xy[], metres: number): Xy {
  let restM = metres
  for (let k = 1; k < points.length; k++) {
    const [a, b] = [points[k - 1]!, points[k]!]
    const m = Math.hypot(b.x - a.x, b.y - a.y)
    if (restM <= m) return { x: a.x + ((b.x - a.x) * restM) / m, y: a.y + ((b.y - a.y) * restM) / m }
    restM -= m
  }
  return points[points.length - 1]!
}

test('a turn that is said is the turn that the path takes', (t) => {
  let seen = 0
  for (const route of routes) {
    let startM = 0
    for (const leg of route.legs) {
      if (leg.kind === 'ride') continue
      const { points, lengthM } = leg
      const own = instructor
        .stepsOf(route, 'en')
        .filter(({ kind, alongM }) => kind === 'turn' && alongM > startM && alongM < startM + lengthM)
      for (const { turn, thenTurn, alongM, text, headingRad } of own) {
        if (thenTurn !== undefined || (turn !== 'left' && turn !== 'right')) continue
        // From well before the bends that make up the turn to well after them.
        const at = alongM - startM
        const [a, b] = [along(points, at - 12), along(points, at - 8)]
        if (at < 14 || lengthM - at < 4) continue
        const c = { x: b.x + Math.sin(headingRad!), y: b.y + Math.cos(headingRad!) }
        const degrees = leftTurn(a, b, c)
        // An earlier bend within these metres may have turned the walker already.
        if (Math.abs(degrees) < 30 || Math.abs(degrees) > 150) continue
        t.is(turn, degrees > 0 ? 'left' : 'right', text)
        t.true(text.toLowerCase().includes(`turn ${turn}`))
        seen++
      }
      startM += lengthM
    }
  }
  t.log(`${seen} turns`)
  t.true(seen > 100)
})

test('the destination is said to be on the side on which its door is', (t) => {
  let seen = 0
  for (const route of routes) {
    const last = route.legs[route.legs.length - 1]!
    const arrival = instructor.stepsOf(route, 'zh').find(({ kind }) => kind === 'arrive')!
    if (last.kind !== 'walk' || last.points.length < 3 || arrival.side === undefined) continue
    const [from, outside, door] = last.points.slice(-3)
    const degrees = leftTurn(from!, outside!, door!)
    const size = Math.abs(degrees)
    const wanted = size <= 35 ? 'ahead' : size >= 150 ? 'behind' : degrees > 0 ? 'left' : 'right'
    t.is(arrival.side, wanted)
    const told = { left: '左手边', right: '右手边', ahead: '前方', behind: '身后' }
    t.true(arrival.text.includes(told[wanted]))
    seen++
  }
  t.true(seen > 200)
})

const mirroredTurn: Readonly<Record<Turn, Turn>> = {
  straight: 'straight',
  left: 'right',
  right: 'left',
  'slight-left': 'slight-right',
  'slight-right': 'slight-left',
  back: 'back',
}
const mirroredSide: Readonly<Record<Side, Side>> = {
  left: 'right',
  right: 'left',
  ahead: 'ahead',
  behind: 'behind',
}

test('seen in a mirror every left is a right, and nothing else changes', (t) => {
  const flip = <Point extends Xy>(point: Point): Point => ({ ...point, x: -point.x })
  const flipLeg = (leg: Leg): Leg =>
    leg.kind === 'walk'
      ? { ...leg, points: leg.points.map(flip) }
      : { ...leg, from: flip(leg.from), to: flip(leg.to) }
  const mirrored = new Instructor({
    ...tables,
    doors: tables.doors.map((door) => ({ ...flip(door), outsideX: -door.outsideX })),
  })
  // Who turns on the spot may do so either way.
  const isFolded = (leg: Leg) =>
    leg.kind === 'walk' &&
    leg.points.some(
      (b, k, all) => k > 0 && k + 1 < all.length && Math.abs(leftTurn(all[k - 1]!, b, all[k + 1]!)) > 179.9,
    )
  const plain = routes.filter(({ legs }) => !legs.some(isFolded))
  t.log(`${plain.length} of ${routes.length} routes`)
  t.true(plain.length > 200)
  for (const route of plain) {
    const flipped: Route = {
      ...route,
      from: flip(route.from),
      to: flip(route.to),
      legs: route.legs.map(flipLeg),
    }
    const steps = instructor.stepsOf(route, 'en')
    const seen = mirrored.stepsOf(flipped, 'en')
    const pick = ({ kind, turn, thenTurn, side, landmark }: (typeof steps)[number]) => ({
      kind,
      turn,
      thenTurn,
      side,
      place: landmark?.place,
      landmarkSide: landmark?.side,
    })
    t.deepEqual(
      seen.map(pick),
      steps.map((step) => {
        const { turn, thenTurn, side, landmarkSide, ...same } = pick(step)
        return {
          ...same,
          turn: turn && mirroredTurn[turn],
          thenTurn: thenTurn && mirroredTurn[thenTurn],
          side: side && mirroredSide[side],
          landmarkSide: landmarkSide && mirroredSide[landmarkSide],
        }
      }),
    )
  }
})
