import type { Labels, LevelId, UnitId } from '../model/index.ts'

export type ConnectorKind = 'lift' | 'escalator' | 'stairs' | 'ramp'

/** Where one gets on and off a connector. */
export interface ConnectorStop {
  readonly levelId: LevelId
  readonly unitId: UnitId
}

/** Something that leads from one level to another. */
export interface Connector {
  readonly id: string
  readonly kind: ConnectorKind
  /** Its own name; undefined when the archive gives none. */
  readonly name?: Labels
  /** Every id by which the archive knows it: units, amenities, relationships. */
  readonly ids: readonly string[]
  /** Lowest level first, one a level. A lift goes from any to any; the others from one to the next. */
  readonly stops: readonly ConnectorStop[]
  /** Which way it carries: only an escalator is ever `up` or `down`. */
  readonly direction: 'both' | 'up' | 'down'
  /** When it runs, OSM opening_hours; always when undefined. */
  readonly hours?: string
}

const kindsByCategory: Readonly<Record<string, ConnectorKind>> = {
  elevator: 'lift',
  escalator: 'escalator',
  movingwalkway: 'escalator',
  stairs: 'stairs',
  steps: 'stairs',
  ramp: 'ramp',
}

/** The kind a category of IMDF stands for (unit, amenity or relationship), if it leads to other levels. */
export function connectorKindOf(category: string): ConnectorKind | undefined {
  return kindsByCategory[category.split('.')[0] ?? '']
}

/** Tried in this order: an escalator is called 自动扶梯, which also ends like a lift. */
const kindsByName: readonly (readonly [RegExp, ConnectorKind | undefined])[] = [
  [/货梯|huoti|freight|goods (lift|elevator)|service (lift|elevator)/i, undefined],
  [/扶梯|futi|escalator/i, 'escalator'],
  [/电梯|直梯|客梯|观光梯|dianti|zhiti|\blifts?\b|elevator/i, 'lift'],
  [/楼梯|步梯|louti|\bstair/i, 'stairs'],
  [/坡道|podao|\bramp\b/i, 'ramp'],
]

/** The kind that a name tells, in Chinese, pinyin or English; a goods lift is none a visitor may use. */
export function connectorKindOfName(names: Labels | null | undefined): ConnectorKind | undefined {
  const text = Object.values(names ?? {}).join(' ')
  return kindsByName.find(([pattern]) => pattern.test(text))?.[1]
}
