import type { Position } from 'geojson'
import type { Areal, Severity } from '../model/index.ts'

/** What is wrong with the shape of one area, and where (degrees). */
export interface ShapeFault {
  readonly severity: Severity
  readonly code: ShapeFaultCode
  readonly at: Position
}

export type ShapeFaultCode =
  | 'position-out-of-range'
  | 'ring-open'
  | 'ring-too-short'
  | 'ring-too-long'
  | 'repeated-point'
  | 'self-intersection'
  | 'rings-overlap'
  | 'rings-share-an-edge'
  | 'hole-outside'
  | 'parts-overlap'

/** As many positions as one area may have; a level drawn by hand has some hundred. */
export const maxPositions = 10_000

/** Faults named for one area; more of them help nobody to mend it. */
const maxFaults = 5

/**
 * Whether an area is one that a polygon algorithm may be given: rings closed and of at least four
 * positions on the earth, no ring crossing or touching itself or doubling back, holes inside, parts apart
 * (rings may touch in single points). It is what PostGIS calls a valid geometry.
 * @returns Faults, the first few of them; none for a sound area. Faults of single positions hide those of
 *   rings, which would only follow from them.
 *   O(n²) at worst, near O(n log n) for shapes of buildings; n is at most `maxPositions`.
 * **Source** OGC 06-103r4 (Simple Features), 6.1.11; RFC 7946, 3.1.6; crossing by sweep and prune, own.
 */
export function shapeFaults(geometry: Areal): ShapeFault[] {
  const parts = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  const faults = parts.flat().flatMap(positionFaults)
  const count = parts.flat().reduce((sum, ring) => sum + ring.length, 0)
  if (count > maxPositions) {
    faults.push({ severity: 'error', code: 'ring-too-long', at: parts[0]?.[0]?.[0] ?? [] })
  }
  if (faults.some((fault) => fault.severity === 'error')) return faults.slice(0, maxFaults)
  const rings = parts.flatMap((part, partIndex) =>
    part.map((positions, index) => ({ part: partIndex, isOuter: index === 0, points: distinct(positions) })),
  )
  const crossings = crossingFaults(rings)
  return [...faults, ...crossings, ...(crossings.length > 0 ? [] : nestingFaults(rings))].slice(0, maxFaults)
}

interface Ring {
  readonly part: number
  readonly isOuter: boolean
  /** Without the closing repetition and without immediate repetitions. */
  readonly points: readonly Position[]
}

function positionFaults(ring: readonly Position[]): ShapeFault[] {
  const [first, last] = [ring[0], ring[ring.length - 1]]
  if (!first || !last) return [{ severity: 'error', code: 'ring-too-short', at: [] }]
  for (const at of ring) {
    const [lon, lat] = [at[0]!, at[1]!]
    // Written so that NaN is out of range too.
    if (!(Math.abs(lon) <= 180 && Math.abs(lat) <= 90)) {
      return [{ severity: 'error', code: 'position-out-of-range', at }]
    }
  }
  if (ring.length < 4) return [{ severity: 'error', code: 'ring-too-short', at: first }]
  if (!same(first, last)) return [{ severity: 'error', code: 'ring-open', at: last }]
  if (distinct(ring).length < 3) return [{ severity: 'error', code: 'ring-too-short', at: first }]
  const repeated = ring.find((at, index) => index > 0 && same(at, ring[index - 1]!))
  return repeated ? [{ severity: 'warning', code: 'repeated-point', at: repeated }] : []
}

function same(a: Position, b: Position): boolean {
  return a[0] === b[0] && a[1] === b[1]
}

/** A closed ring without the closing position and without positions that repeat the one before. */
export function distinct(ring: readonly Position[]): Position[] {
  const points = ring.filter((at, index) => index === 0 || !same(at, ring[index - 1]!))
  while (points.length > 1 && same(points[0]!, points[points.length - 1]!)) points.pop()
  return points
}

interface Edge {
  readonly ring: number
  readonly index: number
  readonly a: Position
  readonly b: Position
  readonly minX: number
  readonly maxX: number
}

function edgesOf(rings: readonly Ring[]): Edge[] {
  return rings.flatMap(({ points }, ring) =>
    points.map((a, index) => {
      const b = points[(index + 1) % points.length]!
      return { ring, index, a, b, minX: Math.min(a[0]!, b[0]!), maxX: Math.max(a[0]!, b[0]!) }
    }),
  )
}

/** One fault for each ring that meets itself and each pair of rings that meet wrongly. */
function crossingFaults(rings: readonly Ring[]): ShapeFault[] {
  const edges = edgesOf(rings).sort((p, q) => p.minX - q.minX)
  const found = new Map<string, ShapeFault>()
  for (const [place, edge] of edges.entries()) {
    for (let next = place + 1; next < edges.length; next++) {
      const other = edges[next]!
      if (other.minX > edge.maxX) break
      const key = edge.ring < other.ring ? `${edge.ring} ${other.ring}` : `${other.ring} ${edge.ring}`
      if (found.has(key) || apartInY(edge, other)) continue
      const code = faultOf(edge, other, rings)
      if (code) found.set(key, { severity: 'error', code, at: meetingPoint(edge, other) })
    }
  }
  return [...found.values()]
}

function apartInY(p: Edge, q: Edge): boolean {
  return (
    Math.max(p.a[1]!, p.b[1]!) < Math.min(q.a[1]!, q.b[1]!) ||
    Math.max(q.a[1]!, q.b[1]!) < Math.min(p.a[1]!, p.b[1]!)
  )
}

function faultOf(p: Edge, q: Edge, rings: readonly Ring[]): ShapeFaultCode | undefined {
  const [ringP, ringQ] = [rings[p.ring]!, rings[q.ring]!]
  if (p.ring !== q.ring) {
    if (crossProperly(p, q)) return ringP.part === ringQ.part ? 'rings-overlap' : 'parts-overlap'
    return shareALine(p, q) ? 'rings-share-an-edge' : undefined
  }
  const count = ringP.points.length
  const steps = (q.index - p.index + count) % count
  if (steps === 1) return doublesBack(p.a, p.b, q.b) ? 'self-intersection' : undefined
  if (steps === count - 1) return doublesBack(q.a, q.b, p.b) ? 'self-intersection' : undefined
  return meet(p, q) ? 'self-intersection' : undefined
}

/** Twice the area of triangle a, b, c: positive when it turns left. */
function turn(a: Position, b: Position, c: Position): number {
  return (b[0]! - a[0]!) * (c[1]! - a[1]!) - (b[1]! - a[1]!) * (c[0]! - a[0]!)
}

function crossProperly(p: Edge, q: Edge): boolean {
  return turn(p.a, p.b, q.a) * turn(p.a, p.b, q.b) < 0 && turn(q.a, q.b, p.a) * turn(q.a, q.b, p.b) < 0
}

/** Whether c lies on the closed segment from a to b. */
function liesOn(a: Position, b: Position, c: Position): boolean {
  return (
    turn(a, b, c) === 0 &&
    Math.min(a[0]!, b[0]!) <= c[0]! &&
    c[0]! <= Math.max(a[0]!, b[0]!) &&
    Math.min(a[1]!, b[1]!) <= c[1]! &&
    c[1]! <= Math.max(a[1]!, b[1]!)
  )
}

/** Whether two edges have any point in common. */
function meet(p: Edge, q: Edge): boolean {
  return (
    crossProperly(p, q) ||
    liesOn(p.a, p.b, q.a) ||
    liesOn(p.a, p.b, q.b) ||
    liesOn(q.a, q.b, p.a) ||
    liesOn(q.a, q.b, p.b)
  )
}

/** Whether two edges run along one another, for more than a point. */
function shareALine(p: Edge, q: Edge): boolean {
  if (turn(p.a, p.b, q.a) !== 0 || turn(p.a, p.b, q.b) !== 0) return false
  const axis = Math.abs(p.b[0]! - p.a[0]!) > Math.abs(p.b[1]! - p.a[1]!) ? 0 : 1
  const from = Math.max(Math.min(p.a[axis]!, p.b[axis]!), Math.min(q.a[axis]!, q.b[axis]!))
  const to = Math.min(Math.max(p.a[axis]!, p.b[axis]!), Math.max(q.a[axis]!, q.b[axis]!))
  return from < to
}

function doublesBack(a: Position, b: Position, c: Position): boolean {
  const along = (b[0]! - a[0]!) * (c[0]! - b[0]!) + (b[1]! - a[1]!) * (c[1]! - b[1]!)
  return along < 0 && turn(a, b, c) === 0
}

/** Where a person should look: the crossing itself, or the end of one edge that lies on the other. */
function meetingPoint(p: Edge, q: Edge): Position {
  const before = turn(q.a, q.b, p.a)
  const after = turn(q.a, q.b, p.b)
  if (before === after) return liesOn(p.a, p.b, q.a) ? q.a : q.b
  const share = Math.max(0, Math.min(1, before / (before - after)))
  return [p.a[0]! + share * (p.b[0]! - p.a[0]!), p.a[1]! + share * (p.b[1]! - p.a[1]!)]
}

/** Holes outside their ring, holes in holes, parts in parts; edges are known not to cross. */
function nestingFaults(rings: readonly Ring[]): ShapeFault[] {
  const faults: ShapeFault[] = []
  const fault = (code: ShapeFaultCode, at: Position | undefined) => {
    if (at) faults.push({ severity: 'error', code, at })
  }
  for (const ring of rings) {
    const places = samples(ring.points)
    for (const other of rings) {
      if (other === ring) continue
      const within = (at: Position) => sideOf(other.points, at) === 'inside'
      if (ring.part !== other.part) {
        if (!ring.isOuter || !other.isOuter) continue
        const holes = rings.filter((each) => each.part === other.part && !each.isOuter)
        const isFloor = (at: Position) => holes.every((hole) => sideOf(hole.points, at) === 'outside')
        fault(
          'parts-overlap',
          places.find((at) => within(at) && isFloor(at)),
        )
      } else if (other.isOuter) {
        fault(
          'hole-outside',
          places.find((at) => sideOf(other.points, at) === 'outside'),
        )
      } else if (!ring.isOuter) fault('rings-overlap', places.find(within))
    }
  }
  return faults
}

/** Corners and middles of edges: where a ring that crosses no other is on its side of it. */
function samples(points: readonly Position[]): Position[] {
  return points.flatMap((a, index) => {
    const b = points[(index + 1) % points.length]!
    return [a, [(a[0]! + b[0]!) / 2, (a[1]! + b[1]!) / 2]]
  })
}

function sideOf(points: readonly Position[], at: Position): 'inside' | 'outside' | 'on' {
  let inside = false
  for (const [index, a] of points.entries()) {
    const b = points[(index + 1) % points.length]!
    if (liesOn(a, b, at)) return 'on'
    // The edge counts when it spans the height of the point; half open, so that a corner counts once.
    if (a[1]! > at[1]! !== b[1]! > at[1]! && turn(a, b, at) > 0 === b[1]! > a[1]!) inside = !inside
  }
  return inside ? 'inside' : 'outside'
}
