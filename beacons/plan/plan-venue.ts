import { toLonLat, toXy } from '../../maps/model/index.ts'
import type { LevelId, Xy } from '../../maps/model/index.ts'
import type { BeaconSketch } from '../../positioning/simulate/index.ts'
import type { PlanBuilding, PlanLevel } from './building.ts'
import { leastHeard, measurePlan } from './measure-plan.ts'
import type { PlanMeasure } from './measure-plan.ts'
import { placeNear, proposePlaces } from './propose-places.ts'
import type { PlaceReason, ProposedPlace } from './propose-places.ts'

/** Where a beacon hangs already, or is meant to: metres of its level. */
export interface KeptBeacon {
  readonly id: string
  readonly levelId: LevelId
  readonly x: number
  readonly y: number
  readonly mountHeightM: number
  readonly measuredPowerDbm: number
  readonly intervalMs: number
}

/** One beacon of a plan; metres of its level and degrees. */
export interface PlannedBeacon {
  /** Counts on a level from 1, kept ones left out: its label until it has a number of its own. */
  readonly label: string
  readonly level: string
  readonly levelId: LevelId
  readonly x: number
  readonly y: number
  readonly lonLat: readonly [number, number]
  readonly reason: PlaceReason
  readonly mount: ProposedPlace['mount']
  readonly mountHeightM: number
  readonly beside?: Readonly<Record<string, string>>
}

export interface VenuePlan {
  readonly beacons: readonly PlannedBeacon[]
  readonly kept: readonly KeptBeacon[]
  /** What the plan with what is kept will be like; metres of the site. */
  readonly measure: PlanMeasure
  /** The same as the radio sees it. */
  readonly sketch: readonly BeaconSketch[]
}

/**
 * What a new beacon is set to. Quiet: -8 dBm is a step that most makers have, and what a phone then hears says more about where
 * it is. On the real mall, with the same places, the mean error on its two widest levels falls from 2.9 and 3.1 m to 2.5 and
 * 2.4 m against 0 dBm (-59 dBm at a metre).
 */
export const plannedRadio = { txPowerDbm: -8, measuredPowerDbm: -67, intervalMs: 500 } as const
/** Where too little is heard some are added, at most this share of a level's. */
const mostAddedShare = 0.1
/** One more beacon serves what lies this near. */
const gapM = 8

/**
 * A plan for a venue: proposes places for what is missing, adds a few where fewer than two beacons would be heard, and
 * measures the whole.
 * @param kept beacons that stay where they are
 * @param only names of levels to propose places on; all when absent. Every level's beacons are measured.
 */
export function planVenue(
  building: PlanBuilding,
  kept: readonly KeptBeacon[] = [],
  only?: readonly string[],
): VenuePlan {
  const isWanted = ({ name }: PlanLevel) => only === undefined || only.includes(name)
  const proposed = building.levels.map((level) => ({
    level,
    places: isWanted(level) ? proposePlaces(level, keptOn(building, level, kept)) : [],
  }))
  const keptSketch = kept.flatMap((one) => sketchOfKept(building, one))
  const first = measurePlan(building, [...keptSketch, ...sketchOf(proposed)])
  const filled = proposed.map(({ level, places }) => ({
    level,
    places: isWanted(level) ? [...places, ...gapsOf(level, first, places.length)] : places,
  }))
  const isSame = filled.every(({ places }, i) => places.length === proposed[i]!.places.length)
  const sketch = [...keptSketch, ...sketchOf(filled)]
  return {
    beacons: filled.flatMap(({ level, places }) =>
      places.map((place, index) => plannedOf(building, level, place, index + 1)),
    ),
    kept,
    measure: isSame ? first : measurePlan(building, sketch),
    sketch,
  }
}

function keptOn({ site }: PlanBuilding, level: PlanLevel, kept: readonly KeptBeacon[]): Xy[] {
  return kept
    .filter(({ levelId }) => levelId === level.id)
    .map((one) => toXy(site, toLonLat(level.frame, one)))
}

interface Proposed {
  readonly level: PlanLevel
  readonly places: readonly ProposedPlace[]
}

function sketchOf(proposed: readonly Proposed[]): BeaconSketch[] {
  return proposed.flatMap(({ level, places }) =>
    places.map(({ x, y, mountHeightM }, index) => ({
      id: labelOf(level, index + 1),
      level: level.name,
      x,
      y,
      heightM: mountHeightM,
      powerAt1mDbm: plannedRadio.measuredPowerDbm,
      intervalMs: plannedRadio.intervalMs,
    })),
  )
}

function sketchOfKept({ levels, site }: PlanBuilding, kept: KeptBeacon): BeaconSketch[] {
  const level = levels.find(({ id }) => id === kept.levelId)
  if (!level) return []
  return [
    {
      id: kept.id,
      level: level.name,
      ...toXy(site, toLonLat(level.frame, kept)),
      heightM: kept.mountHeightM,
      powerAt1mDbm: kept.measuredPowerDbm,
      intervalMs: kept.intervalMs,
    },
  ]
}

/** Places for more beacons where too few are heard, the largest such patch first. */
function gapsOf(level: PlanLevel, { places }: PlanMeasure, count: number): ProposedPlace[] {
  let bare = places.filter(({ level: name, heard }) => name === level.name && heard < leastHeard)
  const added: ProposedPlace[] = []
  while (bare.length > 0 && added.length < Math.ceil(count * mostAddedShare)) {
    const near = (place: Xy) => bare.filter((one) => Math.hypot(one.x - place.x, one.y - place.y) < gapM)
    const best = bare.reduce((most, one) => (near(one).length > near(most).length ? one : most))
    added.push(placeNear(level, { x: best.x, y: best.y }))
    const served = new Set(near(best))
    bare = bare.filter((one) => !served.has(one))
  }
  return added
}

function labelOf({ name }: PlanLevel, number: number): string {
  return `${name}-${number}`
}

function plannedOf(
  { site }: PlanBuilding,
  level: PlanLevel,
  place: ProposedPlace,
  number: number,
): PlannedBeacon {
  const lonLat = toLonLat(site, place)
  const { x, y } = toXy(level.frame, lonLat)
  const toMillimetres = (metres: number) => Math.round(metres * 1000) / 1000
  return {
    label: labelOf(level, number),
    level: level.name,
    levelId: level.id,
    x: toMillimetres(x),
    y: toMillimetres(y),
    lonLat,
    reason: place.reason,
    mount: place.mount,
    mountHeightM: place.mountHeightM,
    ...(place.beside ? { beside: place.beside.name } : {}),
  }
}
