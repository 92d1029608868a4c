import { toLonLat } from '../../maps/model/index.ts'
import type { Xy } from '../../maps/model/index.ts'
import { createWalkableArea, roundCorners } from '../../maps/routes/offline.ts'
import type { WalkableArea } from '../../maps/routes/offline.ts'
import type { RoutingConnector, RoutingLevel, RoutingPlace, RoutingTables } from '../../maps/routes/tables.ts'
import type { Trip } from './model.ts'

export type LonLat = readonly [number, number]

/** A walk of the trip as it is drawn on its level. */
export interface TripLine {
  /** Index into the route's legs. */
  readonly leg: number
  readonly level: RoutingLevel
  /** Corners are rounded; at least two points. */
  readonly points: readonly LonLat[]
  readonly state: 'walked' | 'now' | 'ahead'
  readonly end: LineEnd
}

/** What a walk leads to. */
export type LineEnd =
  | {
      readonly kind: 'ride'
      /** Index of the ride among the legs. */
      readonly leg: number
      readonly connector: RoutingConnector
      readonly toLevel: RoutingLevel
      readonly lonLat: LonLat
    }
  | { readonly kind: 'goal'; readonly place: RoutingPlace | undefined; readonly lonLat: LonLat }

/** Corners are drawn with this radius. */
const cornerRadiusM = 2.2

/** The walkable area of each set of tables: a kiosk draws hundreds of routes over one. */
const areas = new WeakMap<RoutingTables, WalkableArea>()

function areaOf(tables: RoutingTables): WalkableArea {
  const known = areas.get(tables)
  if (known) return known
  const area = createWalkableArea(tables.levels)
  areas.set(tables, area)
  return area
}

/**
 * The walks of a trip in their order. Told is the walk that `trip.leg` names, or, during a ride, the one
 * after it.
 */
export function tripLines({ route, tables, leg: told }: Trip): TripLine[] {
  const now = walkFrom(route.legs, told)
  return route.legs.flatMap((leg, index) => {
    if (leg.kind === 'ride') return []
    const level = tables.levels[leg.level]!
    const isClear = (a: Xy, b: Xy) => areaOf(tables).isClear(level.name, a, b)
    const points = roundCorners(leg.points, cornerRadiusM, isClear).map((point) =>
      toLonLat(level.frame, point),
    )
    const state = index < now ? 'walked' : index === now ? 'now' : 'ahead'
    return [{ leg: index, level, points, state, end: endOf({ route, tables, leg: told }, index, points) }]
  })
}

/** The leg itself when it is a walk, else the walk after the ride; a ride is never last. */
function walkFrom(legs: Trip['route']['legs'], index: number): number {
  return legs[index]?.kind === 'ride' ? index + 1 : index
}

function endOf({ route, tables }: Trip, index: number, points: readonly LonLat[]): LineEnd {
  const lonLat = points[points.length - 1]!
  const ride = route.legs[index + 1]
  if (ride?.kind !== 'ride') return { kind: 'goal', place: route.to.place, lonLat }
  return {
    kind: 'ride',
    leg: index + 1,
    connector: tables.connectors[ride.connector]!,
    toLevel: tables.levels[ride.toLevel]!,
    lonLat,
  }
}
