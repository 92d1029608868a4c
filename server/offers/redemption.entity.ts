import { EntitySchema } from 'typeorm'
import type { UnitId, VenueId } from '../../maps/model/index.ts'

/** An offer that was honoured at a till: the money, and who did it, but not for whom. */
export interface RedemptionRow {
  readonly venueId: VenueId
  /** Made by whoever redeems: the same id is the same redemption, however often it is sent. */
  readonly redemptionId: string
  readonly grantId: string
  readonly campaignId: string
  readonly version: number
  readonly unitId: UnitId
  readonly billFen: string
  readonly discountFen: string
  /** What it cost the campaign: the discount, or the gift. */
  readonly spentFen: string
  /** Of the till: receipt or order number. */
  readonly reference: string | null
  readonly redeemedAt: Date
  readonly redeemedBy: string
  readonly refundedAt: Date | null
  readonly refundedBy: string | null
  readonly refundReason: string | null
}

export const redemptionEntity = new EntitySchema<RedemptionRow>({
  name: 'redemption',
  tableName: 'redemption',
  columns: {
    venueId: { name: 'venue_id', type: 'uuid', primary: true },
    redemptionId: { name: 'redemption_id', type: 'uuid', primary: true },
    grantId: { name: 'grant_id', type: 'uuid' },
    campaignId: { name: 'campaign_id', type: 'uuid' },
    version: { type: 'integer' },
    unitId: { name: 'unit_id', type: 'uuid' },
    billFen: { name: 'bill_fen', type: 'bigint' },
    discountFen: { name: 'discount_fen', type: 'bigint' },
    spentFen: { name: 'spent_fen', type: 'bigint' },
    reference: { type: 'text', nullable: true },
    redeemedAt: { name: 'redeemed_at', type: 'timestamptz' },
    redeemedBy: { name: 'redeemed_by', type: 'text' },
    refundedAt: { name: 'refunded_at', type: 'timestamptz', nullable: true },
    refundedBy: { name: 'refunded_by', type: 'text', nullable: true },
    refundReason: { name: 'refund_reason', type: 'text', nullable: true },
  },
  uniques: [{ name: 'redemption_once', columns: ['venueId', 'grantId'] }],
})
