import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { demoMall } from '../demo/index.ts'
import { destinationsOf } from '../directory/index.ts'
import { buildRoutingTables, profiles, Router } from '../routes/index.ts'
import type { Route } from '../routes/index.ts'
import { realMall, seededBelow } from '../routes/testing/real-mall.ts'
import { instructionLanguages, Instructor, placeName, summaryOf } from './index.ts'
import type { InstructionLanguage } from './index.ts'

const archive = demoMall()
const tables = buildRoutingTables(archive, destinationsOf(archive))
const router = Router.of(tables)
const instructor = new Instructor(tables)

/** Twenty routes between shops, bays and facilities, the same ones every time. */
function twenty(of: Router): Route[] {
  const below = seededBelow(12)
  const { places } = of.tables
  const shops = places.filter(({ kind }) => kind === 'shop')
  const routes: Route[] = []
  while (routes.length < 20) {
    const from = (routes.length % 4 === 3 ? places : shops)[below(shops.length)]!
    const to = (routes.length % 3 === 2 ? places : shops)[below(shops.length)]!
    const profile = routes.length % 5 === 4 ? 'step-free' : 'fastest'
    const route = of.route({ from: { place: from.id }, to: { place: to.id }, profile })
    if (!('refused' in route) && from !== to) routes.push(route)
  }
  return routes
}

function told(by: Instructor, routes: readonly Route[], language: InstructionLanguage): string {
  return routes
    .map((route) => {
      const [from, to] = [route.from, route.to].map(({ place }) => (place ? placeName(place, language) : ''))
      const head = `${from} → ${to} (${route.levels.join(' ')}, ${summaryOf(route, language)})`
      return [head, ...by.stepsOf(route, language).map(({ text }, k) => `  ${k + 1}. ${text}`)].join('\n')
    })
    .join('\n\n')
}

/** Compares with the text that was read and approved; `ATRIUM_WRITE_GOLDEN=1` approves the new one. */
function checkApproved(t: ExecutionContext, name: string, text: string): void {
  const file = new URL(`golden/${name}.txt`, import.meta.url)
  if (process.env.ATRIUM_WRITE_GOLDEN === '1') writeFileSync(file, text)
  t.true(existsSync(file), 'read the new text aloud, then run with ATRIUM_WRITE_GOLDEN=1')
  t.is(text, readFileSync(file, 'utf8'))
}

/** The text with a number for every place in the order in which they are named. */
function withoutNames(text: string, names: readonly string[]): string {
  const longestFirst = [...new Set(names)].filter(Boolean).sort((a, b) => b.length - a.length)
  const escaped = longestFirst.map((name) => name.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
  const numbers = new Map<string, number>()
  return text.replace(new RegExp(`(?<![a-z])(?:${escaped.join('|')})(?![a-z])`, 'gi'), (name) => {
    const key = name.toLowerCase()
    if (!numbers.has(key)) numbers.set(key, numbers.size + 1)
    return `‹${String(numbers.get(key))}›`
  })
}

for (const language of instructionLanguages) {
  test(`twenty routes of the demo mall read as they were approved (${language})`, (t) => {
    checkApproved(t, `demo-mall.${language}`, `${told(instructor, twenty(router), language)}\n`)
  })
}

/** What holds for the instructions of any route. */
function check(
  t: { true: (value: boolean, message?: string) => unknown },
  by: Instructor,
  route: Route,
): void {
  for (const language of instructionLanguages) {
    const steps = by.stepsOf(route, language)
    const story = steps.map(({ text }) => text).join('\n')
    const last = steps[steps.length - 1]!
    t.true(last.kind === 'arrive')
    t.true(steps.filter(({ kind }) => kind === 'arrive').length === 1)
    for (const { text } of steps) t.true(text.length > 1 && !/undefined|NaN|\d{4,} (m|米)/.test(text), story)
    const rides = route.legs.filter(({ kind }) => kind === 'ride').length
    t.true(steps.filter(({ kind }) => kind === 'ride').length === rides, story)
    const own = [route.from.place?.id, route.to.place?.id]
    t.true(
      steps.every(({ landmark }) => !own.includes(landmark?.place)),
      story,
    )
    t.true(
      steps.every(({ alongM }, k) => k === 0 || alongM >= steps[k - 1]!.alongM),
      story,
    )
    const sum = (of: (step: (typeof steps)[number]) => number) =>
      steps.reduce((all, each) => all + of(each), 0)
    t.true(Math.abs(sum(({ lengthM }) => lengthM) - route.lengthM) < 1e-6, story)
    t.true(Math.abs(sum(({ seconds }) => seconds) - route.seconds) < 1e-6, story)
  }
}

test('every route of the demo mall is told whole, without its own ends as landmarks', (t) => {
  const below = seededBelow(77)
  const { places } = tables
  for (let k = 0; k < 300; k++) {
    const [from, to] = [places[below(places.length)]!, places[below(places.length)]!]
    const route = router.route({ from: { place: from.id }, to: { place: to.id }, profile: profiles[k % 4]! })
    if (!('refused' in route)) check(t, instructor, route)
  }
})

test('who is there already is told so, and nobody is sent out of a door to come back in', (t) => {
  const [shop, other] = tables.places.filter(({ kind }) => kind === 'shop')
  const there = router.route({ from: { place: shop!.id }, to: { place: shop!.id } })
  if ('refused' in there) return t.fail(there.refused)
  t.deepEqual([there.lengthM, there.seconds, there.legs.length], [0, 0, 1])
  const name = placeName(shop!, 'zh')
  const words = (route: Route) => instructor.stepsOf(route, 'zh').map(({ kind, text }) => [kind, text])
  t.deepEqual(words(there), [['arrive', `到了，这里就是${name}`]])
  // To the very lift by which one comes, and on by the one at whose door one is.
  const lift = tables.connectors.find(({ kind }) => kind === 'lift')!
  const level = tables.levels.findIndex((_, index) => index !== other!.level && lift.stops[index])
  const goal = tables.places.find((place) => lift.ids.includes(place.id) && place.level === level)
  t.truthy(goal)
  for (const [from, to] of [
    [other!, goal!],
    [goal!, other!],
  ] as const) {
    const without = tables.connectors.flatMap(({ id }) => (id === lift.id ? [] : [id]))
    const route = router.route({ from: { place: from.id }, to: { place: to.id }, without })
    if ('refused' in route) return t.fail(route.refused)
    const walked = route.legs.map((leg) => (leg.kind === 'walk' ? leg.lengthM : NaN))
    t.is(from === goal ? walked[0] : walked[walked.length - 1], 0)
    t.true(route.legs.every((leg) => leg.kind === 'ride' || leg.points.length >= 2))
    const [first] = words(route)
    if (from === goal) t.is(first![0], 'ride')
    else t.regex(instructor.stepsOf(route, 'en').pop()!.text, /^You are at /)
  }
})

test('a way through the open begins towards something, and a shut shop is told first', (t) => {
  const shop = tables.places.find(({ kind }) => kind === 'shop')!
  const name = tables.levels[shop.level]!.name
  const door = tables.doors[shop.doors[0]!]!
  const shut = {
    ...tables,
    places: tables.places.map((place) => (place === shop ? { ...shop, hours: 'Mo-Su 10:00-11:00' } : place)),
  }
  const route = Router.of(shut).route({
    from: { level: name, x: door.outsideX, y: door.outsideY },
    to: { place: shop.id },
    at: { weekday: 0, minute: 0 },
  })
  if ('refused' in route) return t.fail(route.refused)
  const steps = new Instructor(shut).stepsOf(route, 'zh')
  t.is(steps[0]!.kind, 'notice')
  t.true(steps[0]!.text.includes('打烊'))
})

test('twenty routes of the real mall are told whole and as they were approved', (t) => {
  const real = realMall()
  if (!real) {
    t.log('ATRIUM_REAL_MALL is not set: instructions of the real mall were not tried')
    return t.pass()
  }
  const realTables = buildRoutingTables(real.archive, real.destinations)
  const realInstructor = new Instructor(realTables)
  const routes = twenty(Router.of(realTables))
  for (const route of routes) check(t, realInstructor, route)
  for (const language of instructionLanguages) {
    const text = told(realInstructor, routes, language)
    // For reading aloud; the mall's names stay out of the repository.
    if (process.env.ATRIUM_PRINT_ROUTES === '1') t.log(text)
    const names = realTables.places.flatMap((place) =>
      place.kind === 'shop' ? [placeName(place, language)] : [],
    )
    checkApproved(t, `real-mall.${language}`, `${withoutNames(text, names)}\n`)
  }
})
