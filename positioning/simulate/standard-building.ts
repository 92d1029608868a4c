import type { RandomStream } from '../random.ts'
import type { Departure, Leg } from './journey.ts'
import {
  walkableAreaOf,
  type BeaconSketch,
  type ConnectorSketch,
  type LevelSketch,
  type Point,
  type Ring,
  type VenueSketch,
} from './sketch.ts'

/** A building with the places where its corridors meet, so that routes can be drawn through it. */
export interface Building {
  readonly sketch: VenueSketch
  /** The same on every level: meeting points of corridors, and which of them a corridor joins. */
  readonly crossings: readonly Point[]
  readonly corridors: readonly (readonly [number, number])[]
}

const widthM = 100
const depthM = 70
const storeyM = 5

/**
 * A mall of five levels, 100 m by 70 m: shops along the outside, a ring corridor 7 m wide, two islands of
 * shops, and between them an atrium of 16 m by 20 m with a gallery of 4 m around it. Two lifts, a stair, and
 * an escalator between each two levels. Plain numbers, no randomness: a yardstick that stays the same.
 */
export function standardBuilding(): Building {
  const ids = ['L1', 'L2', 'L3', 'L4', 'L5']
  return {
    sketch: { levels: ids.map(levelSketch), connectors: connectorsOf(ids) },
    crossings,
    corridors,
  }
}

/** Ring corners and middles, then the gallery's corners with where it meets the ring. */
const crossings: readonly Point[] = [
  { x: 17.5, y: 17.5 },
  { x: 40, y: 17.5 },
  { x: 60, y: 17.5 },
  { x: 82.5, y: 17.5 },
  { x: 82.5, y: 52.5 },
  { x: 60, y: 52.5 },
  { x: 40, y: 52.5 },
  { x: 17.5, y: 52.5 },
  { x: 40, y: 23 },
  { x: 60, y: 23 },
  { x: 60, y: 47 },
  { x: 40, y: 47 },
]

const corridors: readonly (readonly [number, number])[] = [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 4],
  [4, 5],
  [5, 6],
  [6, 7],
  [7, 0],
  [1, 8],
  [2, 9],
  [5, 10],
  [6, 11],
  [8, 9],
  [9, 10],
  [10, 11],
  [11, 8],
]

function levelSketch(id: string, floor: number): LevelSketch {
  return {
    id,
    elevationM: floor * storeyM,
    outline: box({ left: 0, low: 0, right: widthM, high: depthM }),
    rooms: [
      ...shops({ left: 0, low: 0, right: widthM, high: 14 }, 10, 1),
      ...shops({ left: 0, low: 56, right: widthM, high: depthM }, 10, 1),
      ...shops({ left: 0, low: 14, right: 14, high: 56 }, 1, 4),
      ...shops({ left: 86, low: 14, right: widthM, high: 56 }, 1, 4),
      ...shops({ left: 21, low: 21, right: 38, high: 49 }, 1, 3),
      ...shops({ left: 62, low: 21, right: 79, high: 49 }, 1, 3),
    ],
    voids: floor === 0 ? [] : [box({ left: 42, low: 25, right: 58, high: 45 })],
  }
}

function connectorsOf(ids: readonly string[]): ConnectorSketch[] {
  const at = (x: number, y: number): ConnectorSketch['stops'] => ids.map((level) => ({ level, x, y }))
  const escalators = ids.slice(1).map((upper, index): ConnectorSketch => {
    const lower = ids[index]!
    // 5 m up at 30 degrees are 8.66 m on the plan.
    const stops = [
      { level: lower, x: 40, y: 30 },
      { level: upper, x: 40, y: 38.66 },
    ]
    return { id: `escalator ${lower}-${upper}`, kind: 'escalator', stops }
  })
  const flights = ids.slice(1).map((upper, index): ConnectorSketch => {
    const lower = ids[index]!
    const stops = [
      { level: lower, x: 17.5, y: 30 },
      { level: upper, x: 17.5, y: 40 },
    ]
    return { id: `stairs ${lower}-${upper}`, kind: 'stairs', stops }
  })
  return [
    { id: 'lift east', kind: 'lift', stops: at(82.5, 35) },
    { id: 'lift atrium', kind: 'lift', stops: at(60, 35) },
    ...escalators,
    ...flights,
  ]
}

/**
 * Beacons as an installer plans them: on a level's walkable floor, one for about every `areaM2`, as far
 * from one another as that allows, all alike: 3 m up, -59 dBm at one metre, two packets a second.
 * Greedy k-centre over a grid of one metre: the next beacon goes where the nearest one is farthest, then
 * every beacon moves to the middle of what it serves. Deterministic.
 * Source: Gonzalez 1985, Theoretical Computer Science 38:293 (within twice the best spacing); Lloyd 1982.
 */
export function plannedLayout(sketch: VenueSketch, areaM2: number): BeaconSketch[] {
  const walkable = walkableAreaOf(sketch)
  return sketch.levels.flatMap((level) => {
    const floor = gridPoints(level).filter(({ x, y }) => walkable.isWalkable(level.id, x, y))
    const count = Math.max(1, Math.round(floor.length / areaM2))
    let places = farthestPoints(floor, count)
    for (let round = 0; round < 5; round++) places = centred(floor, places)
    return places.map(({ x, y }, index): BeaconSketch => ({
      id: `${level.id}/${index + 1}`,
      level: level.id,
      x,
      y,
      heightM: 3,
      powerAt1mDbm: -59,
      intervalMs: 500,
    }))
  })
}

/**
 * A stroll over one level: from corridor to corridor at random, not straight back, with a stop of 2–10 s
 * at every fourth crossing or so, keeping up to 1.5 m off the middle.
 * @param crossingCount how many crossings are passed.
 */
export function stroll(
  building: Building,
  { level, crossingCount, tMs }: { level: string; crossingCount: number; tMs: number },
  random: RandomStream,
): { departure: Departure; legs: Leg[] } {
  const pick = (count: number): number => Math.floor(random.uniform() * count)
  const beside = (index: number): Point => {
    const middle = building.crossings[index]!
    return { x: middle.x + 3 * random.uniform() - 1.5, y: middle.y + 3 * random.uniform() - 1.5 }
  }
  let last = -1
  let here = pick(building.crossings.length)
  const departure = { ...beside(here), level, tMs }
  const legs: Leg[] = []
  for (let passed = 0; passed < crossingCount; passed++) {
    const ends = building.corridors.filter(([a, b]) => a === here || b === here)
    const next = ends.map(([a, b]) => (a === here ? b : a)).filter((index) => index !== last)
    last = here
    here = next[pick(next.length)] ?? here
    legs.push({ kind: 'walk', to: beside(here) })
    if (random.uniform() < 0.25) legs.push({ kind: 'stand', forMs: 2000 + 8000 * random.uniform() })
  }
  return { departure, legs }
}

function gridPoints({ outline }: LevelSketch): Point[] {
  const right = Math.max(...outline.map(({ x }) => x))
  const top = Math.max(...outline.map(({ y }) => y))
  const points: Point[] = []
  for (let x = Math.min(...outline.map((corner) => corner.x)) + 0.5; x < right; x++) {
    for (let y = Math.min(...outline.map((corner) => corner.y)) + 0.5; y < top; y++) points.push({ x, y })
  }
  return points
}

function farthestPoints(floor: readonly Point[], count: number): Point[] {
  const chosen: Point[] = []
  const distance = new Float64Array(floor.length).fill(Infinity)
  for (let index = 0; chosen.length < count && index >= 0;) {
    const point = floor[index]
    if (!point) break
    chosen.push(point)
    let farthest = -1
    floor.forEach(({ x, y }, other) => {
      distance[other] = Math.min(distance[other]!, Math.hypot(x - point.x, y - point.y))
      if (farthest < 0 || distance[other] > distance[farthest]!) farthest = other
    })
    index = farthest
  }
  return chosen
}

/** One round of Lloyd's: every place moves to the floor point nearest to the mean of those it serves. */
function centred(floor: readonly Point[], places: readonly Point[]): Point[] {
  const sums = places.map(() => ({ x: 0, y: 0, count: 0 }))
  for (const point of floor) {
    const sum = sums[nearest(places, point)]!
    sum.x += point.x
    sum.y += point.y
    sum.count++
  }
  return places.map((place, index) => {
    const { x, y, count } = sums[index]!
    return count === 0 ? place : floor[nearest(floor, { x: x / count, y: y / count })]!
  })
}

function nearest(points: readonly Point[], { x, y }: Point): number {
  let best = 0
  let least = Infinity
  points.forEach((point, index) => {
    const distance = (point.x - x) ** 2 + (point.y - y) ** 2
    if (distance < least) {
      least = distance
      best = index
    }
  })
  return best
}

interface Box {
  readonly left: number
  readonly low: number
  readonly right: number
  readonly high: number
}

function box({ left, low, right, high }: Box): Ring {
  return [
    { x: left, y: low },
    { x: right, y: low },
    { x: right, y: high },
    { x: left, y: high },
  ]
}

/** A block cut into equal shops. */
function shops({ left, low, right, high }: Box, columns: number, rows: number): Ring[] {
  const width = (right - left) / columns
  const depth = (high - low) / rows
  return Array.from({ length: columns * rows }, (_, index) => {
    const x = left + (index % columns) * width
    const y = low + Math.floor(index / columns) * depth
    return box({ left: x, low: y, right: x + width, high: y + depth })
  })
}
