import type { Endpoint, RequestOf, ResponseOf } from './endpoint.ts'
import { isEmpty, isRaw } from './endpoint.ts'
import type { ProblemDocument } from './problem.ts'

/** The part of the Fetch standard a client needs; a mini-program brings a small one of its own. */
export type FetchLike = (
  url: string,
  init: {
    readonly method: string
    readonly headers: Record<string, string>
    readonly body?: string | Uint8Array<ArrayBuffer>
  },
) => Promise<{
  readonly status: number
  text(): Promise<string>
  arrayBuffer(): Promise<ArrayBuffer>
}>

/** An answer as asked for, or the problem that stood in the way. */
export type Answer<E extends Endpoint> =
  | { readonly ok: true; readonly status: number; readonly body: ResponseOf<E> }
  | { readonly ok: false; readonly status: number; readonly problem: ProblemDocument }

export interface Client {
  /**
   * Calls one endpoint. A refusal is a returned value; only a server out of reach rejects (with whatever
   * `fetch` rejects with). `idempotencyKey` makes a repeat of the same command harmless.
   */
  call<E extends Endpoint>(
    endpoint: E,
    request: RequestOf<E>,
    options?: { readonly idempotencyKey?: string },
  ): Promise<Answer<E>>
}

/**
 * A typed client of the HTTP API. It trusts the server to keep its contract and checks no answer: the
 * server's tests do.
 * @param options.baseUrl address of the server without a trailing slash; empty for the page's own origin
 * @param options.token asked before each call, so that a renewed token is used at once
 */
export function createClient(options: {
  readonly baseUrl: string
  readonly fetch: FetchLike
  readonly token?: () => string | undefined
}): Client {
  return {
    async call(endpoint, request, { idempotencyKey } = {}) {
      const { params, query, body } = partsOf(request)
      const token = options.token?.()
      const sent = encodeBody(endpoint, body)
      const response = await options.fetch(options.baseUrl + pathOf(endpoint.path, params) + queryOf(query), {
        method: endpoint.method,
        headers: {
          ...sent.headers,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        ...(sent.body === undefined ? {} : { body: sent.body }),
      })
      return parseAnswer(endpoint, response)
    },
  }
}

/** The path of an endpoint with its parameters filled in and encoded. */
export function pathOf(path: string, params: Readonly<Record<string, unknown>> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))
}

function queryOf(query: Readonly<Record<string, unknown>> = {}): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

interface Parts {
  readonly params?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

/** Every request type is one of these, whatever the endpoint. */
function partsOf(request: unknown): Parts {
  return request as Parts
}

function encodeBody(endpoint: Endpoint, body: unknown) {
  const schema = endpoint.request.body
  if (!schema) return { headers: {} }
  if (isRaw(schema)) {
    return { headers: { 'content-type': schema.mediaType }, body: body as Uint8Array<ArrayBuffer> }
  }
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

async function parseAnswer<E extends Endpoint>(
  endpoint: E,
  response: Awaited<ReturnType<FetchLike>>,
): Promise<Answer<E>> {
  const { status } = response
  const content = endpoint.responses[status]
  if (!content) return { ok: false, status, problem: await parseProblem(response) }
  if (isEmpty(content)) return { ok: true, status, body: undefined as ResponseOf<E> }
  const body: unknown = isRaw(content)
    ? new Uint8Array(await response.arrayBuffer())
    : JSON.parse(await response.text())
  return { ok: true, status, body: body as ResponseOf<E> }
}

async function parseProblem(response: Awaited<ReturnType<FetchLike>>): Promise<ProblemDocument> {
  try {
    const problem: unknown = JSON.parse(await response.text())
    if (typeof problem === 'object' && problem !== null && 'type' in problem) {
      return problem as ProblemDocument
    }
  } catch {
    // Not ours: a proxy in between answers with a page of its own.
  }
  return { type: 'about:blank', title: `HTTP ${String(response.status)}`, status: response.status }
}
