import { Gauge } from 'prom-client'
import type { EntityManager } from 'typeorm'
import type { Archive, VenueId } from '../../maps/model/index.ts'
import type { Database } from '../database/index.ts'
import type { Route } from '../http/index.ts'
import type { Occasion } from '../identities/index.ts'
import type { Jobs } from '../jobs/index.ts'
import { appendOutbox } from '../outbox/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import type { MetricsRegistry } from '../platform/metrics.ts'
import { beaconsOfArchive } from './archive-beacons.ts'
import type { BeaconRegistry, BeaconTraffic } from './beacon-types.ts'
import { beaconsRoutes } from './beacons.routes.ts'
import { registryChanged } from './beacon-store.ts'
import { registerFirstBeacons } from './import-beacons.command.ts'
import { BeaconHealth } from './health/beacon-health.ts'
import { presentFinding } from './health/findings.ts'
import type { Finding } from './health/findings.ts'
import { findingsRoutes } from './health/findings.routes.ts'
import { leasesRoutes } from './leases/leases.routes.ts'
import { LiveRegistry } from './live-registry.ts'
import type { BeaconMap } from './live-registry.ts'
import { radioMapRoutes } from './radio-map.routes.ts'
import { RadioMaps } from './radio-maps.ts'
import { beaconSecretsRoutes } from './vault/beacon-secrets.routes.ts'
import { createSecretBox } from './vault/secret-box.ts'

export type { BeaconRegistry, BeaconTraffic, PlacedBeacon } from './beacon-types.ts'
export type { BeaconLevel } from './level-frames.ts'
export type { BeaconMap } from './live-registry.ts'

/** How often a node looks by itself whether others changed beacons; the outbox says so sooner. */
const lookMs = 5000
/** How often what was heard is stored, and how often it is judged. */
const flushMs = 5 * 60_000
const judgeMs = 60 * 60_000

export interface Beacons {
  readonly routes: readonly Route[]
  readonly registry: BeaconRegistry
  /** The radio map in force as `positioning` encodes it; undefined while there is none. */
  radioMap(venueId: VenueId): Uint8Array | undefined
  /** Takes in what a phone heard; cheap, and bounded by places and beacons. */
  observe(traffic: BeaconTraffic): void
  /** Stores what was heard and judges the beacons by it: by itself once an hour. */
  judge(): Promise<void>
  /** Takes in what other nodes, or the command line, changed. */
  look(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

/** The beacons of the malls: the registry, the radio maps, and how the beacons are. */
export function createBeacons(options: {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly log: Log
  readonly registry: MetricsRegistry
  readonly jobs: Pick<Jobs, 'every'>
  /** Seal the secrets of beacons; without any the token secrets do. */
  readonly vaultKeys: readonly Uint8Array[]
  readonly tokenSecrets: readonly [Uint8Array, ...Uint8Array[]]
  readonly outbox: Pick<Outbox, 'on' | 'everywhere'>
  /** The published maps now. */
  readonly maps: () => readonly BeaconMap[]
  readonly readArchive: (map: BeaconMap) => Promise<Archive | undefined>
}): Beacons {
  const { database, clock, newId, log, registry: metrics, jobs, outbox, maps, readArchive } = options
  const radioMaps = new RadioMaps({
    readArchive,
    onUnusable: (facts) => {
      log.warn(
        facts,
        'no radio map can be made from the registry: a level lies too far from the origin of its frame',
      )
    },
  })
  const live = new LiveRegistry({ database, maps, radioMaps })
  const wake = () => {
    live.look().catch((error: unknown) => {
      log.warn({ err: error }, 'changed beacons could not be loaded; those in memory stay')
    })
  }
  const levelsOf = (venueId: VenueId) => maps().find((map) => map.venueId === venueId)?.levels
  const services = { database, clock, newId, levelsOf, wake }
  const tellFinding = (manager: EntityManager, finding: Finding) =>
    appendOutbox(
      manager,
      { nowMs: clock(), newId },
      {
        venueId: finding.venueId,
        topic: finding.closedAtMs === null ? 'beacon.finding-opened' : 'beacon.finding-closed',
        payload: presentFinding(finding),
      },
    )
  const health = new BeaconHealth({ ...{ database, clock, newId, registry: live }, tell: tellFinding })
  tellConsole(outbox)
  outbox.everywhere(registryChanged, wake)
  const judge = async () => {
    await health.flush()
    await health.judge()
  }
  jobs.every('beacons.judge', judgeMs, judge)
  const flush = () => {
    health.flush().catch((error: unknown) => {
      log.warn({ err: error }, 'what was heard of beacons could not be stored; it stays in memory')
    })
  }
  measure(metrics, live, health)
  let timers: NodeJS.Timeout[] = []
  return {
    routes: [
      ...beaconsRoutes(services),
      ...radioMapRoutes(services, radioMaps),
      ...findingsRoutes({ ...services, tellFinding }),
      ...leasesRoutes(services),
      ...beaconSecretsRoutes(services, createSecretBox(options.vaultKeys, options.tokenSecrets)),
    ],
    registry: live,
    radioMap: (venueId) => radioMaps.get(venueId)?.bytes,
    observe(traffic) {
      health.observe(traffic)
    },
    judge,
    look: () => live.look(),
    async start() {
      await live.look()
      timers = [setInterval(wake, lookMs).unref(), setInterval(flush, flushMs).unref()]
    },
    async stop() {
      for (const timer of timers) clearInterval(timer)
      await health.flush()
    },
  }
}

/** What is wrong with beacons, on the console's stream: one key a finding, gone when it closes. */
function tellConsole(outbox: Pick<Outbox, 'on'>): void {
  outbox.on('beacon.finding-opened', ({ venueId, payload }) => [
    { stream: `console:${venueId}`, set: { [findingKey(payload)]: payload } },
  ])
  outbox.on('beacon.finding-closed', ({ venueId, payload }) => [
    { stream: `console:${venueId}`, gone: [findingKey(payload)] },
  ])
}

function findingKey({ id }: Readonly<Record<string, unknown>>): string {
  return typeof id === 'string' ? `finding:${id}` : 'finding'
}

function measure(registers: MetricsRegistry, live: LiveRegistry, health: BeaconHealth): void {
  new Gauge({
    name: 'atrium_beacons_placed',
    help: 'Beacons in memory that hang on a published map, at most 20000 a venue',
    registers: [registers],
    collect() {
      this.set(live.size)
    },
  })
  new Gauge({
    name: 'atrium_beacon_windows',
    help: 'Reports of phones by whether they say something of beacons (an uncertain fix does not)',
    labelNames: ['used'] as const,
    registers: [registers],
    collect() {
      this.set({ used: 'yes' }, health.counts.windows)
      this.set({ used: 'no' }, health.counts.unused)
    },
  })
}

/**
 * Registers the beacons an archive brings along, when its venue has none yet: the demo mall's, at its import.
 * @returns how many
 */
export function registerArchiveBeacons(
  database: Database,
  occasion: Occasion,
  { venueId, archive }: { readonly venueId: VenueId; readonly archive: Archive },
): Promise<number> {
  const beacons = beaconsOfArchive(archive)
  if (beacons.length === 0) return Promise.resolve(0)
  return database.transaction((manager) => registerFirstBeacons(manager, occasion, { venueId, beacons }))
}
