import type { Json } from '../../maps/model/index.ts'
import type { FollowRequest, LiveFrame } from './realtime.contract.ts'

/** The two messages a follower sends; the owner of the socket passes them on. */
export type FollowerMessage =
  | { readonly event: 'follow'; readonly payload: FollowRequest }
  | { readonly event: 'resync'; readonly payload: { readonly stream: string } }

/** What a frame did to the state. */
export type Applied =
  /** The state is now that of the frame. */
  | 'applied'
  /** Known already, or older than what is known. */
  | 'stale'
  /** Something is missing: a snapshot was asked for and nothing changed. */
  | 'gap'
  /** Of another stream. */
  | 'other'

/** One stream as a client keeps it. */
export interface StreamFollower {
  /** Call when the socket has (re)connected: begins to follow, from where one was. */
  connected(): void
  /** Call with every `frame` of the socket. */
  apply(frame: LiveFrame): Applied
  /** Key by key, as the server last said; the same object until something changes. Empty before that. */
  state(): ReadonlyMap<string, Json>
  /** True once a first snapshot is here. */
  known(): boolean
  /**
   * For how long nothing was heard that confirms the state, ms; `undefined` before the first snapshot. The
   * server speaks at least every `liveLimits.beatMs`: beyond twice that the state should be shown as old.
   */
  ageMs(): number | undefined
}

/** A snapshot that does not come is asked for again after this. */
const askAgainMs = 3_000

/**
 * The client's side of a numbered stream: applies snapshots and deltas, notices what is missing, and asks for
 * a snapshot then. Frames may come twice or be lost; the state is always one that the server had, and the
 * server's present one as soon as a frame comes through. Knows no socket and no clock: both are passed in.
 *
 * Apply is O(keys of the frame) for deltas plus one copy of the map, O(keys of the stream) for snapshots.
 * @param options.send passes a message to the server; what it answers does not matter here
 * @param options.now of the device, ms; only differences are used
 * @param options.onChange called after each frame that changed the state
 */
export function createStreamFollower(options: {
  readonly stream: string
  readonly send: (message: FollowerMessage) => void
  readonly now: () => number
  readonly onChange?: (state: ReadonlyMap<string, Json>) => void
}): StreamFollower {
  const { stream, send, now, onChange } = options
  let state: ReadonlyMap<string, Json> = new Map()
  let at: { readonly epoch: string; readonly seq: number } | undefined
  let heardMs: number | undefined
  /** Set while a snapshot is awaited: of which epoch and at least which number, and when it was asked for. */
  let awaited: { epoch: string; seq: number; askedMs: number } | undefined

  function missing(frame: LiveFrame): Applied {
    const { epoch, seq } = frame
    const nowMs = now()
    const ask = awaited === undefined || nowMs - awaited.askedMs >= askAgainMs
    awaited = {
      epoch,
      seq: awaited?.epoch === epoch ? Math.max(awaited.seq, seq) : seq,
      askedMs: ask ? nowMs : (awaited?.askedMs ?? nowMs),
    }
    if (ask) send({ event: 'resync', payload: { stream } })
    return 'gap'
  }

  function becomes(next: ReadonlyMap<string, Json>, frame: LiveFrame): Applied {
    state = next
    at = { epoch: frame.epoch, seq: frame.seq }
    awaited = undefined
    heardMs = now()
    onChange?.(state)
    return 'applied'
  }

  function applySnapshot(frame: LiveFrame & { kind: 'snapshot' }): Applied {
    const least = awaited?.epoch === frame.epoch ? awaited.seq : at?.epoch === frame.epoch ? at.seq : -1
    if (frame.seq < least) return 'stale'
    return becomes(new Map(Object.entries(frame.data)), frame)
  }

  function applyDelta({ data, ...frame }: LiveFrame & { kind: 'delta' }): Applied {
    const next = new Map(state)
    for (const key of data.gone ?? []) next.delete(key)
    for (const [key, value] of Object.entries(data.set ?? {})) next.set(key, value)
    return becomes(next, { ...frame, data })
  }

  return {
    connected() {
      // Frames of the former connection are gone with it; a snapshot that was awaited comes with following.
      awaited = undefined
      send({ event: 'follow', payload: { stream, ...at } })
    },
    apply(frame) {
      if (frame.stream !== stream) return 'other'
      if (frame.kind === 'snapshot') return applySnapshot(frame)
      if (at?.epoch !== frame.epoch || awaited !== undefined) return missing(frame)
      if (frame.seq <= at.seq) {
        if (frame.seq === at.seq) heardMs = now()
        return 'stale'
      }
      return frame.kind === 'delta' && frame.seq === at.seq + 1 ? applyDelta(frame) : missing(frame)
    },
    state: () => state,
    known: () => at !== undefined,
    ageMs: () => (heardMs === undefined ? undefined : now() - heardMs),
  }
}
