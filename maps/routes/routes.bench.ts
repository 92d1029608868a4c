import { cpus } from 'node:os'
import process from 'node:process'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import createGraph from 'ngraph.graph'
import ngraphPath from 'ngraph.path'
import { demoMall } from '../demo/index.ts'
import { destinationsOf } from '../directory/index.ts'
import { buildRoutingTables } from './build-tables.ts'
import { encodeRoutingTables } from './encode-tables.ts'
import { GateKeeper } from './gates.ts'
import { networkOf } from './network.ts'
import { profileRules } from './profiles.ts'
import { Router } from './router.ts'
import type { RoutingTables } from './tables.ts'
import { realMall, seededBelow } from './testing/real-mall.ts'

const repeats = 12
const pairCount = 20_000
const peerPairCount = 400

/** Keeps results alive, so that nothing measured is optimised away. */
let sink = 0

/**
 * Routes over several levels with their geometry, beside ngraph.path's A* on the same graph, places and
 * pairs, in the same run: the real mall when `ATRIUM_REAL_MALL` names it, else the demo mall. Rates are per
 * second of processor time of the one thread, as other work on the machine would else be measured with it.
 */
export function run(): object {
  const real = realMall()
  const archive = real?.archive ?? demoMall()
  const destinations = real?.destinations ?? destinationsOf(archive)
  const buildMs = timed(3, () => void buildRoutingTables(archive, destinations)).medianMs
  const tables = buildRoutingTables(archive, destinations)
  const openMs = timed(3, () => void Router.of(tables)).medianMs
  const router = Router.of(tables)
  const pairs = pairsOn(tables)
  const cold = timed(1, () => {
    ask(router, pairs)
  })
  const warm = timed(repeats, () => {
    ask(router, pairs)
  })
  const latencies = latenciesUs(router, pairs)
  const peer = peerOf(tables)
  const few = pairs.slice(0, peerPairCount)
  peer.ask(few.slice(0, 50))
  const peerTime = timed(repeats, () => {
    peer.ask(few)
  })
  const perSecond = (pairs.length / warm.medianMs) * 1000
  const peerPerSecond = (few.length / peerTime.medianMs) * 1000
  const text = encodeRoutingTables(tables, 'bench')
  return {
    machine: cpus()[0]?.model,
    node: process.version,
    venue: real ? 'real mall' : 'demo mall',
    places: tables.places.length,
    levels: tables.levels.length,
    pairs: pairs.length,
    buildMs,
    openMs,
    closureMs: closureMs(router, pairs[0]!),
    tables: { bytes: text.length, gzip: gzipSync(text).length, brotli: brotliCompressSync(text).length },
    atrium: {
      coldPerSecond: (pairs.length / cold.medianMs) * 1000,
      perSecond,
      bestPerSecond: (pairs.length / warm.minMs) * 1000,
      p50Us: latencies[Math.floor(latencies.length * 0.5)],
      p99Us: latencies[Math.floor(latencies.length * 0.99)],
    },
    peers: [{ name: 'ngraph.path A*', perSecond: peerPerSecond, sameCost: peer.agreement(router, few) }],
    ratio: perSecond / peerPerSecond,
    sink: sink > 0,
  }
}

type Pair = readonly [from: number, to: number]

/** Pairs of shops and bays on different levels. */
function pairsOn({ places }: RoutingTables): Pair[] {
  const goals = places.flatMap(({ kind }, k) => (kind === 'shop' || kind === 'bay' ? [k] : []))
  const below = seededBelow(9)
  const pairs: Pair[] = []
  while (pairs.length < pairCount) {
    const [from, to] = [goals[below(goals.length)]!, goals[below(goals.length)]!]
    if (places[from]!.level !== places[to]!.level) pairs.push([from, to])
  }
  return pairs
}

function ask(router: Router, pairs: readonly Pair[]): void {
  const { places } = router.tables
  for (const [from, to] of pairs) {
    const route = router.route({ from: { place: places[from]!.id }, to: { place: places[to]!.id } })
    if (!('refused' in route))
      for (const leg of route.legs) if (leg.kind === 'walk') sink += leg.points.length
  }
}

/** Wall-clock microseconds of single questions, sorted. */
function latenciesUs(router: Router, pairs: readonly Pair[]): number[] {
  return pairs
    .map((pair) => {
      const start = process.hrtime.bigint()
      ask(router, [pair])
      return Number(process.hrtime.bigint() - start) / 1000
    })
    .sort((a, b) => a - b)
}

/** Milliseconds of processor time for closing 10 m by 2 m of a level and the first answer after it. */
function closureMs(router: Router, pair: Pair): number {
  const { places, doors, levels } = router.tables
  const { outsideX: x, outsideY: y, level } = doors[places[pair[0]]!.doors[0]!]!
  const ring = [
    { x: x + 2, y: y + 1 },
    { x: x + 12, y: y + 1 },
    { x: x + 12, y: y + 3 },
    { x: x + 2, y: y + 3 },
  ]
  return timed(repeats, () => {
    ask(router.withClosures([{ kind: 'area', level: levels[level]!.name, ring }]), [pair])
  }).medianMs
}

function timed(times: number, work: () => void): { minMs: number; medianMs: number } {
  const ms = Array.from({ length: times }, () => {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }).sort((a, b) => a - b)
  return { minMs: ms[0]!, medianMs: ms[Math.floor(ms.length / 2)]! }
}

/** The same network as a graph of ngraph's, places joined to what their doors see. */
function peerOf(tables: RoutingTables) {
  const rule = profileRules.fastest
  const network = networkOf(tables, 0)
  const keeper = new GateKeeper(tables, network, new Set())
  const graph = createGraph<{ x: number; y: number; level: number }, number>()
  const { corners, arcs, rides, levelOf } = network
  for (let node = 0; node < corners.count; node++) {
    graph.addNode(node, { x: corners.x[node]!, y: corners.y[node]!, level: levelOf[node]! })
  }
  for (let node = 0; node < corners.count; node++) {
    for (let k = arcs.start[node]!; k < arcs.start[node + 1]!; k++) {
      graph.addLink(node, arcs.to[k]!, arcs.lengthM[k]! / rule.speedMps)
    }
  }
  for (const { from, to, seconds, feltS } of rides) graph.addLink(from, to, seconds + feltS)
  tables.places.forEach(({ doors, level }, place) => {
    for (const gate of keeper.ofDoors(doors)) {
      // Two nodes: nobody walks through a shop to save a corner.
      graph.addNode(`from ${place}`, { x: gate.outsideX, y: gate.outsideY, level })
      graph.addNode(`to ${place}`, { x: gate.outsideX, y: gate.outsideY, level })
      gate.links.nodes.forEach((node, k) => {
        const seconds = (gate.leadM + gate.links.lengthsM[k]!) / rule.speedMps
        // Two doors may see one corner; a graph of theirs has one link between two nodes.
        if ((graph.getLink(`from ${place}`, node)?.data ?? Infinity) <= seconds) return
        graph.addLink(`from ${place}`, node, seconds)
        graph.addLink(node, `to ${place}`, seconds)
      })
    }
  })
  const finder = ngraphPath.aStar(graph, {
    oriented: true,
    distance: (_from, _to, link) => link.data,
    // A place with several doors stands at one of them: nothing is known of the distance to it.
    heuristic: () => 0,
  })
  const find = ([from, to]: Pair) => finder.find(`from ${from}`, `to ${to}`)
  const costOf = (pair: Pair) => {
    const nodes = find(pair)
    let cost = 0
    for (let k = 1; k < nodes.length; k++) cost += graph.getLink(nodes[k]!.id, nodes[k - 1]!.id)!.data
    return cost
  }
  return {
    ask: (pairs: readonly Pair[]) => {
      for (const pair of pairs) sink += find(pair).length
    },
    /** Share of pairs for which both found the same cost. */
    agreement: (router: Router, pairs: readonly Pair[]) => {
      const { places } = router.tables
      const same = pairs.filter((pair) => {
        const [from, to] = pair
        const costS = router.costS({ from: { place: places[from]!.id }, to: { place: places[to]!.id } })
        return Math.abs(costS - costOf(pair)) < 0.01
      })
      return same.length / pairs.length
    },
  }
}
