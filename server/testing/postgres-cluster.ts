import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

/** Where `npm test` says which PostgreSQL server the tests may use. */
export const testServerVariable = 'ATRIUM_TEST_DATABASE_URL'

/** The database with PostGIS that tests copy; nobody connects to it. */
export const templateDatabase = 'atrium_template'

const oldestMajor = 15
const startLimitMs = 60_000

/** A PostgreSQL server of its own, in a temporary folder, on a free port of the loopback. */
export interface PostgresCluster {
  /** Of the superuser, leading to the database `postgres`; {@link templateDatabase} is there as well. */
  readonly url: string
  /** Kills all of its processes at once, as a power cut would. */
  kill(): Promise<void>
  /** Starts it again on the same data and port. */
  restart(): Promise<void>
  /** Stops it and removes its folder. */
  stop(): Promise<void>
}

/**
 * Folder of the programs of the newest PostgreSQL on this machine that has PostGIS; undefined when there is
 * none. Looks where Debian and Ubuntu put them.
 */
export function findPostgres(): string | undefined {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return undefined
  const major = readdirSync(root)
    .map(Number)
    .filter((number) => number >= oldestMajor)
    .sort((a, b) => b - a)
    .find(
      (number) =>
        existsSync(`${root}/${number}/bin/initdb`) &&
        existsSync(`/usr/share/postgresql/${number}/extension/postgis.control`),
    )
  return major === undefined ? undefined : `${root}/${major}/bin`
}

/**
 * Starts a throwaway server; some 3 s. `programs` is what {@link findPostgres} gave. Unless it is to be
 * `durable` it does not wait for the disk: its data outlive a kill of its processes, not a power cut.
 */
export async function startPostgresCluster(programs: string, durable = false): Promise<PostgresCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'atrium-postgres-'))
  const owner = serverOwner()
  if (owner) chownSync(folder, owner.uid, owner.gid)
  const data = join(folder, 'data')
  const password = randomBytes(16).toString('hex')
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (owner) chownSync(passwordFile, owner.uid, owner.gid)
  execFileSync(
    join(programs, 'initdb'),
    // prettier-ignore
    ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', passwordFile,
      '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    { ...owner, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const port = await freePort()
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  let server: ChildProcess

  const start = async () => {
    // prettier-ignore
    const settings = [
      `port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'shared_buffers=64MB',
      'max_connections=100', 'timezone=UTC', 'lc_messages=C', 'deadlock_timeout=50ms',
      `fsync=${durable ? 'on' : 'off'}`,
    ]
    server = spawn(
      join(programs, 'postgres'),
      ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
      { ...owner, cwd: folder, stdio: 'ignore' },
    )
    await untilItAnswers(url, server)
  }
  const ended = async (signal: NodeJS.Signals) => {
    if (server.exitCode === null && server.signalCode === null) {
      const exit = once(server, 'exit')
      server.kill(signal)
      await exit
    }
  }

  await start()
  await withClient(url, async (client) => {
    await client.query(`CREATE DATABASE ${templateDatabase}`)
  })
  await withClient(databaseUrl(url, templateDatabase), async (client) => {
    await client.query('CREATE EXTENSION postgis')
  })
  return {
    url,
    restart: start,
    kill: () => ended('SIGKILL'),
    async stop() {
      // Fast shutdown: sessions are ended.
      await ended('SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The same server, another database. */
export function databaseUrl(url: string, database: string): string {
  return Object.assign(new URL(url), { pathname: `/${database}` }).href
}

/** Runs `work` with a connection that is closed afterwards. */
export async function withClient<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** PostgreSQL does not run as root; its package brings a user. Undefined: run as who we are. */
function serverOwner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const number = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: number('-u'), gid: number('-g') }
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

async function untilItAnswers(url: string, server: ChildProcess): Promise<void> {
  const giveUpAt = performance.now() + startLimitMs
  for (;;) {
    try {
      await withClient(url, (client) => client.query('SELECT 1'))
      return
    } catch (error) {
      if (server.exitCode !== null)
        throw new Error(`postgres ended with ${server.exitCode}`, { cause: error })
      if (performance.now() > giveUpAt) throw error
      await delay(50)
    }
  }
}
