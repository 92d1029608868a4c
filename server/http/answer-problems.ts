import Koa from 'koa'
import type { Middleware } from 'koa'
import { databaseErrorFacts } from '../database/index.ts'
import type { DatabaseErrorKind } from '../database/index.ts'
import type { RequestState } from './context.ts'
import { Fault, problemOf } from './fault.ts'
import type { HttpMetrics } from './http-metrics.ts'

/**
 * Turns everything that is not an answer into a problem document. What a {@link Fault} says is shown; any
 * other error is logged with the request's id, and the client learns that id and nothing else.
 */
export function answerProblems(metrics: HttpMetrics): Middleware<RequestState> {
  return async (ctx, next) => {
    try {
      await next()
      if (ctx.status === 404 && !ctx.body) {
        throw new Fault('not-found', { detail: 'See /docs for what is here.' })
      }
    } catch (error) {
      const fault = faultOf(error)
      if (fault.status >= 500 && fault !== error) {
        ctx.state.log.error({ err: error, problem: fault.id }, 'a request failed')
      }
      metrics.problem(fault.id)
      ctx.status = fault.status
      for (const name of ['etag', 'last-modified', 'content-encoding']) ctx.remove(name)
      ctx.set('cache-control', 'no-store')
      ctx.set({ ...fault.options.headers })
      ctx.body = JSON.stringify(problemOf(fault, ctx.state.requestId))
      ctx.type = 'application/problem+json'
    }
  }
}

const busy = () => new Fault('busy', { headers: { 'retry-after': '2' } })

/** What the database says and a client can do something about. */
const faultByKind: Readonly<Partial<Record<DatabaseErrorKind, () => Fault>>> = {
  'connection-lost': busy,
  busy,
  serialisation: busy,
  unstorable: () =>
    new Fault('invalid-request', { detail: 'A value holds characters or numbers that cannot be stored.' }),
}

function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error
  // Only the static pages throw these: a path that leads out of their folder, or cannot be decoded.
  if (error instanceof Koa.HttpError && error.status < 500) return new Fault('not-found')
  const kind = databaseErrorFacts(error)?.kind
  const known = kind === undefined ? undefined : faultByKind[kind]?.()
  if (known) return known
  return new Fault('server-error', {
    detail: 'Nothing is known to be wrong with the request. Give its id when you ask for help.',
  })
}
