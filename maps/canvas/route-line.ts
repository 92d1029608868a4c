import type { LevelId, Xy } from '../model/index.ts'
import type { Progress } from '../routes/progress.ts'
import { roundCorners } from '../routes/round-corners.ts'
import type { MapContext } from './context.ts'
import type { ShownRoute } from './map-canvas-types.ts'

/** The look's radius of a corner of the way. */
const cornerM = 2.2

/** Points closer than this are one: a wiggle of the path is not worth a corner. */
const wiggleM = 1.2

/** One walk of a route as it is drawn, in metres of its level. */
export interface RouteLine {
  readonly levelId: LevelId
  /** Which of the route's legs it is. */
  readonly leg: number
  readonly points: readonly Xy[]
  /** Metres from the start of the line to each point; the last is its length. */
  readonly alongM: readonly number[]
  /** How far along this line one has come. */
  readonly walkedM: number
}

/** The walks of a route with rounded corners, and how much of each has been walked. O(points). */
export function routeLines({ route, levelIds, progress }: ShownRoute): RouteLine[] {
  let beforeM = 0
  return route.legs.flatMap((leg, index) => {
    if (leg.kind === 'ride') return []
    const levelId = levelIds[leg.level]
    const points = roundCorners(withoutWiggles(leg.points), cornerM, () => true)
    const alongM = lengthsOf(points)
    const share = progress ? walkedShare(progress, index, beforeM, leg.lengthM) : 0
    beforeM += leg.lengthM
    return levelId === undefined
      ? []
      : [{ levelId, leg: index, points, alongM, walkedM: share * alongM[alongM.length - 1]! }]
  })
}

/** The share of a leg that has been walked; 1 for the legs behind. */
function walkedShare(progress: Progress, leg: number, beforeM: number, lengthM: number): number {
  if (progress.leg !== leg) return progress.leg > leg ? 1 : 0
  return lengthM === 0 ? 0 : Math.max(0, Math.min(1, (progress.alongM - beforeM) / lengthM))
}

function withoutWiggles(points: readonly Xy[]): Xy[] {
  const last = points[points.length - 1]!
  const kept: Xy[] = []
  for (const point of points) {
    const before = kept[kept.length - 1]
    if (point === last || !before || Math.hypot(point.x - before.x, point.y - before.y) >= wiggleM)
      kept.push(point)
  }
  return kept
}

function lengthsOf(points: readonly Xy[]): number[] {
  let sum = 0
  return points.map((point, i) => {
    const before = points[i - 1]
    if (before) sum += Math.hypot(point.x - before.x, point.y - before.y)
    return sum
  })
}

/** Adds the part of a line between two distances to the path of a context that takes metres. */
export function traceBetween(
  context: MapContext,
  { points, alongM }: RouteLine,
  fromM: number,
  toM: number,
): void {
  if (toM <= fromM) return
  let isFirst = true
  for (let i = 1; i < points.length; i++) {
    const [startM, endM] = [alongM[i - 1]!, alongM[i]!]
    if (endM <= fromM || endM === startM) continue
    if (startM >= toM) return
    const [a, b] = [points[i - 1]!, points[i]!]
    const at = (m: number) => (m - startM) / (endM - startM)
    const [s, t] = [Math.max(0, at(fromM)), Math.min(1, at(toM))]
    if (isFirst) context.moveTo(a.x + (b.x - a.x) * s, a.y + (b.y - a.y) * s)
    isFirst = false
    context.lineTo(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t)
  }
}

/** Calls back with each place that is a whole number of steps before the line's end, and the way's direction there. */
export function stepsBeforeEnd(
  { points, alongM }: RouteLine,
  range: { readonly fromM: number; readonly toM: number; readonly stepM: number },
  visit: (x: number, y: number, angleRad: number) => void,
): void {
  const lengthM = alongM[alongM.length - 1] ?? 0
  const { fromM, toM, stepM } = range
  // Counted from the end, so that they stand still while the walker comes nearer.
  let at = lengthM - Math.floor((lengthM - fromM) / stepM) * stepM
  for (let i = 1; i < points.length; i++) {
    const [startM, endM] = [alongM[i - 1]!, alongM[i]!]
    const [a, b] = [points[i - 1]!, points[i]!]
    for (; at < endM && at <= toM; at += stepM) {
      if (at < startM) continue
      const t = (at - startM) / (endM - startM)
      visit(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t, Math.atan2(b.y - a.y, b.x - a.x))
    }
  }
}
