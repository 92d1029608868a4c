import type { Database } from '../database/index.ts'
import { featureTypes } from '../../maps/model/index.ts'
import type { Archive, FeatureByType, FeatureType, VenueId, VersionId } from '../../maps/model/index.ts'
import { featureOf } from './feature-row.ts'
import { selectSql } from './feature-sql.ts'
import { mapVersionEntity } from './map-version.entity.ts'

/**
 * A version as the archive it was imported from: the same features in the same order, every coordinate to the
 * last bit, every property present, null or absent as it was. Undefined when there is no such version.
 * O(features), one statement for each of the sixteen types; versions do not change, so no transaction is needed.
 */
export async function readArchive(
  { dataSource }: Database,
  venueId: VenueId,
  versionId: VersionId,
): Promise<Archive | undefined> {
  const version = await dataSource.manager.findOneBy(mapVersionEntity, { venueId, versionId })
  if (!version) return undefined
  const read = async <Type extends FeatureType>(type: Type): Promise<FeatureByType[Type][]> => {
    const rows: Record<string, unknown>[] = await dataSource.query(selectSql(type), [venueId, versionId])
    return rows.map((row) => featureOf(type, row))
  }
  const lists = new Map<FeatureType, unknown>()
  for (const type of featureTypes) lists.set(type, await read(type))
  return {
    manifest: version.manifest,
    extensions: version.extensions as Archive['extensions'],
    // One list for each type, each of its own type: `read` says so, `fromEntries` cannot.
    features: Object.fromEntries(lists) as unknown as Archive['features'],
  }
}
