import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { Refusal } from '../contract/endpoint.ts'
import { recordAudit } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import { termsOf } from './find-offer.ts'
import { updated } from './give-back.ts'
import { asJson, presentRedemption } from './offer.presenter.ts'
import type { RedemptionView } from './offer.presenter.ts'
import { redemptionEntity } from './redemption.entity.ts'
import { appendOutbox } from '../outbox/index.ts'

export interface Refunding {
  readonly venueId: VenueId
  readonly redemptionId: string
  readonly reason: string
  /** Only what this one redeemed may be refunded; anybody's, when absent. */
  readonly redeemedBy: string | undefined
}

/**
 * Takes a redemption back: what was spent returns to the budget, the place to the campaign, the day's count
 * and the visitor's, all of it exactly as the redemption took it. A second refund changes nothing.
 * @returns the redemption as it is now, or a refusal: unknown-redemption, forbidden
 */
export async function refundRedemption(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, redemptionId, reason, redeemedBy }: Refunding,
): Promise<RedemptionView | Refusal<'unknown-redemption' | 'forbidden'>> {
  const row = await manager.findOne(redemptionEntity, {
    where: { venueId, redemptionId },
    lock: { mode: 'pessimistic_write' },
  })
  if (!row) return { refused: 'unknown-redemption' }
  if (redeemedBy !== undefined && row.redeemedBy !== redeemedBy) {
    return { refused: 'forbidden', detail: 'Somebody else redeemed it: an operator can refund it.' }
  }
  const terms = await termsOf(manager, row)
  if (row.refundedAt) return presentRedemption(row, terms)
  const refund = {
    refundedAt: new Date(occasion.nowMs),
    refundedBy: occasion.actor,
    refundReason: reason,
  }
  await manager.update(redemptionEntity, { venueId, redemptionId }, refund)
  const visitorId = await takeBack(manager, row)
  const redemption = presentRedemption({ ...row, ...refund }, terms)
  await appendOutbox(manager, occasion, {
    venueId,
    topic: 'offer.refunded',
    ...(visitorId === null ? {} : { visitorId }),
    payload: { redemption: asJson(redemption), unitId: row.unitId, grantId: row.grantId },
  })
  await recordAudit(manager, occasion, {
    action: 'offer.refunded',
    subject: `redemption:${redemptionId}`,
    venueId,
    facts: { campaignId: row.campaignId, discountFen: Number(row.discountFen), reason },
  })
  return redemption
}

/** Undoes what granting and redeeming counted; the visitor of the offer. */
async function takeBack(
  manager: EntityManager,
  {
    venueId,
    grantId,
    campaignId,
    spentFen,
  }: {
    readonly venueId: VenueId
    readonly grantId: string
    readonly campaignId: string
    readonly spentFen: string
  },
): Promise<string | null> {
  const moved = await updated<{ visitor_id: string | null; day: string }>(
    manager,
    `UPDATE offer_grant SET state = 'refunded'
     WHERE venue_id = $1 AND grant_id = $2 AND state = 'redeemed' RETURNING visitor_id, day`,
    [venueId, grantId],
  )
  const [grant] = moved
  if (!grant) throw new Error(`The offer of a redemption was not redeemed: ${grantId}`)
  await manager.query(
    `UPDATE campaign_visitor SET taken = taken - 1
     WHERE venue_id = $1 AND campaign_id = $2 AND visitor_id = $3`,
    [venueId, campaignId, grant.visitor_id],
  )
  await manager.query(
    `UPDATE campaign SET taken = taken - 1, refunded = refunded + 1, spent_fen = spent_fen - $3::bigint,
       taken_on_day = taken_on_day - CASE WHEN day = $4 THEN 1 ELSE 0 END
     WHERE venue_id = $1 AND campaign_id = $2`,
    [venueId, campaignId, spentFen, grant.day],
  )
  return grant.visitor_id
}
