import { toLonLat, toXy } from '../../../maps/model/index.ts'
import { Router } from '../../../maps/routes/index.ts'
import type { RoutingTables } from '../../../maps/routes/index.ts'
import { createWalkableArea } from '../../../maps/walkable/index.ts'
import {
  gridOf,
  mapOfRegistry,
  PhoneTracker,
  RadioModel,
  RandomStream,
  WalkableRaster,
} from '../../../positioning/index.ts'
import { anyPerson, mallRadio, radioField, simulateWalk } from '../../../positioning/simulate/index.ts'
import type { Leg, SimulatedPhone, SimulatedVenue } from '../../../positioning/simulate/index.ts'
import { follow, heldAndroid } from '../../../positioning/testing/simulated-mall.ts'
import type { Comparison, Following } from '../../../positioning/testing/simulated-mall.ts'
import type { PlanBuilding } from '../building.ts'
import type { VenuePlan } from '../plan-venue.ts'

/** A second of a walk: where it truly was (metres of the site), and how far off the fix. */
export interface JudgedSecond extends Comparison {
  readonly level: string
  readonly x: number
  readonly y: number
}

const warmUpS = 10

/**
 * Judges a plan as `positioning/planned-layout.property.test.ts` judges its layout: the registry's map alone, nobody surveyed,
 * seeded people who stroll with a phone, compared from ten seconds after their start. They walk from shop to shop by the
 * router's ways over the real floor, through the real walls, in buildings with different shadows.
 */
export function judgePlan(
  parts: { readonly building: PlanBuilding; readonly tables: RoutingTables; readonly plan: VenuePlan },
  strolls: {
    readonly levels: readonly string[]
    readonly perLevel: number
    readonly seeds: readonly number[]
    readonly phone?: SimulatedPhone
  },
): { readonly following: Following; readonly seconds: readonly JudgedSecond[] } {
  const { building, tables, plan } = parts
  const { walkable, extents, model } = modelOf(parts)
  const raster = new WalkableRaster(walkable, extents)
  const router = Router.of(tables)
  const seconds = strolls.seeds.flatMap((seed) => {
    const venue: SimulatedVenue = {
      sketch: building.sketch,
      beacons: plan.sketch,
      field: radioField(building.sketch, mallRadio, seed),
    }
    return strolls.levels.flatMap((level, levelIndex) =>
      Array.from({ length: strolls.perLevel }, (_, index) => {
        const random = new RandomStream(1000 * seed + 100 * levelIndex + index)
        const stroll = strollOn({ building, tables, router }, level, random)
        const walk = simulateWalk(
          { venue, person: anyPerson(random), phone: strolls.phone ?? heldAndroid, ...stroll },
          random,
        )
        const tracker = new PhoneTracker({ model, walkable: raster, seed: index })
        return follow(tracker, walk)
          .slice(warmUpS)
          .map((second): JudgedSecond => {
            const truth = walk.truth[Math.min(walk.truth.length - 1, Math.floor(second.tMs / 20))]!
            return { ...second, level: truth.level, x: truth.x, y: truth.y }
          })
      }).flat(),
    )
  })
  const share = (isSo: (second: JudgedSecond) => boolean) => seconds.filter(isSo).length / seconds.length
  const following = {
    seconds: seconds.length,
    meanM: seconds.reduce((sum, { errorM }) => sum + errorM, 0) / seconds.length,
    levelRight: share(({ levelRight }) => levelRight),
    withinRadius: share(({ errorM, fix }) => fix !== undefined && errorM <= fix.radiusM),
  }
  return { following, seconds }
}

/** Radio map of the registry and walkable area; positions are metres of the site moved so that none is negative. */
function modelOf({ building, plan }: { building: PlanBuilding; plan: VenuePlan }) {
  const walkable = createWalkableArea(building.levels.map(({ name, standing }) => ({ name, standing })))
  const points = building.levels.flatMap(({ standing }) => standing.flat())
  const widthM = Math.max(...points.map(({ x }) => x)) + 1
  const heightM = Math.max(...points.map(({ y }) => y)) + 1
  const extents = building.levels.map(({ name }) => ({ id: name, widthM, heightM, originXM: 0, originYM: 0 }))
  const placements = plan.sketch.map(({ id, level, x, y, powerAt1mDbm }) => ({
    ...{ id, level, x, y },
    powerDbm: powerAt1mDbm,
  }))
  const model = new RadioModel(mapOfRegistry(gridOf(extents, walkable), placements))
  return { walkable, extents, model }
}

/** From one shop or lift to two others of the level, along the router's ways. */
function strollOn(
  { building, tables, router }: { building: PlanBuilding; tables: RoutingTables; router: Router },
  level: string,
  random: RandomStream,
) {
  const index = tables.levels.findIndex(({ name }) => name === level)
  const frame = tables.levels[index]!.frame
  const doors = tables.places
    .filter((place) => place.level === index)
    .flatMap((place) => place.doors.slice(0, 1).map((door) => tables.doors[door]!))
  const pick = () => {
    const { outsideX, outsideY } = doors[Math.floor(random.uniform() * doors.length)]!
    return { level, x: outsideX, y: outsideY }
  }
  const onSite = (point: { x: number; y: number }) => toXy(building.site, toLonLat(frame, point))
  for (let tries = 0; tries < 50; tries++) {
    const stops = [pick(), pick(), pick()]
    const routes = [
      router.route({ from: stops[0]!, to: stops[1]! }),
      router.route({ from: stops[1]!, to: stops[2]! }),
    ]
    const points = routes.flatMap((route) =>
      'refused' in route || route.levels.length !== 1
        ? []
        : route.legs.flatMap((leg) => (leg.kind === 'walk' ? leg.points.map(onSite) : [])),
    )
    const lengthM = points.slice(1).reduce((sum, point, i) => {
      return sum + Math.hypot(point.x - points[i]!.x, point.y - points[i]!.y)
    }, 0)
    const [first, ...rest] = points
    if (!first || lengthM < 60 || lengthM > 160) continue
    const legs = rest.map((to): Leg => ({ kind: 'walk', to }))
    return { departure: { ...first, level, tMs: 0 }, legs }
  }
  throw new Error(`no stroll of 60 to 160 m was found on ${level}`)
}
