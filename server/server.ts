import { hkdfSync } from 'node:crypto'
import { createBeacons } from './beacons/index.ts'
import type { BeaconMap, Beacons } from './beacons/index.ts'
import type { Database } from './database/index.ts'
import { createHttpApp, listen, platformRoutes, servePages } from './http/index.ts'
import type { DemoShoppers, Listening, Route } from './http/index.ts'
import { createIdentities, renewFirstOperatorCode } from './identities/index.ts'
import { createJobs, startInBackground } from './jobs/index.ts'
import { createKiosks } from './kiosks/index.ts'
import { createNavigation } from './navigation/index.ts'
import type { Navigation } from './navigation/index.ts'
import { createOffers } from './offers/index.ts'
import { createOutbox, outboxHolder } from './outbox/index.ts'
import type { Outbox } from './outbox/index.ts'
import type { VenueId } from '../maps/model/index.ts'
import type { Clock } from './platform/clock.ts'
import type { Config } from './platform/config.ts'
import type { NewId } from './platform/ids.ts'
import type { Log } from './platform/log.ts'
import { createMetricsRegistry } from './platform/metrics.ts'
import { readTokenSecrets } from './platform/token-secret.ts'
import { createParking, openWeChatPay } from './parking/index.ts'
import { createPresence } from './presence/index.ts'
import type { PresenceSubject } from './presence/index.ts'
import { createRealtime } from './realtime/index.ts'
import type { Realtime } from './realtime/index.ts'
import { publishedVersions, readArchive } from './venues/index.ts'
import type { PublishedMap } from './venues/published-map.ts'
import { PublishedMaps } from './venues/published-maps.ts'
import { VenueReader } from './venues/venue-reader.ts'
import { venuesRoutes } from './venues/venues.routes.ts'
import { createVisitors, isMember } from './visitors/index.ts'
import { createWebhooks } from './webhooks/index.ts'
import type { Visitors } from './visitors/index.ts'

export interface ServerOptions {
  readonly config: Config
  /** Open; the server closes it when it stops. */
  readonly database: Database
  readonly log: Log
  readonly clock: Clock
  readonly newId: NewId
  /** Of the product, as clients and the document show it. */
  readonly version: string
  /**
   * In the demonstration: the demo mall. While no other is here, a browser on this machine may be its kiosk
   * without being paired.
   */
  readonly demoVenueId?: VenueId
  /** In the demonstration: where its simulated shoppers are. */
  readonly demoShoppers?: DemoShoppers
  /** Folder of the built clients; without it the server serves its API alone. */
  readonly pagesDir?: string
}

/** A server that answers. */
export interface RunningServer {
  /** `http://host:port`. */
  readonly address: string
  /** Set while there is no operator: to be shown to whoever started the server, once. */
  readonly firstOperatorCode: string | undefined
  /** The published maps in memory; `refresh` after an import of one's own. */
  readonly maps: PublishedMaps
  /** The registry of beacons and the radio maps; `look` after a change of one's own. */
  readonly beacons: Beacons
  /** Ways and closures; `look` after the clock was moved. */
  readonly navigation: Navigation
  /** Who is where, and what happens there. */
  readonly presence: PresenceSubject
  /** Consents and personal data of shoppers. */
  readonly visitors: Visitors
  /** Live streams, for what runs beside the subjects. */
  readonly realtime: Realtime
  readonly outbox: Outbox
  /** Everything it answers. */
  readonly routes: readonly Route[]
  /** Lets requests under way finish within the grace, then closes the database. Twice is harmless. */
  stop(): Promise<void>
}

/** A subject with work of its own beside answering. Stopping what was never started is harmless. */
interface ServerPart {
  start(): Promise<void>
  stop(): Promise<void>
}

/** How often a node looks whether another one, or the command line, published a map. */
const refreshMapsMs = 30_000

/**
 * Assembles the server and starts to listen. Resolves when the published maps are loaded and requests are
 * welcome (`/readyz`).
 * @throws when the address cannot be had, the token secret cannot be read or a map cannot be loaded; the
 * database is left open then
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, database, log } = options
  const server = await createServer(options)
  const listening = await listen({
    handler: server.handler,
    host: config.host,
    port: config.port,
    requestTimeoutMs: longestTimeoutMs(server.routes, config),
    shutdownGraceMs: config.shutdownGraceMs,
    log,
  })
  server.attach(listening)
  try {
    await server.maps.refresh()
    for (const part of server.parts) await part.start()
    server.markStarted()
    const firstOperatorCode = await renewFirstOperatorCode(database, options.clock())
    return {
      address: listening.address,
      firstOperatorCode,
      maps: server.maps,
      beacons: server.beacons,
      navigation: server.navigation,
      presence: server.presence,
      visitors: server.visitors,
      realtime: server.realtime,
      outbox: server.outbox,
      routes: server.routes,
      stop: stopOnce(
        {
          listening,
          refreshing: keepMapsCurrent(server.maps, log),
          parts: server.parts,
          endSockets: server.endSockets,
        },
        options,
      ),
    }
  } catch (error) {
    await Promise.all([listening.stop(), server.endSockets()])
    for (const part of [...server.parts].reverse()) await part.stop()
    throw error
  }
}

/** The parts, put together but not listening. */
async function createServer(options: ServerOptions) {
  const { config, database, log, clock, newId, version, pagesDir } = options
  const registry = createMetricsRegistry()
  const tokenSecrets = await readTokenSecrets(config)
  const visitors = createVisitors({
    ...{ database, clock, newId, log, registry, tokenSecrets },
    weChat: config.weChat,
    isDemo: isDemonstration(options),
  })
  const { readToken: readVisitorToken } = visitors
  const identities = createIdentities({ database, clock, newId, readVisitorToken, registry })
  const { authenticate } = identities
  const realtime = createRealtime({ config, authenticate, clock, newId, log, registry })
  const jobs = createJobs({ database, config, log, registry })
  const outbox = createOutbox({ database, clock, log, registry, jobs, realtime })
  const webhooks = createWebhooks({
    ...{ database, config, clock, newId, log, registry, tokenSecrets, jobs, outbox },
  })
  visitors.personalData.register(webhooks.personalData)
  visitors.personalData.register({
    ...outboxHolder,
    forget(visitorId) {
      realtime.forget(visitorId)
    },
  })
  const maps = new PublishedMaps({
    clock,
    publishedVersions: () => publishedVersions(database),
    readArchive: async ({ venueId, versionId }) => {
      const archive = await readArchive(database, venueId, versionId)
      if (!archive) throw new Error(`Version ${versionId} of venue ${venueId} was published and is gone.`)
      return archive
    },
    onBroken: ({ venueId, versionId }, error) => {
      log.error({ venueId, versionId, err: error }, 'a published map could not be derived')
    },
  })
  realtime.provideMalls((id) => maps.all().some(({ venueId }) => venueId === id))
  const beacons = createBeacons({
    ...{ database, clock, newId, log, registry, jobs, outbox, tokenSecrets },
    vaultKeys: config.beaconVaultKeys.map((hex) => Uint8Array.from(Buffer.from(hex, 'hex'))),
    maps: () => maps.all().map(beaconMapOf),
    readArchive: ({ venueId, versionId }) => readArchive(database, venueId, versionId),
  })
  const navigation = createNavigation({
    ...{ database, clock, newId, log, registry, jobs, outbox, realtime },
    map: (venueId) => maps.get(venueId),
    routeTables: (venueId, hash) => maps.routeTables(venueId, hash),
    publicUrl: config.publicUrl,
    miniProgramLink: config.miniProgramLink,
  })
  const kiosks = createKiosks({
    ...{ database, clock, newId, log, registry, jobs, outbox, realtime, tokenSecrets },
    map: (venueId) => maps.get(venueId),
    forgetIdentities: identities.forget,
    demoMap: demoMapOf(options, maps),
  })
  outbox.everywhere('device.revoked', ({ payload }) => {
    const id: unknown = Reflect.get(Object(payload), 'deviceId')
    identities.forget()
    if (typeof id === 'string') realtime.endConnections({ kind: 'device', id })
  })
  const offers = createOffers({
    ...{ database, clock, newId, log, registry, tokenSecrets, realtime, jobs, outbox, isMember },
    zonePlanOf: (venueId) => maps.get(venueId)?.zonePlan,
    consents: visitors.consents,
    personalData: visitors.personalData,
  })
  const presence = createPresence({
    ...{ database, clock, newId, log, realtime, jobs },
    metrics: registry,
    planOf: (venueId) => maps.get(venueId)?.zonePlan,
    venueIds: () => maps.all().map(({ venueId }) => venueId),
    registry: beacons.registry,
    radioMap: (venueId) => beacons.radioMap(venueId),
    observe(traffic) {
      beacons.observe(traffic)
    },
    dwellMarks: (venueId, zoneId) => offers.dwellMarks(venueId, zoneId),
    consents: visitors.consents,
    personalData: visitors.personalData,
  })
  presence.on((event) => {
    offers.onPresence(event)
  })
  const parking = createParking({
    ...{ database, clock, newId, log, registry, tokenSecrets, jobs, outbox, realtime },
    published: (venueId) => maps.get(venueId)?.versionId,
    waysOf: (venueId) => navigation.waysOf(venueId),
    readArchive: (venueId, versionId) => readArchive(database, venueId, versionId),
    personalData: visitors.personalData,
    consents: visitors.consents,
    payerOf: visitors.openidOf,
    weChatPay: await openWeChatPay(config, clock),
    mayPretend: (venueId) =>
      config.demoPayments === 'allow' || config.mode !== 'production' || venueId === options.demoVenueId,
  })
  const subjects = [
    ...identities.routes,
    ...parking.routes,
    ...beacons.routes,
    ...navigation.routes,
    ...kiosks.routes,
    ...visitors.routes,
    ...presence.routes,
    ...offers.routes,
    ...webhooks.routes,
    ...venuesRoutes({ database, maps, reader: new VenueReader(), clock, newId }),
  ]
  let listening: Listening | undefined
  let mapsLoaded = false
  let started = false
  const routes = [
    ...platformRoutes({
      config,
      version,
      engine: database.engine,
      registry,
      clock,
      readiness: {
        database: () => database.ping().then(() => true),
        maps: async () => (mapsLoaded ||= await maps.refresh().then(() => true)),
        running: () => Promise.resolve(started && listening?.stopping() === false),
      },
      endpoints: subjects.map(({ endpoint }) => endpoint),
      ...(options.demoShoppers ? { demoShoppers: options.demoShoppers } : {}),
    }),
    ...subjects,
  ]
  const app = createHttpApp({
    config,
    log,
    registry,
    newId,
    routes,
    services: {
      authenticate: identities.authenticate,
      transaction: database.transaction,
      clock,
      requestHashKey: new Uint8Array(hkdfSync('sha256', tokenSecrets[0], '', 'atrium-request-hash', 32)),
    },
    ...(pagesDir === undefined ? {} : { pages: servePages(pagesDir) }),
    isStarted: () => started,
  })
  const live: ServerPart = {
    start: async () => {
      if (listening) await realtime.start(listening.server)
    },
    stop: () => realtime.stop(),
  }
  let stopJobs: ((graceMs: number) => Promise<void>) | undefined
  const jobsPart: ServerPart = {
    start: () => {
      stopJobs = startInBackground(jobs, log)
      return Promise.resolve()
    },
    stop: async () => {
      await (stopJobs?.(config.shutdownGraceMs) ?? jobs.stop(config.shutdownGraceMs))
    },
  }
  return {
    handler: app.callback(),
    routes,
    maps,
    beacons,
    navigation,
    presence,
    visitors,
    // Started in this order once the maps are there, stopped in the other when nobody asks any more.
    parts: [
      beacons,
      visitors,
      live,
      navigation,
      offers,
      presence,
      jobsPart,
      outbox,
    ] satisfies readonly ServerPart[],
    realtime,
    outbox,
    endSockets: () => realtime.endAll(config.shutdownGraceMs),
    attach(to: Listening) {
      listening = to
    },
    markStarted() {
      started = true
    },
  }
}

/** In a database of this process, and nobody stands in front. */
function isDemonstration({ demoVenueId, database, config }: ServerOptions): boolean {
  return demoVenueId !== undefined && database.engine === 'embedded' && config.trustProxy === 0
}

/** Only where nothing but the demo mall is. */
function demoMapOf(options: ServerOptions, maps: PublishedMaps) {
  const { demoVenueId } = options
  if (!isDemonstration(options)) return undefined
  return () => {
    const [map, ...others] = maps.all()
    return map?.venueId === demoVenueId && others.length === 0 ? map : undefined
  }
}

/** A published map as far as beacons need it. */
function beaconMapOf({ venueId, versionId, levels }: PublishedMap): BeaconMap {
  return {
    venueId,
    versionId,
    levels: levels.map(({ id, ordinal, shortName, frame: { origin, metresPerDegree } }) => ({
      id,
      ordinal,
      name: shortName,
      frame: {
        originLon: origin[0],
        originLat: origin[1],
        metresPerDegreeLon: metresPerDegree[0],
        metresPerDegreeLat: metresPerDegree[1],
      },
    })),
  }
}

function longestTimeoutMs(routes: readonly Route[], config: Config): number {
  return Math.max(config.requestTimeoutMs, ...routes.map(({ endpoint }) => endpoint.timeoutMs ?? 0))
}

function keepMapsCurrent(maps: PublishedMaps, log: Log): NodeJS.Timeout {
  const timer = setInterval(() => {
    maps.refresh().catch((error: unknown) => {
      log.warn({ err: error }, 'the published maps could not be refreshed; those in memory stay')
    })
  }, refreshMapsMs)
  return timer.unref()
}

function stopOnce(
  running: {
    readonly listening: Listening
    readonly refreshing: NodeJS.Timeout
    readonly parts: readonly ServerPart[]
    readonly endSockets: () => Promise<void>
  },
  { database, log }: ServerOptions,
): () => Promise<void> {
  let stopped: Promise<void> | undefined
  const stop = async () => {
    clearInterval(running.refreshing)
    // At once: nobody new comes in while those who are connected are told to go.
    const [cut] = await Promise.all([running.listening.stop(), running.endSockets()])
    if (cut > 0) log.warn({ connections: cut }, 'connections were cut at the end of the grace')
    for (const part of [...running.parts].reverse()) await part.stop()
    await database.close()
    log.info('stopped')
  }
  return () => (stopped ??= stop())
}

/**
 * Stops on Ctrl-C and on the system's request to end; a second one ends the process at once.
 * @param target the process, or something like it in a test
 */
export function stopOnSignals(
  { stop }: Pick<RunningServer, 'stop'>,
  log: Log,
  target: Pick<NodeJS.Process, 'on' | 'exit'>,
): void {
  let asked = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    target.on(signal, () => {
      if (asked) target.exit(1)
      asked = true
      stop().then(
        () => target.exit(0),
        (error: unknown) => {
          log.fatal({ err: error }, 'could not stop in order')
          target.exit(1)
        },
      )
    })
  }
}
