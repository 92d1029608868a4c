/** A car was seen driving in or out. */
export interface BarrierEvent {
  /** Named by the system that saw it; the same event has the same id however often it is sent. */
  readonly eventId: string
  readonly kind: 'entry' | 'exit'
  readonly atMs: number
}

/** Why a stay is over. */
export type StayEnd =
  /** It was seen driving out. */
  | { readonly kind: 'exit'; readonly eventId: string; readonly atMs: number }
  /** It drove in again without having been seen driving out. */
  | { readonly kind: 'next-entry'; readonly eventId: string; readonly atMs: number }

/** One stay of one car. */
export interface PairedStay {
  /** The entry it began with; further entries right after it are the same one seen again. */
  readonly entryId: string
  readonly enteredAtMs: number
  /** Absent while the car is inside. */
  readonly end?: StayEnd
}

/** What the events of one plate add up to. */
export interface PairedStays {
  /** In the order of time; at most the last one has no end. */
  readonly stays: readonly PairedStay[]
  /** Entries that are another's, seen by a second camera: entry by id → the entry it belongs to. */
  readonly repeats: ReadonlyMap<string, string>
  /** Exits of cars whose entry nobody saw, or not yet. */
  readonly lostExits: readonly string[]
}

/** Two cameras at one barrier, or one that reads twice, see the same entry within this. */
export const sameEntryMs = 120_000

/**
 * Makes stays out of the events of one plate. It looks at what happened and never at when it was told: events
 * may come in any order, late, or twice, and the stays are the same.
 *
 * An exit ends the stay before it. A second entry within two minutes is the first one seen again; a later one
 * ends a stay whose exit nobody saw. Of several exits after one entry the first ends it.
 *
 * Complexity: O(n log n) in the events of the plate. Source: own.
 */
export function pairStays(events: readonly BarrierEvent[]): PairedStays {
  const inOrder = [...new Map(events.map((event) => [event.eventId, event])).values()].sort(
    (a, b) => a.atMs - b.atMs || rank(a) - rank(b) || (a.eventId < b.eventId ? -1 : 1),
  )
  const stays: PairedStay[] = []
  const repeats = new Map<string, string>()
  const lostExits: string[] = []
  for (const { eventId, kind, atMs } of inOrder) {
    const last = stays.at(-1)
    const isInside = last !== undefined && !last.end
    if (kind === 'exit') {
      if (isInside) stays[stays.length - 1] = { ...last, end: { kind, eventId, atMs } }
      else lostExits.push(eventId)
    } else if (isInside && atMs - last.enteredAtMs <= sameEntryMs) {
      repeats.set(eventId, last.entryId)
    } else {
      if (isInside) stays[stays.length - 1] = { ...last, end: { kind: 'next-entry', eventId, atMs } }
      stays.push({ entryId: eventId, enteredAtMs: atMs })
    }
  }
  return { stays, repeats, lostExits }
}

/** At one moment a car drives out before it drives in: the other way round it would have stayed for no time. */
function rank({ kind }: BarrierEvent): number {
  return kind === 'exit' ? 0 : 1
}
