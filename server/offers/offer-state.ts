import type { OfferState } from '../contract/campaign-values.ts'
import type { Refusal } from '../contract/endpoint.ts'
import type { OfferGrantRow } from './offer-grant.entity.ts'

/** The state of an offer now: one whose time ran out has expired, whether or not a job has said so. */
export function stateAt({ state, heldUntil }: OfferGrantRow, nowMs: number): OfferState {
  return state === 'held' && heldUntil.getTime() <= nowMs ? 'expired' : state
}

const sentences: Readonly<Record<OfferState, string>> = {
  held: 'This offer is held.',
  redeemed: 'This offer was redeemed already.',
  refunded: 'This offer was redeemed and refunded; it cannot be used again.',
  expired: 'This offer has expired.',
  declined: 'This offer was declined.',
}

/** Says why an offer can no longer be used. */
export function refuseOver(state: OfferState): Refusal<'offer-over'> {
  return { refused: 'offer-over', detail: sentences[state], facts: { state } }
}
