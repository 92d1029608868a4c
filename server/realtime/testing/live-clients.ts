/**
 * Many clients in a process of their own, for the bench. Takes orders over the channel of the process it was
 * forked from, and answers each.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { io } from 'socket.io-client'
import type { Socket } from 'socket.io-client'
import { createStreamFollower } from '../../contract/stream-follower.ts'
import type { StreamFollower } from '../../contract/stream-follower.ts'
import type { LiveFrame } from '../../contract/realtime.contract.ts'
import { liveNamespaces } from '../../contract/realtime.contract.ts'

/** What the clients are told to do. */
export type Order =
  | { readonly do: 'connect'; readonly address: string; readonly clients: readonly ClientOrder[] }
  | { readonly do: 'measure'; readonly ms: number }
  | { readonly do: 'drop'; readonly count: number }
  /** Come back at once; done when every one has at least this round in its state. */
  | { readonly do: 'return'; readonly round: number }

export interface ClientOrder {
  readonly token: string
  readonly stream: string
}

/** How it went. */
export interface Report {
  readonly tookMs: number
  /** From the publisher to the client, ms. */
  readonly latencies: readonly number[]
  /** Frames that did not follow on the one before. */
  readonly gaps: number
  /** Of each client that came back, ms until it was current. */
  readonly currentMs: readonly number[]
}

interface Client {
  readonly socket: Socket
  readonly follower: StreamFollower
}

const clients: Client[] = []
let latencies: number[] = []
let gaps = 0
let measuring = false

function connect(address: string, { token, stream }: ClientOrder): Promise<void> {
  const socket = io(address + liveNamespaces.kiosk, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { token },
  })
  const follower = createStreamFollower({
    stream,
    send: ({ event, payload }) => socket.emit(event, payload),
    now: () => performance.now(),
  })
  socket.on('connect', () => {
    follower.connected()
  })
  socket.on('frame', (frame: LiveFrame) => {
    const applied = follower.apply(frame)
    if (!measuring || frame.kind !== 'delta') return
    if (applied !== 'applied') gaps++
    latencies.push(Date.now() - Number(follower.state().get('publishedMs')))
  })
  clients.push({ socket, follower })
  return new Promise((resolve, reject) => {
    socket.once('frame', () => {
      resolve()
    })
    socket.once('connect_error', reject)
  })
}

async function carryOut(order: Order): Promise<Report> {
  const startedAt = performance.now()
  let currentMs: number[] = []
  switch (order.do) {
    case 'connect':
      // Not all at once: that is another measurement.
      for (let at = 0; at < order.clients.length; at += 50) {
        await Promise.all(order.clients.slice(at, at + 50).map((one) => connect(order.address, one)))
      }
      break
    case 'measure':
      latencies = []
      gaps = 0
      measuring = true
      await delay(order.ms)
      measuring = false
      break
    case 'drop':
      for (const { socket } of clients.slice(0, order.count)) socket.disconnect()
      break
    case 'return':
      currentMs = await comeBack(order.round, startedAt)
  }
  return { tookMs: performance.now() - startedAt, latencies, gaps, currentMs }
}

async function comeBack(round: number, startedAt: number): Promise<number[]> {
  const back = clients.filter(({ socket }) => socket.disconnected)
  return Promise.all(
    back.map(
      ({ socket, follower }) =>
        new Promise<number>((resolve) => {
          const look = () => {
            if (Number(follower.state().get('round')) < round) return
            socket.off('frame', look)
            resolve(performance.now() - startedAt)
          }
          socket.on('frame', look)
          socket.connect()
        }),
    ),
  )
}

process.on('message', (order: Order) => {
  carryOut(order).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      process.send?.({ error: String(error) })
    },
  )
})
