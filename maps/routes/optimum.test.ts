import test from 'ava'
import type { ExecutionContext } from 'ava'
import fc from 'fast-check'
import { demoMall } from '../demo/index.ts'
import { destinationsOf } from '../directory/index.ts'
import type { Archive, Destination } from '../model/index.ts'
import { floorsOf } from '../walkable/index.ts'
import { buildRoutingTables } from './build-tables.ts'
import { profileRules } from './profiles.ts'
import { Router } from './router.ts'
import { asciiVenue } from './testing/ascii-venue.ts'
import { randomPlans } from './testing/random-plans.ts'
import { realMall, seededBelow } from './testing/real-mall.ts'
import { VisibilityOracle } from './testing/visibility-oracle.ts'

/** A way may be longer than the optimum by this much: the bare one, and the natural one that is drawn. */
const mostBare = 0.005
const mostNatural = 0.04
/** The oracle's walls are a little further from the real ones than those that block the router's view. */
const mostShorter = 0.001

interface Excess {
  /** Of what the search made least, by route. */
  readonly cost: number[]
  /** Of metres, by route that stays on its level: the bare way and the natural one. */
  readonly bare: number[]
  readonly natural: number[]
}

/** By how much routes exceed the optimum, from some places to some others. */
function excessOf(
  { tables, router, oracle }: { tables: Router['tables']; router: Router; oracle: VisibilityOracle },
  pairs: readonly { readonly from: number; readonly goals: readonly number[] }[],
): Excess {
  const excess: Excess = { cost: [], bare: [], natural: [] }
  for (const { from, goals } of pairs) {
    const wanted = oracle.costsS(from, goals)
    goals.forEach((to, k) => {
      const request = { from: { place: tables.places[from]!.id }, to: { place: tables.places[to]!.id } }
      const bare = router.route({ ...request, natural: false })
      const natural = router.route(request)
      const bestS = wanted[k]!
      if ('refused' in bare || 'refused' in natural) {
        excess.cost.push(bestS === Infinity ? 0 : Infinity)
        return
      }
      if (bestS === 0) return
      excess.cost.push(bare.costS / bestS - 1)
      if (bare.legs.length > 1) return
      const bestM = bestS * profileRules.fastest.speedMps
      excess.bare.push(bare.lengthM / bestM - 1)
      excess.natural.push(natural.lengthM / bestM - 1)
    })
  }
  return excess
}

function venueOf(archive: Archive, destinations: readonly Destination[]) {
  const tables = buildRoutingTables(archive, destinations)
  return { tables, router: Router.of(tables), oracle: new VisibilityOracle(tables, floorsOf(archive)) }
}

/** From some shops and bays of every level in turn, to some of the whole venue and some of the same level. */
function somePairs(tables: Router['tables'], starts: number, goalsEach: number) {
  const below = seededBelow(41)
  const all = tables.places.flatMap(({ kind }, k) => (kind === 'shop' || kind === 'bay' ? [k] : []))
  return Array.from({ length: starts }, (_, start) => {
    const here = all.filter((place) => tables.places[place]!.level === start % tables.levels.length)
    const from = here[below(here.length)]!
    const goals = Array.from({ length: goalsEach }, (__, k) => {
      const among = k % 2 === 0 ? all : here
      return among[below(among.length)]!
    })
    return { from, goals: goals.filter((place) => place !== from) }
  })
}

function say(t: ExecutionContext, what: string, excess: readonly number[]): void {
  const percent = (share: number) => `${(100 * share).toFixed(3)} %`
  const mean = excess.reduce((sum, each) => sum + each, 0) / excess.length
  const [least, most] = [Math.min(...excess), Math.max(...excess)]
  t.log(`${what}: ${excess.length}, mean ${percent(mean)}, least ${percent(least)}, most ${percent(most)}`)
}

function isOptimal(t: ExecutionContext, { cost, bare, natural }: Excess): void {
  t.true(Math.max(...cost, ...bare) <= mostBare)
  t.true(Math.min(...cost, ...bare) >= -mostShorter)
  t.true(Math.max(...natural) <= mostNatural)
}

test('ways of the demo mall are the shortest there are, and natural ones hardly longer', (t) => {
  const whole = demoMall()
  // Two storeys hold every kind of thing that stands in the way; the oracle takes its time.
  const level = whole.features.level.filter(({ properties: { ordinal } }) => ordinal === 0 || ordinal === 1)
  const archive = { ...whole, features: { ...whole.features, level } }
  const venue = venueOf(archive, destinationsOf(archive))
  const excess = excessOf(venue, somePairs(venue.tables, 16, 16))
  say(t, 'cost', excess.cost)
  say(t, 'metres on one level', excess.bare)
  say(t, 'natural metres', excess.natural)
  t.true(excess.cost.length > 200 && excess.bare.length > 100)
  isOptimal(t, excess)
})

test('ways of the real mall are the shortest there are, and natural ones hardly longer', (t) => {
  const mall = realMall()
  if (!mall) {
    t.log('ATRIUM_REAL_MALL is not set: the length of routes in the real mall was not tried')
    return t.pass()
  }
  const venue = venueOf(mall.archive, mall.destinations)
  const excess = excessOf(venue, somePairs(venue.tables, 20, 24))
  say(t, 'cost', excess.cost)
  say(t, 'metres on one level', excess.bare)
  say(t, 'natural metres', excess.natural)
  t.true(excess.cost.length > 400 && excess.bare.length > 200)
  isOptimal(t, excess)
})

test('ways of any venue are the shortest there are, and natural ones hardly longer', (t) => {
  let ways = 0
  fc.assert(
    fc.property(randomPlans, randomPlans, (lower, upper) => {
      const { archive, destinations } = asciiVenue({ F1: lower, F2: upper })
      const venue = venueOf(archive, destinations)
      const places = [...venue.tables.places.keys()]
      const excess = excessOf(
        venue,
        places.map((from) => ({ from, goals: places.filter((to) => to !== from) })),
      )
      ways += excess.cost.length
      isOptimal(t, excess)
    }),
    { numRuns: 25, seed: 8 },
  )
  t.log(`${ways} ways`)
  t.true(ways > 500)
})
