import type { AccountRole } from '../contract/index.ts'
import type { Database } from '../database/index.ts'
import { accountEntity } from '../identities/account.entity.ts'
import type { AccountRow, VenueScope } from '../identities/account.entity.ts'
import { startSession } from '../identities/start-session.command.ts'
import { newUuid } from '../platform/ids.ts'

/** An account whose password nobody knows, and a session of it. */
export async function newAccount(
  database: Database,
  roles: readonly AccountRole[],
  { venues = 'all', nowMs }: { readonly venues?: VenueScope; readonly nowMs: number },
): Promise<{ readonly id: string; readonly token: string }> {
  const row = accountRow(roles, venues)
  const occasion = { actor: 'system', nowMs, newId: newUuid }
  const { token } = await database.transaction(async (manager) => {
    await manager.insert(accountEntity, { ...row, roles: [...roles] })
    return startSession(manager, occasion, row.accountId)
  })
  return { id: row.accountId, token }
}

function accountRow(roles: readonly AccountRole[], venues: VenueScope): AccountRow {
  const accountId = newUuid()
  return {
    accountId,
    username: accountId,
    usernameKey: accountId,
    passwordHash: '$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
    roles,
    venues,
    disabled: false,
    createdAt: new Date(),
  }
}
