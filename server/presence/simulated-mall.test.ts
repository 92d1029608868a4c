import test from 'ava'
import type { LevelId, VersionId } from '../../maps/model/index.ts'
import {
  gridOf,
  mapOfRegistry,
  PhoneTracker,
  RadioModel,
  RandomStream,
  WalkableRaster,
  encodeRadioMap,
} from '../../positioning/index.ts'
import type { Tracker } from '../../positioning/index.ts'
import {
  androidReceiver,
  anyPerson,
  heldPhone,
  mallRadio,
  plannedLayout,
  radioField,
  simulateWalk,
  standardBuilding,
  truthAt,
  walkableAreaOf,
} from '../../positioning/simulate/index.ts'
import type { Leg, Point, SimulatedWalk } from '../../positioning/simulate/index.ts'
import type { PlacedBeacon } from '../beacons/index.ts'
import type { ZonePlan } from '../venues/index.ts'
import { reportsOf } from './testing/replay.ts'
import { WalkScore } from './testing/score-walks.ts'
import type { JudgedZone, Said } from './testing/score-walks.ts'
import { idOf, stand, venueId } from './testing/stand.ts'

/** Floor that one beacon serves, as a mall is planned. */
const areaPerBeaconM2 = 90
/** In front of a shop counts as at the shop: no radio tells the two sides of a glass front apart. */
const frontM = 3
const walks = 24

const building = standardBuilding()
const { sketch } = building
const walkable = walkableAreaOf(sketch)
const extents = sketch.levels.map(({ id }) => ({ id, widthM: 100, heightM: 70, originXM: 0, originYM: 0 }))
const layout = plannedLayout(sketch, areaPerBeaconM2)
const uuid = '11111111-2222-4333-8444-555555555555'
const identityOf = (id: string) => `${uuid}/1/${layout.findIndex((beacon) => beacon.id === id)}`

const beacons = layout.map(({ id, level, x, y, heightM, powerAt1mDbm, intervalMs }): PlacedBeacon => ({
  beaconId: id,
  id: identityOf(id),
  levelId: level as LevelId,
  x,
  y,
  mountHeightM: heightM,
  powerDbm: powerAt1mDbm,
  intervalMs,
}))

/** Nobody surveyed: the radio map knows only where the beacons hang. */
const map = mapOfRegistry(
  gridOf(extents, walkable),
  beacons.map(({ id, levelId: level, x, y, powerDbm }) => ({ id, level, x, y, powerDbm })),
)
const model = new RadioModel(map)
const raster = new WalkableRaster(walkable, extents)

/** Every shop of every level, with the floor in front of it. */
const zones = sketch.levels.flatMap(({ id: level, rooms }) =>
  rooms.map((ring, room) => ({ id: `${level} shop ${room}`, level, ring: withFront(ring) })),
)

function withFront(ring: readonly Point[]): Point[] {
  const xs = ring.map(({ x }) => x)
  const ys = ring.map(({ y }) => y)
  const [left, right] = [Math.min(...xs), Math.max(...xs)]
  const [low, high] = [Math.min(...ys), Math.max(...ys)]
  const front = { left: left > 0 ? frontM : 0, right: right < 100 ? frontM : 0 }
  const depth = { low: low > 0 ? frontM : 0, high: high < 70 ? frontM : 0 }
  return [
    { x: left - front.left, y: low - depth.low },
    { x: right + front.right, y: low - depth.low },
    { x: right + front.right, y: high + depth.high },
    { x: left - front.left, y: high + depth.high },
  ]
}

const plan: ZonePlan = {
  venueId,
  versionId: 'version 1' as VersionId,
  levels: sketch.levels.map(({ id }, ordinal) => ({
    levelId: id as LevelId,
    ordinal,
    originXM: 0,
    originYM: 0,
  })),
  zones: zones.map(({ id, level, ring }) => ({
    id,
    kind: 'geofence',
    on: [{ levelId: level as LevelId, rings: [ring] }],
  })),
}

const judged: JudgedZone[] = zones.map(({ id, level, ring: [low, , high] }) => ({
  id,
  contains: (place) =>
    place.level === level && place.x >= low!.x && place.x < high!.x && place.y >= low!.y && place.y < high!.y,
}))

/** From shop front to shop front of one level, a minute or so at each. */
function shoppingTrip(seed: number): SimulatedWalk {
  const random = new RandomStream(seed)
  const level = sketch.levels[seed % sketch.levels.length]!.id
  const pick = (count: number) => Math.floor(random.uniform() * count)
  let here = pick(building.crossings.length)
  const departure = { ...building.crossings[here]!, level, tMs: 0 }
  const legs: Leg[] = []
  for (let stop = 0; stop < 6; stop++) {
    const ways = building.corridors.filter(([a, b]) => a === here || b === here)
    const [a, b] = ways[pick(ways.length)]!
    here = a === here ? b : a
    legs.push({ kind: 'walk', to: building.crossings[here]! })
    if (stop % 2 === 1) legs.push({ kind: 'stand', forMs: 20_000 + 40_000 * random.uniform() })
  }
  const venue = { sketch, beacons: layout, field: radioField(sketch, mallRadio, 3) }
  const phone = { receiver: androidReceiver, motion: heldPhone }
  return simulateWalk({ venue, person: anyPerson(random), phone, departure, legs }, random)
}

function judge(newTracker: (seed: number) => Tracker | undefined) {
  const score = new WalkScore()
  const bytes = encodeRadioMap(map)
  const on = stand(plan, beacons, { radioMap: () => bytes })
  for (let n = 1; n <= walks; n++) {
    const walk = shoppingTrip(n)
    const events = walk.events.map((event) =>
      event.kind === 'beacon' ? { ...event, id: identityOf(event.id) } : event,
    )
    const endMs = walk.truth[walk.truth.length - 1]!.tMs
    const startMs = on.clock.nowMs
    const visitorId = idOf(n)
    for (const { tMs, report } of reportsOf(events, { visit: n, startMs, endMs, tracker: newTracker(n) })) {
      on.clock.nowMs = startMs + tMs
      const answer = on.presence.report(visitorId, venueId, report)
      if ('refused' in answer) throw new Error(answer.refused)
    }
    const said = on.events.flatMap((event): Said[] =>
      event.visitorId === visitorId && event.kind !== 'dwelled'
        ? [
            {
              kind: event.kind,
              zoneId: event.zone.id,
              tMs: event.atMs - startMs,
              appeared: event.cause.why === 'appeared',
            },
          ]
        : [],
    )
    score.add({ startMs: 0, endMs, at: (tMs) => truthAt(walk, tMs) }, said, {
      zones: judged,
      isCovered: () => true,
    })
  }
  return score.score
}

test('in a planned mall that nobody surveyed, few changes are unknown to the truth and entries are noticed soon', (t) => {
  t.timeout(120_000)
  const phone = judge((seed) => new PhoneTracker({ model, walkable: raster, seed }))
  t.log('phone and beacons', JSON.stringify(phone))
  const server = judge(() => undefined)
  t.log('beacons alone', JSON.stringify(server))
  t.true(phone.noticed > 0.5)
})
