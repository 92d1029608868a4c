import { WebSocket as WebSocketTransport } from 'engine.io-client'
import { io } from 'socket.io-client'
import type { Socket } from 'socket.io-client'
import { liveNamespaces } from '../../../server/contract/realtime.contract.ts'
import type { ByeMessage, LiveFrame } from '../../../server/contract/realtime.contract.ts'
import { createStreamFollower } from '../../../server/contract/stream-follower.ts'
import type { StreamFollower } from '../../../server/contract/stream-follower.ts'

/** A connection of `wx.connectSocket`. */
export interface SocketTask {
  send(options: { readonly data: string | ArrayBuffer; readonly fail?: () => void }): void
  close(options: { readonly code: number }): void
  onOpen(listener: () => void): void
  onClose(listener: (result: { readonly code: number; readonly reason: string }) => void): void
  onError(listener: (result: { readonly errMsg: string }) => void): void
  onMessage(listener: (result: { readonly data: string | ArrayBuffer }) => void): void
}

export interface SocketPlatform {
  connectSocket(options: { readonly url: string; readonly tcpNoDelay: boolean }): SocketTask
}

/** The part of a browser's WebSocket that Engine.IO's transport touches, over `wx.connectSocket`. */
class PhoneSocket {
  binaryType = 'arraybuffer'
  onopen: (() => void) | undefined
  onclose: ((event: { code: number; reason: string }) => void) | undefined
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | undefined
  onerror: ((event: unknown) => void) | undefined
  readonly #task: SocketTask

  constructor(platform: SocketPlatform, url: string) {
    this.#task = platform.connectSocket({ url, tcpNoDelay: true })
    this.#task.onOpen(() => this.onopen?.())
    this.#task.onMessage((message) => this.onmessage?.(message))
    this.#task.onClose((event) => this.onclose?.(event))
    this.#task.onError((error) => this.onerror?.(error))
  }

  send(data: string | ArrayBuffer | Uint8Array): void {
    const whole =
      data instanceof Uint8Array
        ? (data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer)
        : data
    this.#task.send({ data: whole, fail: () => this.onerror?.(new Error('not sent')) })
  }

  close(): void {
    this.#task.close({ code: 1000 })
  }
}

/** The live side of the server, for one shopper. */
export interface Live {
  connect(): void
  /** Lets go of the connection: the app is in the background, where it would die by itself. */
  disconnect(): void
  isConnected(): boolean
  /** Comes back as whoever the shopper is now: their token is another one's. */
  restart(): void
  /** For how long nothing confirmed what is known of a stream, ms; undefined before its first snapshot. */
  ageMs(stream: string): number | undefined
  /** Follows a stream until the function returned is called. */
  follow(stream: string, onChange: (state: ReturnType<StreamFollower['state']>) => void): () => void
  /** Sends a message and waits for the answer; undefined when there is no connection or no answer in time. */
  ask(event: string, payload: unknown): Promise<unknown>
}

const answerMs = 8_000
const reconnectMs = { first: 1_000, most: 10_000, refused: 10_000 } as const

/**
 * Socket.IO over `wx.connectSocket`. It comes back by itself, with growing pauses, and follows its streams
 * from where they were.
 *
 * @param parts.token asked at each connection
 */
export function createLive(parts: {
  readonly platform: SocketPlatform
  readonly baseUrl: string
  readonly token: () => Promise<string>
  readonly now: () => number
}): Live {
  const { platform, baseUrl, token, now } = parts
  const followers = new Map<
    string,
    { readonly follower: StreamFollower; readonly listeners: Set<Listener> }
  >()
  let socket: Socket | undefined

  /** Whether the app is in front and wants to hear. */
  let isWanted = false
  let pause: ReturnType<typeof setTimeout> | undefined

  class Transport extends WebSocketTransport {
    override createSocket(uri: string): PhoneSocket {
      // In the preview the server is where the page came from, and addresses begin with a slash.
      return new PhoneSocket(platform, baseUrl === '' ? uri.replace(/^wss?:\/\/[^/]+/, '') : uri)
    }
  }

  const comeAgain = (afterMs: number): void => {
    if (pause !== undefined) clearTimeout(pause)
    pause = setTimeout(() => {
      pause = undefined
      if (isWanted) socket?.connect()
    }, afterMs)
  }

  const open = (): Socket => {
    const opened = io((baseUrl === '' ? 'http://preview' : baseUrl) + liveNamespaces.shopper, {
      transports: [Transport],
      upgrade: false,
      auth: (give) => {
        token().then(
          (bearer) => {
            give({ token: bearer })
          },
          // Without a token the server ends the connection, and it is tried again.
          () => {
            give({})
          },
        )
      },
      reconnectionDelay: reconnectMs.first,
      reconnectionDelayMax: reconnectMs.most,
    })
    opened.on('connect', () => {
      for (const { follower } of followers.values()) follower.connected()
    })
    opened.on('frame', (frame: LiveFrame) => {
      followers.get(frame.stream)?.follower.apply(frame)
    })
    opened.on('bye', ({ reason, retryMs }: ByeMessage) => {
      // A token that has ended was renewed meanwhile, or is at the next connection.
      if (retryMs !== undefined || reason === 'token-ended') comeAgain(retryMs ?? reconnectMs.first)
    })
    opened.on('connect_error', () => {
      // Refused by the server, not out of reach: Socket.IO leaves it at that.
      if (!opened.active) comeAgain(reconnectMs.refused)
    })
    return opened
  }

  return {
    connect() {
      isWanted = true
      socket ??= open()
      if (!socket.connected) socket.connect()
    },
    disconnect() {
      isWanted = false
      socket?.disconnect()
    },
    restart() {
      if (!isWanted || !socket) return
      socket.disconnect()
      socket.connect()
    },
    ageMs: (stream) => followers.get(stream)?.follower.ageMs(),
    isConnected: () => socket?.connected === true,
    follow(stream, onChange) {
      let known = followers.get(stream)
      if (!known) {
        const listeners = new Set<Listener>()
        const follower = createStreamFollower({
          stream,
          send: ({ event, payload }) => socket?.emit(event, payload),
          now,
          onChange: (state) => {
            for (const listener of [...listeners]) listener(state)
          },
        })
        known = { follower, listeners }
        followers.set(stream, known)
        if (socket?.connected) follower.connected()
      }
      const { listeners, follower } = known
      listeners.add(onChange)
      if (follower.known()) onChange(follower.state())
      return () => {
        listeners.delete(onChange)
        if (listeners.size > 0) return
        followers.delete(stream)
        socket?.emit('unfollow', { stream })
      }
    },
    ask(event, payload) {
      const connected = socket
      if (!connected?.connected) return Promise.resolve(undefined)
      return connected
        .timeout(answerMs)
        .emitWithAck(event, payload)
        .catch(() => undefined) as Promise<unknown>
    },
  }
}

type Listener = (state: ReturnType<StreamFollower['state']>) => void
