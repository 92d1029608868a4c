import { featureTypes } from '../model/index.ts'
import type { AnyFeature, Problem } from '../model/index.ts'
import { placeOf, titleOf } from './name-feature.ts'
import type { Rule } from './rule.ts'
import { maxPositions } from './shape-faults.ts'
import type { ShapeFaultCode } from './shape-faults.ts'
import { areaOf } from './venue-index.ts'
import type { VenueIndex } from './venue-index.ts'

/** What was expected of the area, what came, what to do. */
const explanation: Readonly<Record<ShapeFaultCode, string>> = {
  'position-out-of-range':
    'Expected longitudes within ±180 and latitudes within ±90 degrees, got a position outside. Check that longitude comes first.',
  'ring-open':
    'Expected a closed ring, got one whose last position is not its first. Repeat the first position at the end.',
  'ring-too-short':
    'Expected at least four positions with three different ones in a ring, got fewer. Draw it again or delete it.',
  'ring-too-long': `Expected at most ${maxPositions} positions in one area, got more. Simplify the drawing.`,
  'repeated-point': 'A position stands twice in a row. Delete one.',
  'self-intersection':
    'Expected a ring that neither crosses nor touches itself, got one that does here. Move the corners apart.',
  'rings-overlap':
    'Expected holes apart from each other and from the outline, got two rings that cross or lie in one another here. Draw them apart.',
  'rings-share-an-edge':
    'Expected rings that touch in single points at most, got two that share an edge here. Join them or move them apart.',
  'hole-outside': 'Expected holes inside their outline, got one outside. Move or delete it.',
  'parts-overlap': 'Expected parts of one area apart from each other, got two that overlap here. Join them.',
}

/** Areas are ones that a polygon algorithm may be given. */
const soundAreas: Rule = function* (index) {
  for (const [feature, faults] of index.shapeFaults) {
    for (const { severity, code, at } of faults) {
      yield {
        severity,
        code,
        file: `${feature.feature_type}.geojson`,
        feature: feature.id,
        field: 'geometry',
        message: `${capital(titleOf(index, feature))}: ${explanation[code]}`,
        ...placeOf(index, feature, at),
      }
    }
  }
}

/** Points and lines lie on the earth. */
const soundPositions: Rule = function* (index) {
  for (const type of featureTypes) {
    for (const feature of index.archive.features[type]) {
      const isOff = positionsOf(feature).some(
        ([lon, lat]) => !(Math.abs(lon ?? NaN) <= 180 && Math.abs(lat ?? NaN) <= 90),
      )
      if (isOff) yield offTheEarth(index, feature)
    }
  }
}

function offTheEarth(index: VenueIndex, feature: AnyFeature): Problem {
  return {
    severity: 'error',
    code: 'position-out-of-range',
    file: `${feature.feature_type}.geojson`,
    feature: feature.id,
    field: 'geometry',
    message: `${capital(titleOf(index, feature))}: ${explanation['position-out-of-range']}`,
  }
}

/** Positions of a geometry that is no area; those of areas are judged with their rings. */
function positionsOf(feature: AnyFeature): readonly (readonly number[])[] {
  const { geometry } = feature
  if (!geometry || areaOf(feature)) return []
  if (geometry.type === 'Point') return [geometry.coordinates]
  if (geometry.type === 'LineString') return geometry.coordinates
  return geometry.type === 'MultiLineString' ? geometry.coordinates.flat() : []
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export const shapeRules: readonly Rule[] = [soundAreas, soundPositions]
