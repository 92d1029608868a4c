import { io } from 'socket.io-client'
import type { Socket } from 'socket.io-client'
import { onScopeDispose, ref, shallowRef } from 'vue'
import type { Ref, ShallowRef } from 'vue'
import type { Json } from '../../maps/model/index.ts'
import { readFloor } from '../../server/contract/floor-stream.ts'
import type { FloorState } from '../../server/contract/floor-stream.ts'
import { byeMessage, liveFrame, liveLimits, liveNamespaces } from '../../server/contract/realtime.contract.ts'
import { createStreamFollower } from '../../server/contract/stream-follower.ts'
import type { FollowerMessage } from '../../server/contract/stream-follower.ts'
import { keepFloor, keptFloor } from './kept-floor.ts'

/** The state is written down at most this often: it may change several times a second. */
const keepEveryMs = 10_000
/** When a connection that the server ended is tried again, unless it said when. */
const comeAgainMs = 5_000

/** The live side of a screen. */
export interface Live {
  readonly floor: Readonly<ShallowRef<FloorState>>
  /** When the server last confirmed the state, by the clock of this device; undefined when it never did. */
  readonly heardAtMs: Readonly<Ref<number | undefined>>
  readonly isConnected: Readonly<Ref<boolean>>
}

export interface LiveOptions {
  readonly token: string
  readonly venueId: string
  readonly kioskId: string
  /** The values of `kiosk:ID` changed: settings and commands. */
  readonly onKiosk: (values: ReadonlyMap<string, Json>) => void
  /** The server does not know this screen any more. */
  readonly onRevoked: () => void
}

/**
 * What happens in the mall, from the live streams: offers, closures, parking, announcements, people. Begins
 * with what was kept of an earlier day, connects by itself for as long as the scope lives, and knows how
 * old what it holds is.
 */
export function useLive({ token, venueId, kioskId, onKiosk, onRevoked }: LiveOptions): Live {
  const floor = shallowRef<FloorState>(readFloor(new Map()))
  const heardAtMs = ref<number>()
  const isConnected = ref(false)
  const socket: Socket = io(liveNamespaces.kiosk, {
    transports: ['websocket'],
    auth: { token },
    reconnectionDelay: 1000,
    reconnectionDelayMax: 15_000,
  })
  const send = ({ event, payload }: FollowerMessage) => {
    socket.emit(event, payload)
  }
  const now = () => performance.now()
  let unsaved: ReadonlyMap<string, Json> | undefined
  const followers = [
    createStreamFollower({
      stream: `floor:${venueId}`,
      ...{ send, now },
      onChange: (state) => {
        floor.value = readFloor(state)
        unsaved = state
      },
    }),
    createStreamFollower({ stream: `kiosk:${kioskId}`, ...{ send, now }, onChange: onKiosk }),
  ] as const

  void keptFloor(venueId).then((kept) => {
    if (!kept || followers[0].known()) return
    floor.value = readFloor(new Map(Object.entries(kept.values)))
    heardAtMs.value = kept.heardAtMs
  })

  socket.on('connect', () => {
    isConnected.value = true
    for (const follower of followers) follower.connected()
  })
  socket.on('frame', (message: unknown) => {
    const frame = liveFrame.safeParse(message)
    if (!frame.success) return
    for (const follower of followers) follower.apply(frame.data)
    measure()
  })
  socket.on('bye', (message: unknown) => {
    const bye = byeMessage.safeParse(message)
    if (bye.success) comeAgain(bye.data.retryMs ?? comeAgainMs)
  })
  socket.on('disconnect', (reason) => {
    isConnected.value = false
    // The library reconnects by itself, except when the server ended the connection.
    if (reason === 'io server disconnect') comeAgain(comeAgainMs)
  })
  socket.on('connect_error', (error) => {
    if (error.message === 'unauthenticated' || error.message === 'forbidden') onRevoked()
    // Refused by the server: the library does not try again, and a busy server will not be busy for long.
    else if (!socket.active) comeAgain(comeAgainMs)
  })

  let waiting: ReturnType<typeof setTimeout> | undefined
  function comeAgain(afterMs: number): void {
    waiting ??= setTimeout(() => {
      waiting = undefined
      socket.connect()
    }, afterMs)
  }

  function measure(): void {
    const ageMs = followers[0].ageMs()
    if (ageMs !== undefined) heardAtMs.value = Date.now() - Math.round(ageMs)
  }

  const keeping = setInterval(() => {
    if (!unsaved || heardAtMs.value === undefined) return
    void keepFloor(venueId, unsaved, heardAtMs.value)
    unsaved = undefined
  }, keepEveryMs)

  onScopeDispose(() => {
    clearInterval(keeping)
    clearTimeout(waiting)
    socket.removeAllListeners()
    socket.disconnect()
  })

  return { floor, heardAtMs, isConnected }
}

/** Beyond twice the beat of the server its silence means something. */
export const staleAfterMs = 2 * liveLimits.beatMs + 2000
