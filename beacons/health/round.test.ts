import test from 'ava'
import { destinationsOf } from '../../maps/directory/index.ts'
import { tinyArchive, tinyId } from '../../maps/testing/tiny-archive.ts'
import { buildRoutingTables, Router } from '../../maps/routes/index.ts'
import type { Spot } from '../../maps/routes/index.ts'
import { RandomStream } from '../../positioning/index.ts'
import type { LocalBeacon } from '../offline/local-registry.ts'
import type { RegistryFinding } from '../offline/operations.ts'
import { roundOf } from './round.ts'
import type { Round } from './round.ts'
import { visitsOf } from './visits.ts'
import type { Visit } from './visits.ts'

const archive = tinyArchive()
const tables = buildRoutingTables(archive, destinationsOf(archive))
const router = Router.of(tables)
const start: Spot = { level: 'F1', x: 20, y: 10 }
const day = 86_400_000

function beacon(minor: number, changed: Partial<LocalBeacon> = {}): LocalBeacon {
  const identity = { uuid: '30336d96-26e2-4f8d-b2bf-f039fef6495c', major: 1, minor }
  return {
    ...{ key: `b${minor}`, id: `id ${minor}`, identity, state: 'installed', mount: 'ceiling' },
    ...{ mountHeightM: 3, waiting: 0, measuredPowerDbm: -59, txPowerDbm: null, intervalMs: 500 },
    hardware: { model: '', serial: '', mac: '', firmware: '' },
    ...changed,
  }
}

/** Beacons in the corridors of both floors: x from 1 to 39, y from 8 to 12. */
function visits(count: number, random: RandomStream, levels = ['F1', 'F2'] as const): Visit[] {
  return Array.from({ length: count }, (_, n) => {
    const levelId = tinyId(`level ${levels[Math.floor(random.uniform() * levels.length)]!}`)
    const place = { levelId, x: 1 + 38 * random.uniform(), y: 8.5 + 3 * random.uniform() }
    return { beacon: beacon(n, { place }), why: 'silent', battery: 'CR2477' }
  })
}

function spotOf({ beacon: { place } }: Visit): Spot {
  const level = tables.levels.find(({ id }) => id === place!.levelId)!
  return { level: level.name, x: place!.x, y: place!.y }
}

function costOf(stops: readonly Visit[], from: Spot): number {
  let [sum, here] = [0, from]
  for (const stop of stops) {
    sum += router.costS({ from: here, to: spotOf(stop), profile: 'step-free' })
    here = spotOf(stop)
  }
  return sum
}

function orders<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((one, i) => orders(items.filter((_, j) => j !== i)).map((rest) => [one, ...rest]))
}

test('walks each level in the best order there is, and upwards or downwards as is shorter', (t) => {
  const random = new RandomStream(7)
  for (let n = 0; n < 12; n++) {
    const wanted = visits(6, random)
    const from: Spot = n % 2 === 0 ? start : { ...start, level: 'F2' }
    const round = roundOf(tables, wanted, from)
    const best = (levels: readonly string[]) => {
      let walk: Visit[] = []
      for (const level of levels) {
        const here = walk.length === 0 ? from : spotOf(walk[walk.length - 1]!)
        const onLevel = wanted.filter(({ beacon: { place } }) => place!.levelId === level)
        const [least] = orders(onLevel).sort((a, b) => costOf(a, here) - costOf(b, here))
        walk = [...walk, ...least!]
      }
      return costOf(walk, from)
    }
    const [up, down] = [tables.levels.map(({ id }) => id), tables.levels.map(({ id }) => id).reverse()]
    const least = Math.min(best(up), best(down))
    const cost = costOf(round.stops, from)
    t.true(Math.abs(cost - least) < 0.5, `${cost} for ${least}`)
  }
})

function visited({ stops, unreachable }: Round): string[] {
  return [...stops, ...unreachable].map(({ beacon: { key } }) => key).sort()
}

test('comes to each beacon once, however many there are, and names those no way leads to', (t) => {
  const wanted = visits(30, new RandomStream(8))
  const lost = beacon(98, { place: { levelId: 'of another map', x: 1, y: 10 } })
  const round = roundOf(
    tables,
    [...wanted, { beacon: lost, why: 'battery', battery: 'CR2450' }, { ...wanted[0]!, beacon: beacon(99) }],
    start,
  )
  t.deepEqual(visited(round), [...wanted.map(({ beacon: { key } }) => key), 'b98', 'b99'].sort())
  t.deepEqual(round.unreachable.map(({ beacon: { key } }) => key).sort(), ['b98', 'b99'])
  t.deepEqual(round.batteries, { CR2477: 30 })
  const walkM = round.stops.reduce((sum, stop) => sum + stop.walkM, 0)
  t.true(Math.abs(round.lengthM - walkM) < 1e-6)
  t.is(round.minutes, Math.round((round.walkS + 30 * 240) / 60))
  // Each way begins where the one before ended, and ends at its beacon.
  let here = { x: 20, y: 10 }
  for (const { ways, beacon: one, level } of round.stops) {
    const [first] = ways
    const last = ways[ways.length - 1]!
    t.true(Math.hypot(first!.points[0]!.x - here.x, first!.points[0]!.y - here.y) < 0.5)
    t.is(last.levelId, tables.levels.find(({ name }) => name === level)!.id)
    const end = last.points[last.points.length - 1]!
    t.true(Math.hypot(end.x - one.place!.x, end.y - one.place!.y) < 0.5)
    here = one.place!
  }
})

test('goes for what is found before what runs out, and to nothing that is over, muted or not hanging', (t) => {
  const nowMs = 1000 * day
  const finding = (minor: number, changed: Partial<RegistryFinding> = {}) =>
    ({
      beaconId: `id ${minor}`,
      kind: 'moved',
      openedAtMs: 0,
      confirmedAtMs: 0,
      ...changed,
    }) as RegistryFinding
  const empty = { battery: { percent: 2, atMs: nowMs } }
  const found = visitsOf(
    [
      beacon(1, empty),
      beacon(2, empty),
      beacon(3),
      beacon(4, { state: 'retired', ...empty }),
      beacon(5, { state: 'planned' }),
      beacon(6, { battery: { percent: 95, atMs: nowMs } }),
      beacon(7, { hardware: { model: 'K4 cr2450', serial: '', mac: '', firmware: '' } }),
      beacon(8),
    ],
    [
      finding(1),
      finding(3, { closedAtMs: 5 }),
      finding(5),
      finding(7, { mutedUntilMs: nowMs - 1 }),
      finding(8, { mutedUntilMs: nowMs + 1 }),
    ],
    { nowMs, soonMonths: 2 },
  )
  t.deepEqual(
    found.map(({ beacon: { key }, why, battery }) => [key, why, battery]),
    [
      ['b1', 'moved', 'CR2477'],
      ['b2', 'battery', 'CR2477'],
      ['b7', 'moved', 'CR2450'],
    ],
  )
})
