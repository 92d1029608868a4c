import { Not } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { Refusal } from '../contract/endpoint.ts'
import { accountEntity } from './account.entity.ts'
import { accountSessionEntity } from './account-session.entity.ts'
import { recordAudit } from './audit.ts'
import type { Occasion } from './audit.ts'
import { hashPassword, passwordFault, verifyPassword } from './passwords.ts'

export interface PasswordChange {
  readonly accountId: string
  /** The session that stays. */
  readonly sessionId: string
  readonly current: string
  readonly password: string
}

/**
 * Changes one's own password and ends one's other sessions.
 * @returns nothing, or a refusal: wrong-credentials (also for an account that is gone), weak-password
 */
export async function changePassword(
  manager: EntityManager,
  occasion: Occasion,
  { accountId, sessionId, current, password }: PasswordChange,
): Promise<Refusal<'wrong-credentials' | 'weak-password'> | undefined> {
  // Locked: whoever knows the old password must not undo a new one that an operator is just giving.
  const account = await manager.findOne(accountEntity, {
    where: { accountId },
    lock: { mode: 'pessimistic_write' },
  })
  if (!account || !(await verifyPassword(account.passwordHash, current))) {
    return { refused: 'wrong-credentials' }
  }
  const fault = passwordFault(account.username, password)
  if (fault !== undefined) return { refused: 'weak-password', detail: fault }
  await manager.update(accountEntity, { accountId }, { passwordHash: await hashPassword(password) })
  await manager.delete(accountSessionEntity, { accountId, sessionId: Not(sessionId) })
  await recordAudit(manager, occasion, {
    action: 'account.password-changed',
    subject: `account:${accountId}`,
  })
  return undefined
}
