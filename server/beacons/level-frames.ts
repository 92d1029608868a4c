import type { LevelFrame, LevelId, VenueId } from '../../maps/model/index.ts'

/** A level of a venue's published map, as far as beacons need it. */
export interface BeaconLevel {
  readonly id: LevelId
  /** What stands on the lift button: `F1`. */
  readonly name: string
  /** 0 is the ground floor, below is negative. */
  readonly ordinal: number
  readonly frame: LevelFrame
}

/** The levels of the published map of a venue, lowest first; undefined when none is published. */
export type LevelsOf = (venueId: VenueId) => readonly BeaconLevel[] | undefined
