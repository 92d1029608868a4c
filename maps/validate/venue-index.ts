import Flatbush from 'flatbush'
import { areaOfRingsM2, ringsOf } from '../geometry/index.ts'
import type { Ring } from '../geometry/index.ts'
import { featureTypes, levelFrameOf } from '../model/index.ts'
import type {
  AnyFeature,
  Archive,
  Areal,
  LevelFeature,
  LevelFrame,
  OccupantFeature,
  UnitFeature,
} from '../model/index.ts'
import { shapeFaults } from './shape-faults.ts'
import type { ShapeFault } from './shape-faults.ts'

/** What the rules look things up in; made once for each archive. */
export interface VenueIndex {
  readonly archive: Archive
  /** Features by id; of several with one id the first. */
  readonly byId: ReadonlyMap<string, AnyFeature>
  /** Who is in a unit, by the unit's id; of several the first. */
  readonly occupants: ReadonlyMap<string, OccupantFeature>
  /** Every area that is not sound, with what is wrong with it. */
  readonly shapeFaults: ReadonlyMap<AnyFeature, readonly ShapeFault[]>
  /** Levels that can be measured: sound outline, plausible frame and size. */
  readonly spaces: ReadonlyMap<string, LevelSpace>
}

/** A level in metres with its sound units. */
export interface LevelSpace {
  readonly level: LevelFeature
  readonly frame: LevelFrame
  readonly rings: readonly Ring[]
  readonly bounds: Bounds
  readonly units: readonly UnitShape[]
  /** Places in `units` of those whose box meets the given one. */
  readonly unitsNear: (bounds: Bounds) => readonly number[]
}

export interface UnitShape {
  readonly unit: UnitFeature
  readonly rings: readonly Ring[]
  readonly areaM2: number
  readonly bounds: Bounds
}

/** Metres in the level's frame. */
export interface Bounds {
  readonly minX: number
  readonly minY: number
  readonly maxX: number
  readonly maxY: number
}

/** Longer than any building: what is larger was measured in other units. */
export const largestLevelM = 5_000

/**
 * How far a stored frame may be off the metres of a degree there: maps are stretched by a percent, and
 * other errors (feet, degrees swapped) are gross.
 */
const largestFrameError = 0.05

/** Indexes an archive for the rules. O(positions), but see `shapeFaults`. */
export function indexVenue(archive: Archive): VenueIndex {
  const byId = new Map<string, AnyFeature>()
  const faults = new Map<AnyFeature, readonly ShapeFault[]>()
  for (const type of featureTypes) {
    for (const feature of archive.features[type]) {
      if (!byId.has(feature.id)) byId.set(feature.id, feature)
      const area = areaOf(feature)
      const found = area ? shapeFaults(area) : []
      if (found.length > 0) faults.set(feature, found)
    }
  }
  const isSound = (feature: AnyFeature) => !faults.get(feature)?.some((fault) => fault.severity === 'error')
  const unitsByLevel = new Map<string, UnitFeature[]>()
  for (const unit of archive.features.unit) {
    if (!isSound(unit)) continue
    const list = unitsByLevel.get(unit.properties.level_id)
    if (list) list.push(unit)
    else unitsByLevel.set(unit.properties.level_id, [unit])
  }
  const spaces = new Map<string, LevelSpace>()
  for (const level of archive.features.level) {
    const space = isSound(level) ? spaceOf(level, unitsByLevel.get(level.id) ?? []) : undefined
    if (space) spaces.set(level.id, space)
  }
  return { archive, byId, occupants: occupantsByUnit(archive), shapeFaults: faults, spaces }
}

function occupantsByUnit({ features }: Archive): Map<string, OccupantFeature> {
  const units = new Map(features.anchor.map(({ id, properties }) => [id, properties.unit_id]))
  const occupants = new Map<string, OccupantFeature>()
  for (const occupant of features.occupant) {
    const { anchor_id } = occupant.properties
    const unit = anchor_id === null ? undefined : units.get(anchor_id)
    if (unit && !occupants.has(unit)) occupants.set(unit, occupant)
  }
  return occupants
}

/** The geometry of a feature if it is an area. */
export function areaOf(feature: AnyFeature): Areal | undefined {
  const { geometry } = feature
  return geometry?.type === 'Polygon' || geometry?.type === 'MultiPolygon' ? geometry : undefined
}

/** Whether the frame of a level measures metres, within a few percent. */
export function isFramePlausible(level: LevelFeature): boolean {
  const stored = levelFrameOf(level)
  const derived = levelFrameOf({ ...level, properties: { ...level.properties, frame: null } })
  const isClose = (a: number, b: number) => Math.abs(a / b - 1) <= largestFrameError
  return (
    isClose(stored.metresPerDegreeLon, derived.metresPerDegreeLon) &&
    isClose(stored.metresPerDegreeLat, derived.metresPerDegreeLat) &&
    Math.abs(stored.originLon - derived.originLon) < 1 &&
    Math.abs(stored.originLat - derived.originLat) < 1
  )
}

function spaceOf(level: LevelFeature, features: readonly UnitFeature[]): LevelSpace | undefined {
  if (!isFramePlausible(level)) return undefined
  const frame = levelFrameOf(level)
  const rings = ringsOf(level.geometry, frame)
  const bounds = boundsOfRings(rings)
  if (!(sizeOf(bounds) <= largestLevelM)) return undefined
  const units = features.map((unit): UnitShape => {
    const unitRings = ringsOf(unit.geometry, frame)
    return { unit, rings: unitRings, areaM2: areaOfRingsM2(unitRings), bounds: boundsOfRings(unitRings) }
  })
  const index = units.length > 0 ? new Flatbush(units.length) : undefined
  for (const { bounds: box } of units) index?.add(box.minX, box.minY, box.maxX, box.maxY)
  index?.finish()
  const unitsNear = (box: Bounds) => index?.search(box.minX, box.minY, box.maxX, box.maxY) ?? []
  return { level, frame, rings, bounds, units, unitsNear }
}

/** The longer side of a box. */
export function sizeOf({ minX, minY, maxX, maxY }: Bounds): number {
  return Math.max(maxX - minX, maxY - minY)
}

export function boundsOfRings(rings: readonly Ring[]): Bounds {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const ring of rings) {
    for (const { x, y } of ring) {
      minX = Math.min(minX, x)
      minY = Math.min(minY, y)
      maxX = Math.max(maxX, x)
      maxY = Math.max(maxY, y)
    }
  }
  return { minX, minY, maxX, maxY }
}
