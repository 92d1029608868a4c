import { randomBytes } from 'node:crypto'
import type { EntityManager } from 'typeorm'
import type { UnitId, VenueId } from '../../maps/model/index.ts'
import { afterCommit } from '../database/index.ts'
import type { Database } from '../database/index.ts'
import type { Route } from '../http/index.ts'
import type { Jobs } from '../jobs/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import type { MetricsRegistry } from '../platform/metrics.ts'
import type { PresenceEvent } from '../presence/index.ts'
import type { Realtime } from '../realtime/index.ts'
import type { ZonePlan } from '../venues/index.ts'
import type { Consents, PersonalData } from '../visitors/index.ts'
import { followSchedules } from './campaign.commands.ts'
import { createCouponCodes } from './coupon-codes.ts'
import { giveBack, lapsedCampaigns } from './give-back.ts'
import { LiveCampaigns } from './live-campaigns.ts'
import { createOfferMetrics } from './offer-metrics.ts'
import { eraseVisits, offersHolder } from './offers.personal-data.ts'
import type { Fix } from './nearby-watch.ts'
import { offersRoutes } from './offers.routes.ts'
import { PlacesLeft } from './places-left.ts'
import { campaignsPatch, offerTopics, patchesOf, shopState, visitorState } from './streams.ts'
import { deleteOldVisits, Visits } from './visits.ts'
import { watchPresence } from './watch-presence.ts'

/** How often a node looks for itself whether campaigns are others now; usually the outbox told it before. */
const refreshMs = 5_000
/** How often places whose time ran out are given back, and schedules are followed. */
const sweepMs = 15_000
/** Campaigns whose lapsed places are given back in one run. */
const sweptAtOnce = 50

export { createCampaign, moveCampaign } from './campaign.commands.ts'

export interface OffersOptions {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly log: Log
  readonly registry: MetricsRegistry
  readonly tokenSecrets: readonly [Uint8Array, ...Uint8Array[]]
  /** Where people can be in a venue, by its published map. */
  readonly zonePlanOf: (venueId: VenueId) => ZonePlan | undefined
  readonly consents: Pick<Consents, 'has' | 'onChange'>
  readonly isMember: (manager: EntityManager, visitorId: string) => Promise<boolean>
  readonly personalData: Pick<PersonalData, 'register'>
  readonly jobs: Pick<Jobs, 'every'>
  readonly outbox: Pick<Outbox, 'on' | 'everywhere'>
  readonly realtime: Pick<Realtime, 'publish' | 'provide'>
}

/** Campaigns, and the offers visitors get by them. */
export interface Offers {
  readonly routes: readonly Route[]
  /** Takes what presence tells; never waits, never throws. */
  onPresence(event: PresenceEvent): void
  /** Takes where a visitor is, for campaigns about coming near. */
  onPlaced(fix: Fix): void
  /** Stays, in ms, that a campaign waits for in a zone: what presence has to tell as `dwelled`. Ascending. */
  dwellMarks(venueId: VenueId, zoneId: string): readonly number[]
  /** Resolves when nothing that presence told is left to decide over, and nothing is read or erased. */
  idle(): Promise<void>
  /** Gives back places whose time ran out and follows schedules, as the job does. */
  sweep(): Promise<void>
  /** Takes in what other nodes changed. */
  look(): Promise<void>
  /** Loads the campaigns, then looks by itself. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Puts the subject together. */
export function createOffers(options: OffersOptions): Offers {
  const { database, clock, newId, log, consents, jobs, outbox, realtime } = options
  const { manager } = database.dataSource
  const live = new LiveCampaigns()
  const visits = new Visits()
  const watch = watchPresence({ ...options, live, visits, metrics: () => metrics })
  const metrics = createOfferMetrics(options.registry, {
    campaigns: () => live.count(),
    waiting: () => watch.queue.size,
    visits: () => visits.size,
  })
  const show = (venueId: VenueId) => {
    realtime.publish(campaignsPatch(live, venueId, clock()))
  }
  const left = new PlacesLeft()
  const tellLeft = async () => {
    for (const patch of await left.look(manager)) realtime.publish(patch)
  }
  const look = async () => {
    for (const venueId of await live.refresh(manager)) show(venueId)
    await tellLeft()
  }
  const underWay = new Set<Promise<unknown>>()
  const quietly = (what: string, work: Promise<unknown>) => {
    const watched = work
      .catch((error: unknown) => {
        log.warn({ err: error }, what)
      })
      .finally(() => underWay.delete(watched))
    underWay.add(watched)
  }
  const reload = (venueId: VenueId) => {
    const loading = live.load(manager, venueId).then(() => {
      show(venueId)
      return tellLeft()
    })
    quietly('campaigns could not be read; those in memory stay', loading)
  }
  const forgetVisitor = (visitorId: string) => {
    visits.forget(visitorId)
    watch.nearby.forget(visitorId)
  }
  const newAssignmentKey = () => randomBytes(8).toString('hex')
  const sweep = async () => {
    const occasion = { actor: 'system', nowMs: clock(), newId, newAssignmentKey }
    for (const key of await lapsedCampaigns(manager, { nowMs: occasion.nowMs, limit: sweptAtOnce })) {
      const ended = await database.transaction((within) =>
        giveBack(within, { ...key, as: 'expired' }, occasion),
      )
      metrics.ended('expired', ended)
    }
    const moved = await database.transaction((within) => followSchedules(within, occasion))
    if (moved.length > 0) await look()
  }
  options.personalData.register(offersHolder({ clock, newId, forget: forgetVisitor }))
  consents.onChange(({ visitorId, purpose, granted }) => {
    if (granted || purpose === 'marketing') return
    forgetVisitor(visitorId)
    quietly('visits of somebody who withdrew could not be erased', eraseVisits(manager, visitorId))
  })
  jobs.every('offers-sweep', sweepMs, sweep)
  jobs.every('offers-old-visits', '17 19 * * *', async () => {
    await deleteOldVisits(manager, clock())
  })
  for (const topic of offerTopics) outbox.on(topic, patchesOf)
  outbox.everywhere('campaign.changed', ({ venueId }) => {
    reload(venueId as VenueId)
  })
  provideStreams({ realtime, manager, live, left, clock })
  let timer: NodeJS.Timeout | undefined
  return {
    routes: offersRoutes({
      ...{ database, clock, newId, newAssignmentKey, live, metrics },
      reload: (within, venueId) => {
        afterCommit(within, () => {
          reload(venueId)
        })
      },
      codes: createCouponCodes(options.tokenSecrets),
      placesOf: (venueId) => placesOf(options.zonePlanOf(venueId)),
      isMember: options.isMember,
    }),
    onPresence(event) {
      watch.onPresence(event)
    },
    onPlaced(fix) {
      watch.onPlaced(fix)
    },
    dwellMarks: (venueId, zoneId) => live.of(venueId).dwellMarks(zoneId),
    async idle() {
      await watch.queue.idle()
      await Promise.all(underWay)
    },
    sweep,
    look,
    async start() {
      await look()
      timer = setInterval(() => {
        quietly('campaigns could not be read; those in memory stay', look())
      }, refreshMs).unref()
    },
    async stop() {
      clearInterval(timer)
      await watch.queue.stop()
      await Promise.all(underWay)
    },
  }
}

function placesOf(plan: ZonePlan | undefined): ReadonlySet<string> | undefined {
  if (!plan) return undefined
  return new Set([...plan.zones.map(({ id }) => id), ...plan.levels.map(({ levelId }) => levelId)])
}

function provideStreams({
  realtime,
  manager,
  live,
  left,
  clock,
}: {
  readonly realtime: Pick<Realtime, 'provide'>
  readonly manager: EntityManager
  readonly live: LiveCampaigns
  readonly left: PlacesLeft
  readonly clock: Clock
}): void {
  realtime.provide('visitor', (stream) => visitorState(manager, stream.split(':')[1] ?? '', clock()))
  realtime.provide('shop', (stream) => {
    const [, venueId = '', unitId = ''] = stream.split(':')
    return shopState(manager, venueId as VenueId, unitId as UnitId)
  })
  realtime.provide('floor', (stream) => {
    const venueId = (stream.split(':')[1] ?? '') as VenueId
    return Promise.resolve({ ...campaignsPatch(live, venueId, clock()).set, ...left.of(venueId) })
  })
}
