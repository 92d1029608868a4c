import test from 'ava'
import fc from 'fast-check'
import { endpoints, problemIdOf, roles } from './contract/index.ts'
import type { Role } from './contract/index.ts'
import type { OpenApiDocument, OpenApiOperation } from './contract/openapi.ts'
import { entities, migrations } from './schema.ts'
import { stopOnSignals } from './server.ts'
import { createLog } from './platform/log.ts'
import { databaseTests } from './testing/databases.ts'
import { sampleOf } from './testing/sample-of.ts'
import type { SchemaOfDocument } from './testing/sample-of.ts'
import { startTestServer } from './testing/test-server.ts'
import type { TestServer } from './testing/test-server.ts'

const onDatabases = databaseTests({ entities, migrations })

interface Operation {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly operation: OpenApiOperation
}

type Components = Readonly<Record<string, SchemaOfDocument>>

async function readDocument({ ask }: TestServer) {
  const document = (await ask('/openapi.json')).json as OpenApiDocument
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => {
      return { name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, operation }
    }),
  )
  return { operations, components: document.components.schemas as Components }
}

/** A request in its parts: path parameters, query and JSON body by name. */
interface Parts {
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
}

/** Parts that fit what the document asks for; `venueId` is that of a venue there is. */
function partsOf({ operation }: Operation, components: Components, { venueId }: TestServer): Parts {
  const named = (place: string) =>
    Object.fromEntries(
      operation.parameters
        .filter((one) => one.in === place && one.required)
        .map(({ name, schema }) => [
          name,
          name === 'venueId' ? venueId : String(sampleOf(schema, components)),
        ]),
    )
  const schema = operation.requestBody?.content['application/json']?.schema
  return { path: named('path'), query: named('query'), body: schema ? sampleOf(schema, components) : {} }
}

function send(server: TestServer, { method, path, operation }: Operation, parts: Parts, token?: string) {
  const [mediaType] = Object.keys(operation.requestBody?.content ?? {})
  const raw = typeof parts.body === 'string' ? parts.body : JSON.stringify(parts.body)
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(wellFormed(parts.path[name] ?? '')),
  )
  const query = Object.entries(parts.query).map(([name, value]) => [wellFormed(name), wellFormed(value)])
  return server.ask(`${filled}?${new URLSearchParams(query).toString()}`, {
    method,
    headers: {
      ...(mediaType === undefined ? {} : { 'content-type': mediaType }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: mediaType === undefined ? null : wellFormed(raw),
  })
}

/** Lone surrogates cannot travel in an address or a raw body; inside of JSON they do, escaped. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}

onDatabases(
  'lets every role call exactly the endpoints its policy names, and nobody the closed ones',
  async (t, database) => {
    const server = await startTestServer(t, database)
    const { operations, components } = await readDocument(server)
    const callers: readonly (Role | 'nobody')[] = ['nobody', ...roles]
    const tokens = new Map<Role, string>()
    let calls = 0
    for (const one of operations) {
      const allowed = one.operation.security[0]?.bearer
      const parts = partsOf(one, components, server)
      for (const caller of callers) {
        const token = caller === 'nobody' ? undefined : (tokens.get(caller) ?? (await server.tokenOf(caller)))
        const { status } = await send(server, one, parts, token)
        // Some commands end the session they are called with.
        if (one.method !== 'GET') tokens.clear()
        else if (caller !== 'nobody' && token !== undefined) tokens.set(caller, token)
        calls++
        const expected =
          allowed === undefined || (caller !== 'nobody' && allowed.includes(caller))
            ? 'in'
            : caller === 'nobody'
              ? 401
              : 403
        const got = status === 401 || status === 403 ? status : 'in'
        t.is(got, expected, `${one.name} as ${caller} (${String(status)})`)
        t.true(status < 500 || one.path === '/readyz', `${one.name} as ${caller}: ${String(status)}`)
      }
    }
    t.is(calls, endpoints.length * callers.length)
  },
)

onDatabases('serves what its document says, and documents what it serves', async (t, database) => {
  const server = await startTestServer(t, database)
  const { operations } = await readDocument(server)
  const documented = operations.map(({ name }) => name).sort()
  const names = (list: readonly { readonly method: string; readonly path: string }[]) =>
    list.map(({ method, path }) => `${method} ${path}`).sort()
  t.deepEqual(names(server.server.routes.map(({ endpoint }) => endpoint)), documented)
  t.deepEqual(names(endpoints), documented)
  for (const { method, path } of endpoints) {
    const { status, problem } = await server.ask(path.replaceAll(/\{\w+\}/g, 'x'), { method })
    const unknown = problem && ['not-found', 'method-not-allowed'].includes(problemIdOf(problem) ?? '')
    t.falsy(unknown, `${method} ${path}: ${String(status)}`)
  }
})

const nastyTexts = [
  '\u0000',
  'a\u0000b',
  '\ud800',
  '𝒜'.repeat(40),
  '__proto__',
  "' OR 1=1 --",
  '%00',
  '../..',
  '-1',
  '1e999',
  '9'.repeat(40),
  '['.repeat(5000),
]

onDatabases('nothing a caller sends makes the server fail', async (t, database) => {
  const server = await startTestServer(t, database)
  const { operations, components } = await readDocument(server)
  const token = await server.tokenOf('operator')
  const seen = new Set<string>()
  const check = async (one: Operation, parts: Parts) => {
    const { status, problem } = await send(server, one, parts, token)
    seen.add(problem?.type ?? 'answered')
    t.true(status < 500, `${one.name}: ${String(status)} for ${JSON.stringify(parts).slice(0, 300)}`)
  }
  // One of them would end the session of the test.
  for (const one of operations.filter(({ operation }) => operation.operationId !== 'endSession')) {
    const good = partsOf(one, components, server)
    for (const nasty of nastyTexts) {
      for (const { name, in: place } of one.operation.parameters) {
        if (place === 'path') await check(one, { ...good, path: { ...good.path, [name]: nasty } })
        if (place === 'query') await check(one, { ...good, query: { ...good.query, [name]: nasty } })
      }
      if (!one.operation.requestBody) continue
      await check(one, { ...good, body: nasty })
      for (const name of Object.keys(good.body as object)) {
        await check(one, { ...good, body: { ...(good.body as object), [name]: nasty } })
      }
    }
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.string({ unit: 'binary' })),
        fc.dictionary(fc.string(), fc.string({ unit: 'binary' }), { maxKeys: 3 }),
        (body, query) => check(one, { ...good, query, body }),
      ),
      { numRuns: 4, seed: 20261121 },
    )
  }
  t.deepEqual(
    ['answered', 'invalid-request', 'malformed-body'].filter(
      (id) => ![...seen].some((type) => type.endsWith(id)),
    ),
    [],
  )
})

onDatabases(
  'is ready when the database answers and the maps are loaded, and not while it stops',
  async (t, database) => {
    const { ask, server, venueId } = await startTestServer(t, database)
    t.deepEqual((await ask('/readyz')).json, {
      ready: true,
      checks: { database: 'ok', maps: 'ok', running: 'ok' },
    })
    t.true((await ask('/v1/venues')).text.includes(venueId))
    t.deepEqual((await ask('/healthz')).json, { alive: true })
    await server.stop()
    await t.throwsAsync(ask('/readyz'))
  },
)

onDatabases('a database that went away makes it not ready, and it stays alive', async (t, database) => {
  const away = { ...database, ping: () => Promise.reject(new Error('away')) }
  const { ask, lines } = await startTestServer(t, away)
  const { status, json } = await ask('/readyz')
  t.is(status, 503)
  t.like(json, { ready: false, checks: { database: 'failed', maps: 'ok' } })
  t.is((await ask('/healthz')).status, 200)
  const logged = lines.map((line) => JSON.parse(line) as { level: string; route?: string })
  t.deepEqual(
    logged.filter(({ route }) => route === '/readyz').map(({ level }) => level),
    ['info'],
  )
})

test('a first signal stops in order, a second one at once', async (t) => {
  const heard = new Map<string, () => void>()
  const exits: number[] = []
  const target = {
    on: (signal: string, listener: () => void) => heard.set(signal, listener),
    exit: (code: number) => exits.push(code),
  }
  let stopped: () => void = () => undefined
  const stop = () => new Promise<void>((resolve) => (stopped = resolve))
  stopOnSignals({ stop }, createLog({ level: 'silent' }), target as unknown as NodeJS.Process)
  heard.get('SIGTERM')?.()
  t.deepEqual(exits, [])
  heard.get('SIGINT')?.()
  t.deepEqual(exits, [1])
  stopped()
  await new Promise(setImmediate)
  t.deepEqual(exits, [1, 0])
})
