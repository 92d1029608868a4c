import type { ExecutionContext } from 'ava'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tinyArchive } from '../../maps/testing/tiny-archive.ts'
import type { VenueId } from '../../maps/model/index.ts'
import { createClient } from '../contract/index.ts'
import type { AccountRole, Client, DeviceRole, ProblemDocument, Role } from '../contract/index.ts'
import type { Database } from '../database/index.ts'
import type { VenueScope } from '../identities/account.entity.ts'
import { createDevice } from '../identities/create-device.command.ts'
import { readConfig } from '../platform/config.ts'
import { newUuid } from '../platform/ids.ts'
import { createLog } from '../platform/log.ts'
import { startServer } from '../server.ts'
import type { RunningServer, ServerOptions } from '../server.ts'
import { importVenue } from '../venues/index.ts'
import { newAccount } from './accounts.ts'

/** A whole server on a free port, over a database of the test, with a clock the test moves. */
export interface TestServer {
  readonly server: RunningServer
  readonly address: string
  readonly database: Database
  /** Lines of the log. */
  readonly lines: readonly string[]
  /** A venue with a published map. */
  readonly venueId: VenueId
  readonly clock: { nowMs: number }
  readonly client: (token?: string) => Client
  readonly ask: (path: string, init?: RequestInit) => Promise<TestAnswer>
  /** A fresh token of somebody with this role, who may act everywhere the role can. */
  readonly tokenOf: (role: Role) => Promise<string>
  /** An account whose password nobody knows, and a session of it. */
  readonly account: (
    roles: readonly AccountRole[],
    venues?: VenueScope,
  ) => Promise<{ readonly id: string; readonly token: string }>
}

export interface TestAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: unknown
  /** Set when the answer is a problem document. */
  readonly problem: ProblemDocument | undefined
}

export const metricsToken = 'metrics-token-of-the-tests'

/** Starts the server over the database given; it stops by itself, and leaves the database open. */
export async function startTestServer(
  t: Pick<ExecutionContext, 'teardown'>,
  database: Database,
  env: Readonly<Record<string, string>> = {},
  more: Pick<ServerOptions, 'demoVenueId'> = {},
): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'atrium-server-'))
  const lines: string[] = []
  const config = readConfig({
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    ATRIUM_DATA_DIR: dataDir,
    METRICS_TOKEN: metricsToken,
    RATE_LIMIT_ADDRESS: '1000000',
    RATE_LIMIT_IDENTITY: '100000',
    SHUTDOWN_GRACE_MS: '2000',
    ...env,
  })
  if ('refused' in config) throw new Error(JSON.stringify(config.faults))
  const clock = { nowMs: Date.now() }
  const { venueId } = await publishTinyVenue(database, clock.nowMs)
  const server = await startServer({
    config,
    database: { ...database, close: () => Promise.resolve() },
    log: createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    clock: () => clock.nowMs,
    newId: newUuid,
    version: '0.0.0-test',
    ...more,
  })
  t.teardown(async () => {
    await server.stop()
    await rm(dataDir, { recursive: true })
  })
  const { address } = server
  const account = (roles: readonly AccountRole[], venues: VenueScope = 'all') =>
    newAccount(database, roles, { venues, nowMs: clock.nowMs })
  const client = (token?: string) => createClient({ baseUrl: address, fetch, token: () => token })
  return {
    server,
    address,
    database,
    lines,
    venueId,
    clock,
    client,
    account,
    ask: (path, init) => ask(address + path, init),
    async tokenOf(role) {
      switch (role) {
        case 'monitor':
          return metricsToken
        case 'shopper':
          return newVisitorToken(address)
        case 'kiosk':
        case 'system':
          return newDeviceToken(database, { venueId, role }, clock.nowMs)
        case 'operator':
        case 'staff':
        case 'installer':
          return (await account([role])).token
      }
    },
  }
}

async function publishTinyVenue(database: Database, nowMs: number): Promise<{ venueId: VenueId }> {
  const imported = await importVenue(database, {
    archive: tinyArchive(),
    problems: [],
    routes: [],
    source: 'tiny',
    publish: true,
    nowMs,
    newId: newUuid,
  })
  if ('refused' in imported) throw new Error(imported.refused)
  return imported
}

async function newVisitorToken(address: string): Promise<string> {
  const response = await fetch(`${address}/v1/visitors`, { method: 'POST' })
  const { token } = (await response.json()) as { token: string }
  return token
}

async function newDeviceToken(
  database: Database,
  device: { readonly venueId: VenueId; readonly role: DeviceRole },
  nowMs: number,
): Promise<string> {
  const occasion = { actor: 'system', nowMs, newId: newUuid }
  const made = await createDevice(database, occasion, { ...device, name: 'test' })
  if ('refused' in made) throw new Error(made.refused)
  return made.token
}

async function ask(url: string, init: RequestInit = {}): Promise<TestAnswer> {
  const response = await fetch(url, init)
  const text = await response.text()
  const type = response.headers.get('content-type') ?? ''
  const json: unknown = type.includes('json') && text !== '' ? JSON.parse(text) : undefined
  return {
    status: response.status,
    headers: response.headers,
    text,
    json,
    problem: type === 'application/problem+json' ? (json as ProblemDocument) : undefined,
  }
}
