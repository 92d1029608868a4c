import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import type { RequestOf } from '../../contract/endpoint.ts'
import { parkingContract } from '../../contract/parking.contract.ts'
import type { Database } from '../../database/index.ts'
import { newUuid } from '../../platform/ids.ts'
import { entities, migrations } from '../../schema.ts'
import { fixtureTests } from '../../testing/databases.ts'
import { startTestServer } from '../../testing/test-server.ts'
import type { TestServer } from '../../testing/test-server.ts'
import { createVisitorKeys } from '../../visitors/visitor-keys.ts'
import { startWeChatPayStandIn } from '../payment/testing/wechat-pay-stand-in.ts'
import type { SentNotice, WeChatPayStandIn } from '../payment/testing/wechat-pay-stand-in.ts'
import { createWeChatPay, numberOf } from '../payment/wechat/wechat-pay.ts'
import type { PaymentProvider } from '../payment/payment-port.ts'
import { tariffs } from '../tariff/testing/worked-cases.ts'

const tokenSecret = '11'.repeat(32)
const appId = 'wx0000000000000001'

/** A server with parking and a payment provider that answers as WeChat Pay does. */
export interface ParkingServer extends TestServer {
  readonly standIn: WeChatPayStandIn
  readonly provider: PaymentProvider
  /** Tokens of a barrier, a kiosk, an operator. */
  readonly tokens: { readonly system: string; readonly kiosk: string; readonly operator: string }
  /** A barrier tells of a car. */
  tell(event: Partial<RequestOf<typeof parkingContract.tellBarrier>['body']>): Promise<string | undefined>
  /** A shopper with an openid at WeChat, and the plates they named. */
  shopper(...plates: readonly string[]): Promise<{ readonly token: string; readonly visitorId: string }>
  /** Hands a notice to the server as WeChat does. */
  readonly notify: (notice: SentNotice) => Promise<number>
  /** A car that drove in so long ago, its owner, and a payment they have begun. */
  begunPayment(plate: string, minutesAgo?: number): Promise<BegunPayment>
}

export interface BegunPayment {
  readonly token: string
  readonly ticketId: string
  readonly paymentId: string
  /** The order's number at the provider. */
  readonly number: string
  readonly amountFen: number
}

/** A Friday noon in China, so that what a stay costs does not depend on when the test runs. */
const noonMs = Date.parse('2026-11-20T12:00:00+08:00')
const pricesSinceMs = Date.parse('2020-01-01')

/** Declares a test of parking on each engine. */
export type OnParking = (
  title: string,
  body: (t: ExecutionContext, server: ParkingServer) => Promise<void>,
) => void

/**
 * For a file of tests of parking: declares one on each engine. They share a server with the mall's tariff of the
 * worked cases, in force since the year 2020; each finds its parking empty and its clock at a Friday's noon.
 */
export function parkingTests(): OnParking {
  return fixtureTests(
    { entities, migrations },
    {
      start: startParkingServer,
      async renew({ clock, standIn }, { dataSource }) {
        clock.nowMs = noonMs
        standIn.forget()
        await emptyParking(dataSource)
        await dataSource.query('DELETE FROM parking_tariff WHERE created_at > $1', [new Date(pricesSinceMs)])
      },
    },
  )
}

/** Forgets every car, payment and word of parking, but not what it costs. */
export async function emptyParking(dataSource: Database['dataSource']): Promise<void> {
  const tables: readonly { readonly name: string }[] = await dataSource.query(
    `SELECT tablename AS name FROM pg_tables
     WHERE schemaname = 'public' AND tablename LIKE 'parking\\_%' AND tablename <> 'parking_tariff'`,
  )
  await dataSource.query(`TRUNCATE ${[...tables.map(({ name }) => name), 'audit_entry'].join(', ')}`)
  await dataSource.query(`DELETE FROM outbox_event WHERE topic LIKE 'parking.%'`)
}

async function startParkingServer(
  t: Pick<ExecutionContext, 'teardown'>,
  database: Database,
): Promise<ParkingServer> {
  const holder: { server?: TestServer } = {}
  const clock = {
    get nowMs() {
      return holder.server?.clock.nowMs ?? Date.now()
    },
  }
  const standIn = await startWeChatPayStandIn(clock)
  const dir = await mkdtemp(join(tmpdir(), 'atrium-pay-'))
  const { files } = standIn
  await writeFile(join(dir, 'key.pem'), files.keyPem)
  await writeFile(join(dir, 'platform.pem'), files.platformPem)
  t.teardown(async () => {
    await standIn.close()
    await rm(dir, { recursive: true })
  })
  const server = await startTestServer(t, database, {
    TOKEN_SECRET: tokenSecret,
    PUBLIC_URL: 'https://mall.example',
    WECHAT_APP_ID: appId,
    WECHAT_APP_SECRET: 'secret-of-the-tests',
    WECHAT_PAY_MERCHANT_ID: files.merchantId,
    WECHAT_PAY_SERIAL: files.serial,
    WECHAT_PAY_KEY_FILE: join(dir, 'key.pem'),
    WECHAT_PAY_PLATFORM_FILE: join(dir, 'platform.pem'),
    WECHAT_PAY_PLATFORM_ID: files.platformId,
    WECHAT_PAY_API_V3_KEY: files.apiV3Key,
    WECHAT_PAY_URL: standIn.baseUrl,
  })
  holder.server = server
  const { venueId, client, tokenOf } = server
  // Prices cannot be set for the past.
  server.clock.nowMs = pricesSinceMs
  const definition = { ...tariffs.mall, calendar: {} }
  const set = await client(await tokenOf('operator')).call(parkingContract.setTariff, {
    params: { venueId },
    body: { validFromMs: pricesSinceMs, definition: structuredClone(definition) as never },
  })
  if (!set.ok) throw new Error(JSON.stringify(set))
  server.clock.nowMs = noonMs
  const tokens = {
    system: await tokenOf('system'),
    kiosk: await tokenOf('kiosk'),
    operator: await tokenOf('operator'),
  }
  const tell: ParkingServer['tell'] = async (event) => {
    const body = {
      eventId: newUuid(),
      kind: 'entry',
      atMs: server.clock.nowMs,
      gate: 'north',
      ...event,
    } as const
    const told = await client(tokens.system).call(parkingContract.tellBarrier, { params: { venueId }, body })
    if (!told.ok) throw new Error(JSON.stringify(told))
    return told.body.ticketId
  }
  const shopper: ParkingServer['shopper'] = async (...plates) => {
    const token = await tokenOf('shopper')
    const visitorId = subjectOf(token)
    const keys = createVisitorKeys([Uint8Array.from(Buffer.from(tokenSecret, 'hex'))])
    await database.dataSource.query(
      `INSERT INTO visitor (visitor_id, openid_hash, openid_sealed, created_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (visitor_id) DO UPDATE SET openid_hash = $2, openid_sealed = $3`,
      [visitorId, keys.openidHashes(visitorId)[0], keys.seal(`o-${visitorId}`, visitorId), new Date()],
    )
    for (const plate of plates) {
      const added = await client(token).call(parkingContract.addMyPlate, {
        params: { venueId },
        body: { plate },
      })
      if (!added.ok) throw new Error(JSON.stringify(added))
    }
    return { token, visitorId }
  }
  return {
    ...server,
    ...{ standIn, tokens, tell, shopper },
    provider: createWeChatPay({
      ...{ keys: standIn.keys, appId, baseUrl: standIn.baseUrl, fetch },
      ...{ notifyUrl: 'https://mall.example/v1/payments/wechat/notices', clock: () => server.clock.nowMs },
    }),
    async notify({ headers, body }) {
      const { status } = await server.ask('/v1/payments/wechat/notices', {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body,
      })
      return status
    },
    async begunPayment(plate, minutesAgo = 90) {
      const ticketId = await tell({ plate, atMs: server.clock.nowMs - minutesAgo * 60_000 })
      const { token } = await shopper(plate)
      const quoted = await client(token).call(parkingContract.quote, {
        params: { venueId },
        body: { car: { ticketId: ticketId! } },
      })
      if (!quoted.ok || quoted.body.quoteId === undefined) throw new Error(JSON.stringify(quoted))
      const begun = await client(token).call(parkingContract.payQuote, {
        params: { venueId, quoteId: quoted.body.quoteId },
        body: { method: 'wechat' },
      })
      if (!begun.ok) throw new Error(JSON.stringify(begun))
      const { paymentId, amountFen } = begun.body
      return { token, ticketId: ticketId!, paymentId, amountFen, number: numberOf(paymentId) }
    },
  }
}

function subjectOf(token: string): string {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  return (JSON.parse(payload) as { sub: string }).sub
}
