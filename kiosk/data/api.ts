import { createClient } from '../../server/contract/client.ts'
import type { Answer, Client } from '../../server/contract/client.ts'
import type { Endpoint } from '../../server/contract/endpoint.ts'

/** A server that does not answer for so long is away; somebody may be standing before the screen. */
const patienceMs = 6000

/** The server was reached and said no: asking the same again will not help. */
export class Refused extends Error {
  readonly status: number
  readonly kind: string
  constructor(status: number, kind: string) {
    super(kind)
    this.status = status
    this.kind = kind
  }
}

/** Calls the server this page came from. @param token of the kiosk, asked before each call */
export function apiOf(token?: () => string | undefined): Client {
  return createClient({
    baseUrl: '',
    fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(patienceMs) }),
    ...(token === undefined ? {} : { token }),
  })
}

/**
 * The body of an answer.
 * @throws Refused when the server said no; Error when it could not (5xx, too many requests)
 */
export function bodyOf<E extends Endpoint>(answer: Answer<E>): Extract<Answer<E>, { ok: true }>['body'] {
  if (answer.ok) return answer.body
  const { status, problem } = answer
  if (status >= 500 || status === 429) throw new Error(`${String(status)} ${problem.title}`)
  throw new Refused(status, problem.type)
}
