import { Counter } from 'prom-client'
import type { Archive, Json, VenueId, VersionId } from '../../maps/model/index.ts'
import type { Database } from '../database/index.ts'
import type { Route } from '../http/index.ts'
import type { Jobs } from '../jobs/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import type { MetricsRegistry } from '../platform/metrics.ts'
import type { Realtime } from '../realtime/index.ts'
import type { Ways } from '../venues/index.ts'
import type { Consents, PersonalData } from '../visitors/index.ts'
import { createCandidateHandles } from './cars/candidate-handles.ts'
import { carsRoutes } from './cars/cars.routes.ts'
import { countJson, countsOf } from './lots/bay-states.ts'
import { lotsRoutes } from './lots/lots.routes.ts'
import { ParkingMaps } from './lots/parking-maps.ts'
import type { ParkingServices } from './parking-services.ts'
import { createDemoPayments } from './payment/demo-payments.ts'
import type { PaymentProvider } from './payment/payment-port.ts'
import { paymentsRoutes } from './payment/payments.routes.ts'
import { askAboutOpen } from './payment/ask-about-open.ts'
import { reconcileMissed } from './payment/reconcile.ts'
import { createPlateVault } from './plates/index.ts'
import { forgetOld, forgetTrail, parkingHolder } from './retention.ts'
import { staysRoutes } from './stays/stays.routes.ts'

export type { PaymentProvider } from './payment/payment-port.ts'
export { setTariff } from './payment/set-prices.command.ts'
export { openWeChatPay } from './payment/wechat/open-wechat-pay.ts'

export interface ParkingOptions {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly log: Log
  readonly registry: MetricsRegistry
  readonly tokenSecrets: readonly [Uint8Array, ...Uint8Array[]]
  readonly jobs: Jobs
  readonly outbox: Pick<Outbox, 'on'>
  readonly realtime: Pick<Realtime, 'provide'>
  readonly personalData: PersonalData
  /** The version of a venue's map that is published, and its archive. */
  readonly published: (venueId: VenueId) => VersionId | undefined
  readonly readArchive: (venueId: VenueId, versionId: VersionId) => Promise<Archive | undefined>
  /** The way-finding of a venue as it is now, closures applied. */
  readonly waysOf: (venueId: VenueId) => Ways | undefined
  readonly consents: Pick<Consents, 'has' | 'onChange'>
  /** A shopper's id at WeChat. */
  readonly payerOf: (visitorId: string) => Promise<string | undefined>
  /** Undefined: nobody can pay with WeChat. */
  readonly weChatPay: PaymentProvider | undefined
  /** Whether payments may be pretended in a venue, while nobody can pay with WeChat. */
  readonly mayPretend: (venueId: VenueId) => boolean
}

/** How often open payments are asked about. */
const askMs = 5 * 60_000
/**
 * The bill of the day before is there from ten in the morning in China; whoever was down then, or got no answer,
 * has it an hour later.
 */
const billAt = '30 2-15 * * *'

/** Parking: bays, stays, finding one's car, and paying. */
export function createParking(options: ParkingOptions): { readonly routes: readonly Route[] } {
  const { database, clock, newId, log, registry, tokenSecrets, weChatPay, jobs } = options
  const vault = createPlateVault(tokenSecrets)
  const notices = new Counter({
    name: 'atrium_parking_notices_total',
    help: 'Notices of the payment provider, by what became of them',
    labelNames: ['outcome'] as const,
    registers: [registry],
  })
  const maps = new ParkingMaps({ published: options.published, read: options.readArchive })
  const demo = createDemoPayments(clock)
  const services: ParkingServices = {
    ...{ database, clock, newId, log, vault, maps, weChatPay },
    waysOf: options.waysOf,
    handles: createCandidateHandles(tokenSecrets),
    demoOf: (venueId) => (!weChatPay && options.mayPretend(venueId) ? demo : undefined),
    payerOf: options.payerOf,
    mayLocate: (visitorId) => options.consents.has(visitorId, 'location'),
    onNotice: (outcome) => {
      notices.inc({ outcome })
    },
  }
  options.personalData.register(parkingHolder(vault))
  jobs.every('parking.forget', 60 * 60_000, async () => {
    const rows = await forgetOld(database, clock())
    if (rows > 0) log.info({ rows }, 'parking: what had served its time was forgotten')
  })
  if (weChatPay) {
    const parts = { database, clock, newId, log, provider: weChatPay }
    jobs.every('parking.ask', askMs, async () => {
      await askAboutOpen(parts)
    })
    jobs.every('parking.reconcile', billAt, async () => {
      await reconcileMissed(parts)
    })
  }
  options.consents.onChange(({ visitorId, purpose, granted }) => {
    if (purpose !== 'location' || granted) return
    forgetTrail(database, visitorId).catch((error: unknown) => {
      log.error({ err: error }, 'parking: a trail could not be forgotten after its consent was withdrawn')
    })
  })
  showCounts(options, maps)
  return {
    routes: [
      ...lotsRoutes(services),
      ...staysRoutes(services),
      ...carsRoutes(services),
      ...paymentsRoutes(services),
    ],
  }
}

/** The counts of each level stand in the stream of the floors, under `parking:LEVEL`. */
function showCounts({ database, outbox, realtime }: ParkingOptions, maps: ParkingMaps): void {
  outbox.on('parking.counts', ({ venueId, payload: { levels } }) => {
    const set: Record<string, Json> = {}
    for (const level of Array.isArray(levels) ? (levels as readonly Json[]) : []) {
      const id: unknown =
        typeof level === 'object' && level !== null ? Reflect.get(level, 'levelId') : undefined
      if (typeof id === 'string') set[`parking:${id}`] = level
    }
    return [{ stream: `floor:${venueId}`, set }]
  })
  realtime.provide('floor', async (stream: string) => {
    const map = await maps.get(stream.slice('floor:'.length) as VenueId)
    if (!map) return {}
    const counts = await countsOf(database.dataSource.manager, map)
    return Object.fromEntries(counts.map((count) => [`parking:${count.levelId}`, countJson(count)]))
  })
}
