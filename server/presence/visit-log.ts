import type { EntityManager } from 'typeorm'
import type { Json } from '../../maps/model/index.ts'
import type { Database } from '../database/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { PersonalDataHolder } from '../visitors/index.ts'
import { visitEntity } from './visit.entity.ts'
import type { VisitRow } from './visit.entity.ts'

/** Visits that wait to be written; beyond that the oldest is lost, and counted. */
export const maxWaitingVisits = 50_000
/** Rows of one statement. */
const batchRows = 500
/** How long visits are kept. */
export const visitsKeptMs = 90 * 24 * 60 * 60 * 1000
/** Rows deleted in one statement of the retention. */
const sweepRows = 5000
/** Rows of one export. */
const exportRows = 100_000

/**
 * Visits on their way into the database: gathered in memory, written in batches beside everything else, so that no
 * report ever waits for a statement. What the database does not take stays and is tried again.
 */
export class VisitLog {
  readonly #database: Pick<Database, 'transaction'>
  readonly #clock: Clock
  readonly #log: Log
  #waiting: VisitRow[] = []
  readonly #withdrawn = new Set<string>()
  #underWay: Promise<void> = Promise.resolve()
  #lost = 0

  constructor(parts: { database: Pick<Database, 'transaction'>; clock: Clock; log: Log }) {
    this.#database = parts.database
    this.#clock = parts.clock
    this.#log = parts.log
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Visits that found no room and were never written. */
  get lost(): number {
    return this.#lost
  }

  add(visit: VisitRow): void {
    this.#waiting.push(visit)
    if (this.#waiting.length > maxWaitingVisits) {
      this.#waiting.shift()
      this.#lost++
    }
  }

  /** Drops what waits of a visitor, and what was written of them with the next batch. */
  withdraw(visitorId: string): void {
    this.forget(visitorId)
    this.#withdrawn.add(visitorId)
  }

  /** Drops what waits of a visitor. */
  forget(visitorId: string): void {
    this.#waiting = this.#waiting.filter((visit) => visit.visitorId !== visitorId)
  }

  /** Writes what waits; calls that come meanwhile join it. Never rejects. */
  flush(): Promise<void> {
    this.#underWay = this.#underWay.then(() => this.#write())
    return this.#underWay
  }

  async #write(): Promise<void> {
    if (this.#waiting.length === 0 && this.#withdrawn.size === 0) return
    const withdrawn = [...this.#withdrawn]
    const visits = this.#waiting.slice(0, batchRows)
    try {
      await this.#database.transaction(async (manager) => {
        if (withdrawn.length > 0) {
          await manager.query('DELETE FROM visit WHERE visitor_id = ANY($1::uuid[])', [withdrawn])
        }
        if (visits.length > 0) await insertVisits(manager, visits)
      })
    } catch (error) {
      this.#log.warn(
        { err: error, visits: visits.length },
        'visits could not be written; they are tried again',
      )
      return
    }
    for (const visitorId of withdrawn) this.#withdrawn.delete(visitorId)
    const written = new Set(visits)
    this.#waiting = this.#waiting.filter((visit) => !written.has(visit))
    if (this.#waiting.length > 0) await this.#write()
  }

  /** Deletes visits that ended too long ago, some thousand at a time. @returns how many */
  async sweep(): Promise<number> {
    const before = new Date(this.#clock() - visitsKeptMs)
    let deleted = 0
    for (;;) {
      const rows = await this.#database.transaction((manager) =>
        manager.query<[unknown[], number] | unknown[]>(
          `WITH old AS (
             SELECT venue_id, visit_id FROM visit WHERE left_at < $1 ORDER BY left_at LIMIT ${String(sweepRows)}
           ), gone AS (
             DELETE FROM visit USING old
             WHERE visit.venue_id = old.venue_id AND visit.visit_id = old.visit_id RETURNING 1
           ) SELECT count(*)::int AS count FROM gone`,
          [before],
        ),
      )
      const [{ count } = { count: 0 }] = rows as { count: number }[]
      deleted += count
      if (count < sweepRows) return deleted
    }
  }

  /** What presence keeps of visitors, for export, erasure and joining an account. */
  holder(forget: (visitorId: string) => void): PersonalDataHolder {
    return {
      name: 'presence',
      exportOf: exportVisits,
      async erase(manager, visitorId) {
        await manager.query('DELETE FROM visit WHERE visitor_id = $1', [visitorId])
      },
      async join(manager, { fromId, toId }) {
        await manager.query('UPDATE visit SET visitor_id = $2 WHERE visitor_id = $1', [fromId, toId])
      },
      forget,
    }
  }
}

async function insertVisits(manager: EntityManager, visits: readonly VisitRow[]): Promise<void> {
  await manager
    .createQueryBuilder()
    .insert()
    .into(visitEntity)
    .values([...visits])
    .orIgnore()
    .execute()
}

async function exportVisits(manager: EntityManager, visitorId: string): Promise<Json> {
  const rows = await manager.find(visitEntity, {
    where: { visitorId },
    order: { enteredAt: 'ASC' },
    take: exportRows,
  })
  if (rows.length === 0) return null
  return {
    visits: rows.map(({ venueId, zoneId, zoneKind, levelId, enteredAt, leftAt, dwellMs }) => ({
      venueId,
      zoneId,
      zoneKind,
      levelId,
      enteredAt: enteredAt.toISOString(),
      leftAt: leftAt.toISOString(),
      dwellMs,
    })),
  }
}
