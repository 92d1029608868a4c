import { secondsLater } from '../hours/opening-hours.ts'
import type { Route, RouteRefusal, Spot } from './route.ts'
import type { RouteRequest, Router } from './router.ts'

export interface ItineraryRequest extends Omit<RouteRequest, 'from' | 'to'> {
  readonly from: Spot
  /** Places to visit in any order, at most `mostStops`. */
  readonly stops: readonly Spot[]
  /** Where to end; anywhere when absent. */
  readonly to?: Spot
}

export interface Itinerary {
  /** Indices of the stops in the order that costs least. */
  readonly order: readonly number[]
  /** One route to each stop, and one to the end if there is one. */
  readonly routes: readonly Route[]
  readonly lengthM: number
  readonly seconds: number
}

/** The exact order takes 2ⁿ n² steps: twelve stops are half a million. */
export const mostStops = 12

/**
 * The best order in which to visit several places, exactly by what the ways cost when the walk begins, and
 * the routes. The time spent at a stop is not known and counts for nothing.
 * Source: Held and Karp 1962, A dynamic programming approach to sequencing problems.
 */
export function itineraryOf(
  router: Router,
  request: ItineraryRequest,
): Itinerary | RouteRefusal | { readonly refused: 'too-many-stops'; readonly facts: Record<string, string> } {
  const { stops, from, to, ...rest } = request
  if (stops.length > mostStops) {
    return { refused: 'too-many-stops', facts: { stops: String(stops.length), most: String(mostStops) } }
  }
  const cost = (a: Spot, b: Spot) => router.costS({ ...rest, from: a, to: b })
  const order = bestOrder({
    first: stops.map((stop) => cost(from, stop)),
    between: stops.map((a) => stops.map((b) => (a === b ? 0 : cost(a, b)))),
    last: stops.map((stop) => (to ? cost(stop, to) : 0)),
  })
  const visited = [from, ...order.map((stop) => stops[stop]!), ...(to ? [to] : [])]
  const routes: Route[] = []
  let lengthM = 0
  let seconds = 0
  for (let leg = 1; leg < visited.length; leg++) {
    // Whether a lift runs and a shop is open is asked for when one gets there.
    const at = rest.at && secondsLater(rest.at, seconds)
    const route = router.route({ ...rest, ...(at && { at }), from: visited[leg - 1]!, to: visited[leg]! })
    if ('refused' in route) return route
    routes.push(route)
    lengthM += route.lengthM
    seconds += route.seconds
  }
  return { order, routes, lengthM, seconds }
}

/** Order of least cost from the start over all stops to the end. Cost from `a` to `b` is `between[a][b]`. */
export function bestOrder(costs: {
  readonly first: readonly number[]
  readonly between: readonly (readonly number[])[]
  readonly last: readonly number[]
}): number[] {
  const { first, between, last } = costs
  const count = first.length
  const sets = 1 << count
  const best = new Float64Array(sets * count).fill(Infinity)
  const before = new Int8Array(sets * count).fill(-1)
  for (let stop = 0; stop < count; stop++) best[(1 << stop) * count + stop] = first[stop]!
  for (let set = 1; set < sets; set++) {
    for (let stop = 0; stop < count; stop++) {
      const reached = best[set * count + stop]!
      if (reached === Infinity) continue
      for (let next = 0; next < count; next++) {
        if ((set >> next) & 1) continue
        const slot = (set | (1 << next)) * count + next
        const through = reached + between[stop]![next]!
        if (through >= best[slot]!) continue
        best[slot] = through
        before[slot] = stop
      }
    }
  }
  const whole = sets - 1
  let stop = 0
  for (let other = 1; other < count; other++) {
    if (best[whole * count + other]! + last[other]! < best[whole * count + stop]! + last[stop]!) stop = other
  }
  const order: number[] = []
  for (let set = whole; set !== 0 && stop >= 0;) {
    order.unshift(stop)
    const earlier = before[set * count + stop]!
    set &= ~(1 << stop)
    stop = earlier
  }
  // Where something cannot be reached at all, its route will say so.
  return order.length === count ? order : first.map((_, index) => index)
}
