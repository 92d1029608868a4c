import { z } from 'zod'
import { createWeChatCall, guardedWeChat, refusalOf } from './we-chat-call.ts'
import type { WeChatOptions, WeChatRefusal } from './we-chat-call.ts'

/** Asks WeChat who a code of `wx.login` belongs to. Its session key never comes this far. Never rejects. */
export type Code2Session = (code: string) => Promise<{ readonly openid: string } | WeChatRefusal>

/** Asks WeChat for the number a person chose to give (`getPhoneNumber`). Never rejects. */
export type PhoneOfCode = (code: string) => Promise<{ readonly phone: string } | WeChatRefusal>

/** What this server asks WeChat of shoppers. */
export interface WeChat {
  readonly code2Session: Code2Session
  readonly phoneOf: PhoneOfCode
}

const refusedAnswer = z.object({ errcode: z.int().refine((code) => code !== 0) })
const sessionAnswer = z.union([
  refusedAnswer,
  z.object({ openid: z.string().regex(/^[\w-]{1,128}$/), errcode: z.literal(0).optional() }),
])
const tokenAnswer = z.union([
  refusedAnswer,
  z.object({ access_token: z.string().min(1).max(1024), expires_in: z.int().min(1) }),
])
const phoneAnswer = z.union([
  refusedAnswer,
  z.object({
    errcode: z.literal(0),
    phone_info: z.object({ phoneNumber: z.string().regex(/^\+?\d{5,20}$/) }),
  }),
])

/** A token that WeChat no longer takes: it is fetched anew, once. */
const tokenOver = [40001, 40014, 42001]
/** A token is let go this long before it ends. */
const tokenEarlyMs = 5 * 60_000

/** @param now epoch ms, for the end of WeChat's access token */
export function createWeChat(options: WeChatOptions, now: () => number): WeChat {
  return { code2Session: createCode2Session(options), phoneOf: createPhoneOf(options, now) }
}

/**
 * The login of mini-programs: `GET /sns/jscode2session`. No retry: a code is good once, and the phone gets a new one
 * sooner than WeChat recovers.
 * **Source** WeChat Open Docs, mini-program server API `auth.code2Session`.
 */
function createCode2Session(options: WeChatOptions): Code2Session {
  const { appId: appid, appSecret: secret, onFault } = options
  const call = createWeChatCall(options)
  return guardedWeChat(options, async (code) => {
    const query = { appid, secret, js_code: code, grant_type: 'authorization_code' }
    const answer = sessionAnswer.safeParse(await call({ path: '/sns/jscode2session', query }))
    if (!answer.success) return noAnswer(onFault)
    return 'openid' in answer.data ? { openid: answer.data.openid } : refusalOf(answer.data.errcode, options)
  })
}

/**
 * The phone number button: `POST /wxa/business/getuserphonenumber` under an access token. The token is the stable
 * one, which several nodes may ask for without ending each other's; this node keeps it until shortly before its end.
 * **Source** WeChat Open Docs, mini-program server API `phonenumber.getPhoneNumber` and `getStableAccessToken`.
 */
function createPhoneOf(options: WeChatOptions, now: () => number): PhoneOfCode {
  const { appId: appid, appSecret: secret, onFault } = options
  const call = createWeChatCall(options)
  let kept: { readonly token: string; readonly untilMs: number } | undefined

  const token = async (): Promise<{ readonly token: string } | WeChatRefusal> => {
    if (kept && now() < kept.untilMs) return kept
    const body = { grant_type: 'client_credential', appid, secret }
    const answer = tokenAnswer.safeParse(await call({ path: '/cgi-bin/stable_token', query: {}, body }))
    if (!answer.success) return noAnswer(onFault)
    if (!('access_token' in answer.data)) return refusalOf(answer.data.errcode, options)
    const { access_token: given, expires_in: seconds } = answer.data
    kept = { token: given, untilMs: now() + seconds * 1000 - tokenEarlyMs }
    return kept
  }

  const ask = async (code: string) => {
    const granted = await token()
    if ('refused' in granted) return granted
    const query = { access_token: granted.token }
    const path = '/wxa/business/getuserphonenumber'
    const answer = phoneAnswer.safeParse(await call({ path, query, body: { code } }))
    if (!answer.success) return noAnswer(onFault)
    return 'phone_info' in answer.data ? { phone: answer.data.phone_info.phoneNumber } : answer.data
  }

  return guardedWeChat(options, async (code) => {
    let answer = await ask(code)
    if ('errcode' in answer && tokenOver.includes(answer.errcode)) {
      kept = undefined
      answer = await ask(code)
    }
    return 'errcode' in answer ? refusalOf(answer.errcode, options) : answer
  })
}

function noAnswer(onFault: WeChatOptions['onFault']): WeChatRefusal {
  onFault('WeChat gave an answer that is none', {})
  return { refused: 'wechat-unavailable' }
}

const off: WeChatRefusal = { refused: 'wechat-off' }

/** Nobody can sign in: WeChat is not set up. */
export const noWeChat: WeChat = {
  code2Session: () => Promise.resolve(off),
  phoneOf: () => Promise.resolve(off),
}

const unknownCode: WeChatRefusal = { refused: 'wechat-code-refused' }

/**
 * NOT WECHAT: the demonstration's own sign-in, for the mini-program in a browser. A browser is the person of the
 * random key it keeps, with the number it says.
 */
export const demoWeChat: WeChat = {
  code2Session(code) {
    const [, key] = /^preview-login-([\w-]{22,64})$/.exec(code) ?? []
    return Promise.resolve(key === undefined ? unknownCode : { openid: `preview-${key}` })
  },
  phoneOf(code) {
    const [, phone] = /^preview-phone-(\d{11})$/.exec(code) ?? []
    return Promise.resolve(phone === undefined ? unknownCode : { phone })
  },
}
