import type { EntityManager } from 'typeorm'
import type { Json, VenueId } from '../../maps/model/index.ts'

/** Something others have to hear of. */
export interface OfferNews {
  readonly venueId: VenueId
  readonly topic:
    | 'offer.granted'
    | 'offer.redeemed'
    | 'offer.refunded'
    | 'offer.expired'
    | 'offer.declined'
    | 'campaign.changed'
  readonly visitorId?: string
  readonly payload: { readonly [member: string]: Json }
}

/** Writes news in the transaction that makes them; they are told after its commit (`outbox`). */
export type Tell = (
  manager: EntityManager,
  occasion: { readonly nowMs: number; readonly newId: () => string },
  news: OfferNews,
) => Promise<void>
