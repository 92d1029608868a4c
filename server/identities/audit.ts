import { In, LessThan } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { Json, VenueId } from '../../maps/model/index.ts'
import type { Identity } from '../http/index.ts'
import { auditEntryEntity } from './audit-entry.entity.ts'
import type { AuditEntryRow } from './audit-entry.entity.ts'
import type { VenueScope } from './account.entity.ts'

/** On whose behalf a command runs, when, and for which request. */
export interface Occasion {
  /** `account:…`, `device:…` or `system`. */
  readonly actor: string
  readonly requestId?: string
  readonly nowMs: number
  readonly newId: () => string
}

/** What is recorded of a change. Facts hold neither secrets nor names of people. */
export interface Change {
  /** Subject and verb: `account.created`. */
  readonly action: string
  /** What was changed: `account:…`. */
  readonly subject: string
  /** Set when it happened to one venue: its operators see it. */
  readonly venueId?: VenueId
  readonly facts?: Readonly<Record<string, Json>>
}

/** The name under which an identity stands in the record. */
export function actorOf({ kind, id }: Pick<Identity, 'kind' | 'id'>): string {
  return `${kind}:${id}`
}

/** Records a change in the transaction that makes it: there is no change without its entry. */
export async function recordAudit(
  manager: EntityManager,
  { actor, requestId, nowMs, newId }: Occasion,
  { action, subject, venueId, facts }: Change,
): Promise<void> {
  await manager.query(
    `INSERT INTO audit_entry (entry_id, at, actor, action, subject, venue_id, request_id, facts)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      newId(),
      new Date(nowMs),
      actor,
      action,
      subject,
      venueId ?? null,
      requestId ?? null,
      JSON.stringify(facts ?? {}),
    ],
  )
}

/** Entries of the venues given, newest first; with all venues also those that belong to none. */
export function readAudit(
  manager: EntityManager,
  { venues, before, limit }: { venues: VenueScope; before: string | undefined; limit: number },
): Promise<AuditEntryRow[]> {
  return manager.find(auditEntryEntity, {
    where: {
      ...(venues === 'all' ? {} : { venueId: In(venues) }),
      ...(before === undefined ? {} : { entryId: LessThan(before) }),
    },
    order: { entryId: 'DESC' },
    take: limit,
  })
}

/**
 * What the record of changes keeps of shoppers, who act in it when they name a plate or pay. Erased, their entries stay
 * without whose they were: the record is only ever added to.
 */
export const auditHolder = {
  name: 'changes',
  async exportOf(manager: EntityManager, visitorId: string): Promise<Json> {
    const rows: readonly { readonly at: Date; readonly action: string }[] = await manager.query(
      `SELECT at, action FROM audit_entry WHERE ${ofShopper} ORDER BY entry_id`,
      [named(visitorId)],
    )
    return rows.length === 0 ? null : rows.map(({ at, action }) => ({ at: at.toISOString(), action }))
  },
  async erase(manager: EntityManager, visitorId: string): Promise<void> {
    await rename(manager, named(visitorId), 'visitor')
  },
  async join(manager: EntityManager, { fromId, toId }: { fromId: string; toId: string }): Promise<void> {
    await rename(manager, named(fromId), named(toId))
  },
}

const named = (visitorId: string) => actorOf({ kind: 'visitor', id: visitorId })

/** In the words of the index `audit_entry_shopper`, so that it is used. */
const ofShopper = `(actor LIKE 'visitor:%' OR subject LIKE 'visitor:%') AND (actor = $1 OR subject = $1)`

async function rename(manager: EntityManager, from: string, to: string): Promise<void> {
  await manager.query(
    `UPDATE audit_entry SET actor = CASE actor WHEN $1 THEN $2 ELSE actor END,
       subject = CASE subject WHEN $1 THEN $2 ELSE subject END WHERE ${ofShopper}`,
    [from, to],
  )
}
