import type { EntityManager } from 'typeorm'
import type { UnitId, VenueId } from '../../maps/model/index.ts'
import type { Refusal } from '../contract/endpoint.ts'
import { recordAudit } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import { calculateDiscount, spentFen } from './calculate-discount.ts'
import { checkCode } from './check-code.ts'
import type { CouponCodes } from './coupon-codes.ts'
import { termsOf } from './find-offer.ts'
import type { FoundOffer } from './find-offer.ts'
import { updated } from './give-back.ts'
import { asJson, presentRedemption } from './offer.presenter.ts'
import type { RedemptionView } from './offer.presenter.ts'
import { offerGrantEntity } from './offer-grant.entity.ts'
import { redemptionEntity } from './redemption.entity.ts'
import type { RedemptionRow } from './redemption.entity.ts'
import { numberOf } from './coupon-codes.ts'
import { refuseOver } from './offer-state.ts'
import { appendOutbox } from '../outbox/index.ts'

/** A code at a till. */
export interface Redeeming {
  readonly venueId: VenueId
  /** Made by the till: the same id is the same redemption. */
  readonly redemptionId: string
  readonly digits: string
  readonly unitId: UnitId
  readonly billFen: number
  readonly reference: string | undefined
}

/** A redemption; `made` when it was carried out now, not before. */
export interface Redeemed {
  readonly redemption: RedemptionView
  readonly made: boolean
}

type RedeemRefusal = Refusal<
  'bad-code' | 'offer-over' | 'wrong-shop' | 'bill-too-small' | 'idempotency-key-reused'
>

/**
 * Redeems an offer, exactly once: the offer goes from held to redeemed under its lock, what was reserved of
 * the budget becomes what was spent, and the money is written down, in one transaction. The same id again,
 * however late and with whatever code, answers what the first one did.
 */
export async function redeemOffer(
  codes: CouponCodes,
  manager: EntityManager,
  occasion: Occasion,
  asked: Redeeming,
): Promise<Redeemed | RedeemRefusal> {
  const { venueId, redemptionId, digits, unitId } = asked
  const before = await findRepeat(manager, asked)
  if (before) return before
  const found = await checkCode(
    manager,
    { codes, nowMs: occasion.nowMs, lock: true },
    { venueId, unitId, digits },
  )
  if ('refused' in found) {
    // While we waited for the offer, the same redemption may have been carried out by a request that we repeat.
    return (await findRepeat(manager, asked)) ?? found
  }
  const { grant, terms } = found
  const calculation = calculateDiscount(terms.coupon, asked.billFen)
  if ('refused' in calculation) {
    const { minSpendFen } = calculation.facts
    return { ...calculation, detail: `The offer is for bills from ${minSpendFen} fen.` }
  }
  const row: RedemptionRow = {
    venueId,
    redemptionId,
    grantId: grant.grantId,
    campaignId: grant.campaignId,
    version: grant.version,
    unitId,
    billFen: String(asked.billFen),
    discountFen: String(calculation.discountFen),
    spentFen: String(spentFen(terms.coupon, calculation)),
    reference: asked.reference ?? null,
    redeemedAt: new Date(occasion.nowMs),
    redeemedBy: occasion.actor,
    refundedAt: null,
    refundedBy: null,
    refundReason: null,
  }
  if (!(await settle(manager, row, grant.reservedFen))) return refuseOver('redeemed')
  const redemption = presentRedemption(row, terms)
  await tellRedeemed(manager, occasion, { redemption, found })
  return { redemption, made: true }
}

/** The redemption of this id, if there is one; refuses when it was of another offer, shop or bill. */
async function findRepeat(
  manager: EntityManager,
  { venueId, redemptionId, digits, unitId, billFen }: Redeeming,
): Promise<Redeemed | Refusal<'idempotency-key-reused'> | undefined> {
  const row = await manager.findOneBy(redemptionEntity, { venueId, redemptionId })
  if (!row) return undefined
  const { codeNumber } = await manager.findOneByOrFail(offerGrantEntity, { venueId, grantId: row.grantId })
  const same = row.unitId === unitId && Number(row.billFen) === billFen && numberOf(digits) === codeNumber
  if (!same) {
    return {
      refused: 'idempotency-key-reused',
      detail: 'This id belongs to a redemption of another code, shop or bill: make a new one.',
    }
  }
  return { redemption: presentRedemption(row, await termsOf(manager, row)), made: false }
}

/** Moves offer and budget, and writes the money down; false when the offer is held no more. */
async function settle(manager: EntityManager, row: RedemptionRow, reservedFen: string): Promise<boolean> {
  const { venueId, grantId, campaignId, redeemedAt } = row
  const moved = await updated<{ visitor_id: string | null }>(
    manager,
    `UPDATE offer_grant SET state = 'redeemed', ended_at = $3
     WHERE venue_id = $1 AND grant_id = $2 AND state = 'held' AND held_until > $3
     RETURNING visitor_id`,
    [venueId, grantId, redeemedAt],
  )
  const [grant] = moved
  if (!grant) return false
  await manager.query(
    `UPDATE campaign_visitor SET held = held - 1
     WHERE venue_id = $1 AND campaign_id = $2 AND visitor_id = $3`,
    [venueId, campaignId, grant.visitor_id],
  )
  await manager.query(
    `UPDATE campaign SET held = held - 1, redeemed = redeemed + 1,
       reserved_fen = reserved_fen - $3::bigint, spent_fen = spent_fen + $4::bigint
     WHERE venue_id = $1 AND campaign_id = $2`,
    [venueId, campaignId, reservedFen, row.spentFen],
  )
  await manager.insert(redemptionEntity, row)
  return true
}

async function tellRedeemed(
  manager: EntityManager,
  occasion: Occasion,
  { redemption, found }: { readonly redemption: RedemptionView; readonly found: FoundOffer },
): Promise<void> {
  const { venueId, visitorId } = found.grant
  await appendOutbox(manager, occasion, {
    venueId,
    topic: 'offer.redeemed',
    ...(visitorId === null ? {} : { visitorId }),
    payload: { redemption: asJson(redemption), unitId: redemption.unitId, grantId: redemption.offerId },
  })
  await recordAudit(manager, occasion, {
    action: 'offer.redeemed',
    subject: `redemption:${redemption.id}`,
    venueId,
    facts: { campaignId: redemption.campaignId, discountFen: redemption.calculation.discountFen },
  })
}
