import { join } from 'node:path'
import { ringsOf } from '../../../maps/geometry/index.ts'
import { levelFrameOf } from '../../../maps/model/index.ts'
import type { Archive } from '../../../maps/model/index.ts'
import { buildRoutingTables, Router } from '../../../maps/routes/index.ts'
import { realMall } from '../../../maps/routes/testing/real-mall.ts'
import { unitRoleOf } from '../../../maps/walkable/index.ts'
import { gridOf, mapOfRegistry, RadioModel, WalkableRaster } from '../../index.ts'
import { RandomStream } from '../../random.ts'
import {
  androidReceiver,
  anyPerson,
  heldPhone,
  mallRadio,
  plannedLayout,
  radioField,
} from '../../simulate/index.ts'
import type { VenueSketch } from '../../simulate/index.ts'
import { travel } from '../../simulate/journey.ts'
import { motionEvents } from '../../simulate/phone-motion.ts'
import { hear } from '../../simulate/receiver.ts'
import { readRecordedVenue } from '../../testing/recorded-venue.ts'
import { carLossDb, driveSamples, followDrive, gettingOutMs, lengthOf, walkShownMs } from './drive.ts'
import type { Drives, Point } from './drive.ts'

const level = 'B1'
const weakestDbm = -98
const areaPerBeaconM2 = 150

/**
 * Drives through the real mall's B1: the car comes from another bay along the aisles, stands for a while, and its
 * driver walks on to a shop. The floor plan is the real one. Nobody ever recorded beacons among its bays, so they
 * hang as an installer would plan them, one for 150 m², and are heard through the simulator's radio and the body
 * of a car; the phone knows where they hang and no survey. Motion: a car shakes, people step.
 * @param mallDir the folder `ATRIUM_REAL_MALL` names
 */
export function simulatedDrives(mallDir: string): Drives {
  const mall = realMall()!
  const router = Router.of(buildRoutingTables(mall.archive, mall.destinations))
  const bays = mall.destinations.filter((one) => one.kind === 'bay' && one.level === level)
  const shops = mall.destinations.filter((one) => one.kind === 'shop' && one.level === level)
  const venue = readRecordedVenue(join(mallDir, 'venue'))
  const extents = venue.extents.filter(({ id }) => id === level)
  const sketch = sketchOf(mall.archive)
  const beacons = plannedLayout(sketch, areaPerBeaconM2)
  const field = radioField(sketch, mallRadio, 1)
  const placed = beacons.map(({ id, x, y, powerAt1mDbm: powerDbm }) => ({ id, level, x, y, powerDbm }))
  const model = new RadioModel(mapOfRegistry(gridOf(extents, venue.walkable), placed))
  const raster = new WalkableRaster(venue.walkable, extents)
  const pathOf = (from: string, to: string): Point[] | undefined => {
    const route = router.route({ from: { place: from }, to: { place: to } })
    if ('refused' in route || route.legs.length !== 1) return undefined
    const [leg] = route.legs
    return leg?.kind === 'walk' ? [...leg.points] : undefined
  }
  const pick = <Item>(list: readonly Item[], random: RandomStream): Item =>
    list[Math.floor(random.uniform() * list.length)]!

  return {
    drive(seed) {
      const random = new RandomStream(1000 + seed)
      for (;;) {
        const bay = pick(bays, random)
        const way = pathOf(pick(bays, random).id, bay.id)
        const back = pathOf(bay.id, pick(shops, random).id)
        if (!way || !back || lengthOf(way) < 60 || lengthOf(back) < 30) continue
        const driven = driveSamples(way, level, random)
        const stoppedMs = driven[driven.length - 1]!.tMs
        const walkedMs = stoppedMs + 15_000 + Math.floor(random.uniform() * 30_000)
        const start = { ...back[0]!, level, tMs: stoppedMs }
        const walked = travel(sketch, anyPerson(random), start, [
          { kind: 'stand', forMs: walkedMs - stoppedMs },
          ...back.slice(1).map((to) => ({ kind: 'walk', to }) as const),
        ]).slice(1)
        const samples = [...driven, ...walked].filter(({ tMs }) => tMs <= walkedMs + walkShownMs)
        const motion = motionEvents(samples, heldPhone, random)
        const radio = hear(samples, { beacons, field, receiver: androidReceiver }, random).flatMap((one) => {
          const rssiDbm = one.rssiDbm - (one.tMs < walkedMs - gettingOutMs ? carLossDb : 0)
          return rssiDbm >= weakestDbm ? [{ ...one, rssiDbm }] : []
        })
        const events = [...motion, ...radio].sort((a, b) => a.tMs - b.tMs)
        return { car: { x: bay.x, y: bay.y }, stoppedMs, walkedMs, events, seed }
      }
    },
    follow: (drive, each) => {
      followDrive(drive, { model, walkable: raster }, each)
    },
  }
}

/** The level as the simulator of radio needs it: rooms have walls, bays have none. */
function sketchOf(archive: Archive): VenueSketch {
  const own = archive.features.level.find(({ properties }) =>
    Object.values(properties.short_name).includes(level),
  )!
  const frame = levelFrameOf(own)
  const rooms = archive.features.unit.flatMap(({ properties, geometry }) => {
    if (properties.level_id !== own.id) return []
    const rings = ringsOf(geometry, frame)
    return unitRoleOf(properties.category, rings) === 'room' && properties.category !== 'parking' ? rings : []
  })
  const [outline] = [...ringsOf(own.geometry, frame)].sort((a, b) => b.length - a.length)
  return { levels: [{ id: level, elevationM: 0, outline: outline!, rooms, voids: [] }], connectors: [] }
}
