import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Duplex } from 'node:stream'
import type { DatabaseLog, OnProgress } from '../progress.ts'
import { EngineCrash, EngineThread } from './engine-thread.ts'
import type { EngineOutput } from './engine-thread.ts'
import { lockFolder } from './folder-lock.ts'
import type { FolderLock } from './folder-lock.ts'
import { selfTest } from './self-test.ts'
import { SessionGate } from './session-gate.ts'
import { SessionStream } from './session-stream.ts'
import type { SessionHost } from './session-stream.ts'
import { checkDataFolder, engineFiles, ensureDataFolder } from './template.ts'

export interface EmbeddedEngineOptions {
  /** Folder of the database; its lock and the engine's shared files lie beside it. */
  readonly dataDir: string
  readonly log: DatabaseLog
  readonly onProgress: OnProgress
}

/**
 * PostgreSQL 18 with PostGIS inside this process, for evaluation and pilots: one backend in a worker thread,
 * one process per folder. A crash of the engine ends the open sessions with an error and opens it again;
 * what was committed is recovered from its log.
 */
export class EmbeddedEngine implements SessionHost {
  readonly gate = new SessionGate()
  readonly #options: EmbeddedEngineOptions
  readonly #lock: FolderLock
  readonly #sessions = new Set<SessionStream>()
  #postgisBundle = ''
  #thread: Promise<EngineThread> | undefined
  #closed = false

  private constructor(options: EmbeddedEngineOptions, lock: FolderLock) {
    this.#options = options
    this.#lock = lock
  }

  /**
   * Locks the folder, makes it from the template when it is new, opens it and proves it with the self-test.
   * @throws UnusableDatabase when the folder is in use, is no database, or the self-test fails
   */
  static async open(options: EmbeddedEngineOptions): Promise<EmbeddedEngine> {
    const { dataDir, onProgress } = options
    makeFolder(dirname(dataDir))
    const engine = new EmbeddedEngine(options, lockFolder(dataDir))
    try {
      checkDataFolder(dataDir)
      const files = await engineFiles(dirname(dataDir), () => {
        onProgress('make-engine')
      })
      engine.#postgisBundle = files.postgisBundle
      await ensureDataFolder(dataDir, files.template)
      onProgress('open-engine')
      await engine.#opened()
      return engine
    } catch (error) {
      engine.#lock.release()
      throw error
    }
  }

  /** A new connection, to be given to `pg` as its stream. */
  session(): Duplex {
    const session = new SessionStream(this)
    this.#sessions.add(session)
    return session
  }

  async ready(): Promise<void> {
    await this.#opened()
  }

  async exec(batch: Uint8Array): Promise<EngineOutput> {
    return (await this.#opened()).exec(batch)
  }

  share(notifications: Buffer, from: SessionStream): void {
    for (const session of this.#sessions) if (session !== from) session.notify(notifications)
  }

  leave(session: SessionStream): boolean {
    this.#sessions.delete(session)
    return this.#sessions.size === 0
  }

  /** Ends the database in order and gives the folder back. Sessions still open get an error. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    try {
      const thread = await this.#thread?.catch(() => undefined)
      await thread?.close()
    } finally {
      this.#lock.release()
    }
  }

  #opened(after: Promise<void> = Promise.resolve()): Promise<EngineThread> {
    if (this.#closed) return Promise.reject(new EngineCrash('the database is closed'))
    this.#thread ??= after
      .then(() => this.#start())
      .catch((error: unknown) => {
        this.#thread = undefined
        throw error
      })
    return this.#thread
  }

  async #start(): Promise<EngineThread> {
    const thread = await EngineThread.start({
      dataDir: this.#options.dataDir,
      postgisBundle: this.#postgisBundle,
      guarded: true,
    })
    try {
      await selfTest(thread)
    } catch (error) {
      await thread.kill()
      throw error
    }
    void thread.crashed.then((crash) => {
      this.#recover(thread, crash)
    })
    return thread
  }

  /** Every session is told; the engine is opened again at once, not when the next one asks. */
  #recover(thread: EngineThread, crash: EngineCrash): void {
    if (this.#closed) return
    const { log } = this.#options
    log.error({ reason: crash.message }, 'the embedded database crashed and is opened again')
    this.gate.dismiss(crash)
    // An idle session may hold an open transaction: its next statement must not run outside of it.
    for (const session of this.#sessions) session.disconnect(crash)
    this.#thread = undefined
    this.#opened(thread.kill()).catch((error: unknown) => {
      log.error({ reason: String(error) }, 'the embedded database could not be opened again')
    })
  }
}

/** Node's own recursive mkdir never returns where the parent is there and takes no folders (`/proc`). */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path)
}
