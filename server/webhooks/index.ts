import { Counter } from 'prom-client'
import type { EntityManager } from 'typeorm'
import { z } from 'zod'
import type { Json } from '../../maps/model/index.ts'
import { afterCommit } from '../database/index.ts'
import type { Database } from '../database/index.ts'
import type { Route } from '../http/index.ts'
import type { Jobs } from '../jobs/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Config } from '../platform/config.ts'
import type { NewId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import type { MetricsRegistry } from '../platform/metrics.ts'
import {
  claimDelivery,
  overdueDeliveries,
  pauseOverflowing,
  settleDelivery,
  sweepDeliveries,
  writeDeliveries,
} from './deliveries.ts'
import type { DueDelivery } from './deliveries.ts'
import { sendMessage } from './send-message.ts'
import { createWebhookSecrets, signMessage } from './webhook-secrets.ts'
import { webhooksRoutes } from './webhooks.routes.ts'

export { webhookDeliveryEntity, webhookEntity } from './webhook.entity.ts'

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Pauses between the tries of a message: nine tries in some 21 hours, then it is dead. */
const standardRetryMs: readonly number[] = [
  5 * secondMs,
  30 * secondMs,
  2 * minuteMs,
  10 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  6 * hourMs,
  12 * hourMs,
]
/** What nobody did this long after its time is taken up by the sweep. */
const overdueMs = 30 * secondMs
const sweepMs = minuteMs
const sweepRows = 500
/** Messages that may wait for one webhook; beyond that it is paused. */
const maxBacklog = 10_000
/** How long messages are kept after their end. */
const keptMs = { delivered: 7 * dayMs, dead: 30 * dayMs } as const

const jobPayload = z.object({
  venueId: z.string(),
  deliveryId: z.string(),
  attempts: z.int().min(0),
}) as unknown as z.ZodType<DueDelivery>

/** Events for systems of others: signed, tried again, and visible when they are given up. */
export interface Webhooks {
  readonly routes: readonly Route[]
  /** Sends what waits and is due now, without waiting for the next sweep. */
  hurry(): void
  /** What is kept of a visitor. */
  readonly personalData: {
    readonly name: string
    exportOf(manager: EntityManager, visitorId: string): Promise<Json>
    erase(manager: EntityManager, visitorId: string): Promise<void>
  }
}

export function createWebhooks(options: {
  readonly database: Database
  readonly config: Pick<Config, 'webhookPrivateAddresses'>
  readonly clock: Clock
  readonly newId: NewId
  readonly log: Log
  readonly registry: MetricsRegistry
  readonly tokenSecrets: readonly [Uint8Array, ...Uint8Array[]]
  readonly jobs: Jobs
  readonly outbox: Pick<Outbox, 'alongside'>
  /** For tests: pauses between the tries. */
  readonly retryMs?: readonly number[]
}): Webhooks {
  const { database, config, clock, newId, log, registry, jobs, outbox, retryMs = standardRetryMs } = options
  const secrets = createWebhookSecrets(options.tokenSecrets)
  const privateAllowed = config.webhookPrivateAddresses === 'allow'
  const tries = new Counter({
    name: 'atrium_webhook_tries_total',
    help: 'Tries to send a message, by result; `dead` is the last one of a message',
    labelNames: ['result'] as const,
    registers: [registry],
  })

  async function enqueue(due: DueDelivery, delayMs = 0): Promise<void> {
    const { venueId, deliveryId, attempts } = due
    await jobs.add('webhooks.deliver', { venueId, deliveryId, attempts }, delayMs > 0 ? { delayMs } : {})
  }

  function enqueueAll(due: readonly DueDelivery[]): void {
    Promise.all(due.map((one) => enqueue(one))).catch((error: unknown) => {
      log.warn({ err: error }, 'messages of webhooks wait for the next sweep')
    })
  }

  async function deliver(due: DueDelivery): Promise<void> {
    const pauseMs = retryMs[due.attempts]
    const nowMs = clock()
    const claimed = await claimDelivery(database, due, { nowMs, nextMs: nowMs + (pauseMs ?? hourMs) })
    if (!claimed) return
    const { url, body, eventId } = claimed
    const secret = secrets.open(claimed.secretSealed, claimed.webhookId)
    const headers = signMessage(secret, { id: eventId, atS: Math.floor(nowMs / 1000), body })
    const receipt = await sendMessage(url, { headers, body }, privateAllowed)
    const dead = !receipt.ok && pauseMs === undefined
    tries.inc({ result: receipt.ok ? 'delivered' : dead ? 'dead' : 'failed' })
    await settleDelivery(database, due, {
      state: receipt.ok ? 'delivered' : dead ? 'dead' : 'pending',
      status: receipt.status,
      ...(receipt.ok ? {} : { error: receipt.error }),
    })
    if (receipt.ok || pauseMs === undefined) return
    await enqueue({ ...due, attempts: due.attempts + 1 }, pauseMs)
  }

  async function sweep(beforeMs: number): Promise<void> {
    const due = await overdueDeliveries(database, { beforeMs, most: sweepRows })
    for (const one of due) await enqueue(one)
  }

  jobs.define('webhooks.deliver', (payload) => deliver(jobPayload.parse(payload)), {
    lane: 'outside',
    attempts: 1,
  })
  jobs.every('webhooks.sweep', sweepMs, () => sweep(clock() - overdueMs))
  jobs.every('webhooks.retain', hourMs, async () => {
    const nowMs = clock()
    const paused = await pauseOverflowing(database, maxBacklog)
    if (paused > 0) log.warn({ webhooks: paused }, 'webhooks were paused: too many messages wait for them')
    await sweepDeliveries(database, {
      deliveredMs: nowMs - keptMs.delivered,
      deadMs: nowMs - keptMs.dead,
    })
  })
  outbox.alongside(async (manager, events) => {
    const due = await writeDeliveries(manager, { nowMs: clock(), newId }, events)
    afterCommit(manager, () => {
      enqueueAll(due)
    })
  })

  function hurry(): void {
    sweep(clock() + 1).catch((error: unknown) => {
      log.warn({ err: error }, 'messages of webhooks wait for the next sweep')
    })
  }

  return {
    routes: webhooksRoutes({ database, secrets, privateAllowed, clock, newId, hurry }),
    hurry,
    personalData: {
      name: 'webhooks',
      exportOf: async (manager, visitorId) => {
        const rows: readonly { readonly topic: string; readonly created_at: Date; readonly body: string }[] =
          await manager.query(
            'SELECT topic, created_at, body FROM webhook_delivery WHERE visitor_id = $1 ORDER BY created_at',
            [visitorId],
          )
        return rows.map(({ topic, created_at: at, body }) => ({ topic, at: at.toISOString(), body }))
      },
      erase: async (manager, visitorId) => {
        await manager.query('DELETE FROM webhook_delivery WHERE visitor_id = $1', [visitorId])
      },
    },
  }
}
