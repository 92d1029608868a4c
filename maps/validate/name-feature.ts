import type { AnyFeature, Problem, Xy } from '../model/index.ts'
import { toXy } from '../model/index.ts'
import type { VenueIndex } from './venue-index.ts'

/** A feature as a person finds it: its type and its name or its occupant's, else category and id. */
export function titleOf(index: VenueIndex, feature: AnyFeature): string {
  const name =
    textOf(Reflect.get(feature.properties, 'name')) ??
    (feature.feature_type === 'unit' ? textOf(index.occupants.get(feature.id)?.properties.name) : undefined)
  const category: unknown = Reflect.get(feature.properties, 'category')
  if (name !== undefined) return `${feature.feature_type} "${name}"`
  return typeof category === 'string'
    ? `${feature.feature_type} (${category}) ${feature.id}`
    : `${feature.feature_type} ${feature.id}`
}

/** What stands on the lift button of a level, or its id for a level that is not there. */
export function levelName(index: VenueIndex, levelId: string): string {
  const level = index.byId.get(levelId)
  return (level?.feature_type === 'level' ? textOf(level.properties.short_name) : undefined) ?? levelId
}

/** Longest name in a message: a report is no place for a file's worth of text. */
const maxNameLength = 60

function textOf(labels: unknown): string | undefined {
  if (typeof labels !== 'object' || labels === null) return undefined
  const texts: readonly unknown[] = Object.values(labels)
  const text = texts.find((each): each is string => typeof each === 'string' && each.trim() !== '')
  return text?.slice(0, maxNameLength)
}

/** Where a problem is: the level its feature is on, and the metres there of a position in degrees. */
export function placeOf(
  index: VenueIndex,
  feature: AnyFeature,
  position: readonly number[] = [],
): Pick<Problem, 'level' | 'at'> {
  const levelId = feature.feature_type === 'level' ? feature.id : levelIdOf(feature)
  if (levelId === undefined) return {}
  const space = index.spaces.get(levelId)
  const [lon = NaN, lat = NaN] = position
  const isOnEarth = Math.abs(lon) <= 180 && Math.abs(lat) <= 90
  return space && isOnEarth
    ? { level: levelId, at: rounded(toXy(space.frame, position)) }
    : { level: levelId }
}

function levelIdOf(feature: AnyFeature): string | undefined {
  const levelId: unknown = Reflect.get(feature.properties, 'level_id')
  return typeof levelId === 'string' ? levelId : undefined
}

/** To a centimetre: a place to look at, not a measurement. */
export function rounded({ x, y }: Xy): Xy {
  return { x: Math.round(x * 100) / 100, y: Math.round(y * 100) / 100 }
}
