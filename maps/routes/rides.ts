import { toLonLat, toXy } from '../model/index.ts'
import { feltSeconds, rideSeconds } from './profiles.ts'
import type { RoutingConnector, RoutingTables } from './tables.ts'

/** A way with a connector from one node to another. */
export interface Ride {
  readonly from: number
  readonly to: number
  readonly connector: number
  readonly seconds: number
  /** What it is felt to take beyond that. */
  readonly feltS: number
  /** Doors at both ends, by index in the tables. */
  readonly fromDoor: number
  readonly toDoor: number
}

/** An escalator is left at least this share of its length away from where it is entered, seen from above. */
const otherEnd = 0.5

/**
 * Every ride the connectors offer, in the direction in which they run.
 * @param nodeByDoor the node before each door of a connector; a door without one is not to be reached.
 */
export function ridesOf(tables: RoutingTables, nodeByDoor: ReadonlyMap<number, number>): Ride[] {
  return tables.connectors.flatMap((_, index) => ridesWith(tables, index, nodeByDoor))
}

function ridesWith(tables: RoutingTables, index: number, nodeByDoor: ReadonlyMap<number, number>): Ride[] {
  const connector = tables.connectors[index]!
  const rides: Ride[] = []
  connector.stops.forEach((lower, low) => {
    connector.stops.slice(low + 1).forEach((upper, between) => {
      // From one escalator to the next one walks; a lift, stairs and a ramp go on.
      if (connector.kind === 'escalator' && between > 0) return
      const storeys = tables.levels[upper.level]!.ordinal - tables.levels[lower.level]!.ordinal
      for (const [lowerDoor, upperDoor] of doorPairs(tables, connector, lower.doors, upper.doors)) {
        const lowerNode = nodeByDoor.get(lowerDoor)
        const upperNode = nodeByDoor.get(upperDoor)
        if (lowerNode === undefined || upperNode === undefined) continue
        const feltS = feltSeconds(connector.kind, storeys)
        if (connector.direction !== 'down') {
          const seconds = rideSeconds(connector.kind, storeys, true)
          const ends = { from: lowerNode, to: upperNode, fromDoor: lowerDoor, toDoor: upperDoor }
          rides.push({ ...ends, connector: index, seconds, feltS })
        }
        if (connector.direction !== 'up') {
          const seconds = rideSeconds(connector.kind, storeys, false)
          const ends = { from: upperNode, to: lowerNode, fromDoor: upperDoor, toDoor: lowerDoor }
          rides.push({ ...ends, connector: index, seconds, feltS })
        }
      }
    })
  })
  return rides
}

function doorPairs(
  tables: RoutingTables,
  connector: RoutingConnector,
  lower: readonly number[],
  upper: readonly number[],
): (readonly [number, number])[] {
  const pairs = lower.flatMap((a) => upper.map((b) => [a, b] as const))
  if (connector.kind !== 'escalator') return pairs
  const apart = pairs.filter(([a, b]) => distanceM(tables, a, b) > connector.lengthM * otherEnd)
  return apart.length > 0 ? apart : pairs
}

/** Seen from above, across the frames of their levels. */
function distanceM(tables: RoutingTables, a: number, b: number): number {
  const [one, other] = [tables.doors[a]!, tables.doors[b]!]
  const frame = tables.levels[one.level]!.frame
  const { x, y } = toXy(frame, toLonLat(tables.levels[other.level]!.frame, other))
  return Math.hypot(x - one.x, y - one.y)
}
