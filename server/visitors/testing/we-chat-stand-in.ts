import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'

/** What the stand-in knows instead of WeChat. */
export interface WeChatStandIn {
  /** `http://127.0.0.1:port`, for WECHAT_API_URL. */
  readonly address: string
  /** A fresh code for a person, as `wx.login` would give their phone: good once. */
  codeOf(openid: string): string
  /** How it behaves from now on: like WeChat, or in one of the ways in which that fails. */
  behave(how: Behaviour): void
  stop(): Promise<void>
}

export type Behaviour = 'usual' | 'silent' | 'not-json' | 'huge' | 'redirect' | { readonly errcode: number }

const maxCodes = 10_000

/**
 * NOT WECHAT. A server on this machine that speaks the protocol of `auth.code2Session`, for development and tests:
 * the same parameters, error codes and media type (text/plain). Besides the codes it gave it takes
 * `stand-in:NAME`, which is always the person NAME, so that a phone's simulator can sign in.
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
    return given ?? /^stand-in:([\w-]{1,100})$/.exec(code)?.[1]
  }
  const answer = (query: URLSearchParams): object => {
    if (typeof behaviour === 'object') return { errcode: behaviour.errcode, errmsg: 'as told' }
    if (query.get('appid') !== options.appId) return { errcode: 40013, errmsg: 'invalid appid' }
    if (query.get('secret') !== options.appSecret) return { errcode: 40125, errmsg: 'invalid appsecret' }
    if (query.get('grant_type') !== 'authorization_code')
      return { errcode: 40002, errmsg: 'invalid grant_type' }
    const openid = openidOf(query.get('js_code') ?? '')
    if (openid === undefined) return { errcode: 40029, errmsg: 'invalid code' }
    return { openid, session_key: randomBytes(16).toString('base64') }
  }
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stand-in')
    if (pathname !== '/sns/jscode2session') response.writeHead(404).end()
    else if (behaviour !== 'silent')
      misbehave(response, behaviour, () => JSON.stringify(answer(searchParams)))
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('The system gave no port.')
  return {
    address: `http://127.0.0.1:${bound.port}`,
    codeOf(openid) {
      if (codes.size >= maxCodes) codes.clear()
      const code = randomBytes(16).toString('hex')
      codes.set(code, openid)
      return code
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

function misbehave(response: ServerResponse, behaviour: Behaviour, usual: () => string): void {
  response.setHeader('content-type', 'text/plain')
  if (behaviour === 'redirect') response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
  else if (behaviour === 'not-json') response.end('<html>')
  else if (behaviour === 'huge') response.end(`{"openid":"${'x'.repeat(100_000)}"}`)
  else response.end(usual())
}
