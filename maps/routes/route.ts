import type { Xy } from '../model/index.ts'
import type { Profile } from './profiles.ts'
import type { RoutingPlace } from './tables.ts'
import type { Leg } from './trace.ts'

/** Where a route begins or ends: a destination by id, or a point in metres of a level named as on the lift button. */
export type Spot =
  { readonly place: string } | { readonly level: string; readonly x: number; readonly y: number }

/** Where to: a spot, or the nearest of a kind: a category of IMDF or its head (`restroom`, `restroom.female`). */
export type Target = Spot | { readonly nearest: string }

/** One end of a route as it was found. */
export interface RouteEnd extends Xy {
  readonly level: number
  /** The destination, if the end is one. */
  readonly place?: RoutingPlace
  /** Metres between the point that was asked for and where the route begins; 0 when it begins there. */
  readonly gapM: number
}

/** A way from one place to another. */
export interface Route {
  readonly profile: Profile
  readonly from: RouteEnd
  readonly to: RouteEnd
  /** Walks and rides in their order; a walk first and last. */
  readonly legs: readonly Leg[]
  readonly lengthM: number
  /** Walking and riding, waiting included. */
  readonly seconds: number
  /** What the search made least: seconds along the walls, and what rides are felt to cost beyond theirs. */
  readonly costS: number
  /** Names of the levels in the order in which they are walked. */
  readonly levels: readonly string[]
  /** Whether the destination is open on arrival; absent when no time was given or its hours are unknown. */
  readonly isOpenOnArrival?: boolean
}

/** Why there is no route. */
export interface RouteRefusal {
  readonly refused: 'unknown-place' | 'unknown-level' | 'nothing-of-that-kind' | 'not-walkable' | 'no-way'
  readonly facts: Readonly<Record<string, string>>
}

export type RouteAnswer = Route | RouteRefusal

/** The path of a route as points with the name of their level. */
export function pathOf(
  route: Route,
  levelNames: readonly string[],
): { level: string; x: number; y: number }[] {
  return route.legs.flatMap((leg) =>
    leg.kind === 'ride' ? [] : leg.points.map(({ x, y }) => ({ level: levelNames[leg.level]!, x, y })),
  )
}
