import { featureTypes } from '../model/index.ts'
import type { AnyFeature, FeatureType, Problem } from '../model/index.ts'
import { placeOf, titleOf } from './name-feature.ts'
import type { Rule } from './rule.ts'
import type { VenueIndex } from './venue-index.ts'

/** Ids are unique in the whole archive, not only in their file. Source: OGC 20-094, FEATURE-ID. */
const uniqueIds: Rule = function* (index) {
  const seen = new Map<string, AnyFeature>()
  for (const feature of allFeatures(index)) {
    const first = seen.get(feature.id)
    if (!first) seen.set(feature.id, feature)
    else {
      yield {
        severity: 'error',
        code: 'duplicate-id',
        file: `${feature.feature_type}.geojson`,
        feature: feature.id,
        field: 'id',
        message: `Expected every id once, but ${titleOf(index, feature)} has the id of ${titleOf(index, first)}. Give one of them a new id.`,
      }
    }
  }
}

/** Which type of feature a property refers to; `same` is the type of the feature itself. */
const targets: Readonly<Record<string, FeatureType | 'same'>> = {
  level_id: 'level',
  level_ids: 'level',
  unit_id: 'unit',
  unit_ids: 'unit',
  anchor_id: 'anchor',
  address_id: 'address',
  building_ids: 'building',
  parents: 'same',
}

/** Ids that properties name exist, and are of the type that belongs there. */
const references: Rule = function* (index) {
  for (const feature of allFeatures(index)) {
    for (const [field, target] of Object.entries(targets)) {
      const value: unknown = Reflect.get(feature.properties, field)
      const ids: readonly unknown[] = Array.isArray(value) ? value : [value]
      for (const id of ids) {
        if (typeof id !== 'string') continue
        const type = target === 'same' ? feature.feature_type : target
        const problem = dangling(index, { feature, field: `properties.${field}`, type, id })
        if (problem) yield problem
      }
    }
  }
}

/** What a relationship joins exists. */
const relationshipEnds: Rule = function* (index) {
  for (const feature of index.archive.features.relationship) {
    const { origin, intermediary, destination } = feature.properties
    for (const [field, end] of [
      ['origin', origin],
      ['destination', destination],
      ...(intermediary ?? []).map((middle) => ['intermediary', middle] as const),
    ] as const) {
      if (!end) continue
      const reference = { feature, field: `properties.${field}`, type: end.feature_type, id: end.id }
      const problem = dangling(index, reference)
      if (problem) yield problem
    }
  }
}

interface Reference {
  readonly feature: AnyFeature
  readonly field: string
  readonly type: FeatureType
  readonly id: string
}

function dangling(index: VenueIndex, { feature, field, type, id }: Reference): Problem | undefined {
  const target = index.byId.get(id)
  if (target?.feature_type === type) return undefined
  const came = target ? `which is a ${target.feature_type}` : 'which is not in the archive'
  return {
    severity: 'error',
    code: `unknown-${type}`,
    file: `${feature.feature_type}.geojson`,
    feature: feature.id,
    field,
    message: `Expected the id of a ${type} in ${field} of ${titleOf(index, feature)}, got ${id}, ${came}. Add the ${type} or correct the id.`,
    ...placeOf(index, feature),
  }
}

function* allFeatures({ archive }: VenueIndex): Iterable<AnyFeature> {
  for (const type of featureTypes) yield* archive.features[type]
}

export const identityRules: readonly Rule[] = [uniqueIds, references, relationshipEnds]
