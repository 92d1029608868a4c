import { LessThan } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { UnitId, VenueId } from '../../maps/model/index.ts'
import { termsOf } from './find-offer.ts'
import { presentRedemption } from './offer.presenter.ts'
import type { RedemptionView } from './offer.presenter.ts'
import { redemptionEntity } from './redemption.entity.ts'

export interface RedemptionsWanted {
  readonly venueId: VenueId
  /** Only of this account: `account:…`. */
  readonly redeemedBy: string | undefined
  readonly unitId: UnitId | undefined
  readonly beforeMs: number | undefined
  readonly limit: number
}

/** Redemptions of a venue, newest first. */
export async function listRedemptions(
  manager: EntityManager,
  { venueId, redeemedBy, unitId, beforeMs, limit }: RedemptionsWanted,
): Promise<RedemptionView[]> {
  const rows = await manager.find(redemptionEntity, {
    where: {
      venueId,
      ...(redeemedBy === undefined ? {} : { redeemedBy }),
      ...(unitId === undefined ? {} : { unitId }),
      ...(beforeMs === undefined ? {} : { redeemedAt: LessThan(new Date(beforeMs)) }),
    },
    order: { redeemedAt: 'DESC', redemptionId: 'DESC' },
    take: limit,
  })
  const views: RedemptionView[] = []
  for (const row of rows) views.push(presentRedemption(row, await termsOf(manager, row)))
  return views
}
