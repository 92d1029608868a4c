import type { Server as HttpServer } from 'node:http'
import type { z } from 'zod'
import type { Authenticate, Identity } from '../http/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Config } from '../platform/config.ts'
import type { NewId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import type { MetricsRegistry } from '../platform/metrics.ts'
import { createLiveMetrics } from './live-metrics.ts'
import { createLiveStreams } from './live-streams.ts'
import type { FirstState } from './live-streams.ts'
import type { EventHandler } from './live-events.ts'
import { createSockets } from './sockets.ts'
import { connectNodes } from './nodes.ts'
import { readPatch } from './patch.ts'
import type { Patch } from './patch.ts'

export type { EventHandler } from './live-events.ts'
export type { FirstState } from './live-streams.ts'
export type { Patch } from './patch.ts'

/** Live streams to clients: who follows one has the state the server has, within a fraction of a second. */
export interface Realtime {
  /** Begins to take connections on a server that listens. */
  attach(server: HttpServer): void
  /** Begins to exchange patches with the other nodes; rejects when Redis is configured and away. */
  start(): Promise<void>
  /**
   * Says a change of a stream, to the followers of all nodes. For what stands in no table: a fault is counted
   * and logged, and the next patch sets it right. What has to arrive goes through the outbox.
   */
  publish(patch: Patch): void
  /** As {@link publish}; resolves when all nodes will have the patches. For the outbox. */
  deliver(patches: readonly Patch[]): Promise<void>
  /** Names what gives the first state of the streams whose name begins with `kind:`; several add up. */
  provide(kind: string, first: FirstState): void
  /** Takes an event of shoppers; its handler gets validated payloads and answers with an acknowledgement. */
  onShopperEvent<Payload>(name: string, schema: z.ZodType<Payload>, handler: EventHandler<Payload>): void
  /** Ends all connections of an identity, on every node. */
  endConnections(identity: Pick<Identity, 'kind' | 'id'>): void
  /** Tells the clients, ends their connections and resolves when they are gone, after `graceMs` at the latest. */
  stop(graceMs: number): Promise<void>
}

/** The live side of the server, in memory for one process, over Redis for several (`REDIS_URL`). */
export function createRealtime(options: {
  readonly config: Pick<Config, 'redisUrl' | 'rateLimit' | 'trustProxy'>
  readonly authenticate: Authenticate
  readonly clock: Clock
  readonly newId: NewId
  readonly log: Log
  readonly registry: MetricsRegistry
}): Realtime {
  const { config, authenticate, clock, newId, log, registry } = options
  const metrics = createLiveMetrics(registry, {
    sockets: () => sockets.counts(),
    streams: () => streams.count(),
  })
  const nodes = connectNodes(config.redisUrl, log)
  const providers = new Map<string, FirstState[]>()
  const sockets = createSockets({
    config,
    authenticate,
    metrics,
    log,
    adapter: nodes.adapter,
    streams: () => streams,
  })
  const streams = createLiveStreams({
    followers: sockets.followers,
    providers,
    clock,
    newId,
    log,
    onRefusedKeys: (count) => {
      metrics.refusedKeys.inc(count)
    },
  })

  async function deliver(patches: readonly Patch[]): Promise<void> {
    if (patches.length === 0) return
    try {
      await nodes.relay.publish(patches.map((patch) => JSON.stringify(patch)))
      metrics.patches.inc({ result: 'published' }, patches.length)
    } catch (error) {
      metrics.patches.inc({ result: 'failed' }, patches.length)
      throw error
    }
  }

  return {
    attach: sockets.attach,
    start: () =>
      nodes.relay.start(
        (text) => {
          const patch = readPatch(text)
          metrics.patches.inc({ result: patch ? 'received' : 'unreadable' })
          if (patch) streams.apply(patch)
        },
        () => {
          log.warn('patches were missed; all streams are read again')
          streams.reload()
        },
      ),
    deliver,
    publish(patch) {
      deliver([patch]).catch((error: unknown) => {
        log.warn({ err: error }, 'a patch could not be given to the other nodes')
      })
    },
    provide(kind, first) {
      providers.set(kind, [...(providers.get(kind) ?? []), first])
    },
    onShopperEvent(name, schema, handler) {
      sockets.events.add('shopper', name, schema, handler)
    },
    endConnections: sockets.endConnections,
    async stop(graceMs) {
      streams.stop()
      await sockets.stop(graceMs)
      nodes.stop()
    },
  }
}
