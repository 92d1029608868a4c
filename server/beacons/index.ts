import { Gauge } from 'prom-client'
import type { Archive, VenueId } from '../../maps/model/index.ts'
import type { Database } from '../database/index.ts'
import type { Route } from '../http/index.ts'
import type { Occasion } from '../identities/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import type { MetricsRegistry } from '../platform/metrics.ts'
import { beaconsOfArchive } from './archive-beacons.ts'
import type { BeaconRegistry } from './beacon-types.ts'
import { beaconsRoutes } from './beacons.routes.ts'
import { registerFirstBeacons } from './import-beacons.command.ts'
import { LiveRegistry } from './live-registry.ts'
import type { BeaconMap } from './live-registry.ts'
import { radioMapRoutes } from './radio-map.routes.ts'
import { RadioMaps } from './radio-maps.ts'

export type { BeaconRegistry, BeaconTraffic, PlacedBeacon } from './beacon-types.ts'
export type { BeaconLevel } from './level-frames.ts'
export type { BeaconMap } from './live-registry.ts'

/** How often a node looks whether others changed beacons. */
const lookMs = 5000

export interface Beacons {
  readonly routes: readonly Route[]
  readonly registry: BeaconRegistry
  /** The radio map in force as `positioning` encodes it; undefined while there is none. */
  radioMap(venueId: VenueId): Uint8Array | undefined
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
  /** The published maps now. */
  readonly maps: () => readonly BeaconMap[]
  readonly readArchive: (map: BeaconMap) => Promise<Archive | undefined>
}): Beacons {
  const { database, clock, newId, log, registry: metrics, maps, readArchive } = options
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
  new Gauge({
    name: 'atrium_beacons_placed',
    help: 'Beacons in memory that hang on a published map, at most 20000 a venue',
    registers: [metrics],
    collect() {
      this.set(live.size)
    },
  })
  let timer: NodeJS.Timeout | undefined
  return {
    routes: [...beaconsRoutes(services), ...radioMapRoutes(services, radioMaps)],
    registry: live,
    radioMap: (venueId) => radioMaps.get(venueId)?.bytes,
    look: () => live.look(),
    async start() {
      await live.look()
      timer = setInterval(wake, lookMs).unref()
    },
    stop() {
      clearInterval(timer)
      return Promise.resolve()
    },
  }
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
