import type { EntityManager } from 'typeorm'
import type { UnitId, VenueId } from '../../maps/model/index.ts'
import type { CampaignTerms } from '../contract/campaign-values.ts'
import type { Refusal } from '../contract/endpoint.ts'
import { isWellFormed, numberOf } from './coupon-codes.ts'
import type { CouponCodes } from './coupon-codes.ts'
import { termsOf } from './find-offer.ts'
import type { FoundOffer } from './find-offer.ts'
import { offerGrantEntity } from './offer-grant.entity.ts'
import { refuseOver, stateAt } from './offer-state.ts'

/** A code shown at a shop. */
export interface ShownCode {
  readonly venueId: VenueId
  readonly unitId: UnitId
  readonly digits: string
}

const wrongCode = {
  refused: 'bad-code',
  detail: 'These digits are no code of an offer here: check them, or have the code shown again.',
  facts: { why: 'wrong' },
} as const
const oldCode = {
  refused: 'bad-code',
  detail: 'This code is over a minute old: have the phone show the present one.',
  facts: { why: 'expired' },
} as const

/**
 * Finds the offer of a code and whether it may be used in this shop now.
 * @param lock keeps others from the offer until the transaction ends
 */
export async function checkCode(
  manager: EntityManager,
  { codes, nowMs, lock }: { readonly codes: CouponCodes; readonly nowMs: number; readonly lock: boolean },
  { venueId, unitId, digits }: ShownCode,
): Promise<FoundOffer | Refusal<'bad-code' | 'offer-over' | 'wrong-shop'>> {
  if (!isWellFormed(digits)) return wrongCode
  const codeNumber = numberOf(digits)
  const grant = await manager.findOne(offerGrantEntity, {
    where: { venueId, codeNumber },
    ...(lock ? { lock: { mode: 'pessimistic_write' } } : {}),
  })
  if (!grant) return wrongCode
  const subject = { venueId, grantId: grant.grantId, number: codeNumber }
  const checked = codes.check(subject, digits, nowMs)
  if (checked === 'wrong') return wrongCode
  // Said first: a fresh code would not help.
  const state = stateAt(grant, nowMs)
  if (state !== 'held') return refuseOver(state)
  if (checked === 'expired') return oldCode
  const terms = await termsOf(manager, grant)
  return refuseShop(terms, unitId) ?? { grant, terms }
}

function refuseShop({ redeemAt }: CampaignTerms, unitId: UnitId): Refusal<'wrong-shop'> | undefined {
  if (redeemAt.length === 0 || redeemAt.includes(unitId)) return undefined
  return {
    refused: 'wrong-shop',
    detail: 'This offer is redeemed at other shops; its details name them.',
    facts: { redeemAt },
  }
}
