import type { EntityManager } from 'typeorm'
import { accountSessionEntity } from './account-session.entity.ts'
import { recordAudit } from './audit.ts'
import type { Occasion } from './audit.ts'
import { newToken, tokenHash } from './opaque-tokens.ts'

/** A session ends this long after its start, however much it is used. */
export const sessionMs = 30 * 24 * 60 * 60 * 1000
/** Sessions of one account; the one longest unused makes room for a new one. */
export const maxSessions = 20

/** Signs an account in; the token is given once and kept nowhere. */
export async function startSession(
  manager: EntityManager,
  occasion: Occasion,
  accountId: string,
): Promise<{ readonly sessionId: string; readonly token: string; readonly expiresAtMs: number }> {
  const token = newToken('session')
  const sessionId = occasion.newId()
  const now = new Date(occasion.nowMs)
  const expiresAtMs = occasion.nowMs + sessionMs
  await manager.insert(accountSessionEntity, {
    sessionId,
    accountId,
    tokenHash: tokenHash(token),
    createdAt: now,
    lastSeenAt: now,
    expiresAt: new Date(expiresAtMs),
  })
  await manager.query(
    `DELETE FROM account_session WHERE account_id = $1 AND (expires_at <= $2 OR session_id IN (
       SELECT session_id FROM account_session WHERE account_id = $1 AND session_id <> $3
       ORDER BY last_seen_at DESC, session_id DESC OFFSET $4))`,
    [accountId, now, sessionId, maxSessions - 1],
  )
  await recordAudit(manager, occasion, {
    action: 'session.started',
    subject: `account:${accountId}`,
    facts: { session: sessionId },
  })
  return { sessionId, token, expiresAtMs }
}
