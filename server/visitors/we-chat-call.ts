import type { Refusal } from '../contract/endpoint.ts'

/** A mini-program's account with WeChat, and whom to tell when it does not work. */
export interface WeChatOptions {
  readonly appId: string
  readonly appSecret: string
  /** `https://api.weixin.qq.com`, or a stand-in in development. */
  readonly apiUrl: string
  /** Told of what an operator has to look at: a wrong secret, an answer that is none. Gets no secret. */
  readonly onFault: (what: string, facts: Readonly<Record<string, unknown>>) => void
  readonly timeoutMs?: number
}

/** Why WeChat does not do what a code asks for. */
export type WeChatRefusal = Refusal<
  | 'wechat-off'
  | 'wechat-code-refused'
  | 'wechat-too-often'
  | 'wechat-account-blocked'
  | 'wechat-unavailable'
  | 'busy'
>

export interface WeChatQuestion {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** Sent as JSON with POST; GET without. */
  readonly body?: object
}

/** Asks WeChat one thing and gives back what it says, undefined when that is no JSON. */
export type WeChatCall = (question: WeChatQuestion) => Promise<unknown>

/** Longest wait for WeChat's answer; the phone waits with us. */
const usualTimeoutMs = 5000
/** Questions under way at once; more are told to come again. */
const maxUnderWay = 100
/** WeChat answers in some two hundred bytes. */
const maxAnswerBytes = 16 * 1024

/** Refusals by error code; any other code is a fault of the set-up or of WeChat. */
const refusals: Readonly<Record<number, WeChatRefusal['refused']>> = {
  40029: 'wechat-code-refused',
  // The code was used before.
  40163: 'wechat-code-refused',
  45011: 'wechat-too-often',
  40226: 'wechat-account-blocked',
  [-1]: 'wechat-unavailable',
}

/** One call of WeChat's server API. Its address carries secrets, so nothing that names it is passed on. */
export function createWeChatCall({ apiUrl, timeoutMs = usualTimeoutMs }: WeChatOptions): WeChatCall {
  return async ({ path, query, body }) => {
    const url = new URL(path, apiUrl)
    url.search = new URLSearchParams(query).toString()
    const response = await fetch(url, {
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      ...(body && {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    })
    return response.ok ? parse(await textOf(response)) : undefined
  }
}

/**
 * Carries out a conversation with WeChat within bounds: at most a hundred at once, and what is thrown on the
 * way (no connection, no answer in time) becomes a refusal.
 */
export function guardedWeChat<Answer extends object>(
  { onFault }: WeChatOptions,
  converse: (code: string) => Promise<Answer | WeChatRefusal>,
): (code: string) => Promise<Answer | WeChatRefusal> {
  let underWay = 0
  return async (code) => {
    if (underWay >= maxUnderWay) return { refused: 'busy' }
    underWay++
    try {
      return await converse(code)
    } catch (error) {
      onFault('WeChat could not be reached', { cause: reasonOf(error) })
      return { refused: 'wechat-unavailable' }
    } finally {
      underWay--
    }
  }
}

/** The refusal an error code of WeChat stands for. */
export function refusalOf(errcode: number, { onFault }: WeChatOptions): WeChatRefusal {
  const refused = refusals[errcode]
  if (refused === undefined) onFault('WeChat refused this server', { errcode })
  return { refused: refused ?? 'wechat-unavailable', facts: { errcode } }
}

/** Name and code of an error; its message might name the address. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const { cause } = error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.name
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** WeChat calls its JSON text/plain. */
async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxAnswerBytes) return ''
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
