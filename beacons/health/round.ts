import { itineraryOf, mostStops, Router } from '../../maps/routes/index.ts'
import type { Route, RoutingTables, Spot } from '../../maps/routes/index.ts'
import type { Visit } from './visits.ts'

/** A stop of a round, and the way to it from the one before. */
export interface RoundStop extends Visit {
  readonly level: string
  readonly walkM: number
  readonly walkS: number
  /** Where one walks to it, by level; metres of each level. */
  readonly ways: readonly {
    readonly levelId: string
    readonly points: readonly { readonly x: number; readonly y: number }[]
  }[]
}

/** A round as it is walked. */
export interface Round {
  readonly stops: readonly RoundStop[]
  readonly lengthM: number
  readonly walkS: number
  /** Walking, and the time at each beacon. */
  readonly minutes: number
  readonly batteries: Readonly<Record<string, number>>
  /** Beacons no way leads to, as the map is. */
  readonly unreachable: readonly Visit[]
}

/** At a beacon: ladder, screws, battery, verify. */
export const stopS = 4 * 60
const profile = 'step-free' as const

/**
 * The round over some beacons, level by level, upwards or downwards, whichever is shorter; each level in the order that costs least
 * from where the last one ended. Levels with more stops than an exact order takes go in parts, nearest parts first. Without
 * steps: the ladder comes along.
 */
export function roundOf(tables: RoutingTables, visits: readonly Visit[], start: Spot): Round {
  const router = Router.of(tables)
  const upwards = walked(router, tables, { visits, start, upwards: true })
  const downwards = walked(router, tables, { visits, start, upwards: false })
  const isUp =
    upwards.stops.length > downwards.stops.length ||
    (upwards.stops.length === downwards.stops.length && upwards.walkS <= downwards.walkS)
  return isUp ? upwards : downwards
}

function walked(
  router: Router,
  tables: RoutingTables,
  from: { readonly visits: readonly Visit[]; readonly start: Spot; readonly upwards: boolean },
): Round {
  const levelOf = ({ beacon: { place } }: Visit) => tables.levels.findIndex(({ id }) => id === place?.levelId)
  const spotOf = (visit: Visit): Spot | undefined => {
    const { place } = visit.beacon
    const level = tables.levels[levelOf(visit)]
    return place && level ? { level: level.name, x: place.x, y: place.y } : undefined
  }
  const left = [...from.visits].sort((a, b) => (levelOf(a) - levelOf(b)) * (from.upwards ? 1 : -1))
  const stops: RoundStop[] = []
  const unreachable: Visit[] = []
  let here = from.start
  while (left.length > 0) {
    const level = levelOf(left[0]!)
    const costed = left
      .filter((visit) => levelOf(visit) === level)
      .map((visit) => {
        const spot = spotOf(visit)
        return { visit, spot, cost: spot ? router.costS({ from: here, to: spot, profile }) : Infinity }
      })
      .sort((a, b) => a.cost - b.cost)
    const part = costed.slice(0, mostStops)
    for (const { visit } of part) left.splice(left.indexOf(visit), 1)
    const reachable = part.flatMap(({ visit, spot, cost }) =>
      spot && Number.isFinite(cost) ? [{ visit, spot }] : [],
    )
    unreachable.push(...part.flatMap(({ visit, cost }) => (Number.isFinite(cost) ? [] : [visit])))
    const spots = reachable.map(({ spot }) => spot)
    const itinerary = itineraryOf(router, { from: here, stops: spots, profile })
    if ('refused' in itinerary) {
      unreachable.push(...reachable.map(({ visit }) => visit))
      continue
    }
    itinerary.order.forEach((index, leg) => {
      const route = itinerary.routes[leg]!
      stops.push({
        ...reachable[index]!.visit,
        level: tables.levels[level]?.name ?? '',
        ...{ walkM: route.lengthM, walkS: route.seconds, ways: waysOf(tables, route) },
      })
      here = spots[index]!
    })
  }
  return { stops, unreachable, ...sumsOf(stops) }
}

function sumsOf(stops: readonly RoundStop[]): Pick<Round, 'lengthM' | 'walkS' | 'minutes' | 'batteries'> {
  const batteries: Record<string, number> = {}
  let [lengthM, walkS] = [0, 0]
  for (const { battery, walkM, walkS: seconds } of stops) {
    batteries[battery] = (batteries[battery] ?? 0) + 1
    lengthM += walkM
    walkS += seconds
  }
  return { lengthM, walkS, minutes: Math.round((walkS + stops.length * stopS) / 60), batteries }
}

function waysOf({ levels }: RoutingTables, { legs }: Route): RoundStop['ways'] {
  return legs.flatMap((leg) =>
    leg.kind === 'walk' ? [{ levelId: levels[leg.level]?.id ?? '', points: leg.points }] : [],
  )
}
