import { toXy } from '../../maps/model/index.ts'
import type { VenueId, VersionId } from '../../maps/model/index.ts'
import type { Database } from '../database/index.ts'
import { identityText } from './beacon.ts'
import type { Beacon } from './beacon.ts'
import { findBeacons, registryRevisions } from './beacon-store.ts'
import type { BeaconRegistry, PlacedBeacon } from './beacon-types.ts'
import type { BeaconLevel } from './level-frames.ts'
import type { RadioMaps } from './radio-maps.ts'

/** A published map as far as beacons need it. */
export interface BeaconMap {
  readonly venueId: VenueId
  /** Changes with what is published. */
  readonly versionId: VersionId
  readonly levels: readonly BeaconLevel[]
}

interface Loaded {
  /** Revision of the registry and version of the map it was made from. */
  readonly key: string
  readonly byId: ReadonlyMap<string, PlacedBeacon>
  readonly placed: readonly PlacedBeacon[]
}

const nothing: Loaded = { key: '', byId: new Map(), placed: [] }

/**
 * The beacons that hang, one list a venue, in memory: presence asks for every sighting. `look` brings what any node
 * changed; a list is replaced whole, so whoever holds one goes on with it.
 */
export class LiveRegistry implements BeaconRegistry {
  readonly #database: Database
  readonly #maps: () => readonly BeaconMap[]
  readonly #radioMaps: RadioMaps
  readonly #venues = new Map<VenueId, Loaded>()
  readonly #listeners: ((venueId: VenueId) => void)[] = []
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  constructor(parts: {
    readonly database: Database
    readonly maps: () => readonly BeaconMap[]
    readonly radioMaps: RadioMaps
  }) {
    this.#database = parts.database
    this.#maps = parts.maps
    this.#radioMaps = parts.radioMaps
  }

  resolve(venueId: VenueId, id: string): PlacedBeacon | undefined {
    return this.#venues.get(venueId)?.byId.get(id)
  }

  placed(venueId: VenueId): readonly PlacedBeacon[] {
    return (this.#venues.get(venueId) ?? nothing).placed
  }

  onChange(listener: (venueId: VenueId) => void): void {
    this.#listeners.push(listener)
  }

  /** How many beacons memory holds. */
  get size(): number {
    let size = 0
    for (const { placed } of this.#venues.values()) size += placed.length
    return size
  }

  /**
   * Loads venues whose beacons, radio maps or published map changed. Calls meanwhile share one further run. Rejects when the
   * database does; what is in memory stays.
   */
  look(): Promise<void> {
    this.#next ??= this.#running.then(() => {
      this.#next = undefined
      const run = this.#load()
      this.#running = run.catch(() => undefined)
      return run
    })
    return this.#next
  }

  async #load(): Promise<void> {
    const { manager } = this.#database.dataSource
    const revisions = await registryRevisions(manager)
    const maps = this.#maps()
    const gone = [...this.#venues.keys()].filter((venueId) => !maps.some((map) => map.venueId === venueId))
    for (const venueId of gone) {
      this.#venues.delete(venueId)
      this.#radioMaps.forget(venueId)
      this.#tell(venueId)
    }
    for (const map of maps) {
      const key = `${revisions.get(map.venueId) ?? '0'} ${map.versionId}`
      if (this.#venues.get(map.venueId)?.key === key) continue
      const beacons = await findBeacons(manager, map.venueId, { states: ['installed', 'verified'] })
      const placed = beacons.flatMap((beacon) => placedBeacon(beacon, map.levels) ?? [])
      await this.#radioMaps.load(manager, map, placed)
      this.#venues.set(map.venueId, { key, placed, byId: new Map(placed.map((one) => [one.id, one])) })
      this.#tell(map.venueId)
    }
  }

  #tell(venueId: VenueId): void {
    for (const listener of this.#listeners) listener(venueId)
  }
}

/** A beacon in the metres of the published map; undefined when its level is not on it. */
function placedBeacon(beacon: Beacon, levels: readonly BeaconLevel[]): PlacedBeacon | undefined {
  const level = levels.find(({ id }) => id === beacon.levelId)
  if (!level || beacon.lon === null || beacon.lat === null) return undefined
  return {
    beaconId: beacon.beaconId,
    id: identityText(beacon),
    levelId: level.id,
    ...toXy(level.frame, [beacon.lon, beacon.lat]),
    mountHeightM: beacon.mountHeightM,
    powerDbm: beacon.measuredPowerDbm,
    intervalMs: beacon.intervalMs,
  }
}
