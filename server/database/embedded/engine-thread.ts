import { Worker } from 'node:worker_threads'
import type { EngineReply, EngineRequest, EngineStart } from './engine-messages.ts'
import { errorIn, queryMessage, readMessages } from './wire.ts'
import type { WireMessage } from './wire.ts'

/**
 * Longest time one batch of statements may run. The engine can neither be interrupted nor told a
 * `statement_timeout`; beyond this it is ended and opened again, so that one query cannot stop a mall.
 */
export const batchLimitMs = 120_000

/**
 * Stack of the thread. Deep recursion meets PostgreSQL's own limit (`max_stack_depth`, an ordinary error) before
 * this one, which would be the end of the engine.
 */
const stackSizeMb = 64

/** The engine died, or had to be ended: nothing of the statement is known, its transaction is undone. */
export class EngineCrash extends Error {
  override readonly name = 'EngineCrash'
}

/** What one batch of messages brought back. */
export interface EngineOutput {
  /** The backend's messages, whole. */
  readonly output: Uint8Array
  /** Calls of fsync since the thread began. */
  readonly synced: number
}

interface Waiting {
  readonly resolve: (reply: EngineReply) => void
  readonly reject: (crash: EngineCrash) => void
}

/**
 * PostgreSQL with PostGIS in a thread of its own. One backend: whoever calls {@link exec} sees to it that
 * sessions do not interleave (`session-gate.ts`).
 */
export class EngineThread {
  /** Resolves with the reason as soon as the thread is lost for any other cause than {@link close}. */
  readonly crashed: Promise<EngineCrash>
  #tellCrash: (crash: EngineCrash) => void = () => undefined
  readonly #worker: Worker
  readonly #limitMs: number
  readonly #waiting: Waiting[] = []
  #dead: EngineCrash | undefined
  #closing = false

  private constructor(start: EngineStart, limitMs: number) {
    this.#limitMs = limitMs
    // Without the parent's --import: the thread is plain JavaScript and starts faster without a loader.
    this.#worker = new Worker(new URL('./engine-worker.mjs', import.meta.url), {
      workerData: start,
      execArgv: [],
      resourceLimits: { stackSizeMb },
    })
    this.#worker.on('message', (reply: EngineReply) => {
      if (reply.kind === 'crashed') this.#die(reply.reason)
      else this.#waiting.shift()?.resolve(reply)
    })
    this.#worker.once('error', (error) => {
      this.#die(error instanceof Error ? error.message : String(error))
    })
    this.#worker.once('exit', () => {
      this.#die('the thread of the engine ended')
    })
    this.crashed = new Promise((resolve) => {
      this.#tellCrash = resolve
    })
  }

  /** Opens the folder; resolves when statements can run. Rejects with {@link EngineCrash}. */
  static async start(start: EngineStart, limitMs = batchLimitMs): Promise<EngineThread> {
    const thread = new EngineThread(start, limitMs)
    await thread.#reply()
    return thread
  }

  /** Runs whole protocol messages that end with a Query or Sync. Rejects with {@link EngineCrash}. */
  async exec(batch: Uint8Array): Promise<EngineOutput> {
    const limit = setTimeout(() => {
      this.#die(`a statement ran longer than ${this.#limitMs / 1000} s`)
    }, this.#limitMs)
    try {
      const reply = await this.#ask({ kind: 'run', batch })
      if (reply.kind !== 'output') throw new EngineCrash(`unexpected reply ${reply.kind}`)
      return reply
    } finally {
      clearTimeout(limit)
    }
  }

  /** Runs plain SQL; throws on an SQL error. For the engine's own housekeeping only. */
  async run(sql: string): Promise<WireMessage[]> {
    const messages = readMessages((await this.exec(queryMessage(sql))).output)
    const error = errorIn(messages)
    if (error) throw new Error(`${error.code} ${error.message} in: ${sql}`)
    return messages
  }

  /** Ends the database in order, so that the next start need not recover, and the thread. */
  async close(): Promise<void> {
    this.#closing = true
    if (!this.#dead) await this.#ask({ kind: 'close' })
    await this.#worker.terminate()
  }

  /** Ends the thread at once, as a power cut would; resolves when it has let go of the folder. */
  async kill(): Promise<void> {
    await this.#worker.terminate()
  }

  #ask(request: EngineRequest): Promise<EngineReply> {
    const reply = this.#reply()
    if (!this.#dead) this.#worker.postMessage(request)
    return reply
  }

  #reply(): Promise<EngineReply> {
    if (this.#dead) return Promise.reject(this.#dead)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
    })
  }

  #die(reason: string): void {
    if (this.#dead) return
    this.#dead = new EngineCrash(reason)
    for (const { reject } of this.#waiting.splice(0)) reject(this.#dead)
    void this.#worker.terminate()
    if (!this.#closing) this.#tellCrash(this.#dead)
  }
}
