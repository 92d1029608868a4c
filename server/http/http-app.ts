import Router from '@koa/router'
import Koa from 'koa'
import type { Middleware } from 'koa'
import compress from 'koa-compress'
import type { Endpoint } from '../contract/endpoint.ts'
import type { Config } from '../platform/config.ts'
import type { NewId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import type { MetricsRegistry } from '../platform/metrics.ts'
import { answerProblems } from './answer-problems.ts'
import { answerRoute } from './answer-route.ts'
import type { RouteServices } from './answer-route.ts'
import type { RequestState } from './context.ts'
import { Fault } from './fault.ts'
import { createHttpMetrics } from './http-metrics.ts'
import { addressGroup, createRateLimits, rateLimitHeaders } from './rate-limits.ts'
import type { RateLimits } from './rate-limits.ts'
import { requestLog } from './request-log.ts'
import type { Route } from './route.ts'
import { securityHeaders } from './security-headers.ts'

export interface HttpAppOptions {
  readonly config: Config
  readonly log: Log
  readonly registry: MetricsRegistry
  readonly newId: NewId
  readonly routes: readonly Route[]
  readonly services: Pick<RouteServices, 'authenticate' | 'transaction' | 'clock' | 'requestHashKey'>
  /** Serves the built pages where no route matches. */
  readonly pages?: Middleware
  /**
   * False until everything a request may ask of is there: who asks the API before is told to come again, not that there
   * is no such thing. Always true unless given.
   */
  readonly isStarted?: () => boolean
}

/**
 * The HTTP side of the server: what is done for every request, and the routes.
 * @throws when two routes answer the same endpoint: a mistake found at the start and not by a client
 */
export function createHttpApp(options: HttpAppOptions): Koa<RequestState> {
  const { config, log, registry, newId, routes, pages, isStarted = () => true } = options
  const metrics = createHttpMetrics(registry)
  const app = new Koa<RequestState>({ proxy: config.trustProxy > 0, maxIpsCount: config.trustProxy })
  app.on('error', (error: unknown) => {
    log.warn({ err: error }, 'an answer could not be sent whole')
  })
  app.use(requestLog({ log, newId, metrics }))
  app.use(answerProblems(metrics))
  app.use(securityHeaders(config))
  app.use(compress({ threshold: 1024, br: {}, gzip: {}, deflate: false }))
  app.use(askLater(isStarted))
  const rateLimits = createRateLimits()
  const router = createRouter(routes, {
    ...options.services,
    rateLimits,
    rateLimit: config.rateLimit,
    bodyLimitBytes: config.bodyLimitBytes,
    requestTimeoutMs: config.requestTimeoutMs,
    metricsToken: config.metricsToken,
    checkReplies: config.mode !== 'production',
  })
  app.use(router.routes())
  app.use(limitPages(rateLimits, config.rateLimit.address * pageFactor))
  app.use(refuseOtherMethods(routes))
  if (pages) app.use(pages)
  return app
}

/** A server that starts takes its port first, and then reads maps and beacons; what watches it may ask at once. */
function askLater(isStarted: () => boolean): Middleware<RequestState> {
  return async (ctx, next) => {
    if (!isStarted() && ctx.path.startsWith('/v1/')) {
      throw new Fault('busy', { detail: 'The server is starting.', headers: { 'retry-after': '1' } })
    }
    await next()
  }
}

/** A page is some thirty files, which cost little: they have ten times the budget of requests to the API. */
const pageFactor = 10

/** What no route answers (pages, their files, addresses at which there is nothing) has a limit of its own. */
function limitPages(rateLimits: RateLimits, requests: number): Middleware<RequestState> {
  return async (ctx, next) => {
    const allowance = await rateLimits.take('page', { requests, windowS: 60 }, addressGroup(ctx.ip))
    if (!allowance.allowed) {
      throw new Fault('too-many-requests', { headers: rateLimitHeaders([allowance]) })
    }
    await next()
  }
}

function createRouter(routes: readonly Route[], services: RouteServices): Router<RequestState> {
  const router = new Router<RequestState>()
  const known = new Set<string>()
  for (const route of routes) {
    const { endpoint } = route
    const name = `${endpoint.method} ${endpoint.path}`
    if (known.has(name)) throw new Error(`Two routes answer ${name}.`)
    known.add(name)
    router.register(koaPath(endpoint), [endpoint.method], async (ctx) => {
      ctx.state.endpoint = endpoint
      await answerRoute(ctx, route, services)
    })
  }
  return router
}

function koaPath({ path }: Endpoint): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}

/** 405 with the methods an address does know. */
function refuseOtherMethods(routes: readonly Route[]): Middleware<RequestState> {
  const matchers = routes.map(({ endpoint }) => ({
    method: endpoint.method,
    pattern: new RegExp(`^${endpoint.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`),
  }))
  return async (ctx, next) => {
    const methods = new Set<string>(
      matchers.filter(({ pattern }) => pattern.test(ctx.path)).map(({ method }) => method),
    )
    if (methods.size === 0) {
      await next()
      return
    }
    if (methods.has('GET')) methods.add('HEAD')
    const allow = [...methods].sort().join(', ')
    throw new Fault('method-not-allowed', { detail: `Expected ${allow}.`, headers: { allow } })
  }
}
