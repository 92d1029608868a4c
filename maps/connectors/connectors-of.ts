import type {
  AmenityFeature,
  Archive,
  FeatureReference,
  Labels,
  RelationshipFeature,
} from '../model/index.ts'
import { floorsOf } from '../walkable/index.ts'
import type { Floor, FloorUnit } from '../walkable/index.ts'
import { connectorKindOf, connectorKindOfName } from './connector.ts'
import type { Connector, ConnectorKind, ConnectorStop } from './connector.ts'
import { footprintsOf, stacksOf } from './stacks.ts'

/** Units of one kind that lie over each other this much are one shaft. */
const sameShaft = 0.25

interface Stop extends ConnectorStop {
  readonly ordinal: number
  readonly name: Labels | undefined
}

/**
 * What leads from level to level: as the archive's relationships say; else from units of such a category,
 * with an amenity of such a category or with such a name, put together where they lie over each other.
 * An escalator of which nobody says which way it runs is taken to come in pairs and to carry both ways.
 * Connectors closed to visitors are left out, and so are those with a single stop.
 * Source: OGC 20-094 relationships; own.
 */
export function connectorsOf(archive: Archive, floors: readonly Floor[] = floorsOf(archive)): Connector[] {
  const amenities = archive.features.amenity.filter(
    ({ properties }) => connectorKindOf(properties.category) !== undefined,
  )
  const stops = stopsOf(floors, archive)
  const related = relatedConnectors(archive.features.relationship, stops)
  const covered = new Set(
    related.flatMap((connector) => connector.stops.map(({ unitId }) => unitId as string)),
  )
  const stacked = stackedConnectors(floors, amenities, covered)
  return [...related, ...stacked].map((connector) => named(connector, stops, amenities))
}

/** Where a relationship may begin or end, by id: a unit, or an opening or amenity that belongs to one. */
function stopsOf(floors: readonly Floor[], archive: Archive): ReadonlyMap<string, Stop> {
  const stops = new Map<string, Stop>()
  for (const floor of floors) {
    for (const unit of floor.units) {
      if (unit.isRestricted) continue
      const { levelId, ordinal } = floor
      stops.set(unit.id, { levelId, unitId: unit.id, ordinal, name: unit.name })
    }
  }
  for (const { id, properties } of archive.features.amenity) {
    const stop = properties.unit_ids.map((unitId) => stops.get(unitId)).find((found) => found !== undefined)
    if (stop) stops.set(id, stop)
  }
  return stops
}

function relatedConnectors(
  relationships: readonly RelationshipFeature[],
  stops: ReadonlyMap<string, Stop>,
): Connector[] {
  const connectors: Connector[] = []
  const chains: { kind: ConnectorKind; hours: string | undefined; ids: string[]; stops: Set<Stop> }[] = []
  for (const { id, properties } of relationships) {
    const kind = connectorKindOf(properties.category)
    const ends = [properties.origin, ...(properties.intermediary ?? []), properties.destination]
    const met = uniqueLevels(ends.flatMap((end) => stopAt(end, stops) ?? []))
    if (!kind || met.length < 2) continue
    const hours = properties.hours ?? undefined
    if (properties.direction === 'directed') {
      const direction = met[0]!.ordinal < met[met.length - 1]!.ordinal ? 'up' : 'down'
      connectors.push(connectorOf({ kind, ids: [id], stops: met, direction, hours }))
      continue
    }
    // A lift of five levels comes as four relationships, or as one with those between as intermediaries.
    const touching = chains.filter(
      (chain) => chain.kind === kind && met.some((stop) => chain.stops.has(stop)),
    )
    const ids: string[] = [id]
    const chain = { kind, hours, ids, stops: new Set(met) }
    for (const other of touching) {
      chain.ids.unshift(...other.ids)
      chain.hours ??= other.hours
      for (const stop of other.stops) chain.stops.add(stop)
      chains.splice(chains.indexOf(other), 1)
    }
    chains.push(chain)
  }
  for (const { kind, ids, hours, stops: chained } of chains) {
    connectors.push(connectorOf({ kind, ids, stops: [...chained], direction: 'both', hours }))
  }
  return connectors
}

function stopAt(end: FeatureReference | null, stops: ReadonlyMap<string, Stop>): Stop | undefined {
  return end ? stops.get(end.id) : undefined
}

function uniqueLevels(stops: readonly Stop[]): Stop[] {
  return stops.filter((stop, i) => stops.findIndex(({ levelId }) => levelId === stop.levelId) === i)
}

function connectorOf(found: {
  readonly kind: ConnectorKind
  readonly ids: readonly string[]
  readonly stops: readonly Stop[]
  readonly direction: Connector['direction']
  readonly hours: string | undefined
}): Connector {
  const stops = uniqueLevels([...found.stops].sort((a, b) => a.ordinal - b.ordinal))
  const ids = [...found.ids, ...stops.map(({ unitId }) => unitId)]
  return {
    id: ids[0]!,
    kind: found.kind,
    ids,
    stops: stops.map(({ levelId, unitId }) => ({ levelId, unitId })),
    direction: found.direction,
    ...(found.hours !== undefined && { hours: found.hours }),
  }
}

function stackedConnectors(
  floors: readonly Floor[],
  amenities: readonly AmenityFeature[],
  covered: ReadonlySet<string>,
): Connector[] {
  const kindByUnit = new Map<string, ConnectorKind>()
  for (const { properties } of amenities) {
    const kind = connectorKindOf(properties.category)
    for (const id of properties.unit_ids) if (kind) kindByUnit.set(id, kind)
  }
  const kindOf = ({ id, category, role, name }: FloorUnit) =>
    connectorKindOf(category) ??
    (role === 'open' ? undefined : (kindByUnit.get(id) ?? connectorKindOfName(name)))
  const common = floors[0]?.frame
  if (!common) return []
  return (['lift', 'escalator', 'stairs', 'ramp'] as const).flatMap((kind) => {
    const levels = floors.map((floor) => {
      const units = floor.units.filter(
        (unit) => !covered.has(unit.id) && !unit.isRestricted && kindOf(unit) === kind,
      )
      return footprintsOf(floor, units, common)
    })
    return stacksOf(levels, sameShaft).map((stack) =>
      connectorOf({
        kind,
        ids: [],
        stops: stack.map(({ unit, floor }) => ({
          levelId: floor.levelId,
          unitId: unit.id,
          ordinal: floor.ordinal,
          name: unit.name,
        })),
        direction: 'both',
        hours: undefined,
      }),
    )
  })
}

/** What every lift, escalator and stair is called is no name. */
const commonWord =
  /^\s*(电梯|直梯|客梯|自动扶梯|扶梯|楼梯|坡道|lift|elevator|escalator|stairs|steps|ramp)?\s*$/i

/** The name of its units or of the amenity that stands for it, and the amenity's id and hours. */
function named(
  connector: Connector,
  stops: ReadonlyMap<string, Stop>,
  amenities: readonly AmenityFeature[],
): Connector {
  const units = new Set<string>(connector.stops.map(({ unitId }) => unitId))
  const own = amenities.filter(
    ({ properties }) =>
      connectorKindOf(properties.category) === connector.kind &&
      properties.unit_ids.some((id) => units.has(id)),
  )
  const name = [
    ...connector.stops.map(({ unitId }) => stops.get(unitId)?.name),
    ...own.map(({ properties }) => properties.name),
  ].find((labels) => labels && Object.values(labels).some((text) => !commonWord.test(text)))
  const hours = connector.hours ?? own.map(({ properties }) => properties.hours).find((each) => !!each)
  return {
    ...connector,
    ids: [...connector.ids, ...own.map(({ id }) => id)],
    ...(name && { name }),
    ...(hours && { hours }),
  }
}
