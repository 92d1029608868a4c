import type { LevelId, VenueId } from '../../maps/model/index.ts'

/** A beacon that hangs where the registry says, as presence needs it. */
export interface PlacedBeacon {
  readonly beaconId: string
  /** `uuid/major/minor`, the uuid in lower case. */
  readonly id: string
  readonly levelId: LevelId
  /** Metres in the frame of the level, as the published map has it. */
  readonly x: number
  readonly y: number
  readonly mountHeightM: number
  /** Expected rssi at one metre, dBm. */
  readonly powerDbm: number
  readonly intervalMs: number
}

/** The beacons that hang now (installed or verified, on a level of the published map), in memory. */
export interface BeaconRegistry {
  /** O(1). */
  resolve(venueId: VenueId, id: string): PlacedBeacon | undefined
  placed(venueId: VenueId): readonly PlacedBeacon[]
  /** Calls the listener when the beacons or the radio map of a venue changed, on every node. */
  onChange(listener: (venueId: VenueId) => void): void
}

/**
 * What one phone heard in one report, without who it was. Only of visitors who agreed to `location`, as the fix
 * is made of their position.
 */
export interface BeaconTraffic {
  readonly venueId: VenueId
  /** Epoch ms by the server's clock. */
  readonly atMs: number
  /** Where the phone was, and how sure that is. */
  readonly fix: { readonly levelId: string; readonly x: number; readonly y: number; readonly radiusM: number }
  /** One entry for each beacon heard, `uuid/major/minor`, with the mean of its readings. */
  readonly heard: readonly { readonly id: string; readonly rssiDbm: number }[]
}
