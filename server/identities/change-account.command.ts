import type { EntityManager } from 'typeorm'
import type { AccountRole, Refusal } from '../contract/endpoint.ts'
import { accountEntity } from './account.entity.ts'
import type { AccountRow, VenueScope } from './account.entity.ts'
import { isChiefOperator, mayManage } from './account.policy.ts'
import { accountSessionEntity } from './account-session.entity.ts'
import { recordAudit } from './audit.ts'
import type { Occasion } from './audit.ts'
import { hashPassword, passwordFault } from './passwords.ts'

export interface AccountChange {
  readonly accountId: string
  readonly roles?: readonly AccountRole[]
  readonly venues?: VenueScope
  readonly disabled?: boolean
  readonly password?: string
}

/**
 * Changes the rights or the password of an account and ends its sessions, so that the change holds at once.
 * Whether the actor may give these rights is decided before (`mayGrant`); an account that is not theirs to
 * manage does not exist for them.
 * @returns the account as it is now, or a refusal: unknown-account, last-operator, weak-password
 */
export async function changeAccount(
  manager: EntityManager,
  occasion: Occasion,
  { change, actor }: { readonly change: AccountChange; readonly actor: { readonly venues: VenueScope } },
): Promise<AccountRow | Refusal<'unknown-account' | 'last-operator' | 'weak-password'>> {
  const { accountId, password } = change
  // All chief operators are locked first, in one order: two who disable each other follow one another.
  const chiefs = await lockChiefOperators(manager)
  const account = await manager.findOne(accountEntity, {
    where: { accountId },
    lock: { mode: 'pessimistic_write' },
  })
  if (!account || !mayManage(actor, account)) return { refused: 'unknown-account' }
  const rights = {
    roles: change.roles ? [...new Set(change.roles)] : account.roles,
    venues: change.venues ?? account.venues,
    disabled: change.disabled ?? account.disabled,
  }
  if (!isChiefOperator(rights) && chiefs.length === 1 && chiefs[0] === accountId) {
    return { refused: 'last-operator' }
  }
  const fault = password === undefined ? undefined : passwordFault(account.username, password)
  if (fault !== undefined) return { refused: 'weak-password', detail: fault }
  const passwordHash = password === undefined ? account.passwordHash : await hashPassword(password)
  await manager.query(
    'UPDATE account SET roles = $2, venues = $3, disabled = $4, password_hash = $5 WHERE account_id = $1',
    [accountId, JSON.stringify(rights.roles), JSON.stringify(rights.venues), rights.disabled, passwordHash],
  )
  await manager.delete(accountSessionEntity, { accountId })
  await recordAudit(manager, occasion, {
    action: 'account.changed',
    subject: `account:${accountId}`,
    facts: { ...rights, passwordChanged: password !== undefined },
  })
  return { ...account, ...rights, passwordHash }
}

async function lockChiefOperators(manager: EntityManager): Promise<readonly string[]> {
  const rows: readonly { readonly account_id: string }[] = await manager.query(
    `SELECT account_id FROM account
     WHERE roles @> '["operator"]' AND venues = '"all"' AND NOT disabled
     ORDER BY account_id FOR UPDATE`,
  )
  return rows.map(({ account_id }) => account_id)
}
