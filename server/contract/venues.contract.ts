import { z } from 'zod'
import { timeZone } from './campaign-values.ts'
import { defineEndpoint } from './endpoint.ts'
import {
  contentHash,
  destination,
  epochMs,
  flag,
  labels,
  levelId,
  mapProblem,
  numberInText,
  venueId,
  versionId,
} from './values.ts'

const tag = 'Venues'

/** Largest archive that may be imported, compressed. */
export const archiveMaxBytes = 64 * 1024 * 1024
/** Largest level and search index that are served; a level of a large mall is some 16 KB compressed. */
const immutableMaxBytes = 16 * 1024 * 1024

const geoJson = {
  mediaType: 'application/geo+json',
  description: 'GeoJSON of the level as the screens draw it; never changes under this address',
  maxBytes: immutableMaxBytes,
} as const

const archiveZip = {
  mediaType: 'application/zip',
  description: 'IMDF archive',
  maxBytes: archiveMaxBytes,
} as const

const metres = (description: string) => numberInText(-10_000, 10_000).exactOptional().meta({ description })

const ofVenue = z.strictObject({ venueId })
const ofVersion = z.strictObject({ venueId, versionId })

/** A level in the list of a venue. */
export const levelEntry = z
  .strictObject({
    id: levelId,
    ordinal: z.int().meta({ description: '0 is the ground level, below is negative' }),
    name: labels,
    shortName: z.string().meta({ description: 'What stands on the lift button', examples: ['F1'] }),
    frame: z
      .strictObject({
        origin: z.tuple([z.number(), z.number()]),
        metresPerDegree: z.tuple([z.number(), z.number()]),
      })
      .meta({ description: 'x = (lon - origin[0]) × metresPerDegree[0], the same for y' }),
    url: z.string().meta({ description: 'Address of its GeoJSON, relative to this server' }),
    hash: contentHash,
  })
  .meta({ id: 'Level' })

/** A venue with a published map. */
export const venueEntry = z
  .strictObject({
    id: venueId,
    slug: z.string(),
    name: labels,
    versionId,
    publishedAtMs: epochMs,
    levels: z.array(z.strictObject({ id: levelId, ordinal: z.int(), shortName: z.string() })),
    destinations: z.int().min(0).meta({ description: 'How many places one can walk to' }),
    searchIndex: z.strictObject({ url: z.string(), hash: contentHash }),
    routeTables: z
      .strictObject({ url: z.string(), hash: contentHash })
      .meta({ description: 'What kiosks and phones find ways with by themselves' }),
  })
  .meta({ id: 'Venue' })

/** How far a version is on its way to the screens. */
const versionState = z.enum(['draft', 'validated', 'published', 'retired'])

/** A version of a venue's map in the list an operator sees. */
export const mapVersion = z
  .strictObject({
    id: versionId,
    number: z.int().min(1),
    state: versionState,
    source: z.string(),
    createdAtMs: epochMs,
    publishedAtMs: epochMs.exactOptional(),
    errors: z.int().min(0),
    warnings: z.int().min(0),
  })
  .meta({ id: 'MapVersion' })

/** A place that a query may mean. */
export const searchHit = z
  .strictObject({
    destination,
    score: z.number().meta({ description: 'Greater fits better; comparable within one answer only' }),
    matches: z
      .array(z.tuple([z.int(), z.int()]))
      .meta({ description: 'Ranges of the display name that matched, from (inclusive) to (exclusive)' }),
  })
  .meta({ id: 'SearchHit' })

const listVenues = defineEndpoint({
  id: 'listVenues',
  tag,
  method: 'GET',
  path: '/v1/venues',
  summary: 'All venues with a published map',
  access: 'public',
  request: {},
  responses: { 200: z.array(venueEntry) },
})

const readVenue = defineEndpoint({
  id: 'readVenue',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}',
  summary: 'One venue',
  access: 'public',
  request: { params: ofVenue },
  responses: { 200: venueEntry },
  problems: ['unknown-venue'],
})

const listLevels = defineEndpoint({
  id: 'listLevels',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/levels',
  summary: 'The levels of the published map, lowest first',
  access: 'public',
  request: { params: ofVenue },
  responses: { 200: z.array(levelEntry) },
  problems: ['unknown-venue'],
})

const readLevel = defineEndpoint({
  id: 'readLevel',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/levels/{levelId}/{hash}.geojson',
  summary: 'A published level, to be kept for good',
  access: 'public',
  request: { params: z.strictObject({ venueId, levelId, hash: contentHash }) },
  responses: { 200: geoJson },
  problems: ['unknown-venue', 'unknown-level'],
})

const readDirectory = defineEndpoint({
  id: 'readDirectory',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/directory',
  summary: 'Everything one can walk to',
  access: 'public',
  request: { params: ofVenue },
  responses: { 200: z.strictObject({ versionId, destinations: z.array(destination) }) },
  problems: ['unknown-venue'],
})

const searchVenue = defineEndpoint({
  id: 'searchVenue',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/search',
  summary: 'Find a place by Chinese, pinyin, initials, brand, category or amenity',
  description: 'With `level`, `x` and `y` (metres in the frame of that level) what is near comes first.',
  access: 'public',
  request: {
    params: ofVenue,
    query: z
      .strictObject({
        q: z.string().max(64).default('').meta({ description: 'Empty finds nothing' }),
        lang: z.enum(['zh', 'en']).default('zh'),
        level: levelId.exactOptional(),
        x: metres('Metres to the east in the frame of `level`'),
        y: metres('Metres to the north in the frame of `level`'),
        limit: numberInText(1, 100).int().default(20),
      })
      .refine(({ level, x, y }) => new Set([level, x, y].map((value) => value === undefined)).size === 1, {
        error: 'Expected level, x and y together: give all three or none',
      }),
  },
  responses: {
    200: z.strictObject({
      versionId,
      results: z.array(searchHit).max(100),
      nothing: z
        .enum(['empty-query', 'no-such-kind', 'not-met'])
        .exactOptional()
        .meta({
          description:
            'Why there are no results: the query holds neither letter nor digit, it names a kind of place (`lift`) ' +
            'that the venue has none of, or nothing is called that',
        }),
    }),
  },
  problems: ['unknown-venue', 'unknown-level'],
})

const readSearchIndex = defineEndpoint({
  id: 'readSearchIndex',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/search-index/{hash}',
  summary: 'The index a kiosk or a phone searches by itself, to be kept for good',
  access: 'public',
  request: { params: z.strictObject({ venueId, hash: contentHash }) },
  responses: {
    200: {
      mediaType: 'application/json',
      description: 'Search index, see `maps/search`',
      maxBytes: immutableMaxBytes,
    },
  },
  problems: ['unknown-venue'],
})

const importedVersion = z.strictObject({
  venueId,
  versionId,
  number: z.int().min(1),
  state: versionState,
  problems: z.array(mapProblem),
})

const importVenue = defineEndpoint({
  id: 'importVenue',
  tag,
  method: 'POST',
  path: '/v1/venues/imports',
  summary: 'Import an archive as a new version, all or nothing',
  description:
    'Takes an IMDF archive, or a zip in the format of the Indoor Location Competition 2.0. The version is stored ' +
    'as a draft and then validated; with `publish` all of it is one step, which happens whole or not at all. ' +
    'The same content twice makes one version and answers 200. ' +
    'A refusal carries `facts.problems`: file, feature, field, what was expected and what to do.',
  access: ['operator'],
  request: {
    query: z.strictObject({
      publish: flag.default(false),
      name: z.string().trim().min(1).max(200).exactOptional().meta({
        description: 'Name of a venue whose format tells none, in Chinese',
      }),
      timeZone: timeZone.exactOptional().meta({
        description:
          'Zone of the clocks in the mall: a known venue keeps its own, a new one has Asia/Shanghai',
      }),
    }),
    body: archiveZip,
  },
  responses: { 200: importedVersion, 201: importedVersion },
  problems: [
    'forbidden',
    'bad-archive',
    'has-errors',
    'body-too-large',
    'unsupported-media-type',
    'unknown-version',
  ],
  timeoutMs: 120_000,
})

const listVersions = defineEndpoint({
  id: 'listVersions',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/versions',
  summary: 'All versions of a map, newest first',
  access: ['operator', 'installer'],
  request: { params: ofVenue },
  responses: { 200: z.array(mapVersion) },
  problems: ['unknown-venue'],
})

const listProblems = defineEndpoint({
  id: 'listProblems',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/versions/{versionId}/problems',
  summary: 'What is wrong with a version',
  access: ['operator', 'installer'],
  request: { params: ofVersion },
  responses: { 200: z.array(mapProblem) },
  problems: ['unknown-venue', 'unknown-version'],
})

const listMaps = defineEndpoint({
  id: 'listMaps',
  tag,
  method: 'GET',
  path: '/v1/maps',
  summary: 'Every venue with all versions of its map, published or not',
  description: 'An operator of some venues sees those.',
  access: ['operator'],
  request: {},
  responses: {
    200: z.array(
      z
        .strictObject({
          id: venueId,
          slug: z.string(),
          name: labels,
          createdAtMs: epochMs,
          versions: z.array(mapVersion).meta({ description: 'Newest first' }),
        })
        .meta({ id: 'VenueMaps' }),
    ),
  },
})

const validateVersion = defineEndpoint({
  id: 'validateVersion',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/versions/{versionId}/validate',
  summary: 'Look for what keeps people from walking in a draft, and keep the problems with it',
  description:
    'An import does so by itself; a draft is left where it was cut short. What is validated stays as it is.',
  access: ['operator'],
  request: { params: ofVersion },
  responses: { 200: mapVersion },
  problems: ['unknown-venue', 'unknown-version'],
  timeoutMs: 120_000,
})

const publishVersion = defineEndpoint({
  id: 'publishVersion',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/versions/{versionId}/publish',
  summary: 'Publish a validated version and retire the former one',
  description: 'Publishing what is published already changes nothing and answers the same.',
  access: ['operator'],
  request: { params: ofVersion },
  responses: { 200: mapVersion },
  problems: ['unknown-venue', 'unknown-version', 'has-errors', 'not-validated'],
})

const exportVersion = defineEndpoint({
  id: 'exportVersion',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/versions/{versionId}/archive.zip',
  summary: 'A version as an IMDF archive, as it was imported',
  access: ['operator', 'installer'],
  request: { params: ofVersion },
  responses: { 200: archiveZip },
  problems: ['unknown-venue', 'unknown-version'],
  timeoutMs: 120_000,
})

/** The endpoints of the subject `venues`. */
export const venuesContract = {
  listVenues,
  readVenue,
  listLevels,
  readLevel,
  readDirectory,
  searchVenue,
  readSearchIndex,
  importVenue,
  listMaps,
  listVersions,
  listProblems,
  validateVersion,
  publishVersion,
  exportVersion,
}
