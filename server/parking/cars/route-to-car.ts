import { summaryOf } from '../../../maps/instructions/index.ts'
import type { InstructionLanguage } from '../../../maps/instructions/index.ts'
import type { LevelId } from '../../../maps/model/index.ts'
import type { Leg, Profile, Route as Way, RouteRefusal, Spot } from '../../../maps/routes/index.ts'
import type { Bay, MapPoint, ParkingMap } from '../lots/parking-map.ts'

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
export function wayToCar(map: ParkingMap, { from, to, profile }: WayWish): Way | RouteRefusal {
  const target = targetOf(map, to)
  return map.router.route({ from: spotOf(map, from), to: target, profile })
}

function targetOf(map: ParkingMap, to: Bay | MapPoint): Spot {
  if ('code' in to) return { place: to.id }
  const near = map.bayNear(to)
  return near && near.distanceM <= bayWithinM ? { place: near.bay.id } : spotOf(map, to)
}

function spotOf(map: ParkingMap, spot: From): Spot {
  if ('place' in spot) return spot
  return { level: map.levelName(spot.levelId) ?? spot.levelId, x: spot.x, y: spot.y }
}

/** A way as it leaves the server. */
export function presentWay(map: ParkingMap, way: Way, lang: InstructionLanguage) {
  const { levels, connectors } = map.router.tables
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
    steps: map.instructor.stepsOf(way, lang).map(({ kind, text, level, at, lengthM }) => ({
      ...{ kind, text, level, lengthM },
      at: [toCentimetre(at.x), toCentimetre(at.y)] as [number, number],
    })),
  }
}

/** The exit to drive out by from where a car stands. */
export function driveOutOf(map: ParkingMap, at: MapPoint) {
  const exit = map.exitNear(at)
  return exit && { name: exit.name, distanceM: Math.round(Math.hypot(exit.x - at.x, exit.y - at.y)) }
}

function toCentimetre(metres: number): number {
  return Math.round(metres * 100) / 100
}
