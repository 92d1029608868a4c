import { destinationsOf } from '../../../maps/directory/index.ts'
import { levelFrameOf, toXy } from '../../../maps/model/index.ts'
import type { Archive, Labels, LevelId, UnitId, VenueId } from '../../../maps/model/index.ts'

/** A numbered bay of the published map. */
export interface Bay {
  readonly id: UnitId
  /** What stands on its floor or column: `C017`. */
  readonly code: string
  readonly levelId: LevelId
  /** What stands on the lift button: `B1`. */
  readonly level: string
  /** Its middle, metres in the level's frame. */
  readonly x: number
  readonly y: number
  readonly isAccessible: boolean
  readonly canCharge: boolean
}

/** A way out for cars. */
export interface CarExit {
  readonly name: Labels
  readonly levelId: LevelId
  readonly x: number
  readonly y: number
}

/** A place on a level of the map. */
export interface MapPoint {
  readonly levelId: LevelId
  readonly x: number
  readonly y: number
}

/** What parking needs of a published map. */
export interface ParkingMap {
  readonly venueId: VenueId
  readonly versionId: string
  readonly bays: readonly Bay[]
  bay(id: string): Bay | undefined
  /**
   * A bay as somebody reads or types it: its id, `C017`, `c-17` or `B1-C017`.
   * @returns undefined when there is none, or several levels have one and none was named
   */
  bayCalled(text: string): Bay | undefined
  /** The bay nearest to a point of a level, and how far away it is in metres; undefined on a level without bays. */
  bayNear(point: MapPoint): { readonly bay: Bay; readonly distanceM: number } | undefined
  /** The ways out for cars that the map draws. */
  readonly exits: readonly CarExit[]
  /** Name of a level as on the lift button. */
  levelName(levelId: string): string | undefined
}

/**
 * Derives from an archive what parking needs. A bay is accessible when its unit says so, and can charge when an
 * amenity for that stands in it.
 * Complexity: O(features).
 * Source: OGC 20-094: unit `parking` with `accessibility`, amenities `parking.ev` and `powerchargingstation`,
 * openings `automobile`.
 */
export function parkingMapOf(archive: Archive, ids: { venueId: VenueId; versionId: string }): ParkingMap {
  const destinations = destinationsOf(archive)
  const units = new Map(archive.features.unit.map((unit) => [unit.id, unit]))
  const charging = new Set(
    archive.features.amenity
      .filter(({ properties }) => chargers.test(properties.category))
      .flatMap(({ properties }) => properties.unit_ids),
  )
  const bays = destinations.flatMap(({ id, kind, name, levelId, level, x, y, unitIds }): Bay[] => {
    const [unitId] = unitIds
    if (kind !== 'bay' || unitId === undefined) return []
    const code = name.zh ?? Object.values(name)[0] ?? id
    const isAccessible = (units.get(unitId)?.properties.accessibility ?? []).includes('wheelchair')
    return [{ id: unitId, code, levelId, level, x, y, isAccessible, canCharge: charging.has(unitId) }]
  })
  const byId = new Map<string, Bay>(bays.map((bay) => [bay.id, bay]))
  const byName = namesOf(bays)
  const nameById = new Map<string, string>(
    archive.features.level.map(({ id, properties: { ordinal, short_name: name } }) => [
      id,
      name.zh ?? Object.values(name)[0] ?? String(ordinal),
    ]),
  )
  return {
    ...ids,
    bays,
    bay: (id) => byId.get(id),
    bayCalled(text) {
      const own = byId.get(text.toLowerCase())
      if (own) return own
      const found = byName.get(plain(text)) ?? []
      return found.length === 1 ? found[0] : undefined
    },
    bayNear: (point) => nearest(bays, point),
    exits: exitsOf(archive),
    levelName: (levelId) => nameById.get(levelId),
  }
}

const chargers = /^(?:parking\.ev|powerchargingstation|.*charging.*)$/

/** Bays by how they may be called: with and without their level in front. */
function namesOf(bays: readonly Bay[]): ReadonlyMap<string, readonly Bay[]> {
  const byName = new Map<string, Bay[]>()
  for (const bay of bays) {
    for (const name of new Set([plain(bay.code), plain(bay.level + bay.code)])) {
      byName.set(name, [...(byName.get(name) ?? []), bay])
    }
  }
  return byName
}

/** Without spaces and dashes, and without zeros in front of a number: `c-17` is `C017`. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-_·.]/g, '')
    .replace(/([^0-9]|^)0+(?=\d)/g, '$1')
}

function nearest(bays: readonly Bay[], { levelId, x, y }: MapPoint) {
  let best: { readonly bay: Bay; readonly distanceM: number } | undefined
  for (const bay of bays) {
    if (bay.levelId !== levelId) continue
    const distanceM = Math.hypot(bay.x - x, bay.y - y)
    if (!best || distanceM < best.distanceM) best = { bay, distanceM }
  }
  return best
}

/** Openings for cars; what says that it is an entrance alone is none to leave by. */
function exitsOf({ features }: Archive): CarExit[] {
  const frames = new Map(features.level.map((level) => [level.id, levelFrameOf(level)]))
  return features.opening.flatMap(({ geometry, properties }): CarExit[] => {
    const { category, level_id: levelId, name } = properties
    const frame = frames.get(levelId)
    const [from] = geometry.coordinates
    const to = geometry.coordinates.at(-1)
    if (category !== 'automobile' || !frame || !from || !to) return []
    const words = Object.values(name ?? {}).join(' ')
    if (/入口|entrance/i.test(words) && !/出口|exit/i.test(words)) return []
    const [a, b] = [toXy(frame, from), toXy(frame, to)]
    return [{ name: name ?? { zh: '出口', en: 'Exit' }, levelId, x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }]
  })
}
