import { offset } from '../../geometry/index.ts'
import type { Ring } from '../../geometry/index.ts'
import type { Xy } from '../../model/index.ts'
import type { Floor } from '../../walkable/index.ts'
import { networkClearancesM, profileRules } from '../profiles.ts'
import { ridesOf } from '../rides.ts'
import type { RoutingTables } from '../tables.ts'

/**
 * Shortest ways as a textbook finds them, to hold the router against: every reflex corner of the ground
 * sees every other unless some wall stands between, tested one by one against every wall in whole
 * millimetres, where the sign of a turn is exact; then Dijkstra by scanning. It shares with the router the
 * ground, the doors and what a ride costs, and no code that finds a way: no tangents, no grid, no heap, no
 * simplified rings, no walls set back.
 * Source: Lozano-Pérez and Wesley 1979, An algorithm for planning collision-free paths among polyhedral
 * obstacles.
 */
export class VisibilityOracle {
  private readonly tables: RoutingTables
  private readonly planes: readonly Plane[]
  /** Corners of all levels, then the doors of connectors. */
  private readonly nodes: readonly Node[]
  private readonly seen: readonly (readonly Sight[])[]
  private readonly rides: readonly (readonly Sight[])[]
  private readonly doorsMm: readonly Node[]

  constructor(tables: RoutingTables, floors: readonly Floor[]) {
    this.tables = tables
    this.planes = floors.map(({ walking }) => new Plane(offset(walking, -networkClearancesM[0], 'sharp')))
    this.doorsMm = tables.doors.map(({ level, outsideX, outsideY }) => ({
      level,
      x: toMm(outsideX),
      y: toMm(outsideY),
    }))
    const ports = [
      ...new Set(tables.connectors.flatMap(({ stops }) => stops.flatMap(({ doors }) => [...doors]))),
    ].filter((door) => this.isOnGround(door))
    const corners = this.planes.flatMap((plane, level) => plane.corners.map((at) => ({ ...at, level })))
    this.nodes = [...corners, ...ports.map((door) => this.doorsMm[door]!)]
    this.seen = this.nodes.map((): Sight[] => [])
    this.nodes.forEach((node, a) => {
      for (const sight of this.sightsFrom(node, a)) {
        ;(this.seen[a] as Sight[]).push(sight)
        ;(this.seen[sight.to] as Sight[]).push({ to: a, costS: sight.costS })
      }
    })
    const nodeByDoor = new Map(ports.map((door, k) => [door, corners.length + k]))
    this.rides = this.nodes.map((): Sight[] => [])
    for (const { from, to, seconds, feltS } of ridesOf(tables, nodeByDoor)) {
      ;(this.rides[from] as Sight[]).push({ to, costS: seconds + feltS })
    }
  }

  /** Whether what is before a door is ground for a walker: within the rings, not just within their margin. */
  isOnGround(door: number): boolean {
    const { level, x, y } = this.doorsMm[door]!
    return this.planes[level]!.contains(x, y)
  }

  /** Seconds of the cheapest way from one place to each of some others, by any door of either. */
  costsS(from: number, goals: readonly number[]): number[] {
    const { places } = this.tables
    const cost = this.nodes.map(() => Infinity)
    const starts = places[from]!.doors.filter((door) => this.isOnGround(door))
    for (const door of starts) {
      for (const { to, costS } of this.sightsFrom(this.doorsMm[door]!)) {
        cost[to] = Math.min(cost[to]!, this.leadS(door) + costS)
      }
    }
    this.spread(cost)
    return goals.map((goal) => {
      let best = Infinity
      for (const door of places[goal]!.doors) {
        if (!this.isOnGround(door)) continue
        const end = this.doorsMm[door]!
        let costS = Infinity
        for (const sight of this.sightsFrom(end)) costS = Math.min(costS, cost[sight.to]! + sight.costS)
        for (const start of starts) {
          const begin = this.doorsMm[start]!
          if (begin.level !== end.level || !this.planes[end.level]!.sees(begin, end)) continue
          costS = Math.min(costS, this.leadS(start) + walkS(begin, end))
        }
        best = Math.min(best, costS + this.leadS(door))
      }
      return best
    })
  }

  private spread(cost: number[]): void {
    const isDone = new Uint8Array(cost.length)
    for (;;) {
      let at = -1
      let here = Infinity
      for (let node = 0; node < cost.length; node++) {
        if (cost[node]! >= here || isDone[node] === 1) continue
        at = node
        here = cost[node]!
      }
      if (at < 0) return
      isDone[at] = 1
      for (const { to, costS } of this.seen[at]!) cost[to] = Math.min(cost[to]!, here + costS)
      for (const { to, costS } of this.rides[at]!) cost[to] = Math.min(cost[to]!, here + costS)
    }
  }

  /** Nodes of the level that a point sees; of nodes only the ones before `below`. */
  private sightsFrom(at: Node, below = this.nodes.length): Sight[] {
    const plane = this.planes[at.level]!
    const sights: Sight[] = []
    for (let to = 0; to < below; to++) {
      const node = this.nodes[to]!
      if (node.level === at.level && plane.sees(at, node)) sights.push({ to, costS: walkS(at, node) })
    }
    return sights
  }

  private leadS(door: number): number {
    const { x, y, outsideX, outsideY } = this.tables.doors[door]!
    return Math.hypot(x - outsideX, y - outsideY) / profileRules.fastest.speedMps
  }
}

interface Node extends Xy {
  readonly level: number
}

interface Sight {
  readonly to: number
  readonly costS: number
}

const toMm = (metres: number) => Math.round(metres * 1000)

function walkS(a: Xy, b: Xy): number {
  return Math.hypot(a.x - b.x, a.y - b.y) / 1000 / profileRules.fastest.speedMps
}

/** Twice the area of the triangle a, b, (x, y), exact in whole millimetres: positive when it turns left. */
function turn(a: Xy, b: Xy, x: number, y: number): number {
  return (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x)
}

interface Wall {
  readonly a: Xy
  readonly b: Xy
}

/** Whether a wall crosses the way from p to q; one that only touches it does not. */
function standsBetween({ a, b }: Wall, p: Xy, q: Xy): boolean {
  const sideA = turn(p, q, a.x, a.y)
  const sideB = turn(p, q, b.x, b.y)
  if ((sideA <= 0 || sideB >= 0) && (sideA >= 0 || sideB <= 0)) return false
  const sideP = turn(a, b, p.x, p.y)
  const sideQ = turn(a, b, q.x, q.y)
  return (sideP > 0 && sideQ < 0) || (sideP < 0 && sideQ > 0)
}

/** The ground of one level in whole millimetres; its walls belong to it. */
class Plane {
  readonly corners: readonly Xy[]
  private readonly walls: readonly Wall[]
  /** The wall that stood in the way last often stands in the next one too. */
  private lastInTheWay: Wall | undefined

  constructor(rings: readonly Ring[]) {
    const lattice = rings.map((ring) => ring.map(({ x, y }) => ({ x: toMm(x), y: toMm(y) })))
    this.corners = lattice.flatMap((ring) =>
      ring.filter((b, i) => {
        const a = ring[(i + ring.length - 1) % ring.length]!
        const c = ring[(i + 1) % ring.length]!
        return turn(a, b, c.x, c.y) < 0
      }),
    )
    // Long ones first: they stand in the way most often.
    const lengthOf = ({ a, b }: Wall) => Math.hypot(b.x - a.x, b.y - a.y)
    this.walls = lattice
      .flatMap((ring) => ring.map((b, i) => ({ a: ring[(i + ring.length - 1) % ring.length]!, b })))
      .sort((one, other) => lengthOf(other) - lengthOf(one))
  }

  /** Whether one may go straight from p to q; along a wall and past a corner one may. */
  sees(p: Xy, q: Xy): boolean {
    if (this.lastInTheWay && standsBetween(this.lastInTheWay, p, q)) return false
    const touched: Xy[] = [p]
    for (const wall of this.walls) {
      const { a } = wall
      if (turn(p, q, a.x, a.y) === 0) {
        const along = (a.x - p.x) * (q.x - p.x) + (a.y - p.y) * (q.y - p.y)
        if (along > 0 && along < (q.x - p.x) ** 2 + (q.y - p.y) ** 2) touched.push(a)
      } else if (standsBetween(wall, p, q)) {
        this.lastInTheWay = wall
        return false
      }
    }
    // No wall is crossed, so the way leaves the ground only at a corner that it touches.
    const fromP = ({ x, y }: Xy) => Math.abs(x - p.x) + Math.abs(y - p.y)
    touched.sort((one, other) => fromP(one) - fromP(other)).push(q)
    return touched.every((from, k) => {
      const to = touched[k + 1]
      return to === undefined || this.contains((from.x + to.x) / 2, (from.y + to.y) / 2)
    })
  }

  contains(x: number, y: number): boolean {
    let inside = false
    for (const { a, b } of this.walls) {
      if ((a.y > y && b.y > y) || (a.y < y && b.y < y)) continue
      const side = turn(a, b, x, y)
      if (side === 0 && Math.min(a.x, b.x) <= x && x <= Math.max(a.x, b.x)) return true
      if (a.y > y !== b.y > y && side > 0 === b.y > a.y) inside = !inside
    }
    return inside
  }
}
