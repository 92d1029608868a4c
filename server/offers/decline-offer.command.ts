import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { Refusal } from '../contract/endpoint.ts'
import { findOffer } from './find-offer.ts'
import type { FoundOffer } from './find-offer.ts'
import { giveBack } from './give-back.ts'
import { refuseOver, stateAt } from './offer-state.ts'
import type { Tell } from './tell.ts'

/**
 * Gives an offer back, with its place; nothing offers it to this visitor again unless they ask. Declining what
 * is declined already changes nothing.
 * @returns the offer as it is now, or a refusal: unknown-offer, offer-over
 */
export async function declineOffer(
  manager: EntityManager,
  occasion: { readonly nowMs: number; readonly newId: () => string; readonly tell: Tell },
  key: { readonly venueId: VenueId; readonly grantId: string; readonly visitorId: string },
): Promise<FoundOffer | Refusal<'unknown-offer' | 'offer-over'>> {
  const found = await findOffer(manager, key)
  if (!found) return { refused: 'unknown-offer' }
  const { grant } = found
  const state = stateAt(grant, occasion.nowMs)
  if (state === 'declined') return found
  if (state !== 'held') return refuseOver(state)
  const { venueId, grantId } = key
  const ended = await giveBack(
    manager,
    { venueId, campaignId: grant.campaignId, as: 'declined', grantId },
    occasion,
  )
  const now = await findOffer(manager, key)
  if (!now) return { refused: 'unknown-offer' }
  // Another transaction had it in hand: it is what that one made of it.
  return ended > 0 || now.grant.state === 'declined' ? now : refuseOver(stateAt(now.grant, occasion.nowMs))
}
