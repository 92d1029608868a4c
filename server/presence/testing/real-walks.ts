import { join } from 'node:path'
import { v5 } from 'uuid'
import { mallAt, seededBelow } from '../../../maps/routes/testing/real-mall.ts'
import { realMallDir } from '../../../maps/testing/real-mall.ts'
import { toLonLat } from '../../../maps/model/index.ts'
import type { Archive, FeatureId, LevelId } from '../../../maps/model/index.ts'
import { floorsOf } from '../../../maps/walkable/index.ts'
import type { Floor } from '../../../maps/walkable/index.ts'
import {
  encodeRadioMap,
  gridOf,
  learnMap,
  learnPlacements,
  PhoneTracker,
  RadioModel,
  WalkableRaster,
} from '../../../positioning/index.ts'
import type { BeaconPlacement, LevelExtent, PositioningEvent } from '../../../positioning/index.ts'
import { readRecordedVenue } from '../../../positioning/testing/recorded-venue.ts'
import { readRecordedWalks } from '../../../positioning/testing/recorded-walks.ts'
import type { NamedWalk } from '../../../positioning/testing/recorded-walks.ts'
import { circle } from './zone-plans.ts'
import type { JudgedZone, TrueWalk } from './score-walks.ts'

const fencesPerLevel = 20
const fenceRadiusM = 15
const seed = 7
/** A shop is larger than a stall. */
const leastShopM2 = 20

/** The real mall with geofences around some of its shops, a radio map of its survey, and its test walks. */
export interface RealCase {
  readonly archive: Archive
  readonly zones: readonly JudgedZone[]
  readonly placements: readonly BeaconPlacement[]
  readonly radioMap: Uint8Array
  readonly walks: readonly NamedWalk[]
  /** Boxes of the levels by their ids, in one frame. */
  readonly extents: readonly LevelExtent[]
  newTracker(): PhoneTracker
}

/** Prepares the case; undefined where the mall is not at hand. Takes some ten seconds of a core. */
export function realCase(): RealCase | undefined {
  const dir = realMallDir()
  if (dir === undefined) return undefined
  const walks = (set: string) => join(dir, 'walks', set)
  return caseAt({ venueDir: join(dir, 'venue'), surveyDir: walks('survey'), walksDir: walks('test') })
}

/** The case of recorded walks anywhere; of some levels by name, or of all. */
export function caseAt(of: {
  readonly venueDir: string
  readonly surveyDir: string
  readonly walksDir: string
  readonly levels?: readonly string[]
}): RealCase {
  const isWanted = ({ level }: NamedWalk): boolean => of.levels?.includes(level) ?? true
  const mall = mallAt(of.venueDir)
  const floors = floorsOf(mall.archive)
  const idOfName = new Map(floors.map(({ name, levelId }) => [name, levelId]))
  const venue = readRecordedVenue(of.venueDir)
  const nameOfId = new Map(floors.map(({ name, levelId }) => [levelId as string, name]))
  const nameOf = (id: string) => nameOfId.get(id) ?? id
  const identities = new Map<string, string>()
  const renamed = (walk: NamedWalk): NamedWalk => ({
    ...walk,
    level: idOfName.get(walk.level) ?? walk.level,
    events: walk.events.map((event) =>
      event.kind === 'beacon' ? { ...event, id: identityOf(identities, event.id) } : event,
    ),
  })
  const extents = venue.extents.map((extent) => ({ ...extent, id: idOfName.get(extent.id) ?? extent.id }))
  const area = {
    isWalkable: (level: string, x: number, y: number) => venue.walkable.isWalkable(nameOf(level), x, y),
    isClear: (level: string, from: { x: number; y: number }, to: { x: number; y: number }) =>
      venue.walkable.isClear(nameOf(level), from, to),
  }
  const grid = gridOf(extents, area)
  const walkable = new WalkableRaster(area, grid.levels)
  const survey = readRecordedWalks(of.surveyDir).filter(isWanted).map(renamed)
  const map = learnMap({ grid, walkable, survey })
  const model = new RadioModel(map)
  const fences = floors.flatMap(fencesOf)
  return {
    archive: withFences(mall.archive, floors, fences),
    zones: fences.map(({ id, level, x, y }) => ({
      id,
      contains: (place) =>
        place.level === level && (place.x - x) ** 2 + (place.y - y) ** 2 < fenceRadiusM ** 2,
    })),
    placements: learnPlacements(map),
    radioMap: encodeRadioMap(map),
    walks: readRecordedWalks(of.walksDir).filter(isWanted).map(renamed),
    extents,
    newTracker: () => new PhoneTracker({ model, walkable, seed: 1 }),
  }
}

/** These beacons are other people's and share a uuid: their hardware address is what tells them apart. */
function identityOf(identities: Map<string, string>, mac: string): string {
  const known = identities.get(mac)
  if (known !== undefined) return known
  const n = identities.size
  const identity = `5f1d7a52-6c0e-4b7e-9a55-0d1f3c8e2b41/${Math.floor(n / 60_000) + 1}/${n % 60_000}`
  identities.set(mac, identity)
  return identity
}

interface Fence {
  readonly id: string
  readonly level: LevelId
  readonly x: number
  readonly y: number
}

/** A circle around each of twenty shops, drawn by chance and the same every time. */
function fencesOf({ levelId, units }: Floor): Fence[] {
  const below = seededBelow(seed)
  const rooms = units.filter(({ role }) => role === 'room')
  const large = rooms.filter(({ rings }) => areaM2(rings[0] ?? []) > leastShopM2)
  const left = [...(large.length >= fencesPerLevel ? large : rooms)]
  const fences: Fence[] = []
  while (fences.length < fencesPerLevel && left.length > 0) {
    const [unit] = left.splice(below(left.length), 1)
    const corners = unit!.rings[0]!
    const x = corners.reduce((sum, corner) => sum + corner.x, 0) / corners.length
    const y = corners.reduce((sum, corner) => sum + corner.y, 0) / corners.length
    fences.push({ id: v5(unit!.id, unit!.id), level: levelId, x, y })
  }
  return fences
}

function areaM2(ring: readonly { readonly x: number; readonly y: number }[]): number {
  let twice = 0
  ring.forEach(({ x, y }, i) => {
    const next = ring[(i + 1) % ring.length]!
    twice += x * next.y - next.x * y
  })
  return Math.abs(twice) / 2
}

function withFences(archive: Archive, floors: readonly Floor[], fences: readonly Fence[]): Archive {
  const geofence = fences.map(({ id, level, x, y }) => {
    const { frame } = floors.find(({ levelId }) => levelId === level)!
    const ring = circle({ x, y }, fenceRadiusM).map((corner) => toLonLat(frame, corner))
    return {
      id: id as FeatureId,
      type: 'Feature' as const,
      feature_type: 'geofence' as const,
      geometry: { type: 'Polygon' as const, coordinates: [[...ring, ring[0]!]] },
      properties: { category: 'geofence', level_ids: [level] },
    }
  })
  return { ...archive, features: { ...archive.features, geofence } }
}

/** Where somebody was between the first waypoint of a recorded walk and the last: straight from one to the next. */
export function truthOf({ waypoints, level }: Pick<NamedWalk, 'waypoints' | 'level'>): TrueWalk | undefined {
  const way = [...waypoints].sort((a, b) => a.tMs - b.tMs)
  const first = way[0]
  const last = way[way.length - 1]
  if (!first || !last || way.length < 2) return undefined
  return {
    startMs: first.tMs,
    endMs: last.tMs,
    at(tMs) {
      const next = way.findIndex((waypoint) => waypoint.tMs >= tMs)
      if (next <= 0) return { level, ...(next === 0 ? first : last) }
      const [from, to] = [way[next - 1]!, way[next]!]
      const share = (tMs - from.tMs) / Math.max(1, to.tMs - from.tMs)
      return { level, x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) }
    },
  }
}

/** Whether ten beacons or more were heard in the ten seconds around a moment. */
export function coveredIn(events: readonly PositioningEvent[]): (tMs: number) => boolean {
  const heardMs = events.filter(({ kind }) => kind === 'beacon').map(({ tMs }) => tMs)
  return (tMs) => heardMs.filter((at) => at > tMs - 5000 && at <= tMs + 5000).length >= 10
}
