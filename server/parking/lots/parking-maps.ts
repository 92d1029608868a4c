import type { Archive, VenueId, VersionId } from '../../../maps/model/index.ts'
import { parkingMapOf } from './parking-map.ts'
import type { ParkingMap } from './parking-map.ts'

/** Where the published maps come from. */
export interface ParkingMapSource {
  /** The version that is published now. */
  published(venueId: VenueId): VersionId | undefined
  read(venueId: VenueId, versionId: VersionId): Promise<Archive | undefined>
}

/**
 * The maps of all venues as parking needs them, derived when a venue is first asked for and again when another
 * version was published. One a venue is kept.
 */
export class ParkingMaps {
  readonly #source: ParkingMapSource
  readonly #maps = new Map<
    VenueId,
    { readonly versionId: VersionId; readonly map: Promise<ParkingMap | undefined> }
  >()

  constructor(source: ParkingMapSource) {
    this.#source = source
  }

  /** @returns undefined when the venue has no published map */
  async get(venueId: VenueId): Promise<ParkingMap | undefined> {
    const versionId = this.#source.published(venueId)
    if (versionId === undefined) {
      this.#maps.delete(venueId)
      return undefined
    }
    const here = this.#maps.get(venueId)
    if (here?.versionId === versionId) return here.map
    const map = this.#derive(venueId, versionId)
    this.#maps.set(venueId, { versionId, map })
    // What failed is tried again by the next who asks.
    map.catch(() => this.#maps.delete(venueId))
    return map
  }

  async #derive(venueId: VenueId, versionId: VersionId): Promise<ParkingMap | undefined> {
    const archive = await this.#source.read(venueId, versionId)
    return archive && parkingMapOf(archive, { venueId, versionId })
  }
}
