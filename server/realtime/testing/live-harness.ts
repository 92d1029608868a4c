import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExecutionContext } from 'ava'
import { io } from 'socket.io-client'
import type { Socket } from 'socket.io-client'
import { createStreamFollower } from '../../contract/stream-follower.ts'
import type { StreamFollower } from '../../contract/stream-follower.ts'
import type { ByeMessage, LiveAnswer, LiveFrame, LiveNamespace } from '../../contract/realtime.contract.ts'
import { liveNamespaces } from '../../contract/realtime.contract.ts'
import type { Identity } from '../../http/index.ts'
import { newUuid } from '../../platform/ids.ts'
import { createMetricsRegistry } from '../../platform/metrics.ts'
import type { MetricsRegistry } from '../../platform/metrics.ts'
import { createLog } from '../../platform/log.ts'
import { createRealtime } from '../index.ts'
import type { Realtime } from '../index.ts'

/** The live side alone, over an HTTP server of its own; tokens are looked up in a map. */
export interface LiveNode {
  readonly realtime: Realtime
  readonly address: string
  readonly tokens: Map<string, Identity>
  readonly registry: MetricsRegistry
  /** Value of a counter, by its label. */
  counted(name: string, labels: Readonly<Record<string, string>>): Promise<number>
}

export async function startLiveNode(
  t: ExecutionContext,
  options: { readonly redisUrl?: string; readonly tokens?: Map<string, Identity> } = {},
): Promise<LiveNode> {
  const { redisUrl, tokens = new Map<string, Identity>() } = options
  const registry = createMetricsRegistry()
  const realtime = createRealtime({
    config: { redisUrl, rateLimit: { address: 100_000, identity: 100_000 }, trustProxy: 0 },
    authenticate: (token) => Promise.resolve(tokens.get(token)),
    clock: () => Date.now(),
    newId: newUuid,
    log: createLog({ level: 'silent' }),
    registry,
  })
  const server = createServer((_request, response) => response.writeHead(404).end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  await realtime.start(server)
  t.teardown(async () => {
    server.close()
    await realtime.endAll(500)
    await realtime.stop()
  })
  return {
    realtime,
    address: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    tokens,
    registry,
    async counted(name, labels) {
      const metric = await registry.getSingleMetric(name)?.get()
      return (
        metric?.values.find((value) =>
          Object.entries(labels).every(([key, text]) => value.labels[key] === text),
        )?.value ?? 0
      )
    },
  }
}

/** A client as a kiosk or phone is one. */
export interface LiveClient {
  readonly socket: Socket
  readonly frames: LiveFrame[]
  readonly byes: ByeMessage[]
  ask(event: string, payload: unknown): Promise<LiveAnswer>
  /** Keeps a stream with the follower of the contract. */
  follow(stream: string): StreamFollower
}

/** Connects, or rejects with the reason of the server. */
export async function connectClient(
  t: ExecutionContext,
  address: string,
  { namespace, token }: { readonly namespace: LiveNamespace; readonly token?: string },
): Promise<LiveClient> {
  const socket = io(address + liveNamespaces[namespace], {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    ...(token === undefined ? {} : { auth: { token } }),
  })
  t.teardown(() => {
    socket.disconnect()
  })
  const frames: LiveFrame[] = []
  const byes: ByeMessage[] = []
  socket.on('frame', (frame: LiveFrame) => frames.push(frame))
  socket.on('bye', (message: ByeMessage) => byes.push(message))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  const ask = (event: string, payload: unknown) =>
    new Promise<LiveAnswer>((resolve) => socket.emit(event, payload, resolve))
  return {
    socket,
    frames,
    byes,
    ask,
    follow(stream) {
      const follower = createStreamFollower({
        stream,
        send: ({ event, payload }) => socket.emit(event, payload),
        now: () => performance.now(),
      })
      socket.on('frame', (frame: LiveFrame) => follower.apply(frame))
      follower.connected()
      return follower
    },
  }
}
