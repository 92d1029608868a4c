import type { Ring } from '../geometry/index.ts'
import type { RoutingTables } from './tables.ts'

/** Something that is not as the map says, from now on. */
export type Closure =
  /** Nobody may walk here: a ring in metres of the level. */
  | { readonly kind: 'area'; readonly level: string; readonly ring: Ring }
  /** A lift, an escalator, stairs or a ramp is out of use; any id of it. */
  | { readonly kind: 'connector'; readonly id: string }
  /** An escalator runs the other way now. */
  | { readonly kind: 'direction'; readonly id: string; readonly direction: 'up' | 'down' | 'both' }
  /** A door is locked, of a shop or of a lift: id of its opening. Derived doors have none: close an area. */
  | { readonly kind: 'door'; readonly id: string }

/** Closures sorted by what they change. */
export interface ClosedThings {
  /** For each level the rings closed on it. */
  readonly areas: readonly (readonly Ring[])[]
  readonly connectors: ReadonlySet<number>
  readonly openings: ReadonlySet<string>
  /** The tables with escalators turned. */
  readonly tables: RoutingTables
  /** Closures that name nothing of this venue. */
  readonly unknown: readonly Closure[]
}

/** Looks up what closures close. */
export function closedThings(tables: RoutingTables, closures: readonly Closure[]): ClosedThings {
  const areas: Ring[][] = tables.levels.map(() => [])
  const connectors = new Set<number>()
  const openings = new Set<string>()
  const unknown: Closure[] = []
  const turned = [...tables.connectors]
  for (const closure of closures) {
    switch (closure.kind) {
      case 'area': {
        const level = tables.levels.findIndex(({ name }) => name === closure.level)
        if (level < 0 || !isRing(closure.ring)) unknown.push(closure)
        else areas[level]!.push(closure.ring)
        break
      }
      case 'connector': {
        const index = indexOfConnector(tables, closure.id)
        if (index < 0) unknown.push(closure)
        else connectors.add(index)
        break
      }
      case 'direction': {
        const index = indexOfConnector(tables, closure.id)
        if (index < 0) unknown.push(closure)
        else turned[index] = { ...turned[index]!, direction: closure.direction }
        break
      }
      case 'door':
        if (tables.doors.some(({ openingId }) => openingId === closure.id)) openings.add(closure.id)
        else unknown.push(closure)
    }
  }
  return { areas, connectors, openings, unknown, tables: { ...tables, connectors: turned } }
}

function isRing(ring: Ring): boolean {
  return ring.length >= 3 && ring.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))
}

/** By its own id first: two escalators may share a unit. */
function indexOfConnector(tables: RoutingTables, id: string): number {
  const own = tables.connectors.findIndex((connector) => connector.id === id)
  return own >= 0 ? own : tables.connectors.findIndex(({ ids }) => ids.includes(id))
}
