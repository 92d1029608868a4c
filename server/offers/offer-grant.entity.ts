import { EntitySchema } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { OfferState } from '../contract/campaign-values.ts'

/** An offer somebody got, by the terms of one version. */
export interface OfferGrantRow {
  readonly venueId: VenueId
  readonly grantId: string
  readonly campaignId: string
  readonly version: number
  /** Null once the visitor was erased. */
  readonly visitorId: string | null
  /** One that is `held` after `heldUntil` has expired, though no job has said so yet. */
  readonly state: OfferState
  readonly codeNumber: number
  /** Local day on which it was granted: whose count goes down when the place is given back. */
  readonly day: string
  readonly reservedFen: string
  readonly grantedAt: Date
  readonly heldUntil: Date
  readonly endedAt: Date | null
}

export const offerGrantEntity = new EntitySchema<OfferGrantRow>({
  name: 'offer_grant',
  tableName: 'offer_grant',
  columns: {
    venueId: { name: 'venue_id', type: 'uuid', primary: true },
    grantId: { name: 'grant_id', type: 'uuid', primary: true },
    campaignId: { name: 'campaign_id', type: 'uuid' },
    version: { type: 'integer' },
    visitorId: { name: 'visitor_id', type: 'uuid', nullable: true },
    state: { type: 'text' },
    codeNumber: { name: 'code_number', type: 'integer' },
    day: { type: 'text' },
    reservedFen: { name: 'reserved_fen', type: 'bigint' },
    grantedAt: { name: 'granted_at', type: 'timestamptz' },
    heldUntil: { name: 'held_until', type: 'timestamptz' },
    endedAt: { name: 'ended_at', type: 'timestamptz', nullable: true },
  },
  uniques: [{ name: 'offer_grant_code', columns: ['venueId', 'codeNumber'] }],
})

/** How a visitor stands with a campaign. */
export interface CampaignVisitorRow {
  readonly venueId: VenueId
  readonly visitorId: string
  readonly campaignId: string
  readonly taken: number
  readonly held: number
  readonly declined: boolean
  readonly lastGrantedAt: Date | null
  readonly heldOutAt: Date | null
}

export const campaignVisitorEntity = new EntitySchema<CampaignVisitorRow>({
  name: 'campaign_visitor',
  tableName: 'campaign_visitor',
  columns: {
    venueId: { name: 'venue_id', type: 'uuid', primary: true },
    visitorId: { name: 'visitor_id', type: 'uuid', primary: true },
    campaignId: { name: 'campaign_id', type: 'uuid', primary: true },
    taken: { type: 'integer' },
    held: { type: 'integer' },
    declined: { type: 'boolean' },
    lastGrantedAt: { name: 'last_granted_at', type: 'timestamptz', nullable: true },
    heldOutAt: { name: 'held_out_at', type: 'timestamptz', nullable: true },
  },
})

/** How often a visitor was here: what "first visit" and "welcome" rest on. */
export interface VenueVisitRow {
  readonly venueId: VenueId
  readonly visitorId: string
  readonly visits: number
  readonly firstAt: Date
  readonly beganAt: Date
  readonly lastAt: Date
}

export const venueVisitEntity = new EntitySchema<VenueVisitRow>({
  name: 'venue_visit',
  tableName: 'venue_visit',
  columns: {
    venueId: { name: 'venue_id', type: 'uuid', primary: true },
    visitorId: { name: 'visitor_id', type: 'uuid', primary: true },
    visits: { type: 'integer' },
    firstAt: { name: 'first_at', type: 'timestamptz' },
    beganAt: { name: 'began_at', type: 'timestamptz' },
    lastAt: { name: 'last_at', type: 'timestamptz' },
  },
})
