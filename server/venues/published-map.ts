import { createHash } from 'node:crypto'
import type { output } from 'zod'
import { destinationsOf } from '../../maps/directory/index.ts'
import { levelFrameOf } from '../../maps/model/index.ts'
import type {
  Archive,
  Destination,
  LevelFeature,
  LevelId,
  VenueId,
  VersionId,
} from '../../maps/model/index.ts'
import { levelGeoJson } from '../../maps/render/index.ts'
import { buildSearchIndex, openSearch } from '../../maps/search/index.ts'
import type { Search } from '../../maps/search/index.ts'
import type { EncodedContent } from '../contract/endpoint.ts'
import type { levelEntry, venueEntry } from '../contract/venues.contract.ts'
import { encodeContent } from '../http/encoded-content.ts'
import { routeTablesText, waysOf } from './route-tables.ts'
import type { Ways } from './route-tables.ts'
import type { PublishedVersion } from './versions.ts'
import { zonePlanOf } from './zone-plan.ts'
import type { ZonePlan } from './zone-plan.ts'

/** Hexadecimal digits of a content address: 128 bits, so two bodies never share one by chance. */
const hashDigits = 32
/** Within 3 % of the best that Brotli can do on these files, in a twentieth of the time: a start waits for it. */
const brotliQuality = 9

/** A body that never changes under its address. */
export interface ImmutableBody {
  readonly hash: string
  readonly content: EncodedContent
}

/** The published version of one venue, ready to be served without asking the database. */
export interface PublishedMap {
  readonly venueId: VenueId
  readonly versionId: VersionId
  readonly entry: output<typeof venueEntry>
  readonly levels: readonly output<typeof levelEntry>[]
  readonly levelBodies: ReadonlyMap<LevelId, ImmutableBody>
  readonly destinations: readonly Destination[]
  readonly searchIndex: ImmutableBody
  readonly search: Search
  readonly routeTables: ImmutableBody
  /** Made when first asked for, then kept. */
  readonly ways: () => Ways
  /** Where people can be present. */
  readonly zonePlan: ZonePlan
}

/**
 * Derives everything the public endpoints serve from a published archive. The archive itself is not kept.
 *
 * Complexity: O(features) here and that of the route tables in a thread; the result is about as large as what
 * clients fetch.
 */
export async function buildPublishedMap(version: PublishedVersion, archive: Archive): Promise<PublishedMap> {
  const { venueId, versionId, slug, publishedAtMs } = version
  // Of the archive, not of the venue's row: a later import may have renamed that without being published.
  const name = archive.features.venue[0]?.properties.name ?? version.name
  const destinations = destinationsOf(archive)
  const index = buildSearchIndex(destinations)
  const searchIndex = await immutable(JSON.stringify(index))
  const routeTables = await immutable(await routeTablesText(archive, versionId))
  const features = [...archive.features.level].sort((a, b) => a.properties.ordinal - b.properties.ordinal)
  const levels: output<typeof levelEntry>[] = []
  const levelBodies = new Map<LevelId, ImmutableBody>()
  for (const level of features) {
    const body = await immutable(JSON.stringify(levelGeoJson(archive, level.id, destinations)))
    levelBodies.set(level.id, body)
    levels.push(levelEntryOf(venueId, level, body.hash))
  }
  let ways: Ways | undefined
  return {
    venueId,
    versionId,
    entry: {
      id: venueId,
      slug,
      name,
      versionId,
      publishedAtMs,
      levels: levels.map(({ id, ordinal, shortName }) => ({ id, ordinal, shortName })),
      destinations: destinations.length,
      searchIndex: { url: `/v1/venues/${venueId}/search-index/${searchIndex.hash}`, hash: searchIndex.hash },
      routeTables: { url: `/v1/venues/${venueId}/route-tables/${routeTables.hash}`, hash: routeTables.hash },
    },
    levels,
    levelBodies,
    destinations,
    searchIndex,
    search: openSearch(index),
    routeTables,
    ways: () => (ways ??= waysOf(Buffer.from(routeTables.content.identity).toString())),
    zonePlan: zonePlanOf(venueId, versionId, archive),
  }
}

function levelEntryOf(venueId: VenueId, level: LevelFeature, hash: string): output<typeof levelEntry> {
  const frame = levelFrameOf(level)
  const { ordinal, name, short_name: shortName } = level.properties
  return {
    id: level.id,
    ordinal,
    name,
    shortName: shortName.zh ?? Object.values(shortName)[0] ?? String(ordinal),
    frame: {
      origin: [frame.originLon, frame.originLat],
      metresPerDegree: [frame.metresPerDegreeLon, frame.metresPerDegreeLat],
    },
    url: `/v1/venues/${venueId}/levels/${level.id}/${hash}.geojson`,
    hash,
  }
}

async function immutable(json: string): Promise<ImmutableBody> {
  const hash = createHash('sha256').update(json).digest('hex').slice(0, hashDigits)
  return { hash, content: await encodeContent(json, brotliQuality) }
}
