import process from 'node:process'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import { distanceToRingsM, ringsContain, ringsOf, SegmentGrid } from '../geometry/index.ts'
import { levelFrameOf } from '../model/index.ts'
import { createWalkableArea, floorsOf, unitRoleOf } from '../walkable/index.ts'
import { buildRoutingTables } from './build-tables.ts'
import { encodeRoutingTables } from './encode-tables.ts'
import { profiles } from './profiles.ts'
import type { Route } from './route.ts'
import { Router } from './router.ts'
import { realMall, recordedWaypoints, seededBelow } from './testing/real-mall.ts'

const mall = realMall()
/** Processor seconds of this process: other work on the machine does not count. */
const busyS = () => process.cpuUsage().user / 1e6
const startS = busyS()
const tables = mall && buildRoutingTables(mall.archive, mall.destinations)
const router = tables && Router.of(tables)
const buildS = busyS() - startS
const goals = tables?.places.filter(({ kind }) => kind === 'shop' || kind === 'bay') ?? []

/** Some pairs of shops and bays, the same ones every time. */
function pairs(count: number, seed: number): [string, string][] {
  const below = seededBelow(seed)
  return Array.from({ length: count }, () => [goals[below(goals.length)]!.id, goals[below(goals.length)]!.id])
}

function someRoutes(count: number, seed: number, natural = true): Route[] {
  return pairs(count, seed).flatMap(([from, to]) => {
    const route = router!.route({ from: { place: from }, to: { place: to }, natural })
    return 'refused' in route ? [] : [route]
  })
}

if (!mall || !tables || !router) {
  test('the real mall is left out', (t) => {
    t.log('ATRIUM_REAL_MALL is not set: routes of the real mall were not tried')
    t.pass()
  })
} else {
  test('every shop and bay of the real mall reaches every other, step-free too', (t) => {
    t.is(goals.length, 749)
    for (const profile of profiles) {
      const refused = pairs(10_000, 1).filter(
        ([from, to]) => router.costS({ from: { place: from }, to: { place: to }, profile }) === Infinity,
      )
      t.deepEqual(refused, [], profile)
    }
  })

  test('the whole mall is built in time and written in one small file', (t) => {
    const packed = gzipSync(encodeRoutingTables(tables, 'v1')).length
    t.log(`built in ${buildS.toFixed(1)} s of processor time, ${Math.round(packed / 1024)} kB compressed`)
    t.true(buildS < 6)
    t.true(packed < 250 * 1024)
  })

  test('people were recorded where the walkable area says one can walk', (t) => {
    const area = createWalkableArea(tables.levels)
    let inside = 0
    let all = 0
    for (const [level, points] of recordedWaypoints()) {
      all += points.length
      inside += points.filter(({ x, y }) => area.isWalkable(level, x, y)).length
    }
    t.log(`${inside} of ${all} waypoints`)
    t.true(all > 3000)
    t.true(inside / all >= 0.99)
  })

  test('no path crosses a unit of the source or leaves its outline', (t) => {
    const levels = mall.archive.features.level.map((level) => {
      const frame = levelFrameOf(level)
      const units = mall.archive.features.unit
        .filter(({ properties }) => properties.level_id === level.id)
        .map((unit) => ({ rings: ringsOf(unit.geometry, frame), category: unit.properties.category }))
        // Seats and walkways are walked through where they must be.
        .filter(({ category, rings }) => !['open', 'rest'].includes(unitRoleOf(category, rings)))
      const box = units.map(({ rings }) => ({
        rings,
        left: Math.min(...rings.flat().map(({ x }) => x)),
        right: Math.max(...rings.flat().map(({ x }) => x)),
        bottom: Math.min(...rings.flat().map(({ y }) => y)),
        top: Math.max(...rings.flat().map(({ y }) => y)),
      }))
      return { id: level.id, outline: ringsOf(level.geometry, frame), units: box }
    })
    const joins = floorsOf(mall.archive).map((floor) => floor.joins)
    const byIndex = tables.levels.map(({ id }) => levels.find((level) => level.id === id)!)
    let points = 0
    let joined = 0
    for (const { legs } of someRoutes(400, 2)) {
      for (const leg of legs) {
        if (leg.kind !== 'walk') continue
        const { outline, units } = byIndex[leg.level]!
        leg.points.slice(1).forEach((b, k) => {
          const a = leg.points[k]!
          const lengthM = Math.hypot(b.x - a.x, b.y - a.y)
          for (let m = 0.05; m < lengthM; m += 0.25) {
            const x = a.x + ((b.x - a.x) * m) / lengthM
            const y = a.y + ((b.y - a.y) * m) / lengthM
            points++
            const within = units.find(
              (unit) =>
                x > unit.left &&
                x < unit.right &&
                y > unit.bottom &&
                y < unit.top &&
                ringsContain(unit.rings, x, y),
            )
            t.true(within === undefined || distanceToRingsM(within.rings, x, y) < 0.02)
            if (ringsContain(outline, x, y)) continue
            // Over the open-air lane between the two parts of the ground level, and nowhere else.
            t.true(ringsContain(joins[leg.level]!, x, y) || distanceToRingsM(outline, x, y) < 0.02)
            joined++
          }
        })
      }
    }
    t.log(`${points} points of 400 routes, ${joined} in the lane between two parts`)
    t.true(points > 100_000)
  })

  test('natural paths keep off the walls and are hardly longer', (t) => {
    const natural = someRoutes(600, 3)
    const shortest = someRoutes(600, 3, false)
    const length = (routes: readonly Route[]) => routes.reduce((sum, { lengthM }) => sum + lengthM, 0)
    const longer = length(natural) / length(shortest) - 1
    const walls = floorsOf(mall.archive).map(({ standing }) => new SegmentGrid(standing, 3))
    let near = 0
    let all = 0
    for (const { legs } of natural) {
      for (const leg of legs) {
        if (leg.kind !== 'walk') continue
        leg.points.slice(1).forEach((b, k) => {
          const a = leg.points[k]!
          const lengthM = Math.hypot(b.x - a.x, b.y - a.y)
          for (let m = 0.25; m < lengthM; m += 0.5) {
            all++
            const x = a.x + ((b.x - a.x) * m) / lengthM
            const y = a.y + ((b.y - a.y) * m) / lengthM
            if (walls[leg.level]!.nearest(x, y, 0.8)) near++
          }
        })
      }
    }
    t.log(
      `${(longer * 100).toFixed(1)} % longer, ${((near / all) * 100).toFixed(1)} % within 0.8 m of a wall`,
    )
    t.true(longer < 0.04)
    t.true(near / all < 0.15)
  })

  test('a closed corridor takes effect at once', (t) => {
    const ring = [
      { x: 150, y: 60 },
      { x: 160, y: 60 },
      { x: 160, y: 62 },
      { x: 150, y: 62 },
    ]
    const request = { from: { place: goals[0]!.id }, to: { place: goals[700]!.id } }
    const times = Array.from({ length: 5 }, () => {
      const before = busyS()
      const closed = router.withClosures([{ kind: 'area', level: 'B1', ring }])
      t.false('refused' in closed.route(request))
      return busyS() - before
    })
    const ms = [...times].sort((a, b) => a - b)[2]! * 1000
    t.log(`${Math.round(ms)} ms of processor time to close and answer`)
    t.true(ms < 300)
  })
}
