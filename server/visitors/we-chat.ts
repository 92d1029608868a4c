import { z } from 'zod'

/** Who WeChat says somebody is, or why it does not. Its session key never comes this far. */
export type WeChatAnswer =
  | { readonly openid: string }
  | {
      readonly refused:
        | 'wechat-off'
        | 'wechat-code-refused'
        | 'wechat-too-often'
        | 'wechat-account-blocked'
        | 'wechat-unavailable'
        | 'busy'
      readonly facts?: { readonly errcode: number }
    }

/** Asks WeChat who a code of `wx.login` belongs to. Never rejects. */
export type Code2Session = (code: string) => Promise<WeChatAnswer>

export interface WeChatOptions {
  readonly appId: string
  readonly appSecret: string
  /** `https://api.weixin.qq.com`, or a stand-in in development. */
  readonly apiUrl: string
  /** Told of what an operator has to look at: a wrong secret, an answer that is none. Gets no secret. */
  readonly onFault: (what: string, facts: Readonly<Record<string, unknown>>) => void
  readonly timeoutMs?: number
}

/** Longest wait for WeChat's answer; the phone waits with us. */
const usualTimeoutMs = 5000
/** Questions under way at once; more are told to come again. */
const maxUnderWay = 100
/** WeChat answers in some two hundred bytes. */
const maxAnswerBytes = 16 * 1024

const answerSchema = z.union([
  z.object({ errcode: z.int().refine((code) => code !== 0), errmsg: z.string().optional() }),
  z.object({ openid: z.string().regex(/^[\w-]{1,128}$/), errcode: z.literal(0).optional() }),
])

/** Refusals by error code; any other code is a fault of the set-up or of WeChat. */
const refusals = {
  40029: 'wechat-code-refused',
  // The code was used before.
  40163: 'wechat-code-refused',
  45011: 'wechat-too-often',
  40226: 'wechat-account-blocked',
  [-1]: 'wechat-unavailable',
} as const

/**
 * The login of mini-programs: `GET /sns/jscode2session`. No retry: a code is good once, and the phone gets a new one
 * sooner than WeChat recovers. The address carries the secret, so nothing that names it is passed on.
 * **Source** WeChat Open Docs, mini-program server API `auth.code2Session`.
 */
export function createCode2Session(options: WeChatOptions): Code2Session {
  const { appId, appSecret, apiUrl, onFault, timeoutMs = usualTimeoutMs } = options
  let underWay = 0
  const ask = async (code: string): Promise<WeChatAnswer> => {
    const url = new URL('/sns/jscode2session', apiUrl)
    url.search = new URLSearchParams({
      appid: appId,
      secret: appSecret,
      js_code: code,
      grant_type: 'authorization_code',
    }).toString()
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
    const answer = answerSchema.safeParse(parse(await textOf(response)))
    if (!response.ok || !answer.success) {
      onFault('WeChat gave an answer that is none', { status: response.status })
      return { refused: 'wechat-unavailable' }
    }
    if ('openid' in answer.data) return { openid: answer.data.openid }
    const { errcode } = answer.data
    const refused = isKnown(errcode) ? refusals[errcode] : undefined
    if (refused === undefined) onFault('WeChat refused this server', { errcode })
    return { refused: refused ?? 'wechat-unavailable', facts: { errcode } }
  }
  return async (code) => {
    if (underWay >= maxUnderWay) return { refused: 'busy' }
    underWay++
    try {
      return await ask(code)
    } catch (error) {
      onFault('WeChat could not be reached', { cause: reasonOf(error) })
      return { refused: 'wechat-unavailable' }
    } finally {
      underWay--
    }
  }
}

function isKnown(errcode: number): errcode is keyof typeof refusals {
  return errcode in refusals
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
