import { z } from 'zod'
import type { Endpoint, RequestSchemas } from './endpoint.ts'
import { isEmpty, isRaw } from './endpoint.ts'
import { generalProblems, problemDocument, problems, problemType } from './problem.ts'
import type { ProblemId } from './problem.ts'

type JsonSchema = Record<string, unknown>

/** The members of an OpenAPI 3.1 document that we write. Source: OpenAPI Specification 3.1.1. */
export interface OpenApiDocument {
  readonly openapi: '3.1.1'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly securitySchemes: Readonly<Record<string, JsonSchema>>
    readonly responses: Readonly<Record<string, unknown>>
  }
}

export interface OpenApiOperation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  /** Empty for a public endpoint; otherwise one requirement that lists the roles it is open to. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters: readonly OpenApiParameter[]
  readonly requestBody?: {
    readonly required: true
    readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>
  }
  readonly responses: Readonly<Record<string, unknown>>
}

export interface OpenApiParameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string
  readonly schema: JsonSchema
}

/** Name of the one security scheme; its list of roles is what OpenAPI 3.1 allows for bearer tokens. */
export const bearerScheme = 'bearer'

/**
 * The OpenAPI 3.1 document of the endpoints given. Schemas with an id become components.
 * @throws when two different schemas share an id, which is a mistake in the contract.
 */
export function openApiDocument(options: {
  readonly version: string
  readonly serverUrl: string
  readonly endpoints: readonly Endpoint[]
}): OpenApiDocument {
  const schemas = new SchemaBook()
  const problem = schemas.schemaOf(problemDocument, 'output')
  const paths: Record<string, Record<string, OpenApiOperation>> = {}
  for (const endpoint of options.endpoints) {
    const operations = (paths[endpoint.path] ??= {})
    operations[endpoint.method.toLowerCase()] = operationOf(endpoint, schemas)
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Atrium',
      version: options.version,
      description:
        'Indoor location and in-mall experience. Whatever is not the answer asked for is a problem ' +
        'document (RFC 9457) whose `type` ends in a word that never changes. Times are epoch milliseconds, ' +
        'coordinates metres in the frame of a level or WGS 84 degrees.',
    },
    servers: [{ url: options.serverUrl }],
    tags: [...new Set(options.endpoints.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.components,
      securitySchemes: {
        [bearerScheme]: {
          type: 'http',
          scheme: 'bearer',
          description:
            'Session token (POST /v1/sessions), kiosk token (POST /v1/venues/{venueId}/devices), ' +
            'shopper token (POST /v1/visitors) or METRICS_TOKEN. The list beside it names the roles.',
        },
      },
      responses: Object.fromEntries(
        Object.entries(problems).map(([id, { title }]) => [
          id,
          { description: title, content: { 'application/problem+json': { schema: problem } } },
        ]),
      ),
    },
  }
}

function operationOf(endpoint: Endpoint, schemas: SchemaBook): OpenApiOperation {
  const { body } = endpoint.request
  return {
    operationId: endpoint.id,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    description: [endpoint.description, openTo(endpoint)].filter(Boolean).join('\n\n'),
    security: endpoint.access === 'public' ? [] : [{ [bearerScheme]: endpoint.access }],
    parameters: parametersOf(endpoint, schemas),
    ...(body && {
      requestBody: {
        required: true,
        content: isRaw(body)
          ? { [body.mediaType]: { schema: {} } }
          : { 'application/json': { schema: schemas.schemaOf(body, 'input') } },
      },
    }),
    responses: { ...answersOf(endpoint, schemas), ...problemAnswersOf(endpoint) },
  }
}

/** The page shows a lock and not the roles behind it, so the text names them. */
function openTo({ access }: Endpoint): string {
  return access === 'public' ? 'Open to everyone.' : `Open to ${access.join(', ')}.`
}

function parametersOf({ request, idempotent }: Endpoint, schemas: SchemaBook): OpenApiParameter[] {
  const named = (place: 'path' | 'query', schema: RequestSchemas['query']): OpenApiParameter[] =>
    Object.entries(schema?.shape ?? {}).map(([name, value]) => {
      const json = schemas.schemaOf(z.strictObject({ [name]: value }), 'input')
      const properties = json.properties as Readonly<Record<string, JsonSchema>>
      const { description, ...rest } = properties[name] ?? {}
      return {
        name,
        in: place,
        required: place === 'path' || json.required !== undefined,
        ...(typeof description === 'string' ? { description } : {}),
        schema: rest,
      }
    })
  return [
    ...named('path', request.params),
    ...named('query', request.query),
    ...(idempotent ? [idempotencyKeyParameter] : []),
  ]
}

const idempotencyKeyParameter: OpenApiParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key with the same request is carried out once and answered alike for a day.',
  schema: { type: 'string', minLength: 1, maxLength: 128 },
}

function answersOf({ responses }: Endpoint, schemas: SchemaBook): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(responses).map(([status, content]) => {
      if (isEmpty(content)) return [status, { description: 'Done' }]
      if (isRaw(content)) {
        return [
          status,
          { description: content.description, content: { [content.mediaType]: { schema: {} } } },
        ]
      }
      const schema = schemas.schemaOf(content, 'output')
      return [status, { description: 'Answer', content: { 'application/json': { schema } } }]
    }),
  )
}

/** Problems by status; of several with one status the document says which words may come. */
function problemAnswersOf(endpoint: Endpoint): Record<string, unknown> {
  const byStatus = new Map<number, ProblemId[]>()
  for (const id of problemsOf(endpoint)) {
    const { status } = problems[id]
    if (status in endpoint.responses) continue
    byStatus.set(status, [...(byStatus.get(status) ?? []), id])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, ids]) => [
      String(status),
      ids.length === 1
        ? { $ref: `#/components/responses/${ids[0]!}` }
        : {
            description: ids.map((id) => `${problems[id].title} (${problemType(id)})`).join('; '),
            content: {
              'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
            },
          },
    ]),
  )
}

/** Every problem an endpoint may answer with: its own, the general ones and those its parts bring along. */
export function problemsOf(endpoint: Endpoint): readonly ProblemId[] {
  const ids = new Set<ProblemId>([...generalProblems, ...(endpoint.problems ?? [])])
  if (Object.keys(endpoint.request).length === 0) ids.delete('invalid-request')
  if (endpoint.access !== 'public') ids.add('unauthenticated').add('forbidden')
  if (endpoint.request.body) {
    ids.add('malformed-body').add('body-too-large').add('unsupported-media-type').add('request-timeout')
  }
  if (endpoint.idempotent) ids.add('idempotency-key-reused')
  return [...ids]
}

/** Turns zod schemas into JSON Schema 2020-12 and collects those with an id as components. */
class SchemaBook {
  readonly components: Record<string, JsonSchema> = {}

  schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const json = pointed(z.toJSONSchema(schema, { io, target: 'draft-2020-12' }))
    const definitions = (json.$defs ?? {}) as Readonly<Record<string, JsonSchema>>
    for (const [id, definition] of Object.entries(definitions)) this.#add(id, definition)
    const id = json.id
    if (typeof id !== 'string') return without(json, '$schema', '$defs')
    this.#add(id, json)
    return { $ref: `#/components/schemas/${id}` }
  }

  #add(id: string, definition: JsonSchema): void {
    const schema = without(definition, 'id', '$schema', '$defs')
    const known = this.components[id]
    if (known && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(`Two different schemas of the contract are called ${id}: rename one.`)
    }
    this.components[id] = schema
  }
}

function without(schema: JsonSchema, ...members: string[]): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !members.includes(name)))
}

/** A copy in which references point into the document's components. */
function pointed(schema: object): JsonSchema {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')
  return JSON.parse(text) as JsonSchema
}
