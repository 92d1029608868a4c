import { AppendLog } from './append-log.ts'
import type { LogFiles } from './append-log.ts'
import { queueEntry } from './operations.ts'
import type { Operation, QueueEntry } from './operations.ts'

type ConflictEntry = Extract<QueueEntry, { entry: 'conflict' }>

/** Where an operation stands. */
export type QueuedState =
  | { readonly is: 'pending' }
  | { readonly is: 'synced'; readonly beacon?: { readonly id: string; readonly revision: number } }
  | { readonly is: 'conflict'; readonly conflict: ConflictEntry }
  | { readonly is: 'dropped' }

export interface Queued {
  readonly op: Operation
  readonly state: QueuedState
}

/** Most operations of one kit that wait: a mall of five levels is some 600 beacons, each touched a few times. */
export const mostPending = 10_000

/**
 * What was done and is to be told to the registry, in its order. It lives in a log that survives a crash at any moment; the same
 * operation added twice is one.
 */
export class OperationQueue {
  /** Lines of the log that could not be read, by number. */
  readonly damaged: readonly number[]
  readonly #log: AppendLog
  readonly #byId = new Map<string, Queued>()

  constructor(path: string, files?: LogFiles) {
    this.#log = new AppendLog(path, files)
    const strangers: number[] = []
    this.#log.entries.forEach((entry, index) => {
      const read = queueEntry.safeParse(entry)
      if (read.success) this.#apply(read.data)
      else strangers.push(index + 1)
    })
    this.damaged = [...this.#log.damaged, ...strangers]
  }

  /** All operations, in the order they were made. */
  all(): readonly Queued[] {
    return [...this.#byId.values()]
  }

  /** What still waits: also what is in conflict. */
  waiting(): readonly Queued[] {
    return this.all().filter(({ state }) => state.is === 'pending' || state.is === 'conflict')
  }

  find(opId: string): Queued | undefined {
    return this.#byId.get(opId)
  }

  /** An operation as it stands: the last that was made from it when conflicts were settled, otherwise itself. */
  standing(opId: string): Queued | undefined {
    const made = this.all().filter(({ op }) => op.supersedes === opId)
    return made[made.length - 1] ?? this.find(opId)
  }

  /**
   * Adds an operation; it is on the disk when this returns. One that is there already stays as it is.
   * @throws KitFault `disk-full`, `file-unusable`
   */
  add(op: Operation): void {
    if (!this.#byId.has(op.opId)) this.#write({ entry: 'op', op })
  }

  /** Notes what became of an operation. */
  settle(entry: Exclude<QueueEntry, { entry: 'op' }>): void {
    this.#write(entry)
  }

  close(): void {
    this.#log.close()
  }

  #write(entry: QueueEntry): void {
    this.#log.append(entry)
    this.#apply(entry)
  }

  #apply(entry: QueueEntry): void {
    if (entry.entry === 'op') {
      if (!this.#byId.has(entry.op.opId))
        this.#byId.set(entry.op.opId, { op: entry.op, state: { is: 'pending' } })
      return
    }
    const known = this.#byId.get(entry.opId)
    if (known) this.#byId.set(entry.opId, { op: known.op, state: stateOf(entry) })
  }
}

function stateOf(entry: Exclude<QueueEntry, { entry: 'op' }>): QueuedState {
  switch (entry.entry) {
    case 'synced':
      return { is: 'synced', ...(entry.beacon ? { beacon: entry.beacon } : {}) }
    case 'conflict':
      return { is: 'conflict', conflict: entry }
    case 'dropped':
      return { is: 'dropped' }
  }
}
