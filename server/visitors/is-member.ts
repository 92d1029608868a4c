import type { EntityManager } from 'typeorm'

/** True for a visitor with an account: they signed in once, so they are no longer anonymous. */
export async function isMember(manager: EntityManager, visitorId: string): Promise<boolean> {
  const rows: readonly unknown[] = await manager.query(
    'SELECT 1 FROM visitor WHERE visitor_id = $1 AND openid_hash IS NOT NULL',
    [visitorId],
  )
  return rows.length > 0
}
