import { v5 } from 'uuid'
import type { Archive, FeatureId, RelationshipFeature, UnitFeature } from '../model/index.ts'
import type { ConnectorKind } from './connector.ts'
import type { ConnectorSuggestion } from './suggest-connectors.ts'

/** Own, random; changing it changes the id of every accepted suggestion. */
const namespace = '0d4b8f5e-6f0e-4c5b-9a53-3f2b6c1d7e90'

const categories: Readonly<Record<ConnectorKind, string>> = {
  lift: 'elevator',
  escalator: 'escalator',
  stairs: 'stairs',
  ramp: 'ramp',
}

/**
 * The archive with suggested connectors accepted: their units get the category, and relationships join
 * consecutive stops, all marked `derived`, so that a later import may replace them. The category a unit
 * had before stays in `category_before`.
 * An escalator is joined both ways, as a shape does not tell which way it runs: until a person makes its
 * relationships directed, `routeProblems` names it `direction-unconfirmed`.
 * Ids of the relationships follow from those of their units: the same at every import.
 */
export function withConnectors(archive: Archive, suggestions: readonly ConnectorSuggestion[]): Archive {
  const kindByUnit = new Map<string, ConnectorKind>()
  for (const { kind, stops } of suggestions) for (const { unitId } of stops) kindByUnit.set(unitId, kind)
  const unit = archive.features.unit.map((feature): UnitFeature => {
    const kind = kindByUnit.get(feature.id)
    if (!kind) return feature
    const { properties } = feature
    const added = { category: categories[kind], category_before: properties.category, derived: true }
    return { ...feature, properties: { ...properties, ...added } }
  })
  const relationship = [...archive.features.relationship, ...suggestions.flatMap((each) => joined(each))]
  return { ...archive, features: { ...archive.features, unit, relationship } }
}

function joined({ kind, stops }: ConnectorSuggestion): RelationshipFeature[] {
  return stops.slice(1).map(({ unitId }, i) => {
    const below = stops[i]!.unitId
    return {
      id: v5(`${below} ${unitId}`, namespace) as FeatureId,
      type: 'Feature',
      feature_type: 'relationship',
      geometry: null,
      properties: {
        category: categories[kind],
        direction: 'undirected',
        origin: { id: below, feature_type: 'unit' },
        intermediary: null,
        destination: { id: unitId, feature_type: 'unit' },
        hours: null,
        derived: true,
      },
    }
  })
}
