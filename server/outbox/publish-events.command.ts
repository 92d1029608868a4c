import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { Database } from '../database/index.ts'
import type { StoredEvent } from './outbox-event.ts'

/** Events of one transaction. */
const batch = 200
/** Class of the advisory locks, of our own choosing: "OUTB" in ASCII. */
const lockClass = 0x4f555442

/** What is done with a batch before it counts as published; a rejection leaves it for later. */
export type Publish = (manager: EntityManager, events: readonly StoredEvent[]) => Promise<void>

interface EventFound {
  readonly event_id: string
  readonly topic: string
  readonly visitor_id: string | null
  readonly payload: StoredEvent['payload']
  readonly at: Date
}

/** The venues that have something to be told. */
export async function waitingVenues({ dataSource }: Database): Promise<VenueId[]> {
  const rows: readonly { readonly venue_id: VenueId }[] = await dataSource.query(
    'SELECT venue_id FROM outbox_event WHERE published_at IS NULL GROUP BY venue_id',
  )
  return rows.map(({ venue_id: venueId }) => venueId)
}

/**
 * Publishes the next events of a venue, in order. One node at a time is at a venue: with SKIP LOCKED alone two
 * would publish neighbouring batches at once, in any order. A node that dies in the middle leaves its batch to
 * the next, which publishes it again.
 * @returns how many; `busy` while another node is at this venue
 */
export function publishNext(
  database: Database,
  venueId: VenueId,
  { nowMs, publish }: { readonly nowMs: number; readonly publish: Publish },
): Promise<number | 'busy'> {
  return database.transaction(async (manager) => {
    const [lock]: readonly { readonly mine: boolean }[] = await manager.query(
      'SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS mine',
      [lockClass, venueId],
    )
    if (lock?.mine !== true) return 'busy'
    const rows: readonly EventFound[] = await manager.query(
      `SELECT event_id, topic, visitor_id, payload, at FROM outbox_event
       WHERE venue_id = $1 AND published_at IS NULL ORDER BY seq LIMIT ${String(batch)}`,
      [venueId],
    )
    if (rows.length === 0) return 0
    await publish(
      manager,
      rows.map(({ event_id: eventId, topic, visitor_id: visitorId, payload, at }) => ({
        ...{ venueId, eventId, topic, payload, atMs: at.getTime() },
        ...(visitorId === null ? {} : { visitorId }),
      })),
    )
    await manager.query(
      'UPDATE outbox_event SET published_at = $3 WHERE venue_id = $1 AND event_id = ANY($2::uuid[])',
      [venueId, rows.map((row) => row.event_id), new Date(nowMs)],
    )
    return rows.length
  })
}

/** Removes published events from before a moment, so many at most. @returns how many */
export async function sweepPublished(database: Database, beforeMs: number, most: number): Promise<number> {
  const rows: readonly unknown[] = await database.dataSource.query(
    `WITH old AS (
       SELECT venue_id, event_id FROM outbox_event WHERE published_at < $1 LIMIT $2
     ), removed AS (
       DELETE FROM outbox_event USING old
       WHERE outbox_event.venue_id = old.venue_id AND outbox_event.event_id = old.event_id
       RETURNING 1
     ) SELECT 1 FROM removed`,
    [new Date(beforeMs), most],
  )
  return rows.length
}
