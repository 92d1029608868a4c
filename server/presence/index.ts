import { performance } from 'node:perf_hooks'
import type { output } from 'zod'
import { sightingsMessage } from '../contract/presence.contract.ts'
import type { Database } from '../database/index.ts'
import type { Route } from '../http/index.ts'
import type { Jobs } from '../jobs/index.ts'
import type { MetricsRegistry } from '../platform/metrics.ts'
import type { EventHandler, Patch } from '../realtime/index.ts'
import type { PersonalData } from '../visitors/index.ts'
import { countEveryMs } from './floor-counts.ts'
import { createPresenceMetrics, presenceGauge } from './presence-metrics.ts'
import { Presence } from './presence.ts'
import type { PresenceParts, Whereabouts } from './presence.ts'
import type { PresenceEvent } from './presence-event.ts'
import { presenceRoutes } from './presence.routes.ts'
import { VisitLog } from './visit-log.ts'

export type * from './presence-event.ts'
export type { Whereabouts } from './presence.ts'

/** How often dwells that are due are said. */
const sweepMs = 250
/** How often visits are written, and old ones deleted. */
const writeEveryMs = 2000
const retentionEveryMs = 60 * 60 * 1000

/** Dwells that are said where nobody asks for others, ms. */
export const usualDwellMarks: readonly number[] = [30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000]

/** Who is where in the venues. */
export interface PresenceSubject {
  readonly routes: readonly Route[]
  /** See {@link Presence.report}. */
  readonly report: (...of: Parameters<Presence['report']>) => ReturnType<Presence['report']>
  /** Calls the listener for everything that happens; it must not wait. */
  on(listener: (event: PresenceEvent) => void): void
  where(visitorId: string): Whereabouts | undefined
  forget(visitorId: string): void
  start(): Promise<void>
  stop(): Promise<void>
}

/** What presence uses of the live side. */
interface Live {
  publish(patch: Patch): void
  onShopperEvent(
    name: string,
    schema: typeof sightingsMessage,
    handler: EventHandler<output<typeof sightingsMessage>>,
  ): void
}

/** Takes what phones hear, says who enters, dwells and leaves, counts the floor and writes visits. */
export function createPresence(
  options: Omit<PresenceParts, 'metrics' | 'dwellMarks'> & {
    readonly database: Pick<Database, 'transaction'>
    readonly metrics: MetricsRegistry
    readonly venueIds: () => readonly Parameters<Presence['prepare']>[0][]
    readonly personalData: Pick<PersonalData, 'register'>
    readonly jobs: Pick<Jobs, 'every'>
    readonly realtime: Live
    readonly dwellMarks?: PresenceParts['dwellMarks']
  },
): PresenceSubject {
  const { database, clock, log, newId, metrics: registry, realtime, jobs, planOf } = options
  const presence = new Presence({
    ...options,
    metrics: createPresenceMetrics(registry),
    dwellMarks: options.dwellMarks ?? (() => usualDwellMarks),
  })
  const visits = new VisitLog({ database, clock, log })
  presence.on((event) => {
    if (event.kind !== 'left' || event.cause.why === 'consent-withdrawn') return
    const { venueId, visitorId, zone, atMs, dwellMs, cause } = event
    // Who fell silent is told to have left long after; the visit ends where they were heard last.
    const leftMs = cause.why === 'walked-out' ? atMs : Math.min(atMs, cause.lastHeardMs)
    visits.add({
      venueId,
      visitId: newId(),
      visitorId,
      zoneId: zone.id,
      zoneKind: zone.kind,
      levelId: zone.levelId,
      enteredAt: new Date(leftMs - dwellMs),
      leftAt: new Date(leftMs),
      dwellMs: Math.round(dwellMs),
      ended: cause.why,
    })
  })
  options.consents.onChange(({ visitorId, purpose, granted }) => {
    if (purpose === 'location' && !granted) visits.withdraw(visitorId)
  })
  options.personalData.register(
    visits.holder((visitorId) => {
      presence.forget(visitorId, 'consent-withdrawn')
      visits.forget(visitorId)
    }),
  )
  realtime.onShopperEvent('sightings', sightingsMessage, async ({ id }, { venueId, report }) => {
    const answer = await presence.report(id, venueId, report)
    if (!('refused' in answer)) return answer
    const { refused, detail, facts } = answer
    return { refused, ...(detail === undefined ? {} : { detail }), ...(facts === undefined ? {} : { facts }) }
  })
  presenceGauge(
    registry,
    'atrium_presence_visitors',
    'Visitors in memory, at most 50000',
    () => presence.size,
  )
  presenceGauge(
    registry,
    'atrium_presence_lag_ms',
    'How late the process is; reports are shed from 40 ms',
    () => presence.lag.ms,
  )
  presenceGauge(
    registry,
    'atrium_presence_visits_waiting',
    'Visits to be written, at most 50000',
    () => visits.waiting,
  )
  presenceGauge(registry, 'atrium_presence_visits_lost', 'Visits that found no room', () => visits.lost)
  jobs.every('delete-old-visits', retentionEveryMs, async () => {
    const deleted = await visits.sweep()
    if (deleted > 0) log.info({ visits: deleted }, 'old visits were deleted')
  })
  const timers: NodeJS.Timeout[] = []
  return {
    routes: presenceRoutes(presence, (venueId) => options.venueIds().some((id) => id === venueId)),
    report: (visitorId, venueId, report) => presence.report(visitorId, venueId, report),
    on: (listener) => {
      presence.on(listener)
    },
    where: (visitorId) => presence.where(visitorId),
    forget: (visitorId) => {
      presence.forget(visitorId)
    },
    start() {
      for (const venueId of options.venueIds()) if (planOf(venueId)) presence.prepare(venueId)
      let dueMs = performance.now() + sweepMs
      timers.push(
        setInterval(() => {
          presence.lag.tick(performance.now() - dueMs)
          dueMs = performance.now() + sweepMs
          presence.sweep()
        }, sweepMs),
        setInterval(() => {
          for (const patch of presence.countPatches()) realtime.publish(patch)
        }, countEveryMs),
        setInterval(() => void visits.flush(), writeEveryMs),
      )
      for (const timer of timers) timer.unref()
      return Promise.resolve()
    },
    async stop() {
      for (const timer of timers) clearInterval(timer)
      presence.leave()
      await visits.flush()
    },
  }
}
