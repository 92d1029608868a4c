import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { Database } from '../database/index.ts'
import type { Identity } from '../http/index.ts'
import { actorOf } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import type { CouponCodes } from './coupon-codes.ts'
import type { LiveCampaigns } from './live-campaigns.ts'
import type { OfferMetrics } from './offer-metrics.ts'

/** What the routes of offers need. */
export interface OfferRouteServices {
  readonly database: Database
  readonly clock: Clock
  readonly newId: NewId
  readonly newAssignmentKey: () => string
  readonly live: LiveCampaigns
  readonly codes: CouponCodes
  readonly metrics: OfferMetrics
  /** Ids of everything on the published map that a campaign may name; undefined without a map. */
  readonly placesOf: (venueId: VenueId) => ReadonlySet<string> | undefined
  /** True for visitors with an account. */
  readonly isMember: (manager: EntityManager, visitorId: string) => Promise<boolean>
  /** Has the campaigns of a venue read anew once the transaction is committed. */
  readonly reload: (manager: EntityManager, venueId: VenueId) => void
}

/** What a call says about who calls. */
export interface CallFacts {
  readonly identity: Identity
  readonly requestId: string
}

/** On whose behalf a command runs. */
export function occasionOf(
  { clock, newId }: OfferRouteServices,
  { identity, requestId }: CallFacts,
): Occasion {
  return { actor: actorOf(identity), requestId, nowMs: clock(), newId }
}
