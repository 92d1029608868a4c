import { z } from 'zod'
import { calculation, campaignStates, campaignTerms, coupon, fen, offerStates } from './campaign-values.ts'
import { defineEndpoint } from './endpoint.ts'
import { offerRules } from './offer-rules.ts'
import { anyId, epochMs, numberInText, unitId, venueId } from './values.ts'

const tag = 'Offers'

const ofVenue = z.strictObject({ venueId })
const ofCampaign = z.strictObject({ venueId, campaignId: anyId })
const ofOffer = z.strictObject({ venueId, offerId: anyId })
const ofRedemption = z.strictObject({ venueId, redemptionId: anyId })

const count = z.int().min(0)
const text = z.strictObject({ zh: z.string(), en: z.string() })

const tally = z
  .strictObject({
    granted: count.meta({ description: 'Ever; each is held, redeemed, expired or declined' }),
    held: count,
    redeemed: count.meta({ description: 'With those refunded later' }),
    refunded: count,
    expired: count,
    declined: count,
    heldOut: count.meta({
      description: 'Visitors of the group that is compared with, who would have got it',
    }),
    taken: count.meta({
      description: 'Places that count against the cap: held, or redeemed and not refunded',
    }),
    reservedFen: fen.meta({ description: 'Promised to offers that are held' }),
    spentFen: fen.meta({ description: 'Spent by redemptions, without those refunded' }),
  })
  .meta({ id: 'CampaignTally' })

const notice = z
  .strictObject({
    id: z.enum(['cap-below-taken', 'budget-below-committed', 'old-terms-kept']),
    text,
    facts: z.record(z.string(), z.number()),
  })
  .meta({ id: 'CampaignNotice', description: 'What the operator should know about a change that was made' })

const campaign = z
  .strictObject({
    id: anyId,
    venueId,
    state: z.enum(campaignStates),
    version: z.int().min(1),
    terms: campaignTerms,
    createdAtMs: epochMs,
    updatedAtMs: epochMs,
    tally,
  })
  .meta({ id: 'Campaign' })

const changedCampaign = z.strictObject({ campaign, notices: z.array(notice).max(3) })

const campaignVersion = z
  .strictObject({
    version: z.int().min(1),
    terms: campaignTerms,
    createdAtMs: epochMs,
    createdBy: z.string(),
  })
  .meta({ id: 'CampaignVersion' })

/** What a kiosk and a phone show of a campaign before anybody has it. */
export const publicCampaign = z
  .strictObject({
    id: anyId,
    name: text,
    description: text.exactOptional(),
    coupon,
    zones: z.array(anyId).meta({ description: 'Where it is to be had; empty: no place in particular' }),
    redeemAt: z.array(unitId),
    claimable: z.boolean().meta({ description: 'To be had by asking (`claimOffer`)' }),
    untilMs: epochMs.exactOptional(),
    left: count.exactOptional().meta({ description: 'Places that are left, when there is a cap' }),
  })
  .meta({ id: 'PublicCampaign' })

/** An offer as its holder sees it. */
export const offer = z
  .strictObject({
    id: anyId,
    venueId,
    campaignId: anyId,
    state: z.enum(offerStates),
    name: text,
    description: text.exactOptional(),
    coupon,
    redeemAt: z.array(unitId),
    grantedAtMs: epochMs,
    heldUntilMs: epochMs.meta({ description: 'Until then its place is kept' }),
    endedAtMs: epochMs.exactOptional(),
  })
  .meta({ id: 'Offer' })

/** So many codes a phone gets in advance: ten minutes without a network. */
export const codesAhead = 20

const couponCode = z.strictObject({
  digits: z.string().meta({ description: '16 digits; a QR code holds just these' }),
  refreshAtMs: epochMs.meta({ description: 'When the next one is to be shown' }),
  goodUntilMs: epochMs,
})

const redemption = z
  .strictObject({
    id: anyId,
    venueId,
    campaignId: anyId,
    offerId: anyId,
    unitId,
    name: text,
    calculation,
    reference: z.string().exactOptional(),
    redeemedAtMs: epochMs,
    redeemedBy: z.string(),
    refundedAtMs: epochMs.exactOptional(),
    refundedBy: z.string().exactOptional(),
    refundReason: z.string().exactOptional(),
  })
  .meta({ id: 'Redemption' })

const rule = z.enum(Object.keys(offerRules) as [keyof typeof offerRules, ...(keyof typeof offerRules)[]])

const verdict = z
  .strictObject({
    campaignId: anyId,
    name: text,
    version: z.int().min(1),
    fits: z.boolean(),
    chosen: z.boolean(),
    rule: rule.exactOptional().meta({ description: 'The first rule that stands against it' }),
    text: text.exactOptional(),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).exactOptional(),
  })
  .meta({ id: 'CampaignVerdict' })

const zone = z.strictObject({ id: anyId, kind: z.enum(['unit', 'geofence', 'level', 'venue']) })

const occurrence = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('entered'), zone }),
    z.strictObject({ kind: z.literal('left'), zone }),
    z.strictObject({ kind: z.literal('dwelled'), zone, dwellMs: z.int().min(0).max(86_400_000) }),
    z.strictObject({ kind: z.literal('nearby'), zoneId: anyId, distanceM: z.number().min(0).max(1000) }),
    z.strictObject({ kind: z.literal('claimed'), campaignId: anyId }),
  ])
  .meta({ id: 'Occurrence' })

const createCampaign = defineEndpoint({
  id: 'createCampaign',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/campaigns',
  summary: 'Write a campaign; it is a draft until it is put live',
  access: ['operator'],
  request: { params: ofVenue, body: z.strictObject({ terms: campaignTerms }) },
  responses: { 201: campaign },
  problems: ['unknown-venue', 'unknown-zone', 'too-many-campaigns'],
  idempotent: true,
})

const listCampaigns = defineEndpoint({
  id: 'listCampaigns',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/campaigns',
  summary: 'Campaigns of a venue, newest first',
  access: ['operator'],
  request: {
    params: ofVenue,
    query: z.strictObject({
      state: z.enum(campaignStates).exactOptional(),
      before: anyId.exactOptional().meta({ description: 'Id of a campaign to go on behind' }),
      limit: numberInText(1, 200).int().default(100),
    }),
  },
  responses: { 200: z.array(campaign).max(200) },
})

const listLiveCampaigns = defineEndpoint({
  id: 'listLiveCampaigns',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/campaigns/live',
  summary: 'What is offered now, as kiosks and phones show it',
  access: ['shopper', 'kiosk', 'staff', 'operator'],
  request: { params: ofVenue },
  responses: { 200: z.array(publicCampaign).max(500) },
})

const previewCampaigns = defineEndpoint({
  id: 'previewCampaigns',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/campaigns/preview',
  summary: 'Who would get what, and why not: nothing is granted',
  description:
    'Decides over a situation you describe. Campaigns that are scheduled or live take part as they are, and ' +
    'those of `asIfLive` as if they were live.',
  access: ['operator'],
  request: {
    params: ofVenue,
    body: z.strictObject({
      occurrences: z.array(occurrence).min(1).max(10),
      visitor: z
        .strictObject({
          visitorId: anyId
            .exactOptional()
            .meta({ description: 'With it what this visitor had before counts, and their hold-out group' }),
          member: z.boolean().default(false),
          visits: z.int().min(0).max(100_000).default(1),
          visitBegins: z.boolean().default(false),
        })
        .default({ member: false, visits: 1, visitBegins: false }),
      atMs: epochMs.exactOptional().meta({ description: 'Now, when absent' }),
      asIfLive: z.array(anyId).max(50).default([]),
    }),
  },
  responses: {
    200: z.strictObject({ chosen: anyId.exactOptional(), verdicts: z.array(verdict).max(600) }),
  },
})

const readCampaign = defineEndpoint({
  id: 'readCampaign',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/campaigns/{campaignId}',
  summary: 'One campaign with its terms in force',
  access: ['operator'],
  request: { params: ofCampaign },
  responses: { 200: campaign },
  problems: ['unknown-campaign'],
})

const changeCampaign = defineEndpoint({
  id: 'changeCampaign',
  tag,
  method: 'PUT',
  path: '/v1/venues/{venueId}/campaigns/{campaignId}',
  summary: 'Change the terms; offers that were granted keep theirs',
  description:
    'A draft is changed in place, anything else gets a new version. `version` is the one you looked at: if ' +
    'somebody was quicker, nothing is changed.',
  access: ['operator'],
  request: {
    params: ofCampaign,
    body: z.strictObject({ version: z.int().min(1).max(1_000_000), terms: campaignTerms }),
  },
  responses: { 200: changedCampaign },
  problems: ['unknown-campaign', 'unknown-zone', 'campaign-changed', 'campaign-state'],
  idempotent: true,
})

const moveCampaign = defineEndpoint({
  id: 'moveCampaign',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/campaigns/{campaignId}/state',
  summary: 'Schedule, put live, pause or end a campaign',
  description: 'Offers that are held are honoured in every state. Moving it to where it is changes nothing.',
  access: ['operator'],
  request: {
    params: ofCampaign,
    body: z.strictObject({ state: z.enum(['draft', 'scheduled', 'live', 'paused', 'ended']) }),
  },
  responses: { 200: campaign },
  problems: ['unknown-campaign', 'campaign-state', 'too-many-campaigns'],
  idempotent: true,
})

const deleteCampaign = defineEndpoint({
  id: 'deleteCampaign',
  tag,
  method: 'DELETE',
  path: '/v1/venues/{venueId}/campaigns/{campaignId}',
  summary: 'Throw a draft away that was never live',
  access: ['operator'],
  request: { params: ofCampaign },
  responses: { 204: { empty: true } },
  problems: ['unknown-campaign', 'campaign-state'],
})

const listCampaignVersions = defineEndpoint({
  id: 'listCampaignVersions',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/campaigns/{campaignId}/versions',
  summary: 'All terms a campaign has had, newest first',
  access: ['operator'],
  request: { params: ofCampaign, query: z.strictObject({ limit: numberInText(1, 200).int().default(100) }) },
  responses: { 200: z.array(campaignVersion).max(200) },
  problems: ['unknown-campaign'],
})

const readCampaignStatistics = defineEndpoint({
  id: 'readCampaignStatistics',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/campaigns/{campaignId}/statistics',
  summary: 'What came of a campaign',
  access: ['operator'],
  request: { params: ofCampaign },
  responses: {
    200: z
      .strictObject({
        tally,
        billsFen: z.int().min(0).meta({ description: 'Sum of the bills redeemed and not refunded' }),
        days: z
          .array(
            z.strictObject({
              day: z.string().meta({ description: 'Local day of the grants, newest first' }),
              granted: count,
              redeemed: count,
              expired: count,
              declined: count,
            }),
          )
          .max(90),
      })
      .meta({ id: 'CampaignStatistics' }),
  },
  problems: ['unknown-campaign'],
})

const claimOffer = defineEndpoint({
  id: 'claimOffer',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/campaigns/{campaignId}/claims',
  summary: 'Ask for an offer; its place is kept until `heldUntilMs`',
  description:
    'Who holds one already gets that one (200). A refusal carries `facts.rule`, a word of the rules in ' +
    '`offer-rules.ts`, and the facts that decided.',
  access: ['shopper'],
  request: { params: ofCampaign },
  responses: { 200: offer, 201: offer },
  problems: ['unknown-campaign', 'no-offer'],
  idempotent: true,
})

const listMyOffers = defineEndpoint({
  id: 'listMyOffers',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/me/offers',
  summary: 'My offers, newest first',
  access: ['shopper'],
  request: {
    params: ofVenue,
    query: z.strictObject({
      state: z.enum(['held', 'all']).default('held'),
      before: anyId.exactOptional().meta({ description: 'Id of an offer to go on behind' }),
      limit: numberInText(1, 100).int().default(50),
    }),
  },
  responses: { 200: z.array(offer).max(100) },
})

const readMyOffer = defineEndpoint({
  id: 'readMyOffer',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/me/offers/{offerId}',
  summary: 'One of my offers',
  access: ['shopper'],
  request: { params: ofOffer },
  responses: { 200: offer },
  problems: ['unknown-offer'],
})

const readOfferCode = defineEndpoint({
  id: 'readOfferCode',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/me/offers/{offerId}/code',
  summary: 'The code to show at the till; changes every 30 s',
  description:
    'With the codes of the next minutes, so that a phone without a network can go on showing the present one. ' +
    'Times are by the server’s clock: compare `nowMs` with the phone’s own.',
  access: ['shopper'],
  request: { params: ofOffer },
  responses: {
    200: couponCode
      .extend({
        nowMs: epochMs.meta({ description: 'The server’s clock as it answered' }),
        ahead: z.array(couponCode).max(codesAhead).meta({ description: 'Those that follow, in order' }),
      })
      .meta({ id: 'CouponCode' }),
  },
  problems: ['unknown-offer', 'offer-over'],
})

const declineOffer = defineEndpoint({
  id: 'declineOffer',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/me/offers/{offerId}/decline',
  summary: 'Give an offer back; it is not offered again unless asked for',
  access: ['shopper'],
  request: { params: ofOffer },
  responses: { 200: offer },
  problems: ['unknown-offer', 'offer-over'],
})

const code = z
  .string()
  .max(32)
  .overwrite((typed) => typed.replace(/[\s-]/g, ''))
  .meta({ description: 'The digits of the code; blanks and hyphens do not matter' })

const lookUpCode = defineEndpoint({
  id: 'lookUpCode',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/redemptions/look-up',
  summary: 'What a code is worth, without redeeming it',
  access: ['staff', 'operator'],
  request: {
    params: ofVenue,
    body: z.strictObject({ code, unitId, billFen: fen.exactOptional() }),
  },
  responses: {
    200: z.strictObject({
      offer: offer.omit({ id: true }),
      calculation: calculation.exactOptional().meta({ description: 'When `billFen` was given' }),
    }),
  },
  problems: ['bad-code', 'offer-over', 'wrong-shop', 'unknown-zone', 'bill-too-small'],
  rateLimit: { requests: 1200, windowS: 60 },
})

const redeemOffer = defineEndpoint({
  id: 'redeemOffer',
  tag,
  method: 'PUT',
  path: '/v1/venues/{venueId}/redemptions/{redemptionId}',
  summary: 'Redeem an offer, once',
  description:
    'Make a new id for each redemption and send it again until there is an answer: the same id is the same ' +
    'redemption, today and in a year, and answers 200.',
  access: ['staff', 'operator'],
  request: {
    params: ofRedemption,
    body: z.strictObject({
      code,
      unitId,
      billFen: fen,
      reference: z.string().trim().min(1).max(64).exactOptional().meta({ description: 'Receipt number' }),
    }),
  },
  responses: { 200: redemption, 201: redemption },
  problems: [
    'bad-code',
    'offer-over',
    'wrong-shop',
    'unknown-zone',
    'bill-too-small',
    'idempotency-key-reused',
  ],
  rateLimit: { requests: 1200, windowS: 60 },
})

const refundRedemption = defineEndpoint({
  id: 'refundRedemption',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/redemptions/{redemptionId}/refund',
  summary: 'Take a redemption back, all of it; a second time changes nothing',
  access: ['staff', 'operator'],
  request: {
    params: ofRedemption,
    body: z.strictObject({ reason: z.string().trim().min(1).max(200) }),
  },
  responses: { 200: redemption },
  problems: ['unknown-redemption', 'forbidden'],
})

const listRedemptions = defineEndpoint({
  id: 'listRedemptions',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/redemptions',
  summary: 'Redemptions, newest first: staff see their own, operators all',
  access: ['staff', 'operator'],
  request: {
    params: ofVenue,
    query: z.strictObject({
      beforeMs: numberInText(0, 8.64e15).int().exactOptional(),
      unitId: unitId.exactOptional(),
      limit: numberInText(1, 100).int().default(50),
    }),
  },
  responses: { 200: z.array(redemption).max(100) },
})

/** The endpoints of the subject `offers`. */
export const offersContract = {
  createCampaign,
  listCampaigns,
  listLiveCampaigns,
  previewCampaigns,
  readCampaign,
  changeCampaign,
  moveCampaign,
  deleteCampaign,
  listCampaignVersions,
  readCampaignStatistics,
  claimOffer,
  listMyOffers,
  readMyOffer,
  readOfferCode,
  declineOffer,
  lookUpCode,
  redeemOffer,
  refundRedemption,
  listRedemptions,
}

export type Tally = z.output<typeof tally>
