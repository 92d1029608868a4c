import { setTimeout as delay } from 'node:timers/promises'
import { DataSource } from 'typeorm'
import type { PoolConfig } from 'pg'
import type { EntitySchema, MigrationInterface } from 'typeorm'
import { EmbeddedEngine } from './embedded/embedded-engine.ts'
import { migrate } from './migrate.ts'
import type { DatabaseLog, OnProgress } from './progress.ts'
import { checkServer, noConnection } from './server-engine.ts'
import { createTransaction } from './transaction.ts'
import type { Transaction } from './transaction.ts'

/** Connections to a PostgreSQL server, per process of Atrium. */
const serverConnections = 10
/** How long a caller waits for a free connection before it gets an error. */
const connectionWaitMs = 30_000
/** Longest statement, and longest pause inside a transaction, on a PostgreSQL server. */
const statementLimitMs = 120_000
const idleInTransactionMs = 60_000
/** A database that does not answer within this is not ready. */
const pingLimitMs = 5_000

export interface DatabaseOptions {
  /** `DATABASE_URL` of a PostgreSQL server; without it the embedded engine runs on `dataDir`. */
  readonly url?: string | undefined
  /**
   * Folder of the embedded database, not used with a url. Its lock (`<dataDir>.lock`) and the engine's files
   * (`engine-…/`) lie beside it, so give it a parent of Atrium's own: `.atrium/database`.
   */
  readonly dataDir: string
  readonly entities: readonly EntitySchema[]
  /** Classes of migrations, each with a `name` that ends in its time. */
  readonly migrations: readonly (new () => MigrationInterface)[]
  readonly log: DatabaseLog
  /** Told what is being done, as it may take seconds. */
  readonly onProgress?: OnProgress
  /** Uniform in [0, 1), for the pauses between retries; `Math.random` unless a test wants otherwise. */
  readonly random?: () => number
}

/** An open database; both engines look the same. */
export interface Database {
  /** `embedded` is for evaluation and pilots: one process, one connection, no replica. */
  readonly engine: 'embedded' | 'server'
  /**
   * Connections for a library that brings its own SQL: settings of a `pg` pool of at most so many. Whoever
   * makes the pool ends it before {@link close}. Embedded, all sessions share settings such as `search_path`.
   */
  readonly sessions: (max: number) => PoolConfig
  /** For reading. Inside {@link transaction} use the manager given: embedded there is one connection. */
  readonly dataSource: DataSource
  readonly transaction: Transaction
  /** Resolves when a statement came back within 5 s, rejects otherwise. */
  ping(): Promise<void>
  /** Ends in order; statements under way are waited for. Calling twice is harmless. */
  close(): Promise<void>
}

/**
 * Opens PostgreSQL with PostGIS, on a server or embedded, and brings its tables up to date.
 *
 * @throws UnusableDatabase, a sentence for the operator, when the server does not answer, is too old or has no
 * PostGIS, when the folder is in use by another process or is no database, or when the embedded engine fails its
 * self-test. Nothing stays open or locked then.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, log, onProgress = () => undefined, random = Math.random } = options
  const engine = url === undefined ? await EmbeddedEngine.open({ ...options, onProgress }) : undefined
  const dataSource = new DataSource({
    type: 'postgres',
    installExtensions: false,
    entities: [...options.entities],
    migrations: [...options.migrations],
    synchronize: false,
    ...(url === undefined ? {} : { url }),
    extra: engine
      ? {
          stream: () => engine.session(),
          // Prepared statements share one name space in the one backend.
          max: 1,
          connectionTimeoutMillis: connectionWaitMs,
        }
      : {
          max: serverConnections,
          connectionTimeoutMillis: connectionWaitMs,
          statement_timeout: statementLimitMs,
          idle_in_transaction_session_timeout: idleInTransactionMs,
          application_name: 'atrium',
        },
  })
  const close = async () => {
    if (dataSource.isInitialized) await dataSource.destroy()
    await engine?.close()
  }
  try {
    if (!engine) onProgress('connect')
    await dataSource.initialize().catch((error: unknown) => {
      throw url === undefined ? error : noConnection(url, error)
    })
    if (!engine) await checkServer(dataSource)
    onProgress('migrate')
    const ran = await migrate(dataSource)
    if (ran.length > 0) log.info({ migrations: ran }, 'the tables were brought up to date')
  } catch (error) {
    await close()
    throw error
  }
  return {
    engine: engine ? 'embedded' : 'server',
    sessions: (max) => ({
      ...(engine ? { stream: () => engine.session() } : { connectionString: url }),
      max,
      connectionTimeoutMillis: connectionWaitMs,
    }),
    dataSource,
    transaction: createTransaction(dataSource, random),
    ping: () => ping(dataSource),
    close,
  }
}

async function ping(dataSource: DataSource): Promise<void> {
  const timer = new AbortController()
  const late = delay(pingLimitMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`the database did not answer within ${pingLimitMs / 1000} s`)
  })
  try {
    await Promise.race([dataSource.query('SELECT 1'), late])
  } finally {
    timer.abort()
    late.catch(() => undefined)
  }
}
