import {
  areaOfRingsM2,
  componentsOf,
  difference,
  intersection,
  offset,
  ringsContain,
  ringsOf,
  SegmentGrid,
  signedAreaM2,
  simplify,
  union,
} from '../geometry/index.ts'
import type { Ring } from '../geometry/index.ts'
import { levelFrameOf } from '../model/index.ts'
import type { Archive, Labels, LevelFeature, LevelFrame, LevelId, UnitId } from '../model/index.ts'
import { unitRoleOf } from './unit-roles.ts'
import type { UnitRole } from './unit-roles.ts'

/** A unit in the metres of its level, with what it is to a walker. */
export interface FloorUnit {
  readonly id: UnitId
  readonly category: string
  readonly role: UnitRole
  readonly name: Labels | undefined
  /** Outer rings counter-clockwise, holes clockwise. */
  readonly rings: readonly Ring[]
  readonly isRestricted: boolean
}

/** Where one can walk on a level, in metres of its frame; rings are oriented and do not overlap. */
export interface Floor {
  readonly levelId: LevelId
  /** What stands on the lift button: `F1`. */
  readonly name: string
  readonly ordinal: number
  readonly frame: LevelFrame
  readonly units: readonly FloorUnit[]
  /** Ground a person can stand on: outline less rooms, voids and solids, parts joined. */
  readonly standing: readonly Ring[]
  /** Ground a route may use: `standing` less seating, fixtures, kiosks and the gaps between parked cars. */
  readonly walking: readonly Ring[]
  /** Gaps between parts of the outline that were closed: ground outside of what was drawn. */
  readonly joins: readonly Ring[]
}

/** Half the widest open-air lane over which parts of a ground level are joined, tried in this order. */
const joinRadiiM = [2, 4, 6, 8, 10]
/** Slivers between an outline and its closed form are no lane. */
const leastJoinM2 = 10

/** What stands on the lift button of a level, in the archive's own language first. */
export function levelNameOf(level: LevelFeature, language: string): string {
  const { short_name: names, name } = level.properties
  return names[language] ?? Object.values(names)[0] ?? Object.values(name)[0] ?? level.id
}

/** The floors of a venue, lowest first. O(n log n) in the number of points of a level. */
export function floorsOf(archive: Archive): Floor[] {
  return [...archive.features.level]
    .sort((a, b) => a.properties.ordinal - b.properties.ordinal)
    .map((level) => floorOf(archive, level))
}

function floorOf(archive: Archive, level: LevelFeature): Floor {
  const frame = levelFrameOf(level)
  const units = archive.features.unit
    .filter(({ properties }) => properties.level_id === level.id)
    .map((unit): FloorUnit => {
      const rings = ringsOf(unit.geometry, frame)
      const { category, restriction, name } = unit.properties
      return {
        id: unit.id,
        category,
        rings,
        role: unitRoleOf(category, rings),
        name: name ?? undefined,
        isRestricted: restriction === 'employeesonly' || restriction === 'restricted',
      }
    })
  const outline = union(ringsOf(level.geometry, frame))
  const joins = level.properties.ordinal === 0 || level.properties.outdoor ? joinsOf(outline) : []
  const ground = joins.length > 0 ? union([...outline, ...joins]) : outline
  const blocking = units.filter(({ role }) => role !== 'open' && role !== 'rest')
  const standing = difference(ground, ringsCovering(blocking))
  const rests = units.filter(({ role }) => role === 'rest')
  const furniture = [...archive.features.fixture, ...archive.features.kiosk]
    .filter(({ properties }) => properties.level_id === level.id)
    .flatMap(({ geometry }) => ringsOf(geometry, frame))
  const bays = units.filter(({ category }) => category.split('.')[0] === 'parking')
  const bare = difference(standing, [...furniture, ...gapsBetweenBays(bays)])
  return {
    levelId: level.id,
    name: levelNameOf(level, archive.manifest.language),
    ordinal: level.properties.ordinal,
    frame,
    units,
    standing,
    walking: withoutSeating(bare, rests),
    joins,
  }
}

/** Outer rings only: what a unit encloses cannot be walked to but through it. */
function ringsCovering(units: readonly FloorUnit[]): Ring[] {
  return units.flatMap(({ rings }) => rings.filter((ring) => signedAreaM2(ring) > 0))
}

/**
 * Seating is left out of the ground for routes, unless it is the only way between two pieces of it: then
 * it is a passage with chairs.
 */
function withoutSeating(ground: readonly Ring[], rests: readonly FloorUnit[]): Ring[] {
  if (rests.length === 0) return [...ground]
  const clear = difference(ground, ringsCovering(rests))
  const pieces = componentsOf(offset(clear, -passableM / 2, 'sharp')).filter(
    ({ areaM2 }) => areaM2 > leastPieceM2,
  )
  const isPassage = ({ rings }: FloorUnit) => {
    const around = offset(rings, passableM, 'sharp')
    return pieces.filter((piece) => intersection(piece.rings, around).length > 0).length > 1
  }
  return difference(ground, ringsCovering(rests.filter((rest) => !isPassage(rest))))
}

/** Between bays this near to each other stand pillars and open car doors, not walkers. */
const betweenBaysM = 1.2

/** The bays of a row as one: gaps too narrow to be a way are closed. */
function gapsBetweenBays(bays: readonly FloorUnit[]): Ring[] {
  const covered = ringsCovering(bays.filter(({ role }) => role !== 'open'))
  if (covered.length === 0) return []
  return offset(offset(covered, betweenBaysM / 2, 'sharp'), -betweenBaysM / 2, 'sharp')
}

/** Shoulder width with a hand's breadth to each side. */
const passableM = 0.7
const leastPieceM2 = 2

/**
 * The gaps that join the parts of an outline, by the least morphological closing that makes them one:
 * grown and shrunk by the same distance. Only ground levels have them, as upper storeys are joined by
 * bridges, which are drawn.
 * Source: own; Serra 1982 for closing.
 */
function joinsOf(outline: readonly Ring[]): Ring[] {
  const parts = componentsOf(outline).length
  if (parts < 2) return []
  for (const radiusM of joinRadiiM) {
    const closed = offset(offset(outline, radiusM, 'round'), -radiusM, 'round')
    const joined = union([...outline, ...closed])
    if (componentsOf(joined).length > 1) continue
    const gaps = componentsOf(difference(joined, outline))
      .filter(({ areaM2 }) => areaM2 > leastJoinM2)
      .flatMap(({ rings }) => rings)
    // Grown by a hair, so that the union with the outline leaves no slit along the seam.
    return offset(simplify(gaps, 0.05), 0.1, 'sharp')
  }
  return []
}

/** Ground a person of this clearance (half a width, metres) can take; rings of the centre line's area. */
export function shrunk(ground: readonly Ring[], clearanceM: number): Ring[] {
  return offset(ground, -clearanceM, 'sharp')
}

/** Whether a point of a level lies inside one of a unit's polygons. */
export function unitContains(unit: FloorUnit, x: number, y: number): boolean {
  return ringsContain(unit.rings, x, y)
}

/** Area in m² of the ground of a floor. */
export function standingAreaM2(floor: Floor): number {
  return areaOfRingsM2(floor.standing)
}

/** The same ground as a grid for fast questions. */
export function gridOf(rings: readonly Ring[]): SegmentGrid {
  return new SegmentGrid(rings, 3)
}
