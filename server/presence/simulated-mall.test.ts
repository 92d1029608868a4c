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
  stroll,
  truthAt,
  walkableAreaOf,
} from '../../positioning/simulate/index.ts'
import type { Point, SimulatedWalk } from '../../positioning/simulate/index.ts'
import { isWholeMall } from '../../maps/testing/real-mall.ts'
import type { PlacedBeacon } from '../beacons/index.ts'
import type { ZonePlan } from '../venues/index.ts'
import { reportsOf } from './testing/replay.ts'
import { WalkScore } from './testing/score-walks.ts'
import type { JudgedZone, Said } from './testing/score-walks.ts'
import { idOf, stand, venueId } from './testing/stand.ts'
import { circle } from './testing/zone-plans.ts'

/** Floor that one beacon serves, as a mall is planned. */
const areaPerBeaconM2 = 90
const walks = 20

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

/** Fifteen metres around twenty shops of every level. */
const radiusM = 15
const zones = sketch.levels.flatMap(({ id: level, rooms }) =>
  rooms
    .map((ring, room) => ({ id: `${level} shop ${room}`, level, ...middleOf(ring) }))
    .filter((_, room) => room % 7 < 5)
    .slice(0, 20),
)

function middleOf(ring: readonly Point[]): Point {
  const sum = (pick: (corner: Point) => number) => ring.reduce((so, corner) => so + pick(corner), 0)
  return { x: sum(({ x }) => x) / ring.length, y: sum(({ y }) => y) / ring.length }
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
  zones: zones.map(({ id, level, x, y }) => ({
    id,
    kind: 'geofence',
    on: [{ levelId: level as LevelId, rings: [circle({ x, y }, radiusM)] }],
  })),
}

const judged: JudgedZone[] = zones.map(({ id, level, x, y }) => ({
  id,
  contains: (place) => place.level === level && (place.x - x) ** 2 + (place.y - y) ** 2 < radiusM ** 2,
}))

/** Through the corridors of a level from crossing to crossing, with a stop of some seconds at every fourth or so. */
function trip(seed: number): SimulatedWalk {
  const random = new RandomStream(seed)
  const level = sketch.levels[seed % sketch.levels.length]!.id
  const { departure, legs } = stroll(building, { level, crossingCount: 10, tMs: 0 }, random)
  const venue = { sketch, beacons: layout, field: radioField(sketch, mallRadio, 3) }
  const phone = { receiver: androidReceiver, motion: heldPhone }
  return simulateWalk({ venue, person: anyPerson(random), phone, departure, legs }, random)
}

function judge(newTracker: (seed: number) => Tracker | undefined) {
  const score = new WalkScore()
  const bytes = encodeRadioMap(map)
  const on = stand(plan, beacons, { radioMap: () => bytes })
  for (let n = 1; n <= walks; n++) {
    const walk = trip(n)
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
  t.true(phone.unknownPerMinute <= 0.2, String(phone.unknownPerMinute))
  t.true(phone.delayS.p90 <= 4, String(phone.delayS.p90))
  t.true(phone.noticed >= 0.9, String(phone.noticed))
  t.is(phone.outOfTurn, 0)
  // Nothing is promised of a phone that does not place itself; the README says what was found.
  if (isWholeMall()) t.log('beacons alone', JSON.stringify(judge(() => undefined)))
})
