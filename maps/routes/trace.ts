import type { Xy } from '../model/index.ts'
import type { Entry, Gate, GoalTree } from './goal-tree.ts'
import { nodeX, nodeY, steps } from './network.ts'
import type { Network } from './network.ts'
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
 * The shortest way touches every corner it goes round. Here each corner is passed at the step away from the
 * wall that people take, as far as the ways to its neighbours stay clear: that was found out for every pair
 * when the network was built, so a path costs no look at the walls. A corner may always fall back to the
 * wall, which keeps the way clear for whatever comes before it.
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
    pushLead(points, tree.gates[-1 - entry.link]!, false)
    return { legs: [walkLeg(from.level, points)], gate: -1 - entry.link }
  }
  const { corners, arcs } = network
  let node = from.links.nodes[entry.link]!
  /** Steps at which `node` can be reached from where the path stands now: bit by step. */
  let reachable = from.links.clear[entry.link]!
  for (;;) {
    const next = tree.next[node]!
    const ride = tree.ride[node]!
    if (ride >= 0) {
      const { connector, seconds, fromDoor, toDoor } = network.rides[ride]!
      const getOn = tables.doors[fromDoor]!
      const getOff = tables.doors[toDoor]!
      push(points, corners.x[node]!, corners.y[node]!)
      push(points, getOn.x, getOn.y)
      pushWalk(legs, getOn.level, points)
      legs.push({
        kind: 'ride',
        connector,
        fromLevel: getOn.level,
        toLevel: getOff.level,
        from: { x: getOn.x, y: getOn.y },
        to: { x: getOff.x, y: getOff.y },
        seconds,
      })
      points = [{ x: getOff.x, y: getOff.y }]
      push(points, corners.x[next]!, corners.y[next]!)
      node = next
      reachable = 1
      continue
    }
    const onward = next < 0 ? bitsToGate(tree.gates[-1 - next]!, node) : bitsBetween(arcs, node, next)
    let step = natural ? steps - 1 : 0
    // The next stop must be in reach from here at its corner, or, for a gate, at all.
    while (step > 0 && ((reachable >> step) & 1 & (onward >> (next < 0 ? step : step * steps))) === 0) step--
    push(points, nodeX(network, node, step), nodeY(network, node, step))
    if (next < 0) {
      const goal = tree.gates[-1 - next]!
      pushLead(points, goal, false)
      pushWalk(legs, goal.level, points)
      return { legs, gate: -1 - next }
    }
    reachable = (onward >> (step * steps)) & ((1 << steps) - 1)
    node = next
  }
}

/** Length in metres of the walking of a route. */
export function walkedM(legs: readonly Leg[]): number {
  let sum = 0
  for (const leg of legs) if (leg.kind === 'walk') sum += leg.lengthM
  return sum
}

function bitsBetween(arcs: Network['arcs'], from: number, to: number): number {
  for (let k = arcs.start[from]!; k < arcs.start[from + 1]!; k++) if (arcs.to[k] === to) return arcs.clear[k]!
  return 1
}

/** For each step of the node, whether the goal's outside is in reach: bit by step. */
function bitsToGate({ links }: Gate, node: number): number {
  const at = links.nodes.indexOf(node)
  return at < 0 ? 1 : links.clear[at]!
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
