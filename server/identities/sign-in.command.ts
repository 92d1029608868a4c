import type { Refusal } from '../contract/endpoint.ts'
import type { Database } from '../database/index.ts'
import { Fault } from '../http/index.ts'
import { accountEntity } from './account.entity.ts'
import type { AccountRow } from './account.entity.ts'
import type { Occasion } from './audit.ts'
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts'
import type { SignInGuard } from './sign-in-guard.ts'
import { startSession } from './start-session.command.ts'
import { usernameKey } from './username.ts'

export interface Credentials {
  readonly username: string
  readonly password: string
  /** Whom the request's address stands for. */
  readonly address: string
}

/** Somebody signed in: the account and the token of the new session. */
export interface SignedIn {
  readonly account: AccountRow
  readonly token: string
  readonly expiresAtMs: number
}

/**
 * Compared with when nobody has the name, so that the answer takes the same time: the hash of 32 random bytes
 * nobody kept, at the cost of `passwords.ts`.
 */
export const nobodysHash =
  '$argon2id$v=19$m=19456,t=2,p=1$SDm+oaSnVpuq/CXPmedrlA$E49EKZxV+ZUUC8w7KAvIxi7PeZAdDGZlnQPK6STiGcg'

/**
 * Signs in with username and password. A name nobody has, a wrong password and a disabled account are the
 * same refusal after the same work.
 * @throws Fault too-many-requests after too many failures for this name from this address
 */
export async function signIn(
  { database, guard }: { readonly database: Database; readonly guard: SignInGuard },
  occasion: Omit<Occasion, 'actor'>,
  { username, password, address }: Credentials,
): Promise<SignedIn | Refusal<'wrong-credentials'>> {
  const key = usernameKey(username)
  const watched = `${key}\n${address}`
  checkGuard(guard, watched)
  const account = await database.dataSource.manager.findOneBy(accountEntity, { usernameKey: key })
  const good = await verifyPassword(account?.passwordHash ?? nobodysHash, password)
  if (!account || !good || account.disabled) return { refused: 'wrong-credentials' }
  guard.succeeded(watched)
  const passwordHash = isOutdated(account.passwordHash) ? await hashPassword(password) : undefined
  const session = await database.transaction(async (manager) => {
    const { accountId } = account
    const current = await manager.findOne(accountEntity, {
      where: { accountId },
      lock: { mode: 'pessimistic_write' },
    })
    // A change of the password ends all sessions; one that it could not see yet must not begin after it.
    if (!current || current.disabled || current.passwordHash !== account.passwordHash) return undefined
    if (passwordHash !== undefined) await manager.update(accountEntity, { accountId }, { passwordHash })
    return startSession(manager, { ...occasion, actor: `account:${accountId}` }, accountId)
  })
  if (!session) return { refused: 'wrong-credentials' }
  return { account, token: session.token, expiresAtMs: session.expiresAtMs }
}

/** @throws Fault too-many-requests while the name has to wait */
export function checkGuard(guard: SignInGuard, watched: string): void {
  const leftMs = guard.attempt(watched)
  if (leftMs > 0) {
    const leftS = String(Math.ceil(leftMs / 1000))
    throw new Fault('too-many-requests', {
      detail: `Too many wrong tries; the next counts in ${leftS} s.`,
      headers: { 'retry-after': leftS },
    })
  }
}
