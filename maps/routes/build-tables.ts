import { connectorsOf } from '../connectors/index.ts'
import type { Connector } from '../connectors/index.ts'
import { boxAround } from '../connectors/stacks.ts'
import { componentsOf, SegmentGrid, simplify } from '../geometry/index.ts'
import type { Ring } from '../geometry/index.ts'
import type { Archive, Destination } from '../model/index.ts'
import { DoorFinder, floorsOf, nearestInside, shrunk } from '../walkable/index.ts'
import type { Door, Floor, FloorUnit } from '../walkable/index.ts'
import { cornersOf, visiblePairs } from './corners.ts'
import { networkClearancesM } from './profiles.ts'
import type {
  NetworkTables,
  RoutingConnector,
  RoutingDoor,
  RoutingPlace,
  RoutingTables,
  RoutingUnit,
} from './tables.ts'

/** Corners may move this much when rings lose points, and the view is blocked a little behind them. */
const cornerToleranceM = 0.02
const wallToleranceM = 0.01
/** More than both tolerances: a corner never lies on the wall it belongs to. */
const behindM = 0.04
/** Pieces of ground too small to walk in. */
const leastPieceM2 = 1
/** A place without walls further than this from the ground cannot be walked to. */
const nearGroundM = 5

/**
 * Derives all tables of a venue: walkable ground, doors, connectors and the two networks.
 * @param destinations what can be walked to, see `destinationsOf`.
 * Complexity: O(n²) in the corners of a level; a mall of five levels takes one to three seconds.
 */
export function buildRoutingTables(archive: Archive, destinations: readonly Destination[]): RoutingTables {
  const floors = floorsOf(archive)
  const connectors = connectorsOf(archive, floors)
  const doors = new DoorBook(archive, floors)
  const places = destinations.flatMap((destination) => doors.placeOf(destination) ?? [])
  return {
    levels: floors.map(({ levelId, name, ordinal, frame, standing }) => ({
      id: levelId,
      name,
      ordinal,
      frame,
      standing,
    })),
    places,
    connectors: connectors.map((connector) => doors.connectorOf(connector)),
    // Last: places and connectors have written their doors and units by now.
    doors: doors.doors,
    units: doors.units,
    networks: networkClearancesM.map((clearanceM) => networkTablesOf(floors, clearanceM)),
  }
}

function networkTablesOf(floors: readonly Floor[], clearanceM: number): NetworkTables {
  const arcs: number[] = []
  let firstNode = 0
  const levels = floors.map(({ walking }) => {
    const corners = passable(simplify(shrunk(walking, clearanceM), cornerToleranceM))
    const walls = passable(simplify(shrunk(walking, clearanceM - behindM), wallToleranceM))
    const nodes = cornersOf(corners)
    for (const local of visiblePairs(nodes, new SegmentGrid(walls, 3))) arcs.push(firstNode + local)
    firstNode += nodes.count
    return { corners, walls }
  })
  return { clearanceM, levels, arcs: Int32Array.from(arcs) }
}

function passable(rings: readonly Ring[]): Ring[] {
  return componentsOf(rings).flatMap(({ areaM2, rings: own }) => (areaM2 < leastPieceM2 ? [] : own))
}

/** Collects doors and units as places and connectors ask for them. */
class DoorBook {
  readonly doors: RoutingDoor[] = []
  readonly units: RoutingUnit[] = []
  private readonly floors: readonly Floor[]
  private readonly finders: readonly DoorFinder[]
  private readonly grids: readonly (readonly SegmentGrid[])[]
  private readonly whereIs = new Map<string, { level: number; unit: FloorUnit }>()
  private readonly known = new Map<string, readonly number[]>()
  private readonly openings: ReadonlyMap<string, Archive['features']['opening'][number]>

  constructor(archive: Archive, floors: readonly Floor[]) {
    this.floors = floors
    this.finders = floors.map((floor) => new DoorFinder(floor, archive.features.opening))
    // The widest first: what a wheelchair reaches, a walker does too.
    this.grids = floors.map(({ walking }) =>
      [...networkClearancesM].reverse().map((clearanceM) => new SegmentGrid(shrunk(walking, clearanceM), 3)),
    )
    floors.forEach((floor, level) => {
      for (const unit of floor.units) this.whereIs.set(unit.id, { level, unit })
    })
    this.openings = new Map(archive.features.opening.map((opening) => [opening.id, opening]))
  }

  /** Undefined when the destination stands on no level of the archive. */
  placeOf(destination: Destination): RoutingPlace | undefined {
    const level = this.floors.findIndex(({ levelId }) => levelId === destination.levelId)
    if (level < 0) return undefined
    const walled = destination.unitIds.filter((id) => this.whereIs.get(id)?.unit.role !== 'open')
    const opening = this.openings.get(destination.id)
    const doors =
      walled.length > 0
        ? walled.flatMap((id) => [...this.doorsOf(id)])
        : opening
          ? this.written(level, this.finders[level]!.doorOfOpening(opening))
          : this.freeStanding(level, destination)
    const { id, kind, category, shopCategory, name, hours } = destination
    return {
      id,
      kind,
      category,
      name,
      level,
      doors,
      ...(shopCategory && { shopCategory }),
      ...(hours !== undefined && { hours }),
    }
  }

  connectorOf(connector: Connector): RoutingConnector {
    const { id, kind, ids, name, direction, hours } = connector
    const boxes = connector.stops.map(({ unitId }) =>
      boxAround(this.whereIs.get(unitId)?.unit.rings[0] ?? []),
    )
    return {
      id,
      kind,
      ids,
      direction,
      lengthM: Math.max(0, ...boxes.map(({ lengthM }) => lengthM)),
      stops: connector.stops.map(({ unitId }) => ({
        level: this.whereIs.get(unitId)?.level ?? 0,
        doors: this.doorsOf(unitId),
      })),
      ...(name && { name }),
      ...(hours !== undefined && { hours }),
    }
  }

  private doorsOf(unitId: string): readonly number[] {
    const known = this.known.get(unitId)
    if (known) return known
    const place = this.whereIs.get(unitId)
    if (!place) return []
    const { level, unit } = place
    const found = this.finders[level]!.doorsOf(unit)
    const used = unit.category === 'escalator' ? endDoors(unit, found) : found
    const doors = used.flatMap((door) => this.written(level, door))
    this.known.set(unitId, doors)
    this.units.push({ id: unitId, level, rings: unit.rings, doors })
    return doors
  }

  /** A place in the open is its own door. */
  private freeStanding(level: number, { x, y }: Destination): number[] {
    for (const grid of this.grids[level]!) {
      const outside = grid.contains(x, y) ? { x, y } : nearestInside(grid, { x, y }, nearGroundM)
      if (!outside) continue
      return this.written(level, { x, y, outsideX: outside.x, outsideY: outside.y, widthM: 0 })
    }
    return []
  }

  private written(level: number, door: Door | undefined): number[] {
    if (!door) return []
    return [this.doors.push({ level, ...door }) - 1]
  }
}

/** An escalator is entered at its ends, if any of its derived doors are there. */
function endDoors(unit: FloorUnit, doors: readonly Door[]): readonly Door[] {
  const ring = unit.rings[0]
  if (!ring || doors.some(({ openingId }) => openingId !== undefined)) return doors
  const { lengthM, alongX, alongY } = boxAround(ring)
  const middle = ring.reduce(
    (sum, { x, y }) => ({ x: sum.x + x / ring.length, y: sum.y + y / ring.length }),
    { x: 0, y: 0 },
  )
  const atEnds = doors.filter(
    ({ x, y }) => Math.abs((x - middle.x) * alongX + (y - middle.y) * alongY) > 0.4 * lengthM,
  )
  return atEnds.length > 0 ? atEnds : doors
}
