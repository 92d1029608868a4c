import { createHash, createHmac } from 'node:crypto'
import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { Endpoint, Refusal } from '../contract/endpoint.ts'
import type { Database } from '../database/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { HttpContext } from './context.ts'
import { Fault } from './fault.ts'
import { carryOutOnce } from './idempotency.ts'
import { mayActIn, mayCall } from './identity.ts'
import type { Authenticate, Identity } from './identity.ts'
import { addressGroup, rateLimitHeaders } from './rate-limits.ts'
import type { Allowance, RateLimits } from './rate-limits.ts'
import { readBody } from './read-body.ts'
import type { AnyCall, AnyReply, Route } from './route.ts'
import { sendReply } from './send-reply.ts'
import { validateRequest } from './validate-request.ts'

/** What the steps of every route need. */
export interface RouteServices {
  readonly authenticate: Authenticate
  readonly rateLimits: RateLimits
  /** Requests per minute of one address and of one identity. */
  readonly rateLimit: { readonly address: number; readonly identity: number }
  readonly transaction: Database['transaction']
  readonly clock: Clock
  readonly bodyLimitBytes: number
  readonly requestTimeoutMs: number
  readonly metricsToken: string | undefined
  /** Key of the hash under which requests are compared. */
  readonly requestHashKey: Uint8Array
  /** Check every answer against the contract; not in production. */
  readonly checkReplies: boolean
}

/**
 * Answers a request by the decisions of `route`. Whether the role may call at all is decided before the
 * body is read, so that nobody uploads an archive to be told to sign in.
 * @throws Fault for every refusal
 */
export async function answerRoute(ctx: HttpContext, route: Route, services: RouteServices): Promise<void> {
  const { endpoint, policy } = route
  const identity = await admit(ctx, endpoint, services)
  const call: AnyCall = {
    ...(await receive(ctx, endpoint, services)),
    identity,
    requestId: ctx.state.requestId,
    address: ctx.ip,
    header: (name) => ctx.get(name),
    log: ctx.state.log,
  }
  authoriseVenue(call)
  const refusal = policy?.(call)
  if (refusal) throw refused(refusal)
  const reply = await within(
    endpoint.timeoutMs ?? services.requestTimeoutMs,
    carryOut(ctx, route, call, services),
    () => new Fault('timed-out', { headers: { 'retry-after': '5' } }),
  )
  if ('refused' in reply) throw refused(reply)
  sendReply(ctx, endpoint, reply, services.checkReplies)
}

/** Rate limit and authenticate: who is this, and may they call this endpoint at all? */
async function admit(
  ctx: HttpContext,
  endpoint: Endpoint,
  services: RouteServices,
): Promise<Identity | undefined> {
  const { rateLimits, rateLimit } = services
  const allowances: Allowance[] = []
  const take = async (policy: string, limit: { requests: number; windowS: number }, caller: string) => {
    allowances.push(await rateLimits.take(policy, limit, caller))
    ctx.set(rateLimitHeaders(allowances))
    if (allowances.at(-1)?.allowed === false) throw new Fault('too-many-requests')
  }
  const address = addressGroup(ctx.ip)
  await take('address', { requests: rateLimit.address, windowS: 60 }, address)
  if (endpoint.rateLimit) await take(endpoint.id, endpoint.rateLimit, address)
  if (endpoint.access === 'public') return undefined
  const identity = await authenticateCaller(ctx, endpoint, services)
  ctx.state.identity = identity
  await take('identity', { requests: rateLimit.identity, windowS: 60 }, callerOf(identity))
  if (!mayCall(identity, endpoint.access)) throw new Fault('forbidden')
  return identity
}

const monitor: Identity = { kind: 'monitor', id: 'monitor', roles: ['monitor'], venues: [] }

async function authenticateCaller(
  ctx: HttpContext,
  endpoint: Endpoint,
  services: RouteServices,
): Promise<Identity> {
  const token = /^bearer +(\S+)$/i.exec(ctx.get('authorization'))?.[1]
  if (token === undefined) {
    const forMonitor = endpoint.access !== 'public' && endpoint.access.includes('monitor')
    if (forMonitor && services.metricsToken === undefined && isOnThisMachine(ctx)) return monitor
    throw unauthenticated('Bearer', 'Send a bearer token in the Authorization header.')
  }
  if (services.metricsToken !== undefined && sameText(token, services.metricsToken)) return monitor
  const identity = await services.authenticate(token)
  if (identity) return identity
  throw unauthenticated('Bearer error="invalid_token"', 'The token is unknown, expired or revoked.')
}

/** Source: RFC 6750 section 3. */
function unauthenticated(challenge: string, detail: string): Fault {
  return new Fault('unauthenticated', { detail, headers: { 'www-authenticate': challenge } })
}

/**
 * A caller on this machine. A reverse proxy here makes everyone look local: with TRUST_PROXY nobody is, and
 * a proxy that was not declared is told by the fields that most of them add.
 */
function isOnThisMachine(ctx: HttpContext): boolean {
  if (ctx.app.proxy) return false
  const forwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => ctx.get(name) !== '')
  return !forwarded && /^(127\.|::1$|::ffff:127\.)/.test(ctx.req.socket.remoteAddress ?? '')
}

function sameText(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return digest(one).equals(digest(other))
}

/** Validate: read what the endpoint asks for and check it. */
async function receive(ctx: HttpContext, endpoint: Endpoint, services: RouteServices) {
  const body = await within(
    endpoint.timeoutMs ?? services.requestTimeoutMs,
    readBody(ctx.req, endpoint, services.bodyLimitBytes),
    () => new Fault('request-timeout', { headers: { connection: 'close' } }),
  )
  return validateRequest(endpoint, { params: ctx.params, querystring: ctx.querystring, body })
}

/** Authorise, the part every endpoint of a venue shares. */
function authoriseVenue({ identity, params }: AnyCall): void {
  const venueId = (params as { readonly venueId?: VenueId } | undefined)?.venueId
  if (identity && venueId !== undefined && !mayActIn(identity, venueId)) throw new Fault('forbidden')
}

/** Idempotency, then the command: in one transaction, and under its key if it has one. */
async function carryOut(
  ctx: HttpContext,
  { endpoint, handler }: Route,
  call: AnyCall,
  services: RouteServices,
): Promise<AnyReply> {
  if (!endpoint.idempotent) return handler({ ...call, manager: undefined })
  const work = (manager: EntityManager) => handler({ ...call, manager })
  const key = idempotencyKeyOf(ctx)
  if (key === undefined) return services.transaction(work)
  const command = {
    caller: call.identity ? callerOf(call.identity) : 'public',
    endpoint: endpoint.id,
    key,
    requestHash: createHmac('sha256', services.requestHashKey)
      .update(JSON.stringify([call.params, call.query, call.body]))
      .digest('hex'),
    nowMs: services.clock(),
  }
  return services.transaction((manager) => carryOutOnce(manager, command, () => work(manager)))
}

function idempotencyKeyOf(ctx: HttpContext): string | undefined {
  const key = ctx.get('idempotency-key')
  if (key === '') return undefined
  if (/^[\x21-\x7e]{1,128}$/.test(key)) return key
  const message = 'Expected 1 to 128 printable ASCII characters'
  throw new Fault('invalid-request', { faults: [{ in: 'header', pointer: '/Idempotency-Key', message }] })
}

function callerOf({ kind, id }: Identity): string {
  return `${kind}:${id}`
}

function refused({ refused: id, detail, facts }: Refusal): Fault {
  return new Fault(id, { ...(detail === undefined ? {} : { detail }), ...(facts ? { facts } : {}) })
}

/** The result of work, unless it takes longer than `ms`; then the work goes on and nobody listens. */
async function within<Result>(ms: number, work: Promise<Result>, late: () => Fault): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  try {
    return await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          reject(late())
        }, ms)
      }),
    ])
  } finally {
    clearTimeout(timer)
    // A rejection after the race was lost has no listener and must not end the process.
    work.catch(() => undefined)
  }
}
