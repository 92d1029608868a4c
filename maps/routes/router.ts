import { openStateAt, secondsLater } from '../hours/opening-hours.ts'
import type { WeekMinute } from '../hours/opening-hours.ts'
import type { Xy } from '../model/index.ts'
import { closedThings } from './closures.ts'
import type { ClosedThings, Closure } from './closures.ts'
import { GateKeeper } from './gates.ts'
import { entryOf, goalTreeOf } from './goal-tree.ts'
import type { Entry, Gate, GoalTree } from './goal-tree.ts'
import { closing, networkOf } from './network.ts'
import type { Network } from './network.ts'
import { profileRules } from './profiles.ts'
import type { Profile } from './profiles.ts'
import type { Route, RouteAnswer, RouteEnd, RouteRefusal, Spot, Target } from './route.ts'
import type { RoutingPlace, RoutingTables } from './tables.ts'
import { traceOf, walkedM } from './trace.ts'
import type { Leg } from './trace.ts'

export interface RouteRequest {
  readonly from: Spot
  readonly to: Target
  /** `fastest` when absent. */
  readonly profile?: Profile
  /**
   * When the walk begins: connectors that are shut then are not used, nor what is shut as the nearest of a
   * kind. Everything is open when absent.
   */
  readonly at?: WeekMinute
  /** Ids of connectors not to use this once. */
  readonly without?: readonly string[]
  /** False for the bare shortest way along the walls, as comparisons want it. */
  readonly natural?: boolean
}

export interface RouterOptions {
  /** Trees kept, one for each goal and profile asked for; 60 kB each in a mall of five levels. */
  readonly mostTrees?: number
}

const defaultMostTrees = 1024
/** An alternative this much slower than the best is none. */
const mostDetour = 2
const mostDetourS = 180

interface Slot {
  readonly tree: GoalTree
  /** By place: which of its gates to leave by and how, so that asking again costs no comparison. */
  readonly gate: Int16Array
  readonly link: Int32Array
}

const unset = -(2 ** 31)

/** What both ends of a route have. */
interface End {
  readonly gates: readonly Gate[]
  /** Where the route begins or ends, for each gate. */
  readonly ends: readonly RouteEnd[]
}

interface Start extends End {
  /** Index of the place, −1 for a point. */
  readonly place: number
}

interface Goal extends End {
  /** Names the goal among those of a profile; empty for a point, whose tree is not kept. */
  readonly key: string
}

/**
 * Answers where to walk, from tables alone: no clock, no network. The first question to a goal grows the
 * tree of cheapest ways to it (below a millisecond in a mall of five levels); every further one reads it.
 *
 * A router is one state of the venue: `withClosures` makes the next one, and whoever still holds the old
 * one gets consistent answers from it.
 */
export class Router {
  readonly tables: RoutingTables
  /** Closures that name nothing of this venue. */
  readonly unknownClosures: readonly Closure[]
  private readonly base: RoutingTables
  private readonly baseNetworks: readonly [Network, Network]
  private readonly networks: readonly [Network, Network]
  private readonly keepers: readonly [GateKeeper, GateKeeper]
  private readonly closed: ClosedThings
  private readonly mostTrees: number
  private readonly placeById: ReadonlyMap<string, number>
  private readonly levelByName: ReadonlyMap<string, number>
  private readonly slots = new Map<string, Slot>()
  /** By network and place. */
  private readonly starts: readonly [(Start | undefined)[], (Start | undefined)[]] = [[], []]

  private constructor(parts: {
    readonly base: RoutingTables
    readonly baseNetworks: readonly [Network, Network]
    readonly closures: readonly Closure[]
    readonly mostTrees: number
  }) {
    this.base = parts.base
    this.baseNetworks = parts.baseNetworks
    this.mostTrees = parts.mostTrees
    this.closed = closedThings(parts.base, parts.closures)
    this.tables = this.closed.tables
    this.unknownClosures = this.closed.unknown
    // A connector out of use is left out when a tree is grown; everything else changes the network.
    const isReshaped = parts.closures.some(({ kind }) => kind !== 'connector')
    const reshape = (network: Network) => (isReshaped ? closing(this.tables, network, this.closed) : network)
    this.networks = [reshape(parts.baseNetworks[0]), reshape(parts.baseNetworks[1])]
    const keeper = (network: Network) => new GateKeeper(this.tables, network, this.closed.openings)
    this.keepers = [keeper(this.networks[0]), keeper(this.networks[1])]
    this.placeById = new Map(this.tables.places.map(({ id }, index) => [id, index]))
    this.levelByName = new Map(this.tables.levels.map(({ name }, index) => [name, index]))
  }

  /** A router over tables; builds both networks, some 100 ms in a mall of five levels. */
  static of(tables: RoutingTables, options: RouterOptions = {}): Router {
    return new Router({
      base: tables,
      baseNetworks: [networkOf(tables, 0), networkOf(tables, 1)],
      closures: [],
      mostTrees: options.mostTrees ?? defaultMostTrees,
    })
  }

  /** The same venue with exactly these closures; earlier ones are lifted. */
  withClosures(closures: readonly Closure[]): Router {
    const { base, baseNetworks, mostTrees } = this
    return new Router({ base, baseNetworks, closures, mostTrees })
  }

  place(id: string): RoutingPlace | undefined {
    const index = this.placeById.get(id)
    return index === undefined ? undefined : this.tables.places[index]
  }

  /** The best way for a profile, or why there is none. */
  route(request: RouteRequest): RouteAnswer {
    const profile = request.profile ?? 'fastest'
    const start = this.startOf(request.from, profile)
    if ('refused' in start) return start
    const goal = this.goalOf(request.to, profile, request.at)
    if ('refused' in goal) return goal
    const shut = this.shutConnectors(request)
    const slot = this.slotOf(goal, profile, shut)
    const best = this.bestEntry(start, slot, profile)
    if (!best) return noWay(request)
    const natural = request.natural ?? true
    const way = { from: start.gates[best.gate]!, entry: best.entry, tree: slot.tree, natural }
    const network = this.networks[profileRules[profile].network]
    const { legs, gate } = traceOf(this.tables, network, way)
    const ends = { from: start.ends[best.gate]!, to: goal.ends[gate]! }
    return this.routeOf({ request, profile, legs, costS: best.entry.costS, ...ends })
  }

  /** Seconds of the cheapest way, reluctance included; Infinity when there is none. */
  costS(request: RouteRequest): number {
    const profile = request.profile ?? 'fastest'
    const start = this.startOf(request.from, profile)
    const goal = this.goalOf(request.to, profile, request.at)
    if ('refused' in start || 'refused' in goal) return Infinity
    const slot = this.slotOf(goal, profile, this.shutConnectors(request))
    return this.bestEntry(start, slot, profile)?.entry.costS ?? Infinity
  }

  /**
   * Other ways worth offering where the best one takes a lift or an escalator (there is a queue, it is out
   * of order): each does without what the ones before it ride. The best way comes first; at most `most`.
   */
  alternatives(request: RouteRequest, most: number): Route[] {
    const found: Route[] = []
    const without = [...(request.without ?? [])]
    while (found.length < most) {
      const route = this.route({ ...request, without })
      if ('refused' in route) break
      const best = found[0] ?? route
      if (route.seconds > best.seconds * mostDetour + mostDetourS) break
      found.push(route)
      const ridden = route.legs.flatMap((leg) =>
        leg.kind === 'ride' ? [this.tables.connectors[leg.connector]!.id] : [],
      )
      if (ridden.length === 0) break
      without.push(...ridden)
    }
    return found
  }

  private startOf(spot: Spot, profile: Profile): Start | RouteRefusal {
    const { network } = profileRules[profile]
    const keeper = this.keepers[network]
    if ('place' in spot) {
      const index = this.placeById.get(spot.place)
      if (index === undefined) return unknownPlace(spot.place)
      return (this.starts[network][index] ??= this.startAt(index, keeper))
    }
    const level = this.levelByName.get(spot.level)
    if (level === undefined) return this.unknownLevel(spot.level)
    const { gates, gapM } = keeper.ofPoint(level, spot)
    if (gates.length === 0) return notWalkable(spot)
    return { gates, place: -1, ends: gates.map((gate) => endAt(gate, gapM)) }
  }

  private startAt(index: number, keeper: GateKeeper): Start {
    const place = this.tables.places[index]!
    const gates = keeper.ofDoors(place.doors)
    return { gates, place: index, ends: gates.map((gate) => endAt(gate, 0, place)) }
  }

  private goalOf(target: Target, profile: Profile, at: WeekMinute | undefined): Goal | RouteRefusal {
    if (!('nearest' in target)) {
      const start = this.startOf(target, profile)
      if ('refused' in start) return start
      return { ...start, key: start.place < 0 ? '' : ` ${start.place}` }
    }
    const kind = target.nearest
    const keeper = this.keepers[profileRules[profile].network]
    const all = this.tables.places.filter((place) => isOfKind(place, kind))
    const open = all.filter(({ hours }) => at === undefined || !isShut(hours, at))
    // Where everything of the kind is shut, the nearest is of more use than none: its hours are told.
    const places = open.length > 0 ? open : all
    const gates: Gate[] = []
    const ends: RouteEnd[] = []
    for (const place of places) {
      for (const gate of keeper.ofDoors(place.doors)) {
        gates.push(gate)
        ends.push(endAt(gate, 0, place))
      }
    }
    if (gates.length === 0) return { refused: 'nothing-of-that-kind', facts: { kind } }
    const some = places.length < all.length ? ` of ${places.map(({ id }) => id).join(' ')}` : ''
    return { key: ` nearest ${kind}${some}`, gates, ends }
  }

  /** Connectors closed now, shut at this hour or not wanted. */
  private shutConnectors({ at, without }: RouteRequest): ReadonlySet<number> {
    if (!at && (!without || without.length === 0)) return this.closed.connectors
    const shut = new Set(this.closed.connectors)
    this.tables.connectors.forEach(({ hours, ids }, index) => {
      if (at && isShut(hours, at)) shut.add(index)
      if (without?.some((id) => ids.includes(id)) === true) shut.add(index)
    })
    return shut
  }

  private slotOf(goal: Goal, profile: Profile, shut: ReadonlySet<number>): Slot {
    if (goal.key === '') return this.grown(goal, profile, shut)
    const key = shut.size === 0 ? profile + goal.key : `${profile} ${[...shut].join(' ')} ${goal.key}`
    const known = this.slots.get(key)
    if (known) return known
    // The least recently grown goes; a mall has fewer goals than trees are kept.
    if (this.slots.size >= this.mostTrees) {
      for (const oldest of this.slots.keys()) {
        this.slots.delete(oldest)
        break
      }
    }
    const slot = this.grown(goal, profile, shut)
    this.slots.set(key, slot)
    return slot
  }

  private grown(goal: Goal, profile: Profile, shut: ReadonlySet<number>): Slot {
    const rule = profileRules[profile]
    const { connectors, places } = this.tables
    const mayRide = (index: number) => rule.connectors.has(connectors[index]!.kind) && !shut.has(index)
    return {
      tree: goalTreeOf(this.networks[rule.network], rule, goal.gates, mayRide),
      gate: new Int16Array(places.length),
      link: new Int32Array(places.length).fill(unset),
    }
  }

  private bestEntry(start: Start, slot: Slot, profile: Profile): { gate: number; entry: Entry } | undefined {
    const rule = profileRules[profile]
    const network = this.networks[rule.network]
    if (start.place >= 0 && slot.link[start.place] !== unset) {
      const gate = slot.gate[start.place]!
      const link = slot.link[start.place]!
      if (gate < 0) return undefined
      return { gate, entry: { link, costS: entryCostS(slot.tree, start.gates[gate]!, link, rule.speedMps) } }
    }
    let best: { gate: number; entry: Entry } | undefined
    start.gates.forEach((gate, index) => {
      const entry = entryOf(network, rule, slot.tree, gate)
      if (entry.costS < (best?.entry.costS ?? Infinity)) best = { gate: index, entry }
    })
    if (start.place >= 0) {
      slot.gate[start.place] = best ? best.gate : -1
      slot.link[start.place] = best ? best.entry.link : 0
    }
    return best
  }

  private routeOf(found: {
    readonly request: RouteRequest
    readonly profile: Profile
    readonly legs: readonly Leg[]
    readonly costS: number
    readonly from: RouteEnd
    readonly to: RouteEnd
  }): Route {
    const { request, profile, legs, costS, from, to } = found
    const lengthM = walkedM(legs)
    let seconds = lengthM / profileRules[profile].speedMps
    const levels: string[] = []
    for (const leg of legs) {
      if (leg.kind === 'ride') {
        seconds += leg.seconds
        continue
      }
      const { name } = this.tables.levels[leg.level]!
      if (levels[levels.length - 1] !== name) levels.push(name)
    }
    const route = { profile, from, to, legs, lengthM, seconds, costS, levels }
    const hours = to.place?.hours
    const state =
      request.at && hours !== undefined ? openStateAt(hours, secondsLater(request.at, seconds)) : undefined
    return state ? { ...route, isOpenOnArrival: state.open } : route
  }

  private unknownLevel(level: string): RouteRefusal {
    const known = this.tables.levels.map(({ name }) => name).join(', ')
    return { refused: 'unknown-level', facts: { level, known } }
  }
}

function entryCostS(tree: GoalTree, gate: Gate, link: number, speedMps: number): number {
  if (link >= 0)
    return (gate.leadM + gate.links.lengthsM[link]!) / speedMps + tree.costS[gate.links.nodes[link]!]!
  const goal = tree.gates[-1 - link]!
  const straightM = Math.hypot(goal.outsideX - gate.outsideX, goal.outsideY - gate.outsideY)
  return (gate.leadM + straightM + goal.leadM) / speedMps
}

function endAt(gate: Gate, gapM: number, place?: RoutingPlace): RouteEnd {
  const { x, y }: Xy = gate.lead[0] ?? { x: gate.outsideX, y: gate.outsideY }
  return { level: gate.level, x, y, gapM, ...(place && { place }) }
}

function isOfKind({ category, kind }: RoutingPlace, wanted: string): boolean {
  return category === wanted || category.startsWith(`${wanted}.`) || kind === wanted
}

/** Whether something is known to be shut at a time. */
function isShut(hours: string | undefined, at: WeekMinute): boolean {
  return hours !== undefined && openStateAt(hours, at)?.open === false
}

function unknownPlace(place: string): RouteRefusal {
  return { refused: 'unknown-place', facts: { place } }
}

function notWalkable(spot: { readonly level: string } & Xy): RouteRefusal {
  return { refused: 'not-walkable', facts: { level: spot.level, x: String(spot.x), y: String(spot.y) } }
}

function noWay({ from, to, profile }: RouteRequest): RouteRefusal {
  const told = (target: Target) =>
    'nearest' in target
      ? target.nearest
      : 'place' in target
        ? target.place
        : `${target.level}:${target.x},${target.y}`
  return { refused: 'no-way', facts: { from: told(from), to: told(to), profile: profile ?? 'fastest' } }
}
