import { z } from 'zod'
import { defineEndpoint } from './endpoint.ts'
import { anyId, epochMs, numberInText, venueId } from './values.ts'

const tag = 'Webhooks'

const topic = z
  .string()
  .max(100)
  .regex(/^(?:\*|[a-z]+(?:-[a-z]+)*\.(?:\*|[a-z]+(?:-[a-z]+)*))$/, {
    error: 'expected a topic such as offer.redeemed, all of a subject such as offer.*, or *',
  })
  .meta({ description: '`offer.redeemed`, `offer.*` or `*`' })

const topics = z
  .array(topic)
  .min(1, { error: 'expected at least one topic' })
  .max(20, { error: 'expected at most 20 topics' })

const url = z
  .string()
  .max(1000, { error: 'expected at most 1000 characters' })
  .regex(/^https?:\/\/[^\s/?#@]+(?:[/?][^\s#]*)?$/, {
    error: 'expected an address that begins with https://, without a user name and without #',
  })
  .meta({ description: 'Where to send; https', examples: ['https://pos.example/atrium'] })

const webhook = z
  .strictObject({
    id: anyId,
    venueId,
    url,
    topics,
    state: z.enum(['active', 'paused']),
    pausedBecause: z
      .enum(['person', 'backlog'])
      .exactOptional()
      .meta({ description: '`backlog`: more than 10000 messages waited for a receiver that did not answer' }),
    createdAtMs: epochMs,
  })
  .meta({ id: 'Webhook' })

const delivery = z
  .strictObject({
    id: anyId,
    eventId: anyId.meta({ description: 'As in `webhook-id`: a receiver drops what it has seen' }),
    topic: z.string(),
    state: z.enum(['pending', 'delivered', 'dead']),
    attempts: z.int().min(0),
    createdAtMs: epochMs,
    lastAttemptAtMs: epochMs.exactOptional(),
    nextAttemptAtMs: epochMs.exactOptional().meta({ description: 'Set while it is pending' }),
    status: z.int().exactOptional().meta({ description: 'What the receiver answered last' }),
    error: z.string().exactOptional().meta({ description: 'Why the last try failed' }),
  })
  .meta({ id: 'WebhookDelivery' })

const inVenue = z.strictObject({ venueId })
const ofWebhook = z.strictObject({ venueId, webhookId: anyId })

const createWebhook = defineEndpoint({
  id: 'createWebhook',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/webhooks',
  summary: 'Have events sent to an address',
  description:
    'Every event of the topics is sent as a POST, at least once and in no sure order, signed as Standard ' +
    'Webhooks lays down: `webhook-id`, `webhook-timestamp` and `webhook-signature` (`v1,` and the base64 of ' +
    'HMAC-SHA256 under the secret over id, timestamp and body, joined by full stops). Any 2xx within 10 s is ' +
    'receipt; else it is tried again for about a day, then it is dead and can be sent anew.',
  access: ['operator'],
  request: { params: inVenue, body: z.strictObject({ url, topics }) },
  responses: {
    201: z.strictObject({
      webhook,
      secret: z.string().meta({ description: '`whsec_` and base64; shown once' }),
    }),
  },
  problems: ['unknown-venue', 'too-many-webhooks', 'webhook-address-refused'],
})

const listWebhooks = defineEndpoint({
  id: 'listWebhooks',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/webhooks',
  summary: 'Where events of a venue are sent',
  access: ['operator'],
  request: { params: inVenue },
  responses: { 200: z.array(webhook).max(100) },
})

const changeWebhook = defineEndpoint({
  id: 'changeWebhook',
  tag,
  method: 'PATCH',
  path: '/v1/venues/{venueId}/webhooks/{webhookId}',
  summary: 'Change address or topics, pause or go on',
  description: 'While it is paused messages wait; going on sends them.',
  access: ['operator'],
  request: {
    params: ofWebhook,
    body: z.strictObject({
      url: url.exactOptional(),
      topics: topics.exactOptional(),
      paused: z.boolean().exactOptional(),
    }),
  },
  responses: { 200: webhook },
  problems: ['unknown-webhook', 'webhook-address-refused'],
  idempotent: true,
})

const deleteWebhook = defineEndpoint({
  id: 'deleteWebhook',
  tag,
  method: 'DELETE',
  path: '/v1/venues/{venueId}/webhooks/{webhookId}',
  summary: 'Send nothing more there, and forget what waits',
  access: ['operator'],
  request: { params: ofWebhook },
  responses: { 204: { empty: true } },
  problems: ['unknown-webhook'],
  idempotent: true,
})

const listDeliveries = defineEndpoint({
  id: 'listWebhookDeliveries',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/webhooks/{webhookId}/deliveries',
  summary: 'What was sent, waits or is dead, newest first',
  access: ['operator'],
  request: {
    params: ofWebhook,
    query: z.strictObject({
      state: z.enum(['pending', 'delivered', 'dead']).exactOptional(),
      before: anyId.exactOptional().meta({ description: 'Id of a delivery to go on behind' }),
      limit: numberInText(1, 200).int().default(100),
    }),
  },
  responses: { 200: z.array(delivery).max(200) },
  problems: ['unknown-webhook'],
})

const redeliver = defineEndpoint({
  id: 'redeliverWebhook',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver',
  summary: 'Send a message again, with all its tries',
  access: ['operator'],
  request: { params: z.strictObject({ venueId, webhookId: anyId, deliveryId: anyId }) },
  responses: { 202: delivery },
  problems: ['unknown-delivery'],
  idempotent: true,
})

/** The endpoints of the subject `webhooks`. */
export const webhooksContract = {
  createWebhook,
  listWebhooks,
  changeWebhook,
  deleteWebhook,
  listDeliveries,
  redeliver,
}
