import type { ConnectorKind } from '../../maps/connectors/index.ts'
import { SegmentGrid } from '../../maps/geometry/index.ts'
import type { Ring } from '../../maps/geometry/index.ts'
import { toLonLat, toXy } from '../../maps/model/index.ts'
import type { Archive, Labels, LevelFrame, LevelId, Xy } from '../../maps/model/index.ts'
import type { RoutingTables } from '../../maps/routes/index.ts'
import { floorsOf } from '../../maps/walkable/index.ts'
import type { Floor } from '../../maps/walkable/index.ts'
import type { VenueSketch } from '../../positioning/simulate/index.ts'

/** A door that matters to where a beacon hangs: one steps off a lift there, or into a shop. */
export interface Doorway extends Xy {
  readonly kind: 'lobby' | 'front'
  readonly name: Labels
}

/** A level as the planner needs it. All metres are those of the site: one frame for all levels. */
export interface PlanLevel {
  readonly id: LevelId
  /** What stands on the lift button: `F1`. */
  readonly name: string
  readonly ordinal: number
  /** Whether bays make up most of what stands on it. */
  readonly isGarage: boolean
  readonly frame: LevelFrame
  /** Ground a person can stand on; outer rings and holes. */
  readonly standing: readonly Ring[]
  readonly ground: SegmentGrid
  /** Where this floor is open to the level below. */
  readonly voids: readonly Ring[]
  /** Where there is no ceiling: the voids of the level above. */
  readonly openAbove: readonly Ring[]
  readonly doorways: readonly Doorway[]
}

/** A venue as the planner needs it. */
export interface PlanBuilding {
  /** Lowest first. */
  readonly levels: readonly PlanLevel[]
  /** The frame of the site. */
  readonly site: LevelFrame
  /** What the simulator's radio meets: slabs, walls and voids. */
  readonly sketch: VenueSketch
}

/** From floor to floor. An archive tells no heights; 5 m is what the standard building has. */
const storeyM = 5
const wallsCellM = 3
const leastVoidM2 = 4

/**
 * What the planner needs of a published map.
 * @param tables of the same archive, see `buildRoutingTables`: they know the doors.
 * Complexity: that of `floorsOf`.
 */
export function buildingOf(archive: Archive, tables: RoutingTables): PlanBuilding {
  const floors = floorsOf(archive)
  const site = siteOf(floors)
  const onSite = (floor: Pick<Floor, 'frame'>, rings: readonly Ring[]): Ring[] =>
    rings.map((ring) => ring.map((point) => toXy(site, toLonLat(floor.frame, point))))
  const outer = (floor: Floor, roles: readonly string[]): Ring[] =>
    onSite(
      floor,
      floor.units
        .filter(({ role, category }) => roles.includes(role) && category.split('.')[0] !== 'parking')
        .flatMap(({ rings }) => rings.slice(0, 1)),
    )
  const voids = floors.map((floor) => outer(floor, ['void']).filter((ring) => areaM2(ring) > leastVoidM2))
  const levels = floors.map((floor, index): PlanLevel => {
    const standing = onSite(floor, floor.standing)
    const bays = floor.units.filter(({ category }) => category.split('.')[0] === 'parking').length
    return {
      id: floor.levelId,
      name: floor.name,
      ordinal: floor.ordinal,
      isGarage: bays * 2 > floor.units.length,
      frame: floor.frame,
      standing,
      ground: new SegmentGrid(standing, wallsCellM),
      voids: voids[index] ?? [],
      openAbove: voids[index + 1] ?? [],
      doorways: doorwaysOf(tables, index).map(({ x, y, ...door }) => ({
        ...door,
        ...toXy(site, toLonLat(floor.frame, { x, y })),
      })),
    }
  })
  const sketch: VenueSketch = {
    levels: floors.map((floor, index) => ({
      id: floor.name,
      elevationM: index * storeyM,
      outline: levels[index]?.standing[0] ?? [],
      rooms: outer(floor, ['room', 'solid', 'connector']),
      voids: voids[index] ?? [],
    })),
    connectors: [],
  }
  return { levels, site, sketch }
}

/** The frame of the lowest level with its origin in the south-west of all levels: no coordinate is negative. */
function siteOf(floors: readonly Floor[]): LevelFrame {
  const corners = floors.flatMap(({ frame, standing }) =>
    standing.flat().map((corner) => toLonLat(frame, corner)),
  )
  const least = (axis: 0 | 1) => corners.reduce((low, corner) => Math.min(low, corner[axis]), Infinity)
  const { metresPerDegreeLon = 1, metresPerDegreeLat = 1 } = floors[0]?.frame ?? {}
  return {
    originLon: corners.length === 0 ? 0 : least(0),
    originLat: corners.length === 0 ? 0 : least(1),
    metresPerDegreeLon,
    metresPerDegreeLat,
  }
}

function areaM2(ring: Ring): number {
  let twice = 0
  let last = ring[ring.length - 1]
  for (const corner of ring) {
    if (last) twice += last.x * corner.y - corner.x * last.y
    last = corner
  }
  return Math.abs(twice) / 2
}

/** The ground before lifts, escalators and stairs, and before shops and what else has a name. */
function doorwaysOf(tables: RoutingTables, level: number): Doorway[] {
  const doorAt = (index: number, kind: Doorway['kind'], name: Labels): Doorway[] => {
    const door = tables.doors[index]
    return door?.level === level ? [{ x: door.outsideX, y: door.outsideY, kind, name }] : []
  }
  const lobbies = tables.connectors.flatMap(({ stops, name, kind }) =>
    stops
      .filter((stop) => stop.level === level)
      .flatMap(({ doors }) => doors.flatMap((door) => doorAt(door, 'lobby', name ?? lobbyNames[kind]))),
  )
  const fronts = tables.places
    .filter((place) => place.level === level && place.kind !== 'bay')
    .flatMap(({ doors, name }) => doors.flatMap((door) => doorAt(door, 'front', name)))
  return [...lobbies, ...fronts]
}

const lobbyNames: Readonly<Record<ConnectorKind, Labels>> = {
  lift: { zh: '电梯厅', en: 'lift lobby' },
  escalator: { zh: '扶梯口', en: 'escalator' },
  stairs: { zh: '楼梯口', en: 'stairs' },
  ramp: { zh: '坡道口', en: 'ramp' },
}
