import test from 'ava'
import fc from 'fast-check'
import { ringsContain } from '../geometry/index.ts'
import { buildRoutingTables } from './build-tables.ts'
import { profileRules, profiles } from './profiles.ts'
import type { Route } from './route.ts'
import { Router } from './router.ts'
import { asciiVenue } from './testing/ascii-venue.ts'
import { bruteForceCostS } from './testing/brute-force.ts'
import { randomPlans } from './testing/random-plans.ts'

const cases = fc.record({
  lower: randomPlans,
  upper: randomPlans,
  escalators: fc.constantFrom('up' as const, 'down' as const, undefined),
  profile: fc.constantFrom(...profiles),
  /** Which connectors are closed, bit by index. */
  closed: fc.integer({ min: 0, max: 15 }),
  area: fc.option(
    fc.record({ x: fc.integer({ min: 0, max: 26 }), y: fc.integer({ min: 0, max: 20 }), level: fc.nat(1) }),
  ),
  pick: fc.nat(),
})

test('a route in any venue is a way: it holds together, is open everywhere and costs what Dijkstra says', (t) => {
  let ways = 0
  let refusals = 0
  fc.assert(
    fc.property(cases, ({ lower, upper, escalators, profile, closed, area, pick }) => {
      const venue = asciiVenue({ F1: lower, F2: upper }, escalators)
      const tables = buildRoutingTables(venue.archive, venue.destinations)
      if (tables.places.length < 2) return
      const closedConnectors = new Set(tables.connectors.flatMap((_, k) => ((closed >> k) & 1 ? [k] : [])))
      const ring = area && [
        { x: area.x + 0.3, y: area.y + 0.2 },
        { x: area.x + 2.9, y: area.y + 0.6 },
        { x: area.x + 2.4, y: area.y + 3.1 },
        { x: area.x - 0.2, y: area.y + 2.3 },
      ]
      const closedAreas = tables.levels.map((_, level) => (ring && area.level === level ? [ring] : []))
      const router = Router.of(tables).withClosures([
        ...[...closedConnectors].map((k) => ({ kind: 'connector' as const, id: tables.connectors[k]!.id })),
        ...(ring ? [{ kind: 'area' as const, level: tables.levels[area.level]!.name, ring }] : []),
      ])
      const from = pick % tables.places.length
      const to = (pick >> 8) % tables.places.length
      const request = {
        from: { place: tables.places[from]!.id },
        to: { place: tables.places[to]!.id },
        profile,
      }
      const wantedS = bruteForceCostS({ tables, profile, closed: closedConnectors, closedAreas }, from, to)
      const route = router.route(request)
      if ('refused' in route) {
        t.is(wantedS, Infinity, 'no way where there is one')
        refusals++
        return
      }
      ways++
      const offS = Math.abs(route.costS - wantedS)
      t.true(offS <= wantedS * 0.005 + 1e-3, `costs ${route.costS}, brute force ${wantedS}`)
      holdsTogether(route)
      staysOpen(route)

      function holdsTogether({ legs, from: start, to: end }: Route): void {
        const [first, last] = [legs[0]!, legs[legs.length - 1]!]
        const begin = first.kind === 'walk' ? first.points[0]! : first.from
        const finish = last.kind === 'walk' ? last.points[last.points.length - 1]! : last.to
        t.deepEqual([begin.x, begin.y, finish.x, finish.y], [start.x, start.y, end.x, end.y])
        const isDoor = (place: number, at: { x: number; y: number }) =>
          tables.places[place]!.doors.some(
            (door) => tables.doors[door]!.x === at.x && tables.doors[door]!.y === at.y,
          )
        t.true(isDoor(from, begin) && isDoor(to, finish))
        legs.slice(1).forEach((leg, k) => {
          const before = legs[k]!
          const left = before.kind === 'walk' ? before.points[before.points.length - 1]! : before.to
          const entered = leg.kind === 'walk' ? leg.points[0]! : leg.from
          t.deepEqual([left.x, left.y], [entered.x, entered.y])
        })
      }

      function staysOpen({ legs }: Route): void {
        for (const leg of legs) {
          if (leg.kind === 'ride') {
            const { kind, direction } = tables.connectors[leg.connector]!
            t.false(closedConnectors.has(leg.connector))
            t.true(profileRules[profile].connectors.has(kind))
            if (kind === 'escalator' && direction !== 'both')
              t.is(leg.toLevel > leg.fromLevel, direction === 'up')
            continue
          }
          const { standing } = tables.levels[leg.level]!
          leg.points.slice(1).forEach((b, k) => {
            const a = leg.points[k]!
            // One stays in the door: on the very edge of the ground.
            if (a.x === b.x && a.y === b.y) return
            for (let s = 1; s < 40; s++) {
              const at = { x: a.x + ((b.x - a.x) * s) / 40, y: a.y + ((b.y - a.y) * s) / 40 }
              t.true(ringsContain(standing, at.x, at.y), 'walks where nobody can stand')
              for (const shut of closedAreas[leg.level]!) t.false(ringsContain([shut], at.x, at.y))
            }
          })
        }
      }
    }),
    { numRuns: 150, seed: 4 },
  )
  t.log(`${ways} ways, ${refusals} refusals`)
  t.true(ways > 60 && refusals > 3)
})
