import type { Json, VenueId } from '../../maps/model/index.ts'
import type { RandomStream } from '../../positioning/index.ts'
import { offer as offerSchema, offersContract as offers } from '../../server/contract/index.ts'
import type { Client, ResponseOf } from '../../server/contract/index.ts'
import { drawnUuid, happens, oneOf } from './draws.ts'
import { refusalOf } from './granted.ts'
import type { Mall } from './mall.ts'

type Offer = ResponseOf<typeof offers.readMyOffer>

/** What is left of an offer's time when it is still worth bringing to a till, ms. */
const worthBringingMs = 90_000
const refundPercent = 5
/** A code that was refused may have been too old: the network held it up. */
const mostCodes = 3

/** What a shopper does about offers: sees, claims, brings to the till. */
export class Purse {
  readonly #mall: Mall
  readonly #of: { readonly visitorId: string; readonly client: Client; readonly random: RandomStream }
  readonly #held = new Map<string, Offer>()

  constructor(mall: Mall, of: { visitorId: string; client: Client; random: RandomStream }) {
    this.#mall = mall
    this.#of = of
  }

  get #params(): { readonly venueId: VenueId } {
    return { venueId: this.#mall.open.venueId }
  }

  /** Takes in what the shopper's own stream shows. */
  sees(values: ReadonlyMap<string, Json>): void {
    for (const [key, value] of values) {
      if (!key.startsWith('offer:')) continue
      const read = offerSchema.safeParse(value)
      if (read.success) this.#shown(read.data)
    }
  }

  /** Claims one of the campaigns that are to be had for the asking; undefined when there is none for them. */
  async claim(): Promise<Offer | undefined> {
    const { client, random } = this.#of
    const live = await client.call(offers.listLiveCampaigns, { params: this.#params })
    const claimable = live.ok ? live.body.filter((campaign) => campaign.claimable) : []
    if (claimable.length === 0) return undefined
    const params = { ...this.#params, campaignId: oneOf(random, claimable).id }
    const idempotencyKey = drawnUuid(random)
    const claimed = await client.call(offers.claimOffer, { params }, { idempotencyKey })
    if (!claimed.ok) return undefined
    this.#shown(claimed.body)
    return claimed.body
  }

  /** Brings an offer to a till that may redeem it, with a bill that is large enough. */
  async redeem({ id: offerId }: Offer, billFen: number): Promise<void> {
    const offer = this.#held.get(offerId)
    const { time, till, ledger, open } = this.#mall
    if (!offer || offer.heldUntilMs - time.nowMs() < worthBringingMs) return
    const unitId = offer.redeemAt[0] ?? open.destinations.get(open.town.shops[0] ?? '')?.unitIds[0]
    if (unitId === undefined) return
    this.#held.delete(offerId)
    const bill = Math.max(billFen, 'minSpendFen' in offer.coupon ? offer.coupon.minSpendFen : 0)
    for (let codes = 1; codes <= mostCodes; codes++) {
      const code = await this.#of.client.call(offers.readOfferCode, { params: { ...this.#params, offerId } })
      if (!code.ok) return
      const redemptionId = drawnUuid(this.#of.random)
      const askedAtMs = time.nowMs()
      const redeemed = await till.call(offers.redeemOffer, {
        params: { ...this.#params, redemptionId },
        body: { code: code.body.digits, unitId, billFen: bill, reference: `SIM-${redemptionId.slice(0, 8)}` },
      })
      const isLate = !redeemed.ok && time.nowMs() > code.body.goodUntilMs
      if (isLate && codes < mostCodes) continue
      ledger.tillVisits.push({
        ...this.#params,
        ...{ offerId, redemptionId, unitId, billFen: bill, askedAtMs },
        answer: refusalOf(redeemed) ?? 'redeemed',
        ...(redeemed.ok ? { discountFen: redeemed.body.calculation.discountFen } : {}),
      })
      if (redeemed.ok && happens(this.#of.random, refundPercent)) await this.#refund(redemptionId)
      return
    }
  }

  /** An offer they were shown and hold, if any: one that came by itself, or one they claimed. */
  held(): Offer | undefined {
    return [...this.#held.values()][0]
  }

  async #refund(redemptionId: string): Promise<void> {
    const params = { ...this.#params, redemptionId }
    const refunded = await this.#mall.till.call(offers.refundRedemption, { params, body: { reason: '退货' } })
    if (refunded.ok) this.#mall.ledger.refunds.push({ ...this.#params, redemptionId })
  }

  #shown(offer: Offer): void {
    const { id: offerId, campaignId, heldUntilMs, state } = offer
    const { ledger, time } = this.#mall
    if (state !== 'held' || ledger.shownOffers.some((shown) => shown.offerId === offerId)) return
    this.#held.set(offerId, offer)
    const shownAtMs = time.nowMs()
    const { visitorId } = this.#of
    ledger.shownOffers.push({ ...this.#params, visitorId, offerId, campaignId, shownAtMs, heldUntilMs })
  }
}
