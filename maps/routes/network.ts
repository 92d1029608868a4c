import type { ClosedThings } from './closures.ts'
import { cornersOf, cornerShifts, isTangent } from './corners.ts'
import type { Corners } from './corners.ts'
import { Ground } from './ground.ts'
import { ridesOf } from './rides.ts'
import type { Ride } from './rides.ts'
import type { RoutingTables } from './tables.ts'

/** A node is passed at its corner (0), where people like to pass it (3), or between. */
export const steps = 4

/** What a point sees: nodes, how far they are, and to which of their steps the way is clear (bit 1 << step). */
export interface Links {
  readonly nodes: Int32Array
  readonly lengthsM: Float64Array
  readonly clear: Uint8Array
}

/** Ways of walking between nodes, by node: `to`, length and which combinations of steps are clear. */
interface Arcs {
  readonly start: Int32Array
  readonly to: Int32Array
  readonly lengthM: Float64Array
  /** Bit `step of to × steps + step of the node itself` is set when the way between them is clear. */
  readonly clear: Uint16Array
}

/**
 * The graph of all levels for one width of walker: corners that see each other, the doors of connectors,
 * and the rides between them. Immutable; closures make another one.
 */
export interface Network {
  readonly corners: Corners
  readonly levels: readonly { readonly ground: Ground; readonly nodes: Int32Array }[]
  readonly levelOf: Uint8Array
  readonly shifts: Float32Array
  /** Index of the connector's door that a node stands before; −1 for a corner. */
  readonly portDoor: Int32Array
  readonly arcs: Arcs
  readonly rides: readonly Ride[]
  /** Rides that arrive at each node. */
  readonly arriving: ReadonlyMap<number, readonly number[]>
}

/** Builds the network from the tables: grids, ports of connectors, and which natural ways are clear. */
export function networkOf(tables: RoutingTables, index: 0 | 1): Network {
  const data = tables.networks[index]!
  const grounds = data.levels.map(({ walls }) => Ground.of(walls))
  const perLevel = data.levels.map(({ corners }) => cornersOf(corners))
  const shifts = perLevel.map((corners, level) => cornerShifts(corners, grounds[level]!.walls))
  const ports = portsOf(tables, grounds)
  const drafts = perLevel.flatMap((corners, level) => draftsOf(corners, level, shifts[level]!))
  const pairs: number[] = [...data.arcs]
  return assemble({ tables, grounds, drafts: [...drafts, ...ports], pairs, firstNew: drafts.length })
}

/**
 * The same network while something is closed: corners inside of closed areas and ways through them are gone,
 * and one may walk round them; nobody gets on or off by a locked door.
 * O(ways + new corners × corners of their level).
 */
export function closing(
  tables: RoutingTables,
  network: Network,
  { areas, openings }: Pick<ClosedThings, 'areas' | 'openings'>,
): Network {
  const grounds = network.levels.map(({ ground }, level) => ground.closing(areas[level] ?? []))
  const kept = new Int32Array(network.corners.count).fill(-1)
  const drafts: NodeDraft[] = []
  for (let node = 0; node < network.corners.count; node++) {
    const draft = draftAt(network, node)
    const ground = grounds[draft.level]!
    const door = tables.doors[draft.door]
    const { x, y } = door ?? draft
    if (ground.isWayClosed(x, y, draft.x, draft.y)) continue
    if (door?.openingId !== undefined && openings.has(door.openingId)) continue
    kept[node] = drafts.length
    drafts.push(draft)
  }
  const firstNew = drafts.length
  grounds.forEach((ground, level) => {
    for (const { at, before, after } of ground.closedCorners()) {
      drafts.push({ ...at, level, before, after, shiftX: 0, shiftY: 0, door: -1 })
    }
  })
  const pairs: number[] = []
  const { arcs, corners } = network
  for (let a = 0; a < corners.count; a++) {
    for (let k = arcs.start[a]!; k < arcs.start[a + 1]!; k++) {
      const b = arcs.to[k]!
      if (b < a || kept[a]! < 0 || kept[b]! < 0) continue
      const ground = grounds[network.levelOf[a]!]!
      const isTouched = ground.closed.length > 0
      if (isTouched && !ground.isClear(corners.x[a]!, corners.y[a]!, corners.x[b]!, corners.y[b]!)) continue
      pairs.push(kept[a]!, kept[b]!)
    }
  }
  return assemble({ tables, grounds, drafts, pairs, firstNew })
}

/** Everything that is seen from a point of a level. O(corners of the level) and a grid walk for few. */
export function linksFrom(network: Network, level: number, x: number, y: number): Links {
  const { corners, shifts } = network
  const { ground, nodes } = network.levels[level]!
  const seen: number[] = []
  for (const node of nodes) {
    if (!isTangent(corners, node, x, y)) continue
    if (ground.isClear(x, y, corners.x[node]!, corners.y[node]!)) seen.push(node)
  }
  const clear = seen.map((node) => {
    let bits = 1
    for (let step = 1; step < steps; step++) {
      const nx = corners.x[node]! + (shifts[2 * node]! * step) / (steps - 1)
      const ny = corners.y[node]! + (shifts[2 * node + 1]! * step) / (steps - 1)
      if (ground.isClear(x, y, nx, ny)) bits |= 1 << step
    }
    return bits
  })
  return {
    nodes: Int32Array.from(seen),
    lengthsM: Float64Array.from(seen, (node) => Math.hypot(corners.x[node]! - x, corners.y[node]! - y)),
    clear: Uint8Array.from(clear),
  }
}

/** x of a node at a step between its corner and where people like to pass it. */
export function nodeX({ corners, shifts }: Network, node: number, step: number): number {
  return corners.x[node]! + (shifts[2 * node]! * step) / (steps - 1)
}

/** y of a node at a step between its corner and where people like to pass it. */
export function nodeY({ corners, shifts }: Network, node: number, step: number): number {
  return corners.y[node]! + (shifts[2 * node + 1]! * step) / (steps - 1)
}

interface NodeDraft {
  readonly x: number
  readonly y: number
  readonly level: number
  readonly before: { readonly x: number; readonly y: number }
  readonly after: { readonly x: number; readonly y: number }
  readonly shiftX: number
  readonly shiftY: number
  readonly door: number
}

function draftsOf(corners: Corners, level: number, shifts: Float32Array): NodeDraft[] {
  return Array.from({ length: corners.count }, (_, v) => ({
    x: corners.x[v]!,
    y: corners.y[v]!,
    level,
    before: { x: corners.beforeX[v]!, y: corners.beforeY[v]! },
    after: { x: corners.afterX[v]!, y: corners.afterY[v]! },
    shiftX: shifts[2 * v]!,
    shiftY: shifts[2 * v + 1]!,
    door: -1,
  }))
}

/** A port has no walls of its own: every way to it is a tangent. */
function portsOf(tables: RoutingTables, grounds: readonly Ground[]): NodeDraft[] {
  const doors = new Set(tables.connectors.flatMap(({ stops }) => stops.flatMap((stop) => [...stop.doors])))
  return [...doors].flatMap((door) => {
    const { level, outsideX: x, outsideY: y } = tables.doors[door]!
    if (!grounds[level]!.contains(x, y)) return []
    return [{ x, y, level, before: { x, y }, after: { x, y }, shiftX: 0, shiftY: 0, door }]
  })
}

function draftAt(network: Network, node: number): NodeDraft {
  const { corners, shifts, levelOf, portDoor } = network
  return {
    x: corners.x[node]!,
    y: corners.y[node]!,
    level: levelOf[node]!,
    before: { x: corners.beforeX[node]!, y: corners.beforeY[node]! },
    after: { x: corners.afterX[node]!, y: corners.afterY[node]! },
    shiftX: shifts[2 * node]!,
    shiftY: shifts[2 * node + 1]!,
    door: portDoor[node]!,
  }
}

interface Parts {
  readonly tables: RoutingTables
  readonly grounds: readonly Ground[]
  readonly drafts: readonly NodeDraft[]
  /** Pairs of nodes known to see each other; from `firstNew` on, what a node sees is still to be found. */
  readonly pairs: readonly number[]
  readonly firstNew: number
}

function assemble({ tables, grounds, drafts, pairs, firstNew }: Parts): Network {
  const count = drafts.length
  const column = (pick: (draft: NodeDraft) => number) => Float64Array.from(drafts, pick)
  const corners: Corners = {
    count,
    x: column(({ x }) => x),
    y: column(({ y }) => y),
    beforeX: column(({ before }) => before.x),
    beforeY: column(({ before }) => before.y),
    afterX: column(({ after }) => after.x),
    afterY: column(({ after }) => after.y),
  }
  const shifts = Float32Array.from(drafts.flatMap(({ shiftX, shiftY }) => [shiftX, shiftY]))
  const levelOf = Uint8Array.from(drafts, ({ level }) => level)
  const numbered = drafts.map((_, node) => node)
  const levels = grounds.map((ground, level) => ({
    ground,
    nodes: Int32Array.from(numbered.filter((node) => levelOf[node] === level)),
  }))
  const all = [...pairs]
  for (let a = firstNew; a < count; a++) {
    const { ground, nodes } = levels[levelOf[a]!]!
    for (const b of nodes) {
      // Two new nodes meet once, from the later one.
      if (b >= a || !isTangent(corners, b, corners.x[a]!, corners.y[a]!)) continue
      if (!isTangent(corners, a, corners.x[b]!, corners.y[b]!)) continue
      if (ground.isClear(corners.x[a]!, corners.y[a]!, corners.x[b]!, corners.y[b]!)) all.push(b, a)
    }
  }
  const portDoor = Int32Array.from(drafts, ({ door }) => door)
  const base = { corners, levels, levelOf, shifts, portDoor }
  const nodeByDoor = new Map(drafts.flatMap(({ door }, node) => (door < 0 ? [] : [[door, node] as const])))
  const rides = ridesOf(tables, nodeByDoor)
  const arriving = new Map<number, number[]>()
  rides.forEach(({ to }, ride) => {
    const known = arriving.get(to)
    if (known) known.push(ride)
    else arriving.set(to, [ride])
  })
  return { ...base, arcs: arcsOf(base, all), rides, arriving }
}

function arcsOf(network: Omit<Network, 'arcs' | 'rides' | 'arriving'>, pairs: readonly number[]): Arcs {
  const { corners, levels, levelOf, shifts } = network
  const start = new Int32Array(corners.count + 1)
  for (const node of pairs) start[node + 1]! += 1
  for (let node = 0; node < corners.count; node++) start[node + 1]! += start[node]!
  const fill = start.slice()
  const to = new Int32Array(pairs.length)
  const lengthM = new Float64Array(pairs.length)
  const clear = new Uint16Array(pairs.length)
  const at = (node: number, step: number, axis: 0 | 1) =>
    (axis === 0 ? corners.x[node]! : corners.y[node]!) + (shifts[2 * node + axis]! * step) / (steps - 1)
  for (let k = 0; k < pairs.length; k += 2) {
    const a = pairs[k]!
    const b = pairs[k + 1]!
    const { ground } = levels[levelOf[a]!]!
    let forward = 1
    let backward = 1
    for (let i = 0; i < steps; i++) {
      for (let j = 0; j < steps; j++) {
        if (i + j === 0 || !ground.isClear(at(a, i, 0), at(a, i, 1), at(b, j, 0), at(b, j, 1))) continue
        forward |= 1 << (i * steps + j)
        backward |= 1 << (j * steps + i)
      }
    }
    const m = Math.hypot(corners.x[a]! - corners.x[b]!, corners.y[a]! - corners.y[b]!)
    for (const [from, other, bits] of [
      [a, b, backward],
      [b, a, forward],
    ] as const) {
      const slot = fill[from]!++
      to[slot] = other
      lengthM[slot] = m
      clear[slot] = bits
    }
  }
  return { start, to, lengthM, clear }
}
