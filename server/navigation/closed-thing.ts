import type { Closure, RoutingConnector, RoutingTables } from '../../maps/routes/index.ts'
import type { LevelId, Xy } from '../../maps/model/index.ts'
import type { ClosedThing } from '../contract/navigation.contract.ts'

/** What a closure means on one map: for its router, and for who draws it. */
export interface PlacedClosure {
  readonly closures: readonly Closure[]
  readonly levelIds: readonly LevelId[]
  readonly at: { readonly levelId: LevelId } & Xy
}

/** Corners of the ring drawn around a closed spot; within 2 % of a circle. */
const spotCorners = 16
/** Half the side of what closes a door that the map does not draw as an opening. */
const doorHalfM = 0.3

/**
 * Finds what an operator closed on a map.
 * @returns undefined when the map does not have it: a unit without doors, an escalator that is a lift, a level gone
 * Complexity: O(doors + units + connectors)
 */
export function placedClosure(tables: RoutingTables, what: ClosedThing): PlacedClosure | undefined {
  switch (what.kind) {
    case 'connector':
      return ofConnector(tables, what.id, [{ kind: 'connector', id: what.id }])
    case 'direction': {
      const { id, direction } = what
      if (connectorOf(tables, id)?.kind !== 'escalator') return undefined
      return ofConnector(tables, id, [{ kind: 'direction', id, direction }])
    }
    case 'door': {
      const door = tables.doors.find(({ openingId }) => openingId === what.id)
      return door && ofLevel(tables, door.level, door, [{ kind: 'door', id: what.id }])
    }
    case 'unit':
      return ofUnit(tables, what.id)
    case 'area':
    case 'spot': {
      const level = tables.levels.findIndex(({ id }) => id === what.levelId)
      const found = tables.levels[level]
      if (!found) return undefined
      const ring = what.kind === 'area' ? what.ring : circle(what, what.radiusM)
      return ofLevel(tables, level, middleOf(ring), [{ kind: 'area', level: found.name, ring }])
    }
  }
}

function ofLevel(
  { levels }: RoutingTables,
  level: number,
  { x, y }: Xy,
  closures: readonly Closure[],
): PlacedClosure | undefined {
  const levelId = levels[level]?.id
  return levelId && { closures, levelIds: [levelId], at: { levelId, x, y } }
}

function connectorOf({ connectors }: RoutingTables, id: string): RoutingConnector | undefined {
  return connectors.find((one) => one.id === id) ?? connectors.find(({ ids }) => ids.includes(id))
}

function ofConnector(
  tables: RoutingTables,
  id: string,
  closures: readonly Closure[],
): PlacedClosure | undefined {
  const stops = connectorOf(tables, id)?.stops ?? []
  const levelIds = stops.flatMap(({ level }) => tables.levels[level]?.id ?? [])
  const door = tables.doors[stops[0]?.doors[0] ?? -1]
  const [levelId] = levelIds
  if (levelId === undefined || !door) return undefined
  return { closures, levelIds, at: { levelId, x: door.x, y: door.y } }
}

/** Nobody walks in a closed unit, nor in by its doors; a lift's shaft takes the lift along. */
function ofUnit(tables: RoutingTables, id: string): PlacedClosure | undefined {
  const unit = tables.units.find((one) => one.id === id)
  if (!unit) return ofConnector(tables, id, [{ kind: 'connector', id }])
  const level = tables.levels[unit.level]
  const [outer] = unit.rings
  if (!level || !outer) return undefined
  const doors = unit.doors.flatMap((index): Closure[] => {
    const door = tables.doors[index]
    if (!door) return []
    if (door.openingId !== undefined) return [{ kind: 'door', id: door.openingId }]
    return [{ kind: 'area', level: level.name, ring: square(door, doorHalfM) }]
  })
  const shaft: Closure[] = connectorOf(tables, id) ? [{ kind: 'connector', id }] : []
  const area: Closure = { kind: 'area', level: level.name, ring: outer }
  return ofLevel(tables, unit.level, middleOf(outer), [area, ...doors, ...shaft])
}

function square({ x, y }: Xy, halfM: number): Xy[] {
  return [
    { x: x - halfM, y: y - halfM },
    { x: x + halfM, y: y - halfM },
    { x: x + halfM, y: y + halfM },
    { x: x - halfM, y: y + halfM },
  ]
}

function circle({ x, y }: Xy, radiusM: number): Xy[] {
  return Array.from({ length: spotCorners }, (_, corner) => {
    const angle = (2 * Math.PI * corner) / spotCorners
    return { x: x + radiusM * Math.cos(angle), y: y + radiusM * Math.sin(angle) }
  })
}

/** Middle of the box around a ring: on screens a sign stands there. */
function middleOf(ring: readonly Xy[]): Xy {
  const xs = ring.map(({ x }) => x)
  const ys = ring.map(({ y }) => y)
  return {
    x: (Math.min(...xs) + Math.max(...xs)) / 2,
    y: (Math.min(...ys) + Math.max(...ys)) / 2,
  }
}
