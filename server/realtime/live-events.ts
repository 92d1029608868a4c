import { z } from 'zod'
import type { Json } from '../../maps/model/index.ts'
import { liveRequests } from '../contract/realtime.contract.ts'
import type { LiveAnswer, LiveNamespace, LiveRefusal } from '../contract/realtime.contract.ts'
import type { Identity } from '../http/index.ts'
import type { LiveSocket } from './live-socket.ts'

/** What a subject does with an event of a shopper; what it resolves with is the acknowledgement. */
export type EventHandler<Payload> = (visitor: Identity, payload: Payload) => Promise<Json>

interface OwnEvent {
  readonly namespace: LiveNamespace
  readonly schema: z.ZodType
  readonly handler: EventHandler<unknown>
}

/** What the server's own events do; all that arrives here is validated and within the limits. */
export interface CoreEvents {
  follow(socket: LiveSocket, request: z.output<(typeof liveRequests)['follow']>): LiveAnswer
  resync(socket: LiveSocket, request: z.output<(typeof liveRequests)['resync']>): LiveAnswer
  unfollow(socket: LiveSocket, request: z.output<(typeof liveRequests)['unfollow']>): LiveAnswer
  renew(socket: LiveSocket, request: z.output<(typeof liveRequests)['renew']>): Promise<LiveAnswer>
}

/** The events that clients may send. */
export interface LiveEvents {
  /** Adds an event of a subject. @throws when the name is taken */
  add<Payload>(
    namespace: LiveNamespace,
    name: string,
    schema: z.ZodType<Payload>,
    handler: EventHandler<Payload>,
  ): void
  /** Carries out one message. A fault of a handler rejects; everything else is an answer. */
  answer(socket: LiveSocket, name: unknown, payload: unknown): Promise<LiveAnswer>
}

export function refuse(reason: LiveRefusal, detail?: string): LiveAnswer {
  return { refused: reason, ...(detail === undefined ? {} : { detail }) }
}

/** Messages of one connection that may be carried out at once. */
const maxUnderWay = 8

export function createLiveEvents(core: CoreEvents): LiveEvents {
  const own = new Map<string, OwnEvent>()
  return {
    add(namespace, name, schema, handler) {
      if (own.has(`${namespace} ${name}`) || name in liveRequests) {
        throw new Error(`Two handlers for the event ${name} of ${namespace}.`)
      }
      // Its own type is forgotten here; validation sees to it that the payload fits.
      own.set(`${namespace} ${name}`, { namespace, schema, handler: handler as EventHandler<unknown> })
    },
    async answer(socket, name, payload) {
      if (typeof name !== 'string') return refuse('invalid-request', 'expected the name of an event')
      const { state } = socket.data
      if (state.underWay >= maxUnderWay) return refuse('busy', 'wait for the answers to earlier messages')
      state.underWay++
      try {
        return (
          (await answerCore(core, socket, { name, payload })) ??
          (await answerOwn(own, socket, { name, payload }))
        )
      } finally {
        state.underWay--
      }
    },
  }
}

interface Message {
  readonly name: string
  readonly payload: unknown
}

async function answerCore(
  core: CoreEvents,
  socket: LiveSocket,
  { name, payload }: Message,
): Promise<LiveAnswer | undefined> {
  switch (name) {
    case 'follow':
      return within(liveRequests.follow, payload, (request) => core.follow(socket, request))
    case 'resync':
      return within(liveRequests.resync, payload, (request) => core.resync(socket, request))
    case 'unfollow':
      return within(liveRequests.unfollow, payload, (request) => core.unfollow(socket, request))
    case 'renew':
      return within(liveRequests.renew, payload, (request) => core.renew(socket, request))
    default:
      return undefined
  }
}

async function answerOwn(
  own: ReadonlyMap<string, OwnEvent>,
  socket: LiveSocket,
  { name, payload }: Message,
): Promise<LiveAnswer> {
  const { state } = socket.data
  const event = own.get(`${state.namespace} ${name}`)
  if (!event) return refuse('unknown-event')
  return within(event.schema, payload, async (request) => ({
    ok: true,
    result: await event.handler(state.identity, request),
  }))
}

/** Most faults named in an answer. */
const maxFaults = 5

async function within<Schema extends z.ZodType>(
  schema: Schema,
  payload: unknown,
  work: (request: z.output<Schema>) => LiveAnswer | Promise<LiveAnswer>,
): Promise<LiveAnswer> {
  const parsed = schema.safeParse(payload)
  if (parsed.success) return work(parsed.data)
  const faults = parsed.error.issues
    .slice(0, maxFaults)
    .map(({ path, message }) => `${path.map(String).join('.').slice(0, 100)}: ${message}`)
  return refuse('invalid-request', faults.join('; ').slice(0, 500))
}
