import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { Refusal } from '../contract/endpoint.ts'
import { offerRules } from '../contract/offer-rules.ts'
import { campaignEntity } from './campaign.entity.ts'
import { findHeld } from './find-offer.ts'
import type { FoundOffer } from './find-offer.ts'
import { offerOne } from './offer-one.command.ts'
import type { OfferServices } from './offer-one.command.ts'
import type { Reason, VisitorFacts } from './situation.ts'

/** Somebody asks for an offer. */
export interface Claim {
  readonly venueId: VenueId
  readonly campaignId: string
  readonly visitor: Omit<VisitorFacts, 'held' | 'visitBegins'>
}

/**
 * Grants the offer of a campaign to whoever asks for it, when nothing stands against it. Who holds it already
 * gets the one they hold.
 * @returns the offer, `made` when it is new; or a refusal: unknown-campaign, no-offer with the rule, busy
 */
export async function claimOffer(
  services: OfferServices,
  manager: EntityManager,
  occasion: { readonly nowMs: number; readonly newId: () => string },
  { venueId, campaignId, visitor }: Claim,
): Promise<(FoundOffer & { readonly made: boolean }) | Refusal<'unknown-campaign' | 'no-offer' | 'busy'>> {
  const { granted, verdicts } = await offerOne(
    services,
    { read: manager, write: (work) => work(manager) },
    occasion,
    {
      venueId,
      visitor: { ...visitor, visitBegins: false },
      occurrences: [{ kind: 'claimed', campaignId }],
    },
  )
  if (granted) return { grant: granted.grant, terms: granted.campaign.terms, made: true }
  const verdict = verdicts.find(({ campaign }) => campaign.campaignId === campaignId)
  if (!verdict) return refuseNotOffered(manager, { venueId, campaignId })
  if (!verdict.reason) return { refused: 'busy', detail: 'Too many ask at once; try again.' }
  if (verdict.reason.rule === 'held-already') {
    const held = await findHeld(manager, { venueId, campaignId, visitorId: visitor.visitorId })
    if (held) return { ...held, made: false }
  }
  return noOffer(verdict.reason)
}

async function refuseNotOffered(
  manager: EntityManager,
  key: { readonly venueId: VenueId; readonly campaignId: string },
): Promise<Refusal<'unknown-campaign' | 'no-offer'>> {
  const row = await manager.findOneBy(campaignEntity, key)
  // A draft is nobody's business but the operator's.
  if (!row || row.state === 'draft') return { refused: 'unknown-campaign' }
  return noOffer({ rule: 'not-live', facts: { state: row.state } })
}

function noOffer({ rule, facts }: Reason): Refusal<'no-offer'> {
  return { refused: 'no-offer', detail: offerRules[rule].en, facts: { rule, ...facts } }
}
