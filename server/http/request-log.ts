import type { Middleware } from 'koa'
import type { Log } from '../platform/log.ts'
import type { NewId } from '../platform/ids.ts'
import type { RequestState } from './context.ts'
import type { HttpMetrics } from './http-metrics.ts'

/** What a request id from outside may look like; anything else gets a fresh one. */
const requestIdPattern = /^[\w.-]{8,64}$/

/** Routes that are asked every few seconds and say nothing new. */
const quietRoutes: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics'])

/**
 * Gives each request its id and writes one line when it is answered: route template, status, time, roles.
 * No address, no path as sent, no query and no name goes into it.
 */
export function requestLog(options: {
  readonly log: Log
  readonly newId: NewId
  readonly metrics: HttpMetrics
}): Middleware<RequestState> {
  const { metrics } = options
  return async (ctx, next) => {
    const startedMs = performance.now()
    const given = ctx.get('x-request-id')
    const requestId = requestIdPattern.test(given) ? given : options.newId()
    ctx.state.requestId = requestId
    ctx.state.log = options.log.child({ requestId })
    ctx.set('x-request-id', requestId)
    metrics.inFlight.inc()
    try {
      await next()
    } finally {
      metrics.inFlight.dec()
      const ms = performance.now() - startedMs
      const route = ctx.state.endpoint?.path ?? (ctx.status === 404 ? 'unknown' : 'page')
      metrics.observe({ method: ctx.method, route, status: ctx.status, seconds: ms / 1000 })
      const level = levelOf(route, ctx.status)
      ctx.state.log[level](
        {
          method: ctx.method,
          route,
          status: ctx.status,
          ms: Math.round(ms * 10) / 10,
          roles: ctx.state.identity?.roles ?? [],
        },
        'request',
      )
    }
  }
}

function levelOf(route: string, status: number): 'error' | 'info' | 'debug' {
  // "Not ready" is an answer like any other: while the server stops it is what has to be said.
  if (status >= 500) return route === '/readyz' && status === 503 ? 'info' : 'error'
  return quietRoutes.has(route) ? 'debug' : 'info'
}
