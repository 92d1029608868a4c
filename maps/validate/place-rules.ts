import { distanceToRingsM, ringsContain } from '../geometry/index.ts'
import { toXy } from '../model/index.ts'
import type { OpeningFeature, Xy } from '../model/index.ts'
import { levelName, placeOf, rounded, titleOf } from './name-feature.ts'
import type { Rule } from './rule.ts'
import type { LevelSpace } from './venue-index.ts'

/** How far a door may be drawn from the wall it is in: a wall is that thick. */
const wallM = 0.5

/** An occupant says where it is: without anchor and unit nobody can be led to it. */
const occupantsHaveAPlace: Rule = function* (index) {
  for (const occupant of index.archive.features.occupant) {
    const { anchor_id } = occupant.properties
    const anchor = anchor_id === null ? undefined : index.byId.get(anchor_id)
    const isPlaced = anchor?.feature_type === 'anchor' && anchor.properties.unit_id !== null
    // An anchor that is named but not there is a dangling reference, which is told already.
    if (isPlaced || (anchor_id !== null && !anchor)) continue
    yield {
      severity: 'warning',
      code: 'occupant-without-place',
      file: 'occupant.geojson',
      feature: occupant.id,
      field: 'properties.anchor_id',
      message: `Expected an anchor in a unit for ${titleOf(index, occupant)}, got none. Give it one; until then it is on no map and in no search.`,
    }
  }
}

/** An anchor lies in its unit: it is where the name is written. */
const anchorsInUnit: Rule = function* (index) {
  const shapes = new Map(
    [...index.spaces.values()].flatMap((space) =>
      space.units.map((shape) => [shape.unit.id as string, { space, shape }] as const),
    ),
  )
  for (const anchor of index.archive.features.anchor) {
    const found = shapes.get(anchor.properties.unit_id ?? '')
    if (!found) continue
    const { space, shape } = found
    const at = toXy(space.frame, anchor.geometry.coordinates)
    if (ringsContain(shape.rings, at.x, at.y) || distanceToRingsM(shape.rings, at.x, at.y) <= wallM) continue
    yield {
      severity: 'warning',
      code: 'anchor-outside-unit',
      file: 'anchor.geojson',
      feature: anchor.id,
      field: 'geometry',
      level: space.level.id,
      at: rounded(at),
      message: `Expected the anchor inside its ${titleOf(index, shape.unit)} on ${levelName(index, space.level.id)}, got it outside. Move it.`,
    }
  }
}

/** A door is in the wall of a unit or of the level. */
const openingsInWalls: Rule = function* (index) {
  for (const opening of index.archive.features.opening) {
    const space = index.spaces.get(opening.properties.level_id)
    if (!space) continue
    const middle = middleOf(opening)
    if (isOnWall(space, toXy(space.frame, middle))) continue
    yield {
      severity: 'warning',
      code: 'opening-off-wall',
      file: 'opening.geojson',
      feature: opening.id,
      field: 'geometry',
      message: `Expected ${titleOf(index, opening)} on the outline of a unit or of ${levelName(index, space.level.id)}, got it more than ${wallM} m from any. Move it to the wall it is in.`,
      ...placeOf(index, opening, middle),
    }
  }
}

/** The middle of the segment in the middle of the line: doors are straight. */
function middleOf(opening: OpeningFeature): readonly [number, number] {
  const line = opening.geometry.coordinates
  const index = Math.max(1, Math.floor(line.length / 2))
  const [a, b] = [line[index - 1] ?? [], line[index] ?? []]
  return [((a[0] ?? NaN) + (b[0] ?? NaN)) / 2, ((a[1] ?? NaN) + (b[1] ?? NaN)) / 2]
}

function isOnWall(space: LevelSpace, { x, y }: Xy): boolean {
  const near = space.unitsNear({ minX: x - wallM, minY: y - wallM, maxX: x + wallM, maxY: y + wallM })
  return (
    near.some((unit) => distanceToRingsM(space.units[unit]?.rings ?? [], x, y) <= wallM) ||
    distanceToRingsM(space.rings, x, y) <= wallM
  )
}

export const placeRules: readonly Rule[] = [occupantsHaveAPlace, anchorsInUnit, openingsInWalls]
