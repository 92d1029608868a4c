import type { EntityManager } from 'typeorm'
import type { AccountRole, Refusal } from '../contract/endpoint.ts'
import { accountEntity } from './account.entity.ts'
import type { AccountRow, VenueScope } from './account.entity.ts'
import { recordAudit } from './audit.ts'
import type { Occasion } from './audit.ts'
import { hashPassword, passwordFault } from './passwords.ts'
import { usernameKey } from './username.ts'

export interface NewAccount {
  readonly username: string
  readonly password: string
  readonly roles: readonly AccountRole[]
  readonly venues: VenueScope
}

/**
 * Makes an account. Whether the actor may give these rights is decided before (`mayGrant`).
 * @returns the account, or a refusal: weak-password, username-taken
 */
export async function createAccount(
  manager: EntityManager,
  occasion: Occasion,
  account: NewAccount,
): Promise<AccountRow | Refusal<'weak-password' | 'username-taken'>> {
  const { username, password, venues } = account
  const roles = [...new Set(account.roles)]
  const fault = passwordFault(username, password)
  if (fault !== undefined) return { refused: 'weak-password', detail: fault }
  const row: AccountRow = {
    accountId: occasion.newId(),
    username,
    usernameKey: usernameKey(username),
    passwordHash: await hashPassword(password),
    roles,
    venues,
    disabled: false,
    createdAt: new Date(occasion.nowMs),
  }
  if (!(await insertUnlessTaken(manager, row))) return { refused: 'username-taken' }
  await recordAudit(manager, occasion, {
    action: 'account.created',
    subject: `account:${row.accountId}`,
    facts: { roles, venues },
  })
  return row
}

/** Not by looking first: two that ask at once must not both find the name free. */
async function insertUnlessTaken(manager: EntityManager, row: AccountRow): Promise<boolean> {
  const result = await manager
    .createQueryBuilder()
    .insert()
    .into(accountEntity)
    .values({ ...row, roles: [...row.roles], venues: row.venues })
    .orIgnore()
    .returning('account_id')
    .execute()
  return (result.raw as readonly unknown[]).length === 1
}
