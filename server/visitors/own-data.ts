import type { EntityManager } from 'typeorm'
import type { Json } from '../../maps/model/index.ts'
import { forgetCaller, keptReplies } from '../http/index.ts'
import { phoneOf } from './account.command.ts'
import { ledgerOf } from './consent-ledger.ts'
import type { PersonalDataHolder } from './personal-data.ts'
import { visitorEntity } from './visitor.entity.ts'
import type { VisitorKeys } from './visitor-keys.ts'

/** What this subject itself keeps: the visitor and what they said. */
export function visitorHolder(keys: VisitorKeys): PersonalDataHolder {
  return {
    name: 'visitor',
    async exportOf(manager, visitorId): Promise<Json> {
      const row = await manager.findOneBy(visitorEntity, { visitorId })
      if (!row) return null
      const sealed = row.openidSealed
      const entries = await ledgerOf(manager, visitorId)
      return {
        since: row.createdAt.toISOString(),
        weChatOpenid: sealed === null ? null : (keys.open(sealed, visitorId) ?? null),
        phone: phoneOf(keys, visitorId, row.phoneSealed) ?? null,
        consents: entries.map(({ purpose, granted, textVersion, lang, way, at }) => ({
          purpose,
          granted,
          textVersion,
          lang,
          way,
          at: at.toISOString(),
        })),
      }
    },
    async erase(manager, visitorId) {
      // The ledger goes with it.
      await manager.query('DELETE FROM visitor WHERE visitor_id = $1', [visitorId])
    },
  }
}

/** Answers kept for a day so that a repeated request is carried out once. */
export const keptRepliesHolder: PersonalDataHolder = {
  name: 'requests',
  async exportOf(manager: EntityManager, visitorId): Promise<Json> {
    const kept = await keptReplies(manager, `visitor:${visitorId}`)
    return kept.length === 0
      ? null
      : kept.map(({ endpoint, expiresAt }) => ({ endpoint, until: expiresAt.toISOString() }))
  },
  erase: (manager, visitorId) => forgetCaller(manager, `visitor:${visitorId}`),
}
