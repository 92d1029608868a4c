import { createPostgresBackend, Queue, runMigrations, Worker } from 'bullmq'
import type { Job, JobsOptions, PostgresConnectionOptions, RepeatOptions, WorkerOptions } from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Database } from '../database/index.ts'
import type { Config } from '../platform/config.ts'
import type { Log } from '../platform/log.ts'

type Work = (job: Job) => Promise<void>
type WorkSettings = Required<
  Pick<WorkerOptions, 'concurrency' | 'lockDuration' | 'stalledInterval' | 'maxStalledCount'>
>

type OnError = (error: unknown) => void

/** What is used of a queue; the same whatever it is kept in. */
export interface JobQueue {
  add(name: string, payload: unknown, options: JobsOptions): Promise<unknown>
  upsertJobScheduler(
    id: string,
    repeat: Omit<RepeatOptions, 'key'>,
    template: { readonly name: string; readonly data: unknown; readonly opts: JobsOptions },
  ): Promise<unknown>
  getJobSchedulers(): Promise<readonly { readonly key: string }[]>
  removeJobScheduler(id: string): Promise<boolean>
  getJobCounts(...states: ('waiting' | 'delayed' | 'active' | 'failed')[]): Promise<Record<string, number>>
  on(event: 'error', listener: OnError): unknown
  close(): Promise<void>
}

/** What is used of a worker. */
export interface JobWorker {
  waitUntilReady(): Promise<unknown>
  on(event: 'error', listener: OnError): unknown
  close(): Promise<void>
}

/** Where BullMQ keeps its jobs. */
export interface Backend {
  /** Makes tables and functions where they are missing; before any queue or worker. */
  prepare(): Promise<void>
  queue(name: string): JobQueue
  worker(name: string, work: Work, settings: WorkSettings): JobWorker
  /** After all queues and workers are closed. */
  close(): Promise<void>
}

/** Ended jobs that are kept, for whoever looks into a failure. */
const retention: JobsOptions = { removeOnComplete: 100, removeOnFail: 1_000 }
/** With nothing to do a worker asks again after this; of a new job it is told at once. */
const idleS = { database: 60, redis: 5 } as const

export function openBackend(options: {
  readonly database: Pick<Database, 'engine' | 'sessions'>
  readonly config: Pick<Config, 'redisUrl'>
  readonly log: Log
}): Backend {
  const { database, config, log } = options
  return config.redisUrl === undefined ? onDatabase(database, log) : onRedis(config.redisUrl, log)
}

/** One for statements, one that listens for each worker, one for what comes together with them. */
const poolSessions = 5
const schema = 'bullmq'

function onDatabase(database: Pick<Database, 'engine' | 'sessions'>, log: Log): Backend {
  const embedded = database.engine === 'embedded'
  const pool = new pg.Pool({
    ...database.sessions(poolSessions),
    keepAlive: true,
    ...(embedded ? {} : { options: `-c search_path=${schema}` }),
    // Embedded, all sessions share the one setting, and everybody else's tables have to come first.
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the pool waits for it, its types do not say so
    ...(embedded ? { onConnect: (client) => client.query(`SET search_path TO public, ${schema}`) } : {}),
    application_name: 'atrium jobs',
  })
  pool.on('error', (error) => {
    log.warn({ err: error }, 'a connection of the jobs was lost')
  })
  // The pool listens to those that are idle alone: one that is lost while somebody has it, between two statements of
  // a migration, would end the process. Whoever has it is told with the next statement.
  pool.on('connect', (client) => {
    client.on('error', (error) => {
      log.debug({ err: error }, 'a connection of the jobs was lost while in use')
    })
  })
  // A pool is what is asked for; the library's own description of one asks for an index signature.
  const base = { connection: pool as unknown as PostgresConnectionOptions }
  return {
    queue: (name) =>
      new Queue(
        name,
        { ...base, defaultJobOptions: retention, skipMetasUpdate: true },
        createPostgresBackend,
      ),
    worker: (name, work, settings) =>
      new Worker(name, work, { ...base, ...settings, drainDelay: idleS.database }, createPostgresBackend),
    async prepare() {
      const client = await pool.connect()
      try {
        await runMigrations(client, schema)
      } finally {
        client.release()
      }
    },
    close: () => pool.end(),
  }
}

function onRedis(url: string, log: Log): Backend {
  const connections: Redis[] = []
  const connect = (maxRetriesPerRequest: number | null) => {
    const client = new Redis(url, { maxRetriesPerRequest })
    client.on('error', (error: unknown) => {
      log.debug({ err: error }, 'the connection of the jobs to Redis failed')
    })
    connections.push(client)
    return client
  }
  const prefix = 'atrium-jobs'
  return {
    // Whoever adds a job is told when Redis is away; a worker waits until it is back.
    queue: (name) => new Queue(name, { connection: connect(3), prefix, defaultJobOptions: retention }),
    worker: (name, work, settings) =>
      new Worker(name, work, { connection: connect(null), prefix, ...settings, drainDelay: idleS.redis }),
    prepare: () => Promise.resolve(),
    close() {
      for (const client of connections) client.disconnect()
      return Promise.resolve()
    },
  }
}
