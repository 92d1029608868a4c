import type { Destination } from '../../../maps/model/index.ts'
import type { Route, RouteAnswer, Spot } from '../../../maps/routes/route.ts'
import type { Fix } from '../../../positioning/events.ts'
import type { VenueData } from './venue-data.ts'

/** Where a way begins: where one stands, or else an entrance, which the page then names. */
export interface Start {
  readonly spot: Spot
  readonly entrance?: Destination
}

/** The start of a way; undefined in a venue without entrances where nobody knows where one is. */
export function startOf(venue: VenueData, fix: Fix | undefined): Start | undefined {
  const level = fix && venue.router.tables.levels.find(({ id }) => id === fix.level)
  if (fix && level) return { spot: { level: level.name, x: fix.x, y: fix.y } }
  const entrances = venue.destinations.filter(({ kind }) => kind === 'entrance')
  const ordinal = (each: Destination) => Math.abs(venue.level(each.levelId)?.ordinal ?? Infinity)
  const [entrance] = [...entrances].sort((a, b) => ordinal(a) - ordinal(b))
  return entrance && { spot: { place: entrance.id }, entrance }
}

/** Whether an answer of the router is a way. */
export function isRoute(answer: RouteAnswer): answer is Route {
  return 'legs' in answer
}
