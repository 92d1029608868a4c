import type { Database } from '../database/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { ConsentCache } from './consent-cache.ts'
import type { EndedVisitors } from './ended-visitors.ts'
import type { Erasures } from './erasures.ts'
import type { Purpose } from './purposes.ts'
import type { VisitorKeys } from './visitor-keys.ts'

/** Clocks of nodes may differ by this much, and a commit may come so late. */
const overlapMs = 30_000
/** Changes of one look, the newest first. */
const maxChanges = 20_000

interface NewsParts {
  readonly database: Database
  readonly clock: Clock
  readonly keys: VisitorKeys
  readonly consents: ConsentCache
  readonly ended: EndedVisitors
  readonly erasures: Erasures
}

interface ChangeFound {
  readonly visitor_id: string
  readonly purpose: Purpose
  readonly granted: boolean
  readonly seq: number
}

/**
 * What other nodes changed: consents and erasures, read from the database every two seconds. Works without Redis; what
 * happens on a node itself does not wait for it.
 */
export class VisitorNews {
  readonly #parts: NewsParts
  #lookedAtMs = 0

  constructor(parts: NewsParts) {
    this.#parts = parts
  }

  /** Takes in what is new. Rejects when the database does; the next look then reaches back further. */
  async look(): Promise<void> {
    const { database, clock, consents, ended } = this.#parts
    const { manager } = database.dataSource
    const nowMs = clock()
    const sinceMs = this.#lookedAtMs - overlapMs
    const hashes = await ended.load(manager, { sinceMs: Math.max(0, sinceMs), nowMs })
    if (hashes.length > 0 && this.#lookedAtMs > 0) this.#forget(new Set(hashes))
    const rows: readonly ChangeFound[] =
      this.#lookedAtMs === 0
        ? []
        : await manager.query(
            `SELECT visitor_id, purpose, granted, seq FROM consent_entry WHERE at >= $1
             ORDER BY at DESC, seq DESC LIMIT ${String(maxChanges)}`,
            [new Date(sinceMs)],
          )
    for (const { visitor_id: visitorId, ...word } of rows) consents.learn(visitorId, word)
    this.#lookedAtMs = nowMs
  }

  /** The visitors of these hashes, as far as memory holds them. O(visitors in memory), once an erasure elsewhere. */
  #forget(hashes: ReadonlySet<string>): void {
    const { keys, consents, erasures } = this.#parts
    const found = [...consents.visitors()].filter((visitorId) =>
      keys.idHashes(visitorId).some((hash) => hashes.has(hash.toString('hex'))),
    )
    for (const visitorId of found) erasures.forget(visitorId)
  }
}
