import type { z } from 'zod'
import type { generalProblems, ProblemId } from './problem.ts'

/** People who sign in with a username and a password. */
export const accountRoles = ['operator', 'staff', 'installer'] as const

/** What a device of a venue is: a screen, or another system such as a barrier, a camera or a till. */
export const deviceRoles = ['kiosk', 'system'] as const

/** Everyone an endpoint can be open to; `monitor` is the system that collects the metrics. */
export const roles = [...accountRoles, ...deviceRoles, 'shopper', 'monitor'] as const

export type AccountRole = (typeof accountRoles)[number]
export type DeviceRole = (typeof deviceRoles)[number]
export type Role = (typeof roles)[number]

/** A body that is not JSON: its media type, what it holds and the most bytes it may have. */
export interface RawContent {
  readonly mediaType: string
  readonly description: string
  readonly maxBytes: number
}

/** An answer without a body. */
export interface NoContent {
  readonly empty: true
}

/** How often one address may call an endpoint, beside the general limits. */
export interface RateLimit {
  readonly requests: number
  readonly windowS: number
}

export interface RequestSchemas {
  readonly params?: z.ZodObject<Readonly<Record<string, z.ZodType>>>
  readonly query?: z.ZodObject<Readonly<Record<string, z.ZodType>>>
  readonly body?: z.ZodType | RawContent
}

/**
 * One endpoint as the server serves it and a client calls it. Validation, policy, the OpenAPI document
 * and the types of both sides come from this value and from nowhere else.
 */
export interface Endpoint {
  /** Stable name in camel case: operation id, metric label, scope of idempotency keys. */
  readonly id: string
  /** Chapter of the document. */
  readonly tag: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With parameters in braces: `/v1/venues/{venueId}`. */
  readonly path: `/${string}`
  readonly summary: string
  readonly description?: string
  /** Who may call at all. `public` asks for no identity and looks at none. */
  readonly access: 'public' | readonly [Role, ...Role[]]
  readonly request: RequestSchemas
  /** Bodies by status; what is not listed cannot be answered. */
  readonly responses: Readonly<Record<number, z.ZodType | RawContent | NoContent>>
  /** Refusals of this endpoint beyond the general ones. */
  readonly problems?: readonly ProblemId[]
  readonly rateLimit?: RateLimit
  /** Takes an `Idempotency-Key`: the same key and request are carried out once. */
  readonly idempotent?: true
  /** Longest time to an answer in ms when the general one is too short. */
  readonly timeoutMs?: number
}

/** Keeps the exact type of an endpoint, so that both sides can derive theirs from it. */
export function defineEndpoint<const E extends Endpoint>(endpoint: E): E {
  return endpoint
}

/** True for a body that is not JSON. */
export function isRaw(content: z.ZodType | RawContent | NoContent): content is RawContent {
  return 'mediaType' in content
}

/** True for an answer without a body. */
export function isEmpty(content: z.ZodType | RawContent | NoContent): content is NoContent {
  return 'empty' in content
}

type SchemaIn<E extends Endpoint, Part extends keyof RequestSchemas> = E['request'][Part]

type Received<Schema> = Schema extends z.ZodType
  ? z.output<Schema>
  : Schema extends RawContent
    ? Uint8Array
    : undefined

/** What a handler gets: the request after validation, defaults filled in. */
export interface ReceivedBy<E extends Endpoint> {
  readonly params: Received<SchemaIn<E, 'params'>>
  readonly query: Received<SchemaIn<E, 'query'>>
  readonly body: Received<SchemaIn<E, 'body'>>
}

type Sent<Name extends string, Schema> = Schema extends z.ZodType
  ? object extends z.input<Schema>
    ? Readonly<Partial<Record<Name, z.input<Schema>>>>
    : Readonly<Record<Name, z.input<Schema>>>
  : Schema extends RawContent
    ? Readonly<Record<Name, Uint8Array>>
    : unknown

/** What a client has to give to call an endpoint; parts the endpoint does not take are absent. */
export type RequestOf<E extends Endpoint> = Sent<'params', SchemaIn<E, 'params'>> &
  Sent<'query', SchemaIn<E, 'query'>> &
  Sent<'body', SchemaIn<E, 'body'>>

type BodyGot<Content> = Content extends z.ZodType
  ? z.output<Content>
  : Content extends RawContent
    ? Uint8Array
    : undefined

/** What a client gets from an endpoint when nothing stood in the way. */
export type ResponseOf<E extends Endpoint> = {
  [Status in keyof E['responses']]: BodyGot<E['responses'][Status]>
}[keyof E['responses']]

type Headers = Readonly<Record<string, string>>

/** Content compressed once and sent many times; `br` and `gzip` where they make it smaller. */
export interface EncodedContent {
  readonly identity: Uint8Array
  readonly br?: Uint8Array
  readonly gzip?: Uint8Array
}

/** A body that is not JSON, plain or with its compressed forms. */
export type RawBody = Uint8Array | string | EncodedContent

/** What a schema takes, made read-only throughout: a presenter may hand on what it must not change. */
export type Immutable<T> = T extends string | number | boolean | null | undefined
  ? T
  : unknown extends T
    ? T
    : { readonly [Key in keyof T]: Immutable<T[Key]> }

type Reply<Status, Content> = Content extends z.ZodType
  ? { readonly status: Status; readonly body: Immutable<z.input<Content>>; readonly headers?: Headers }
  : Content extends RawContent
    ? { readonly status: Status; readonly body: RawBody; readonly headers?: Headers }
    : { readonly status: Status; readonly headers?: Headers }

type Declared<E extends Endpoint> = E['problems'] extends readonly ProblemId[] ? E['problems'][number] : never

/** An expected refusal: a word of the endpoint's list, what a person can do, and the facts behind it. */
export interface Refusal<Id extends ProblemId = ProblemId> {
  readonly refused: Id
  readonly detail?: string
  readonly facts?: Readonly<Record<string, unknown>>
}

/** What a handler may answer: one of the declared bodies, or one of the declared refusals. */
export type ReplyOf<E extends Endpoint> =
  | { [Status in keyof E['responses']]: Reply<Status, E['responses'][Status]> }[keyof E['responses']]
  | Refusal<Declared<E> | (typeof generalProblems)[number]>
