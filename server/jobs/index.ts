import { setTimeout as delay } from 'node:timers/promises'
import type { Job, JobsOptions } from 'bullmq'
import { Counter, Gauge } from 'prom-client'
import type { Json } from '../../maps/model/index.ts'
import type { Database } from '../database/index.ts'
import type { Config } from '../platform/config.ts'
import type { Log } from '../platform/log.ts'
import type { MetricsRegistry } from '../platform/metrics.ts'
import { openBackend } from './backend.ts'
import type { JobQueue, JobWorker } from './backend.ts'

export { startInBackground } from './start-in-background.ts'

export type JobLane = 'inside' | 'outside'

/** How a job is done and tried again. */
export interface JobSettings {
  /** `outside` for what waits for somebody else's server: it must not keep our own work waiting. */
  readonly lane?: JobLane
  /** Tries in all; 3 unless said otherwise. */
  readonly attempts?: number
  /** Pause before the second try, ms; doubles with each. 1 s unless said otherwise. */
  readonly backoffMs?: number
}

export interface AddOptions {
  /** A job with the id of one that has not ended is not added again. Holds no colon. */
  readonly jobId?: string
  readonly delayMs?: number
}

/** Does the work of one job; a rejection is a failed try. It may run twice: a node may die in the middle. */
export type JobHandler = (payload: Json) => Promise<void>

/** Work for later, kept in the database or in Redis, done by whichever node has time. */
export interface Jobs {
  /** Says how jobs of a name are done; before {@link start}, on every node. @throws when said twice */
  define(name: string, handler: JobHandler, settings?: JobSettings): void
  /** Adds a job. May be called before {@link start}. */
  add(name: string, payload: Json, options?: AddOptions): Promise<void>
  /**
   * Does something again and again, once for all nodes; before {@link start}.
   * @param when every so many ms, or a cron pattern (five fields, UTC)
   */
  every(name: string, when: number | string, handler: () => Promise<void>): void
  /** Begins to work; rejects when database or Redis are away. */
  start(): Promise<void>
  /** Lets jobs under way finish for `graceMs`; what has not finished then is done again by another node. */
  stop(graceMs: number): Promise<void>
}

const lanes: readonly JobLane[] = ['inside', 'outside']
/** Jobs of one lane at once on this node. */
const maxAtOnce = 8
/** A job whose node gave no sign of life for this long is taken up by another. */
const lockMs = 30_000
const stalledCheckMs = 30_000
/** How often a job may be taken up after its node died before it counts as failed. */
const maxStalled = 3

interface Definition {
  readonly handler: JobHandler
  readonly lane: JobLane
  readonly attempts: number
  readonly backoffMs: number
}

/**
 * Jobs on BullMQ: in Redis with `REDIS_URL`, else in the database. All names share two queues, so that an idle
 * node asks for two things and not for twenty.
 */
export function createJobs(options: {
  readonly database: Pick<Database, 'engine' | 'sessions'>
  readonly config: Pick<Config, 'redisUrl'>
  readonly log: Log
  readonly registry: MetricsRegistry
  /** For tests: how soon a job of a dead node is taken up. */
  readonly timing?: { readonly lockMs: number; readonly stalledCheckMs: number }
}): Jobs {
  const { log, registry, timing = { lockMs, stalledCheckMs } } = options
  const definitions = new Map<string, Definition>()
  const schedules = new Map<string, number | string>()
  const done = new Counter({
    name: 'atrium_jobs_total',
    help: 'Tries of jobs, by name and result',
    labelNames: ['name', 'result'] as const,
    registers: [registry],
  })
  const backend = openBackend(options)
  let opening: Promise<ReadonlyMap<JobLane, JobQueue>> | undefined
  let workers: JobWorker[] = []
  let depth: Record<string, number> = {}
  new Gauge({
    name: 'atrium_jobs',
    help: 'Jobs that wait, are delayed, under way or failed for good',
    labelNames: ['state'] as const,
    registers: [registry],
    async collect() {
      if (workers.length > 0) depth = await countJobs(await queues()).catch(() => depth)
      for (const [state, count] of Object.entries(depth)) this.set({ state }, count)
    },
  })

  function onError(error: unknown): void {
    log.warn({ err: error }, 'jobs: the connection failed')
  }

  async function work(job: Job): Promise<void> {
    const definition = definitions.get(job.name)
    // A node of another version added it; one that knows it will take the next try.
    if (!definition) throw new Error(`This node knows no job ${job.name}.`)
    try {
      await definition.handler(job.data as Json)
      done.inc({ name: job.name, result: 'done' })
    } catch (error) {
      done.inc({ name: job.name, result: 'failed' })
      const last = job.attemptsMade + 1 >= (job.opts.attempts ?? 1)
      log[last ? 'error' : 'warn'](
        { err: error, job: job.name, attempt: job.attemptsMade + 1 },
        'a job failed',
      )
      throw error
    }
  }

  function optionsOf(name: string, { jobId, delayMs }: AddOptions = {}): JobsOptions {
    const { attempts = 3, backoffMs = 1_000 } = definitions.get(name) ?? {}
    return {
      attempts,
      backoff: { type: 'exponential', delay: backoffMs },
      ...(jobId === undefined ? {} : { jobId }),
      ...(delayMs === undefined ? {} : { delay: delayMs }),
    }
  }

  function define(name: string, handler: JobHandler, settings: JobSettings = {}): void {
    if (definitions.has(name)) throw new Error(`The job ${name} is defined twice.`)
    definitions.set(name, { handler, lane: 'inside', attempts: 3, backoffMs: 1_000, ...settings })
  }

  /** Opened by whoever needs them first; tried anew after a failure. */
  function queues(): Promise<ReadonlyMap<JobLane, JobQueue>> {
    opening ??= open().catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }

  async function open(): Promise<ReadonlyMap<JobLane, JobQueue>> {
    await backend.prepare()
    const opened = new Map(lanes.map((lane) => [lane, backend.queue(`atrium-${lane}`)]))
    for (const queue of opened.values()) queue.on('error', onError)
    return opened
  }

  async function queueOf(name: string): Promise<JobQueue> {
    return (await queues()).get(definitions.get(name)?.lane ?? 'inside')!
  }

  async function keepSchedules(): Promise<void> {
    for (const [name, when] of schedules) {
      const repeat = typeof when === 'number' ? { every: when } : { pattern: when, tz: 'UTC' }
      const queue = await queueOf(name)
      await queue.upsertJobScheduler(name, repeat, { name, data: null, opts: optionsOf(name) })
    }
    for (const queue of (await queues()).values()) {
      for (const { key } of await queue.getJobSchedulers()) {
        // Of a version before this one.
        if (!schedules.has(key)) await queue.removeJobScheduler(key)
      }
    }
  }

  async function start(): Promise<void> {
    // Of a start that failed half way.
    for (const worker of workers.splice(0)) await worker.close()
    await keepSchedules()
    workers = lanes.map((lane) =>
      backend.worker(`atrium-${lane}`, work, {
        concurrency: maxAtOnce,
        lockDuration: timing.lockMs,
        stalledInterval: timing.stalledCheckMs,
        maxStalledCount: maxStalled,
      }),
    )
    for (const worker of workers) worker.on('error', onError)
    await Promise.all(workers.map((worker) => worker.waitUntilReady()))
  }

  return {
    define,
    async add(name, payload, addOptions) {
      const queue = await queueOf(name)
      await queue.add(name, payload, optionsOf(name, addOptions))
    },
    every(name, when, handler) {
      define(name, () => handler(), { attempts: 1 })
      schedules.set(name, when)
    },
    start,
    async stop(graceMs) {
      const timer = new AbortController()
      const ended = Promise.all(workers.map((worker) => worker.close()))
      await Promise.race([ended, delay(graceMs, undefined, { signal: timer.signal }).catch(() => undefined)])
      timer.abort()
      const opened = await opening?.catch(() => undefined)
      for (const queue of opened?.values() ?? []) await queue.close()
      await backend.close()
    },
  }
}

async function countJobs(queues: ReadonlyMap<JobLane, JobQueue>): Promise<Record<string, number>> {
  const sum: Record<string, number> = { waiting: 0, delayed: 0, active: 0, failed: 0 }
  for (const queue of queues.values()) {
    const counts = await queue.getJobCounts('waiting', 'delayed', 'active', 'failed')
    for (const state of Object.keys(sum)) sum[state] = (sum[state] ?? 0) + (counts[state] ?? 0)
  }
  return sum
}
