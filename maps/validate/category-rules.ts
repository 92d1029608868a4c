import { featureTypes } from '../model/index.ts'
import type { FeatureType } from '../model/index.ts'
import { placeOf, titleOf } from './name-feature.ts'
import type { Rule } from './rule.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/**
 * Categories by which routes and drawing are decided; a word that is not among them is most often a
 * mistyped one, and makes a lift a room. The long lists of shops and amenities decide nothing and are open.
 * Source: OGC 20-094, "Categories".
 */
const known: Partial<Record<FeatureType, ReadonlySet<string>>> = {
  unit: words(`
    auditorium brick classroom column concrete conferenceroom drywall elevator escalator fieldofplay firstaid
    fitnessroom foodservice footbridge glass huddleroom kitchen laboratory library lobby lounge mailroom
    mothersroom movietheater movingwalkway nonpublic office opentobelow parking phoneroom platform
    privatelounge ramp recreation restroom restroom.family restroom.female restroom.female.wheelchair
    restroom.male restroom.male.wheelchair restroom.transgender restroom.transgender.wheelchair
    restroom.unisex restroom.unisex.wheelchair restroom.wheelchair road room serverroom shower smokingarea
    stairs steps storage structure terrace theater unenclosedarea unspecified vegetation waitingroom walkway
    walkway.island wood`),
  opening: words(`
    automobile bicycle emergencyexit pedestrian pedestrian.principal pedestrian.transit service`),
  relationship: words('elevator escalator movingwalkway ramp stairs traversal traversal.path'),
}

/** Categories that decide something are known. */
const categoriesAreKnown: Rule = function* (index) {
  for (const type of featureTypes) {
    const list = known[type]
    if (!list) continue
    for (const feature of index.archive.features[type]) {
      const category: unknown = Reflect.get(feature.properties, 'category')
      if (typeof category !== 'string' || list.has(category)) continue
      yield {
        severity: 'warning',
        code: 'unknown-category',
        file: `${type}.geojson`,
        feature: feature.id,
        field: 'properties.category',
        message: `Expected a category of IMDF 1.0.0 for ${titleOf(index, feature)}, got "${category.slice(0, 40)}". It is kept and treated as unspecified; correct it if it was mistyped.`,
        ...placeOf(index, feature),
      }
    }
  }
}

export const categoryRules: readonly Rule[] = [categoriesAreKnown]
