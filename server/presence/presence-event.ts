import type { LevelId, VenueId } from '../../maps/model/index.ts'

/** An area in which a visitor can be present. A level's id is the level's, the venue's is the venue's. */
export interface PresenceZone {
  readonly id: string
  readonly kind: 'unit' | 'geofence' | 'level' | 'venue'
  /** Where the visitor is; for a venue and for a geofence on several levels, the level they are on. */
  readonly levelId: LevelId
}

/** What the decision about a zone rests on. */
export interface PresenceBasis {
  /** Who said where the visitor is: their phone, or the server's own tracker. */
  readonly source: 'phone' | 'server'
  /** Holds the truth nine times in ten. */
  readonly radiusM: number
  readonly levelProbability: number
  /** Belief that the visitor is in the zone, 0 to 1, gathered over the last seconds. */
  readonly belief: number
}

/** Why a visitor counts as in a zone. */
export interface EnteredCause {
  /** `appeared`: was there when first heard of, or again after a silence; nobody saw them walk in. */
  readonly why: 'walked-in' | 'appeared'
  readonly basis: PresenceBasis
}

/** Why a visitor no longer counts as in a zone. */
export interface LeftCause {
  /** `shed`: the server had too many visitors to go on with this one. */
  readonly why: 'walked-out' | 'lost-signal' | 'consent-withdrawn' | 'session-ended' | 'map-changed' | 'shed'
  /** Set when the visitor was seen to walk out. */
  readonly basis?: PresenceBasis
  /** When the visitor was last heard, epoch ms. */
  readonly lastHeardMs: number
}

/** Why a visitor counts as having dwelled. */
export interface DwelledCause {
  readonly why: 'stayed'
  /** The dwell that was asked for, ms. */
  readonly markMs: number
}

interface Happening {
  readonly eventId: string
  readonly venueId: VenueId
  readonly visitorId: string
  readonly zone: PresenceZone
  /** Epoch ms by the server's clock. */
  readonly atMs: number
}

export interface EnteredEvent extends Happening {
  readonly kind: 'entered'
  readonly cause: EnteredCause
}

export interface DwelledEvent extends Happening {
  readonly kind: 'dwelled'
  /** Time since the visitor entered. */
  readonly dwellMs: number
  readonly cause: DwelledCause
}

export interface LeftEvent extends Happening {
  readonly kind: 'left'
  /** Time between entering and leaving; after a lost signal up to when the visitor was last heard. */
  readonly dwellMs: number
  readonly cause: LeftCause
}

/**
 * Something that happened between a visitor and a zone. For one visitor and zone `entered` and `left`
 * always alternate; each mark of dwell comes at most once in between.
 */
export type PresenceEvent = EnteredEvent | DwelledEvent | LeftEvent
