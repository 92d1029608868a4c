import { z } from 'zod'
import type { Json } from '../../maps/model/index.ts'

/**
 * The live side of the API: what travels over Socket.IO 4 (WebSocket only, path `/socket.io/`), beside the
 * HTTP endpoints of the other contracts. A client gives its bearer token as `auth.token`, follows streams by
 * name and keeps each with `stream-follower.ts`.
 */

/** Who comes in where: a namespace for each kind of client. */
export const liveNamespaces = {
  shopper: '/v1/shopper',
  kiosk: '/v1/kiosk',
  staff: '/v1/staff',
  console: '/v1/console',
} as const

export type LiveNamespace = keyof typeof liveNamespaces

/** Limits of one connection that a client should know. */
export const liveLimits = {
  /** Largest message to the server, bytes; a larger one ends the connection. */
  messageBytes: 64 * 1024,
  /** Messages a second in the long run, and how many may come at once after a pause. */
  messagesPerS: 20,
  burst: 40,
  /** Streams one connection may follow. */
  streams: 32,
  /** A connection that named no good token after this is ended. */
  authenticateMs: 5_000,
  /** Frames of one stream a second. */
  framesPerS: 5,
  /** A stream in which nothing happens says so this often: a client knows how old its state can be. */
  beatMs: 10_000,
} as const

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

/**
 * Name of a stream: `visitor:ID`, `mall:VENUE`, `floor:VENUE`, `console:VENUE`, `kiosk:ID`, `shop:VENUE:UNIT`.
 * `mall:VENUE` is what a shopper's phone follows: `floor:VENUE` without the counts of people, which change every second.
 */
export const streamName = z
  .string()
  .regex(
    new RegExp(
      `^(?:visitor:${uuid}|mall:${uuid}|floor:${uuid}|console:${uuid}|kiosk:${uuid}|shop:${uuid}:${uuid})$`,
    ),
    {
      error:
        'expected visitor:ID, mall:VENUE, floor:VENUE, console:VENUE, kiosk:ID or shop:VENUE:UNIT, with lower-case ids',
    },
  )
  .meta({ description: 'Name of a stream' })

const json: z.ZodType<Json> = z.json()
const entries = z.record(z.string().min(1).max(200), json)
const head = {
  stream: z.string().max(120),
  /** Names one life of the stream on one node: numbers of another one mean nothing here. */
  epoch: z.string().max(64),
  seq: z.int().min(0),
  /** When the server said it, epoch ms by its clock. */
  atMs: z.int().min(0),
}

/**
 * What the server sends of a stream, as event `frame`. A stream is a map from keys to JSON values. `snapshot`
 * is all of it at `seq`; `delta` leads from `seq - 1` to `seq`; `beat` says that `seq` is still the last.
 */
export const liveFrame = z.discriminatedUnion('kind', [
  z.strictObject({ ...head, kind: z.literal('snapshot'), data: entries }),
  z.strictObject({
    ...head,
    kind: z.literal('delta'),
    data: z.strictObject({
      set: entries.exactOptional(),
      gone: z.array(z.string().min(1).max(200)).exactOptional(),
    }),
  }),
  z.strictObject({ ...head, kind: z.literal('beat') }),
])

/** Why the server did not do what a message asked. */
export const liveRefusals = [
  'unauthenticated',
  'forbidden',
  'invalid-request',
  'unknown-event',
  'too-many-requests',
  'too-many-streams',
  'busy',
] as const

/** The answer to every message of a client; an event's own answer stands in `result`. */
export const liveAnswer = z.union([
  z.strictObject({ ok: z.literal(true), result: json.exactOptional() }),
  z.strictObject({ refused: z.enum(liveRefusals), detail: z.string().exactOptional() }),
])

/** Begins to follow a stream. Who names the last frame it has gets no snapshot when nothing was missed. */
export const followRequest = z.strictObject({
  stream: streamName,
  epoch: head.epoch.exactOptional(),
  seq: head.seq.exactOptional(),
})

/** Asks for a snapshot of a stream one follows already: something was missed. */
export const resyncRequest = z.strictObject({ stream: streamName })

export const unfollowRequest = z.strictObject({ stream: streamName })

/** A fresh token of the same identity, before the old one ends. */
export const renewRequest = z.strictObject({ token: z.string().min(1).max(1024) })

/**
 * The last message of the server before it ends the connection, as event `bye`. `retryMs`: come again after
 * this long; it differs from client to client, so that not all come at once. Without it come again only with
 * a new token.
 */
export const byeMessage = z.strictObject({
  reason: z.enum(['server-stops', 'token-ended', 'too-many-connections', 'too-slow', 'flood']),
  retryMs: z.int().min(0).exactOptional(),
})

/** Events a client of any namespace may send; each is answered with {@link liveAnswer}. */
export const liveRequests = {
  follow: followRequest,
  resync: resyncRequest,
  unfollow: unfollowRequest,
  renew: renewRequest,
} as const

export type LiveFrame = z.output<typeof liveFrame>
export type LiveAnswer = z.output<typeof liveAnswer>
export type LiveRefusal = (typeof liveRefusals)[number]
export type FollowRequest = z.output<typeof followRequest>
export type ByeMessage = z.output<typeof byeMessage>
