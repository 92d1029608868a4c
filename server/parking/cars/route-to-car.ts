import { summaryOf } from '../../../maps/instructions/index.ts'
import type { InstructionLanguage } from '../../../maps/instructions/index.ts'
import type { LevelId } from '../../../maps/model/index.ts'
import type { Leg, Profile, Route as Way, Router, RouteRefusal, Spot } from '../../../maps/routes/index.ts'
import type { Ways } from '../../venues/index.ts'
import type { Bay, CarExit, MapPoint, ParkingMap } from '../lots/parking-map.ts'

/** Where somebody stands: at a destination, or at a point of a level. */
export type From = { readonly place: string } | MapPoint

/** A bay this near to where a car stands is walked to instead: a point between cars has no way of its own. */
const bayWithinM = 30

/** What is asked of the way to a car. */
export interface WayWish {
  readonly from: From
  /** The bay, or where the car is said to stand. */
  readonly to: Bay | MapPoint
  readonly profile: Profile
}

/** The way to a bay, or to the bay nearest to where the car is said to stand. */
export function wayToCar(
  map: ParkingMap,
  { router }: Ways,
  { from, to, profile }: WayWish,
): Way | RouteRefusal {
  return router.route({ from: spotOf(router, from), to: targetOf(map, router, to), profile })
}

function targetOf(map: ParkingMap, router: Router, to: Bay | MapPoint): Spot {
  if ('code' in to) return { place: to.id }
  const near = map.bayNear(to)
  return near && near.distanceM <= bayWithinM ? { place: near.bay.id } : spotOf(router, to)
}

function spotOf({ tables }: Router, spot: From): Spot {
  if ('place' in spot) return spot
  const level = tables.levels.find(({ id }) => id === spot.levelId)
  return { level: level?.name ?? spot.levelId, x: spot.x, y: spot.y }
}

/** A way as it leaves the server. */
export function presentWay({ router, instructor }: Ways, way: Way, lang: InstructionLanguage) {
  const { levels, connectors } = router.tables
  const levelId = (index: number): LevelId => levels[index]!.id
  return {
    summary: summaryOf(way, lang),
    lengthM: way.lengthM,
    seconds: way.seconds,
    legs: way.legs.map((leg: Leg) =>
      leg.kind === 'walk'
        ? {
            kind: 'walk' as const,
            levelId: levelId(leg.level),
            lengthM: leg.lengthM,
            points: leg.points.map(({ x, y }): [number, number] => [toCentimetre(x), toCentimetre(y)]),
          }
        : {
            kind: 'ride' as const,
            by: connectors[leg.connector]!.kind,
            fromLevelId: levelId(leg.fromLevel),
            toLevelId: levelId(leg.toLevel),
          },
    ),
    steps: instructor.stepsOf(way, lang).map(({ kind, text, level, at, lengthM }) => ({
      ...{ kind, text, level, lengthM },
      at: [toCentimetre(at.x), toCentimetre(at.y)] as [number, number],
    })),
  }
}

/**
 * The exit to drive out by: that with the shortest way over the level on which the car stands. Undefined where
 * nobody has said of one that can be reached.
 */
export function driveOutOf(
  map: ParkingMap,
  { router }: Pick<Ways, 'router'>,
  { at, exits: known }: { readonly at: Bay | MapPoint; readonly exits: readonly CarExit[] },
) {
  const from = targetOf(map, router, at)
  const exits = known.flatMap((exit) => {
    if (exit.levelId !== at.levelId) return []
    const way = router.route({ from, to: spotOf(router, exit), profile: 'fastest' })
    // A car takes no lift.
    return 'refused' in way || way.legs.length !== 1 ? [] : [{ name: exit.name, distanceM: way.lengthM }]
  })
  if (exits.length === 0) return undefined
  const { name, distanceM } = exits.reduce((best, one) => (one.distanceM < best.distanceM ? one : best))
  return { name, distanceM: Math.round(distanceM) }
}

function toCentimetre(metres: number): number {
  return Math.round(metres * 100) / 100
}
