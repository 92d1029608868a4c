import { Duplex } from 'node:stream'
import { EngineCrash } from './engine-thread.ts'
import type { EngineOutput } from './engine-thread.ts'
import type { SessionGate } from './session-gate.ts'
import { fatalMessage, greeting, notificationsIn, queryMessage, splitMessages } from './wire.ts'

/** What a session needs of the engine. */
export interface SessionHost {
  readonly gate: SessionGate
  /** Resolves when statements can run. */
  ready(): Promise<void>
  /** Runs whole messages; the caller holds the gate. */
  exec(batch: Uint8Array): Promise<EngineOutput>
  /** Gives notifications that came on one session to all others: there is one backend, and it listens once. */
  share(notifications: Buffer, from: SessionStream): void
  /** Tells that the session ended; true when no other is open. */
  leave(session: SessionStream): boolean
}

/** Letters of the messages after which a backend answers; all before are kept until then. */
const endsBatch = new Set(['Q', 'S', 'H'])
const terminate = 'X'

/** SQLSTATE class 57: the server went away; 53300: too many connections. */
const crashShutdown = '57P02'
const tooManyConnections = '53300'

/**
 * A connection to the embedded engine that `pg` takes for a socket: bytes of the PostgreSQL protocol in and out,
 * no network. Statements of one session run in order; a transaction has the backend for itself.
 *
 * When the stream ends with a transaction open, it is rolled back, as when a TCP connection breaks. A session
 * whose statement brought the engine down gets a fatal error and ends.
 *
 * Limits: COPY from the client is not supported; names of prepared statements, settings and what is listened to
 * are shared by all open sessions.
 */
export class SessionStream extends Duplex {
  readonly #host: SessionHost
  #unread: Buffer = Buffer.alloc(0)
  #batch: Buffer[] = []
  #greeted = false
  /** `I` idle, `T` in a transaction, `E` in a failed one; as the backend last said. */
  #status = 'I'
  #running: Promise<void> = Promise.resolve()
  /** No more statements are taken. */
  #broken = false
  /** A fatal error was sent: there is no session left to clean up after. */
  #disconnected = false
  #left = false

  constructor(host: SessionHost) {
    super({ allowHalfOpen: false })
    this.#host = host
  }

  /** As `net.Socket`: emits `connect` once the engine is open. */
  connect(): this {
    this.#host.ready().then(
      () => this.emit('connect'),
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    )
    return this
  }

  // What `pg` sets on a socket and what means nothing here.
  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }

  override _read(): void {
    // Answers are pushed when they come.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // The next chunk comes after `done`: a client cannot pile up statements here.
    this.#running = this.#take(chunk)
    this.#running.then(() => {
      done()
    }, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#leave().then(() => {
      if (!this.#disconnected) this.push(null)
      done()
    }, done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#broken = true
    this.#host.gate.dismiss(new Error('the connection was closed'), this)
    this.#leave().then(() => {
      done(error)
    }, done)
  }

  async #take(chunk: Buffer): Promise<void> {
    this.#unread = this.#unread.length > 0 ? Buffer.concat([this.#unread, chunk]) : chunk
    if (!this.#greeted) await this.#greet()
    if (!this.#greeted) return
    const { messages, rest } = splitMessages(this.#unread)
    this.#unread = rest
    for (const message of messages) {
      const type = String.fromCharCode(message[0]!)
      if (type === terminate) continue
      this.#batch.push(message)
      if (endsBatch.has(type)) await this.#run(Buffer.concat(this.#batch.splice(0)), type)
    }
  }

  /** The start-up packet has no type letter, only its length; nothing in it is needed here. */
  async #greet(): Promise<void> {
    if (this.#unread.length < 4) return
    const lengthBytes = this.#unread.readInt32BE(0)
    if (this.#unread.length < lengthBytes) return
    this.#unread = this.#unread.subarray(lengthBytes)
    this.#greeted = true
    await this.#host.ready()
    this.push(greeting())
  }

  async #run(batch: Buffer, lastType: string): Promise<void> {
    if (this.#broken) return
    try {
      await this.#host.gate.acquire(this)
      const { output } = await this.#host.exec(new Uint8Array(batch))
      // The answer to Query and Sync ends with "ready for query" and the state of the transaction.
      if (lastType !== 'H') this.#status = String.fromCharCode(output[output.length - 1] ?? 0x49)
      if (lastType !== 'H' && this.#status === 'I') this.#host.gate.release(this)
      if (!this.destroyed) this.push(output)
      const notifications = notificationsIn(output)
      if (notifications) this.#host.share(notifications, this)
    } catch (error) {
      this.disconnect(error)
    }
  }

  /** Passes notifications on that came on another session. */
  notify(notifications: Buffer): void {
    if (this.#greeted && !this.#broken && !this.#left && !this.destroyed) this.push(notifications)
  }

  /**
   * Tells the client and ends the connection, as a server does that goes down. An open transaction is not
   * rolled back here: after a crash it is gone with the engine.
   */
  disconnect(reason: unknown): void {
    if (this.#broken) return
    this.#broken = true
    this.#disconnected = true
    this.#status = 'I'
    const code = reason instanceof EngineCrash ? crashShutdown : tooManyConnections
    const words = reason instanceof Error ? reason.message : String(reason)
    this.push(fatalMessage(code, `embedded database: ${words}`))
    this.push(null)
  }

  async #leave(): Promise<void> {
    if (this.#left) return
    this.#left = true
    await this.#running
    const alone = this.#host.leave(this)
    try {
      if (this.#status !== 'I') await this.#host.exec(queryMessage('ROLLBACK'))
      if (alone && !this.#disconnected) {
        // Prepared statements, settings, locks and temporary tables end with a connection.
        await this.#host.gate.acquire(this)
        await this.#host.exec(queryMessage('DISCARD ALL'))
      }
    } catch {
      // The engine is gone, and the state of the session with it.
    } finally {
      this.#host.gate.release(this)
    }
  }
}
