import type { Destination } from '../../maps/model/index.ts'
import type { SymbolName } from '../../ui/icons/symbols.ts'
import type { Home } from './model.ts'
import type { LineEnd, LonLat, TripLine } from './trip-lines.ts'

/** A label of the page that points at a place of the map. */
export interface MapBadge {
  readonly id: string
  readonly kind: 'here' | 'ride' | 'goal'
  readonly lonLat: LonLat
  readonly on: 'floor' | 'roof'
  readonly side: 'above' | 'below'
  /** Clear of its place by this much, in units of the look. */
  readonly gap: number
  readonly symbol: SymbolName
  readonly end?: LineEnd
  /** The leg one wants to hear of who taps it. */
  readonly leg?: number
  readonly place?: Destination
}

/** Lifts and the like are told by their symbol; a ramp has none of its own. */
export const connectorSymbols = {
  lift: 'lift',
  escalator: 'escalator',
  stairs: 'stairs',
  ramp: 'entrance',
} as const

/**
 * The badges of a level, the most important first: what the told leg leads to, then the person.
 *
 * @param of.goal the destination, when it is on this level
 */
export function badgesOf(of: {
  readonly home: Home | undefined
  readonly lines: readonly TripLine[]
  readonly goal: Destination | undefined
}): MapBadge[] {
  const told = of.lines.find(({ state }) => state === 'now')
  const badges: MapBadge[] = []
  if (told?.end.kind === 'ride') {
    const { end } = told
    badges.push({
      id: 'ride',
      kind: 'ride',
      lonLat: end.lonLat,
      on: 'floor',
      side: 'above',
      gap: 30,
      symbol: connectorSymbols[end.connector.kind],
      end,
      leg: end.leg,
    })
  }
  const last = of.lines.find(({ end }) => end.kind === 'goal')
  if (of.goal ?? last) {
    const isRoom = (of.goal?.unitIds.length ?? 0) > 0
    const lonLat = isRoom && of.goal ? of.goal.lonLat : (last?.end.lonLat ?? of.goal?.lonLat)
    if (lonLat) {
      badges.push({
        id: 'goal',
        kind: 'goal',
        lonLat,
        on: isRoom ? 'roof' : 'floor',
        side: 'above',
        gap: 22,
        symbol: 'entrance',
        ...(of.goal ? { place: of.goal } : {}),
      })
    }
  }
  if (of.home) {
    badges.push({
      id: 'here',
      kind: 'here',
      lonLat: of.home.lonLat,
      on: 'floor',
      side: 'below',
      gap: 30,
      symbol: 'entrance',
    })
  }
  return badges
}
