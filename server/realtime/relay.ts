import type { Redis } from 'ioredis'
import type { Log } from '../platform/log.ts'

/**
 * Carries patches to all nodes, this one included, in one order for all: two nodes that took the same patches
 * in different orders would show different states for good.
 */
export interface Relay {
  /** Resolves when every node that runs will get the text; rejects when that cannot be said. */
  publish(texts: readonly string[]): Promise<void>
  /**
   * @param onText called for each text in order, for those of this node as well
   * @param onGap called when texts may have been missed
   */
  readonly start: (onText: (text: string) => void, onGap: () => void) => Promise<void>
  stop(): void
}

/** For one process alone. */
export function memoryRelay(): Relay {
  let deliver: (text: string) => void = () => undefined
  return {
    publish(texts) {
      for (const text of texts) deliver(text)
      return Promise.resolve()
    },
    start(onText) {
      deliver = onText
      return Promise.resolve()
    },
    stop() {
      deliver = () => undefined
    },
  }
}

const key = 'atrium:patches'
/** How long Redis keeps a patch: a node that was away for longer reads its streams anew. */
const keptMs = 60_000
const trimMs = 30_000
const readAtOnce = 500
/** Longest wait in one read; bounds how long a lost connection goes unnoticed. */
const blockMs = 2_000
const againMs = 500

/**
 * Over a Redis stream. Unlike publish and subscribe it gives all nodes one order, and a node whose connection
 * broke reads on where it was.
 * @param writer fails a command at once when the connection is away
 * @param reader a connection of its own, as reading blocks it
 */
export function redisRelay(options: {
  readonly writer: Redis
  readonly reader: Redis
  readonly log: Log
}): Relay {
  const { writer, reader, log } = options
  let stopped = false
  const hasStopped = () => stopped
  let trimming: NodeJS.Timeout | undefined

  async function read(from: string, onText: (text: string) => void, onGap: () => void): Promise<void> {
    let last = from
    let state: 'current' | 'behind' | 'broken' = 'current'
    while (!hasStopped()) {
      try {
        // Redis may have dropped what a node that is behind has not read.
        if (state !== 'current') last = await whereToReadOn(last, onGap)
        const results = await reader.xread('COUNT', readAtOnce, 'BLOCK', blockMs, 'STREAMS', key, last)
        const entries = results?.[0]?.[1] ?? []
        state = entries.length < readAtOnce ? 'current' : 'behind'
        for (const [id, [, text]] of entries) {
          last = id
          if (text !== undefined) onText(text)
        }
      } catch (error) {
        if (hasStopped()) return
        if (state !== 'broken') log.warn({ err: error }, 'patches of other nodes cannot be read from Redis')
        state = 'broken'
        await new Promise((resolve) => setTimeout(resolve, againMs))
      }
    }
  }

  /** A gap when Redis does not hold all that came since: it restarted empty, or kept too little. */
  async function whereToReadOn(last: string, onGap: () => void): Promise<string> {
    const [first] = await reader.xrange(key, '-', '+', 'COUNT', 1)
    const newest = await newestId()
    const lost = compareIds(newest, last) < 0 || (first !== undefined && compareIds(first[0], last) > 0)
    if (!lost) return last
    onGap()
    return newest
  }

  async function newestId(): Promise<string> {
    const [newest] = await reader.xrevrange(key, '+', '-', 'COUNT', 1)
    return newest?.[0] ?? '0-0'
  }

  return {
    async publish(texts) {
      const pipeline = writer.pipeline()
      for (const text of texts) pipeline.xadd(key, '*', 'p', text)
      const results = await pipeline.exec()
      const failed = results?.find(([error]) => error)?.[0]
      if (failed) throw failed
    },
    async start(onText, onGap) {
      const from = await newestId()
      void read(from, onText, onGap)
      trimming = setInterval(() => {
        // What patches say of people must not stay; every node sees to it, in case one is away.
        writer.xtrim(key, 'MINID', Date.now() - keptMs).catch(() => undefined)
      }, trimMs)
      trimming.unref()
    },
    stop() {
      stopped = true
      clearInterval(trimming)
      reader.disconnect()
    },
  }
}

/** Orders ids of a Redis stream, `milliseconds-number`. */
function compareIds(one: string, other: string): number {
  const [oneMs = '0', oneNumber = '0'] = one.split('-')
  const [otherMs = '0', otherNumber = '0'] = other.split('-')
  return Number(oneMs) - Number(otherMs) || Number(oneNumber) - Number(otherNumber)
}
