import { MinHeap } from '../geometry/index.ts'
import type { Xy } from '../model/index.ts'
import type { Links, Network } from './network.ts'
import type { ProfileRule } from './profiles.ts'

/** Somewhere a route begins or ends: a door, or a point in the open. */
export interface Gate {
  readonly level: number
  /** The way from the spot to its outside, without the latter: the door, and before it who stands inside. */
  readonly lead: readonly Xy[]
  readonly leadM: number
  /** In the open, where the network begins. */
  readonly outsideX: number
  readonly outsideY: number
  readonly links: Links
}

/** Which rides may be taken now. */
export type RideFilter = (connector: number) => boolean

/**
 * The cheapest way from every node to one goal: as a route follows it, `next` leads on. A goal may have
 * many gates (a corner shop's doors, all toilets of a mall).
 */
export interface GoalTree {
  readonly gates: readonly Gate[]
  /** Seconds to the goal from each node; Infinity where there is no way. */
  readonly costS: Float64Array
  /** The node that comes next; −1 − k where gate k comes next. */
  readonly next: Int32Array
  /** The ride taken to the next node; −1 when it is walked to. */
  readonly ride: Int32Array
}

/**
 * Dijkstra's algorithm from the goal against the direction of every ride. O((nodes + ways) log nodes).
 * Source: Dijkstra 1959, A note on two problems in connexion with graphs.
 */
export function goalTreeOf(
  network: Network,
  rule: ProfileRule,
  gates: readonly Gate[],
  mayRide: RideFilter,
): GoalTree {
  const { arcs, rides, arriving } = network
  const count = network.corners.count
  const costS = new Float64Array(count).fill(Infinity)
  const next = new Int32Array(count)
  const ride = new Int32Array(count).fill(-1)
  const heap = new MinHeap(count)
  const secondsPerM = 1 / rule.speedMps
  gates.forEach(({ links, leadM }, gate) => {
    for (let k = 0; k < links.nodes.length; k++) {
      const node = links.nodes[k]!
      const cost = (leadM + links.lengthsM[k]!) * secondsPerM
      if (cost >= costS[node]!) continue
      costS[node] = cost
      next[node] = -1 - gate
      heap.push(cost, node)
    }
  })
  while (heap.length > 0) {
    const cost = heap.topKey()
    const node = heap.pop()
    if (cost > costS[node]!) continue
    for (let k = arcs.start[node]!; k < arcs.start[node + 1]!; k++) {
      const from = arcs.to[k]!
      const through = cost + arcs.lengthM[k]! * secondsPerM
      if (through >= costS[from]!) continue
      costS[from] = through
      next[from] = node
      ride[from] = -1
      heap.push(through, from)
    }
    for (const index of arriving.get(node) ?? []) {
      const { from, connector, seconds } = rides[index]!
      const through = cost + seconds + rule.reluctanceS
      if (through >= costS[from]! || !mayRide(connector)) continue
      costS[from] = through
      next[from] = node
      ride[from] = index
      heap.push(through, from)
    }
  }
  return { gates, costS, next, ride }
}

/** The best way from a gate into a tree. */
export interface Entry {
  readonly costS: number
  /** Index into the gate's links; −1 − k when the goal's gate k is reached straight. */
  readonly link: number
}

const noWay: Entry = { costS: Infinity, link: 0 }

/** How a route from `gate` begins: by which node, or straight to the goal. O(links + gates of the goal). */
export function entryOf(network: Network, rule: ProfileRule, tree: GoalTree, gate: Gate): Entry {
  const secondsPerM = 1 / rule.speedMps
  const { nodes, lengthsM } = gate.links
  let best = Infinity
  let link = 0
  for (let k = 0; k < nodes.length; k++) {
    const costS = (gate.leadM + lengthsM[k]!) * secondsPerM + tree.costS[nodes[k]!]!
    if (costS < best) {
      best = costS
      link = k
    }
  }
  const { ground } = network.levels[gate.level]!
  tree.gates.forEach((goal, k) => {
    if (goal.level !== gate.level) return
    const straightM = Math.hypot(goal.outsideX - gate.outsideX, goal.outsideY - gate.outsideY)
    const costS = (gate.leadM + straightM + goal.leadM) * secondsPerM
    if (costS >= best + 1e-9) return
    if (!ground.isClear(gate.outsideX, gate.outsideY, goal.outsideX, goal.outsideY)) return
    best = costS
    link = -1 - k
  })
  return best === Infinity ? noWay : { costS: best, link }
}
