import type { Xy } from '../model/index.ts'

export type Turn = 'straight' | 'slight-left' | 'left' | 'slight-right' | 'right' | 'back'

/** A stretch of a walk without a turn worth saying. */
export interface Stretch {
  /** Where it begins, and the turn to take there; the first one has none of its own. */
  readonly at: Xy
  readonly turnRad: number
  /** Direction of its first metres, a unit vector. */
  readonly heading: Xy
  /** Direction in which one arrives at its beginning. */
  readonly before: Xy
  readonly lengthM: number
  /** Points of the walk that it covers. */
  readonly points: readonly Xy[]
}

/** Wiggles narrower than this are not turns but how people walk. */
const wiggleM = 2.2
/** Two bends nearer than this are one turn. */
const oneTurnM = 7
/** Less is going straight on. */
const leastTurnRad = (38 * Math.PI) / 180
const slightRad = (62 * Math.PI) / 180
const backRad = (150 * Math.PI) / 180

/** The name of a turn, radians counter-clockwise. */
export function turnOf(rad: number): Turn {
  const size = Math.abs(rad)
  if (size < leastTurnRad) return 'straight'
  if (size > backRad) return 'back'
  if (size < slightRad) return rad > 0 ? 'slight-left' : 'slight-right'
  return rad > 0 ? 'left' : 'right'
}

/** The angle from one direction to another, −π to π, counter-clockwise. */
export function angleBetween(from: Xy, to: Xy): number {
  return Math.atan2(from.x * to.y - from.y * to.x, from.x * to.x + from.y * to.y)
}

/**
 * Cuts a walk into stretches at the turns a person would speak of: wiggles are smoothed out, bends that
 * follow each other closely are added up, and what remains of less than 38° is straight on.
 * O(n log n) in the points of the walk.
 */
export function stretchesOf(points: readonly Xy[]): Stretch[] {
  const kept = bendsOf(points)
  const turns: { readonly first: number; readonly last: number; readonly rad: number }[] = []
  for (let i = 1; i < kept.length - 1; i++) {
    const rad = angleBetween(
      direction(points[kept[i - 1]!]!, points[kept[i]!]!),
      direction(points[kept[i]!]!, points[kept[i + 1]!]!),
    )
    const last = turns[turns.length - 1]
    if (last && lengthBetween(points, last.last, kept[i]!) < oneTurnM) {
      turns[turns.length - 1] = { first: last.first, last: kept[i]!, rad: last.rad + rad }
    } else {
      turns.push({ first: kept[i]!, last: kept[i]!, rad })
    }
  }
  const said = turns.filter(({ rad }) => Math.abs(rad) >= leastTurnRad)
  const starts = [0, ...said.map(({ last }) => last)]
  return starts.map((start, k) => {
    const end = starts[k + 1] ?? points.length - 1
    const turn = said[k - 1]
    const next = kept.find((index) => index > start) ?? points.length - 1
    const heading = direction(points[start]!, points[next]!)
    const cameFrom = kept[kept.indexOf(turn?.first ?? 0) - 1]
    return {
      at: points[turn?.first ?? 0]!,
      turnRad: turn?.rad ?? 0,
      heading,
      before: cameFrom === undefined ? heading : direction(points[cameFrom]!, points[turn!.first]!),
      lengthM: lengthBetween(points, start, end),
      points: points.slice(start, end + 1),
    }
  })
}

/** Indices of the points that matter: Douglas and Peucker 1973. */
function bendsOf(points: readonly Xy[]): number[] {
  const keep = new Set([0, points.length - 1])
  const open: [number, number][] = [[0, points.length - 1]]
  for (let span = open.pop(); span; span = open.pop()) {
    const [from, to] = span
    const a = points[from]!
    const along = direction(a, points[to]!)
    let farthest = -1
    let farM = wiggleM
    for (let i = from + 1; i < to; i++) {
      const dx = points[i]!.x - a.x
      const dy = points[i]!.y - a.y
      const offM = along.x === 0 && along.y === 0 ? Math.hypot(dx, dy) : Math.abs(along.x * dy - along.y * dx)
      if (offM <= farM) continue
      farM = offM
      farthest = i
    }
    if (farthest < 0) continue
    keep.add(farthest)
    open.push([from, farthest], [farthest, to])
  }
  return [...keep].sort((a, b) => a - b)
}

/** Unit vector from one point to another; zero when they are the same. */
export function direction(from: Xy, to: Xy): Xy {
  const lengthM = Math.hypot(to.x - from.x, to.y - from.y)
  return lengthM === 0 ? { x: 0, y: 0 } : { x: (to.x - from.x) / lengthM, y: (to.y - from.y) / lengthM }
}

function lengthBetween(points: readonly Xy[], from: number, to: number): number {
  let sum = 0
  for (let i = from + 1; i <= to; i++) {
    sum += Math.hypot(points[i]!.x - points[i - 1]!.x, points[i]!.y - points[i - 1]!.y)
  }
  return sum
}
