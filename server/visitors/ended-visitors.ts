import type { EntityManager } from 'typeorm'
import { refreshTokenMs } from './visitor-tokens.ts'
import type { VisitorErasureRow } from './visitor.entity.ts'
import type { VisitorKeys } from './visitor-keys.ts'

/** Expired rows that are cleared away with each new one. */
const sweepRows = 100

/**
 * Ids whose tokens are no longer good, as keyed hashes in memory: a token is refused without asking the database.
 * Bounded by erasures within the life of a refresh token.
 */
export class EndedVisitors {
  readonly #keys: VisitorKeys
  readonly #untilMs = new Map<string, number>()

  constructor(keys: VisitorKeys) {
    this.#keys = keys
  }

  get size(): number {
    return this.#untilMs.size
  }

  /** Two HMACs a secret at most; nothing while nobody was erased. */
  has(visitorId: string): boolean {
    if (this.#untilMs.size === 0) return false
    return this.#keys.idHashes(visitorId).some((hash) => this.#untilMs.has(hash.toString('hex')))
  }

  /** Refuses an id from now on; again is harmless. */
  add(visitorId: string, nowMs: number): void {
    this.#untilMs.set(this.#keys.idHashes(visitorId)[0].toString('hex'), nowMs + refreshTokenMs)
  }

  /** Lets an id in again: its erasure was rolled back. */
  remove(visitorId: string): void {
    for (const hash of this.#keys.idHashes(visitorId)) this.#untilMs.delete(hash.toString('hex'))
  }

  /**
   * Takes in what was ended since a time, here or on other nodes, and drops what has run out.
   * @returns hashes that were not known before
   */
  async load(
    manager: EntityManager,
    { sinceMs, nowMs }: { sinceMs: number; nowMs: number },
  ): Promise<string[]> {
    const rows: readonly { readonly hash: string; readonly until: Date }[] = await manager.query(
      `SELECT encode(id_hash, 'hex') AS hash, until FROM ended_visitor WHERE at >= $1 AND until > $2`,
      [new Date(sinceMs), new Date(nowMs)],
    )
    const fresh: string[] = []
    for (const { hash, until } of rows) {
      if (!this.#untilMs.has(hash)) fresh.push(hash)
      this.#untilMs.set(hash, until.getTime())
    }
    for (const [hash, untilMs] of this.#untilMs) if (untilMs <= nowMs) this.#untilMs.delete(hash)
    return fresh
  }
}

/** Stores that an id is no longer good and that something was erased; nothing stored leads back to the id. */
export async function endVisitor(
  manager: EntityManager,
  keys: VisitorKeys,
  end: {
    readonly visitorId: string
    readonly reason: VisitorErasureRow['reason']
    readonly nowMs: number
    readonly newId: () => string
  },
): Promise<void> {
  const { visitorId, reason, nowMs, newId } = end
  await manager.query(
    `DELETE FROM ended_visitor WHERE id_hash IN (
       SELECT id_hash FROM ended_visitor WHERE until <= $1 LIMIT ${String(sweepRows)} FOR UPDATE SKIP LOCKED)`,
    [new Date(nowMs)],
  )
  await manager.query(
    'INSERT INTO ended_visitor (id_hash, at, until) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [keys.idHashes(visitorId)[0], new Date(nowMs), new Date(nowMs + refreshTokenMs)],
  )
  await manager.query('INSERT INTO visitor_erasure (erasure_id, at, reason) VALUES ($1, $2, $3)', [
    newId(),
    new Date(nowMs),
    reason,
  ])
}

/** Whether an id was ended, by the database: what decides when a change meets an erasure. */
export async function isEnded(
  manager: EntityManager,
  keys: VisitorKeys,
  visitorId: string,
): Promise<boolean> {
  const rows: readonly unknown[] = await manager.query(
    `SELECT 1 FROM ended_visitor WHERE id_hash = ANY($1::bytea[])`,
    [keys.idHashes(visitorId)],
  )
  return rows.length > 0
}
