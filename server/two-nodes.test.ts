import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import type { VenueId } from '../maps/model/index.ts'
import { openDatabase } from './database/index.ts'
import { createDevice } from './identities/create-device.command.ts'
import { newUuid } from './platform/ids.ts'
import { connectClient } from './realtime/testing/live-harness.ts'
import { until } from './testing/until.ts'
import { entities, migrations } from './schema.ts'
import { serverPlace, testServerUrl } from './testing/database-places.ts'
import { findRedis, startRedis } from './testing/redis-server.ts'
import type { NodeOrder } from './testing/run-node.ts'
import { silentLog } from './testing/silent-log.ts'
import { startTestServer } from './testing/test-server.ts'

interface NodeProcess {
  readonly child: ChildProcess
  readonly address: string
  tell(order: NodeOrder): void
}

async function startNode(t: ExecutionContext, env: Readonly<Record<string, string>>): Promise<NodeProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'atrium-node-'))
  const child = fork(fileURLToPath(new URL('./testing/run-node.ts', import.meta.url)), {
    execArgv: ['--import=tsx'],
    env: {
      ...process.env,
      ...{ NODE_ENV: 'test', HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'warn', ATRIUM_DATA_DIR: dataDir },
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  t.teardown(async () => {
    child.kill('SIGKILL')
    await rm(dataDir, { recursive: true, force: true })
  })
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`The node ended with ${String(code)} before it was ready.`)
  })
  // It may die later, as the test wants it to.
  died.catch(() => undefined)
  const [{ address }] = (await Promise.race([once(child, 'message'), died])) as [{ readonly address: string }]
  return { child, address, tell: (order) => child.send(order) }
}

const possible = testServerUrl() !== undefined && findRedis() !== undefined
const declare = possible ? test.serial : test.serial.skip

declare('two processes on one database and one Redis are one server to their clients', async (t) => {
  const redis = await startRedis(findRedis()!)
  t.teardown(() => redis.stop())
  const place = await serverPlace()
  t.teardown(() => place.remove())
  const database = await openDatabase({ ...place.options, entities, migrations, log: silentLog })
  t.teardown(() => database.close())
  // Makes the venue; it stands beside the two and takes no part.
  const { venueId } = await startTestServer(t, database)
  const made = await createDevice(
    database,
    { actor: 'system', nowMs: Date.now(), newId: newUuid },
    { venueId, name: 'kiosk', role: 'kiosk' },
  )
  if ('refused' in made) throw new Error(made.refused)
  const env = {
    DATABASE_URL: place.options.url!,
    REDIS_URL: redis.url,
    TOKEN_SECRET: '5a'.repeat(32),
  }
  const [a, b] = await Promise.all([startNode(t, env), startNode(t, env)])
  const floor = `floor:${venueId}`

  // A shopper's token of A is good on B, and the other way round.
  const token = await visitorToken(a.address)
  const shopper = await connectClient(t, b.address, { namespace: 'shopper', token })
  const visitorId = subjectOf(token)
  const own = shopper.follow(`visitor:${visitorId}`)

  // A kiosk on B and one on A.
  const kioskOfB = await connectClient(t, b.address, { namespace: 'kiosk', token: made.token })
  const kioskOfA = await connectClient(t, a.address, { namespace: 'kiosk', token: made.token })
  const floors = [kioskOfA.follow(floor), kioskOfB.follow(floor)]
  await until('all know their streams', () => [own, ...floors].every((one) => one.known()))

  // What A commits reaches the clients of B.
  a.tell({ append: event(venueId, { campaigns: ['x'] }) })
  await until('the kiosk of B has it', () => floors[1]!.state().has('campaigns'))
  a.tell({ publish: { stream: `visitor:${visitorId}`, set: { 'offer:1': { state: 'held' } } } })
  await until('the shopper on B has it', () => own.state().has('offer:1'))

  // Counts of both nodes stand side by side and add up, for the clients of either.
  a.tell({ publish: { stream: floor, set: { 'count:a': 3 }, ttlMs: 60_000 } })
  b.tell({ publish: { stream: floor, set: { 'count:b': 4 }, ttlMs: 1_500 } })
  const sum = (at: number) =>
    [...floors[at]!.state()].reduce(
      (all, [key, value]) => all + (key.startsWith('count:') ? Number(value) : 0),
      0,
    )
  await until('the counts add up', () => sum(0) === 7 && sum(1) === 7)

  // A node that dies takes its counts with it, and nothing else.
  b.child.kill('SIGKILL')
  await until('the counts of B are gone', () => sum(0) === 3)
  a.tell({ append: event(venueId, { campaigns: ['x', 'y'] }) })
  await until('A goes on', () => JSON.stringify(floors[0]!.state().get('campaigns')) === '["x","y"]')
  const again = await startNode(t, env)
  const back = await connectClient(t, again.address, { namespace: 'kiosk', token: made.token })
  t.true(back.socket.connected)
})

function event(venueId: VenueId, payload: { readonly campaigns: readonly string[] }) {
  return { venueId, topic: 'test.floor', payload }
}

async function visitorToken(address: string): Promise<string> {
  const response = await fetch(`${address}/v1/visitors`, { method: 'POST' })
  return ((await response.json()) as { readonly token: string }).token
}

/** The id in a token, unchecked. */
function subjectOf(token: string): string {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  return (JSON.parse(payload) as { readonly sub: string }).sub
}
