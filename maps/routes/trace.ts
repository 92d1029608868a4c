import type { Xy } from '../model/index.ts'
import { firstStep, hopNode, hopRide, hopStep, isGate, isRide } from './goal-tree.ts'
import type { Entry, Gate, GoalTree } from './goal-tree.ts'
import { nodeX, nodeY, steps } from './network.ts'
import type { Network } from './network.ts'
import type { Ride } from './rides.ts'
import type { RoutingTables } from './tables.ts'

/** Walking on one level; at least two points, metres of the level. */
export interface WalkLeg {
  readonly kind: 'walk'
  readonly level: number
  readonly points: readonly Xy[]
  readonly lengthM: number
}

/** Going to another level. */
export interface RideLeg {
  readonly kind: 'ride'
  /** Index of the connector in the tables. */
  readonly connector: number
  readonly fromLevel: number
  readonly toLevel: number
  readonly from: Xy
  readonly to: Xy
  readonly seconds: number
}

export type Leg = WalkLeg | RideLeg

/**
 * Follows a tree from a gate to the goal and gives the way as legs.
 *
 * The shortest way touches every corner it goes round. Here each corner is passed at one of the steps
 * between it and where people like to pass it: those that keep furthest off the walls while every stretch
 * stays clear. Which those are was found out when the tree was grown, so that a path costs no look at the
 * walls.
 * @param way `natural` is false for the shortest way itself, corner by corner.
 * @returns the legs, and which of the goal's gates they end at. O(corners on the way).
 */
export function traceOf(
  tables: RoutingTables,
  network: Network,
  way: { readonly from: Gate; readonly entry: Entry; readonly tree: GoalTree; readonly natural: boolean },
): { readonly legs: Leg[]; readonly gate: number } {
  const { from, entry, tree, natural } = way
  const legs: Leg[] = []
  let points: Xy[] = []
  pushLead(points, from, true)
  if (entry.link < 0) {
    const gate = -1 - entry.link
    pushLead(points, tree.gates[gate]!, false)
    return { legs: [walkLeg(from.level, points)], gate }
  }
  const { hops } = tree
  let node = from.links.nodes[entry.link]!
  let step = natural ? firstStep(tree, node, from.links.clear[entry.link]!) : 0
  for (;;) {
    push(points, nodeX(network, node, step), nodeY(network, node, step))
    const hop = hops[node * steps + step]!
    if (isGate(hop)) {
      const gate = -1 - hop
      const goal = tree.gates[gate]!
      pushLead(points, goal, false)
      pushWalk(legs, goal.level, points)
      return { legs, gate }
    }
    if (isRide(hop)) {
      const ride = network.rides[hopRide(hop)]!
      const leg = rideLeg(tables, ride)
      push(points, leg.from.x, leg.from.y)
      pushWalk(legs, leg.fromLevel, points)
      legs.push(leg)
      points = [leg.to]
      // One gets off where the port stands: it has no other step than its own.
      node = ride.to
      step = 0
    } else {
      node = hopNode(hop)
      step = natural ? hopStep(hop) : 0
    }
  }
}

function rideLeg(tables: RoutingTables, { connector, seconds, fromDoor, toDoor }: Ride): RideLeg {
  const getOn = tables.doors[fromDoor]!
  const getOff = tables.doors[toDoor]!
  return {
    kind: 'ride',
    connector,
    fromLevel: getOn.level,
    toLevel: getOff.level,
    from: { x: getOn.x, y: getOn.y },
    to: { x: getOff.x, y: getOff.y },
    seconds,
  }
}

/** Length in metres of the walking of a route. */
export function walkedM(legs: readonly Leg[]): number {
  let sum = 0
  for (const leg of legs) if (leg.kind === 'walk') sum += leg.lengthM
  return sum
}

/** The way from a spot to its outside, or back. */
function pushLead(points: Xy[], gate: Gate, isStart: boolean): void {
  const { lead, outsideX, outsideY } = gate
  if (isStart) {
    for (const { x, y } of lead) push(points, x, y)
    push(points, outsideX, outsideY)
  } else {
    push(points, outsideX, outsideY)
    for (let i = lead.length - 1; i >= 0; i--) push(points, lead[i]!.x, lead[i]!.y)
  }
}

/** A point that repeats the last one is no step. */
function push(points: Xy[], x: number, y: number): void {
  const last = points[points.length - 1]
  if (!last || Math.abs(last.x - x) > sameM || Math.abs(last.y - y) > sameM) points.push({ x, y })
}

const sameM = 0.005

/** A leg from a lift's door into the next escalator's may be no way at all. */
function pushWalk(legs: Leg[], level: number, points: readonly Xy[]): void {
  const leg = walkLeg(level, points)
  const last = legs[legs.length - 1]
  if (leg.points.length > 1 || last === undefined) legs.push(leg)
}

function walkLeg(level: number, points: readonly Xy[]): WalkLeg {
  let lengthM = 0
  for (let i = 1; i < points.length; i++) {
    const dx = points[i]!.x - points[i - 1]!.x
    const dy = points[i]!.y - points[i - 1]!.y
    lengthM += Math.sqrt(dx * dx + dy * dy)
  }
  return { kind: 'walk', level, points, lengthM }
}
