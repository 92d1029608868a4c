import { toXy } from '../../maps/model/index.ts'
import type { LevelId } from '../../maps/model/index.ts'
import type { Profile, Route, RouteRefusal, Router, Spot } from '../../maps/routes/index.ts'
import type { PublishedMap } from '../venues/index.ts'
import type { HandoffSpot, HandoffWay } from './handoff.entity.ts'

/** A spot as a client names it. */
export type AskedSpot =
  HandoffSpot | { readonly levelId: LevelId; readonly lon: number; readonly lat: number }

/** What a client asks to hand over. */
export interface AskedWay {
  readonly from: AskedSpot
  readonly to: readonly AskedSpot[]
  readonly profile: Profile
  readonly lang: 'zh' | 'en'
}

/** One end of a way, as the map of the day has it. */
export interface WayEnd {
  readonly place?: string
  readonly name?: Readonly<Record<string, string>>
  readonly levelId: LevelId
  readonly level: string
  readonly x: number
  readonly y: number
}

/** The way in metres of the map. @returns undefined when the map lacks a place or a level of it */
export function wayOn(map: PublishedMap, { from, to, profile, lang }: AskedWay): HandoffWay | undefined {
  const start = spotOn(map, from)
  const stops = to.flatMap((spot) => spotOn(map, spot) ?? [])
  return start && stops.length === to.length ? { from: start, to: stops, profile, lang } : undefined
}

function spotOn(map: PublishedMap, spot: AskedSpot): HandoffSpot | undefined {
  if ('place' in spot) return map.destinations.some(({ id }) => id === spot.place) ? spot : undefined
  const frame = map.levels.find(({ id }) => id === spot.levelId)?.frame
  if (!frame) return undefined
  if ('x' in spot) return spot
  const [originLon, originLat] = frame.origin
  const [metresPerDegreeLon, metresPerDegreeLat] = frame.metresPerDegree
  const { x, y } = toXy({ originLon, originLat, metresPerDegreeLon, metresPerDegreeLat }, [
    spot.lon,
    spot.lat,
  ])
  return { levelId: spot.levelId, x, y }
}

/** Start and stops by name and place. @returns undefined when the map no longer has one of them */
export function endsOn(
  map: PublishedMap,
  { from, to }: HandoffWay,
): { readonly from: WayEnd; readonly to: readonly WayEnd[] } | undefined {
  const start = endOn(map, from)
  const stops = to.flatMap((spot) => endOn(map, spot) ?? [])
  return start && stops.length === to.length ? { from: start, to: stops } : undefined
}

function endOn(map: PublishedMap, spot: HandoffSpot): WayEnd | undefined {
  if ('place' in spot) {
    const found = map.destinations.find(({ id }) => id === spot.place)
    if (!found) return undefined
    const { id: place, name, levelId, level, x, y } = found
    return { place, name, levelId, level, x, y }
  }
  const level = map.levels.find(({ id }) => id === spot.levelId)
  return level && { levelId: level.id, level: level.shortName, x: spot.x, y: spot.y }
}

/** The ways from stop to stop, in the order in which they were handed over. */
export function routesOf(router: Router, { from, to, profile }: HandoffWay): Route[] | RouteRefusal {
  const routes: Route[] = []
  let here = from
  for (const stop of to) {
    const route = router.route({ from: spotFor(router, here), to: spotFor(router, stop), profile })
    if ('refused' in route) return route
    routes.push(route)
    here = stop
  }
  return routes
}

function spotFor({ tables }: Router, spot: HandoffSpot): Spot {
  if ('place' in spot) return spot
  const { levelId, x, y } = spot
  return { level: tables.levels.find(({ id }) => id === levelId)?.name ?? levelId, x, y }
}
