import { purposes } from './purposes.ts'
import type { ConsentChange, Consents, Purpose } from './purposes.ts'

/** Visitors whose consents memory holds: some 40 MB when full. */
export const maxVisitorsKept = 100_000
/** Visitors looked up in one statement. */
const batchVisitors = 500
/** Visitors who wait to be looked up; whoever comes then counts as not having agreed. */
export const maxWaiting = 20_000

/** A visitor's last word on a purpose, and its place among all they said. */
export interface ConsentWord {
  readonly purpose: Purpose
  readonly granted: boolean
  readonly seq: number
}

type Words = Partial<Record<Purpose, ConsentWord>>

interface Waiting {
  readonly promise: Promise<Words>
  readonly resolve: (words: Words) => void
  /** Something changed since it was asked: what the database answered may be older. */
  stale: boolean
}

/**
 * The consents of visitors in memory, the database on a miss; many misses share a statement. Bounded: the visitor
 * longest unused is forgotten first.
 */
export class ConsentCache implements Consents {
  readonly #lookUp: (visitorIds: readonly string[]) => Promise<ReadonlyMap<string, readonly ConsentWord[]>>
  readonly #onFault: (error: unknown) => void
  readonly #kept = new Map<string, Words>()
  readonly #waiting = new Map<string, Waiting>()
  readonly #listeners: ((change: ConsentChange) => void)[] = []
  #busy = false
  #turnedAway = 0

  /**
   * @param lookUp the last words of some visitors; those without any may be missing
   * @param onFault told when the database did not answer
   */
  constructor(
    lookUp: (visitorIds: readonly string[]) => Promise<ReadonlyMap<string, readonly ConsentWord[]>>,
    onFault: (error: unknown) => void,
  ) {
    this.#lookUp = lookUp
    this.#onFault = onFault
  }

  /** How many visitors memory holds. */
  get size(): number {
    return this.#kept.size
  }

  /** How often somebody was told "no" because too many asked at once. */
  get turnedAway(): number {
    return this.#turnedAway
  }

  has(visitorId: string, purpose: Purpose): boolean | Promise<boolean> {
    const words = this.#kept.get(visitorId)
    if (words) {
      this.#kept.delete(visitorId)
      this.#kept.set(visitorId, words)
      return words[purpose]?.granted ?? false
    }
    const waiting = this.#waiting.get(visitorId) ?? this.#ask(visitorId)
    if (!waiting) return false
    return waiting.promise.then((found) => found[purpose]?.granted ?? false)
  }

  onChange(listener: (change: ConsentChange) => void): void {
    this.#listeners.push(listener)
  }

  /** Takes in a word that was committed, here or on another node; an older one than memory holds changes nothing. */
  apply(visitorId: string, word: ConsentWord): void {
    const waiting = this.#waiting.get(visitorId)
    if (waiting) waiting.stale = true
    const words = this.#kept.get(visitorId)
    if ((words?.[word.purpose]?.seq ?? 0) >= word.seq) return
    if (words) words[word.purpose] = word
    this.#tell({ visitorId, purpose: word.purpose, granted: word.granted })
  }

  /**
   * Takes in a word read from the database, newest first and perhaps again. Of a visitor memory does not hold nobody
   * here decides anything: presence asks for every visitor it follows, and fewer than fit here.
   */
  learn(visitorId: string, word: ConsentWord): void {
    if (this.#kept.has(visitorId) || this.#waiting.has(visitorId)) this.apply(visitorId, word)
  }

  /** Drops a visitor; whoever acts on their consents is told that there is none any more. */
  forget(visitorId: string): void {
    const waiting = this.#waiting.get(visitorId)
    if (waiting) waiting.stale = true
    this.#kept.delete(visitorId)
    for (const purpose of purposes) this.#tell({ visitorId, purpose, granted: false })
  }

  /** Visitors in memory, for finding one by its hash. */
  visitors(): IterableIterator<string> {
    return this.#kept.keys()
  }

  #tell(change: ConsentChange): void {
    for (const listener of this.#listeners) listener(change)
  }

  #ask(visitorId: string): Waiting | undefined {
    if (this.#waiting.size >= maxWaiting) {
      this.#turnedAway++
      return undefined
    }
    let resolve: (words: Words) => void = () => undefined
    const promise = new Promise<Words>((settle) => (resolve = settle))
    const waiting = { promise, resolve, stale: false }
    this.#waiting.set(visitorId, waiting)
    void this.#work()
    return waiting
  }

  /** Looks up whoever waits, a batch at a time; those who come meanwhile share the next batch. */
  async #work(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    // Whoever asks in the same turn of the event loop joins the first batch.
    await Promise.resolve()
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting].slice(0, batchVisitors)
      for (const [, waiting] of batch) waiting.stale = false
      const found = await this.#lookUp(batch.map(([visitorId]) => visitorId)).catch((error: unknown) => {
        this.#onFault(error)
        return undefined
      })
      for (const [visitorId, waiting] of batch) this.#settle(visitorId, waiting, found)
    }
    this.#busy = false
  }

  #settle(
    visitorId: string,
    waiting: Waiting,
    found: ReadonlyMap<string, readonly ConsentWord[]> | undefined,
  ): void {
    if (found && waiting.stale) return
    this.#waiting.delete(visitorId)
    const words: Words = {}
    for (const word of found?.get(visitorId) ?? []) words[word.purpose] = word
    if (found) this.#keep(visitorId, words)
    waiting.resolve(words)
  }

  #keep(visitorId: string, words: Words): void {
    this.#kept.set(visitorId, words)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= maxVisitorsKept) break
      this.#kept.delete(oldest)
    }
  }
}
