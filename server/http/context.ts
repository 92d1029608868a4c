import type { RouterContext } from '@koa/router'
import type { Endpoint } from '../contract/endpoint.ts'
import type { Log } from '../platform/log.ts'
import type { Identity } from './identity.ts'

/** What a request carries from one step to the next. */
export interface RequestState {
  requestId: string
  log: Log
  /** Known once a route matched. */
  endpoint?: Endpoint
  /** Known once the request was authenticated. */
  identity?: Identity
}

export type HttpContext = RouterContext<RequestState>
