import type { VenueId } from '../../maps/model/index.ts'
import type { PresenceEvent } from '../presence/index.ts'
import type { Occurrence } from './situation.ts'

/** Visitors whose events wait to be decided over; those of further ones are let go and counted. */
export const maxWaiting = 5_000
/** Events of one visitor that are decided over at once; of more the oldest are let go. */
const maxAtOnce = 20

/** Something that happened to a visitor. */
export interface Heard {
  readonly venueId: VenueId
  readonly visitorId: string
  readonly atMs: number
  readonly occurrence: Occurrence
}

/** What happened to one visitor in one venue since they were last looked at. */
export interface PendingVisitor {
  readonly venueId: VenueId
  readonly visitorId: string
  readonly occurrences: readonly Occurrence[]
  /** When the first of them happened, epoch ms. */
  readonly sinceMs: number
}

/**
 * What presence tells, until there is time to decide. A visitor's events are decided over together, so that
 * walking into mall, level and shop at once leads to one offer and not to three; never by two workers at once.
 */
export class PresenceQueue {
  readonly #waiting = new Map<string, PendingVisitor>()
  readonly #busy = new Set<string>()
  readonly #work: (pending: PendingVisitor) => Promise<void>
  readonly #workers: number
  #running = 0
  #stopped = false
  #idle: (() => void)[] = []

  /** @param work must not reject */
  constructor(work: (pending: PendingVisitor) => Promise<void>, workers: number) {
    this.#work = work
    this.#workers = workers
  }

  /** Visitors who wait. */
  get size(): number {
    return this.#waiting.size
  }

  /** @returns false when there was no room, or the queue has stopped */
  add({ venueId, visitorId, atMs, occurrence }: Heard): boolean {
    if (this.#stopped) return false
    const key = `${venueId} ${visitorId}`
    const known = this.#waiting.get(key)
    if (!known && this.#waiting.size >= maxWaiting) return false
    const occurrences = [...(known?.occurrences ?? []), occurrence].slice(-maxAtOnce)
    this.#waiting.set(key, { venueId, visitorId, occurrences, sinceMs: known?.sinceMs ?? atMs })
    // After what presence still says in this turn.
    queueMicrotask(() => {
      this.#next()
    })
    return true
  }

  /** Resolves when nothing waits and nobody works. */
  async idle(): Promise<void> {
    if (this.#running === 0 && this.#waiting.size === 0) return
    await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  /** Takes nothing more and resolves when those at work are done. What waits is let go: it is seconds old. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#waiting.clear()
    await this.idle()
  }

  #next(): void {
    for (const [key, pending] of this.#waiting) {
      if (this.#running >= this.#workers) return
      if (this.#busy.has(key)) continue
      this.#waiting.delete(key)
      this.#busy.add(key)
      this.#running++
      void this.#work(pending).finally(() => {
        this.#running--
        this.#busy.delete(key)
        this.#next()
        if (this.#running === 0 && this.#waiting.size === 0) for (const done of this.#idle.splice(0)) done()
      })
    }
  }
}

/** An event of presence as campaigns see it. */
export function occurrenceOf(event: PresenceEvent): Occurrence {
  const zone = { id: event.zone.id, kind: event.zone.kind }
  return event.kind === 'dwelled'
    ? { kind: 'dwelled', zone, dwellMs: event.dwellMs }
    : { kind: event.kind, zone }
}
