import type { FeatureByType, FeatureType } from '../../maps/model/index.ts'

/**
 * What a property of the standard is kept as: `json` (labels too) as jsonb, `texts` as text[], `point` as
 * geometry. A value that does not fit its kind stays in `ext`.
 */
export type ColumnKind = 'text' | 'json' | 'boolean' | 'integer' | 'texts' | 'point'

/** The id of another feature of the same version, held by a foreign key. */
interface Reference {
  readonly to: FeatureType
  /** The standard demands one. */
  readonly required?: true
}

export type Column = ColumnKind | Reference

/** `areal`: polygon or multipolygon; `linear`: line or lines; `any`: of each kind, or none. */
export type GeometryKind = 'areal' | 'linear' | 'line' | 'point' | 'any' | 'none'

/** How features of one type are kept: a column for each property the model knows. */
interface FeatureTable<Type extends FeatureType> {
  readonly geometry: GeometryKind
  readonly columns: { readonly [Name in keyof FeatureByType[Type]['properties']]-?: Column }
}

const every = { derived: 'boolean' } as const
const named = { name: 'json', alt_name: 'json' } as const
const shown = { display_point: 'point' } as const
const classified = { category: 'text', restriction: 'text', accessibility: 'texts' } as const
const contact = { hours: 'text', phone: 'text', website: 'text' } as const
const onLevel = { level_id: { to: 'level', required: true } } as const
const atAddress = { address_id: { to: 'address' } } as const
const atAnchor = { anchor_id: { to: 'anchor' } } as const

/**
 * The table of every feature type: the one place that entity, insert and read-back are derived from. The
 * migration says the same in SQL; a test compares the two.
 */
export const featureTables: { readonly [Type in FeatureType]: FeatureTable<Type> } = {
  address: {
    geometry: 'none',
    columns: {
      ...every,
      address: 'text',
      unit: 'text',
      locality: 'text',
      province: 'text',
      country: 'text',
      postal_code: 'text',
    },
  },
  venue: {
    geometry: 'areal',
    columns: { ...every, ...named, ...shown, ...classified, ...contact, ...atAddress },
  },
  building: { geometry: 'none', columns: { ...every, ...named, ...shown, ...classified, ...atAddress } },
  footprint: { geometry: 'areal', columns: { ...every, ...named, category: 'text', building_ids: 'texts' } },
  level: {
    geometry: 'areal',
    columns: {
      ...every,
      ...named,
      ...shown,
      ...classified,
      short_name: 'json',
      ordinal: 'integer',
      outdoor: 'boolean',
      building_ids: 'texts',
      ...atAddress,
      frame: 'json',
    },
  },
  unit: { geometry: 'areal', columns: { ...every, ...named, ...shown, ...classified, ...onLevel } },
  section: {
    geometry: 'areal',
    columns: { ...every, ...named, ...shown, ...classified, ...onLevel, parents: 'texts' },
  },
  fixture: {
    geometry: 'areal',
    columns: { ...every, ...named, ...shown, category: 'text', ...onLevel, ...atAnchor },
  },
  detail: { geometry: 'linear', columns: { ...every, ...onLevel } },
  opening: {
    geometry: 'line',
    columns: {
      ...every,
      ...named,
      ...shown,
      ...classified,
      ...onLevel,
      access_control: 'texts',
      door: 'json',
    },
  },
  kiosk: { geometry: 'areal', columns: { ...every, ...named, ...shown, ...onLevel, ...atAnchor } },
  amenity: {
    geometry: 'point',
    columns: { ...every, ...named, ...classified, ...contact, unit_ids: 'texts', ...atAddress },
  },
  anchor: { geometry: 'point', columns: { ...every, unit_id: { to: 'unit' }, ...atAddress } },
  occupant: {
    geometry: 'none',
    columns: {
      ...every,
      ...named,
      category: 'text',
      ...contact,
      ...atAnchor,
      validity: 'json',
      correlation_id: 'text',
    },
  },
  geofence: {
    geometry: 'areal',
    columns: {
      ...every,
      ...named,
      ...shown,
      category: 'text',
      restriction: 'text',
      building_ids: 'texts',
      level_ids: 'texts',
      parents: 'texts',
      correlation_id: 'text',
    },
  },
  relationship: {
    geometry: 'any',
    columns: {
      ...every,
      category: 'text',
      direction: 'text',
      origin: 'json',
      intermediary: 'json',
      destination: 'json',
      hours: 'text',
    },
  },
}

/** Types in an order in which every reference leads to a row that is there already. */
export const insertionOrder: readonly FeatureType[] = [
  'address',
  'venue',
  'building',
  'footprint',
  'level',
  'unit',
  'anchor',
  'section',
  'fixture',
  'detail',
  'opening',
  'kiosk',
  'amenity',
  'occupant',
  'geofence',
  'relationship',
]

/** Name of the table of a feature type. */
export function tableOf(type: FeatureType): string {
  return `imdf_${type}`
}

/** Columns of a feature type, in order. */
export function columnsOf(type: FeatureType): [name: string, column: Column][] {
  return Object.entries<Column>(featureTables[type].columns)
}

/** What kind of value a column holds; a reference is a text. */
export function kindOf(column: Column): ColumnKind {
  return typeof column === 'string' ? column : 'text'
}
