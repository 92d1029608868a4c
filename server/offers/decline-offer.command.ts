import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { Refusal } from '../contract/endpoint.ts'
import { findOffer } from './find-offer.ts'
import type { FoundOffer } from './find-offer.ts'
import { giveBack } from './give-back.ts'
import { refuseOver, stateAt } from './offer-state.ts'

/**
 * Gives an offer back, with its place; nothing offers it to this visitor again unless they ask. Declining what
 * is declined already changes nothing.
 * @returns the offer as it is now, or a refusal: unknown-offer, offer-over
 */
export async function declineOffer(
  manager: EntityManager,
  occasion: { readonly nowMs: number; readonly newId: () => string },
  key: { readonly venueId: VenueId; readonly grantId: string; readonly visitorId: string },
): Promise<FoundOffer | Refusal<'unknown-offer' | 'offer-over'>> {
  const found = await findOffer(manager, key, true)
  if (!found) return { refused: 'unknown-offer' }
  const { grant, terms } = found
  const state = stateAt(grant, occasion.nowMs)
  if (state === 'declined') return found
  if (state !== 'held') return refuseOver(state)
  const { venueId, campaignId, grantId } = grant
  await giveBack(manager, { venueId, campaignId, as: 'declined', grantId }, occasion)
  return { grant: { ...grant, state: 'declined', endedAt: new Date(occasion.nowMs) }, terms }
}
