import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { VisitHistory } from './situation.ts'

/** A pause of this length ends a visit. */
export const visitGapMs = 4 * 3_600_000
/** How long a visit is kept after its visitor was last there. */
export const keepVisitsMs = 180 * 86_400_000
/** Visitors kept in memory; beyond that the one not heard for longest is asked of the database again. */
export const maxVisitsKept = 50_000
/** How far the database may be behind about when a visitor was last there. */
const storeEveryMs = 15 * 60_000

interface KeptVisit {
  readonly visits: number
  readonly lastMs: number
  readonly storedMs: number
}

/**
 * Counts visits: what "welcome" and "first visit" rest on. Only for visitors who agreed to a profile they are
 * written down; of others this process remembers that they were just here, and nothing more.
 */
export class Visits {
  readonly #kept = new Map<string, KeptVisit>()

  /** Takes note that a visitor is there. At most one statement, and none while a visit goes on. */
  async note(manager: EntityManager, { venueId, visitorId, nowMs, keep }: Noted): Promise<VisitHistory> {
    const key = `${venueId} ${visitorId}`
    const known = this.#kept.get(key)
    this.#kept.delete(key)
    const goesOn = known !== undefined && nowMs - known.lastMs < visitGapMs
    if (goesOn && (!keep || (known.visits > 0 && nowMs - known.storedMs < storeEveryMs))) {
      this.#keep(key, { ...known, lastMs: nowMs })
      return { visits: known.visits, visitBegins: false }
    }
    if (!keep) {
      this.#keep(key, { visits: 0, lastMs: nowMs, storedMs: nowMs })
      return { visits: 0, visitBegins: true }
    }
    const stored = await storeVisit(manager, { venueId, visitorId, nowMs })
    this.#keep(key, { visits: stored.visits, lastMs: nowMs, storedMs: nowMs })
    return { visits: stored.visits, visitBegins: stored.began && !goesOn }
  }

  /** Drops what memory holds of a visitor, in every venue. O(visitors kept). */
  forget(visitorId: string): void {
    for (const key of this.#kept.keys()) if (key.endsWith(visitorId)) this.#kept.delete(key)
  }

  get size(): number {
    return this.#kept.size
  }

  #keep(key: string, visit: KeptVisit): void {
    this.#kept.set(key, visit)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= maxVisitsKept) break
      this.#kept.delete(oldest)
    }
  }
}

interface Noted {
  readonly venueId: VenueId
  readonly visitorId: string
  readonly nowMs: number
  /** The visitor agreed to a profile. */
  readonly keep: boolean
}

async function storeVisit(
  manager: EntityManager,
  { venueId, visitorId, nowMs }: Omit<Noted, 'keep'>,
): Promise<{ readonly visits: number; readonly began: boolean }> {
  const now = new Date(nowMs)
  const rows: readonly { visits: number; began_at: Date }[] = await manager.query(
    `INSERT INTO venue_visit AS known (venue_id, visitor_id, visits, first_at, began_at, last_at)
     VALUES ($1, $2, 1, $3, $3, $3)
     ON CONFLICT (venue_id, visitor_id) DO UPDATE
     SET visits = known.visits + CASE WHEN known.last_at <= $4 THEN 1 ELSE 0 END,
         began_at = CASE WHEN known.last_at <= $4 THEN EXCLUDED.began_at ELSE known.began_at END,
         last_at = GREATEST(known.last_at, EXCLUDED.last_at)
     RETURNING visits, began_at`,
    [venueId, visitorId, now, new Date(nowMs - visitGapMs)],
  )
  const [row] = rows
  if (!row) throw new Error('A visit could not be written down.')
  return { visits: row.visits, began: row.began_at.getTime() === nowMs }
}

/** How often somebody was here before, for those who ask by themselves; nothing is written. */
export async function readVisits(
  manager: EntityManager,
  venueId: VenueId,
  visitorId: string,
): Promise<number> {
  const rows: readonly { visits: number }[] = await manager.query(
    'SELECT visits FROM venue_visit WHERE venue_id = $1 AND visitor_id = $2',
    [venueId, visitorId],
  )
  return rows[0]?.visits ?? 0
}

/** Deletes visits of visitors who have not been there for `keepVisitsMs`; how many. */
export async function deleteOldVisits(manager: EntityManager, nowMs: number): Promise<number> {
  const rows: readonly { count: string }[] = await manager.query(
    `WITH gone AS (DELETE FROM venue_visit WHERE last_at < $1 RETURNING 1) SELECT count(*) FROM gone`,
    [new Date(nowMs - keepVisitsMs)],
  )
  return Number(rows[0]?.count ?? 0)
}
