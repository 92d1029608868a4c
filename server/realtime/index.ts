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
import { isThereForPhones, mallPatch, mallState } from './mall-stream.ts'
import { connectNodes } from './nodes.ts'
import { readNodeMessage } from './patch.ts'
import type { News, NodeMessage, Patch } from './patch.ts'

export type { EventHandler } from './live-events.ts'
export type { FirstState } from './live-streams.ts'
export type { News, Patch } from './patch.ts'

/** Live streams to clients: who follows one has the state the server has, within a fraction of a second. */
export interface Realtime {
  /**
   * Begins to exchange patches with the other nodes, then to take connections on a server that listens.
   * @throws a sentence for the operator when Redis is configured and does not answer
   */
  start(server: HttpServer): Promise<void>
  /**
   * Says a change of a stream, to the followers of all nodes. For what stands in no table: a fault is counted
   * and logged, and the next patch sets it right. What has to arrive goes through the outbox.
   */
  publish(patch: Patch): void
  /** As {@link publish}, and news for the nodes themselves; resolves when all will have them. For the outbox. */
  deliver(patches: readonly Patch[], news?: readonly News[]): Promise<void>
  /** Hears news on this node, whichever node they come from; at least once, in order for a venue. */
  onNews(listener: (news: News) => void): void
  /** Names what gives the first state of the streams whose name begins with `kind:`; several add up. */
  provide(kind: string, first: FirstState): void
  /** Names what says whether a mall is published: shoppers follow `mall:VENUE` of those only. */
  provideMalls(isPublished: (venueId: string) => boolean): void
  /** Takes an event of shoppers; its handler gets validated payloads and answers with an acknowledgement. */
  onShopperEvent<Payload>(name: string, schema: z.ZodType<Payload>, handler: EventHandler<Payload>): void
  /** Ends all connections of an identity, on every node. */
  readonly endConnections: (identity: Pick<Identity, 'kind' | 'id'>) => void
  /** Drops what memory holds of a visitor on this node, and ends their connections. */
  forget(visitorId: string): void
  /** Tells the clients, ends their connections and resolves when they are gone, after `graceMs` at the latest. */
  readonly endAll: (graceMs: number) => Promise<void>
  /** Leaves the other nodes; last of all, as what is committed until then is still told. */
  stop(): Promise<void>
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
  const listeners: ((news: News) => void)[] = []
  let isMall: (venueId: string) => boolean = () => false
  const sockets = createSockets({
    config,
    authenticate,
    metrics,
    log,
    adapter: nodes.adapter,
    streams: () => streams,
    isThere: (stream) => isThereForPhones(stream, isMall),
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

  async function deliver(patches: readonly Patch[], news: readonly News[] = []): Promise<void> {
    const messages: NodeMessage[] = [
      ...patches.map((patch) => ({ patch })),
      ...news.map((one) => ({ news: one })),
    ]
    if (messages.length === 0) return
    try {
      await nodes.relay.publish(messages.map((message) => JSON.stringify(message)))
      metrics.patches.inc({ result: 'published' }, messages.length)
    } catch (error) {
      metrics.patches.inc({ result: 'failed' }, messages.length)
      throw error
    }
  }

  function hear(text: string): void {
    const message = readNodeMessage(text)
    metrics.patches.inc({ result: message ? 'received' : 'unreadable' })
    if (!message) return
    if ('patch' in message) {
      streams.apply(message.patch)
      const forPhones = mallPatch(message.patch)
      if (forPhones) streams.apply(forPhones)
    } else for (const listener of listeners) listener(message.news)
  }

  return {
    async start(server) {
      await nodes.start(hear, () => {
        log.warn('patches of other nodes were missed; all streams are read again')
        streams.reload()
      })
      sockets.attach(server)
    },
    deliver,
    publish(patch) {
      deliver([patch]).catch((error: unknown) => {
        log.warn({ err: error }, 'a patch could not be given to the other nodes')
      })
    },
    provide(kind, first) {
      providers.set(kind, [...(providers.get(kind) ?? []), first])
      if (kind === 'floor') providers.set('mall', [...(providers.get('mall') ?? []), mallState(first)])
    },
    provideMalls(isPublished) {
      isMall = isPublished
    },
    onNews(listener) {
      listeners.push(listener)
    },
    onShopperEvent(name, schema, handler) {
      sockets.events.add('shopper', name, schema, handler)
    },
    endConnections: sockets.endConnections,
    forget(visitorId) {
      streams.drop(`visitor:${visitorId}`)
      sockets.endConnections({ kind: 'visitor', id: visitorId })
    },
    endAll: sockets.stop,
    async stop() {
      streams.stop()
      await sockets.close()
      nodes.stop()
    },
  }
}
