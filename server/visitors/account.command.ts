import type { EntityManager } from 'typeorm'
import type { Refusal } from '../contract/endpoint.ts'
import { agreesToProfile } from './consent-ledger.ts'
import { visitorEntity } from './visitor.entity.ts'
import type { VisitorKeys } from './visitor-keys.ts'

/** A visitor's account as they see it. */
export interface AccountView {
  readonly member: boolean
  readonly phone?: string
}

/** What a number is sealed for: a row's sealed openid cannot be put in its place. */
const boundTo = (visitorId: string) => `${visitorId} phone`

export async function readAccount(
  manager: EntityManager,
  keys: VisitorKeys,
  visitorId: string,
): Promise<AccountView> {
  const row = await manager.findOneBy(visitorEntity, { visitorId })
  const phone = phoneOf(keys, visitorId, row?.phoneSealed ?? null)
  return {
    member: row !== null && row.openidHash !== null,
    ...(phone !== undefined && { phone: masked(phone) }),
  }
}

/** Keeps a number with an account, in place of the one before. */
export async function addPhone(
  manager: EntityManager,
  keys: VisitorKeys,
  { visitorId, phone }: { readonly visitorId: string; readonly phone: string },
): Promise<AccountView | Refusal<'consent-needed' | 'not-signed-in'>> {
  const refused = await mayKeepPhone(manager, visitorId)
  if (refused) return refused
  await manager.query('UPDATE visitor SET phone_sealed = $2 WHERE visitor_id = $1', [
    visitorId,
    keys.seal(phone, boundTo(visitorId)),
  ])
  return readAccount(manager, keys, visitorId)
}

/** Whether a number may be kept with this visitor; locks them, so that a withdrawal comes before or after. */
export async function mayKeepPhone(
  manager: EntityManager,
  visitorId: string,
): Promise<Refusal<'consent-needed' | 'not-signed-in'> | undefined> {
  const rows: readonly unknown[] = await manager.query(
    'SELECT 1 FROM visitor WHERE visitor_id = $1 AND openid_hash IS NOT NULL FOR UPDATE',
    [visitorId],
  )
  if (rows.length === 0) return { refused: 'not-signed-in' }
  if (await agreesToProfile(manager, visitorId)) return undefined
  return { refused: 'consent-needed', detail: 'Keeping a phone number needs the consent to `profile`.' }
}

/** Takes the number off an account: the person said so, or withdrew their consent. */
export async function removePhone(manager: EntityManager, visitorId: string): Promise<void> {
  await manager.query('UPDATE visitor SET phone_sealed = NULL WHERE visitor_id = $1', [visitorId])
}

/** The number sealed for a visitor. */
export function phoneOf(keys: VisitorKeys, visitorId: string, sealed: Buffer | null): string | undefined {
  return sealed === null ? undefined : keys.open(sealed, boundTo(visitorId))
}

/** `138****8000`: enough for its owner to know it by. */
function masked(phone: string): string {
  const head = phone.slice(0, phone.length - 8)
  return `${head}****${phone.slice(-4)}`
}
