import { get } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { QueryFailedError } from 'typeorm'
import { z } from 'zod'
import { defineEndpoint, problemIdOf } from '../contract/index.ts'
import type { ProblemDocument } from '../contract/index.ts'
import { venueId } from '../contract/values.ts'
import { readConfig } from '../platform/config.ts'
import { createLog } from '../platform/log.ts'
import { createMetricsRegistry } from '../platform/metrics.ts'
import type { Identity } from './identity.ts'
import { createHttpApp, encodeContent, Fault, listen, route } from './index.ts'
import type { Route } from './index.ts'

const base = { tag: 'Test', summary: '', responses: { 200: z.strictObject({ said: z.string() }) } } as const
const hush = 'hush-hush'

const echo = defineEndpoint({
  ...base,
  id: 'echo',
  method: 'POST',
  path: '/echo/{venueId}',
  access: ['operator', 'kiosk'],
  request: {
    params: z.strictObject({ venueId }),
    query: z.strictObject({ loud: z.enum(['yes', 'no']).default('no') }),
    body: z.strictObject({ say: z.string().max(10), to: z.array(z.strictObject({ 'a/b~c': z.int() })) }),
  },
  problems: ['unknown-venue'],
})
const open = defineEndpoint({
  ...base,
  id: 'open',
  method: 'GET',
  path: '/open',
  access: 'public',
  request: {},
})
const limited = defineEndpoint({
  ...open,
  id: 'limited',
  path: '/limited',
  rateLimit: { requests: 3, windowS: 60 },
})
const broken = defineEndpoint({ ...open, id: 'broken', path: '/broken' })
const refusing = defineEndpoint({ ...open, id: 'refusing', path: '/refusing', problems: ['unknown-venue'] })
const lost = defineEndpoint({ ...open, id: 'lost', path: '/lost' })
const nul = defineEndpoint({ ...open, id: 'nul', path: '/nul' })
const slow = defineEndpoint({ ...open, id: 'slow', path: '/slow', timeoutMs: 50 })
const liar = defineEndpoint({ ...open, id: 'liar', path: '/liar' })
const monitored = defineEndpoint({ ...open, id: 'monitored', path: '/monitored', access: ['monitor'] })
const large = defineEndpoint({
  ...open,
  id: 'large',
  path: '/large',
  responses: { 200: { mediaType: 'text/plain', description: '', maxBytes: 1e6 } },
})
const upload = defineEndpoint({
  ...base,
  id: 'upload',
  method: 'POST',
  path: '/upload',
  access: 'public',
  request: { body: { mediaType: 'application/zip', description: '', maxBytes: 2000 } },
})

const mall = '0193a1b2-0000-7000-8000-000000000001'
const otherMall = '0193a1b2-0000-7000-8000-000000000002'
const identities: Readonly<Record<string, Identity>> = {
  operator: { kind: 'account', id: 'o', roles: ['operator'], venues: 'all' },
  staff: { kind: 'account', id: 's', roles: ['staff'], venues: 'all' },
  kiosk: { kind: 'device', id: 'k', roles: ['kiosk'], venues: [venueId.parse(mall)] },
}
const said = (text: string) => Promise.resolve({ status: 200 as const, body: { said: text } })

const routes: Route[] = [
  route(echo, ({ body, query }) => said(`${body.say} ${query.loud}`)),
  route(open, () => said('open')),
  route(limited, () => said('limited')),
  route(broken, () => Promise.reject(new Error(`a secret of ours: ${hush}`))),
  route(refusing, () => Promise.resolve({ refused: 'unknown-venue', facts: { looked: 'here' } })),
  route(lost, () => Promise.reject(new Error('Connection terminated unexpectedly'))),
  route(nul, () =>
    Promise.reject(new QueryFailedError('', [], Object.assign(new Error('nul'), { code: '22021' }))),
  ),
  route(slow, () => new Promise(() => undefined)),
  route(liar, () => Promise.resolve({ status: 200, body: { said: 'x', password: hush } })),
  route(monitored, () => said('figures')),
  route(large, async () => ({ status: 200, body: await encodeContent('atrium '.repeat(1000)) })),
  route(upload, ({ body }) => said(String(body.length))),
]

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly problem: ProblemDocument
}

async function serve(t: ExecutionContext, env: Record<string, string> = {}) {
  const config = readConfig({ NODE_ENV: 'test', BODY_LIMIT: '2000', METRICS_TOKEN: 'm'.repeat(16), ...env })
  if ('refused' in config) throw new Error('bad config')
  const lines: string[] = []
  const log = createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } })
  const registry = createMetricsRegistry()
  const state = { isStarted: true }
  const app = createHttpApp({
    isStarted: () => state.isStarted,
    config,
    log,
    registry,
    newId: () => 'fresh-id',
    routes,
    pages: (ctx, next) => (ctx.path === '/out-of-bounds' ? ctx.throw(403) : next()),
    services: {
      authenticate: (token) => Promise.resolve(identities[token]),
      transaction: () => Promise.reject(new Error('no database here')),
      clock: () => 0,
      requestHashKey: new Uint8Array(32),
    },
  })
  const listening = await listen({
    handler: app.callback(),
    host: '127.0.0.1',
    port: 0,
    requestTimeoutMs: 5000,
    shutdownGraceMs: 0,
    log,
  })
  t.teardown(() => listening.stop())
  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(listening.address + path, init)
    const text = await response.text()
    const isProblem = response.headers.get('content-type') === 'application/problem+json'
    return {
      status: response.status,
      headers: response.headers,
      text,
      problem: isProblem ? (JSON.parse(text) as ProblemDocument) : { type: '', title: '', status: 0 },
    }
  }
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    ask(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
  return { ask, post, lines, registry, state, address: listening.address }
}

/** Without what `fetch` does of its own: it unpacks bodies and asks caches not to answer. */
function plainGet(url: string, headers: Record<string, string>) {
  return new Promise<{ status: number; headers: IncomingHttpHeaders; size: number }>((resolve, reject) => {
    get(url, { headers }, (response) => {
      let size = 0
      response.on('data', (chunk: Buffer) => (size += chunk.length))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, size })
      })
    }).on('error', reject)
  })
}

const asOperator = { authorization: 'Bearer operator' }
const good = JSON.stringify({ say: 'hi', to: [] })

test('asks to come again while it starts, and does not say that there is no such thing', async (t) => {
  const { ask, state } = await serve(t)
  state.isStarted = false
  const { status, headers, problem } = await ask('/v1/venues/unknown')
  t.is(status, 503)
  t.is(headers.get('retry-after'), '1')
  t.is(problemIdOf(problem), 'busy')
  t.is((await ask('/open')).status, 200, 'what watches a server is answered')
  state.isStarted = true
  t.is((await ask('/v1/venues/unknown')).status, 404)
})

test('a good request is answered by its handler, with defaults filled in', async (t) => {
  const { post } = await serve(t)
  const answer = await post(`/echo/${mall}`, good, asOperator)
  t.is(answer.status, 200)
  t.is(answer.text, '{"said":"hi no"}')
  t.is(answer.headers.get('cache-control'), 'no-store')
})

test('names every fault of a request with its place', async (t) => {
  const { post } = await serve(t)
  const body = JSON.stringify({
    say: 'far too long a sentence',
    to: [{ 'a/b~c': 1 }, { 'a/b~c': 'x' }],
    more: 1,
  })
  const { status, problem } = await post('/echo/nowhere?loud=maybe&loud=no&colour=red', body, asOperator)
  t.is(status, 400)
  t.is(problemIdOf(problem), 'invalid-request')
  t.deepEqual(problem.faults?.map((fault) => `${fault.in}${fault.pointer}`).sort(), [
    'body/more',
    'body/say',
    'body/to/1/a~1b~0c',
    'path/venueId',
    'query/colour',
    'query/loud',
  ])
})

test('nobody gets 401, somebody else 403, before the body is looked at', async (t) => {
  const { post } = await serve(t)
  const path = `/echo/${mall}`
  const nobody = await post(path, 'not json')
  t.is(problemIdOf(nobody.problem), 'unauthenticated')
  t.is(nobody.headers.get('www-authenticate'), 'Bearer')
  const stranger = await post(path, 'not json', { authorization: 'Bearer unknown' })
  t.is(stranger.status, 401)
  t.regex(stranger.headers.get('www-authenticate') ?? '', /invalid_token/)
  t.is((await post(path, 'not json', { authorization: 'Basic b3BlcmF0b3I6eA==' })).status, 401)
  t.is((await post(path, 'not json', { authorization: 'Bearer staff' })).status, 403)
  t.is((await post(path, 'not json', asOperator)).status, 400)
})

test('an identity of one venue may not act in another', async (t) => {
  const { post } = await serve(t)
  const asKiosk = { authorization: 'Bearer kiosk' }
  t.is((await post(`/echo/${mall}`, good, asKiosk)).status, 200)
  t.is((await post(`/echo/${mall.toUpperCase()}`, good, asKiosk)).status, 200)
  const other = await post(`/echo/${otherMall}`, good, asKiosk)
  t.is(problemIdOf(other.problem), 'forbidden')
})

test('says what is wrong with a body that cannot be read', async (t) => {
  const { post, ask } = await serve(t)
  const path = `/echo/${mall}`
  t.is(problemIdOf((await post(path, '{"say":', asOperator)).problem), 'malformed-body')
  t.is(problemIdOf((await post(path, '', asOperator)).problem), 'malformed-body')
  const latin = { ...asOperator, 'content-type': 'application/json; charset=iso-8859-1' }
  t.is((await post(path, good, latin)).status, 415)
  t.is((await post(path, good, { ...asOperator, 'content-type': 'text/plain' })).status, 415)
  t.is((await post(path, good, { ...asOperator, 'content-encoding': 'gzip' })).status, 415)
  t.is(
    (await post(path, good, { ...asOperator, 'content-type': 'application/json;charset="UTF-8"' })).status,
    200,
  )
  const body = new Uint8Array([0x22, 0xff, 0xfe, 0x22])
  const headers = { ...asOperator, 'content-type': 'application/json' }
  const notUtf8 = await ask(path, { method: 'POST', body, headers })
  t.is(notUtf8.problem.detail, 'Expected a body of valid UTF-8.')
})

test('takes a body up to its limit and refuses one byte more, announced or not', async (t) => {
  const { ask, post } = await serve(t)
  const zip = { 'content-type': 'application/zip' }
  const send = (size: number) => ask('/upload', { method: 'POST', body: new Uint8Array(size), headers: zip })
  t.is((await send(2000)).text, '{"said":"2000"}')
  const over = await send(2001)
  t.is(problemIdOf(over.problem), 'body-too-large')
  t.deepEqual(over.problem.facts, { maxBytes: 2000 })
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(1500))
      controller.enqueue(new Uint8Array(1500))
      controller.close()
    },
  })
  const streamed = { method: 'POST', body: stream, headers: zip, duplex: 'half' }
  const unannounced = await ask('/upload', streamed)
  t.is(unannounced.status, 413)
  const padded = JSON.stringify({ say: 'hi', to: [], pad: 'x'.repeat(3000) })
  t.is((await post(`/echo/${mall}`, padded, asOperator)).status, 413)
})

test('an unknown address is 404, a known one with another method 405 with what it knows', async (t) => {
  const { ask } = await serve(t)
  t.is(problemIdOf((await ask('/nowhere')).problem), 'not-found')
  t.is(problemIdOf((await ask('/%E0%A4%A')).problem), 'not-found')
  const other = await ask('/open', { method: 'DELETE' })
  t.is(problemIdOf(other.problem), 'method-not-allowed')
  t.is(other.headers.get('allow'), 'GET, HEAD')
  t.is((await ask(`/echo/${mall}`)).headers.get('allow'), 'POST')
  const head = await ask('/open', { method: 'HEAD' })
  t.deepEqual([head.status, head.text], [200, ''])
})

test('what the pages refuse is not found', async (t) => {
  const { ask } = await serve(t)
  t.is(problemIdOf((await ask('/out-of-bounds')).problem), 'not-found')
})

test('a mistake of ours leaks nothing but the id to ask for', async (t) => {
  const { ask, lines } = await serve(t)
  const { status, text, problem } = await ask('/broken', { headers: { 'x-request-id': 'my-request-1' } })
  t.is(status, 500)
  t.is(problem.instance, 'my-request-1')
  t.notRegex(text, new RegExp(`${hush}|stack|at .*\\.ts`))
  t.true(lines.some((line) => line.includes(hush) && line.includes('my-request-1')))
})

test('an answer that is not what the contract says becomes a fault outside production', async (t) => {
  const { ask } = await serve(t)
  t.is((await ask('/liar')).status, 500)
  const production = await serve(t, { NODE_ENV: 'production' })
  t.is((await production.ask('/liar')).status, 200)
})

test('a refusal carries its word and facts', async (t) => {
  const { ask } = await serve(t)
  const { status, problem } = await ask('/refusing')
  t.is(status, 404)
  t.is(problemIdOf(problem), 'unknown-venue')
  t.deepEqual(problem.facts, { looked: 'here' })
})

test('a database that is away is 503 with a time to come back, a value it cannot store 400', async (t) => {
  const { ask } = await serve(t)
  const away = await ask('/lost')
  t.is(problemIdOf(away.problem), 'busy')
  t.is(away.headers.get('retry-after'), '2')
  t.is((await ask('/nul')).status, 400)
})

test('does not wait for ever for a handler', async (t) => {
  const { ask } = await serve(t)
  t.is(problemIdOf((await ask('/slow')).problem), 'timed-out')
})

test('keeps a request id of decent form and makes one otherwise', async (t) => {
  const { ask } = await serve(t)
  const idOf = async (given: string) => {
    return (await ask('/open', { headers: { 'x-request-id': given } })).headers.get('x-request-id')
  }
  t.is(await idOf('caller-1234'), 'caller-1234')
  for (const bad of ['short', 'x'.repeat(65), 'with blank', '{"a":1}', '../../etc']) {
    t.is(await idOf(bad), 'fresh-id', bad)
  }
})

test('refuses the request beyond a limit and says when to come back', async (t) => {
  const { ask } = await serve(t)
  for (const left of [2, 1, 0]) {
    const { status, headers } = await ask('/limited')
    t.is(status, 200)
    t.is(headers.get('ratelimit-policy'), '"address";q=6000;w=60, "limited";q=3;w=60')
    t.regex(headers.get('ratelimit') ?? '', new RegExp(`"limited";r=${String(left)};t=(60|5\\d)$`))
  }
  const refused = await ask('/limited')
  t.is(problemIdOf(refused.problem), 'too-many-requests')
  t.regex(refused.headers.get('retry-after') ?? '', /^(60|5\d)$/)
  t.is((await ask('/open')).status, 200)
})

test('pages and addresses at which there is nothing have a limit too', async (t) => {
  const { ask } = await serve(t, { RATE_LIMIT_ADDRESS: '10' })
  const statuses = async (count: number) => {
    const answers = await Promise.all(Array.from({ length: count }, () => ask('/nowhere')))
    return answers.map(({ status }) => status)
  }
  t.deepEqual(new Set(await statuses(100)), new Set([404]))
  t.deepEqual(await statuses(2), [429, 429])
  t.is((await ask('/open')).status, 200)
})

test('limits an address over all endpoints and an identity over all addresses', async (t) => {
  const byAddress = await serve(t, { RATE_LIMIT_ADDRESS: '10' })
  const statuses = await Promise.all(Array.from({ length: 12 }, () => byAddress.ask('/open')))
  t.is(statuses.filter(({ status }) => status === 429).length, 2)
  const byIdentity = await serve(t, { RATE_LIMIT_IDENTITY: '10', TRUST_PROXY: '1' })
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      byIdentity.post(`/echo/${mall}`, good, { ...asOperator, 'x-forwarded-for': `10.0.0.${String(index)}` }),
    ),
  )
  t.is(answers.filter(({ status }) => status === 429).length, 2)
})

test('believes a forwarded address only from as many proxies as are configured', async (t) => {
  const env = { RATE_LIMIT_ADDRESS: '10' }
  const spoofed = (index: number) => ({ headers: { 'x-forwarded-for': `10.0.0.${String(index)}, 10.1.1.1` } })
  for (const [proxies, refused] of [
    ['0', 2],
    ['1', 2],
    ['2', 0],
  ] as const) {
    const { ask } = await serve(t, { ...env, TRUST_PROXY: proxies })
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => ask('/open', spoofed(index))))
    t.is(answers.filter(({ status }) => status === 429).length, refused, proxies)
  }
})

test('figures are for the token, or without one for this machine and nobody behind a proxy', async (t) => {
  const closed = await serve(t)
  t.is((await closed.ask('/monitored')).status, 401)
  t.is((await closed.ask('/monitored', { headers: asOperator })).status, 403)
  const bearer = { authorization: `Bearer ${'m'.repeat(16)}` }
  t.is((await closed.ask('/monitored', { headers: bearer })).status, 200)
  const local = await serve(t, { METRICS_TOKEN: '' })
  t.is((await local.ask('/monitored')).status, 200)
  t.is((await local.ask('/monitored', { headers: { 'x-forwarded-for': '10.0.0.1' } })).status, 401)
})

test('a public answer is revalidated by its tag', async (t) => {
  const { address } = await serve(t)
  const first = await plainGet(`${address}/open`, {})
  const etag = first.headers.etag ?? ''
  t.regex(etag, /^W\/"/)
  t.is(first.headers['cache-control'], 'no-cache')
  const again = await plainGet(`${address}/open`, { 'if-none-match': etag })
  t.deepEqual([again.status, again.size], [304, 0])
  t.is((await plainGet(`${address}/open`, { 'if-none-match': 'W/"other"' })).status, 200)
})

test('sends what was compressed once in the form the client takes', async (t) => {
  const { address } = await serve(t)
  const sent = async (accept: string) => {
    const { headers, size } = await plainGet(`${address}/large`, { 'accept-encoding': accept })
    return [headers['content-encoding'], size] as const
  }
  t.is((await sent('br, gzip'))[0], 'br')
  t.true((await sent('br, gzip'))[1] < 100)
  t.is((await sent('gzip'))[0], 'gzip')
  t.deepEqual(await sent('identity'), [undefined, 7000])
  t.deepEqual(await sent('gzip;q=0'), [undefined, 7000])
})

test('a page may load nothing from elsewhere, and Mapbox only when it is configured', async (t) => {
  const policyOf = async (env: Record<string, string>) => {
    const { ask } = await serve(t, env)
    return (await ask('/open')).headers
  }
  const plain = await policyOf({})
  const policy = plain.get('content-security-policy') ?? ''
  t.regex(policy, /script-src 'self';worker-src 'self' blob:/)
  t.notRegex(policy, /https:|unsafe-eval|upgrade-insecure/)
  t.is(plain.get('strict-transport-security'), null)
  t.is(plain.get('x-content-type-options'), 'nosniff')
  t.is(plain.get('x-powered-by'), null)
  const mapbox = await policyOf({ MAPBOX_TOKEN: 'pk.0123456789', PUBLIC_URL: 'https://mall.test' })
  t.regex(mapbox.get('content-security-policy') ?? '', /connect-src 'self' https:\/\/api\.mapbox\.com/)
  t.regex(mapbox.get('strict-transport-security') ?? '', /max-age/)
})

test('logs and counts requests by route template, and nothing a caller sent', async (t) => {
  const { ask, post, lines, registry } = await serve(t)
  await post(`/echo/${mall}?loud=yes`, good, { ...asOperator, 'user-agent': hush })
  await ask(`/${hush}?token=${hush}`, { headers: { cookie: hush } })
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  t.like(entries[0], { method: 'POST', route: '/echo/{venueId}', status: 200, roles: ['operator'] })
  t.like(entries[1], { method: 'GET', route: 'unknown', status: 404 })
  t.notRegex(lines.join(''), new RegExp(`${hush}|${mall}|127\\.0\\.0\\.1`))
  const figures = await registry.metrics()
  t.regex(
    figures,
    /atrium_http_request_seconds_count\{method="POST",route="\/echo\/\{venueId\}",status="200"\} 1/,
  )
  t.regex(figures, /atrium_http_problems_total\{problem="not-found"\} 1/)
  t.notRegex(figures, new RegExp(`${hush}|${mall}`))
})

test('two routes for one endpoint are found at the start', (t) => {
  const twice = [route(open, () => said('a')), route(open, () => said('b'))]
  t.throws(() => httpAppOf(twice), { message: /Two routes answer GET \/open/ })
})

function httpAppOf(some: readonly Route[]) {
  const config = readConfig({})
  if ('refused' in config) throw new Fault('server-error')
  return createHttpApp({
    config,
    log: createLog({ level: 'silent' }),
    registry: createMetricsRegistry(),
    newId: () => '',
    routes: some,
    services: {
      authenticate: () => Promise.resolve(undefined),
      transaction: () => Promise.reject(new Error('none')),
      clock: () => 0,
      requestHashKey: new Uint8Array(32),
    },
  })
}
