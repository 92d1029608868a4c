import type { DataSource, EntityManager } from 'typeorm'
import type { Json, VenueId } from '../../maps/model/index.ts'
import { afterCommit } from '../database/index.ts'

/** Something that happened, for everyone outside of the command that did it. */
export interface OutboxEvent {
  readonly venueId: VenueId
  /** Subject and verb: `offer.granted`. */
  readonly topic: string
  /** Set when it is about a visitor: the event is then erased with them. */
  readonly visitorId?: string
  /** Goes to webhooks as it is: no more about a person than their receivers need. */
  readonly payload: Readonly<Record<string, Json>>
}

/** An event as the outbox holds it. */
export interface StoredEvent extends OutboxEvent {
  readonly eventId: string
  readonly atMs: number
}

/** The outboxes of this process by the database they read, so that a commit wakes the right one. */
const wakers = new WeakMap<DataSource, () => void>()

/** Has `wake` called after each commit that added an event. */
export function wakeOnAppend(dataSource: DataSource, wake: () => void): void {
  wakers.set(dataSource, wake)
}

/**
 * Writes an event in the transaction that makes it true: it is told after the commit, at least once, and not
 * at all without it. The only way to tell the world. Events of one venue are told in the order of their
 * writing; of two transactions at once it is that of their statements.
 */
export async function appendOutbox(
  manager: EntityManager,
  { nowMs, newId }: { readonly nowMs: number; readonly newId: () => string },
  { venueId, topic, visitorId, payload }: OutboxEvent,
): Promise<void> {
  await manager.query(
    `INSERT INTO outbox_event (venue_id, event_id, topic, visitor_id, payload, at)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [venueId, newId(), topic, visitorId ?? null, JSON.stringify(payload), new Date(nowMs)],
  )
  const wake = wakers.get(manager.dataSource)
  if (wake) afterCommit(manager, wake)
}
