import { codesAhead, offersContract as contract } from '../contract/offers.contract.ts'
import type { UnitId, VenueId } from '../../maps/model/index.ts'
import type { Refusal } from '../contract/endpoint.ts'
import { route } from '../http/index.ts'
import type { Route } from '../http/index.ts'
import { actorOf } from '../identities/index.ts'
import { calculateDiscount } from './calculate-discount.ts'
import { campaignsRoutes } from './campaigns.routes.ts'
import { checkCode } from './check-code.ts'
import { claimOffer } from './claim-offer.command.ts'
import { codeStepMs } from './coupon-codes.ts'
import { declineOffer } from './decline-offer.command.ts'
import { findOffer, listOffers } from './find-offer.ts'
import { listRedemptions } from './list-redemptions.ts'
import { mayRefundAll, seesAll } from './offer.policy.ts'
import { presentOffer } from './offer.presenter.ts'
import type { OfferView } from './offer.presenter.ts'
import { occasionOf } from './offer-services.ts'
import type { OfferRouteServices } from './offer-services.ts'
import { refuseOver, stateAt } from './offer-state.ts'
import { redeemOffer } from './redeem-offer.command.ts'
import { refundRedemption } from './refund-redemption.command.ts'
import { isOfferRule } from '../contract/offer-rules.ts'
import { readVisits } from './visits.ts'

/** The routes of the subject `offers`. */
export function offersRoutes(services: OfferRouteServices): Route[] {
  return [...campaignsRoutes(services), ...shopperRoutes(services), ...staffRoutes(services)]
}

function shopperRoutes(services: OfferRouteServices): Route[] {
  const { database, clock, codes, metrics } = services
  const { manager } = database.dataSource
  return [
    claimRoute(services),
    route(contract.listMyOffers, async ({ identity, params: { venueId }, query }) => {
      const nowMs = clock()
      const found = await listOffers(manager, {
        venueId,
        visitorId: identity.id,
        heldAtMs: query.state === 'held' ? nowMs : undefined,
        before: query.before,
        limit: query.limit,
      })
      return { status: 200, body: found.map((one) => presentOffer(one, nowMs)) }
    }),
    route(contract.readMyOffer, async ({ identity, params: { venueId, offerId } }) => {
      const found = await findOffer(manager, { venueId, grantId: offerId, visitorId: identity.id })
      return found ? { status: 200, body: presentOffer(found, clock()) } : { refused: 'unknown-offer' }
    }),
    route(contract.readOfferCode, async ({ identity, params: { venueId, offerId } }) => {
      const nowMs = clock()
      const found = await findOffer(manager, { venueId, grantId: offerId, visitorId: identity.id })
      if (!found) return { refused: 'unknown-offer' }
      const state = stateAt(found.grant, nowMs)
      if (state !== 'held') return refuseOver(state)
      const subject = { venueId, grantId: offerId, number: found.grant.codeNumber }
      const heldForMs = found.grant.heldUntil.getTime() - nowMs
      const steps = Math.min(codesAhead, Math.floor(heldForMs / codeStepMs))
      const ahead = Array.from({ length: steps }, (_, i) => codes.make(subject, nowMs + (i + 1) * codeStepMs))
      const body = { ...codes.make(subject, nowMs), nowMs, ahead }
      return { status: 200, body, headers: { 'cache-control': 'no-store' } }
    }),
    route(contract.declineOffer, async (call) => {
      const { venueId, offerId } = call.params
      const occasion = occasionOf(services, call)
      const key = { venueId, grantId: offerId, visitorId: call.identity.id }
      const declined = await database.transaction((within) => declineOffer(within, occasion, key))
      if ('refused' in declined) return declined
      metrics.ended('declined', 1)
      return { status: 200, body: presentOffer(declined, occasion.nowMs) }
    }),
  ]
}

function claimRoute(services: OfferRouteServices): Route {
  const { live, metrics, isMember } = services
  return route(contract.claimOffer, async (call) => {
    const { venueId, campaignId } = call.params
    const { manager } = call
    const visitorId = call.identity.id
    const occasion = occasionOf(services, call)
    const visitor = {
      visitorId,
      member: await isMember(manager, visitorId),
      visits: await readVisits(manager, venueId, visitorId),
    }
    const claimed = await claimOffer({ live }, manager, occasion, { venueId, campaignId, visitor })
    if ('refused' in claimed) {
      const rule = claimed.facts?.rule
      if (isOfferRule(rule)) metrics.refused(rule)
      return claimed
    }
    if (claimed.made) metrics.granted('claim')
    return { status: claimed.made ? 201 : 200, body: presentOffer(claimed, occasion.nowMs) }
  })
}

function staffRoutes(services: OfferRouteServices): Route[] {
  const { database, clock, codes, metrics, placesOf } = services
  const { manager } = database.dataSource
  const refuseUnit = (venueId: VenueId, unitId: UnitId): Refusal<'unknown-zone'> | undefined =>
    placesOf(venueId)?.has(unitId)
      ? undefined
      : {
          refused: 'unknown-zone',
          detail: 'The published map has no such shop.',
          facts: { unknown: [unitId] },
        }
  return [
    route(contract.lookUpCode, async ({ params: { venueId }, body: { code, unitId, billFen } }) => {
      const nowMs = clock()
      const refusal = refuseUnit(venueId, unitId)
      if (refusal) return refusal
      const shown = { venueId, unitId, digits: code }
      const found = await checkCode(manager, { codes, nowMs, lock: false }, shown)
      if ('refused' in found) return found
      const calculation = billFen === undefined ? undefined : calculateDiscount(found.terms.coupon, billFen)
      if (calculation && 'refused' in calculation) return calculation
      // Whoever looks a code up learns what it is worth, not which coupon it is.
      const offer = withoutId(presentOffer(found, nowMs))
      return { status: 200, body: { offer, ...(calculation ? { calculation } : {}) } }
    }),
    route(contract.redeemOffer, async (call) => {
      const { venueId, redemptionId } = call.params
      const { code, unitId, billFen, reference } = call.body
      const refusal = refuseUnit(venueId, unitId)
      if (refusal) return refusal
      const occasion = occasionOf(services, call)
      const asked = { venueId, redemptionId, digits: code, unitId, billFen, reference }
      const redeemed = await database.transaction((within) => redeemOffer(codes, within, occasion, asked))
      if ('refused' in redeemed) return redeemed
      if (redeemed.made) metrics.ended('redeemed', 1)
      return { status: redeemed.made ? 201 : 200, body: redeemed.redemption }
    }),
    route(contract.refundRedemption, async (call) => {
      const { identity, params, body } = call
      const refunding = {
        ...params,
        reason: body.reason,
        redeemedBy: mayRefundAll(identity) ? undefined : actorOf(identity),
      }
      const refunded = await database.transaction((within) =>
        refundRedemption(within, occasionOf(services, call), refunding),
      )
      if ('refused' in refunded) return refunded
      metrics.ended('refunded', 1)
      return { status: 200, body: refunded }
    }),
    route(contract.listRedemptions, async ({ identity, params: { venueId }, query }) => {
      const { unitId, beforeMs, limit } = query
      const redeemedBy = seesAll(identity) ? undefined : actorOf(identity)
      const body = await listRedemptions(manager, { venueId, redeemedBy, unitId, beforeMs, limit })
      return { status: 200, body }
    }),
  ]
}

function withoutId(view: OfferView): Omit<OfferView, 'id'> {
  const { venueId, campaignId, state, name, description, coupon, redeemAt } = view
  const { grantedAtMs, heldUntilMs, endedAtMs } = view
  return {
    ...{ venueId, campaignId, state, name, coupon, redeemAt, grantedAtMs, heldUntilMs },
    ...(description ? { description } : {}),
    ...(endedAtMs === undefined ? {} : { endedAtMs }),
  }
}
