import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { DataSource, EntityManager } from 'typeorm'
import { databaseErrorFacts } from './database-error.ts'

/** How often a transaction that another one was in the way of is tried again. */
export const retryLimit = 5
/** Longest pause before the first retry; doubles with each. */
const firstPauseMs = 10

export type Transaction = <Result>(work: (manager: EntityManager) => Promise<Result>) => Promise<Result>

const afterCommits = new WeakMap<EntityManager, (() => void)[]>()

/**
 * Has something done once the transaction of this manager is committed, and not at all when it is rolled back or
 * run again: dropping what memory still holds, waking who waits. Nothing that may fail or takes long.
 * @throws Error when the manager is not that of a transaction of {@link createTransaction}
 */
export function afterCommit(manager: EntityManager, work: () => void): void {
  const works = afterCommits.get(manager)
  if (!works) throw new Error('afterCommit needs the manager of a transaction.')
  works.push(work)
}

/**
 * Makes the function in which all of Atrium's writing commands run: `work` in one transaction, read committed,
 * committed when it returns, rolled back when it throws. On a serialisation failure or deadlock (40001, 40P01)
 * the whole of `work` runs again in a new transaction, at most five times, after a pause of random length so
 * that the rivals do not meet again; `work` must therefore leave no traces outside the database.
 *
 * Throws at once when called inside itself: the inner one would wait for a connection the outer one holds.
 *
 * @param random uniform in [0, 1), for the pauses
 */
export function createTransaction(dataSource: DataSource, random: () => number): Transaction {
  const inside = new AsyncLocalStorage<true>()
  return async (work) => {
    if (inside.getStore()) {
      throw new Error('A transaction was begun inside a transaction: pass the manager of the outer one on.')
    }
    for (let retry = 0; ; retry++) {
      try {
        const works: (() => void)[] = []
        const result = await inside.run(true, () =>
          dataSource.transaction((manager) => {
            afterCommits.set(manager, works)
            return work(manager)
          }),
        )
        for (const committed of works) committed()
        return result
      } catch (error) {
        if (retry === retryLimit || databaseErrorFacts(error)?.kind !== 'serialisation') throw error
        await delay(random() * firstPauseMs * 2 ** retry)
      }
    }
  }
}
