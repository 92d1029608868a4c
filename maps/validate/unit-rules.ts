import { areaOfRingsM2, centroidOf, difference, intersection } from '../geometry/index.ts'
import type { Ring } from '../geometry/index.ts'
import type { Problem, Xy } from '../model/index.ts'
import { levelName, rounded, titleOf } from './name-feature.ts'
import type { Rule } from './rule.ts'
import type { Bounds, LevelSpace, UnitShape, VenueIndex } from './venue-index.ts'

/** Drawings meet within some centimetres along their walls; less than this is not looked at. */
const smallestAreaM2 = 1

/** Share of a unit outside its level from which a person should look. */
const outsideShare = 0.02

/** Share outside from which the unit is on another level, or nowhere. */
const elsewhereShare = 0.5

/** Share of the smaller of two units that the other may cover. */
const overlapShare = 0.05

/** Pairs of units whose shapes are compared; a mall of 1,300 units has some hundred that come near. */
const maxPairs = 20_000

/** Units lie on their level. */
const unitsOnLevel: Rule = function* (index) {
  for (const space of index.spaces.values()) {
    for (const shape of space.units) {
      const problem = outside(index, space, shape)
      if (problem) yield problem
    }
  }
}

function outside(index: VenueIndex, space: LevelSpace, shape: UnitShape): Problem | undefined {
  const rings = meet(space.bounds, shape.bounds) ? difference(shape.rings, space.rings) : shape.rings
  const outsideM2 = areaOfRingsM2(rings)
  const share = outsideM2 / shape.areaM2
  if (share <= elsewhereShare && (outsideM2 < smallestAreaM2 || share < outsideShare)) return undefined
  const isElsewhere = share > elsewhereShare
  return {
    severity: isElsewhere ? 'error' : 'warning',
    code: isElsewhere ? 'unit-elsewhere' : 'unit-outside-level',
    file: 'unit.geojson',
    feature: shape.unit.id,
    field: 'geometry',
    level: space.level.id,
    ...at(rings),
    message: `Expected ${titleOf(index, shape.unit)} within the outline of ${levelName(index, space.level.id)}, but ${areaText(outsideM2)} (${percent(share)}) lie outside. ${
      isElsewhere ? 'Correct its level or its place.' : 'Correct the outline of the one or the other.'
    }`,
  }
}

/** Units of a level do not cover one another. */
const unitsApart: Rule = function* (index) {
  let pairs = 0
  for (const space of index.spaces.values()) {
    for (const [place, shape] of space.units.entries()) {
      for (const other of space.unitsNear(shape.bounds)) {
        const otherShape = space.units[other]
        // Each pair once.
        if (!otherShape || other <= place) continue
        if (!mayOverlap(shape, otherShape)) continue
        if (++pairs > maxPairs) {
          yield tooMany()
          return
        }
        const problem = overlap(index, space, [shape, otherShape])
        if (problem) yield problem
      }
    }
  }
}

function tooMany(): Problem {
  return {
    severity: 'warning',
    code: 'overlaps-not-all-checked',
    feature: '',
    message: `Units lie over one another in more than ${maxPairs} pairs; the others were not compared. Correct those above and check again.`,
  }
}

/** Whether the boxes alone leave room for an overlap that counts. */
function mayOverlap(a: UnitShape, b: UnitShape): boolean {
  const width = Math.min(a.bounds.maxX, b.bounds.maxX) - Math.max(a.bounds.minX, b.bounds.minX)
  const height = Math.min(a.bounds.maxY, b.bounds.maxY) - Math.max(a.bounds.minY, b.bounds.minY)
  return width > 0 && height > 0 && width * height >= smallestAreaM2
}

function overlap(
  index: VenueIndex,
  space: LevelSpace,
  [a, b]: readonly [UnitShape, UnitShape],
): Problem | undefined {
  const rings = intersection(a.rings, b.rings)
  const commonM2 = areaOfRingsM2(rings)
  const share = commonM2 / Math.min(a.areaM2, b.areaM2)
  if (commonM2 < smallestAreaM2 || share < overlapShare) return undefined
  return {
    severity: 'warning',
    code: 'units-overlap',
    file: 'unit.geojson',
    feature: a.unit.id,
    field: 'geometry',
    level: space.level.id,
    ...at(rings),
    message: `Expected units of ${levelName(index, space.level.id)} side by side, but ${titleOf(index, a.unit)} and ${titleOf(index, b.unit)} have ${areaText(commonM2)} in common, ${percent(share)} of the smaller. Correct their outlines.`,
  }
}

function meet(a: Bounds, b: Bounds): boolean {
  return a.minX <= b.maxX && b.minX <= a.maxX && a.minY <= b.maxY && b.minY <= a.maxY
}

function at(rings: readonly Ring[]): { readonly at?: Xy } {
  const [ring] = rings
  return ring ? { at: rounded(centroidOf(ring)) } : {}
}

const areaText = (areaM2: number) => `${areaM2.toFixed(1)} m²`
const percent = (share: number) => `${Math.round(share * 100)} %`

export const unitRules: readonly Rule[] = [unitsOnLevel, unitsApart]
