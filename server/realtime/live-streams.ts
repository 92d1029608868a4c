import { performance } from 'node:perf_hooks'
import type { Json } from '../../maps/model/index.ts'
import { liveLimits } from '../contract/realtime.contract.ts'
import type { LiveFrame } from '../contract/realtime.contract.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import { LiveStream } from './live-stream.ts'
import type { Patch } from './patch.ts'

/** Streams open at once on this node; a follower of a further one is told that the server is busy. */
export const maxStreams = 20_000
/** Patches kept while the first state is read; beyond that it is read once more. */
const maxHeld = 1_000
/** Shortest time between two deltas of a stream. */
const paceMs = 1000 / liveLimits.framesPerS
/** Followers who come within this get one snapshot, encoded once. */
const gatherMs = 10
/** A stream nobody follows, and that holds nothing of its own, is closed after this. */
const lingerMs = 60_000
/** A first state that could not be read is tried again after this. */
const loadAgainMs = 1_000
const sweepMs = 1_000

/** Reads the part of a stream's first state that one subject keeps in the database. */
export type FirstState = (stream: string) => Promise<Readonly<Record<string, Json>>>

/** Whom a frame goes to: those who are current, or those who wait for a snapshot. */
export type Audience = 'current' | 'waiting'

/** The sockets behind the streams. */
export interface Followers {
  send(stream: string, audience: Audience, frame: LiveFrame): void
  /** Those who waited have their snapshot now. */
  settle(stream: string): void
  any(stream: string): boolean
}

interface OpenStream {
  stream: LiveStream
  /** Patches that came while the first state is read; `undefined` once it is there. */
  held: Patch[] | undefined
  timer: { readonly handle: NodeJS.Timeout; readonly atMs: number } | undefined
  waiting: boolean
  lastDeltaMs: number
  lastFrameMs: number
  lastUseMs: number
}

/** The streams of this node. */
export interface LiveStreams {
  /** Takes in a patch that is in force everywhere. One for a stream that nobody needs here is dropped. */
  apply(patch: Patch): void
  /**
   * Opens a stream for followers about to wait or to be current.
   * @returns where it is, once its first state is there; `undefined` when there is no room for it
   */
  open(name: string): { readonly current?: { readonly epoch: string; readonly seq: number } } | undefined
  /** Says that somebody waits for a snapshot of an open stream. */
  wait(name: string): void
  /** That the stream is where it was; for one who has missed nothing. */
  beat(name: string): LiveFrame | undefined
  /** Patches were missed: every open stream is read again and begins a new life. */
  reload(): void
  /** Forgets a stream with all it holds. */
  drop(name: string): void
  count(): number
  stop(): void
}

export interface LiveStreamsOptions {
  readonly followers: Followers
  /** First states by the part of the name before the colon. */
  readonly providers: ReadonlyMap<string, readonly FirstState[]>
  readonly clock: Clock
  readonly newId: NewId
  readonly log: Log
  /** Told how many keys found no room in a stream. */
  readonly onRefusedKeys: (count: number) => void
}

/**
 * Opens a stream for its first follower with the state the subjects give, keeps it current by patches, and
 * sends it on at most `framesPerS` times a second.
 */
export function createLiveStreams(options: LiveStreamsOptions): LiveStreams {
  const { followers, providers, clock, newId, log } = options
  const streams = new Map<string, OpenStream>()
  let stopped = false

  function openStream(name: string): OpenStream | undefined {
    const known = streams.get(name)
    if (known) return known
    if (streams.size >= maxStreams || stopped) return undefined
    const nowMs = performance.now()
    const open: OpenStream = {
      stream: new LiveStream(name, newId()),
      held: [],
      timer: undefined,
      waiting: false,
      lastDeltaMs: -paceMs,
      lastFrameMs: nowMs,
      lastUseMs: nowMs,
    }
    streams.set(name, open)
    void load(open)
    return open
  }

  async function load(open: OpenStream): Promise<void> {
    const { name } = open.stream
    try {
      const loaded = await Promise.all(
        (providers.get(name.split(':', 1)[0] ?? '') ?? []).map((provide) => provide(name)),
      )
      if (streams.get(name) !== open) return
      for (const set of loaded) take(open, { set })
    } catch (error) {
      log.warn({ err: error, stream: name.split(':', 1)[0] }, 'the first state of a stream could not be read')
      setTimeout(() => {
        if (streams.get(name) === open) void load(open)
      }, loadAgainMs).unref()
      return
    }
    const held = open.held ?? []
    if (held.length > maxHeld) {
      open.held = []
      await load(open)
      return
    }
    open.held = undefined
    // A patch may be older than what was read; what it says is then said again by a later one.
    for (const patch of held) take(open, patch)
    schedule(open)
  }

  function take(open: OpenStream, patch: Omit<Patch, 'stream'>): void {
    const refused = open.stream.apply(patch, performance.now())
    if (refused > 0) options.onRefusedKeys(refused)
  }

  /** Sees to it that what is there to be sent is sent, neither too often nor too late. */
  function schedule(open: OpenStream): void {
    if (open.held) return
    const nowMs = performance.now()
    const deltaAtMs = open.stream.changed ? Math.max(nowMs, open.lastDeltaMs + paceMs) : Infinity
    const atMs = Math.min(deltaAtMs, open.waiting ? nowMs + gatherMs : Infinity)
    if (atMs === Infinity) return
    if (open.timer) {
      if (open.timer.atMs <= atMs) return
      clearTimeout(open.timer.handle)
    }
    const handle = setTimeout(() => {
      open.timer = undefined
      emit(open)
    }, atMs - nowMs)
    open.timer = { handle, atMs }
  }

  function emit(open: OpenStream): void {
    const nowMs = performance.now()
    const { stream } = open
    if (stream.changed && nowMs - open.lastDeltaMs >= paceMs - 1) {
      const delta = stream.flush(clock())
      if (delta) send(open, 'current', delta)
      open.lastDeltaMs = nowMs
    }
    if (open.waiting) {
      open.waiting = false
      send(open, 'waiting', stream.snapshot(clock()))
      followers.settle(stream.name)
    }
    schedule(open)
  }

  function send(open: OpenStream, audience: Audience, frame: LiveFrame): void {
    open.lastFrameMs = performance.now()
    followers.send(open.stream.name, audience, frame)
  }

  function sweep(): void {
    const nowMs = performance.now()
    for (const [name, open] of streams) {
      open.stream.expire(nowMs)
      schedule(open)
      if (followers.any(name)) {
        open.lastUseMs = nowMs
        const silent = nowMs - open.lastFrameMs >= liveLimits.beatMs
        if (silent && !open.held) send(open, 'current', open.stream.beat(clock()))
      } else if (!open.stream.holdsMemory && nowMs - open.lastUseMs >= lingerMs) close(name, open)
    }
  }

  function close(name: string, open: OpenStream): void {
    clearTimeout(open.timer?.handle)
    streams.delete(name)
  }

  const sweeping = setInterval(sweep, sweepMs)
  sweeping.unref()

  return {
    apply(patch) {
      // What stands in a table is read when somebody comes; what stands in no table has to be kept.
      const open = patch.ttlMs === undefined ? streams.get(patch.stream) : openStream(patch.stream)
      if (!open) return
      if (open.held) {
        if (open.held.length <= maxHeld) open.held.push(patch)
        return
      }
      take(open, patch)
      schedule(open)
    },
    open(name) {
      const open = openStream(name)
      if (!open) return undefined
      open.lastUseMs = performance.now()
      const { epoch, seq } = open.stream
      return open.held ? {} : { current: { epoch, seq } }
    },
    wait(name) {
      const open = streams.get(name)
      if (!open) return
      open.waiting = true
      schedule(open)
    },
    beat: (name) => streams.get(name)?.stream.beat(clock()),
    reload() {
      const nowMs = performance.now()
      for (const [name, open] of streams) {
        const memory = open.stream.memory(nowMs)
        open.stream = new LiveStream(name, newId())
        open.held = [...memory.map((patch) => ({ stream: name, ...patch })), ...(open.held ?? [])]
        // Everyone's numbers mean nothing now, so everyone gets the snapshot.
        open.waiting = true
        void load(open).then(() => {
          if (!open.held) send(open, 'current', open.stream.snapshot(clock()))
        })
      }
    },
    drop(name) {
      const open = streams.get(name)
      if (open) close(name, open)
    },
    count: () => streams.size,
    stop() {
      stopped = true
      clearInterval(sweeping)
      for (const [name, open] of streams) close(name, open)
    },
  }
}
