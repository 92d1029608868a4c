import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { Database } from '../database/index.ts'
import type { StoredEvent } from '../outbox/index.ts'

/** A message that waits, named for a job. */
export interface DueDelivery {
  readonly venueId: VenueId
  readonly deliveryId: string
  readonly attempts: number
}

/** A message with all that is needed to send it. */
export interface ClaimedDelivery {
  readonly webhookId: string
  readonly eventId: string
  readonly url: string
  readonly secretSealed: Buffer
  readonly body: string
}

/** True when a webhook wants events of a topic. */
export function wants(topics: readonly string[], topic: string): boolean {
  const subject = topic.split('.', 1)[0] ?? ''
  return topics.some((one) => one === '*' || one === topic || one === `${subject}.*`)
}

/** The text that is signed and sent. It never names the visitor; what else is told is the subject's choice. */
function bodyOf({ venueId, topic, atMs, payload }: StoredEvent): string {
  return JSON.stringify({
    type: topic,
    timestamp: new Date(atMs).toISOString(),
    data: { venueId, ...payload },
  })
}

/**
 * Writes a message for every webhook that wants an event, in the transaction that marks the events as told. An
 * event that is told twice is written once.
 */
export async function writeDeliveries(
  manager: EntityManager,
  { nowMs, newId }: { readonly nowMs: number; readonly newId: () => string },
  events: readonly StoredEvent[],
): Promise<DueDelivery[]> {
  const venueIds = [...new Set(events.map(({ venueId }) => venueId))]
  const hooks: readonly {
    readonly venue_id: VenueId
    readonly webhook_id: string
    readonly topics: readonly string[]
  }[] = await manager.query(
    'SELECT venue_id, webhook_id, topics FROM webhook WHERE venue_id = ANY($1::uuid[])',
    [venueIds],
  )
  const due: DueDelivery[] = []
  for (const event of events) {
    for (const { venue_id: venueId, webhook_id: webhookId, topics } of hooks) {
      if (venueId !== event.venueId || !wants(topics, event.topic)) continue
      const deliveryId = newId()
      const rows: unknown[] = await manager.query(
        `INSERT INTO webhook_delivery (venue_id, delivery_id, webhook_id, event_id, topic, visitor_id, body,
           state, attempts, created_at, next_attempt_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', 0, $8, $8)
         ON CONFLICT ON CONSTRAINT webhook_delivery_once DO NOTHING RETURNING delivery_id`,
        [
          ...[venueId, deliveryId, webhookId, event.eventId, event.topic, event.visitorId ?? null],
          ...[bodyOf(event), new Date(nowMs)],
        ],
      )
      if (rows.length > 0) due.push({ venueId, deliveryId, attempts: 0 })
    }
  }
  return due
}

interface ClaimFound {
  readonly webhook_id: string
  readonly event_id: string
  readonly url: string
  readonly secret_sealed: Buffer
  readonly body: string
}

/**
 * Takes one try of a message for oneself: of two jobs for the same try the second finds nothing.
 * @param nextMs when it is looked at again, should this node die before it says how it went
 */
export async function claimDelivery(
  { dataSource }: Database,
  { venueId, deliveryId, attempts }: DueDelivery,
  { nowMs, nextMs }: { readonly nowMs: number; readonly nextMs: number },
): Promise<ClaimedDelivery | undefined> {
  const rows: readonly ClaimFound[] = await dataSource.query(
    `WITH claimed AS (
       UPDATE webhook_delivery d SET attempts = attempts + 1, last_attempt_at = $4, next_attempt_at = $5
       FROM webhook w
       WHERE d.venue_id = $1 AND d.delivery_id = $2 AND d.attempts = $3 AND d.state = 'pending'
         AND w.venue_id = d.venue_id AND w.webhook_id = d.webhook_id AND w.paused_because IS NULL
       RETURNING d.webhook_id, d.event_id, d.body, w.url, w.secret_sealed
     ) SELECT * FROM claimed`,
    [venueId, deliveryId, attempts, new Date(nowMs), new Date(nextMs)],
  )
  const [found] = rows
  if (!found) return undefined
  const { webhook_id: webhookId, event_id: eventId, url, secret_sealed: secretSealed, body } = found
  return { webhookId, eventId, url, secretSealed, body }
}

/** Writes down how a try went. */
export async function settleDelivery(
  { dataSource }: Database,
  { venueId, deliveryId }: Pick<DueDelivery, 'venueId' | 'deliveryId'>,
  outcome: {
    readonly state: 'pending' | 'delivered' | 'dead'
    readonly status?: number | undefined
    readonly error?: string | undefined
  },
): Promise<void> {
  await dataSource.query(
    `UPDATE webhook_delivery SET state = $3, status = $4, error = $5
     WHERE venue_id = $1 AND delivery_id = $2 AND state = 'pending'`,
    [venueId, deliveryId, outcome.state, outcome.status ?? null, outcome.error ?? null],
  )
}

/** Messages whose time has come without a job that did them: a node died, or a pause ended. */
export async function overdueDeliveries(
  { dataSource }: Database,
  { beforeMs, most }: { readonly beforeMs: number; readonly most: number },
): Promise<DueDelivery[]> {
  const rows: readonly {
    readonly venue_id: VenueId
    readonly delivery_id: string
    readonly attempts: number
  }[] = await dataSource.query(
    `SELECT d.venue_id, d.delivery_id, d.attempts
     FROM webhook_delivery d JOIN webhook w USING (venue_id, webhook_id)
     WHERE d.state = 'pending' AND d.next_attempt_at < $1 AND w.paused_because IS NULL
     ORDER BY d.next_attempt_at LIMIT $2`,
    [new Date(beforeMs), most],
  )
  return rows.map(({ venue_id: venueId, delivery_id: deliveryId, attempts }) => ({
    venueId,
    deliveryId,
    attempts,
  }))
}

/** Pauses webhooks for which more than `most` messages wait. @returns how many */
export async function pauseOverflowing({ dataSource }: Database, most: number): Promise<number> {
  const rows: unknown[] = await dataSource.query(
    `WITH paused AS (
       UPDATE webhook w SET paused_because = 'backlog'
       WHERE paused_because IS NULL AND (
         SELECT count(*) FROM webhook_delivery d
         WHERE d.venue_id = w.venue_id AND d.webhook_id = w.webhook_id AND d.state = 'pending') > $1
       RETURNING 1
     ) SELECT * FROM paused`,
    [most],
  )
  return rows.length
}

/** Removes what was delivered, and what is dead, before the moments given. */
export async function sweepDeliveries(
  { dataSource }: Database,
  { deliveredMs, deadMs }: { readonly deliveredMs: number; readonly deadMs: number },
): Promise<void> {
  await dataSource.query(
    `DELETE FROM webhook_delivery WHERE (state = 'delivered' AND last_attempt_at < $1)
       OR (state = 'dead' AND last_attempt_at < $2)`,
    [new Date(deliveredMs), new Date(deadMs)],
  )
}
