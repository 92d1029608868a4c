import { randomBytes } from 'node:crypto'
import type { VenueId } from '../../maps/model/index.ts'
import { navigationContract as contract } from '../contract/navigation.contract.ts'
import { handoffCode } from '../contract/navigation.contract.ts'
import { afterCommit } from '../database/index.ts'
import type { Database } from '../database/index.ts'
import { route } from '../http/index.ts'
import type { Identity, Route } from '../http/index.ts'
import { actorOf } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import { venueTimeZone } from '../venues/index.ts'
import type { ImmutableBody, PublishedMap } from '../venues/index.ts'
import { createClosure, endClosure } from './change-closures.command.ts'
import { placedClosure } from './closed-thing.ts'
import { closureEntity } from './closure.entity.ts'
import { presentClosure, presentNotice } from './closure.presenter.ts'
import { sentencePage, unopenedPage, wayPage } from './go/go-page.ts'
import { createHandoff, lookAtHandoff, openHandoff } from './handoffs.command.ts'
import { endsOn, wayOn } from './handoff-way.ts'
import type { LiveClosures } from './live-closures.ts'

export interface NavigationServices {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly live: LiveClosures
  readonly map: (venueId: VenueId) => PublishedMap | undefined
  readonly routeTables: (venueId: VenueId, hash: string) => ImmutableBody | undefined
  /** Address of this server as phones reach it, without a slash at its end. */
  readonly publicUrl: string | undefined
  /** Opens the mini-program; `{code}` in it stands for the code. */
  readonly miniProgramLink: string | undefined
}

/** Closures of one answer, as the contract says. */
const maxListed = 500
const cookieName = 'atrium_go'

/** The routes of the subject `navigation`. */
export function navigationRoutes(services: NavigationServices): Route[] {
  return [
    tablesRoute(services),
    ...closureRoutes(services),
    ...handoffRoutes(services),
    ...pageRoutes(services),
  ]
}

function occasionOf(
  { clock, newId }: NavigationServices,
  { identity, requestId }: { readonly identity: Identity; readonly requestId: string },
): Occasion {
  return { actor: actorOf(identity), requestId, nowMs: clock(), newId }
}

/** A body under a content address may be kept for good. Source: RFC 8246. */
function tablesRoute({ routeTables }: NavigationServices): Route {
  return route(contract.readRouteTables, ({ params: { venueId, hash } }) => {
    const found = routeTables(venueId, hash)
    if (!found) return Promise.resolve({ refused: 'unknown-venue' } as const)
    const headers = { 'cache-control': 'public, max-age=31536000, immutable', etag: `"${hash}"` }
    return Promise.resolve({ status: 200, body: found.content, headers } as const)
  })
}

function closureRoutes(services: NavigationServices): Route[] {
  const { database, clock, live, map } = services
  const tablesOf = (venueId: VenueId) => map(venueId)?.ways().router.tables
  return [
    route(contract.readClosures, ({ params: { venueId } }) => {
      if (!map(venueId)) return Promise.resolve({ refused: 'unknown-venue' } as const)
      const rows = live.of(venueId, clock())
      const tables = rows.length === 0 ? undefined : tablesOf(venueId)
      return Promise.resolve({ status: 200, body: rows.map((row) => presentNotice(row, tables)) } as const)
    }),
    route(contract.listClosures, async ({ params: { venueId }, query: { over } }) => {
      const nowMs = clock()
      const rows = over
        ? await database.dataSource.manager.find(closureEntity, {
            where: { venueId },
            order: { closureId: 'DESC' },
            take: maxListed,
          })
        : live.of(venueId, nowMs).reverse()
      const tables = rows.length === 0 ? undefined : tablesOf(venueId)
      return { status: 200, body: rows.map((row) => presentClosure(row, tables, nowMs)) }
    }),
    route(contract.createClosure, async (call) => {
      const { venueId } = call.params
      const tables = tablesOf(venueId)
      if (!tables) return { refused: 'unknown-venue' }
      if (!placedClosure(tables, call.body.what)) return { refused: 'not-on-map', detail: drawAnArea }
      const wish = { venueId, wish: call.body }
      const row = await createClosure(call.manager, occasionOf(services, call), wish)
      if ('refused' in row) return row
      afterCommit(call.manager, () => {
        live.put(row)
      })
      return { status: 201, body: presentClosure(row, tables, clock()) }
    }),
    route(contract.endClosure, async (call) => {
      const occasion = occasionOf(services, call)
      const row = await database.transaction((manager) => endClosure(manager, occasion, call.params))
      if (!row) return { refused: 'unknown-closure' }
      live.put(row)
      return { status: 200, body: presentClosure(row, tablesOf(row.venueId), occasion.nowMs) }
    }),
  ]
}

const drawAnArea =
  'Expected the id of a lift, an escalator, stairs, a ramp, an opening or a unit with doors, or a level of the ' +
  'published map. Anything else is closed by drawing an area.'

function handoffRoutes(services: NavigationServices): Route[] {
  const { database, clock, map, publicUrl } = services
  return [
    route(contract.createHandoff, async (call) => {
      const { venueId } = call.params
      const published = map(venueId)
      if (!published) return { refused: 'unknown-venue' }
      const way = wayOn(published, call.body)
      if (!way) return { refused: 'not-on-map' }
      const made = await createHandoff(call.manager, occasionOf(services, call), { venueId, way })
      return { status: 201, body: { ...made, url: `${publicUrl ?? ''}/go/${made.code}` } }
    }),
    route(contract.openHandoff, async ({ params: { code }, body: { phone } }) => {
      const opened = await database.transaction((manager) => openHandoff(manager, clock(), { code, phone }))
      if ('refused' in opened) return opened
      const { venueId, way, expiresAt } = opened
      const published = map(venueId)
      const ends = published && endsOn(published, way)
      if (!ends) return { refused: 'not-on-map' }
      const { profile, lang } = way
      const body = { venueId, ...ends, to: [...ends.to], profile, lang, expiresAtMs: expiresAt.getTime() }
      return { status: 200, body }
    }),
  ]
}

/** The plain page. A cookie for its own path alone is the key of the phone. */
function pageRoutes(services: NavigationServices): Route[] {
  const { database, clock, map, live, miniProgramLink } = services
  const headers = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }
  const unknown = { status: 404, body: sentencePage('unknown'), headers } as const
  const taken = { status: 409, body: sentencePage('taken'), headers } as const
  return [
    route(contract.showHandoff, async ({ params, query, header }) => {
      const code = handoffCode.safeParse(params.code)
      if (!code.success) return unknown
      const asked = { code: code.data, phone: phoneOf(header('cookie')) }
      const nowMs = clock()
      const found = await lookAtHandoff(database.dataSource.manager, nowMs, asked)
      if (found === 'unopened') {
        return { status: 200, body: unopenedPage(code.data, miniProgramLink), headers }
      }
      if ('refused' in found) return found.refused === 'handoff-taken' ? taken : unknown
      const [published, ways] = [map(found.venueId), live.waysOf(found.venueId, nowMs)]
      if (!published || !ways) return unknown
      const timeZone = await venueTimeZone(database.dataSource.manager, found.venueId)
      if (timeZone === undefined) return unknown
      const { way, expiresAt } = found
      const shown = { map: published, ways, way, timeZone, code: code.data, expiresAtMs: expiresAt.getTime() }
      return { status: 200, body: wayPage({ ...shown, language: query.lang ?? way.lang }), headers }
    }),
    route(contract.openHandoffPage, async ({ params, header }) => {
      const code = handoffCode.safeParse(params.code)
      if (!code.success) return unknown
      const phone = phoneOf(header('cookie')) ?? randomBytes(24).toString('base64url')
      const opened = await database.transaction((manager) =>
        openHandoff(manager, clock(), { code: code.data, phone }),
      )
      if ('refused' in opened) return opened.refused === 'handoff-taken' ? taken : unknown
      const secure = services.publicUrl?.startsWith('https://') ? '; Secure' : ''
      const cookie = `${cookieName}=${phone}; Path=/go; Max-Age=7200; HttpOnly; SameSite=Lax${secure}`
      return {
        status: 303,
        headers: { ...headers, location: `/go/${code.data}`, 'set-cookie': cookie },
      }
    }),
  ]
}

/** The key of a phone from its cookies. Source: RFC 6265 section 4.2. */
function phoneOf(cookies: string): string | undefined {
  const found = cookies
    .split(';')
    .map((pair) => pair.trim().split('=', 2))
    .find(([name]) => name === cookieName)?.[1]
  return found !== undefined && /^[\w-]{22,64}$/.test(found) ? found : undefined
}
