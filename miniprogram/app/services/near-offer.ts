import type { Campaign } from './floor.ts'
import { shopOf } from './offer-words.ts'
import { shopper } from './shopper.ts'
import { shopsNear } from './whereabouts.ts'

/** So near a shop its offer is the offer of where one stands. */
const besideM = 25
/** Shops looked at for one that offers something. */
const shopsLookedAt = 8

/** A campaign to be put before the shopper, and whether its shop is right there. */
export interface NearOffer {
  readonly campaign: Campaign
  readonly isBeside: boolean
}

/**
 * What is to be had by asking: of the nearest shop that offers something, else the first of the mall. Nothing that is in
 * the wallet already or was put off.
 */
export function nearOffer(putOff: ReadonlySet<string>): NearOffer | undefined {
  const { fix, floor, venue, wallet } = shopper()
  const current = venue()
  if (!current) return undefined
  const had = new Set([...wallet.held(), ...wallet.past()].map(({ campaignId }) => campaignId))
  const open = floor
    .campaigns()
    .filter(({ id, claimable, left }) => claimable && left !== 0 && !had.has(id) && !putOff.has(id))
  const at = fix()
  if (at) {
    const spot = { levelId: at.level, x: at.x, y: at.y }
    for (const { place, distanceM } of shopsNear(current.router.tables, spot, shopsLookedAt)) {
      if (distanceM > besideM) break
      const campaign = open.find((each) => shopOf(current, each.redeemAt)?.id === place.id)
      if (campaign) return { campaign, isBeside: true }
    }
  }
  const [first] = open
  return first && { campaign: first, isBeside: false }
}
