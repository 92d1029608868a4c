import type { OfferRule } from '../contract/offer-rules.ts'

/** A zone as presence names it. */
export interface OccurrenceZone {
  readonly id: string
  readonly kind: 'unit' | 'geofence' | 'level' | 'venue'
}

/** Something that may make a campaign be offered. */
export type Occurrence =
  | { readonly kind: 'entered' | 'left'; readonly zone: OccurrenceZone }
  | { readonly kind: 'dwelled'; readonly zone: OccurrenceZone; readonly dwellMs: number }
  | { readonly kind: 'nearby'; readonly zoneId: string; readonly distanceM: number }
  | { readonly kind: 'claimed'; readonly campaignId: string }

/** What is known of a visitor's visits to a venue. */
export interface VisitHistory {
  /** With the present one; 0 when nothing of them is known. */
  readonly visits: number
  /** The present visit begins with what happens now. */
  readonly visitBegins: boolean
}

/** What is known of a visitor, and nothing else is asked for. */
export interface VisitorFacts extends VisitHistory {
  readonly visitorId: string
  readonly member: boolean
  /** Offers the visitor holds in this venue. */
  readonly held: number
}

/** How a campaign stands, and how a visitor stands with it. */
export interface Standing {
  /** Places held or redeemed. */
  readonly taken: number
  /** The local day that `takenOnDay` counts. */
  readonly day: string
  readonly takenOnDay: number
  /** Fen promised and spent. */
  readonly committedFen: number
  readonly mine: {
    readonly taken: number
    readonly held: number
    readonly declined: boolean
    readonly lastGrantedAtMs: number | undefined
  }
}

/** Everything a decision rests on. */
export interface Situation {
  readonly nowMs: number
  /** What happened at once; a campaign is considered when any of it is what it waits for. */
  readonly occurrences: readonly Occurrence[]
  readonly visitor: VisitorFacts
  /** By campaign; what is absent stands at nothing. */
  readonly standings: ReadonlyMap<string, Standing>
}

/** Why a campaign gives nothing, with the facts that decided. */
export interface Reason {
  readonly rule: OfferRule
  readonly facts: Readonly<Record<string, string | number | boolean>>
}

/** How a campaign stands at nothing. */
export const noStanding: Standing = {
  taken: 0,
  day: '',
  takenOnDay: 0,
  committedFen: 0,
  mine: { taken: 0, held: 0, declined: false, lastGrantedAtMs: undefined },
}
