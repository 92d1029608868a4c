import { AsyncResource } from 'node:async_hooks'
import { Counter, Gauge } from 'prom-client'
import type { EntityManager } from 'typeorm'
import type { Json } from '../../maps/model/index.ts'
import type { Database } from '../database/index.ts'
import type { Jobs } from '../jobs/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { MetricsRegistry } from '../platform/metrics.ts'
import type { News, Patch, Realtime } from '../realtime/index.ts'
import { wakeOnAppend } from './outbox-event.ts'
import type { StoredEvent } from './outbox-event.ts'
import { publishNext, sweepPublished, waitingVenues } from './publish-events.command.ts'

export { appendOutbox } from './outbox-event.ts'
export { outboxEventEntity } from './outbox-event.entity.ts'
export type { OutboxEvent, StoredEvent } from './outbox-event.ts'

/** What a topic means to the live streams: pure, as an event may be told twice. */
export type ToPatches = (event: StoredEvent) => readonly Patch[] | undefined

/** Tells the world what was committed. */
export interface Outbox {
  /** Looks at once for something to tell; cheap. A commit that appended wakes the outbox of its node by itself. */
  wake(): void
  /** Says what the events of a topic change in live streams. Several add up. */
  on(topic: string, toPatches: ToPatches): void
  /** Hears the events of a topic on every node, at least once: what the node keeps in memory may be old. */
  everywhere(topic: string, listener: (event: News) => void): void
  /** Does something in the transaction that marks events as told, once for each of them. */
  alongside(work: (manager: EntityManager, events: readonly StoredEvent[]) => Promise<void>): void
  start(): Promise<void>
  stop(): Promise<void>
}

/** What a node left untold when it died is told by another within this. */
const pollMs = 5_000
/** Another node is at a venue: look again soon, as it may have begun before what we were woken for. */
const busyAgainMs = 25
/** Told events are kept for looking into a fault, no longer. */
const keptMs = 3 * 24 * 60 * 60 * 1000
const sweepRows = 5_000

export function createOutbox(options: {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  readonly registry: MetricsRegistry
  readonly jobs: Jobs
  readonly realtime: Pick<Realtime, 'deliver' | 'onNews'>
}): Outbox {
  const { database, clock, log, jobs, realtime } = options
  const mappers = new Map<string, ToPatches[]>()
  const listeners = new Map<string, ((event: News) => void)[]>()
  const companions: ((manager: EntityManager, events: readonly StoredEvent[]) => Promise<void>)[] = []
  const metrics = createMetrics(database, clock, options.registry)
  // Out of the transaction in which a batch is published: what hears of it may begin one of its own.
  const deliver = AsyncResource.bind((patches: readonly Patch[], news: readonly News[]) =>
    realtime.deliver(patches, news),
  )
  let running: Promise<void> | undefined
  let again = false
  let timer: NodeJS.Timeout | undefined
  let stopped = true

  jobs.every('outbox.sweep', 60 * 60 * 1000, async () => {
    while ((await sweepPublished(database, clock() - keptMs, sweepRows)) === sweepRows);
  })
  realtime.onNews((news) => {
    for (const listener of listeners.get(news.topic) ?? [])
      guarded(news.topic, () => {
        listener(news)
      })
  })

  function guarded<Result>(topic: string, work: () => Result): Result | undefined {
    try {
      return work()
    } catch (error) {
      // One event that somebody cannot read must not stop all that follow.
      metrics.faults.inc({ topic })
      log.error({ err: error, topic }, 'an event of the outbox could not be taken in')
      return undefined
    }
  }

  async function publish(manager: EntityManager, events: readonly StoredEvent[]): Promise<void> {
    for (const companion of companions) await companion(manager, events)
    const patches = events.flatMap((event) =>
      (mappers.get(event.topic) ?? []).flatMap((map) => guarded(event.topic, () => map(event)) ?? []),
    )
    const news = events.filter(({ topic }) => listeners.has(topic)).map(newsOf)
    await deliver(patches, news)
  }

  async function drain(): Promise<void> {
    let busy = false
    for (const venueId of await waitingVenues(database)) {
      for (;;) {
        const told = await publishNext(database, venueId, { nowMs: clock(), publish })
        if (told === 'busy') busy = true
        else metrics.told.inc(told)
        if (told === 'busy' || told === 0) break
      }
    }
    if (busy) schedule(busyAgainMs)
  }

  function wake(): void {
    if (stopped) return
    if (running) {
      again = true
      return
    }
    again = false
    running = drain()
      .catch((error: unknown) => {
        metrics.faults.inc({ topic: 'any' })
        log.warn({ err: error }, 'the outbox could not be told; it is tried again')
      })
      .finally(() => {
        running = undefined
        if (again) wake()
      })
  }

  function schedule(afterMs: number): void {
    if (stopped) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      wake()
      schedule(pollMs)
    }, afterMs)
    timer.unref()
  }

  return {
    wake,
    on(topic, toPatches) {
      mappers.set(topic, [...(mappers.get(topic) ?? []), toPatches])
    },
    everywhere(topic, listener) {
      listeners.set(topic, [...(listeners.get(topic) ?? []), listener])
    },
    alongside(work) {
      companions.push(work)
    },
    start() {
      stopped = false
      wakeOnAppend(database.dataSource, wake)
      schedule(pollMs)
      wake()
      return Promise.resolve()
    },
    async stop() {
      again = false
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}

function newsOf({ topic, venueId, visitorId, payload }: StoredEvent): News {
  return { topic, venueId, payload, ...(visitorId === undefined ? {} : { visitorId }) }
}

/** What the outbox keeps of a visitor, for {@link PersonalDataHolder}-like registries. */
export const outboxHolder = {
  name: 'outbox',
  async exportOf(manager: EntityManager, visitorId: string): Promise<Json> {
    const rows: readonly { readonly topic: string; readonly at: Date; readonly payload: Json }[] =
      await manager.query('SELECT topic, at, payload FROM outbox_event WHERE visitor_id = $1 ORDER BY seq', [
        visitorId,
      ])
    return rows.map(({ topic, at, payload }) => ({ topic, at: at.toISOString(), payload }))
  },
  async erase(manager: EntityManager, visitorId: string): Promise<void> {
    await manager.query('DELETE FROM outbox_event WHERE visitor_id = $1', [visitorId])
  },
}

function countWaiting({
  dataSource,
}: Database): Promise<readonly { readonly waiting: string; readonly oldest: Date | null }[]> {
  return dataSource.query(
    `SELECT count(*) AS waiting, min(at) AS oldest
     FROM (SELECT at FROM outbox_event WHERE published_at IS NULL LIMIT 100000) AS some`,
  )
}

function createMetrics(database: Database, clock: Clock, registry: MetricsRegistry) {
  const registers = [registry]
  const lag = new Gauge({
    name: 'atrium_outbox_lag_seconds',
    help: 'How long the oldest event has waited to be told',
    registers,
  })
  new Gauge({
    name: 'atrium_outbox_waiting',
    help: 'Events that wait to be told, counted up to 100000',
    registers,
    async collect() {
      const [found] = await countWaiting(database).catch(() => [])
      if (!found) return
      this.set(Number(found.waiting))
      lag.set(found.oldest === null ? 0 : Math.max(0, clock() - found.oldest.getTime()) / 1000)
    },
  })
  return {
    told: new Counter({ name: 'atrium_outbox_told_total', help: 'Events told', registers }),
    faults: new Counter({
      name: 'atrium_outbox_faults_total',
      help: 'Events that somebody could not take in, by topic; `any` when none could be told',
      labelNames: ['topic'] as const,
      registers,
    }),
  }
}
