import type { Identity } from '../http/index.ts'

/** Operators see every redemption of their venues; staff see what they redeemed themselves. */
export function seesAll({ roles }: Pick<Identity, 'roles'>): boolean {
  return roles.includes('operator')
}

/** Operators refund anybody's redemption; staff only their own: money goes back by the hand that took it. */
export function mayRefundAll({ roles }: Pick<Identity, 'roles'>): boolean {
  return roles.includes('operator')
}
