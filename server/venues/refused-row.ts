import type { DatabaseErrorFacts, DatabaseErrorKind } from '../database/index.ts'
import type { Archive, FeatureType, Problem } from '../../maps/model/index.ts'
import { tableOf } from './feature-tables.ts'

/** What the database found wrong with a row, and what to do about it. */
const messages: Partial<Record<DatabaseErrorKind, string>> = {
  unique: 'Expected every id once in a file, got one twice. Give each feature an id of its own.',
  'foreign-key':
    'Expected the id of a feature of this archive, got one that is not in it. Correct the reference.',
  check: 'Expected a valid shape, got one that crosses or touches itself. Draw it anew.',
  'not-null': 'Expected a value that the standard demands, got none of its kind. Add it.',
  'invalid-geometry':
    'Expected a geometry, got one that cannot be read: an open ring, too few points. Draw it anew.',
  unstorable: 'Expected text and numbers that can be kept, got others. Correct the feature.',
}

/**
 * What the database refused while a type's rows were inserted, as a problem of the archive: the last guard
 * behind the validator. Undefined when the error says nothing about the archive.
 */
export function refusedRow(
  archive: Archive,
  type: FeatureType,
  error: DatabaseErrorFacts,
): Problem | undefined {
  const message = messages[error.kind]
  if (message === undefined) return undefined
  const field = error.kind === 'foreign-key' ? error.constraint?.slice(tableOf(type).length + 1) : undefined
  const feature = field === undefined ? idIn(error) : referrer(archive, type, field, error)
  return {
    severity: 'error',
    code: `database-${error.kind}`,
    file: `${type}.geojson`,
    feature: feature ?? '',
    ...(field === undefined ? {} : { field: `properties.${field}` }),
    message,
  }
}

/** The third column of every feature table is the id; the detail of a violation quotes it. */
function idIn({ detail = '' }: DatabaseErrorFacts): string | undefined {
  return /\((?:[^,]*, ){2}([^,)]*)[,)] ?(?:.*|already exists\.)$/s.exec(
    detail.replace(/^Key \([^)]*\)=/, ''),
  )?.[1]
}

/** The feature that holds the reference the detail quotes. */
function referrer(
  archive: Archive,
  type: FeatureType,
  field: string,
  { detail = '' }: DatabaseErrorFacts,
): string | undefined {
  const missing = /, ([^,)]*)\) is not present/.exec(detail)?.[1]
  const features: readonly { readonly id: string; readonly properties: object }[] = archive.features[type]
  return features.find(({ properties }) => Reflect.get(properties, field) === missing)?.id
}
