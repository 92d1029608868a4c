import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import type { Clock } from '../../../platform/clock.ts'
import type { PaymentRefusal } from '../payment-port.ts'
import { authorization, isFromWeChatPay } from './wechat-signatures.ts'
import type { WeChatPayKeys } from './wechat-signatures.ts'

/** WeChat Pay answers within a second; a shopper does not wait longer than this. */
const timeoutMs = 8_000
/** Largest answer that is read; a bill of a day of 20,000 payments has some 6 MB. */
const maxAnswerBytes = 64 * 1024 * 1024

export interface WeChatClientOptions {
  readonly keys: WeChatPayKeys
  /** `https://api.mch.weixin.qq.com`, or a stand-in. */
  readonly baseUrl: string
  readonly clock: Clock
  readonly fetch: typeof fetch
}

interface WeChatRequest<Schema extends z.ZodType> {
  readonly method: 'GET' | 'POST'
  readonly pathAndQuery: string
  readonly body?: unknown
  readonly schema: Schema
}

/** An error WeChat Pay names: `ORDER_NOT_EXIST`. */
export interface WeChatError {
  readonly failed: string
}

/**
 * Sends signed requests and believes no answer whose signature does not fit. A client has no state.
 */
export class WeChatClient {
  readonly #options: WeChatClientOptions

  constructor(options: WeChatClientOptions) {
    this.#options = options
  }

  /** @returns the answer's body, the error WeChat Pay named, or a refusal when it could not be asked */
  async ask<Schema extends z.ZodType>(
    request: WeChatRequest<Schema>,
  ): Promise<z.output<Schema> | WeChatError | PaymentRefusal> {
    const { keys, clock } = this.#options
    const answer = await this.#send(request)
    if ('refused' in answer) return answer
    const { status, bytes, header } = answer
    if (!isFromWeChatPay(keys, header, bytes, clock())) {
      // A gateway in between answers without a signature; what it says may not move money.
      return unavailable({ reason: 'signature', status: String(status) })
    }
    const body: unknown = bytes.length === 0 ? {} : parse(bytes)
    if (status >= 200 && status < 300) {
      const read = request.schema.safeParse(body)
      return read.success ? read.data : unavailable({ reason: 'unexpected answer', status: String(status) })
    }
    return { failed: codeOf(body) ?? `HTTP_${String(status)}` }
  }

  /** Downloads a file by the address an answer named; such files carry no signature but a hash of their own. */
  async download(url: string): Promise<Uint8Array | PaymentRefusal> {
    const { origin, pathname, search } = new URL(url)
    if (origin !== new URL(this.#options.baseUrl).origin) return unavailable({ reason: 'foreign address' })
    const answer = await this.#send({ method: 'GET', pathAndQuery: pathname + search })
    if ('refused' in answer) return answer
    return answer.status === 200 ? answer.bytes : unavailable({ status: String(answer.status) })
  }

  async #send(request: Omit<WeChatRequest<z.ZodType>, 'schema'>) {
    const { keys, baseUrl, clock, fetch } = this.#options
    const { method, pathAndQuery } = request
    const body = request.body === undefined ? '' : JSON.stringify(request.body)
    const once = { timestampS: Math.floor(clock() / 1000), nonce: randomBytes(16).toString('hex') }
    try {
      const response = await fetch(baseUrl + pathAndQuery, {
        method,
        headers: {
          accept: 'application/json',
          'user-agent': 'Atrium',
          authorization: authorization(keys, { method, pathAndQuery, body }, once),
          ...(body === '' ? {} : { 'content-type': 'application/json' }),
          // Names the platform key we verify with, for merchants that have a public key.
          'wechatpay-serial': [...keys.platformKeys.keys()][0] ?? '',
        },
        ...(body === '' ? {} : { body }),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      })
      const bytes = await bytesOf(response)
      if (!bytes) return unavailable({ reason: 'too large' })
      return { status: response.status, bytes, header: (name: string) => response.headers.get(name) ?? '' }
    } catch (error) {
      return unavailable({ reason: error instanceof Error ? error.name : 'unknown' })
    }
  }
}

/**
 * The body of an answer, counted while it comes: what its length says may be wrong, or absent.
 * @returns undefined when it is larger than the bound; the rest is not read
 */
async function bytesOf(response: Response): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > maxAnswerBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}

export function unavailable(facts: Readonly<Record<string, string>>): PaymentRefusal {
  return { refused: 'payment-unavailable', facts }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}

function codeOf(body: unknown): string | undefined {
  const code: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'code') : undefined
  return typeof code === 'string' ? code : undefined
}
