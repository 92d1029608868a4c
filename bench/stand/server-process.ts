import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A server in a process of its own: the product without its pages, on a database that is there. */
export interface ServerProcess {
  /** Stays the same over all of its lives. */
  readonly address: string
  /** Of the process as it lives now; undefined while it does not. */
  pid(): number | undefined
  /** `kill -9`. */
  kill(): Promise<void>
  /** Starts it again at the same address; resolves when it answers. */
  restart(): Promise<void>
  /** For good. */
  stop(): Promise<void>
}

/** How long a server may take until it answers: many malls, or a machine that has much else to do. */
const startLimitMs = 180_000

/**
 * @param env beside what a server of a bench needs: `DATABASE_URL`, `REDIS_URL`, `TEST_CLOCK`
 * @throws Error when it ends or does not answer in time
 */
export async function startServerProcess(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'atrium-server-'))
  let child: ChildProcess | undefined
  const kill = async () => {
    const process = child
    child = undefined
    if (process?.exitCode !== null || process.signalCode !== null) return
    const exit = once(process, 'exit')
    process.kill('SIGKILL')
    await exit
  }
  const start = async (port: string) => {
    child = forkServer({ ...env, PORT: port, ATRIUM_DATA_DIR: dataDir })
    return firstWord(child)
  }
  const address = await start('0')
  return {
    address,
    pid: () => child?.pid,
    kill,
    restart: async () => {
      await kill()
      await start(new URL(address).port)
    },
    async stop() {
      await kill()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function forkServer(env: Readonly<Record<string, string>>): ChildProcess {
  return fork(fileURLToPath(new URL('../../server/testing/run-node.ts', import.meta.url)), {
    execArgv: ['--import=tsx'],
    env: {
      ...process.env,
      ...{ NODE_ENV: 'test', HOST: '127.0.0.1', LOG_LEVEL: 'fatal', TOKEN_SECRET: '5a'.repeat(32) },
      ...{ RATE_LIMIT_ADDRESS: '1000000', RATE_LIMIT_IDENTITY: '100000' },
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

/** The address it tells when it is ready. */
async function firstWord(child: ChildProcess): Promise<string> {
  const ended = new AbortController()
  try {
    return await Promise.race([
      once(child, 'message', { signal: ended.signal }).then(([told]) =>
        String(Reflect.get(Object(told), 'address')),
      ),
      once(child, 'exit', { signal: ended.signal }).then(([code]) => {
        throw new Error(`The server ended with ${String(code)} before it was ready.`)
      }),
      once(AbortSignal.timeout(startLimitMs), 'abort', { signal: ended.signal }).then(() => {
        throw new Error('The server did not answer in time.')
      }),
    ])
  } finally {
    ended.abort()
  }
}
