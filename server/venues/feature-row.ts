import { isDeepStrictEqual } from 'node:util'
import type { FeatureByType, FeatureType, Json } from '../../maps/model/index.ts'
import { decodeEwkb, encodeEwkb } from './ewkb.ts'
import { columnsOf, featureTables, kindOf } from './feature-tables.ts'
import type { ColumnKind } from './feature-tables.ts'

/**
 * A feature as a row of its table: columns by name. What no column takes is kept so that nothing is lost:
 * `ext` holds every other property, and those of the standard that are null or of an unexpected kind (a column
 * that is empty and not named in `ext` was not there at all); `foreign_members` holds members of the feature
 * beside the properties, and the geometry where `geom` alone would not give it back (a third coordinate).
 */
export type FeatureRow = Readonly<Record<string, Json>>

const ownMembers = new Set(['id', 'type', 'feature_type', 'geometry', 'properties'])
const int32Max = 2 ** 31 - 1

/** The row of a feature. `position` is its place in the file, from 0. */
export function rowOf<Type extends FeatureType>(
  type: Type,
  feature: FeatureByType[Type],
  position: number,
): FeatureRow {
  const properties: Readonly<Record<string, Json>> = { ...feature.properties } as Record<string, Json>
  const row: Record<string, Json> = { id: feature.id, position }
  const ext = new Map(Object.entries(properties))
  for (const [name, column] of columnsOf(type)) {
    const value = properties[name]
    const stored = value === undefined ? undefined : columnValue(kindOf(column), value)
    if (stored === undefined) continue
    row[name] = stored
    ext.delete(name)
  }
  row.ext = Object.fromEntries(ext)

  const foreign = new Map(Object.entries<Json>(feature as unknown as Record<string, Json>))
  for (const name of ownMembers) foreign.delete(name)
  const geom = featureTables[type].geometry === 'none' ? undefined : encodeEwkb(feature.geometry)
  if (geom !== undefined) row.geom = geom
  if (!isDeepStrictEqual(geom === undefined ? null : decodeEwkb(geom), feature.geometry)) {
    foreign.set('geometry', feature.geometry as unknown as Json)
  }
  if (foreign.size > 0) row.foreign_members = Object.fromEntries(foreign)
  return row
}

/**
 * The feature of a row, deeply equal to the one that {@link rowOf} was given, whatever the order of its
 * members. The row comes from our own table, written by {@link rowOf}: this is its parser.
 */
export function featureOf<Type extends FeatureType>(
  type: Type,
  row: Readonly<Record<string, unknown>>,
): FeatureByType[Type] {
  const properties: Record<string, unknown> = { ...(row.ext as object) }
  for (const [name, column] of columnsOf(type)) {
    const value = row[name]
    if (value === null || value === undefined) continue
    const isPoint = kindOf(column) === 'point' && typeof value === 'string'
    properties[name] = isPoint ? decodeEwkb(value) : value
  }
  return {
    id: row.id,
    type: 'Feature',
    feature_type: type,
    geometry: typeof row.geom === 'string' ? decodeEwkb(row.geom) : null,
    properties,
    ...(row.foreign_members as object | null),
  } as unknown as FeatureByType[Type]
}

/** What the column holds for this value; undefined when it cannot give the same value back. */
function columnValue(kind: ColumnKind, value: Json): Json | undefined {
  switch (kind) {
    case 'text':
      return typeof value === 'string' ? value : undefined
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'integer':
      return Number.isInteger(value) && Math.abs(Number(value)) <= int32Max ? value : undefined
    case 'texts':
      return Array.isArray(value) && value.every((text) => typeof text === 'string') ? value : undefined
    case 'json':
      return value ?? undefined
    case 'point': {
      const geom = encodeEwkb(value)
      const exact = geom?.startsWith(pointPrefix) === true && isDeepStrictEqual(decodeEwkb(geom), value)
      return exact ? geom : undefined
    }
  }
}

/** How the EWKB of a point in WGS 84 begins. */
const pointPrefix = '0101000020e6100000'
