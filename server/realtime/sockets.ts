import type { IncomingMessage, Server as HttpServer } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { Server } from 'socket.io'
import { liveLimits, liveNamespaces } from '../contract/realtime.contract.ts'
import type { ByeMessage, LiveAnswer, LiveNamespace } from '../contract/realtime.contract.ts'
import { addressGroup, createRateLimits } from '../http/index.ts'
import type { Authenticate, Identity } from '../http/index.ts'
import type { Config } from '../platform/config.ts'
import type { Log } from '../platform/log.ts'
import { admitSocket } from './admit-socket.ts'
import { mayEnter, mayFollow } from './follow.policy.ts'
import { createLiveEvents, refuse } from './live-events.ts'
import type { LiveEvents } from './live-events.ts'
import type { LiveMetrics } from './live-metrics.ts'
import { rooms } from './live-socket.ts'
import type { LiveServer, LiveSocket } from './live-socket.ts'
import type { Followers, LiveStreams } from './live-streams.ts'
import type { Nodes } from './nodes.ts'

/** Connections of this node at once. */
const maxSockets = 20_000
/** Connections of one identity on one node; the oldest makes room for a further one. */
const maxOfIdentity = { visitor: 4, device: 8, account: 16, monitor: 0 } as const
/** A token is looked at again this often: what was revoked or has expired ends within this. */
const checkTokensMs = 30_000
/** Messages that wait for a slow client; beyond that it is better off with a new snapshot. */
const maxWaiting = 256
/** Messages above the limit after which a connection is ended. */
const maxFlood = 200
/** Clients that are told to come again do so spread over this. */
const comeAgainMs = { first: 500, last: 5_000 }

export interface Sockets {
  readonly followers: Followers
  readonly events: LiveEvents
  /** Connections by namespace. */
  counts(): Record<LiveNamespace, number>
  readonly attach: (server: HttpServer) => void
  readonly endConnections: (identity: Pick<Identity, 'kind' | 'id'>) => void
  /** Tells everyone and ends all connections; no new ones come in. */
  readonly stop: (graceMs: number) => Promise<void>
  /** Gives back what holds the other nodes. */
  readonly close: () => Promise<void>
}

interface SocketsOptions {
  readonly config: Pick<Config, 'rateLimit' | 'trustProxy'>
  readonly authenticate: Authenticate
  readonly metrics: LiveMetrics
  readonly log: Log
  readonly adapter: Nodes['adapter']
  /** False for a stream of something that does not exist: nobody opens as many as they can name. */
  readonly isThere: (stream: string) => boolean
  readonly streams: () => LiveStreams
}

const namespaces = Object.keys(liveNamespaces) as LiveNamespace[]

/** The connections of this node: who may come in, what they may send, and what they are sent. */
export function createSockets(options: SocketsOptions): Sockets {
  const { authenticate, metrics, log, streams } = options
  let stopping = false
  const underlying = new Set<Duplex>()
  const io: LiveServer = new Server({
    // One transport: no node needs to remember who polls it, and HTTP is there for who cannot.
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: liveLimits.messageBytes,
    connectTimeout: liveLimits.authenticateMs,
    allowRequest: createDoor({ ...options, full: () => stopping || io.engine.clientsCount >= maxSockets }),
    ...(options.adapter ? { adapter: options.adapter } : {}),
  })
  // Nobody lives in the default namespace.
  io.use((_socket, next) => {
    next(refusal('forbidden'))
  })
  const events = createLiveEvents({
    follow(socket, { stream, epoch, seq }) {
      const { identity, namespace } = socket.data.state
      if (!mayFollow(identity, namespace, stream) || !options.isThere(stream)) return refuse('forbidden')
      if (!follows(socket, stream) && followed(socket).length >= liveLimits.streams) {
        return refuse('too-many-streams', `at most ${String(liveLimits.streams)}`)
      }
      const open = streams().open(stream)
      if (!open) return refuse('busy')
      if (isAt(open.current, { epoch, seq })) {
        void socket.leave(rooms.waiting(stream))
        void socket.join(rooms.current(stream))
        const beat = streams().beat(stream)
        if (beat) socket.emit('frame', beat)
      } else wait(socket, stream)
      return { ok: true }
    },
    resync(socket, { stream }) {
      if (!follows(socket, stream)) return refuse('forbidden', 'follow the stream first')
      wait(socket, stream)
      return { ok: true }
    },
    unfollow(socket, { stream }) {
      unfollow(socket, stream)
      return { ok: true }
    },
    async renew(socket, { token }) {
      const identity = await authenticate(token)
      const { state } = socket.data
      if (identity?.id !== state.identity.id || identity.kind !== state.identity.kind) {
        return refuse('unauthenticated', 'expected a token of the same identity')
      }
      Object.assign(state, { identity, token })
      return { ok: true }
    },
  })

  function wait(socket: LiveSocket, stream: string): void {
    void socket.leave(rooms.current(stream))
    void socket.join(rooms.waiting(stream))
    streams().wait(stream)
  }

  for (const name of namespaces) {
    const namespace = io.of(liveNamespaces[name])
    namespace.use((socket, next) => {
      admitSocket(authenticate, name, socket.handshake.auth).then(
        (admitted) => {
          if (!('refused' in admitted)) {
            socket.data.state = admitted
            next()
            return
          }
          metrics.refusals.inc({ reason: admitted.refused })
          next(refusal(admitted.refused))
          // Whoever has no good token gets no second try on this connection.
          setImmediate(() => {
            socket.conn.close()
          })
        },
        (error: unknown) => {
          log.error({ err: error }, 'a connection could not be authenticated')
          next(refusal('busy'))
        },
      )
    })
    namespace.on('connection', (socket) => {
      welcome(socket)
    })
  }

  function welcome(socket: LiveSocket): void {
    const { identity, namespace } = socket.data.state
    void socket.join(rooms.identity(identity))
    makeRoom(socket)
    socket.use(([name, ...rest]: unknown[]) => {
      // Never passed on: no event has a listener of its own.
      const acknowledge = rest.at(-1)
      void answer(socket, name, rest[0]).then((given) => {
        if (typeof acknowledge === 'function') (acknowledge as (answer: LiveAnswer) => void)(given)
      })
    })
    socket.on('disconnect', (reason) => {
      metrics.ended.inc({ reason: reason.replaceAll(' ', '-') })
    })
    log.debug({ namespace, kind: identity.kind }, 'connected')
  }

  async function answer(socket: LiveSocket, name: unknown, payload: unknown): Promise<LiveAnswer> {
    const { state } = socket.data
    if (!state.bucket.take(performance.now())) {
      metrics.refusals.inc({ reason: 'too-many-requests' })
      if (++state.flooded === maxFlood) end(socket, { reason: 'flood' })
      return refuse('too-many-requests', `at most ${String(liveLimits.messagesPerS)} messages a second`)
    }
    // Most of a flood is refused even while some of it gets through.
    state.flooded = Math.max(0, state.flooded - 1)
    try {
      const given = await events.answer(socket, name, payload)
      if ('refused' in given) metrics.refusals.inc({ reason: given.refused })
      return given
    } catch (error) {
      log.error({ err: error, event: typeof name === 'string' ? name.slice(0, 40) : '' }, 'an event failed')
      metrics.refusals.inc({ reason: 'failed' })
      return refuse('busy', 'the server made a mistake; try again')
    }
  }

  /** The oldest connection of an identity goes when there are too many: a phone that lost its network. */
  function makeRoom(newest: LiveSocket): void {
    const { identity, namespace: name } = newest.data.state
    const namespace = io.of(liveNamespaces[name])
    const ids = namespace.adapter.rooms.get(rooms.identity(identity)) ?? new Set<string>()
    if (ids.size <= maxOfIdentity[identity.kind]) return
    const all = [...ids].flatMap((id) => namespace.sockets.get(id) ?? [])
    const oldest = all.sort((one, other) => one.data.state.since - other.data.state.since)[0]
    if (oldest) end(oldest, { reason: 'too-many-connections' })
  }

  function end(socket: LiveSocket, message: ByeMessage): void {
    metrics.refusals.inc({ reason: message.reason })
    socket.emit('bye', message)
    socket.disconnect(true)
  }

  const checking = setInterval(() => {
    void checkTokens()
  }, checkTokensMs)
  checking.unref()

  async function checkTokens(): Promise<void> {
    for (const name of namespaces) {
      for (const socket of io.of(liveNamespaces[name]).sockets.values()) {
        try {
          await checkToken(socket)
        } catch (error) {
          // The database is away: whoever is in stays in.
          log.warn({ err: error }, 'tokens of connections could not be looked at again')
          return
        }
      }
    }
  }

  async function checkToken(socket: LiveSocket): Promise<void> {
    const { state } = socket.data
    const { token } = state
    const identity = await authenticate(token)
    // Renewed in the meantime.
    if (state.token !== token || !socket.connected) return
    if (!identity || !mayEnter(identity, state.namespace)) {
      end(socket, { reason: 'token-ended' })
      return
    }
    state.identity = identity
    for (const stream of followed(socket)) {
      if (!mayFollow(identity, state.namespace, stream)) unfollow(socket, stream)
    }
  }

  return {
    events,
    counts: () =>
      Object.fromEntries(
        namespaces.map((name) => [name, io.of(liveNamespaces[name]).sockets.size]),
      ) as Record<LiveNamespace, number>,
    followers: {
      send(stream, audience, frame) {
        metrics.frames.inc({ kind: frame.kind })
        const room = rooms[audience](stream)
        for (const name of namespaces) {
          const namespace = io.of(liveNamespaces[name])
          if (namespace.adapter.rooms.has(room)) namespace.local.to(room).emit('frame', frame)
        }
      },
      settle(stream) {
        for (const name of namespaces) {
          io.of(liveNamespaces[name]).local.in(rooms.waiting(stream)).socketsJoin(rooms.current(stream))
          io.of(liveNamespaces[name]).local.in(rooms.waiting(stream)).socketsLeave(rooms.waiting(stream))
        }
      },
      any: (stream) =>
        namespaces.some((name) => {
          const { rooms: known } = io.of(liveNamespaces[name]).adapter
          return known.has(rooms.current(stream)) || known.has(rooms.waiting(stream))
        }),
    },
    attach(server) {
      server.on('upgrade', (_request: IncomingMessage, socket: Duplex) => {
        underlying.add(socket)
        socket.once('close', () => {
          underlying.delete(socket)
        })
      })
      io.attach(server)
      io.engine.on('connection', (connection: EngineConnection) => {
        watchConnection(connection, metrics)
      })
    },
    endConnections(identity) {
      for (const name of namespaces) {
        io.of(liveNamespaces[name]).in(rooms.identity(identity)).disconnectSockets(true)
      }
    },
    async stop(graceMs) {
      stopping = true
      clearInterval(checking)
      const spanMs = comeAgainMs.last - comeAgainMs.first
      for (const name of namespaces) {
        for (const socket of io.of(liveNamespaces[name]).sockets.values()) {
          const retryMs = Math.round(comeAgainMs.first + Math.random() * spanMs)
          socket.emit('bye', { reason: 'server-stops', retryMs })
          socket.disconnect(true)
        }
      }
      // A client that does not answer the closing handshake must not hold the server up.
      const untilMs = performance.now() + graceMs / 2
      while (underlying.size > 0 && performance.now() < untilMs) await delay(20)
      for (const socket of underlying) socket.destroy()
    },
    async close() {
      for (const path of ['/', ...Object.values(liveNamespaces)]) await io.of(path).adapter.close()
    },
  }
}

/** True when a client that names its last frame has missed nothing. */
function isAt(
  current: { readonly epoch: string; readonly seq: number } | undefined,
  has: { readonly epoch: string | undefined; readonly seq: number | undefined },
): boolean {
  if (!current) return false
  return current.epoch === has.epoch && current.seq === has.seq
}

function followed(socket: LiveSocket): string[] {
  return [...socket.rooms].flatMap((room) => /^(?:current|waiting):(.+)$/.exec(room)?.[1] ?? [])
}

function follows(socket: LiveSocket, stream: string): boolean {
  return socket.rooms.has(rooms.current(stream)) || socket.rooms.has(rooms.waiting(stream))
}

function unfollow(socket: LiveSocket, stream: string): void {
  void socket.leave(rooms.current(stream))
  void socket.leave(rooms.waiting(stream))
}

/** As Socket.IO carries it to the client: `connect_error` with the reason as message and data. */
function refusal(reason: string): Error {
  return Object.assign(new Error(reason), { data: { refused: reason } })
}

/** The part of an Engine.IO connection that is looked at. */
interface EngineConnection {
  request: unknown
  on(
    event: 'packetCreate' | 'flush' | 'close',
    listener: (reason?: unknown, description?: unknown) => void,
  ): void
  close(discard?: boolean): void
}

/** Gives back what a connection does not need, and ends one that is too slow for what it is sent. */
function watchConnection(connection: EngineConnection, metrics: LiveMetrics): void {
  // Some 10 kB a connection. Source: Socket.IO documentation, "Memory usage".
  connection.request = null
  let waiting = 0
  connection.on('packetCreate', () => {
    if (++waiting <= maxWaiting) return
    metrics.refusals.inc({ reason: 'too-slow' })
    connection.close(true)
  })
  connection.on('flush', () => {
    waiting = 0
  })
  connection.on('close', (_reason, description) => {
    const tooLarge = description instanceof Error && description.message.includes('Max payload size')
    if (tooLarge) metrics.refusals.inc({ reason: 'message-too-large' })
  })
}

/** Decides about a connection before anything is spent on it: is there room, and may this address come again? */
function createDoor(options: SocketsOptions & { readonly full: () => boolean }) {
  const { config, metrics, full } = options
  const limits = createRateLimits()
  const limit = { requests: config.rateLimit.address, windowS: 60 }
  return (request: IncomingMessage, decide: (error: string | null, admitted: boolean) => void): void => {
    if (full()) {
      metrics.refusals.inc({ reason: 'full' })
      decide('busy', false)
      return
    }
    limits.take('sockets', limit, addressGroup(addressOf(request, config.trustProxy))).then(
      ({ allowed }) => {
        if (!allowed) metrics.refusals.inc({ reason: 'too-many-connections' })
        decide(allowed ? null : 'too-many-requests', allowed)
      },
      () => {
        decide('busy', false)
      },
    )
  }
}

/** As Koa reads it: the last of the addresses that trusted proxies added. */
function addressOf(request: IncomingMessage, trustProxy: number): string {
  const field = request.headers['x-forwarded-for']
  const named = (Array.isArray(field) ? field.join(',') : (field ?? '')).split(',').map((one) => one.trim())
  const believed = trustProxy > 0 ? named.slice(-trustProxy)[0] : undefined
  return believed === undefined || believed === '' ? (request.socket.remoteAddress ?? '') : believed
}
