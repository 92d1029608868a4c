import type { Xy } from '../model/index.ts'
import { firstStep, hopNode, hopRide, hopStep, isGate, isRide } from './goal-tree.ts'
import type { Entry, Gate, GoalTree } from './goal-tree.ts'
import { nodeX, nodeY, steps } from './network.ts'
import type { Network } from './network.ts'
import type { Ride } from './rides.ts'
import type { RoutingTables } from './tables.ts'

/** Walking on one level; at least two points, metres of the level; the same one twice where there is nothing to walk. */
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
 * walls. Where that would make the way longer than `mostLonger` allows, the corners that cost most are
 * passed more closely.
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
  const chain = chainOf(network, way)
  if (natural) keepShort(network, tree, chain)
  const { rides, xs, ys, gate } = chain
  rides.forEach((taken, k) => {
    push(points, xs[k + 1]!, ys[k + 1]!)
    if (taken < 0) return
    const leg = rideLeg(tables, network.rides[taken]!)
    pushDoor(points, leg.from.x, leg.from.y)
    legs.push(walkLeg(leg.fromLevel, points), leg)
    points = [leg.to]
  })
  const goal = tree.gates[gate]!
  pushLead(points, goal, false)
  legs.push(walkLeg(goal.level, points))
  return { legs, gate }
}

/** The nodes of a way in their order. */
interface Chain {
  readonly nodes: readonly number[]
  /** Step at which each is passed. */
  readonly at: number[]
  /** Ride that is taken at each, or −1. */
  readonly rides: readonly number[]
  /** Where each is passed, with the outside of the start before them and that of the goal after them. */
  readonly xs: number[]
  readonly ys: number[]
  /** Steps of the first node that are clear from the start, and the gate of the goal after the last. */
  readonly clearFirst: number
  readonly gate: number
}

function chainOf(
  network: Network,
  {
    from,
    entry,
    tree,
    natural,
  }: { readonly from: Gate; readonly entry: Entry; readonly tree: GoalTree; readonly natural: boolean },
): Chain {
  const { hops, gates } = tree
  const nodes: number[] = []
  const at: number[] = []
  const rides: number[] = []
  const xs = [from.outsideX]
  const ys = [from.outsideY]
  const clearFirst = from.links.clear[entry.link]!
  let node = from.links.nodes[entry.link]!
  let step = natural ? firstStep(tree, node, clearFirst) : 0
  for (;;) {
    nodes.push(node)
    at.push(step)
    xs.push(nodeX(network, node, step))
    ys.push(nodeY(network, node, step))
    const hop = hops[node * steps + step]!
    rides.push(isRide(hop) ? hopRide(hop) : -1)
    if (isGate(hop)) {
      const gate = -1 - hop
      xs.push(gates[gate]!.outsideX)
      ys.push(gates[gate]!.outsideY)
      return { nodes, at, rides, xs, ys, clearFirst, gate }
    }
    if (isRide(hop)) {
      // One gets off where the port stands: it has no other step than its own.
      node = network.rides[hopRide(hop)]!.to
      step = 0
    } else {
      node = hopNode(hop)
      step = natural ? hopStep(hop) : 0
    }
  }
}

/** A natural way may be this much longer than the shortest one: 4 % with what rounding adds. */
const mostLonger = 0.039

/**
 * Lowers the steps of a way until it is hardly longer than the shortest: each time the one that spares most
 * among those from which both neighbours stay clear. O(corners + rounds × corners), with few rounds.
 * Source: own; greedy.
 */
function keepShort(network: Network, tree: GoalTree, chain: Chain): void {
  const { nodes, at, xs, ys } = chain
  let overM = excessM(network, chain)
  if (overM <= 0) return
  const spared = nodes.map((_, k) => sparedM(network, tree, chain, k))
  while (overM > 0) {
    let best = 0
    for (let k = 1; k < spared.length; k++) if (spared[k]! > spared[best]!) best = k
    const mostM = spared[best]!
    // Where nothing more can be spared one by one, the shortest way itself is always clear.
    const lowered = mostM > 0 ? [best] : nodes.keys()
    for (const k of lowered) {
      at[k] = mostM > 0 ? at[k]! - 1 : 0
      xs[k + 1] = nodeX(network, nodes[k]!, at[k])
      ys[k + 1] = nodeY(network, nodes[k]!, at[k])
    }
    if (mostM <= 0) return
    overM -= mostM
    for (let k = Math.max(0, best - 1); k <= best + 1 && k < nodes.length; k++) {
      spared[k] = sparedM(network, tree, chain, k)
    }
  }
}

/** By how many metres a way is longer than it may be. */
function excessM({ corners }: Network, { nodes, rides, xs, ys }: Chain): number {
  let shortestM = 0
  let lengthM = 0
  let x = xs[0]!
  let y = ys[0]!
  for (let k = 0; k <= nodes.length; k++) {
    const isGoal = k === nodes.length
    const nextX = isGoal ? xs[k + 1]! : corners.x[nodes[k]!]!
    const nextY = isGoal ? ys[k + 1]! : corners.y[nodes[k]!]!
    if (k === 0 || rides[k - 1]! < 0) {
      shortestM += distanceM(x, y, nextX, nextY)
      lengthM += distanceM(xs[k]!, ys[k]!, xs[k + 1]!, ys[k + 1]!)
    }
    x = nextX
    y = nextY
  }
  return lengthM - shortestM * (1 + mostLonger)
}

/** Metres spared by passing node k one step nearer to its corner; 0 where that cannot be. */
function sparedM(network: Network, { clear }: GoalTree, chain: Chain, k: number): number {
  const { nodes, at, xs, ys, clearFirst } = chain
  const node = nodes[k]!
  const step = at[k]! - 1
  if (step < 0) return 0
  const before = k === 0 ? clearFirst >> step : clear[nodes[k - 1]!]! >> (at[k - 1]! * steps + step)
  const after = clear[node]! >> (k === nodes.length - 1 ? step : step * steps + at[k + 1]!)
  if ((before & after & 1) === 0) return 0
  const x = nodeX(network, node, step)
  const y = nodeY(network, node, step)
  // Only a port is next to a ride, and it has no step to lower: before and after this node one walks.
  return (
    distanceM(xs[k]!, ys[k]!, xs[k + 1]!, ys[k + 1]!) +
    distanceM(xs[k + 1]!, ys[k + 1]!, xs[k + 2]!, ys[k + 2]!) -
    distanceM(xs[k]!, ys[k]!, x, y) -
    distanceM(x, y, xs[k + 2]!, ys[k + 2]!)
  )
}

/** Not `Math.hypot`, which takes ten times as long. */
function distanceM(...[ax, ay, bx, by]: [number, number, number, number]): number {
  return Math.sqrt((bx - ax) * (bx - ax) + (by - ay) * (by - ay))
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
    for (let i = lead.length - 1; i >= 0; i--) pushDoor(points, lead[i]!.x, lead[i]!.y)
  }
}

/** Nobody goes out of a door to come in by it again: off a lift, or from the shop one is in. */
function pushDoor(points: Xy[], x: number, y: number): void {
  const before = points[points.length - 2]
  if (before && Math.abs(before.x - x) <= sameM && Math.abs(before.y - y) <= sameM) points.pop()
  else push(points, x, y)
}

/** A point that repeats the last one is no step. */
function push(points: Xy[], x: number, y: number): void {
  const last = points[points.length - 1]
  if (!last || Math.abs(last.x - x) > sameM || Math.abs(last.y - y) > sameM) points.push({ x, y })
}

const sameM = 0.005

/** Where one is there already, the walk is from a point to itself. */
function walkLeg(level: number, points: Xy[]): WalkLeg {
  let lengthM = 0
  if (points.length === 1) points.push(points[0]!)
  for (let i = 1; i < points.length; i++) {
    const dx = points[i]!.x - points[i - 1]!.x
    const dy = points[i]!.y - points[i - 1]!.y
    lengthM += Math.sqrt(dx * dx + dy * dy)
  }
  return { kind: 'walk', level, points, lengthM }
}
