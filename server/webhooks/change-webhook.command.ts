import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../maps/model/index.ts'
import type { Refusal } from '../contract/endpoint.ts'
import { recordAudit } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import { addressFault } from './public-address.ts'
import { webhookDeliveryEntity, webhookEntity } from './webhook.entity.ts'
import type { WebhookDeliveryRow, WebhookRow } from './webhook.entity.ts'

interface Named {
  readonly venueId: VenueId
  readonly webhookId: string
}

export interface WebhookChange {
  readonly url?: string
  readonly topics?: readonly string[]
  readonly paused?: boolean
}

/**
 * Changes address, topics or whether it is paused.
 * @returns the webhook as it is now, or a refusal: unknown-webhook, webhook-address-refused
 */
export async function changeWebhook(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, webhookId, change }: Named & { readonly change: WebhookChange },
  privateAllowed: boolean,
): Promise<WebhookRow | Refusal<'unknown-webhook' | 'webhook-address-refused'>> {
  const fault = change.url === undefined ? undefined : addressFault(change.url, privateAllowed)
  if (fault !== undefined) return { refused: 'webhook-address-refused', detail: fault }
  const found = await manager.findOne(webhookEntity, {
    where: { venueId, webhookId },
    lock: { mode: 'pessimistic_write' },
  })
  if (!found) return { refused: 'unknown-webhook' }
  const changed: WebhookRow = {
    ...found,
    ...(change.url === undefined ? {} : { url: change.url }),
    ...(change.topics === undefined ? {} : { topics: [...new Set(change.topics)] }),
    ...(change.paused === undefined ? {} : { pausedBecause: change.paused ? 'person' : null }),
  }
  const { url, topics, pausedBecause } = changed
  await manager.update(webhookEntity, { venueId, webhookId }, { url, topics: [...topics], pausedBecause })
  await recordAudit(manager, occasion, {
    action: 'webhook.changed',
    subject: `webhook:${webhookId}`,
    venueId,
    facts: { host: new URL(url).host, topics, paused: pausedBecause !== null },
  })
  return changed
}

/** Removes a webhook and all its messages. @returns false when there is none */
export async function deleteWebhook(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, webhookId }: Named,
): Promise<boolean> {
  const { affected } = await manager.delete(webhookEntity, { venueId, webhookId })
  if (affected !== 1) return false
  await recordAudit(manager, occasion, {
    action: 'webhook.deleted',
    subject: `webhook:${webhookId}`,
    venueId,
  })
  return true
}

/**
 * Has a message sent anew, with all its tries, whatever became of it.
 * @returns the message, or undefined when there is none
 */
export async function redeliver(
  manager: EntityManager,
  occasion: Occasion,
  { deliveryId, ...named }: Named & { readonly deliveryId: string },
): Promise<WebhookDeliveryRow | undefined> {
  const { venueId, webhookId } = named
  const key = { venueId, webhookId, deliveryId }
  const found = await manager.findOne(webhookDeliveryEntity, {
    where: key,
    lock: { mode: 'pessimistic_write' },
  })
  if (!found) return undefined
  const anew = { state: 'pending', attempts: 0, nextAttemptAt: new Date(occasion.nowMs) } as const
  await manager.update(webhookDeliveryEntity, key, anew)
  await recordAudit(manager, occasion, {
    action: 'webhook.redelivered',
    subject: `webhook:${webhookId}`,
    venueId,
    facts: { deliveryId },
  })
  return { ...found, ...anew }
}
