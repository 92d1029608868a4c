import { Validator } from '@seriousme/openapi-schema-validator'
import test from 'ava'
import { z } from 'zod'
import { accountRoles, defineEndpoint, endpoints, pathOf, problems } from './index.ts'
import { openApiDocument, problemsOf } from './openapi.ts'

const document = openApiDocument({ version: '1.2.3', serverUrl: '/', endpoints })

test('is an OpenAPI 3.1 document by the official schema', async (t) => {
  const result = await new Validator().validate(JSON.stringify(document, null, 1))
  t.deepEqual(result.errors ?? [], [])
  t.true(result.valid)
})

test('leaves no reference that leads nowhere', (t) => {
  const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? []
  t.true(references.length > 20)
  for (const reference of new Set(references)) {
    const [, kind = '', name = ''] = /#\/components\/(\w+)\/([^"]+)/.exec(reference) ?? []
    const components: Readonly<Record<string, Readonly<Record<string, unknown>>>> = document.components
    t.truthy(components[kind]?.[name], reference)
  }
})

test('holds every endpoint once, with its own path and method, name and roles', (t) => {
  t.is(new Set(endpoints.map(({ id }) => id)).size, endpoints.length)
  t.is(new Set(endpoints.map(({ method, path }) => `${method} ${path}`)).size, endpoints.length)
  for (const endpoint of endpoints) {
    const operation = document.paths[endpoint.path]?.[endpoint.method.toLowerCase()]
    t.is(operation?.operationId, endpoint.id)
    t.deepEqual(
      operation?.security,
      endpoint.access === 'public' ? [] : [{ bearer: endpoint.access }],
      endpoint.id,
    )
  }
})

test('names every path parameter in the schema and every schema parameter in the path', (t) => {
  for (const { id, path, request } of endpoints) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    t.deepEqual(Object.keys(request.params?.shape ?? {}).sort(), inPath.sort(), id)
  }
})

test('says which query parameters may be left out and what stands in for them', (t) => {
  const parameters = document.paths['/v1/venues/{venueId}/search']?.get?.parameters ?? []
  const limit = parameters.find(({ name }) => name === 'limit')
  t.false(limit?.required)
  t.like(limit?.schema, { type: 'integer', minimum: 1, maximum: 100, default: 20 })
  t.true(parameters.find(({ name }) => name === 'venueId')?.required)
})

test('documents the problems an endpoint brings along by its parts', (t) => {
  const closed = defineEndpoint({
    id: 'x',
    tag: 'X',
    method: 'POST',
    path: '/x',
    summary: '',
    access: accountRoles,
    request: { body: z.strictObject({}) },
    responses: { 204: { empty: true } },
    idempotent: true,
  })
  const ids = problemsOf(closed)
  for (const id of ['unauthenticated', 'forbidden', 'body-too-large', 'idempotency-key-reused'] as const) {
    t.true(ids.includes(id), id)
  }
  for (const id of ids) t.true(problems[id].status >= 400)
})

test('refuses two schemas of one name', (t) => {
  const endpoint = (id: string, schema: z.ZodType) =>
    defineEndpoint({
      id,
      tag: 'X',
      method: 'GET',
      path: `/${id}`,
      summary: '',
      access: 'public',
      request: {},
      responses: { 200: schema.meta({ id: 'TwiceUsed' }) },
    })
  const first = openApiDocument({ version: '1', serverUrl: '/', endpoints: [endpoint('a', z.string())] })
  t.deepEqual(first.components.schemas.TwiceUsed, { type: 'string' })
  t.throws(
    () =>
      openApiDocument({
        version: '1',
        serverUrl: '/',
        endpoints: [endpoint('a', z.string()), endpoint('b', z.number())],
      }),
    { message: /TwiceUsed/ },
  )
})

test('encodes what goes into a path', (t) => {
  t.is(pathOf('/a/{x}/{y}.json', { x: 'ü/..', y: 1 }), '/a/%C3%BC%2F../1.json')
})
