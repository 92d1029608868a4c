import { EntitySchema } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'

/** An address that events of a venue are sent to. */
export interface WebhookRow {
  readonly venueId: VenueId
  readonly webhookId: string
  readonly url: string
  readonly topics: readonly string[]
  readonly secretSealed: Buffer
  readonly pausedBecause: 'person' | 'backlog' | null
  readonly createdAt: Date
  readonly createdBy: string
}

/** One event for one address. */
export interface WebhookDeliveryRow {
  readonly venueId: VenueId
  readonly deliveryId: string
  readonly webhookId: string
  readonly eventId: string
  readonly topic: string
  /** Whom it is about: it is erased with them. */
  readonly visitorId: string | null
  /** As it is signed and sent. */
  readonly body: string
  readonly state: 'pending' | 'delivered' | 'dead'
  readonly attempts: number
  readonly createdAt: Date
  readonly lastAttemptAt: Date | null
  readonly nextAttemptAt: Date
  readonly status: number | null
  readonly error: string | null
}

export const webhookEntity = new EntitySchema<WebhookRow>({
  name: 'webhook',
  tableName: 'webhook',
  columns: {
    venueId: { name: 'venue_id', type: 'uuid', primary: true },
    webhookId: { name: 'webhook_id', type: 'uuid', primary: true },
    url: { type: 'text' },
    topics: { type: 'jsonb' },
    secretSealed: { name: 'secret_sealed', type: 'bytea' },
    pausedBecause: { name: 'paused_because', type: 'text', nullable: true },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    createdBy: { name: 'created_by', type: 'text' },
  },
})

export const webhookDeliveryEntity = new EntitySchema<WebhookDeliveryRow>({
  name: 'webhook_delivery',
  tableName: 'webhook_delivery',
  columns: {
    venueId: { name: 'venue_id', type: 'uuid', primary: true },
    deliveryId: { name: 'delivery_id', type: 'uuid', primary: true },
    webhookId: { name: 'webhook_id', type: 'uuid' },
    eventId: { name: 'event_id', type: 'uuid' },
    topic: { type: 'text' },
    visitorId: { name: 'visitor_id', type: 'uuid', nullable: true },
    body: { type: 'text' },
    state: { type: 'text' },
    attempts: { type: 'integer' },
    createdAt: { name: 'created_at', type: 'timestamptz' },
    lastAttemptAt: { name: 'last_attempt_at', type: 'timestamptz', nullable: true },
    nextAttemptAt: { name: 'next_attempt_at', type: 'timestamptz' },
    status: { type: 'integer', nullable: true },
    error: { type: 'text', nullable: true },
  },
  uniques: [{ name: 'webhook_delivery_once', columns: ['venueId', 'webhookId', 'eventId'] }],
})
