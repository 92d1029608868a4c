import { RandomStream } from '../../../positioning/index.ts'
import {
  anyPerson,
  mallRadio,
  plannedLayout,
  radioField,
  standardBuilding,
  stroll,
  weChatReceiver,
} from '../../../positioning/simulate/index.ts'
import type { BeaconSketch } from '../../../positioning/simulate/index.ts'
import { travel } from '../../../positioning/simulate/journey.ts'
import type { BodySample } from '../../../positioning/simulate/journey.ts'
import { hear } from '../../../positioning/simulate/receiver.ts'
import type { LevelId } from '../../../maps/model/index.ts'
import type { PlacedBeacon } from '../beacon-types.ts'
import { addWindow, emptyHour } from '../health/traffic.ts'
import type { TrafficHour } from '../health/traffic.ts'

const reportMs = 2000
/** A fix is off by so much on each axis, for so long: 3.8 m on average, worse than the phone's engine. */
const fixSdM = 3
const fixHoldsMs = 10_000
/** Now and then a phone is taken to be on the next level. */
const wrongLevelShare = 0.02
/** Phones differ by so much, evenly. */
const phoneOffsetsDb = 6

/** The standard building with its planned beacons, and shoppers who stroll through a level of it. */
export interface SimulatedTraffic {
  readonly planned: readonly BeaconSketch[]
  /** As the registry has them, whatever really hangs. */
  readonly placed: readonly PlacedBeacon[]
  /**
   * One hour of strolls of some two minutes each, reported every two seconds.
   * @param hanging what really hangs; a second beacon with the identity of another is called `ID#2`
   */
  hour(
    atMs: number,
    walks: { readonly level: string; readonly count: number },
    hanging: readonly BeaconSketch[],
  ): TrafficHour
}

/** @param seed the building's shadows and all that happens by chance */
export function simulatedTraffic(seed: number): SimulatedTraffic {
  const building = standardBuilding()
  const planned = plannedLayout(building.sketch, 90)
  const field = radioField(building.sketch, mallRadio, seed)
  const random = new RandomStream(seed + 1000)
  const levels = building.sketch.levels.map(({ id }) => id)
  const placed = planned.map(({ id, level, x, y, heightM, powerAt1mDbm, intervalMs }): PlacedBeacon => ({
    ...{ beaconId: id, id, levelId: level as LevelId, x, y },
    ...{ mountHeightM: heightM, powerDbm: powerAt1mDbm, intervalMs },
  }))
  return {
    planned,
    placed,
    hour(atMs, { level, count }, hanging) {
      const hour = emptyHour(atMs)
      for (let walk = 0; walk < count; walk++) {
        const { departure, legs } = stroll(building, { level, crossingCount: 8, tMs: 0 }, random)
        const samples = travel(building.sketch, anyPerson(random), departure, legs)
        const offsetDb = phoneOffsetsDb * (2 * random.uniform() - 1)
        const receiver = { ...weChatReceiver, offsetDb }
        const sightings = hear(samples, { beacons: hanging, field, receiver }, random)
        report(hour, { atMs, samples, sightings, levels }, random)
      }
      return hour
    },
  }
}

/** Adds the reports of one walk, each with a fix that is a little off. */
function report(
  hour: TrafficHour,
  walk: {
    readonly atMs: number
    readonly samples: readonly BodySample[]
    readonly sightings: readonly { readonly tMs: number; readonly id: string; readonly rssiDbm: number }[]
    readonly levels: readonly string[]
  },
  random: RandomStream,
): void {
  const { atMs, samples, sightings, levels } = walk
  const off = { x: 0, y: 0, untilMs: -1 }
  let next = 0
  for (let tMs = reportMs; tMs <= (sightings[sightings.length - 1]?.tMs ?? 0); tMs += reportMs) {
    const readings = new Map<string, number[]>()
    for (; next < sightings.length && sightings[next]!.tMs <= tMs; next++) {
      const { id, rssiDbm } = sightings[next]!
      const advertised = id.split('#')[0]!
      readings.set(advertised, [...(readings.get(advertised) ?? []), rssiDbm])
    }
    if (tMs > off.untilMs) {
      Object.assign(off, {
        x: fixSdM * normal(random),
        y: fixSdM * normal(random),
        untilMs: tMs + fixHoldsMs,
      })
    }
    const truth = samples[Math.min(samples.length - 1, Math.round(tMs / 20))]!
    const other = levels[(levels.indexOf(truth.level) + 1) % levels.length]!
    addWindow(hour, {
      atMs: atMs + tMs,
      fix: {
        levelId: random.uniform() < wrongLevelShare ? other : truth.level,
        x: truth.x + off.x,
        y: truth.y + off.y,
        radiusM: 7,
      },
      heard: [...readings].map(([beaconId, list]) => ({
        beaconId,
        rssiDbm: list.reduce((sum, rssi) => sum + rssi, 0) / list.length,
      })),
    })
  }
}

/** **Source** Box and Muller 1958. */
function normal(random: RandomStream): number {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform())
}
