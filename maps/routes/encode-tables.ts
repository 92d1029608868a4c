import type { Ring } from '../geometry/index.ts'
import { networkClearancesM } from './profiles.ts'
import type {
  NetworkTables,
  RoutingConnector,
  RoutingDoor,
  RoutingLevel,
  RoutingPlace,
  RoutingTables,
  RoutingUnit,
} from './tables.ts'

/** Rises when the meaning of the file changes; a reader refuses what it does not know. */
export const tablesFormat = 1

/**
 * How tables are written: JSON, as every client can read it and every server compresses it; rings and arcs
 * as whole millimetres and numbers, each as the difference to the one before.
 */
interface TablesFile {
  readonly format: number
  /** Version of the venue the tables were derived from, as its publisher names it. */
  readonly version: string
  readonly levels: readonly (Omit<RoutingLevel, 'standing'> & { readonly standing: readonly number[][] })[]
  readonly units: readonly (Omit<RoutingUnit, 'rings'> & { readonly rings: readonly number[][] })[]
  /** Level, wall x and y, outside x and y less those, width in millimetres; then the opening's id or 0. */
  readonly doors: readonly (readonly (number | string)[])[]
  readonly places: readonly RoutingPlace[]
  readonly connectors: readonly RoutingConnector[]
  readonly networks: readonly {
    readonly clearanceM: number
    readonly levels: readonly { readonly corners: readonly number[][]; readonly walls: readonly number[][] }[]
    readonly arcs: readonly number[]
  }[]
}

/** The tables of one version of a venue as the text of one file; O(size). */
export function encodeRoutingTables(tables: RoutingTables, version: string): string {
  const file: TablesFile = {
    format: tablesFormat,
    version,
    levels: tables.levels.map((level) => ({ ...level, standing: level.standing.map(packedRing) })),
    units: tables.units.map((unit) => ({ ...unit, rings: unit.rings.map(packedRing) })),
    doors: tables.doors.map(packedDoor),
    places: tables.places,
    connectors: tables.connectors,
    networks: tables.networks.map(({ clearanceM, levels, arcs }) => ({
      clearanceM,
      levels: levels.map(({ corners, walls }) => ({
        corners: corners.map(packedRing),
        walls: walls.map(packedRing),
      })),
      arcs: packedArcs(arcs),
    })),
  }
  return JSON.stringify(file)
}

export type DecodedTables =
  | { readonly version: string; readonly tables: RoutingTables }
  | { readonly refused: 'not-tables' | 'unknown-format'; readonly facts: Readonly<Record<string, string>> }

/** Reads what `encodeRoutingTables` wrote; refuses other text, other formats and half a file. O(size). */
export function decodeRoutingTables(text: string): DecodedTables {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch (error) {
    return { refused: 'not-tables', facts: { reason: error instanceof Error ? error.message : 'not JSON' } }
  }
  // A parser: the format number vouches for the rest, which only `encodeRoutingTables` writes.
  const file = read as Partial<TablesFile> | null
  if (typeof file !== 'object' || file === null || typeof file.format !== 'number') {
    return { refused: 'not-tables', facts: { reason: 'no format number' } }
  }
  if (file.format !== tablesFormat) {
    return { refused: 'unknown-format', facts: { format: String(file.format), known: String(tablesFormat) } }
  }
  const { version, levels, units, doors, places, connectors, networks } = file as TablesFile
  const missing = Object.entries({ levels, units, doors, places, connectors, networks })
    .filter(([, part]) => !Array.isArray(part))
    .map(([name]) => name)
  if (missing.length > 0 || networks.length < networkClearancesM.length) {
    return { refused: 'not-tables', facts: { reason: `no ${missing.join(', ') || 'second network'}` } }
  }
  return {
    version,
    tables: {
      levels: levels.map((level) => ({ ...level, standing: level.standing.map(unpackedRing) })),
      units: units.map((unit) => ({ ...unit, rings: unit.rings.map(unpackedRing) })),
      doors: doors.map(unpackedDoor),
      places,
      connectors,
      networks: networks.map((network): NetworkTables => ({
        clearanceM: network.clearanceM,
        levels: network.levels.map(({ corners, walls }) => ({
          corners: corners.map(unpackedRing),
          walls: walls.map(unpackedRing),
        })),
        arcs: unpackedArcs(network.arcs),
      })),
    },
  }
}

const toMm = (metres: number) => Math.round(metres * 1000)

function packedRing(ring: Ring): number[] {
  let [x, y] = [0, 0]
  return ring.flatMap((point) => {
    const step = [toMm(point.x) - x, toMm(point.y) - y]
    x += step[0]!
    y += step[1]!
    return step
  })
}

function unpackedRing(packed: readonly number[]): Ring {
  const ring: { x: number; y: number }[] = []
  for (let i = 0, x = 0, y = 0; i + 1 < packed.length; i += 2) {
    x += packed[i]!
    y += packed[i + 1]!
    ring.push({ x: x / 1000, y: y / 1000 })
  }
  return ring
}

function packedDoor({
  level,
  x,
  y,
  outsideX,
  outsideY,
  widthM,
  openingId,
}: RoutingDoor): (number | string)[] {
  const [wallX, wallY] = [toMm(x), toMm(y)]
  return [level, wallX, wallY, toMm(outsideX) - wallX, toMm(outsideY) - wallY, toMm(widthM), openingId ?? 0]
}

function unpackedDoor(packed: readonly (number | string)[]): RoutingDoor {
  const [level = 0, x = 0, y = 0, dx = 0, dy = 0, width = 0] = packed.map(Number)
  const openingId = packed[6]
  return {
    level,
    x: x / 1000,
    y: y / 1000,
    outsideX: (x + dx) / 1000,
    outsideY: (y + dy) / 1000,
    widthM: width / 1000,
    ...(typeof openingId === 'string' && { openingId }),
  }
}

/** Pairs come sorted by their first: its difference to the one before, and the second less the first. */
function packedArcs(arcs: Int32Array): number[] {
  const packed: number[] = []
  for (let k = 0; k < arcs.length; k += 2) {
    packed.push(arcs[k]! - (k === 0 ? 0 : arcs[k - 2]!), arcs[k + 1]! - arcs[k]!)
  }
  return packed
}

function unpackedArcs(packed: readonly number[]): Int32Array {
  const arcs = new Int32Array(packed.length)
  for (let k = 0, first = 0; k + 1 < packed.length; k += 2) {
    first += packed[k]!
    arcs[k] = first
    arcs[k + 1] = first + packed[k + 1]!
  }
  return arcs
}
