import type { z } from 'zod'
import type { Json } from '../../maps/model/index.ts'
import type { CampaignTerms } from '../contract/campaign-values.ts'
import type { Immutable } from '../contract/endpoint.ts'
import { offerRules } from '../contract/offer-rules.ts'
import type { offersContract } from '../contract/offers.contract.ts'
import { calculateDiscount } from './calculate-discount.ts'
import type { CampaignRow, CampaignVersionRow } from './campaign.entity.ts'
import type { Decision } from './decide-offers.ts'
import type { LiveCampaign } from './live-campaign.ts'
import type { OfferGrantRow } from './offer-grant.entity.ts'
import type { RedemptionRow } from './redemption.entity.ts'

type Contract = typeof offersContract
type Shape<Schema extends z.ZodType> = Immutable<z.output<Schema>>
type Element<Schema extends z.ZodType> = Shape<Schema> extends readonly (infer Item)[] ? Item : never

export type CampaignView = Shape<Contract['readCampaign']['responses'][200]>
export type PublicCampaign = Element<Contract['listLiveCampaigns']['responses'][200]>
export type OfferView = Shape<Contract['readMyOffer']['responses'][200]>
export type RedemptionView = Shape<Contract['redeemOffer']['responses'][200]>

/** What came of a campaign, in numbers. */
export function presentTally(row: CampaignRow): CampaignView['tally'] {
  const { granted, held, redeemed, refunded, expired, declined, heldOut, taken } = row
  const reservedFen = Number(row.reservedFen)
  const spentFen = Number(row.spentFen)
  return { granted, held, redeemed, refunded, expired, declined, heldOut, taken, reservedFen, spentFen }
}

/** A campaign as its operator sees it. */
export function presentCampaign(row: CampaignRow, terms: CampaignTerms): CampaignView {
  return {
    id: row.campaignId,
    venueId: row.venueId,
    state: row.state,
    version: row.version,
    terms,
    createdAtMs: row.createdAt.getTime(),
    updatedAtMs: row.updatedAt.getTime(),
    tally: presentTally(row),
  }
}

/** One version of a campaign's terms. */
export function presentVersion(
  row: CampaignVersionRow,
): Element<Contract['listCampaignVersions']['responses'][200]> {
  return {
    version: row.version,
    terms: row.terms,
    createdAtMs: row.createdAt.getTime(),
    createdBy: row.createdBy,
  }
}

/**
 * A campaign as everybody may see it.
 * @param taken places taken, when they are known: how many are left is not said otherwise
 */
export function presentPublicCampaign(
  { campaignId, terms, places }: LiveCampaign,
  taken?: number,
): PublicCampaign {
  const { name, description, coupon, redeemAt, trigger, schedule, limits } = terms
  return {
    id: campaignId,
    name,
    ...(description ? { description } : {}),
    coupon,
    zones: [...places],
    redeemAt,
    claimable: trigger.on === 'claim',
    ...(schedule.untilMs === undefined ? {} : { untilMs: schedule.untilMs }),
    ...(limits.total === undefined || taken === undefined ? {} : { left: Math.max(0, limits.total - taken) }),
  }
}

/** An offer as its holder sees it; one whose time ran out is expired, whatever the table says yet. */
export function presentOffer(
  { grant, terms }: { readonly grant: OfferGrantRow; readonly terms: CampaignTerms },
  nowMs: number,
): OfferView {
  const { name, description, coupon, redeemAt } = terms
  const lapsed = grant.state === 'held' && grant.heldUntil.getTime() <= nowMs
  const endedAt = lapsed ? grant.heldUntil : grant.endedAt
  return {
    id: grant.grantId,
    venueId: grant.venueId,
    campaignId: grant.campaignId,
    state: lapsed ? 'expired' : grant.state,
    name,
    ...(description ? { description } : {}),
    coupon,
    redeemAt,
    grantedAtMs: grant.grantedAt.getTime(),
    heldUntilMs: grant.heldUntil.getTime(),
    ...(endedAt ? { endedAtMs: endedAt.getTime() } : {}),
  }
}

/** A redemption, with the calculation it was made by: the version's terms never change. */
export function presentRedemption(row: RedemptionRow, terms: CampaignTerms): RedemptionView {
  const calculation = calculateDiscount(terms.coupon, Number(row.billFen))
  if ('refused' in calculation)
    throw new Error(`Redemption ${row.redemptionId} has a bill that is too small.`)
  return {
    id: row.redemptionId,
    venueId: row.venueId,
    campaignId: row.campaignId,
    offerId: row.grantId,
    unitId: row.unitId,
    name: terms.name,
    calculation,
    ...(row.reference === null ? {} : { reference: row.reference }),
    redeemedAtMs: row.redeemedAt.getTime(),
    redeemedBy: row.redeemedBy,
    ...(row.refundedAt ? { refundedAtMs: row.refundedAt.getTime() } : {}),
    ...(row.refundedBy === null ? {} : { refundedBy: row.refundedBy }),
    ...(row.refundReason === null ? {} : { refundReason: row.refundReason }),
  }
}

/** What every campaign said, with the sentence a person reads. */
export function presentDecision({
  chosen,
  verdicts,
}: Decision): Shape<Contract['previewCampaigns']['responses'][200]> {
  return {
    ...(chosen ? { chosen: chosen.campaignId } : {}),
    verdicts: verdicts.map(({ campaign, reason }) => ({
      campaignId: campaign.campaignId,
      name: campaign.terms.name,
      version: campaign.version,
      fits: reason === undefined,
      chosen: campaign === chosen,
      ...(reason ? { rule: reason.rule, text: offerRules[reason.rule], facts: reason.facts } : {}),
    })),
  }
}

/** A view as a value of a live stream: it went through the contract's schema, so it is JSON. */
export function asJson(view: OfferView | RedemptionView | readonly PublicCampaign[]): Json {
  return JSON.parse(JSON.stringify(view)) as Json
}
