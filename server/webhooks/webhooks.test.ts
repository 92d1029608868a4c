import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { tinyArchive } from '../../maps/testing/tiny-archive.ts'
import { webhooksContract as contract } from '../contract/webhooks.contract.ts'
import type { Database } from '../database/index.ts'
import { createJobs } from '../jobs/index.ts'
import { appendOutbox, createOutbox } from '../outbox/index.ts'
import type { OutboxEvent } from '../outbox/index.ts'
import { newUuid } from '../platform/ids.ts'
import { createLog } from '../platform/log.ts'
import { createMetricsRegistry } from '../platform/metrics.ts'
import { until } from '../testing/until.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { startTestServer } from '../testing/test-server.ts'
import { importVenue } from '../venues/index.ts'
import { changeWebhook, redeliver } from './change-webhook.command.ts'
import { createWebhook } from './create-webhook.command.ts'
import { wants } from './deliveries.ts'
import { createWebhooks } from './index.ts'
import { addressFault, isPublicAddress } from './public-address.ts'
import { sendMessage } from './send-message.ts'
import { webhookDeliveryEntity } from './webhook.entity.ts'
import type { WebhookDeliveryRow } from './webhook.entity.ts'
import { createWebhookSecrets, signMessage } from './webhook-secrets.ts'

const onDatabases = databaseTests({ entities, migrations })

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Somebody else's server: answers with the statuses given one after the other, then with the last. */
async function receiver(t: ExecutionContext, statuses: readonly number[]) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      const status = statuses[Math.min(received.length, statuses.length - 1)] ?? 200
      received.push({ headers: request.headers, body })
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('ignored')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/hook`, received }
}

/** Webhooks over a database with one venue, with short pauses between the tries. */
async function webhooksOf(t: ExecutionContext, database: Database, retryMs: readonly number[]) {
  const registry = createMetricsRegistry()
  const log = createLog({ level: 'silent' })
  const config = { redisUrl: undefined, webhookPrivateAddresses: 'allow' as const }
  const clock = () => Date.now()
  const imported = await importVenue(database, {
    ...{
      archive: tinyArchive(),
      problems: [],
      routes: [],
      source: 'tiny',
      publish: true,
      nowMs: clock(),
      newId: newUuid,
    },
  })
  if ('refused' in imported) throw new Error(imported.refused)
  const { venueId } = imported
  const jobs = createJobs({ database, config, log, registry })
  const outbox = createOutbox({
    ...{ database, clock, log, registry, jobs },
    realtime: { deliver: () => Promise.resolve(), onNews: () => undefined },
  })
  const tokenSecrets = [new Uint8Array(32).fill(7)] as const
  const webhooks = createWebhooks({
    ...{ database, config, clock, newId: newUuid, log, registry, tokenSecrets, jobs, outbox, retryMs },
  })
  await jobs.start()
  await outbox.start()
  t.teardown(async () => {
    await outbox.stop()
    await jobs.stop(1_000)
  })
  const parts = { database, secrets: createWebhookSecrets(tokenSecrets), privateAllowed: true }
  const occasion = () => ({ actor: 'system', nowMs: clock(), newId: newUuid })
  return {
    venueId,
    webhooks,
    occasion,
    async create(url: string, topics: readonly string[]) {
      const made = await createWebhook(parts, occasion(), { venueId, url, topics })
      if ('refused' in made) throw new Error(made.refused)
      return made
    },
    append: (payload: OutboxEvent['payload'], visitorId?: string) =>
      database.transaction((manager) =>
        appendOutbox(manager, occasion(), {
          ...{ venueId, topic: 'test.happened', payload },
          ...(visitorId === undefined ? {} : { visitorId }),
        }),
      ),
    deliveries: (): Promise<WebhookDeliveryRow[]> =>
      database.dataSource.manager.find(webhookDeliveryEntity, { order: { deliveryId: 'ASC' } }),
  }
}

function verifies(secret: string, { headers, body }: Received): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
}

onDatabases('sends a signed message once, and tries again until it is received', async (t, database) => {
  const { url, received } = await receiver(t, [500, 302, 204])
  const hooks = await webhooksOf(t, database, [20, 20, 20, 20])
  const { secret } = await hooks.create(url, ['test.*'])
  await hooks.create(url, ['other.*'])
  await hooks.append({ number: 7 }, newUuid())
  await until('it is delivered', async () => (await hooks.deliveries())[0]?.state === 'delivered')
  const [delivery, ...more] = await hooks.deliveries()
  t.deepEqual(more, [])
  t.like(delivery, { attempts: 3, status: 204, error: null })
  t.is(received.length, 3)
  for (const one of received) {
    t.true(verifies(secret, one))
    t.is(one.headers['webhook-id'], delivery?.eventId)
  }
  t.false(verifies(secret, { ...received[0]!, body: `${received[0]!.body} ` }))
  const body = JSON.parse(received[0]!.body) as object
  t.like(body, { type: 'test.happened', data: { venueId: hooks.venueId, number: 7 } })
  t.false(received[0]!.body.includes(delivery?.visitorId ?? '?'), 'the visitor is not named')
})

onDatabases('gives up in sight after the last try, and sends anew when asked', async (t, database) => {
  const { url, received } = await receiver(t, [500, 500, 500, 200])
  const hooks = await webhooksOf(t, database, [10, 10])
  const { webhook } = await hooks.create(url, ['*'])
  await hooks.append({ number: 1 })
  await until('it is dead', async () => (await hooks.deliveries())[0]?.state === 'dead')
  const [dead] = await hooks.deliveries()
  t.like(dead, { attempts: 3, status: 500, error: 'the receiver answered 500' })
  const { webhookId, venueId } = webhook
  const { deliveryId } = dead!
  await database.transaction((manager) =>
    redeliver(manager, hooks.occasion(), { venueId, webhookId, deliveryId }),
  )
  hooks.webhooks.hurry()
  await until('it is delivered', async () => (await hooks.deliveries())[0]?.state === 'delivered')
  t.is(received.length, 4)
})

onDatabases(
  'keeps messages while it is paused, and gives out and erases those about a visitor',
  async (t, database) => {
    const { url, received } = await receiver(t, [200])
    const hooks = await webhooksOf(t, database, [10])
    const { webhook } = await hooks.create(url, ['test.happened'])
    const { venueId, webhookId } = webhook
    const pause = (paused: boolean) =>
      database.transaction((manager) =>
        changeWebhook(manager, hooks.occasion(), { venueId, webhookId, change: { paused } }, true),
      )
    await pause(true)
    const visitorId = newUuid()
    await hooks.append({ number: 1 }, visitorId)
    await hooks.append({ number: 2 })
    await until('both are written', async () => (await hooks.deliveries()).length === 2)
    const { manager } = database.dataSource
    t.like(await hooks.webhooks.personalData.exportOf(manager, visitorId), [{ topic: 'test.happened' }])
    await hooks.webhooks.personalData.erase(manager, visitorId)
    t.deepEqual(await hooks.webhooks.personalData.exportOf(manager, visitorId), [])
    t.deepEqual(received, [])
    await pause(false)
    hooks.webhooks.hurry()
    await until('what is left is sent', () => received.length === 1)
    t.like(JSON.parse(received[0]!.body) as object, { data: { number: 2 } })
  },
)

onDatabases('lets operators set up, see, change and remove webhooks', async (t, database) => {
  const server = await startTestServer(t, database)
  const { venueId } = server
  const client = server.client(await server.tokenOf('operator'))
  const refused = await client.call(contract.createWebhook, {
    params: { venueId },
    body: { url: 'https://10.0.0.1/', topics: ['*'] },
  })
  t.like(refused, { ok: false, status: 422 })
  const made = await client.call(contract.createWebhook, {
    params: { venueId },
    body: { url: 'https://pos.example/hook', topics: ['offer.*'] },
  })
  t.is(made.status, 201)
  if (!made.ok) return
  const { webhook } = made.body
  const listed = await client.call(contract.listWebhooks, { params: { venueId } })
  t.deepEqual(listed, { ok: true, status: 200, body: [webhook] })
  t.false(JSON.stringify(listed).includes('whsec_'))
  const params = { venueId, webhookId: webhook.id }
  t.like(await client.call(contract.changeWebhook, { params, body: { paused: true } }), {
    body: { state: 'paused', pausedBecause: 'person' },
  })
  t.like(await client.call(contract.listDeliveries, { params, query: {} }), { ok: true, body: [] })
  const unknown = { ...params, deliveryId: newUuid() }
  t.like(await client.call(contract.redeliver, { params: unknown }), { ok: false, status: 404 })
  t.like(await client.call(contract.deleteWebhook, { params }), { status: 204 })
  t.like(await client.call(contract.listDeliveries, { params, query: {} }), { ok: false, status: 404 })
})

test('a topic is wanted by its name, its subject or all', (t) => {
  t.true(wants(['offer.redeemed'], 'offer.redeemed'))
  t.true(wants(['offer.*'], 'offer.redeemed'))
  t.true(wants(['*'], 'offer.redeemed'))
  t.false(wants(['offer.granted', 'offers.*'], 'offer.redeemed'))
})

test('signs as Standard Webhooks lays down', (t) => {
  // The example of the specification.
  const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
  t.is(
    signMessage(secret, {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      atS: 1614265330,
      body: '{"test": 2432232314}',
    })['webhook-signature'],
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  )
})

test('takes no address that is not of the public Internet', (t) => {
  const refused = [
    '127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0',
    '224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fc00::1', '::ffff:10.0.0.1', '64:ff9b::a00:1',
    '2002:a00:1::', 'not an address',
  ] // prettier-ignore
  for (const address of refused) t.false(isPublicAddress(address), address)
  for (const address of ['1.1.1.1', '172.32.0.1', '2606:4700:4700::1111'])
    t.true(isPublicAddress(address), address)
  const urls = [
    'http://pos.example/', 'https://127.0.0.1/', 'https://[::1]/', 'https://2130706433/', 'https://0x7f.1/',
    'https://user:pw@pos.example/', 'https://localhost/', 'https://db.internal/', 'ftp://pos.example', 'nonsense',
  ] // prettier-ignore
  for (const url of urls) t.truthy(addressFault(url, false), url)
  t.is(addressFault('https://pos.example/hook?a=1', false), undefined)
  t.is(addressFault('http://127.0.0.1:1/', true), undefined)
})

test('reaches no private address by way of a name', async (t) => {
  const { url, received } = await receiver(t, [200])
  const { port } = new URL(url)
  // The machine's own name leads to itself.
  const receipt = await sendMessage(`https://${hostname()}:${port}/`, { headers: {}, body: '{}' }, false)
  t.false(receipt.ok)
  t.false('status' in receipt)
  t.deepEqual(received, [])
})
