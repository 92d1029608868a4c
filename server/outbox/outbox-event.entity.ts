import { EntitySchema } from 'typeorm'
import type { Json, VenueId } from '../../maps/model/index.ts'

/** An event that is to be told, or was a short while ago. */
export interface OutboxEventRow {
  readonly venueId: VenueId
  readonly eventId: string
  /** Order within the venue. */
  readonly seq: string
  readonly topic: string
  readonly visitorId: string | null
  readonly payload: Readonly<Record<string, Json>>
  readonly at: Date
  readonly publishedAt: Date | null
}

export const outboxEventEntity = new EntitySchema<OutboxEventRow>({
  name: 'outbox_event',
  tableName: 'outbox_event',
  columns: {
    venueId: { name: 'venue_id', type: 'uuid', primary: true },
    eventId: { name: 'event_id', type: 'uuid', primary: true },
    seq: { type: 'bigint', generated: 'increment' },
    topic: { type: 'text' },
    visitorId: { name: 'visitor_id', type: 'uuid', nullable: true },
    payload: { type: 'jsonb' },
    at: { type: 'timestamptz' },
    publishedAt: { name: 'published_at', type: 'timestamptz', nullable: true },
  },
})
