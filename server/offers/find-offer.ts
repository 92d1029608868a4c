import { LessThan, MoreThan } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { CampaignTerms } from '../contract/campaign-values.ts'
import { campaignVersionEntity } from './campaign.entity.ts'
import { offerGrantEntity } from './offer-grant.entity.ts'
import type { OfferGrantRow } from './offer-grant.entity.ts'

/** An offer with the terms it follows. */
export interface FoundOffer {
  readonly grant: OfferGrantRow
  readonly terms: CampaignTerms
}

/** The terms of one version. */
export async function termsOf(
  manager: EntityManager,
  { venueId, campaignId, version }: Pick<OfferGrantRow, 'venueId' | 'campaignId' | 'version'>,
): Promise<CampaignTerms> {
  const { terms } = await manager.findOneByOrFail(campaignVersionEntity, { venueId, campaignId, version })
  return terms
}

/**
 * An offer of a visitor; undefined when there is none of this id, or it is somebody else's.
 * @param lock keeps others from it until the transaction ends
 */
export async function findOffer(
  manager: EntityManager,
  key: { readonly venueId: VenueId; readonly grantId: string; readonly visitorId: string },
  lock = false,
): Promise<FoundOffer | undefined> {
  const grant = await manager.findOne(offerGrantEntity, {
    where: key,
    ...(lock ? { lock: { mode: 'pessimistic_write' } } : {}),
  })
  return grant ? { grant, terms: await termsOf(manager, grant) } : undefined
}

/** The offer of a campaign that a visitor holds. */
export async function findHeld(
  manager: EntityManager,
  key: { readonly venueId: VenueId; readonly campaignId: string; readonly visitorId: string },
): Promise<FoundOffer | undefined> {
  const grant = await manager.findOneBy(offerGrantEntity, { ...key, state: 'held' })
  return grant ? { grant, terms: await termsOf(manager, grant) } : undefined
}

/** A visitor's offers in a venue, newest first. */
export async function listOffers(
  manager: EntityManager,
  {
    venueId,
    visitorId,
    heldAtMs,
    before,
    limit,
  }: {
    readonly venueId: VenueId
    readonly visitorId: string
    /** Only those held at this moment. */
    readonly heldAtMs: number | undefined
    readonly before: string | undefined
    readonly limit: number
  },
): Promise<FoundOffer[]> {
  const grants = await manager.find(offerGrantEntity, {
    where: {
      venueId,
      visitorId,
      ...(before === undefined ? {} : { grantId: LessThan(before) }),
      ...(heldAtMs === undefined ? {} : { state: 'held' as const, heldUntil: MoreThan(new Date(heldAtMs)) }),
    },
    order: { grantId: 'DESC' },
    take: limit,
  })
  return withTerms(manager, grants)
}

/** Reads each version once, however many offers follow it. */
async function withTerms(manager: EntityManager, grants: readonly OfferGrantRow[]): Promise<FoundOffer[]> {
  const known = new Map<string, CampaignTerms>()
  const found: FoundOffer[] = []
  for (const grant of grants) {
    const key = `${grant.campaignId} ${grant.version}`
    const terms = known.get(key) ?? (await termsOf(manager, grant))
    known.set(key, terms)
    found.push({ grant, terms })
  }
  return found
}
