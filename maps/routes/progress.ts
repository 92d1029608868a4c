import { nearestOnSegment } from '../geometry/ring.ts'
import type { Xy } from '../model/index.ts'
import type { Route } from './route.ts'

/** Where somebody is believed to be. */
export interface Whereabouts extends Xy {
  /** Index of the level in the tables; undefined when none of them. */
  readonly level: number | undefined
  /** Holds the truth nine times in ten. */
  readonly radiusM: number
}

/** How far along a route somebody has come. */
export interface Progress {
  /** Metres walked of the route. */
  readonly alongM: number
  readonly remainingM: number
  readonly remainingS: number
  /** Index into the route's legs. */
  readonly leg: number
  /** The point of the route nearest to where one is believed to be, and how far away it is. */
  readonly at: Xy
  readonly offM: number
  /** True when the walker has left the route for certain and wants another. */
  readonly isOff: boolean
}

/** Walkers keep this far off the drawn line for no reason: the width of an aisle. */
const aisleM = 8

/**
 * Where along a route a walker is. The part not yet walked comes first: of two equally near stretches the
 * earlier one after `sinceM` counts, so that a way that returns along itself does not jump. On a level that
 * the route does not walk, one is off it, but while riding past.
 * @param sinceM metres already walked for certain, from the last answer; 0 at first.
 * O(points of the route).
 */
export function progressOn(route: Route, where: Whereabouts, sinceM = 0): Progress {
  /** Going back along the route this far is a wobble of the fix. */
  const wobbleM = where.radiusM + aisleM
  let best = { alongM: 0, leg: 0, at: { x: NaN, y: NaN }, offM: Infinity }
  let passedM = 0
  route.legs.forEach((leg, index) => {
    if (leg.kind === 'ride') return
    for (let i = 1; i < leg.points.length; i++) {
      const a = leg.points[i - 1]!
      const b = leg.points[i]!
      const stretchM = Math.hypot(b.x - a.x, b.y - a.y)
      if (leg.level === where.level && passedM + stretchM >= sinceM - wobbleM) {
        const at = nearestOnSegment(a, b, where.x, where.y)
        const offM = Math.hypot(at.x - where.x, at.y - where.y)
        if (offM < best.offM - 1e-9) {
          best = { alongM: passedM + Math.hypot(at.x - a.x, at.y - a.y), leg: index, at, offM }
        }
      }
      passedM += stretchM
    }
  })
  const riding = route.legs.findIndex(
    (leg) =>
      leg.kind === 'ride' &&
      where.level !== undefined &&
      where.level > Math.min(leg.fromLevel, leg.toLevel) &&
      where.level < Math.max(leg.fromLevel, leg.toLevel),
  )
  if (best.offM === Infinity && riding >= 0) return whileRiding(route, riding)
  const isOff = best.offM > Math.max(aisleM, where.radiusM * 1.5)
  const remainingM = Math.max(0, route.lengthM - best.alongM)
  return { ...best, remainingM, remainingS: remainingSeconds(route, best.leg, remainingM), isOff }
}

/** Between two levels one is where one got on. */
function whileRiding(route: Route, index: number): Progress {
  let alongM = 0
  for (const leg of route.legs.slice(0, index)) if (leg.kind === 'walk') alongM += leg.lengthM
  const ride = route.legs[index]!
  const at = ride.kind === 'ride' ? ride.from : { x: NaN, y: NaN }
  const remainingM = route.lengthM - alongM
  const remainingS = remainingSeconds(route, index, remainingM)
  return { alongM, leg: index, at, offM: 0, isOff: false, remainingM, remainingS }
}

function remainingSeconds(route: Route, leg: number, remainingM: number): number {
  let rides = 0
  let ahead = 0
  route.legs.forEach((each, index) => {
    if (each.kind !== 'ride') return
    rides += each.seconds
    if (index >= leg) ahead += each.seconds
  })
  return route.lengthM > 0 ? ((route.seconds - rides) * remainingM) / route.lengthM + ahead : ahead
}
