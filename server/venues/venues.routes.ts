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
import { writeArchiveZip } from './archive-files.ts'
import { hasErrors, importVenue } from './import-venue.command.ts'
import type { PublishedMap, ImmutableBody } from './published-map.ts'
import type { PublishedMaps } from './published-maps.ts'
import { publishVersion } from './publish-version.command.ts'
import { readArchive } from './read-archive.ts'
import { presentDestination, presentHit, presentVenueMaps, presentVersion } from './venues.presenter.ts'
import { validateVersion } from './validate-version.command.ts'
import type { VenueReader } from './venue-reader.ts'
import { listVenues, listVersions, versionsOf } from './versions.ts'

export interface VenueServices {
  readonly database: Database
  readonly maps: PublishedMaps
  readonly reader: VenueReader
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
      withMap(maps, venueId, () => {
        const body = maps.levelBody(venueId, levelId, hash)
        return body ? immutableReply(body) : ({ refused: 'unknown-level' } as const)
      }),
    ),
    route(venuesContract.readDirectory, ({ params }) =>
      withMap(maps, params.venueId, ({ versionId, destinations }) =>
        ok({ versionId, destinations: destinations.map(presentDestination) }),
      ),
    ),
    route(venuesContract.readSearchIndex, ({ params: { venueId, hash } }) =>
      withMap(maps, venueId, () => {
        const body = maps.searchIndex(venueId, hash)
        return body ? immutableReply(body) : ({ refused: 'unknown-venue' } as const)
      }),
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

function versionRoutes({ database, maps, reader, clock, newId }: VenueServices): Route[] {
  return [
    route(venuesContract.listMaps, async ({ identity }) => {
      const venues = (await listVenues(database)).filter(({ venueId }) => mayActIn(identity, venueId))
      const versions = await versionsOf(
        database,
        venues.map(({ venueId }) => venueId),
      )
      return ok(venues.map((venue) => presentVenueMaps(venue, versions)))
    }),
    route(venuesContract.validateVersion, async ({ params, identity, requestId }) => {
      const occasion = { by: identity.id, requestId, nowMs: clock(), newId }
      const check = reader.routeProblems.bind(reader)
      const version = await validateVersion(database, check, { ...params, ...occasion })
      return 'refused' in version ? version : ok(presentVersion(version))
    }),
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

function importRoute({ database, maps, reader, clock, newId }: VenueServices): Route {
  return route(venuesContract.importVenue, async ({ body, query, identity, requestId }) => {
    const { publish, name, timeZone } = query
    const read = await reader.read(body, name)
    if ('refused' in read) return { refused: 'bad-archive', facts: { problems: read.problems } }
    const { archive, problems } = read
    const [venue] = archive.features.venue
    if (venue && !mayActIn(identity, venue.id)) return { refused: 'forbidden' }
    const occasion = { by: identity.id, requestId, nowMs: clock(), newId }
    const check = reader.routeProblems.bind(reader)
    // What is published at once is validated first, so that all of it is one transaction.
    const routes = publish && !hasErrors(problems) ? { routes: await check(archive) } : {}
    const stored = await importVenue(database, {
      archive,
      problems,
      ...routes,
      source: 'upload',
      publish,
      ...(timeZone === undefined ? {} : { timeZone }),
      ...occasion,
    })
    if ('refused' in stored) {
      return {
        refused: 'has-errors',
        facts: { problems: stored.refused === 'has-errors' ? stored.problems : [] },
      }
    }
    const { venueId, versionId, number, unchanged } = stored
    const version = await validateVersion(database, check, { venueId, versionId, ...occasion })
    if ('refused' in version) return { refused: 'unknown-version' }
    if (publish) await maps.refresh()
    const answer = { venueId, versionId, number, state: version.state, problems: [...version.problems] }
    return unchanged ? ok(answer) : ({ status: 201, body: answer } as const)
  })
}
