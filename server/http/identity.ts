import type { Role } from '../contract/endpoint.ts'
import type { VenueId } from '../../maps/model/index.ts'

/** Who a request comes from, as far as policies need to know. */
export interface Identity {
  readonly kind: 'account' | 'device' | 'visitor' | 'monitor'
  /** Unique among its kind. */
  readonly id: string
  readonly roles: readonly Role[]
  readonly venues: 'all' | readonly VenueId[]
  /** Set for accounts. */
  readonly sessionId?: string
}

/** Finds out whose token it is; `undefined` when it is nobody's, no longer good or revoked. */
export type Authenticate = (token: string) => Promise<Identity | undefined>

/** True when the identity has one of the roles an endpoint is open to. */
export function mayCall(identity: Identity, access: readonly Role[]): boolean {
  return identity.roles.some((role) => access.includes(role))
}

/** True when the identity may act in a venue at all. */
export function mayActIn(identity: Identity, venueId: VenueId): boolean {
  return identity.venues === 'all' || identity.venues.includes(venueId)
}
