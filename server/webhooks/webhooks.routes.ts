import { LessThan } from 'typeorm'
import { webhooksContract as contract } from '../contract/webhooks.contract.ts'
import { afterCommit } from '../database/index.ts'
import { route } from '../http/index.ts'
import type { Identity, Route } from '../http/index.ts'
import { actorOf } from '../identities/index.ts'
import type { Occasion } from '../identities/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { NewId } from '../platform/ids.ts'
import { changeWebhook, deleteWebhook, redeliver } from './change-webhook.command.ts'
import { createWebhook } from './create-webhook.command.ts'
import type { WebhookParts } from './create-webhook.command.ts'
import { webhookDeliveryEntity, webhookEntity } from './webhook.entity.ts'
import { presentDelivery, presentWebhook } from './webhook.presenter.ts'

export interface WebhookServices extends WebhookParts {
  readonly clock: Clock
  readonly newId: NewId
  /** Has what waits looked at now. */
  readonly hurry: () => void
}

/** Most webhooks of one answer, as the contract says. */
const maxListed = 100

/** The routes of the subject `webhooks`. */
export function webhooksRoutes(services: WebhookServices): Route[] {
  const { database, clock, newId, hurry, privateAllowed } = services
  const occasionOf = (call: { readonly identity: Identity; readonly requestId: string }): Occasion => ({
    actor: actorOf(call.identity),
    requestId: call.requestId,
    nowMs: clock(),
    newId,
  })
  return [
    route(contract.createWebhook, async (call) => {
      const made = await createWebhook(services, occasionOf(call), { ...call.params, ...call.body })
      if ('refused' in made) return made
      return { status: 201, body: { webhook: presentWebhook(made.webhook), secret: made.secret } }
    }),
    route(contract.listWebhooks, async ({ params: { venueId } }) => {
      const rows = await database.dataSource.manager.find(webhookEntity, {
        where: { venueId },
        order: { webhookId: 'DESC' },
        take: maxListed,
      })
      return { status: 200, body: rows.map(presentWebhook) }
    }),
    route(contract.changeWebhook, async (call) => {
      const { manager, params, body: change } = call
      const changed = await changeWebhook(manager, occasionOf(call), { ...params, change }, privateAllowed)
      if ('refused' in changed) return changed
      if (change.paused === false) afterCommit(manager, hurry)
      return { status: 200, body: presentWebhook(changed) }
    }),
    route(contract.deleteWebhook, async (call) => {
      const deleted = await deleteWebhook(call.manager, occasionOf(call), call.params)
      return deleted ? { status: 204 } : { refused: 'unknown-webhook' }
    }),
    route(contract.listDeliveries, async ({ params, query: { state, before, limit } }) => {
      const { manager } = database.dataSource
      if (!(await manager.existsBy(webhookEntity, params))) return { refused: 'unknown-webhook' }
      const rows = await manager.find(webhookDeliveryEntity, {
        where: {
          ...params,
          ...(state === undefined ? {} : { state }),
          ...(before === undefined ? {} : { deliveryId: LessThan(before) }),
        },
        order: { deliveryId: 'DESC' },
        take: limit,
      })
      return { status: 200, body: rows.map(presentDelivery) }
    }),
    route(contract.redeliver, async (call) => {
      const row = await redeliver(call.manager, occasionOf(call), call.params)
      if (!row) return { refused: 'unknown-delivery' }
      afterCommit(call.manager, hurry)
      return { status: 202, body: presentDelivery(row) }
    }),
  ]
}
