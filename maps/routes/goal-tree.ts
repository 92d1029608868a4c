import { MinHeap } from '../geometry/heap.ts'
import type { Xy } from '../model/index.ts'
import { steps } from './network.ts'
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
 * The cheapest way from every node to one goal. A goal may have many gates (a corner shop's doors, all
 * toilets of a mall).
 */
export interface GoalTree {
  readonly gates: readonly Gate[]
  /** Seconds to the goal from each node; Infinity where there is no way. */
  readonly costS: Float32Array
  /**
   * What comes after each node, by node and the step at which it is passed, so that following a way reads
   * one number a corner: `isGate`, `isRide`, else `hopNode` and `hopStep`.
   */
  readonly hops: Int32Array
  /**
   * By node and step: how far the rest of the walk can keep off its corners when this one is passed at that
   * step (sum of steps plus one, 255 at most); 0 where the way on is not clear from there.
   */
  readonly room: Uint8Array
  /**
   * By node: between which of its steps and which of what comes next the way is clear, as in `Arcs.clear`;
   * before a gate, from which of its steps, as in `Links.clear`.
   */
  readonly clear: Uint16Array
}

const rideFlag = 1 << 30

/** A hop that reaches gate −1 − hop. */
export const isGate = (hop: number) => hop < 0
/** A hop that takes a ride: `hopRide`. */
export const isRide = (hop: number) => hop >= rideFlag
export const hopRide = (hop: number) => hop - rideFlag
export const hopNode = (hop: number) => (hop - (hop % steps)) / steps
export const hopStep = (hop: number) => hop % steps

const mostRoom = 255

/**
 * Dijkstra's algorithm from the goal against the direction of every ride; on the way out, the best step at
 * every corner by dynamic programming. O((nodes + ways) log nodes).
 * Source: Dijkstra 1959, A note on two problems in connexion with graphs; Bellman 1957.
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
  const hops = new Int32Array(count * steps)
  const room = new Uint8Array(count * steps)
  /** The node after each, −1 − k where gate k comes, and the ride taken there or −1. */
  const next = new Int32Array(count)
  const ride = new Int32Array(count).fill(-1)
  const clear = new Uint16Array(count)
  const heap = new MinHeap(count)
  const secondsPerM = 1 / rule.speedMps
  gates.forEach(({ links, leadM }, gate) => {
    for (let k = 0; k < links.nodes.length; k++) {
      const node = links.nodes[k]!
      const cost = (leadM + links.lengthsM[k]!) * secondsPerM
      if (cost >= costS[node]!) continue
      costS[node] = cost
      next[node] = -1 - gate
      clear[node] = links.clear[k]!
      heap.push(cost, node)
    }
  })
  while (heap.length > 0) {
    const cost = heap.topKey()
    const node = heap.pop()
    if (cost > costS[node]!) continue
    settle({ hops, room }, { node, clear: clear[node]!, next: next[node]!, ride: ride[node]! })
    for (let k = arcs.start[node]!; k < arcs.start[node + 1]!; k++) {
      const from = arcs.to[k]!
      const through = cost + arcs.lengthM[k]! * secondsPerM
      if (through >= costS[from]!) continue
      costS[from] = through
      next[from] = node
      ride[from] = -1
      clear[from] = arcs.clear[k]!
      heap.push(through, from)
    }
    for (const index of arriving.get(node) ?? []) {
      const { from, connector, seconds, feltS } = rides[index]!
      const through = cost + seconds + feltS + rule.reluctanceS
      if (through >= costS[from]! || !mayRide(connector)) continue
      costS[from] = through
      next[from] = node
      ride[from] = index
      heap.push(through, from)
    }
  }
  return { gates, hops, room, clear, costS: Float32Array.from(costS) }
}

/** Finds the best step of the next node for each step of this one; the next one is settled. */
function settle(
  { hops, room }: Pick<GoalTree, 'hops' | 'room'>,
  reached: { readonly node: number; readonly clear: number; readonly next: number; readonly ride: number },
): void {
  const { node, clear, next, ride } = reached
  const at = node * steps
  for (let step = 0; step < steps; step++) {
    if (ride >= 0 || next < 0) {
      hops[at + step] = ride >= 0 ? rideFlag + ride : next
      // A port stands where it stands: only its corner step is one.
      if (ride >= 0 ? step === 0 : (clear >> step) & 1) room[at + step] = step + 1
      continue
    }
    let most = 0
    let best = 0
    for (let later = 0; later < steps; later++) {
      const rest = room[next * steps + later]!
      if (rest <= most || ((clear >> (step * steps + later)) & 1) === 0) continue
      most = rest
      best = later
    }
    hops[at + step] = next * steps + best
    if (most > 0) room[at + step] = Math.min(mostRoom, most + step)
  }
}

/** The step at which to pass a route's first node, given those that are clear from its start. */
export function firstStep({ room }: GoalTree, node: number, clear: number): number {
  let best = 0
  for (let step = 1; step < steps; step++) {
    if ((clear >> step) & 1 && room[node * steps + step]! > room[node * steps + best]!) best = step
  }
  return best
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
