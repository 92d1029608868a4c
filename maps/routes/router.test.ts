import test from 'ava'
import { destinationsOf } from '../directory/index.ts'
import { tinyArchive, tinyId, tinyLonLat } from '../testing/tiny-archive.ts'
import { buildRoutingTables } from './build-tables.ts'
import { decodeRoutingTables, encodeRoutingTables, tablesFormat } from './encode-tables.ts'
import { itineraryOf } from './itinerary.ts'
import { progressOn } from './progress.ts'
import { roundCorners } from './round-corners.ts'
import { profiles } from './profiles.ts'
import type { Route, RouteAnswer } from './route.ts'
import { Router } from './router.ts'
import { asciiVenue } from './testing/ascii-venue.ts'

const twoFloors = {
  F1: `
    AAAABBBBCCCCLL
    AAAABBBBCCCCLL
    ..............
    ..............
    ....~~~~~~....
    ....~~~~~~....
    EEE.~~~~~~.SSS
    ..............
    ..............
    DDDDDDww..MMGG
    DDDDDDww..MMGG`,
  F2: `
    HHHHHHHHHHHHLL
    HHHHHHHHHHHHLL
    ..............
    ..............
    ....~~~~~~....
    ....~~~~~~....
    EEE.~~~~~~.SSS
    ..............
    ..............
    IIIIIIJJJJMMKK
    IIIIIIJJJJMMKK`,
}

const plain = asciiVenue(twoFloors)
const tables = buildRoutingTables(plain.archive, plain.destinations)
const router = Router.of(tables)

/** The place of a shop by its letter. */
const shop = (letter: string) => ({ place: tables.places.find(({ name }) => name.en === letter)!.id })

const way = (answer: RouteAnswer): Route => {
  if ('refused' in answer) throw new Error(`${answer.refused} ${JSON.stringify(answer.facts)}`)
  return answer
}

const ridden = (route: Route, by: Router = router) =>
  route.legs.flatMap((leg) => (leg.kind === 'ride' ? [by.tables.connectors[leg.connector]!.kind] : []))

test('a route begins at the door it leaves by and ends at the door it enters', (t) => {
  const route = way(router.route({ from: shop('A'), to: shop('D') }))
  const points = route.legs.flatMap((leg) => (leg.kind === 'walk' ? leg.points : []))
  t.deepEqual(points[0], { x: route.from.x, y: route.from.y })
  t.deepEqual(points[points.length - 1], { x: route.to.x, y: route.to.y })
  t.true(Math.abs(route.from.y - 18) < 1e-6, 'A opens to the aisle in the south')
  t.true(Math.abs(route.to.y - 4) < 1e-6, 'D opens to the aisle in the north')
  t.deepEqual(route.levels, ['F1'])
})

test('each profile keeps to what it allows', (t) => {
  const request = { from: shop('A'), to: shop('H') }
  t.deepEqual(ridden(way(router.route({ ...request, profile: 'step-free' }))), ['lift'])
  t.notDeepEqual(ridden(way(router.route({ ...request, profile: 'avoid-escalators' }))), ['escalator'])
  t.deepEqual(ridden(way(router.route({ from: shop('A'), to: shop('H') }))), ['escalator'])
})

test('an escalator that runs down carries nobody up, until it is turned round', (t) => {
  const venue = asciiVenue(twoFloors, 'down')
  const down = Router.of(buildRoutingTables(venue.archive, venue.destinations))
  const find = (letter: string) => ({ place: down.tables.places.find(({ name }) => name.en === letter)!.id })
  t.notDeepEqual(ridden(way(down.route({ from: find('A'), to: find('H') })), down), ['escalator'])
  t.deepEqual(ridden(way(down.route({ from: find('H'), to: find('A') })), down), ['escalator'])
  const { id } = down.tables.connectors.find(({ kind }) => kind === 'escalator')!
  const turned = down.withClosures([{ kind: 'direction', id, direction: 'up' }])
  t.deepEqual(ridden(way(turned.route({ from: find('A'), to: find('H') })), down), ['escalator'])
  t.notDeepEqual(ridden(way(turned.route({ from: find('H'), to: find('A') })), down), ['escalator'])
})

test('a closed corridor is walked round, a closed ring is refused, and opening it brings the way back', (t) => {
  const request = { from: shop('A'), to: shop('C') }
  const before = way(router.route(request))
  const wall = (from: number, to: number) =>
    ({
      kind: 'area',
      level: 'F1',
      ring: [
        { x: 13, y: from },
        { x: 14, y: from },
        { x: 14, y: to },
        { x: 13, y: to },
      ],
    }) as const
  const detour = way(router.withClosures([wall(13, 19)]).route({ ...request, natural: false }))
  t.true(detour.lengthM > before.lengthM + 10)
  for (const leg of detour.legs) {
    if (leg.kind !== 'walk') continue
    leg.points.slice(1).forEach((b, i) => {
      const a = leg.points[i]!
      const y = a.x === b.x ? a.y : a.y + ((13.5 - a.x) / (b.x - a.x)) * (b.y - a.y)
      const isAcross = Math.min(a.x, b.x) < 13.5 && Math.max(a.x, b.x) > 13.5
      if (isAcross) t.true(y < 13, `crosses the closed area at ${y}`)
    })
  }
  const ring = router.withClosures([wall(13, 19), wall(3, 11)])
  const throughF2 = way(ring.route(request))
  t.deepEqual(throughF2.levels, ['F1', 'F2', 'F1'], 'round by the upper level')
  const isolated = router.withClosures([
    wall(13, 19),
    wall(3, 11),
    ...tables.connectors.map(({ id }) => ({ kind: 'connector' as const, id })),
  ])
  t.like(isolated.route(request), { refused: 'no-way' })
  t.deepEqual(way(isolated.withClosures([]).route(request)), before)
})

test('a locked door lets nobody into its shop, nor onto the lift behind it', (t) => {
  const lift = tables.connectors.find(
    ({ id }) => id === way(router.route(upstairs)).legs.flatMap(liftIds)[0],
  )!
  const upper = lift.stops[1]!.doors[0]!
  const [entered] = tables.places.find(({ name }) => name.en === 'D')!.doors
  const doors = tables.doors.map((door, index) => {
    if (index === upper) return { ...door, openingId: 'lift door' }
    return index === entered ? { ...door, openingId: 'shop door' } : door
  })
  const drawn = Router.of({ ...tables, doors })
  t.true(way(drawn.route(upstairs)).legs.flatMap(liftIds).includes(lift.id))
  const locked = drawn.withClosures([{ kind: 'door', id: 'lift door' }])
  t.deepEqual(locked.unknownClosures, [])
  for (const profile of profiles) {
    for (const request of [upstairs, { from: upstairs.to, to: upstairs.from }]) {
      t.false(
        way(locked.route({ ...request, profile }))
          .legs.flatMap(liftIds)
          .includes(lift.id),
        profile,
      )
    }
  }
  const shut = drawn.withClosures([{ kind: 'door', id: 'shop door' }])
  t.like(shut.route({ from: shop('A'), to: shop('D') }), { refused: 'no-way' })
  t.is(way(drawn.route({ from: shop('A'), to: shop('D') })).levels.length, 1)
})

const upstairs = { from: shop('C'), to: shop('H'), profile: 'step-free' } as const
const liftIds = (leg: Route['legs'][number]) =>
  leg.kind === 'ride' ? [tables.connectors[leg.connector]!.id] : []

test('a hall of two hundred doors is left by the right one, asked again too', (t) => {
  const [near] = tables.places.find(({ name }) => name.en === 'A')!.doors
  const [far] = tables.places.find(({ name }) => name.en === 'K')!.doors
  const places = tables.places.map((place) =>
    place.name.en === 'I' ? { ...place, doors: [...Array.from({ length: 200 }, () => far!), near!] } : place,
  )
  const hall = Router.of({ ...tables, places })
  const request = { from: shop('I'), to: shop('B') }
  const first = way(hall.route(request))
  t.deepEqual(first.levels, ['F1'])
  t.deepEqual(hall.route(request), first)
})

test('closures that name nothing or are no shape are reported, not swallowed', (t) => {
  const corner = { x: 3, y: 3 }
  const ring = [corner, { x: 6, y: 3 }, { x: 6, y: 6 }]
  const odd = [
    { kind: 'connector', id: 'nobody' },
    { kind: 'direction', id: 'nobody', direction: 'up' },
    { kind: 'door', id: 'nobody' },
    { kind: 'area', level: 'F9', ring },
    { kind: 'area', level: 'F1', ring: ring.slice(1) },
    { kind: 'area', level: 'F1', ring: [...ring, { x: NaN, y: 6 }] },
    { kind: 'area', level: 'F1', ring: [...ring, { x: 3, y: Infinity }] },
  ] as const
  const same = router.withClosures(odd)
  t.deepEqual(same.unknownClosures, odd)
  const request = { from: shop('A'), to: shop('K') }
  t.deepEqual(same.route(request), router.route(request))
})

test('shut connectors are not taken at night, and a shut shop is told', (t) => {
  const hours = 'Mo-Su 10:00-22:00'
  const places = tables.places.map((place) => (place.name.en === 'H' ? { ...place, hours } : place))
  const connectors = tables.connectors.map((each) => (each.kind === 'escalator' ? { ...each, hours } : each))
  const timed = Router.of({ ...tables, places, connectors })
  const request = { from: shop('A'), to: shop('H') }
  const day = way(timed.route({ ...request, at: { weekday: 2, minute: 12 * 60 } }))
  t.deepEqual(ridden(day), ['escalator'])
  t.is(day.isOpenOnArrival, true)
  const night = way(timed.route({ ...request, at: { weekday: 2, minute: 23 * 60 } }))
  t.notDeepEqual(ridden(night), ['escalator'])
  t.is(night.isOpenOnArrival, false)
})

test('the nearest of a kind is the one that is nearest to walk to', (t) => {
  const route = way(router.route({ from: shop('K'), to: { nearest: 'restroom' } }))
  t.is(route.to.place?.category, 'restroom')
  t.is(tables.levels[route.to.level]!.name, 'F1')
  t.like(router.route({ from: shop('K'), to: { nearest: 'cinema' } }), { refused: 'nothing-of-that-kind' })
})

test('the nearest of a kind is one that is open, unless all are shut', (t) => {
  const places = tables.places.map((place) =>
    place.category === 'restroom' ? { ...place, hours: 'Mo-Su 10:00-22:00' } : place,
  )
  const far = { ...places.find(({ name }) => name.en === 'K')!, id: 'far', category: 'restroom' }
  const timed = Router.of({ ...tables, places: [...places, far] })
  const request = { from: shop('D'), to: { nearest: 'restroom' } }
  const night = { weekday: 2, minute: 23 * 60 }
  t.not(way(timed.route({ ...request, at: { weekday: 2, minute: 720 } })).to.place?.id, 'far')
  t.is(way(timed.route({ ...request, at: night })).to.place?.id, 'far')
  t.not(way(timed.route(request)).to.place?.id, 'far')
  const shut = way(Router.of({ ...tables, places }).route({ ...request, at: night }))
  t.is(shut.isOpenOnArrival, false)
})

test('at night the nearest way out is an entrance that is open, and a shut one is told to be shut', (t) => {
  const tiny = tinyArchive()
  const [first, second] = tiny.features.amenity
  const entry = (feature: typeof first, x: number, hours: string | null) => ({
    ...feature!,
    geometry: { type: 'Point' as const, coordinates: tinyLonLat(x, 10) },
    properties: { ...feature!.properties, category: 'entry', unit_ids: [tinyId('unit F1 corridor')], hours },
  })
  const amenity = [entry(first, 3, 'Mo-Su 10:00-22:00'), entry(second, 30, null)]
  const archive = { ...tiny, features: { ...tiny.features, amenity } }
  const mall = Router.of(buildRoutingTables(archive, destinationsOf(archive)))
  const from = { level: 'F1', x: 10, y: 10 }
  const out = (minute: number) => {
    const route = way(mall.route({ from, to: { nearest: 'entrance' }, at: { weekday: 2, minute } }))
    return [route.to.place?.id, route.isOpenOnArrival]
  }
  t.deepEqual(out(12 * 60), [first!.id, true])
  t.deepEqual(out(23 * 60), [second!.id, undefined])
  const shut = way(mall.route({ from, to: { place: first!.id }, at: { weekday: 2, minute: 1380 } }))
  t.is(shut.isOpenOnArrival, false)
})

test('other ways do without what the ones before them ride', (t) => {
  const found = router.alternatives({ from: shop('A'), to: shop('H') }, 4)
  const used = found.flatMap((route) =>
    route.legs.flatMap((leg) => (leg.kind === 'ride' ? [leg.connector] : [])),
  )
  t.true(found.length >= 3)
  t.is(new Set(used).size, used.length)
  t.deepEqual(
    [...found].sort((a, b) => a.costS - b.costS),
    found,
  )
})

test('a point in a shop leaves by its door, one beside a wall stays where it is, one in a void is told off', (t) => {
  const inside = way(router.route({ from: plain.at('F1', 1, 0), to: shop('D') }))
  const first = inside.legs[0]!
  t.is(first.kind, 'walk')
  if (first.kind === 'walk') t.deepEqual(first.points[0], { x: 3, y: 21 })
  t.is(inside.from.gapM, 0)
  const beside = way(router.route({ from: { level: 'F1', x: 9.02, y: 17.9 }, to: shop('D') }))
  t.is(beside.from.gapM, 0)
  t.deepEqual([beside.from.x, beside.from.y], [9.02, 17.9])
  const inVoid = way(router.route({ from: plain.at('F1', 6, 5), to: shop('D') }))
  t.true(inVoid.from.gapM > 1)
  t.like(router.route({ from: { level: 'F1', x: 900, y: 5 }, to: shop('D') }), { refused: 'not-walkable' })
  t.like(router.route({ from: { level: 'F9', x: 9, y: 5 }, to: shop('D') }), { refused: 'unknown-level' })
  t.like(router.route({ from: { place: 'x' }, to: shop('D') }), { refused: 'unknown-place' })
  for (const x of [NaN, Infinity, -1e30]) {
    t.like(router.route({ from: { level: 'F1', x, y: 5 }, to: shop('D') }), { refused: 'not-walkable' })
  }
})

test('the order of several stops is the best of all orders', (t) => {
  const letters = ['G', 'B', 'K', 'D', 'J']
  const stops = letters.map(shop)
  const plan = itineraryOf(router, { from: shop('A'), stops, to: shop('C') })
  if ('refused' in plan) return t.fail(plan.refused)
  const cost = (order: readonly number[]) =>
    [shop('A'), ...order.map((k) => stops[k]!), shop('C')].reduce(
      (sum, spot, k, all) => (k === 0 ? 0 : sum + router.costS({ from: all[k - 1]!, to: spot })),
      0,
    )
  const orders = (rest: readonly number[]): number[][] =>
    rest.length === 0 ? [[]] : rest.flatMap((k) => orders(rest.filter((o) => o !== k)).map((o) => [k, ...o]))
  const least = Math.min(...orders([0, 1, 2, 3, 4]).map(cost))
  t.true(Math.abs(cost(plan.order) - least) < 1e-3)
  t.is(plan.routes.length, 6)
  t.like(itineraryOf(router, { from: shop('A'), stops: Array.from({ length: 13 }, () => shop('B')) }), {
    refused: 'too-many-stops',
  })
})

test('on a round of several stops each is asked whether it is open when one gets there', (t) => {
  const hours = 'Mo-Su 10:00-22:00'
  const timed = Router.of({ ...tables, places: tables.places.map((place) => ({ ...place, hours })) })
  const stops = ['G', 'B', 'K', 'D', 'J', 'H', 'C'].map(shop)
  const at = { weekday: 6, minute: 21 * 60 + 59 }
  const plan = itineraryOf(timed, { from: shop('A'), stops, to: shop('A'), at })
  if ('refused' in plan) return t.fail(plan.refused)
  const arrivals = plan.routes.reduce<number[]>(
    (all, { seconds }) => [...all, (all[all.length - 1] ?? 0) + seconds],
    [],
  )
  t.true(plan.seconds > 120)
  // To the minute: what is reached within one minute is open, what after two is shut.
  plan.routes.forEach(({ isOpenOnArrival }, k) => {
    if (arrivals[k]! < 60) t.true(isOpenOnArrival)
    if (arrivals[k]! >= 120) t.false(isOpenOnArrival)
  })
})

test('the encoded tables answer like the ones they came from', (t) => {
  const decoded = decodeRoutingTables(encodeRoutingTables(tables, 'v7'))
  if ('refused' in decoded) return t.fail(decoded.refused)
  t.is(decoded.version, 'v7')
  const again = Router.of(decoded.tables)
  for (const [from, to] of ['AD', 'AH', 'KB', 'JG'].map(
    (pair) => [shop(pair[0]!), shop(pair[1]!)] as const,
  )) {
    const one = way(router.route({ from, to }))
    const other = way(again.route({ from, to }))
    t.true(Math.abs(one.lengthM - other.lengthM) < 0.01)
    t.deepEqual(other.levels, one.levels)
  }
})

test('a file of another format, half a file and no file are refused', (t) => {
  const text = encodeRoutingTables(tables, 'v7')
  const parts = JSON.parse(text) as Record<string, unknown>
  const newer = decodeRoutingTables(JSON.stringify({ ...parts, format: tablesFormat + 1 }))
  t.deepEqual(newer, {
    refused: 'unknown-format',
    facts: { format: String(tablesFormat + 1), known: String(tablesFormat) },
  })
  for (const odd of ['<html>', 'null', '[]', '{}', '', text.slice(0, 5000), '{"format":1}']) {
    t.like(decodeRoutingTables(odd), { refused: 'not-tables' }, odd.slice(0, 20))
  }
  for (const part of ['levels', 'units', 'doors', 'places', 'connectors', 'networks']) {
    const answer = decodeRoutingTables(JSON.stringify({ ...parts, [part]: null }))
    t.deepEqual(answer, { refused: 'not-tables', facts: { reason: `no ${part}` } })
  }
  t.like(decodeRoutingTables(JSON.stringify({ ...parts, networks: [] })), { refused: 'not-tables' })
})

test('a venue with nothing in it, and a level without units, are answered and not fallen over', (t) => {
  const bare = { ...plain.archive, features: { ...plain.archive.features, level: [], unit: [] } }
  const nothing = Router.of(buildRoutingTables(bare, []))
  t.like(nothing.route({ from: { place: 'x' }, to: { nearest: 'shop' } }), { refused: 'unknown-place' })
  const point = { level: 'F1', x: 3, y: 3 }
  t.like(nothing.route({ from: point, to: point }), { refused: 'unknown-level' })
  const units = { ...plain.archive, features: { ...plain.archive.features, unit: [] } }
  const empty = Router.of(buildRoutingTables(units, plain.destinations))
  t.is(way(empty.route({ from: point, to: { ...point, x: 23 } })).lengthM, 20)
  t.like(empty.route({ from: point, to: { ...point, level: 'F2' } }), { refused: 'no-way' })
})

test('walking along a route counts down to nothing, and leaving it is noticed', (t) => {
  const route = way(router.route({ from: shop('A'), to: shop('K') }))
  let sinceM = 0
  for (const leg of route.legs) {
    if (leg.kind !== 'walk') continue
    for (const { x, y } of leg.points) {
      const progress = progressOn(route, { level: leg.level, x, y, radiusM: 3 }, sinceM)
      t.false(progress.isOff)
      t.true(progress.alongM >= sinceM - 1e-6)
      sinceM = progress.alongM
    }
  }
  t.true(Math.abs(sinceM - route.lengthM) < 0.01)
  t.true(
    progressOn(route, { level: route.to.level, x: route.to.x, y: route.to.y, radiusM: 3 }, sinceM)
      .remainingS < 1,
  )
  t.true(progressOn(route, { level: 0, x: 27, y: 21, radiusM: 3 }).isOff)
  t.true(progressOn(route, { level: undefined, x: 3, y: 17, radiusM: 3 }).isOff)
})

test('rounded corners keep both ends and never meet a wall', (t) => {
  const corner = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 10, y: 10 },
  ]
  const free = roundCorners(corner, 2.2, () => true)
  t.deepEqual([free[0], free[free.length - 1]], [corner[0], corner[2]])
  t.true(free.every(({ x, y }) => Math.hypot(x - 10, y) > 0.5))
  t.deepEqual(
    roundCorners(corner, 2.2, () => false),
    corner,
  )
})
