import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'

/** A throwaway Redis on a free port of the loopback; keeps nothing on the disk. */
export interface RedisServer {
  readonly url: string
  /** Kills it at once, with all it held. */
  kill(): Promise<void>
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>
  stop(): Promise<void>
}

const startLimitMs = 20_000

/** The program on this machine; undefined when there is none. */
export function findRedis(): string | undefined {
  return ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'].find(
    (path) => existsSync(path),
  )
}

/** Starts a Redis; some 100 ms. `program` is what {@link findRedis} gave. */
export async function startRedis(program: string): Promise<RedisServer> {
  const port = await freePort()
  const url = `redis://127.0.0.1:${String(port)}`
  let server: ChildProcess | undefined
  const start = async () => {
    server = spawn(
      program,
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      {
        stdio: 'ignore',
      },
    )
    await untilItAnswers(url)
  }
  const kill = async () => {
    if (server?.exitCode !== null || server.signalCode !== null) return
    const exit = once(server, 'exit')
    server.kill('SIGKILL')
    await exit
  }
  await start()
  return { url, kill, restart: start, stop: kill }
}

async function untilItAnswers(url: string): Promise<void> {
  const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null })
  client.on('error', () => undefined)
  try {
    await Promise.race([
      client.ping(),
      delay(startLimitMs, undefined, { ref: false }).then(() => {
        throw new Error('Redis did not start.')
      }),
    ])
  } finally {
    client.disconnect()
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.')
  return address.port
}
