import { EntitySchema } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { CampaignState, CampaignTerms } from '../contract/campaign-values.ts'

/**
 * A campaign: its state, the terms in force as far as the statement that takes a place reads them, and its
 * tally. Sums of money are text, as PostgreSQL writes a bigint.
 */
export interface CampaignRow {
  readonly venueId: VenueId
  readonly campaignId: string
  readonly state: CampaignState
  /** Of the terms in force, from 1. */
  readonly version: number
  /** Changes with state and terms: by it a node sees that what it keeps is old. */
  readonly revision: string
  /** Key of the hold-out group, 16 hexadecimal digits. */
  readonly assignmentKey: string
  readonly createdAt: Date
  readonly createdBy: string
  readonly updatedAt: Date
  readonly startsAt: Date | null
  readonly endsAt: Date | null
  readonly capTotal: number | null
  readonly capDay: number | null
  readonly budgetFen: string | null
  /** Local day that `takenOnDay` counts. */
  readonly day: string | null
  readonly takenOnDay: number
  /** Places held or redeemed and not refunded. */
  readonly taken: number
  readonly held: number
  /** Ever granted. */
  readonly granted: number
  readonly redeemed: number
  readonly refunded: number
  readonly expired: number
  readonly declined: number
  /** Visitors who would have got it and are in the group that is compared with. */
  readonly heldOut: number
  readonly reservedFen: string
  readonly spentFen: string
}

export const campaignEntity = new EntitySchema<CampaignRow>({
  name: 'campaign',
  tableName: 'campaign',
  columns: {
    venueId: { name: 'venue_id', type: 'uuid', primary: true },
    campaignId: { name: 'campaign_id', type: 'uuid', primary: true },
    state: { type: 'text' },
    version: { type: 'integer' },
    revision: { type: 'bigint' },
    assignmentKey: { name: 'assignment_key', type: 'text' },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    createdBy: { name: 'created_by', type: 'text' },
    updatedAt: { name: 'updated_at', type: 'timestamptz' },
    startsAt: { name: 'starts_at', type: 'timestamptz', nullable: true },
    endsAt: { name: 'ends_at', type: 'timestamptz', nullable: true },
    capTotal: { name: 'cap_total', type: 'integer', nullable: true },
    capDay: { name: 'cap_day', type: 'integer', nullable: true },
    budgetFen: { name: 'budget_fen', type: 'bigint', nullable: true },
    day: { type: 'text', nullable: true },
    takenOnDay: { name: 'taken_on_day', type: 'integer' },
    taken: { type: 'integer' },
    held: { type: 'integer' },
    granted: { type: 'integer' },
    redeemed: { type: 'integer' },
    refunded: { type: 'integer' },
    expired: { type: 'integer' },
    declined: { type: 'integer' },
    heldOut: { name: 'held_out', type: 'integer' },
    reservedFen: { name: 'reserved_fen', type: 'bigint' },
    spentFen: { name: 'spent_fen', type: 'bigint' },
  },
})

/** What was decided about a campaign at one time; never changed once somebody got an offer by it. */
export interface CampaignVersionRow {
  readonly venueId: VenueId
  readonly campaignId: string
  readonly version: number
  readonly terms: CampaignTerms
  readonly createdAt: Date
  readonly createdBy: string
}

export const campaignVersionEntity = new EntitySchema<CampaignVersionRow>({
  name: 'campaign_version',
  tableName: 'campaign_version',
  columns: {
    venueId: { name: 'venue_id', type: 'uuid', primary: true },
    campaignId: { name: 'campaign_id', type: 'uuid', primary: true },
    version: { type: 'integer', primary: true },
    terms: { type: 'jsonb' },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    createdBy: { name: 'created_by', type: 'text' },
  },
})
