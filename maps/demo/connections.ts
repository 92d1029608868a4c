import type { FeatureReference, RelationshipFeature } from '../model/index.ts'
import type { BuiltLevel, BuiltRoom } from './building.ts'
import { flights } from './cores.ts'
import type { Ids } from './ids.ts'

/**
 * How the levels are joined: each lift and each staircase with all its levels, each belt of an escalator
 * from where one steps on to where one steps off.
 * Source: OGC 20-094, relationship.
 */
export function connectionsOf(ids: Ids, levels: readonly BuiltLevel[]): RelationshipFeature[] {
  return [
    ...shafts(ids, levels, 'lift', 'elevator'),
    ...shafts(ids, levels, 'stairs', 'stairs'),
    ...belts(ids, levels),
  ]
}

function shafts(
  ids: Ids,
  levels: readonly BuiltLevel[],
  use: 'lift' | 'stairs',
  category: 'elevator' | 'stairs',
): RelationshipFeature[] {
  const stops = new Map<number, BuiltRoom[]>()
  for (const { rooms } of levels) {
    for (const room of rooms) {
      if (room.is.use === use) stops.set(room.is.number, [...(stops.get(room.is.number) ?? []), room])
    }
  }
  return [...stops.values()].map((rooms) => {
    const references = rooms.map(referenceTo)
    return relationship(ids, {
      category,
      direction: 'undirected',
      origin: references[0]!,
      intermediary: references.slice(1, -1),
      destination: references[references.length - 1]!,
    })
  })
}

function belts(ids: Ids, levels: readonly BuiltLevel[]): RelationshipFeature[] {
  return flights.flatMap(({ key, levels: [lower, upper] }) =>
    (['up', 'down'] as const).map((way) => {
      const [from, to] = (way === 'up' ? [lower, upper] : [upper, lower]).map((on) => {
        const level = levels.find((one) => one.key === on)
        const belt = level?.rooms.find(
          ({ is }) => is.use === 'escalator' && is.flight === key && is.way === way,
        )
        if (!belt) throw new RangeError(`flight ${key} of the demo mall has no belt on ${on}`)
        return referenceTo(belt)
      })
      return relationship(ids, {
        category: 'escalator',
        direction: 'directed',
        origin: from!,
        intermediary: [],
        destination: to!,
      })
    }),
  )
}

function referenceTo({ unit }: BuiltRoom): FeatureReference {
  return { id: unit.id, feature_type: 'unit' }
}

interface Connection {
  readonly category: string
  readonly direction: 'directed' | 'undirected'
  readonly origin: FeatureReference
  readonly intermediary: readonly FeatureReference[]
  readonly destination: FeatureReference
}

function relationship(ids: Ids, { intermediary, ...connection }: Connection): RelationshipFeature {
  return {
    id: ids.other(),
    type: 'Feature',
    feature_type: 'relationship',
    geometry: null,
    properties: {
      ...connection,
      intermediary: intermediary.length > 0 ? intermediary : null,
      hours: null,
    },
  }
}
