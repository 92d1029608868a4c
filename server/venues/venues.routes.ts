import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { writeImdf } from '../../maps/imdf/index.ts'
import type { VenueId } from '../../maps/model/index.ts'
import { venuesContract } from '../contract/venues.contract.ts'
import type { Database } from '../database/index.ts'
import { mayActIn } from '../http/identity.ts'
import { route } from '../http/route.ts'
import type { Route } from '../http/route.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import { readVenue, writeArchiveZip } from './archive-files.ts'
import { importVenue } from './import-venue.command.ts'
import type { PublishedMap, ImmutableBody } from './published-map.ts'
import type { PublishedMaps } from './published-maps.ts'
import { publishVersion } from './publish-version.command.ts'
import { readArchive } from './read-archive.ts'
import { presentDestination, presentHit, presentVersion } from './venues.presenter.ts'
import { listVersions } from './versions.ts'

export interface VenueServices {
  readonly database: Database
  readonly maps: PublishedMaps
  readonly clock: Clock
  readonly newId: NewId
}

/** The routes of the subject `venues`: public reads of what is published, and the operator's versions. */
export function venuesRoutes(services: VenueServices): Route[] {
  return [...publicRoutes(services.maps), ...versionRoutes(services), importRoute(services)]
}

/** Reads of published maps; none of them asks the database. */
function publicRoutes(maps: PublishedMaps): Route[] {
  return [
    route(venuesContract.listVenues, () => Promise.resolve(ok(maps.all().map(({ entry }) => entry)))),
    route(venuesContract.readVenue, ({ params }) => withMap(maps, params.venueId, ({ entry }) => ok(entry))),
    route(venuesContract.listLevels, ({ params }) =>
      withMap(maps, params.venueId, ({ levels }) => ok([...levels])),
    ),
    route(venuesContract.readLevel, ({ params: { venueId, levelId, hash } }) =>
      withMap(maps, venueId, ({ levelBodies }) => {
        const body = levelBodies.get(levelId)
        return body?.hash === hash ? immutableReply(body) : ({ refused: 'unknown-level' } as const)
      }),
    ),
    route(venuesContract.readDirectory, ({ params }) =>
      withMap(maps, params.venueId, ({ versionId, destinations }) =>
        ok({ versionId, destinations: destinations.map(presentDestination) }),
      ),
    ),
    route(venuesContract.readSearchIndex, ({ params: { venueId, hash } }) =>
      withMap(maps, venueId, ({ searchIndex }) =>
        searchIndex.hash === hash ? immutableReply(searchIndex) : ({ refused: 'unknown-venue' } as const),
      ),
    ),
    route(venuesContract.searchVenue, ({ params, query: { q, lang, level, x, y, limit } }) =>
      withMap(maps, params.venueId, (map) => {
        if (level !== undefined && !map.levelBodies.has(level)) return { refused: 'unknown-level' } as const
        const place =
          level === undefined || x === undefined || y === undefined ? {} : { place: { level, x, y } }
        const hits = map.search.search(q, { lang, limit, ...place })
        const results = hits.map(presentHit)
        const why = results.length === 0 ? { nothing: map.search.whyNothing(q) } : {}
        return ok({ versionId: map.versionId, results, ...why })
      }),
    ),
  ]
}

function withMap<Reply>(
  maps: PublishedMaps,
  venueId: VenueId,
  reply: (map: PublishedMap) => Reply,
): Promise<Reply | { readonly refused: 'unknown-venue' }> {
  const map = maps.get(venueId)
  return Promise.resolve(map ? reply(map) : { refused: 'unknown-venue' })
}

/** A body under a content address may be kept for good. Source: RFC 8246. */
function immutableReply({ content, hash }: ImmutableBody) {
  const headers = { 'cache-control': 'public, max-age=31536000, immutable', etag: `"${hash}"` }
  return { ...ok(content), headers }
}

function ok<Body>(body: Body) {
  return { status: 200, body } as const
}

function versionRoutes({ database, maps, clock, newId }: VenueServices): Route[] {
  return [
    route(venuesContract.listVersions, async ({ params: { venueId } }) => {
      const versions = await listVersions(database, venueId)
      if (versions.length === 0) return { refused: 'unknown-venue' }
      return ok(versions.map(presentVersion))
    }),
    route(venuesContract.listProblems, async ({ params: { venueId, versionId } }) => {
      const versions = await listVersions(database, venueId)
      if (versions.length === 0) return { refused: 'unknown-venue' }
      const version = versions.find((one) => one.versionId === versionId)
      return version ? ok([...version.problems]) : { refused: 'unknown-version' }
    }),
    route(venuesContract.publishVersion, async ({ params, identity, requestId }) => {
      const result = await publishVersion(database, {
        ...params,
        by: identity.id,
        requestId,
        nowMs: clock(),
        newId,
      })
      if ('refused' in result) {
        return result.refused === 'has-errors'
          ? { refused: 'has-errors', facts: { problems: result.problems } }
          : result
      }
      await maps.refresh()
      return ok(presentVersion(result))
    }),
    route(venuesContract.exportVersion, async ({ params: { venueId, versionId } }) => {
      const archive = await readArchive(database, venueId, versionId)
      if (!archive) return { refused: 'unknown-version' }
      const zip = new PassThrough()
      const [body] = await Promise.all([buffer(zip), writeArchiveZip(writeImdf(archive), zip)])
      const headers = { 'content-disposition': `attachment; filename="${venueId}.zip"` }
      return { ...ok(body), headers }
    }),
  ]
}

function importRoute({ database, maps, clock, newId }: VenueServices): Route {
  return route(venuesContract.importVenue, async ({ body, query: { publish }, identity, requestId }) => {
    const read = await readVenue(Buffer.from(body.buffer, body.byteOffset, body.byteLength))
    if ('refused' in read) return { refused: 'bad-archive', facts: { problems: read.problems } }
    const { archive, problems } = read
    const [venue] = archive.features.venue
    if (venue && !mayActIn(identity, venue.id)) return { refused: 'forbidden' }
    const stored = await importVenue(database, {
      archive,
      problems,
      source: 'upload',
      publish,
      by: identity.id,
      requestId,
      nowMs: clock(),
      newId,
    })
    if ('refused' in stored) {
      return {
        refused: 'has-errors',
        facts: { problems: stored.refused === 'has-errors' ? stored.problems : [] },
      }
    }
    if (publish) await maps.refresh()
    const { venueId, versionId, number, unchanged } = stored
    const answer = { venueId, versionId, number, problems: [...problems] }
    return unchanged ? ok(answer) : ({ status: 201, body: answer } as const)
  })
}
