import type { FeatureType } from '../../maps/model/index.ts'
import { columnsOf, featureTables, kindOf, tableOf } from './feature-tables.ts'
import type { ColumnKind } from './feature-tables.ts'

/** SQL type of each kind of column. */
export const sqlTypes: Readonly<Record<ColumnKind, string>> = {
  text: 'text',
  json: 'jsonb',
  boolean: 'boolean',
  integer: 'integer',
  texts: 'text[]',
  point: 'geometry',
}

/**
 * Inserts a batch of rows of one type in one statement.
 * Parameters: venue id, version id, a JSON list of rows as `rowOf` makes them.
 */
export function insertSql(type: FeatureType): string {
  const names = storedColumns(type).map(({ name }) => `"${name}"`)
  const types = storedColumns(type).map(({ name, sqlType }) => `"${name}" ${sqlType}`)
  return (
    `INSERT INTO ${tableOf(type)} (venue_id, version_id, ${names.join(', ')}) ` +
    `SELECT $1, $2, ${names.map((name) => `r.${name}`).join(', ')} ` +
    `FROM json_to_recordset($3::json) AS r(${types.join(', ')})`
  )
}

/** Reads all rows of one type in the order of their file. Parameters: venue id, version id. */
export function selectSql(type: FeatureType): string {
  const names = storedColumns(type).map(({ name }) => `"${name}"`)
  return (
    `SELECT ${names.join(', ')} FROM ${tableOf(type)} ` +
    `WHERE venue_id = $1 AND version_id = $2 ORDER BY position`
  )
}

function storedColumns(type: FeatureType): { name: string; sqlType: string }[] {
  const properties = columnsOf(type).map(([name, column]) => ({ name, sqlType: sqlTypes[kindOf(column)] }))
  return [
    { name: 'id', sqlType: 'text' },
    { name: 'position', sqlType: 'integer' },
    ...(featureTables[type].geometry === 'none' ? [] : [{ name: 'geom', sqlType: 'geometry' }]),
    ...properties,
    { name: 'ext', sqlType: 'jsonb' },
    { name: 'foreign_members', sqlType: 'jsonb' },
  ]
}
