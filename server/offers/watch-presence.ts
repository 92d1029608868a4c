import type { EntityManager } from 'typeorm'
import type { Database } from '../database/index.ts'
import type { PresenceEvent } from '../presence/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import type { VenueId } from '../../maps/model/index.ts'
import type { ZonePlan } from '../venues/index.ts'
import type { Consents } from '../visitors/index.ts'
import type { LiveCampaigns } from './live-campaigns.ts'
import { offerOne } from './offer-one.command.ts'
import type { OfferMetrics } from './offer-metrics.ts'
import { NearbyWatch } from './nearby-watch.ts'
import type { Fix } from './nearby-watch.ts'
import { occurrenceOf, PresenceQueue } from './presence-queue.ts'
import type { Heard, PendingVisitor } from './presence-queue.ts'
import type { Visits } from './visits.ts'

/** Visitors decided over at once on this node: fewer than the connections to the database. */
const workers = 4

/** A visitor left in a way that says where they went, or that the signal ended, as at an exit. */
const leftByThemselves: ReadonlySet<string> = new Set(['walked-out', 'lost-signal'])

export interface WatchServices {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly log: Log
  readonly live: LiveCampaigns
  readonly visits: Visits
  readonly consents: Pick<Consents, 'has'>
  readonly isMember: (manager: EntityManager, visitorId: string) => Promise<boolean>
  readonly zonePlanOf: (venueId: VenueId) => ZonePlan | undefined
  readonly metrics: () => OfferMetrics
}

/** Decides over what presence tells, in its own time: the path of a fix never waits for it. */
export interface PresenceWatch {
  onPresence(event: PresenceEvent): void
  onPlaced(fix: Fix): void
  readonly queue: PresenceQueue
  readonly nearby: NearbyWatch
}

/**
 * Offers by presence. Only to visitors who agreed to marketing: to know where somebody is does not mean one
 * may address them.
 */
export function watchPresence(services: WatchServices): PresenceWatch {
  const { live, metrics, log } = services
  const queue = new PresenceQueue(async (pending) => {
    try {
      await decideOver(services, pending)
    } catch (error) {
      metrics().letGo('failed')
      log.error({ err: error }, 'what presence told could not be decided over')
    }
  }, workers)
  const nearby = new NearbyWatch()
  const add = (heard: Heard) => {
    if (!queue.add(heard)) metrics().letGo('full')
  }
  return {
    queue,
    nearby,
    onPresence(event) {
      if (event.kind === 'left' && !leftByThemselves.has(event.cause.why)) return
      const { venueId, visitorId, atMs } = event
      // Nothing is offered in most venues at most times: then nothing is kept of it either.
      if (live.of(venueId).all.length === 0) return
      add({ venueId, visitorId, atMs, occurrence: occurrenceOf(event) })
    },
    onPlaced(fix) {
      const { venueId, visitorId, atMs } = fix
      const index = live.of(venueId)
      if (!index.asksForNearby) return
      for (const occurrence of nearby.take(fix, index, services.zonePlanOf(venueId))) {
        add({ venueId, visitorId, atMs, occurrence })
      }
    },
  }
}

async function decideOver(services: WatchServices, pending: PendingVisitor): Promise<void> {
  const { database, clock, newId, live, visits, consents, isMember, metrics } = services
  const { venueId, visitorId, occurrences, sinceMs } = pending
  if (!(await consents.has(visitorId, 'marketing'))) {
    metrics().letGo('no-consent')
    return
  }
  const { manager } = database.dataSource
  const nowMs = clock()
  const keep = await consents.has(visitorId, 'profile')
  const history = await visits.note(manager, { venueId, visitorId, nowMs, keep })
  const candidates = live.of(venueId).triggeredBy(occurrences, history)
  if (candidates.length === 0) return
  const asks = candidates.some(({ terms }) => terms.audience.membership !== 'anyone')
  const visitor = { visitorId, member: asks && (await isMember(manager, visitorId)), ...history }
  const store = { read: manager, write: database.transaction }
  const { granted, verdicts } = await offerOne(
    { live },
    store,
    { nowMs, newId },
    {
      venueId,
      visitor,
      occurrences,
    },
  )
  if (granted) {
    metrics().granted('presence')
    metrics().tookS((clock() - sinceMs) / 1000)
    return
  }
  for (const { reason } of verdicts) metrics().refused(reason?.rule ?? 'busy')
}
