import { randomBytes, timingSafeEqual } from 'node:crypto'
import { Buffer } from 'node:buffer'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { drawnLevels } from './drawn-levels.ts'
import type { PlaceParts } from './find-place.ts'
import type { LocalBeacon } from '../offline/local-registry.ts'
import { pageDocument, pageScript, pageStyle } from './page.ts'

/** A page that is served until it is closed. */
export interface ServedPage {
  /** With the token; good for one browser. */
  readonly url: string
  close(): Promise<void>
}

/** Tomorrow's round as the page draws it. */
export interface PageRound {
  readonly minutes: number
  readonly stops: readonly {
    /** The beacon's. */
    readonly key: string
    /** Why one goes there, in the page's language. */
    readonly why: string
    readonly isUrgent: boolean
    /** How one walks there from the stop before; metres of the levels. */
    readonly ways: readonly {
      readonly levelId: string
      readonly points: readonly { readonly x: number; readonly y: number }[]
    }[]
  }[]
}

const mostBodyBytes = 10_000
const placing = z.strictObject({
  key: z.string().max(100),
  levelId: z.string().max(100),
  x: z.number(),
  y: z.number(),
})

/**
 * Serves the floor plan on the loopback: click to place, drag to correct, undo, and tomorrow's round. The token in the address works once; the browser that
 * used it gets a cookie, and every request has to carry it. Other origins are refused.
 */
export async function servePlacePage(parts: {
  readonly map: PlaceParts
  readonly language: 'zh' | 'en'
  readonly port: number
  readonly beacons: () => readonly LocalBeacon[]
  /** Undefined when all beacons are well. */
  readonly round: () => Promise<PageRound | undefined>
  /** @returns false when there is no such beacon or level */
  readonly place: (
    key: string,
    at: { readonly levelId: string; readonly x: number; readonly y: number },
  ) => boolean
  readonly undo: () => boolean
}): Promise<ServedPage> {
  let token: string | undefined = randomBytes(24).toString('base64url')
  const session = randomBytes(24).toString('base64url')
  const levels = JSON.stringify(drawnLevels(parts.map, parts.language))
  let origin = ''
  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (!response.headersSent) send(response, 500, 'text/plain', '')
      response.destroy()
    })
  })
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', origin)
    // A name that leads here from a page elsewhere (DNS rebinding) is not this page.
    if (`http://${request.headers.host ?? ''}` !== origin) {
      send(response, 403, 'text/plain', '')
      return
    }
    const given = url.searchParams.get('token')
    if (url.pathname === '/' && token !== undefined && given !== null && isSame(given, token)) {
      token = undefined
      response.setHeader('set-cookie', `session=${session}; HttpOnly; SameSite=Strict; Path=/`)
      response.writeHead(303, { location: '/' }).end()
      return
    }
    const cookie = /(?:^|;\s*)session=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1]
    if (cookie === undefined || !isSame(cookie, session)) {
      send(
        response,
        403,
        'text/plain; charset=utf-8',
        '请用终端里显示的地址打开。\nOpen the address that the terminal shows.\n',
      )
      return
    }
    if (request.method === 'GET') {
      const file = await files(url.pathname)
      if (file) send(response, 200, file.type, file.text)
      else send(response, 404, 'text/plain', '')
      return
    }
    if (request.method !== 'POST' || request.headers.origin !== origin) {
      send(response, 403, 'text/plain', '')
      return
    }
    if (url.pathname === '/undo') {
      send(response, parts.undo() ? 200 : 409, 'application/json', beaconsJson())
      return
    }
    const body = placing.safeParse(await bodyOf(request))
    if (url.pathname !== '/place' || !body.success) send(response, 400, 'text/plain', '')
    else send(response, parts.place(body.data.key, body.data) ? 200 : 404, 'application/json', beaconsJson())
  }
  const beaconsJson = () =>
    JSON.stringify(
      parts.beacons().map(({ key, identity, state, place, waiting, hardware }) => ({
        ...{ key, name: `${identity.major}/${identity.minor}`, state, place, waiting, mac: hardware.mac },
      })),
    )
  const files = async (path: string): Promise<{ type: string; text: string } | undefined> => {
    switch (path) {
      case '/':
        return { type: 'text/html; charset=utf-8', text: pageDocument(parts.language) }
      case '/page.css':
        return { type: 'text/css; charset=utf-8', text: pageStyle() }
      case '/page.js':
        return { type: 'text/javascript; charset=utf-8', text: pageScript(parts.language) }
      case '/levels.json':
        return { type: 'application/json', text: levels }
      case '/round.json':
        return { type: 'application/json', text: JSON.stringify((await parts.round()) ?? null) }
      case '/beacons.json':
        return { type: 'application/json', text: beaconsJson() }
      default:
        return undefined
    }
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(parts.port, '127.0.0.1', resolve)
  })
  const address = server.address()
  origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : parts.port}`
  return {
    url: `${origin}/?token=${token}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => {
          resolve()
        })
      }),
  }
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  })
  response.end(text)
}

/** The JSON of a request; undefined when it is none or too long. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > mostBodyBytes) return undefined
  }
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
