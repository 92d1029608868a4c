import type { EntityManager } from 'typeorm'
import type { Json, VenueId } from '../../maps/model/index.ts'
import type { Patch } from '../realtime/index.ts'
import type { LiveCampaigns } from './live-campaigns.ts'
import { asJson, presentOffer, presentPublicCampaign } from './offer.presenter.ts'
import { offerGrantEntity } from './offer-grant.entity.ts'
import { openNow } from './open-now.ts'
import { listRedemptions } from './list-redemptions.ts'
import { termsOf } from './find-offer.ts'
import type { OutboxEvent } from '../outbox/index.ts'
import { maxHeld } from './decide-offers.ts'
import type { UnitId } from '../../maps/model/index.ts'

/** Redemptions a shop's stream begins with. */
const shopRedemptions = 20
/** Offers a visitor's stream begins with: those of a few malls. */
const visitorOffers = 5 * maxHeld

/** Events that change what a visitor or a shop sees. */
export const offerTopics = [
  'offer.granted',
  'offer.redeemed',
  'offer.refunded',
  'offer.expired',
  'offer.declined',
] as const

/**
 * What a piece of news changes on screens: the visitor's own offers under `offer:ID`, a shop's redemptions
 * under `redemption:ID`.
 */
export function patchesOf({ venueId, topic, visitorId, payload }: OutboxEvent): Patch[] {
  switch (topic) {
    case 'offer.granted': {
      const id = memberOf(payload.offer, 'id')
      if (visitorId === undefined || id === undefined) return []
      return [{ stream: `visitor:${visitorId}`, set: { [`offer:${id}`]: payload.offer ?? null } }]
    }
    case 'offer.expired':
    case 'offer.declined':
      return goneOf(visitorId, payload)
    case 'offer.redeemed':
    case 'offer.refunded': {
      const id = memberOf(payload.redemption, 'id')
      const unitId = payload.unitId
      if (id === undefined || typeof unitId !== 'string') return goneOf(visitorId, payload)
      const set = { [`redemption:${id}`]: payload.redemption ?? null }
      return [...goneOf(visitorId, payload), { stream: `shop:${venueId}:${unitId}`, set }]
    }
    default:
      return []
  }
}

function goneOf(visitorId: string | undefined, { grantId }: OutboxEvent['payload']): Patch[] {
  if (visitorId === undefined || typeof grantId !== 'string') return []
  return [{ stream: `visitor:${visitorId}`, gone: [`offer:${grantId}`] }]
}

function memberOf(value: Json | undefined, name: string): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const member: unknown = Reflect.get(value, name)
  return typeof member === 'string' ? member : undefined
}

/** What every screen of a venue shows under `campaigns`. */
export function campaignsPatch(live: LiveCampaigns, venueId: VenueId, nowMs: number): Patch {
  const open = openNow(live.of(venueId), nowMs)
  const campaigns = asJson(open.map((campaign) => presentPublicCampaign(campaign)))
  return { stream: `floor:${venueId}`, set: { campaigns } }
}

/** First state of `visitor:ID`: the offers they hold. */
export async function visitorState(
  manager: EntityManager,
  visitorId: string,
  nowMs: number,
): Promise<Record<string, Json>> {
  const grants = await manager.find(offerGrantEntity, {
    where: { visitorId, state: 'held' },
    order: { grantId: 'DESC' },
    take: visitorOffers,
  })
  const state: Record<string, Json> = {}
  for (const grant of grants) {
    if (grant.heldUntil.getTime() <= nowMs) continue
    const terms = await termsOf(manager, grant)
    state[`offer:${grant.grantId}`] = asJson(presentOffer({ grant, terms }, nowMs))
  }
  return state
}

/** First state of `shop:VENUE:UNIT`: its last redemptions. */
export async function shopState(
  manager: EntityManager,
  venueId: VenueId,
  unitId: UnitId,
): Promise<Record<string, Json>> {
  const views = await listRedemptions(manager, {
    venueId,
    unitId,
    redeemedBy: undefined,
    beforeMs: undefined,
    limit: shopRedemptions,
  })
  return Object.fromEntries(views.map((view) => [`redemption:${view.id}`, asJson(view)]))
}
