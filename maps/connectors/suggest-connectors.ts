import { SegmentGrid } from '../geometry/index.ts'
import type { Archive } from '../model/index.ts'
import { floorsOf } from '../walkable/index.ts'
import type { Floor, FloorUnit } from '../walkable/index.ts'
import { connectorsOf } from './connectors-of.ts'
import type { ConnectorKind, ConnectorStop } from './connector.ts'
import { boxAround, footprintsOf, stacksOf } from './stacks.ts'
import type { Footprint } from './stacks.ts'

/** A connector that nobody named but the shape of the building tells; for a person to confirm. */
export interface ConnectorSuggestion {
  readonly kind: ConnectorKind
  /** Lowest level first. */
  readonly stops: readonly ConnectorStop[]
  /** `likely`: may be taken without asking. `possible`: as likely a store room, or an emergency stair. */
  readonly confidence: 'likely' | 'possible'
  /** One sentence a person can check on the map. */
  readonly reason: string
}

/** Rooms over each other at least this much are one shaft; a shop hardly ever is. */
const sameShaft = 0.4

/**
 * Suggests lifts, escalators and stairs from rooms nobody named that lie over each other on consecutive
 * levels: near square and lift-sized on three levels and more is a lift; long and free to both sides is an
 * escalator; the size of a flight is a stair. Already known connectors are left alone.
 * Source: own; sizes after EN 81-20 lift wells and a 30° escalator over a storey of 4 to 6 m.
 */
export function suggestConnectors(archive: Archive): ConnectorSuggestion[] {
  const floors = floorsOf(archive)
  const common = floors[0]?.frame
  if (!common) return []
  const known = new Set<string>(
    connectorsOf(archive, floors).flatMap(({ stops }) => stops.map(({ unitId }) => unitId)),
  )
  const occupied = occupiedUnits(archive)
  const isCandidate = ({ id, role, name, isRestricted }: FloorUnit) =>
    role === 'room' &&
    !isRestricted &&
    !known.has(id) &&
    !occupied.has(id) &&
    Object.keys(name ?? {}).length === 0
  const levels = floors.map((floor) => footprintsOf(floor, floor.units.filter(isCandidate), common))
  const grids = new Map(floors.map((floor) => [floor, new SegmentGrid(floor.walking, 3)]))
  return stacksOf(levels, sameShaft).flatMap((stack) => suggestionOf(stack, grids) ?? [])
}

function occupiedUnits(archive: Archive): ReadonlySet<string> {
  const occupied = new Set<string>(
    archive.features.anchor.flatMap(({ properties }) => properties.unit_id ?? []),
  )
  for (const { properties } of archive.features.amenity)
    for (const id of properties.unit_ids) occupied.add(id)
  return occupied
}

function suggestionOf(
  stack: readonly Footprint[],
  grids: ReadonlyMap<Floor, SegmentGrid>,
): ConnectorSuggestion | undefined {
  const free = stack.map(({ floor, unit }) => freeShareOf(unit, grids.get(floor)!))
  // A room nobody can get into from the ground is no stop.
  const reached = stack.filter((_, i) => free[i]! > 0.02)
  if (reached.length < 2) return undefined
  const boxes = reached.map(({ ring }) => boxAround(ring))
  const every = (holds: (box: (typeof boxes)[number]) => boolean) => boxes.every(holds)
  const stops = reached.map(({ floor, unit }) => ({ levelId: floor.levelId, unitId: unit.id }))
  const names = reached.map(({ floor }) => floor.name).join(', ')
  const first = boxes[0]!
  const size = `${first.lengthM.toFixed(1)} m by ${first.widthM.toFixed(1)} m on ${names}`
  if (
    reached.length >= 3 &&
    every(
      ({ lengthM, widthM, fill }) => widthM > 1.8 && lengthM < 4.2 && lengthM < 1.6 * widthM && fill > 0.8,
    )
  ) {
    return { kind: 'lift', stops, confidence: 'likely', reason: `Near square shaft of ${size}.` }
  }
  const isLong = boxes.some(
    ({ lengthM, widthM, fill }) => lengthM > 12 && lengthM > 2.6 * widthM && widthM < 4.5 && fill > 0.8,
  )
  if (isLong && Math.max(...free) > 0.55 && every(({ widthM }) => widthM > 2.3)) {
    return { kind: 'escalator', stops, confidence: 'likely', reason: `Long, free to both sides: ${size}.` }
  }
  if (every(({ lengthM, widthM }) => widthM > 2.2 && widthM < 6 && lengthM > 5 && lengthM < 13)) {
    return {
      kind: 'stairs',
      stops,
      confidence: 'possible',
      reason: `The size of a flight of stairs: ${size}.`,
    }
  }
  return undefined
}

/** Share of a unit's outline in front of which, half a metre away, there is walkable ground. */
function freeShareOf(unit: FloorUnit, grid: SegmentGrid): number {
  const ring = unit.rings[0] ?? []
  let freeM = 0
  let wholeM = 0
  for (let i = 0; i < ring.length; i++) {
    const a = ring[i]!
    const b = ring[(i + 1) % ring.length]!
    const edgeM = Math.hypot(b.x - a.x, b.y - a.y)
    const count = Math.max(1, Math.round(edgeM / 0.4))
    for (let k = 0; k < count && edgeM > 0; k++) {
      const t = (k + 0.5) / count
      const x = a.x + (b.x - a.x) * t + ((b.y - a.y) / edgeM) * 0.5
      const y = a.y + (b.y - a.y) * t - ((b.x - a.x) / edgeM) * 0.5
      wholeM += edgeM / count
      if (grid.contains(x, y)) freeM += edgeM / count
    }
  }
  return wholeM > 0 ? freeM / wholeM : 0
}
