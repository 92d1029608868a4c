import type { VenueId } from '../../maps/model/index.ts'
import type { Doubt } from './plausibility.ts'

/** Entries kept of one venue; beyond that the one longest quiet goes. */
export const maxDoubtEntries = 500

/** What spoke against reports of a venue, without whose they were. */
export interface DoubtEntry {
  readonly kind: Doubt['kind']
  readonly beacon?: string
  readonly reports: number
  readonly firstAtMs: number
  readonly lastAtMs: number
  readonly facts: Doubt['facts']
}

/** Gathers doubts by kind and beacon for the operator: a beacon that was cloned comes up again and again. */
export class DoubtLog {
  readonly #venues = new Map<VenueId, Map<string, DoubtEntry>>()

  add(venueId: VenueId, doubts: readonly Doubt[], nowMs: number): void {
    if (doubts.length === 0) return
    const entries = this.#venues.get(venueId) ?? new Map<string, DoubtEntry>()
    this.#venues.set(venueId, entries)
    for (const { kind, beacon, facts } of doubts) {
      const key = `${kind} ${beacon ?? ''}`
      const before = entries.get(key)
      entries.delete(key)
      entries.set(key, {
        kind,
        ...(beacon === undefined ? {} : { beacon }),
        reports: (before?.reports ?? 0) + 1,
        firstAtMs: before?.firstAtMs ?? nowMs,
        lastAtMs: nowMs,
        facts,
      })
    }
    for (const oldest of entries.keys()) {
      if (entries.size <= maxDoubtEntries) break
      entries.delete(oldest)
    }
  }

  /** Of a venue, latest first. */
  of(venueId: VenueId): DoubtEntry[] {
    return [...(this.#venues.get(venueId)?.values() ?? [])].reverse()
  }
}
