import { setTimeout as delay } from 'node:timers/promises'
import { createAdapter } from '@socket.io/redis-streams-adapter'
import { Redis } from 'ioredis'
import type { RedisOptions } from 'ioredis'
import type { Server } from 'socket.io'
import type { Log } from '../platform/log.ts'
import { memoryRelay, redisRelay } from './relay.ts'
import type { Relay } from './relay.ts'

type AdapterFactory = Parameters<Server['adapter']>[0]

/** What joins the nodes of one installation. */
export interface Nodes {
  readonly relay: Relay
  /** Carries Socket.IO's own commands (end these connections); `undefined` for one process. */
  readonly adapter: AdapterFactory | undefined
  /** @throws a sentence for the operator when Redis does not answer */
  readonly start: (...listeners: Parameters<Relay['start']>) => Promise<void>
  stop(): void
}

/** Longest wait for Redis at the start. */
const startMs = 10_000

/** Longest wait for one command that publishes. */
const commandMs = 2_000
/** Commands of Socket.IO that Redis keeps for a node that reads late. */
const commandsKept = 1_000
const readBlockMs = 1_000

/** Connects to the other nodes by way of Redis, or to nobody without a url. */
export function connectNodes(redisUrl: string | undefined, log: Log): Nodes {
  if (redisUrl === undefined) {
    const relay = memoryRelay()
    return {
      relay,
      adapter: undefined,
      start: relay.start,
      stop: () => {
        relay.stop()
      },
    }
  }
  const connect = (options: RedisOptions) => {
    const client = new Redis(redisUrl, {
      ...options,
      retryStrategy: (times) => Math.min(2_000, 50 * 2 ** times),
    })
    let away = false
    client.on('error', (error: unknown) => {
      if (!away) log.warn({ err: error }, 'the connection to Redis failed')
      away = true
    })
    client.on('ready', () => {
      if (away) log.info('the connection to Redis is back')
      away = false
    })
    return client
  }
  // Who publishes is told at once that Redis is away. Who reads has to know as well: a read that is sent again by
  // itself would go on behind what was lost.
  const writer = connect({ enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: commandMs })
  const reader = connect({ maxRetriesPerRequest: 0 })
  const commands = connect({ maxRetriesPerRequest: null })
  // The adapter reads on connections of its own and waits for Redis there, also when it is to stop.
  const readers: Redis[] = []
  const duplicate = commands.duplicate.bind(commands)
  commands.duplicate = (override) => {
    const made = duplicate(override)
    readers.push(made)
    return made
  }
  const relay = redisRelay({ writer, reader, log })
  return {
    relay,
    adapter: createAdapter(commands, {
      streamName: 'atrium:sockets',
      channelPrefix: 'atrium:sockets',
      maxLen: commandsKept,
      blockTimeInMs: readBlockMs,
      onlyPlaintext: true,
    }) as AdapterFactory,
    async start(...listeners) {
      const timer = new AbortController()
      const late = delay(startMs, undefined, { signal: timer.signal }).then(() => {
        throw new Error('no answer')
      })
      try {
        await Promise.race([relay.start(...listeners), late])
      } catch (error) {
        throw new Error(
          'Redis（REDIS_URL）没有回应。 Redis (REDIS_URL) does not answer: check the address and that it runs.',
          {
            cause: error,
          },
        )
      } finally {
        timer.abort()
        late.catch(() => undefined)
      }
    },
    stop() {
      relay.stop()
      writer.disconnect()
      for (const client of [commands, ...readers]) client.disconnect()
    },
  }
}
