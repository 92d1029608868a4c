import type { Fix, PositioningEvent, Tracker, WalkableArea } from '../events.ts'
import {
  gridOf,
  mapOfRegistry,
  PhoneTracker,
  RadioMapBuilder,
  RadioModel,
  RandomStream,
  ServerTrackers,
  WalkableRaster,
  type BeaconPlacement,
  type CellGrid,
  type RadioMap,
  type ServerTracker,
} from '../index.ts'
import {
  androidReceiver,
  anyPerson,
  heldPhone,
  mallRadio,
  middlingPerson,
  plannedLayout,
  radioField,
  simulateWalk,
  standardBuilding,
  stroll,
  truthAt,
  walkableAreaOf,
  type BeaconSketch,
  type Building,
  type Departure,
  type Leg,
  type Person,
  type SimulatedPhone,
  type SimulatedVenue,
  type SimulatedWalk,
} from '../simulate/index.ts'

/** The standard building with a planned layout and a radio map: what tests of the whole engine stand on. */
export interface SimulatedMall {
  readonly building: Building
  readonly venue: SimulatedVenue
  readonly walkable: WalkableArea
  readonly model: RadioModel
  readonly raster: WalkableRaster
  newTracker(seed: number): PhoneTracker
  newServerTracker(): ServerTracker
}

const areaPerBeaconM2 = 90

/** The phone of the recorded walks: Android, held in front. */
export const heldAndroid: SimulatedPhone = { receiver: androidReceiver, motion: heldPhone }

/**
 * Builds the mall and, unless told otherwise, surveys every corridor of every level there and back: once, by one
 * person with one phone. Takes some seconds; the tests of a file share one.
 * @param survey without one, the radio map knows only where the beacons hang and how loud they are.
 * @param seed one building; with another, other shadows lie in the same corridors.
 */
export function simulatedMall({ survey, seed }: { survey: boolean; seed: number }): SimulatedMall {
  const building = standardBuilding()
  const { sketch } = building
  const beacons = plannedLayout(sketch, areaPerBeaconM2)
  const venue: SimulatedVenue = { sketch, beacons, field: radioField(sketch, mallRadio, seed) }
  const walkable = walkableAreaOf(sketch)
  const extents = sketch.levels.map(({ id }) => ({ id, widthM: 100, heightM: 70, originXM: 0, originYM: 0 }))
  const grid = gridOf(extents, walkable)
  const map = survey
    ? surveyOf(building, venue, new RandomStream(seed), grid)
    : mapOfRegistry(grid, placementsOf(beacons))
  const model = new RadioModel(map)
  const raster = new WalkableRaster(walkable, extents)
  const newTracker = (trackerSeed: number): PhoneTracker =>
    new PhoneTracker({ model, walkable: raster, seed: trackerSeed })
  let servers: ServerTrackers | undefined
  const newServerTracker = (): ServerTracker => (servers ??= new ServerTrackers(map)).tracker()
  return { building, venue, walkable, model, raster, newTracker, newServerTracker }
}

/** Beacons as a registry knows them. */
export function placementsOf(beacons: readonly BeaconSketch[]): BeaconPlacement[] {
  return beacons.map(({ id, level, x, y, powerAt1mDbm }) => ({ id, level, x, y, powerDbm: powerAt1mDbm }))
}

function surveyOf(building: Building, venue: SimulatedVenue, random: RandomStream, grid: CellGrid): RadioMap {
  const builder = new RadioMapBuilder(grid)
  for (const { id } of building.sketch.levels) {
    for (const [a, b] of building.corridors) {
      const from = building.crossings[a]!
      const to = building.crossings[b]!
      const legs: Leg[] = [
        { kind: 'walk', to },
        { kind: 'stand', forMs: 1000 },
        { kind: 'walk', to: from },
      ]
      const departure = { ...from, level: id, tMs: 0 }
      const walk = simulateWalk(
        { venue, person: middlingPerson, phone: heldAndroid, departure, legs },
        random,
      )
      builder.addSurvey({ level: id, events: walk.events, waypoints: turningPoints(walk) })
    }
  }
  return builder.build()
}

/** A waypoint where the surveyor set off, where they stood and turned, and where they ended. */
function turningPoints({ truth }: SimulatedWalk): { tMs: number; x: number; y: number }[] {
  return truth.filter(
    ({ activity }, index) =>
      index === 0 || activity !== truth[index - 1]!.activity || index === truth.length - 1,
  )
}

/** A walk through the mall; person and phone are a middling one with a held Android phone unless said. */
export function walkThrough(
  mall: SimulatedMall,
  plan: { departure: Departure; legs: readonly Leg[]; phone?: SimulatedPhone; person?: Person },
  seed: number,
): SimulatedWalk {
  const random = new RandomStream(seed)
  const phone = plan.phone ?? heldAndroid
  const person = plan.person ?? anyPerson(random)
  return simulateWalk(
    { venue: mall.venue, person, phone, departure: plan.departure, legs: plan.legs },
    random,
  )
}

/** A fix beside the truth. */
export interface Comparison {
  readonly tMs: number
  readonly fix: Fix | undefined
  /** Metres on the plan, whatever the level; Infinity without a fix. */
  readonly errorM: number
  readonly levelRight: boolean
}

/** Follows a walk and compares fix and truth once a second, after all events up to that moment. */
export function follow(tracker: Tracker, walk: SimulatedWalk): Comparison[] {
  const startMs = walk.truth[0]?.tMs ?? 0
  const endMs = walk.truth[walk.truth.length - 1]?.tMs ?? 0
  const comparisons: Comparison[] = []
  let next = 0
  for (let tMs = startMs + 1000; tMs <= endMs; tMs += 1000) {
    for (; next < walk.events.length && walk.events[next]!.tMs <= tMs; next++)
      tracker.push(walk.events[next]!)
    const fix = tracker.fix(tMs)
    const truth = truthAt(walk, tMs)
    comparisons.push({
      tMs,
      fix,
      errorM: fix ? Math.hypot(fix.x - truth.x, fix.y - truth.y) : Infinity,
      levelRight: fix?.level === truth.level,
    })
  }
  return comparisons
}

/** How well a tracker followed, over all seconds compared. */
export interface Following {
  readonly seconds: number
  readonly meanM: number
  /** Shares of seconds with the right level, and with the truth within the stated radius. */
  readonly levelRight: number
  readonly withinRadius: number
}

/**
 * Strolls of seeded people with a phone through each mall, as many on each of the five levels, compared from ten
 * seconds after their start.
 * @param perLevel strolls on each level of each mall
 */
export function followStrolls(
  malls: readonly SimulatedMall[],
  phone: SimulatedPhone,
  perLevel = 1,
): Following {
  const compared = malls.flatMap((mall) => {
    const levels = mall.building.sketch.levels
    return Array.from({ length: perLevel * levels.length }, (_, index) => {
      const level = levels[index % levels.length]!.id
      const plan = stroll(mall.building, { level, crossingCount: 4, tMs: 0 }, new RandomStream(100 + index))
      return follow(mall.newTracker(index), walkThrough(mall, { ...plan, phone }, index)).slice(10)
    }).flat()
  })
  const share = (isSo: (comparison: Comparison) => boolean): number =>
    compared.filter(isSo).length / compared.length
  return {
    seconds: compared.length,
    meanM: compared.reduce((sum, { errorM }) => sum + errorM, 0) / compared.length,
    levelRight: share(({ levelRight }) => levelRight),
    withinRadius: share(({ errorM, fix }) => fix !== undefined && errorM <= fix.radiusM),
  }
}

/**
 * All fixes of a tracker fed with some events, one for each second from 1 s to `endMs`, asked when the first event
 * after that second comes along; an event whose stamp is no number is pushed in its turn.
 */
export function fixesOf(
  tracker: Tracker,
  events: readonly PositioningEvent[],
  endMs: number,
): (Fix | undefined)[] {
  const fixes: (Fix | undefined)[] = []
  const ask = (untilMs: number): void => {
    while ((fixes.length + 1) * 1000 < untilMs) fixes.push(tracker.fix((fixes.length + 1) * 1000))
  }
  for (const event of events) {
    if (Number.isFinite(event.tMs)) ask(Math.min(event.tMs, endMs))
    tracker.push(event)
  }
  ask(endMs)
  return fixes
}
