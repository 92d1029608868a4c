import type { VenueId } from '../../maps/model/index.ts'
import type { Refusal } from '../contract/endpoint.ts'
import { databaseErrorFacts } from '../database/index.ts'
import type { Database } from '../database/index.ts'
import { recordAudit } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import { addressFault } from './public-address.ts'
import { webhookEntity } from './webhook.entity.ts'
import type { WebhookRow } from './webhook.entity.ts'
import type { WebhookSecrets } from './webhook-secrets.ts'

/** Webhooks of one venue. */
export const maxWebhooks = 20

/**
 * Has events of a venue sent to an address; the secret is given once.
 * @returns the webhook and its secret, or a refusal: unknown-venue, too-many-webhooks, webhook-address-refused
 */
export async function createWebhook(
  { database, secrets, privateAllowed }: WebhookParts,
  occasion: Occasion,
  {
    venueId,
    url,
    topics,
  }: { readonly venueId: VenueId; readonly url: string; readonly topics: readonly string[] },
): Promise<
  | { readonly webhook: WebhookRow; readonly secret: string }
  | Refusal<'unknown-venue' | 'too-many-webhooks' | 'webhook-address-refused'>
> {
  const fault = addressFault(url, privateAllowed)
  if (fault !== undefined) return { refused: 'webhook-address-refused', detail: fault }
  const webhookId = occasion.newId()
  const secret = secrets.make(webhookId)
  const webhook: WebhookRow = {
    venueId,
    webhookId,
    url,
    topics: [...new Set(topics)],
    secretSealed: secret.sealed,
    pausedBecause: null,
    createdAt: new Date(occasion.nowMs),
    createdBy: occasion.actor,
  }
  try {
    return await database.transaction(async (manager) => {
      const count = await manager.countBy(webhookEntity, { venueId })
      if (count >= maxWebhooks) return { refused: 'too-many-webhooks', facts: { maxWebhooks } }
      await manager.insert(webhookEntity, { ...webhook, topics: [...webhook.topics] })
      await recordAudit(manager, occasion, {
        action: 'webhook.created',
        subject: `webhook:${webhookId}`,
        venueId,
        facts: { host: new URL(url).host, topics: webhook.topics },
      })
      return { webhook, secret: secret.shown }
    })
  } catch (error) {
    if (databaseErrorFacts(error)?.constraint === 'webhook_venue') return { refused: 'unknown-venue' }
    throw error
  }
}

/** What the commands of webhooks share. */
export interface WebhookParts {
  readonly database: Database
  readonly secrets: WebhookSecrets
  /** Private addresses may be reached, and http. */
  readonly privateAllowed: boolean
}
