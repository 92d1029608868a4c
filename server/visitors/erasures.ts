import type { Database } from '../database/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { ConsentCache } from './consent-cache.ts'
import { lockVisitor } from './consent-ledger.ts'
import { endVisitor } from './ended-visitors.ts'
import type { EndedVisitors } from './ended-visitors.ts'
import type { PersonalData } from './personal-data.ts'
import type { VisitorKeys } from './visitor-keys.ts'

/** A request under way when its visitor was erased has ended by then, on whichever node. */
export const secondPassMs = 60_000

interface ErasureParts {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly keys: VisitorKeys
  readonly personalData: PersonalData
  readonly ended: EndedVisitors
  readonly consents: ConsentCache
}

/**
 * Erases visitors from every table and cache. The token is refused before the work begins, so that nothing new is kept;
 * requests already under way may still write, therefore a second pass follows a minute later (on an orderly stop, at the
 * stop).
 */
export class Erasures {
  readonly #parts: ErasureParts
  readonly #secondPass: { readonly visitorId: string; readonly dueMs: number }[] = []

  constructor(parts: ErasureParts) {
    this.#parts = parts
  }

  /** Erases in one transaction; when that fails nothing is erased and the token is good again. */
  async erase(visitorId: string): Promise<void> {
    const { database, clock, newId, keys, personalData, ended } = this.#parts
    const nowMs = clock()
    ended.add(visitorId, nowMs)
    try {
      await database.transaction(async (manager) => {
        // Whoever is changing this visitor's consents goes first, and finds the id ended afterwards.
        await lockVisitor(manager, visitorId, new Date(nowMs))
        await personalData.erase(manager, visitorId)
        await endVisitor(manager, keys, { visitorId, reason: 'erased', nowMs, newId })
      })
    } catch (error) {
      ended.remove(visitorId)
      throw error
    }
    this.committed(visitorId)
  }

  /** After the commit: forgets the visitor on this node, and plans the second pass. */
  committed(visitorId: string): void {
    const { clock, ended } = this.#parts
    ended.add(visitorId, clock())
    this.forget(visitorId)
    this.#secondPass.push({ visitorId, dueMs: clock() + secondPassMs })
  }

  /** Drops what memory holds. */
  forget(visitorId: string): void {
    this.#parts.consents.forget(visitorId)
    this.#parts.personalData.forget(visitorId)
  }

  /** Erases once more those whose time has come. */
  async sweep(untilMs: number): Promise<void> {
    const { database, personalData } = this.#parts
    const due = this.#secondPass.filter(({ dueMs }) => dueMs <= untilMs)
    for (const one of due) {
      await database.transaction((manager) => personalData.erase(manager, one.visitorId))
      this.forget(one.visitorId)
      const at = this.#secondPass.indexOf(one)
      if (at >= 0) this.#secondPass.splice(at, 1)
    }
  }
}
