import type { WalkableArea } from '../events.ts'

/** A point of a level's frame: metres, x east, y north. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** A closed ring of at least three corners; the last one is not repeated. */
export type Ring = readonly Point[]

/** One floor, drawn with what matters to radio and feet. */
export interface LevelSketch {
  readonly id: string
  /** Height of the floor above the lowest one, metres. */
  readonly elevationM: number
  readonly outline: Ring
  /** Shops and back rooms: their edges are walls, their inside is not walked. */
  readonly rooms: readonly Ring[]
  /** Holes in this floor through which one looks down on the level below. */
  readonly voids: readonly Ring[]
}

/** How one gets from level to level; a stop is where one steps on or off. */
export interface ConnectorSketch {
  readonly id: string
  readonly kind: 'lift' | 'escalator' | 'stairs'
  readonly stops: readonly (Point & { readonly level: string })[]
}

/** A venue as the simulator needs it: any mall can be reduced to this. */
export interface VenueSketch {
  readonly levels: readonly LevelSketch[]
  readonly connectors: readonly ConnectorSketch[]
}

/** A transmitter as it hangs in the venue. */
export interface BeaconSketch {
  /** What a phone reports: `uuid/major/minor`. */
  readonly id: string
  readonly level: string
  readonly x: number
  readonly y: number
  /** Above its own floor, metres. */
  readonly heightM: number
  /** Mean signal one metre away, dBm. */
  readonly powerAt1mDbm: number
  readonly intervalMs: number
}

/** The level of that id. Throws when the sketch has none: a route or a beacon names a level by mistake. */
export function levelOf(sketch: VenueSketch, id: string): LevelSketch {
  const level = sketch.levels.find((candidate) => candidate.id === id)
  if (!level) throw new Error(`the sketch has no level "${id}"`)
  return level
}

/**
 * The walkable area of a sketch: inside the outline, outside rooms and voids; a straight way is clear
 * when it meets none of their edges. Brute force, O(edges) a call: fit for tests and simulated malls.
 */
export function walkableAreaOf(sketch: VenueSketch): WalkableArea {
  const levels = new Map(
    sketch.levels.map((level) => [
      level.id,
      { level, edges: edgesOf([level.outline, ...level.rooms, ...level.voids]) },
    ]),
  )
  const isWalkable = (id: string, x: number, y: number): boolean => {
    const level = levels.get(id)?.level
    if (!level || !isInside(level.outline, x, y)) return false
    return ![...level.rooms, ...level.voids].some((ring) => isInside(ring, x, y))
  }
  return {
    isWalkable,
    isClear: (id, from, to) => {
      const edges = levels.get(id)?.edges
      return !!edges && isWalkable(id, from.x, from.y) && crossings(edges, from, to, 1) === 0
    },
  }
}

/** Whether a point lies inside a ring; a point on an edge may count as either. O(corners). */
export function isInside(ring: Ring, x: number, y: number): boolean {
  let inside = false
  let last = ring[ring.length - 1]
  if (!last) return false
  for (const corner of ring) {
    if (corner.y > y !== last.y > y) {
      const crossing = corner.x + ((y - corner.y) / (last.y - corner.y)) * (last.x - corner.x)
      if (x < crossing) inside = !inside
    }
    last = corner
  }
  return inside
}

/** Metres from a point to the nearest edge of a ring; Infinity for a ring without corners. O(corners). */
export function distanceToEdge(ring: Ring, x: number, y: number): number {
  let least = Infinity
  let last = ring[ring.length - 1]
  for (const corner of ring) {
    if (last) {
      const dx = corner.x - last.x
      const dy = corner.y - last.y
      const along = ((x - last.x) * dx + (y - last.y) * dy) / (dx * dx + dy * dy || 1)
      const t = Math.min(1, Math.max(0, along))
      least = Math.min(least, Math.hypot(last.x + t * dx - x, last.y + t * dy - y))
    }
    last = corner
  }
  return least
}

/** All edges of some rings as x1, y1, x2, y2, four numbers an edge. */
export function edgesOf(rings: readonly Ring[]): Float64Array {
  const edges: number[] = []
  for (const ring of rings) {
    let last = ring[ring.length - 1]
    for (const corner of ring) {
      if (last) edges.push(last.x, last.y, corner.x, corner.y)
      last = corner
    }
  }
  return Float64Array.from(edges)
}

/** How many edges the way from a to b crosses, counting no further than `atMost`. O(edges), no allocation. */
export function crossings(edges: Float64Array, a: Point, b: Point, atMost: number): number {
  const left = Math.min(a.x, b.x)
  const right = Math.max(a.x, b.x)
  const low = Math.min(a.y, b.y)
  const high = Math.max(a.y, b.y)
  let count = 0
  for (let index = 0; index < edges.length && count < atMost; index += 4) {
    const x1 = edges[index]!
    const y1 = edges[index + 1]!
    const x2 = edges[index + 2]!
    const y2 = edges[index + 3]!
    if ((x1 < left && x2 < left) || (x1 > right && x2 > right)) continue
    if ((y1 < low && y2 < low) || (y1 > high && y2 > high)) continue
    const side1 = (b.x - a.x) * (y1 - a.y) - (b.y - a.y) * (x1 - a.x)
    const side2 = (b.x - a.x) * (y2 - a.y) - (b.y - a.y) * (x2 - a.x)
    if (side1 > 0 === side2 > 0) continue
    const side3 = (x2 - x1) * (a.y - y1) - (y2 - y1) * (a.x - x1)
    const side4 = (x2 - x1) * (b.y - y1) - (y2 - y1) * (b.x - x1)
    if (side3 > 0 !== side4 > 0) count++
  }
  return count
}
