import type { EntityManager } from 'typeorm'
import { addStatement, agreesToProfile, lastWords, lockVisitor } from './consent-ledger.ts'
import type { LastWord } from './consent-ledger.ts'
import { endVisitor } from './ended-visitors.ts'
import type { PersonalData } from './personal-data.ts'
import type { VisitorKeys } from './visitor-keys.ts'

export interface WeChatSignIn {
  /** Who asks: an anonymous visitor, or an account that signs in again. */
  readonly visitorId: string
  readonly openid: string
  readonly joinHistory: boolean
}

export interface SignInParts {
  readonly keys: VisitorKeys
  readonly personalData: PersonalData
  readonly nowMs: number
  readonly newId: () => string
}

export interface SignedInVisitor {
  readonly visitorId: string
  readonly account: 'new' | 'known'
  readonly joined: boolean
  /** Consents that came with the anonymous history. */
  readonly words: readonly LastWord[]
}

/**
 * Finds or makes the account of an openid. An anonymous history becomes the account's only with `joinHistory` and the
 * anonymous visitor's consent to `profile`: a new account takes the id over; a known one takes over what every holder
 * can join and the anonymous id is erased. An account never joins another.
 * Two phones of one person that sign in at once follow one another.
 * @returns the account, or the refusal consent-needed
 */
export async function signInWithWeChat(
  manager: EntityManager,
  { visitorId, openid, joinHistory }: WeChatSignIn,
  parts: SignInParts,
): Promise<SignedInVisitor | { readonly refused: 'consent-needed' }> {
  const hashes = parts.keys.openidHashes(openid)
  await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [hashes[0].toString('hex')])
  const account = await accountOf(manager, hashes)
  if (account?.visitorId === visitorId) return { visitorId, account: 'known', joined: false, words: [] }
  const joins = joinHistory && !(await isKnown(manager, visitorId))
  if (joins && !(await agreesToProfile(manager, visitorId))) return { refused: 'consent-needed' }
  if (account) {
    if (account.olderKey) await bind(manager, { visitorId: account.visitorId, openid }, parts)
    const words = joins ? await join(manager, { fromId: visitorId, toId: account.visitorId }, parts) : []
    return { visitorId: account.visitorId, account: 'known', joined: joins, words }
  }
  const newAccountId = joins ? visitorId : parts.newId()
  await bind(manager, { visitorId: newAccountId, openid }, parts)
  return { visitorId: newAccountId, account: 'new', joined: joins, words: [] }
}

async function accountOf(manager: EntityManager, hashes: readonly [Buffer, ...Buffer[]]) {
  const rows: readonly { readonly visitor_id: string; readonly openid_hash: Buffer }[] = await manager.query(
    'SELECT visitor_id, openid_hash FROM visitor WHERE openid_hash = ANY($1::bytea[])',
    [hashes],
  )
  const [row] = rows
  return row && { visitorId: row.visitor_id, olderKey: !row.openid_hash.equals(hashes[0]) }
}

async function isKnown(manager: EntityManager, visitorId: string): Promise<boolean> {
  const rows: readonly unknown[] = await manager.query(
    'SELECT 1 FROM visitor WHERE visitor_id = $1 AND openid_hash IS NOT NULL',
    [visitorId],
  )
  return rows.length > 0
}

/** Stores whose account a visitor is, under the first key: also moves it there from an older one. */
async function bind(
  manager: EntityManager,
  { visitorId, openid }: { visitorId: string; openid: string },
  { keys, nowMs }: SignInParts,
): Promise<void> {
  await lockVisitor(manager, visitorId, new Date(nowMs))
  await manager.query('UPDATE visitor SET openid_hash = $2, openid_sealed = $3 WHERE visitor_id = $1', [
    visitorId,
    keys.openidHashes(openid)[0],
    keys.seal(openid, visitorId),
  ])
}

/** Moves what can be moved, carries over what the person said last, and erases the anonymous id. */
async function join(
  manager: EntityManager,
  ids: { readonly fromId: string; readonly toId: string },
  { keys, personalData, nowMs, newId }: SignInParts,
): Promise<LastWord[]> {
  const { fromId, toId } = ids
  const words = await lastWords(manager, [fromId, toId])
  const carried: LastWord[] = []
  for (const { purpose, granted, textVersion, lang, at } of words.get(fromId) ?? []) {
    const own = words.get(toId)?.find((word) => word.purpose === purpose)
    if (own && own.at >= at) continue
    const statement = {
      purpose,
      granted,
      textVersion: textVersion ?? undefined,
      lang,
      way: 'joined' as const,
    }
    const { word, added } = await addStatement(manager, { visitorId: toId, statement, nowMs })
    if (added) carried.push(word)
  }
  for (const holder of personalData.holders) await holder.join?.(manager, ids)
  await personalData.erase(manager, fromId)
  await endVisitor(manager, keys, { visitorId: fromId, reason: 'joined', nowMs, newId })
  return carried
}
