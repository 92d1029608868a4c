import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What the stand-in knows instead of WeChat. */
export interface WeChatStandIn {
  /** `http://127.0.0.1:port`, for WECHAT_API_URL. */
  readonly address: string
  /** A fresh code for a person, as `wx.login` would give their phone: good once. */
  codeOf(openid: string): string
  /** A fresh code of the phone number button: good once. */
  phoneCodeOf(phone: string): string
  /** Ends the access token that is out, as happens when another server fetches one by force. */
  endToken(): void
  /** How it behaves from now on: like WeChat, or in one of the ways in which that fails. */
  behave(how: Behaviour): void
  stop(): Promise<void>
}

export type Behaviour = 'usual' | 'silent' | 'not-json' | 'huge' | 'redirect' | { readonly errcode: number }

const maxCodes = 10_000

/**
 * NOT WECHAT. A server on this machine that speaks the protocol of `auth.code2Session`, of the stable access token and
 * of the phone number button, for development and tests: the same parameters, error codes and media type
 * (text/plain). Besides the codes it gave it takes `stand-in:NAME`, which is always the person NAME, so that a phone's
 * simulator can sign in, `stand-in:DIGITS` for a number, and the codes of the mini-program's preview.
 */
export async function startWeChatStandIn(options: {
  readonly appId: string
  readonly appSecret: string
  readonly port?: number
}): Promise<WeChatStandIn> {
  const codes = new Map<string, string>()
  let behaviour: Behaviour = 'usual'
  const openidOf = (code: string): string | undefined => {
    const given = codes.get(code)
    codes.delete(code)
    return given ?? /^(?:stand-in:|preview-login-)([\w-]{1,100})$/.exec(code)?.[1]
  }
  let accessToken = randomBytes(24).toString('hex')
  const sessionAnswer = (query: URLSearchParams): object => {
    if (query.get('appid') !== options.appId) return { errcode: 40013, errmsg: 'invalid appid' }
    if (query.get('secret') !== options.appSecret) return { errcode: 40125, errmsg: 'invalid appsecret' }
    if (query.get('grant_type') !== 'authorization_code')
      return { errcode: 40002, errmsg: 'invalid grant_type' }
    const openid = openidOf(query.get('js_code') ?? '')
    if (openid === undefined) return { errcode: 40029, errmsg: 'invalid code' }
    return { openid, session_key: randomBytes(16).toString('base64') }
  }
  const tokenAnswer = (body: Readonly<Record<string, unknown>>): object =>
    body.appid === options.appId && body.secret === options.appSecret
      ? { access_token: accessToken, expires_in: 7200 }
      : { errcode: 40125, errmsg: 'invalid appsecret' }
  const phoneAnswer = (query: URLSearchParams, body: Readonly<Record<string, unknown>>): object => {
    if (query.get('access_token') !== accessToken) return { errcode: 40001, errmsg: 'invalid credential' }
    const code = String(body.code)
    const given = codes.get(code) ?? /^(?:stand-in:|preview-phone-)(\d{5,20})$/.exec(code)?.[1]
    codes.delete(code)
    if (given === undefined) return { errcode: 40029, errmsg: 'invalid code' }
    const watermark = { timestamp: 0, appid: options.appId }
    const info = { phoneNumber: given, purePhoneNumber: given, countryCode: '86', watermark }
    return { errcode: 0, errmsg: 'ok', phone_info: info }
  }
  const answers: Readonly<
    Record<string, (query: URLSearchParams, body: Readonly<Record<string, unknown>>) => object>
  > = {
    '/sns/jscode2session': sessionAnswer,
    '/cgi-bin/stable_token': (_, body) => tokenAnswer(body),
    '/wxa/business/getuserphonenumber': phoneAnswer,
  }
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stand-in')
    const answer = answers[pathname]
    if (!answer) response.writeHead(404).end()
    else if (behaviour !== 'silent') {
      const how = behaviour
      void readJson(request).then((body) => {
        const said =
          typeof how === 'object' ? { errcode: how.errcode, errmsg: 'as told' } : answer(searchParams, body)
        misbehave(response, how, () => JSON.stringify(said))
      })
    }
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('The system gave no port.')
  const codeFor = (what: string): string => {
    if (codes.size >= maxCodes) codes.clear()
    const code = randomBytes(16).toString('hex')
    codes.set(code, what)
    return code
  }
  return {
    address: `http://127.0.0.1:${bound.port}`,
    codeOf: codeFor,
    phoneCodeOf: codeFor,
    endToken() {
      accessToken = randomBytes(24).toString('hex')
    },
    behave(how) {
      behaviour = how
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array))
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}

function misbehave(response: ServerResponse, behaviour: Behaviour, usual: () => string): void {
  response.setHeader('content-type', 'text/plain')
  if (behaviour === 'redirect') response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
  else if (behaviour === 'not-json') response.end('<html>')
  else if (behaviour === 'huge') response.end(`{"openid":"${'x'.repeat(100_000)}"}`)
  else response.end(usual())
}
