import type { Archive, FeatureId, RelationshipFeature, UnitFeature } from '../model/index.ts'
import type { ConnectorKind } from './connector.ts'
import type { ConnectorSuggestion } from './suggest-connectors.ts'

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
 * @param idOf gives the id (a UUID) for a name that is unique in the archive and the same every time.
 */
export function withConnectors(
  archive: Archive,
  suggestions: readonly ConnectorSuggestion[],
  idOf: (name: string) => FeatureId,
): Archive {
  const kindByUnit = new Map<string, ConnectorKind>()
  for (const { kind, stops } of suggestions) for (const { unitId } of stops) kindByUnit.set(unitId, kind)
  const unit = archive.features.unit.map((feature): UnitFeature => {
    const kind = kindByUnit.get(feature.id)
    if (!kind) return feature
    const { properties } = feature
    const added = { category: categories[kind], category_before: properties.category, derived: true }
    return { ...feature, properties: { ...properties, ...added } }
  })
  const relationship = [
    ...archive.features.relationship,
    ...suggestions.flatMap((each) => joined(each, idOf)),
  ]
  return { ...archive, features: { ...archive.features, unit, relationship } }
}

function joined({ kind, stops }: ConnectorSuggestion, idOf: (name: string) => FeatureId): RelationshipFeature[] {
  return stops.slice(1).map(({ unitId }, i) => {
    const below = stops[i]!.unitId
    return {
      id: idOf(`relationship ${below} ${unitId}`),
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
