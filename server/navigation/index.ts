import { Gauge } from 'prom-client'
import type { VenueId } from '../../maps/model/index.ts'
import type { Database } from '../database/index.ts'
import type { Route } from '../http/index.ts'
import type { Jobs } from '../jobs/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import type { MetricsRegistry } from '../platform/metrics.ts'
import type { Realtime } from '../realtime/index.ts'
import type { ImmutableBody, PublishedMap, Ways } from '../venues/index.ts'
import { dropExpiredHandoffs } from './handoffs.command.ts'
import { LiveClosures } from './live-closures.ts'
import { navigationRoutes } from './navigation.routes.ts'

export interface NavigationOptions {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly log: Log
  readonly registry: MetricsRegistry
  readonly jobs: Jobs
  readonly outbox: Pick<Outbox, 'everywhere'>
  readonly realtime: Pick<Realtime, 'provide' | 'publish'>
  readonly map: (venueId: VenueId) => PublishedMap | undefined
  readonly routeTables: (venueId: VenueId, hash: string) => ImmutableBody | undefined
  readonly publicUrl: string | undefined
  readonly miniProgramLink: string | undefined
}

/** Finding ways, what is closed, and handing a way over to a phone. */
export interface Navigation {
  readonly routes: readonly Route[]
  /** Router and instructor of a venue as it is now, closures applied; undefined without a published map. */
  waysOf(venueId: VenueId): Ways | undefined
  /** Takes in what other nodes changed, and tells screens what began or ended since. */
  look(): Promise<void>
  /** Loads the closures, then looks by itself. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** How often a node looks for what it was not told; also when a closure that is over leaves the screens. */
const lookEveryMs = 30_000
const sweepEveryMs = 10 * 60_000

/** Puts the subject together. */
export function createNavigation(options: NavigationOptions): Navigation {
  const { database, clock, newId, log, registry, jobs, outbox, realtime, map } = options
  const { manager } = database.dataSource
  const live = new LiveClosures(map)
  let reading: Promise<void> = Promise.resolve()
  /** Reads one after another, so that an older answer never follows a newer one. */
  const read = (venueId?: VenueId): Promise<void> => {
    const done = reading.then(async () => {
      await live.load(manager, clock(), venueId)
      const nowMs = clock()
      const patches = venueId === undefined ? live.patches(nowMs) : live.patchOf(venueId, nowMs)
      for (const patch of patches) realtime.publish(patch)
    })
    reading = done.catch(() => undefined)
    return done
  }
  const readQuietly = (venueId?: VenueId) => {
    read(venueId).catch((error: unknown) => {
      log.warn({ err: error }, 'closures could not be read; those in memory stay')
    })
  }
  for (const topic of ['closure.created', 'closure.ended']) {
    outbox.everywhere(topic, ({ venueId }) => {
      readQuietly(venueId as VenueId)
    })
  }
  realtime.provide('floor', (stream) =>
    Promise.resolve(live.values((stream.split(':')[1] ?? '') as VenueId, clock())),
  )
  jobs.every('navigation.sweep', sweepEveryMs, async () => {
    await dropExpiredHandoffs(manager, clock())
  })
  new Gauge({
    name: 'atrium_closures',
    help: 'Closures in memory that are planned or in force, at most 200 a venue',
    registers: [registry],
    collect() {
      this.set(live.count())
    },
  })
  const { routeTables, publicUrl, miniProgramLink } = options
  let timer: NodeJS.Timeout | undefined
  return {
    routes: navigationRoutes({
      ...{ database, clock, newId, live, map, routeTables, miniProgramLink },
      publicUrl: publicUrl?.replace(/\/$/, ''),
    }),
    waysOf: (venueId) => live.waysOf(venueId, clock()),
    look: () => read(),
    async start() {
      await read()
      timer = setInterval(readQuietly, lookEveryMs).unref()
    },
    async stop() {
      clearInterval(timer)
      await reading
    },
  }
}
