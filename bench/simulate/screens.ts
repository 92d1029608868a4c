import { io } from 'socket.io-client'
import type { Json } from '../../maps/model/index.ts'
import { byeMessage, createStreamFollower, liveFrame, liveNamespaces } from '../../server/contract/index.ts'
import type { LiveNamespace } from '../../server/contract/index.ts'
import type { ScreenBelief } from '../audit/ledger.ts'

/** A client that holds live streams, as kiosks, phones and consoles do. */
export interface Screen {
  readonly isConnected: () => boolean
  /** Sends a message; undefined when there is no connection or no answer in time. */
  ask(event: string, payload: unknown): Promise<unknown>
  /** What it shows now, a belief for each stream. */
  beliefs(): ScreenBelief[]
  close(): void
}

export interface ScreenOptions {
  readonly serverUrl: string
  readonly namespace: LiveNamespace
  readonly token: () => string
  /** Who this is, for people who read a finding. */
  readonly client: string
  readonly streams: readonly string[]
  readonly nowMs: () => number
  readonly onChange?: (stream: string, values: ReadonlyMap<string, Json>) => void
}

const answerMs = 8000
const comeAgainMs = 500

/** Connects and follows, and comes back by itself when the server ends the connection or dies. */
export function openScreen(options: ScreenOptions): Screen {
  const { serverUrl, namespace, token, client, streams, nowMs, onChange } = options
  const socket = io(serverUrl + liveNamespaces[namespace], {
    transports: ['websocket'],
    auth: (give) => {
      give({ token: token() })
    },
    forceNew: true,
    reconnectionDelay: comeAgainMs,
    reconnectionDelayMax: 4 * comeAgainMs,
  })
  const followers = streams.map((stream) => ({
    stream,
    follower: createStreamFollower({
      stream,
      send: ({ event, payload }) => socket.emit(event, payload),
      now: () => performance.now(),
      onChange: (values) => onChange?.(stream, values),
    }),
  }))
  let returning: ReturnType<typeof setTimeout> | undefined
  const comeAgain = (afterMs: number) => {
    clearTimeout(returning)
    returning = setTimeout(() => socket.connect(), afterMs)
  }
  socket.on('connect', () => {
    for (const { follower } of followers) follower.connected()
  })
  socket.on('frame', (message: unknown) => {
    const frame = liveFrame.safeParse(message)
    if (!frame.success) return
    for (const { follower } of followers) follower.apply(frame.data)
  })
  socket.on('bye', (message: unknown) => {
    const bye = byeMessage.safeParse(message)
    if (bye.success && bye.data.retryMs !== undefined) comeAgain(bye.data.retryMs)
  })
  socket.on('connect_error', () => {
    if (!socket.active) comeAgain(comeAgainMs)
  })
  return {
    isConnected: () => socket.connected,
    ask: async (event, payload) => {
      if (!socket.connected) return undefined
      try {
        return (await socket.timeout(answerMs).emitWithAck(event, payload)) as unknown
      } catch {
        return undefined
      }
    },
    beliefs: () =>
      followers.map(({ stream, follower }) => ({
        client,
        stream,
        takenAtMs: Math.round(nowMs()),
        ageMs: follower.ageMs() ?? null,
        connected: socket.connected,
        values: Object.fromEntries(follower.state()),
      })),
    close() {
      clearTimeout(returning)
      socket.removeAllListeners()
      socket.disconnect()
    },
  }
}
