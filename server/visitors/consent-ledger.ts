import type { EntityManager } from 'typeorm'
import type { ConsentWord } from './consent-cache.ts'
import type { ConsentWay, Purpose } from './purposes.ts'
import type { ConsentEntryRow } from './visitor.entity.ts'

/** What a visitor says about a purpose. */
export interface Statement {
  readonly purpose: Purpose
  readonly granted: boolean
  readonly textVersion: string | undefined
  readonly lang: 'zh' | 'en'
  readonly way: ConsentWay
}

/** A visitor's last word, with what it rested on. */
export interface LastWord extends ConsentWord {
  readonly textVersion: string | null
  readonly lang: 'zh' | 'en'
  readonly at: Date
}

interface WordFound {
  readonly visitor_id: string
  readonly purpose: Purpose
  readonly granted: boolean
  readonly seq: number
  readonly text_version: string | null
  readonly lang: 'zh' | 'en'
  readonly at: Date
}

const lastWordsSql = `SELECT DISTINCT ON (visitor_id, purpose)
    visitor_id, purpose, granted, seq, text_version, lang, at
  FROM consent_entry WHERE visitor_id = ANY($1::uuid[])
  ORDER BY visitor_id, purpose, seq DESC`

/** The last words of some visitors, by their ids. One statement. */
export async function lastWords(
  manager: EntityManager,
  visitorIds: readonly string[],
): Promise<Map<string, LastWord[]>> {
  const rows: readonly WordFound[] = await manager.query(lastWordsSql, [visitorIds])
  const words = new Map<string, LastWord[]>()
  for (const { visitor_id: visitorId, text_version: textVersion, ...word } of rows) {
    const known = words.get(visitorId) ?? []
    words.set(visitorId, [...known, { ...word, textVersion }])
  }
  return words
}

/** Whether a visitor's history may be kept with an account. */
export async function agreesToProfile(manager: EntityManager, visitorId: string): Promise<boolean> {
  const words = (await lastWords(manager, [visitorId])).get(visitorId) ?? []
  return words.some(({ purpose, granted }) => purpose === 'profile' && granted)
}

/**
 * Adds a statement to a visitor's ledger, and the visitor with the first one; what was said already adds nothing.
 * The visitor's row is locked until the commit, so that two statements at once have an order.
 * @returns the last word on the purpose now, and whether it is new
 */
export async function addStatement(
  manager: EntityManager,
  { visitorId, statement, nowMs }: { visitorId: string; statement: Statement; nowMs: number },
): Promise<{ readonly word: LastWord; readonly added: boolean }> {
  const at = new Date(nowMs)
  await lockVisitor(manager, visitorId, at)
  const known = (await lastWords(manager, [visitorId])).get(visitorId) ?? []
  const last = known.find(({ purpose }) => purpose === statement.purpose)
  const { purpose, granted, lang, way } = statement
  const textVersion = statement.textVersion ?? last?.textVersion ?? null
  if (last?.granted === granted && last.textVersion === textVersion) return { word: last, added: false }
  const rows: readonly { readonly seq: number }[] = await manager.query(
    `INSERT INTO consent_entry (visitor_id, seq, purpose, granted, text_version, lang, way, at)
     SELECT $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7 FROM consent_entry WHERE visitor_id = $1
     RETURNING seq`,
    [visitorId, purpose, granted, textVersion, lang, way, at],
  )
  return { word: { purpose, granted, textVersion, lang, at, seq: rows[0]!.seq }, added: true }
}

/** Makes sure that a visitor has a row, and locks it until the commit. */
export async function lockVisitor(manager: EntityManager, visitorId: string, at: Date): Promise<void> {
  await manager.query('INSERT INTO visitor (visitor_id, created_at) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    visitorId,
    at,
  ])
  await manager.query('SELECT 1 FROM visitor WHERE visitor_id = $1 FOR UPDATE', [visitorId])
}

/** All that a visitor ever said, oldest first. */
export async function ledgerOf(manager: EntityManager, visitorId: string): Promise<ConsentEntryRow[]> {
  return manager.find<ConsentEntryRow>('consent_entry', { where: { visitorId }, order: { seq: 'ASC' } })
}
