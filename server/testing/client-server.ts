import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoMall } from '../../maps/demo/index.ts'
import type { Archive, VenueId } from '../../maps/model/index.ts'
import { registerArchiveBeacons } from '../beacons/index.ts'
import { createClient } from '../contract/index.ts'
import type { Client } from '../contract/index.ts'
import { openDatabase } from '../database/index.ts'
import type { Database } from '../database/index.ts'
import { accountEntity } from '../identities/account.entity.ts'
import { startSession } from '../identities/start-session.command.ts'
import { systemClock } from '../platform/clock.ts'
import type { Clock } from '../platform/clock.ts'
import { readConfig } from '../platform/config.ts'
import { newUuid } from '../platform/ids.ts'
import { createLog } from '../platform/log.ts'
import { entities, migrations } from '../schema.ts'
import { startServer } from '../server.ts'
import type { RunningServer } from '../server.ts'
import { importVenue } from '../venues/index.ts'
import { startWeChatStandIn } from '../visitors/testing/we-chat-stand-in.ts'
import { embeddedPlace, serverPlace, testServerUrl } from './database-places.ts'

const weChatAccount = { appId: 'wx0123456789abcdef', appSecret: 'a-secret-only-of-the-tests' }

/** A whole server with a published mall and built pages, as a browser meets it. */
export interface ClientServer {
  readonly address: string
  readonly venueId: VenueId
  readonly database: Database
  /** Of its database; undefined while that is embedded. */
  readonly databaseUrl: string | undefined
  /** The running server, for what a test does beside the API; changes with `start`. */
  readonly server: () => RunningServer
  /** Calls it as an operator of all venues. */
  readonly operator: Client
  /** Token of that operator. */
  readonly operatorToken: string
  /** Stops to answer, as if the machine were dead; the data stay. */
  kill(): Promise<void>
  /** Comes back under the same address. @param env settings it has from now on beside those it had */
  start(env?: Readonly<Record<string, string>>): Promise<void>
  /** For good. */
  end(): Promise<void>
}

/**
 * Starts the server on a free port. Unlike `startTestServer` it can be killed and
 * come back under its address, which a page that lives through that needs.
 *
 * @param options.pagesDir folder of the built clients
 * @param options.archive the mall; the demo mall unless given
 * @param options.hasBeacons whether the beacons of the archive are registered, for clients that hear them
 * @param options.hasWeChat whether shoppers can sign in, at a stand-in for WeChat
 * @param options.clock the machine's unless given
 */
export async function startClientServer(options: {
  readonly pagesDir: string
  readonly archive?: Archive
  readonly hasBeacons?: boolean
  readonly hasWeChat?: boolean
  readonly clock?: Clock
  readonly env?: Readonly<Record<string, string>>
}): Promise<ClientServer> {
  const {
    pagesDir,
    archive = demoMall(),
    hasBeacons = false,
    hasWeChat = false,
    clock = systemClock,
    env = {},
  } = options
  const place = testServerUrl() ? await serverPlace() : embeddedPlace()
  const dataDir = await mkdtemp(join(tmpdir(), 'atrium-client-'))
  const log = createLog({ level: 'error', destination: { write: () => undefined } })
  const opened = await openDatabase({ ...place.options, entities, migrations, log })
  const database: Database = { ...opened, close: () => Promise.resolve() }
  const venueId = await publish(database, archive, clock())
  if (hasBeacons) {
    const occasion = { actor: 'system', nowMs: clock(), newId: newUuid }
    await registerArchiveBeacons(database, occasion, { venueId, archive })
  }
  const token = await newOperator(database, clock())
  const weChat = hasWeChat ? await startWeChatStandIn(weChatAccount) : undefined
  let server = await listenOn('0')
  const { address } = server
  const { port } = new URL(address)

  async function listenOn(chosen: string, more = {}): Promise<RunningServer> {
    const config = readConfig({
      NODE_ENV: 'test',
      HOST: '127.0.0.1',
      PORT: chosen,
      ATRIUM_DATA_DIR: dataDir,
      RATE_LIMIT_ADDRESS: '1000000',
      RATE_LIMIT_IDENTITY: '100000',
      SHUTDOWN_GRACE_MS: '300',
      ...(weChat && {
        WECHAT_APP_ID: weChatAccount.appId,
        WECHAT_APP_SECRET: weChatAccount.appSecret,
        WECHAT_API_URL: weChat.address,
      }),
      ...env,
      ...more,
    })
    if ('refused' in config) throw new Error(JSON.stringify(config.faults))
    return startServer({
      ...{ config, database, log, pagesDir, clock },
      newId: newUuid,
      version: '0.0.0-test',
    })
  }

  return {
    ...{ address, venueId, database },
    databaseUrl: place.options.url,
    server: () => server,
    operator: createClient({ baseUrl: address, fetch, token: () => token }),
    operatorToken: token,
    kill: () => server.stop(),
    async start(more) {
      server = await listenOn(port, more)
    },
    async end() {
      await server.stop()
      await weChat?.stop()
      await opened.close()
      await place.remove()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function publish(database: Database, archive: Archive, nowMs: number): Promise<VenueId> {
  const imported = await importVenue(database, {
    archive,
    problems: [],
    routes: [],
    source: 'test',
    publish: true,
    nowMs,
    newId: newUuid,
  })
  if ('refused' in imported) throw new Error(imported.refused)
  return imported.venueId
}

async function newOperator(database: Database, nowMs: number): Promise<string> {
  const accountId = newUuid()
  const occasion = { actor: 'system', nowMs, newId: newUuid }
  return database.transaction(async (manager) => {
    await manager.insert(accountEntity, {
      accountId,
      username: accountId,
      usernameKey: accountId,
      passwordHash: 'nobody knows it',
      roles: ['operator'],
      venues: 'all',
      disabled: false,
      createdAt: new Date(),
    })
    return (await startSession(manager, occasion, accountId)).token
  })
}
