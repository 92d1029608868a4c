import type { AccountRole } from '../contract/endpoint.ts'
import type { VenueScope } from './account.entity.ts'

/** What decides about accounts: roles, venues, and whether it may be used at all. */
export interface AccountRights {
  readonly roles: readonly AccountRole[]
  readonly venues: VenueScope
  readonly disabled: boolean
}

/** True when every venue of `inner` is one of `outer`. */
export function isWithin(inner: VenueScope, outer: VenueScope): boolean {
  if (outer === 'all') return true
  return inner !== 'all' && inner.every((venue) => outer.includes(venue))
}

/** True when an operator of some venues may see and change an account: all of its venues are theirs. */
export function mayManage(actor: { readonly venues: VenueScope }, account: AccountRights): boolean {
  return isWithin(account.venues, actor.venues)
}

/** True when an operator may give these venues to an account: nobody hands out more than they have. */
export function mayGrant(actor: { readonly venues: VenueScope }, venues: VenueScope): boolean {
  return isWithin(venues, actor.venues)
}

/** An operator of all venues who can sign in: there has to be one, or nobody could let anybody in. */
export function isChiefOperator({ roles, venues, disabled }: AccountRights): boolean {
  return roles.includes('operator') && venues === 'all' && !disabled
}
