import { createClient } from '../../../server/contract/client.ts'
import type { Client, FetchLike } from '../../../server/contract/client.ts'
import type { Endpoint, RequestOf, ResponseOf } from '../../../server/contract/endpoint.ts'

/** The part of `wx` that fetches. */
export interface RequestPlatform {
  request(options: {
    readonly url: string
    readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
    readonly header: Record<string, string>
    readonly data?: string
    readonly dataType: string
    readonly responseType: 'text' | 'arraybuffer'
    readonly timeout: number
    readonly success: (result: { readonly statusCode: number; readonly data: unknown }) => void
    readonly fail: (error: { readonly errMsg: string }) => void
  }): unknown
}

/** The server said no: asking again will not help. */
export class Refused extends Error {
  readonly status: number
  /** A word of the contract's list of problems. */
  readonly problem: string
  /** What decided, by name. */
  readonly facts: Readonly<Record<string, unknown>>

  constructor(status: number, problem: string, title: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(title)
    this.name = 'Refused'
    this.status = status
    this.problem = problem
    this.facts = facts
  }
}

/** The server could not be reached, or is busy: what needs it waits. */
export class Away extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'Away'
  }
}

/** How the mini-program speaks to the server. */
export interface Http {
  /**
   * Calls an endpoint of the contract.
   * @throws Refused when the server says no, Away when it does not answer
   */
  call<E extends Endpoint>(
    endpoint: E,
    request: RequestOf<E>,
    options?: { readonly idempotencyKey?: string },
  ): Promise<ResponseOf<E>>
  /** The text at an address of the server. */
  text(path: string): Promise<string>
  /** The bytes at an address of the server, with one's token. */
  bytes(path: string): Promise<Uint8Array>
}

const timeoutMs = 15_000
const busyStatus = 429

/**
 * @param options.baseUrl of the server, without a trailing slash
 * @param options.token asked before each call
 */
export function createHttp(options: {
  readonly platform: RequestPlatform
  readonly baseUrl: string
  readonly token: () => string | undefined
}): Http {
  const { platform, baseUrl, token } = options
  const client: Client = createClient({ baseUrl, fetch: fetchWith(platform), token })

  const get = (path: string, responseType: 'text' | 'arraybuffer') => {
    const bearer = token()
    return send(platform, {
      url: baseUrl + path,
      method: 'GET',
      header: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
      responseType,
    })
  }

  return {
    async call(endpoint, request, callOptions) {
      const answer = await client.call(endpoint, request, callOptions)
      if (answer.ok) return answer.body
      throw refusalOf(answer.status, answer.problem)
    },
    async text(path) {
      const { statusCode, data } = await get(path, 'text')
      if (statusCode !== 200) throw refusalOf(statusCode, undefined)
      return typeof data === 'string' ? data : JSON.stringify(data)
    },
    async bytes(path) {
      const { statusCode, data } = await get(path, 'arraybuffer')
      if (statusCode !== 200 || !(data instanceof ArrayBuffer)) throw refusalOf(statusCode, undefined)
      return new Uint8Array(data)
    },
  }
}

function refusalOf(
  status: number,
  problem: { type: string; title: string; facts?: Readonly<Record<string, unknown>> | undefined } | undefined,
): Error {
  const title = problem?.title ?? `HTTP ${status}`
  if (status >= 500 || status === busyStatus) return new Away(title)
  return new Refused(status, problem?.type.split(':').pop() ?? '', title, problem?.facts)
}

interface Sent {
  readonly statusCode: number
  readonly data: unknown
}

function send(
  platform: RequestPlatform,
  what: {
    readonly url: string
    readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
    readonly header: Record<string, string>
    readonly data?: string
    readonly responseType: 'text' | 'arraybuffer'
  },
): Promise<Sent> {
  return new Promise((resolve, reject) => {
    platform.request({
      ...what,
      // Anything but `json`: the text comes as it was sent.
      dataType: 'text',
      timeout: timeoutMs,
      success: resolve,
      fail: ({ errMsg }) => {
        reject(new Away(errMsg))
      },
    })
  })
}

/** The contract's client over `wx.request`. No endpoint a shopper calls answers with anything but JSON. */
function fetchWith(platform: RequestPlatform): FetchLike {
  return async (url, { method, headers, body }) => {
    const { statusCode, data } = await send(platform, {
      url,
      method: method as 'GET' | 'POST' | 'PUT' | 'DELETE',
      header: headers,
      ...(typeof body === 'string' && { data: body }),
      responseType: 'text',
    })
    return {
      status: statusCode,
      text: () => Promise.resolve(typeof data === 'string' ? data : JSON.stringify(data)),
      arrayBuffer: () => Promise.reject(new Error('bytes are fetched with `bytes`')),
    }
  }
}
