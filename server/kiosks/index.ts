import { IsNull, MoreThan, Or } from 'typeorm'
import { Gauge } from 'prom-client'
import type { Json, VenueId } from '../../maps/model/index.ts'
import { heartbeatTimes } from '../contract/kiosks.contract.ts'
import type { KioskHealth } from '../contract/kiosks.contract.ts'
import type { Database } from '../database/index.ts'
import type { Route } from '../http/index.ts'
import { kioskDeviceEntity } from '../identities/index.ts'
import type { Jobs } from '../jobs/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import type { MetricsRegistry } from '../platform/metrics.ts'
import type { Realtime } from '../realtime/index.ts'
import type { PublishedMap } from '../venues/index.ts'
import { dropUnusedPictures } from './content.command.ts'
import { demoToken } from './demo-kiosk.ts'
import { findKiosk } from './find-kiosks.ts'
import type { KioskKey } from './find-kiosks.ts'
import { Heartbeats } from './heartbeats.ts'
import { contentEntity } from './kiosk.entity.ts'
import { kioskStream, presentCard, presentState } from './kiosk.presenter.ts'
import { kiosksRoutes } from './kiosks.routes.ts'
import { dropOldScreenshots } from './screenshots.command.ts'

export { createContent } from './content.command.ts'
export { kioskEntities } from './kiosk.entity.ts'

export interface KiosksOptions {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly log: Log
  readonly registry: MetricsRegistry
  readonly jobs: Jobs
  readonly outbox: Pick<Outbox, 'on'>
  readonly realtime: Pick<Realtime, 'provide' | 'publish'>
  readonly map: (venueId: VenueId) => PublishedMap | undefined
  readonly forgetIdentities: () => void
  readonly tokenSecrets: readonly [Uint8Array, ...Uint8Array[]]
  /** In the demonstration: the demo mall while it is the only one here. */
  readonly demoMap: (() => PublishedMap | undefined) | undefined
}

const sweepEveryMs = 10 * 60_000

/** The fleet of screens, and what they show beside the map. */
export function createKiosks(options: KiosksOptions): { readonly routes: readonly Route[] } {
  const { database, clock, newId, log, map, forgetIdentities, outbox, realtime, jobs, demoMap } = options
  const { manager } = database.dataSource
  const heartbeats = new Heartbeats()
  outbox.on('kiosk.changed', ({ payload: { kioskId, set } }) =>
    typeof kioskId === 'string' && isRecord(set) ? [{ stream: `kiosk:${kioskId}`, set }] : [],
  )
  for (const topic of ['content.created', 'content.changed', 'content.removed']) {
    outbox.on(topic, ({ venueId, payload: { contentId, card } }) => {
      if (typeof contentId !== 'string') return []
      const key = `content:${contentId}`
      const stream = `floor:${venueId}`
      return [isRecord(card) ? { stream, set: { [key]: card } } : { stream, gone: [key] }]
    })
  }
  provideStreams(options)
  /** What is not said again in time is gone: a kiosk that is not in the stream is not online. */
  const tellConsoles = async (key: KioskKey, health: KioskHealth) => {
    const nowMs = clock()
    const found = await findKiosk(manager, key)
    if (!found) return
    const state = presentState(found, { atMs: nowMs, health }, nowMs)
    const set = { [`kiosk:${key.kioskId}`]: state }
    realtime.publish({ stream: `console:${key.venueId}`, set, ttlMs: heartbeatTimes.lateMs })
  }
  jobs.every('kiosks.sweep', sweepEveryMs, async () => {
    await dropOldScreenshots(manager, clock())
    await dropUnusedPictures(manager, clock())
  })
  new Gauge({
    name: 'atrium_kiosks_heard',
    help: 'Kiosks whose last word this node remembers, at most 10000',
    registers: [options.registry],
    collect() {
      this.set(heartbeats.count())
    },
  })
  return {
    routes: kiosksRoutes({
      ...{ database, clock, newId, map, heartbeats, forgetIdentities },
      onHeard: (key, health) => {
        tellConsoles(key, health).catch((error: unknown) => {
          log.warn({ err: error }, 'consoles could not be told how a kiosk is')
        })
      },
      demo: demoMap && { map: demoMap, token: demoToken(options.tokenSecrets[0]) },
    }),
  }
}

/** First states: what a kiosk is told about itself, and the content of a venue. */
function provideStreams({ realtime, database, clock }: KiosksOptions): void {
  const { manager } = database.dataSource
  realtime.provide('kiosk', async (stream) => {
    const kioskId = stream.split(':')[1] ?? ''
    const device = await manager.findOneBy(kioskDeviceEntity, { deviceId: kioskId })
    const screen = device && (await findKiosk(manager, { venueId: device.venueId, kioskId }))
    return screen ? { ...kioskStream(screen, clock()) } : {}
  })
  realtime.provide('floor', async (stream) => {
    const venueId = (stream.split(':')[1] ?? '') as VenueId
    const untilAt = Or(IsNull(), MoreThan(new Date(clock())))
    const rows = await manager.findBy(contentEntity, { venueId, untilAt })
    return Object.fromEntries(rows.map((row) => [`content:${row.contentId}`, presentCard(row)]))
  })
}

function isRecord(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
