import type { WebhookDeliveryRow, WebhookRow } from './webhook.entity.ts'

/** A webhook as operators see it: without its secret. */
export function presentWebhook({ webhookId, venueId, url, topics, pausedBecause, createdAt }: WebhookRow) {
  return {
    id: webhookId,
    venueId,
    url,
    topics: [...topics],
    state: pausedBecause === null ? ('active' as const) : ('paused' as const),
    ...(pausedBecause === null ? {} : { pausedBecause }),
    createdAtMs: createdAt.getTime(),
  }
}

/** A message as operators see it: without its body, which may be about a person. */
export function presentDelivery(row: WebhookDeliveryRow) {
  const { deliveryId, eventId, topic, state, attempts, createdAt, lastAttemptAt, nextAttemptAt } = row
  return {
    ...{ id: deliveryId, eventId, topic, state, attempts },
    createdAtMs: createdAt.getTime(),
    ...(lastAttemptAt ? { lastAttemptAtMs: lastAttemptAt.getTime() } : {}),
    ...(state === 'pending' ? { nextAttemptAtMs: nextAttemptAt.getTime() } : {}),
    ...(row.status === null ? {} : { status: row.status }),
    ...(row.error === null ? {} : { error: row.error }),
  }
}
