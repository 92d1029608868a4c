import type { EntityManager } from 'typeorm'
import { accountSessionEntity } from './account-session.entity.ts'
import { recordAudit } from './audit.ts'
import type { Occasion } from './audit.ts'

/** Ends a session of an account. @returns false when the account has no such session */
export async function endSession(
  manager: EntityManager,
  occasion: Occasion,
  { accountId, sessionId }: { readonly accountId: string; readonly sessionId: string },
): Promise<boolean> {
  const { affected } = await manager.delete(accountSessionEntity, { accountId, sessionId })
  if (!affected) return false
  await recordAudit(manager, occasion, {
    action: 'session.ended',
    subject: `account:${accountId}`,
    facts: { session: sessionId },
  })
  return true
}
