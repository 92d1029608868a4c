import type { Xy } from '../../model/index.ts'
import { ringsContain } from '../../geometry/index.ts'
import type { Ring } from '../../geometry/index.ts'
import { profileRules } from '../profiles.ts'
import type { Profile } from '../profiles.ts'
import { ridesOf } from '../rides.ts'
import type { RoutingTables } from '../tables.ts'

/** A point of the plain graph. */
interface Point extends Xy {
  readonly level: number
}

export interface BruteForceRequest {
  readonly tables: RoutingTables
  readonly profile: Profile
  /** Connectors closed, by index. */
  readonly closed: ReadonlySet<number>
  readonly closedAreas: readonly (readonly Ring[])[]
}

/**
 * Seconds of the cheapest way between two places as a textbook finds it: every corner of every ring (not
 * only reflex ones), every pair of points tested against every wall, Dijkstra without a heap. For tests.
 */
export function bruteForceCostS(request: BruteForceRequest, fromPlace: number, toPlace: number): number {
  const { tables, profile, closed, closedAreas } = request
  const rule = profileRules[profile]
  const network = tables.networks[rule.network]!
  const points: Point[] = []
  const indexByDoor = new Map<number, number>()
  const addDoor = (door: number) => {
    if (indexByDoor.has(door)) return
    const { level, outsideX: x, outsideY: y, ...wall } = tables.doors[door]!
    if ((closedAreas[level] ?? []).some((ring) => crosses(ring, wall, { x, y }))) return
    indexByDoor.set(door, points.push({ level, x, y }) - 1)
  }
  for (const { stops } of tables.connectors) for (const { doors } of stops) doors.forEach(addDoor)
  tables.places[fromPlace]!.doors.forEach(addDoor)
  tables.places[toPlace]!.doors.forEach(addDoor)
  network.levels.forEach(({ corners }, level) => {
    for (const ring of corners) for (const { x, y } of ring) points.push({ level, x, y })
    for (const ring of closedAreas[level] ?? []) {
      for (const { x, y } of beside(ring)) points.push({ level, x, y })
    }
  })
  const isFree = (level: number, { x, y }: Xy) =>
    ringsContain(network.levels[level]!.walls, x, y) &&
    !(closedAreas[level] ?? []).some((ring) => ringsContain([ring], x, y))
  const sees = (a: Point, b: Point) => {
    if (a.level !== b.level || !isFree(a.level, a) || !isFree(b.level, b)) return false
    const walls = [...network.levels[a.level]!.walls, ...(closedAreas[a.level] ?? [])]
    return !walls.some((ring) => crosses(ring, a, b))
  }
  const cost = points.map(() => Infinity)
  const done = points.map(() => false)
  const leadS = (door: number) => {
    const { x, y, outsideX, outsideY } = tables.doors[door]!
    return Math.hypot(x - outsideX, y - outsideY) / rule.speedMps
  }
  for (const door of tables.places[fromPlace]!.doors) {
    const index = indexByDoor.get(door)
    if (index !== undefined) cost[index] = leadS(door)
  }
  const rides = ridesOf(tables, indexByDoor)
  for (;;) {
    let at = -1
    cost.forEach((each, k) => {
      if (!done[k] && each < (at < 0 ? Infinity : cost[at]!)) at = k
    })
    if (at < 0) break
    done[at] = true
    const here = points[at]!
    points.forEach((there, k) => {
      if (done[k] || !sees(here, there)) return
      cost[k] = Math.min(cost[k]!, cost[at]! + Math.hypot(there.x - here.x, there.y - here.y) / rule.speedMps)
    })
    if (!isFree(here.level, here)) continue
    for (const { from, to, connector, seconds, feltS } of rides) {
      if (from !== at || closed.has(connector) || !rule.connectors.has(tables.connectors[connector]!.kind))
        continue
      if (!isFree(points[to]!.level, points[to]!)) continue
      cost[to] = Math.min(cost[to]!, cost[at]! + seconds + feltS + rule.reluctanceS)
    }
  }
  return Math.min(
    Infinity,
    ...tables.places[toPlace]!.doors.map(
      (door) => (cost[indexByDoor.get(door) ?? -1] ?? Infinity) + leadS(door),
    ),
  )
}

function crosses(ring: Ring, a: Xy, b: Xy): boolean {
  const side = (o: Xy, p: Xy, q: Xy) => (p.x - o.x) * (q.y - o.y) - (p.y - o.y) * (q.x - o.x)
  return ring.some((q, i) => {
    const p = ring[(i + ring.length - 1) % ring.length]!
    return side(a, b, p) * side(a, b, q) <= 0 && side(p, q, a) * side(p, q, b) <= 0
  })
}

/** Points a hand's breadth outside of each corner of a ring. */
function beside(ring: Ring): Xy[] {
  const middle = {
    x: ring.reduce((sum, { x }) => sum + x, 0) / ring.length,
    y: ring.reduce((sum, { y }) => sum + y, 0) / ring.length,
  }
  return ring.map(({ x, y }) => {
    const m = Math.hypot(x - middle.x, y - middle.y)
    return { x: x + ((x - middle.x) / m) * 0.05, y: y + ((y - middle.y) / m) * 0.05 }
  })
}
