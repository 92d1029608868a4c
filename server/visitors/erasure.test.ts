import type { ExecutionContext } from 'ava'
import { tinyArchive } from '../../maps/testing/tiny-archive.ts'
import { beaconsContract, parkingContract, presenceContract } from '../contract/index.ts'
import { visitorsContract as contract } from '../contract/index.ts'
import type { Answer, Endpoint } from '../contract/index.ts'
import type { Database } from '../database/index.ts'
import { newUuid } from '../platform/ids.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { startTestServer } from '../testing/test-server.ts'
import { currentVersion } from './consent-texts.ts'
import { secondPassMs } from './erasures.ts'
import type { Purpose } from './purposes.ts'
import { startWeChatStandIn } from './testing/we-chat-stand-in.ts'

const onDatabases = databaseTests({ entities, migrations })
const [appId, appSecret] = ['wx0123456789abcdef', 'a-secret-only-of-the-tests']
const uuid = '30336d96-26e2-4f8d-b2bf-f039fef6495c'
const openid = 'openid-of-lin-0123456789'

function bodyOf<E extends Endpoint>(answer: Answer<E>) {
  if (!answer.ok) throw new Error(`${String(answer.status)} ${JSON.stringify(answer.problem)}`)
  return answer.body
}

interface Column {
  readonly table_schema: string
  readonly table_name: string
  readonly column_name: string
  readonly udt_name: string
  readonly is_nullable: 'YES' | 'NO'
  readonly column_default: string | null
}

/** Every column of every table, whoever made it: ours, those of jobs, those of subjects yet to come. */
async function columnsOf({ dataSource }: Database): Promise<readonly Column[]> {
  return dataSource.query(
    `SELECT c.table_schema, c.table_name, c.column_name, c.udt_name, c.is_nullable, c.column_default
     FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN ('pg_catalog', 'information_schema')
       AND c.table_name <> 'spatial_ref_sys'
     ORDER BY c.table_schema, c.table_name, c.ordinal_position`,
  )
}

function tablesOf(columns: readonly Column[]): string[] {
  return [...new Set(columns.map(({ table_schema: schema, table_name: name }) => `"${schema}"."${name}"`))]
}

/** Tables of which a row, all of its columns as text, holds one of the texts: as it is, or as bytes. */
async function tablesWith(database: Database, texts: readonly string[]): Promise<string[]> {
  const patterns = texts.flatMap((text) => {
    const bytes = Buffer.from(text).toString('hex')
    return [text, text.replaceAll('-', ''), bytes, Buffer.from(text).toString('base64').replaceAll('=', '')]
  })
  const found: string[] = []
  for (const table of tablesOf(await columnsOf(database))) {
    const rows: readonly unknown[] = await database.dataSource.query(
      `SELECT 1 FROM ${table} AS t
       WHERE EXISTS (SELECT FROM unnest($1::text[]) AS p WHERE strpos(lower(t::text), lower(p)) > 0) LIMIT 1`,
      [patterns],
    )
    if (rows.length > 0) found.push(table)
  }
  return found
}

/** A value for a column nobody filled; visitors' columns hold the visitor. */
function valueOf({ column_name: name, udt_name: type }: Column, visitorId: string, venueId: string): unknown {
  if (name.includes('visitor') || name === 'subject_id') return visitorId
  if (name === 'venue_id') return venueId
  if (type === 'uuid') return newUuid()
  if (type === 'timestamptz') return new Date()
  if (type === 'bool') return false
  if (type.startsWith('json')) return '{}'
  if (type === 'bytea') return Buffer.of(1)
  if (type.startsWith('_')) return '{}'
  if (/^(?:int|float|numeric)/.test(type)) return 1
  return `visitor:${visitorId}`.slice(0, name === 'caller' ? undefined : 4)
}

/**
 * A row about the visitor in every table that has a column for one and holds none yet: so the test reaches tables of
 * subjects it knows nothing of. Their checks and foreign keys are dropped for it; the database is the test's own.
 */
async function fillTheRest(database: Database, visitorId: string, venueId: string): Promise<string[]> {
  const columns = await columnsOf(database)
  const withVisitor = columns.filter(({ column_name: name }) => name.includes('visitor'))
  for (const table of tablesOf(withVisitor)) {
    const own = columns.filter((one) => `"${one.table_schema}"."${one.table_name}"` === table)
    const holder = own.find(({ column_name: name }) => name.includes('visitor'))!
    const known: readonly unknown[] = await database.dataSource.query(
      `SELECT 1 FROM ${table} WHERE "${holder.column_name}"::text LIKE '%' || $1`,
      [visitorId],
    )
    if (known.length > 0) continue
    const constraints: readonly { readonly conname: string }[] = await database.dataSource.query(
      `SELECT conname FROM pg_constraint WHERE conrelid = $1::regclass AND contype IN ('c', 'f')`,
      [table],
    )
    for (const { conname } of constraints) {
      await database.dataSource.query(`ALTER TABLE ${table} DROP CONSTRAINT "${conname}"`)
    }
    const filled = own.filter(
      ({ column_name: name, is_nullable: nullable, column_default: fallback }) =>
        name.includes('visitor') || (nullable === 'NO' && fallback === null),
    )
    await database.dataSource.query(
      `INSERT INTO ${table} (${filled.map(({ column_name: name }) => `"${name}"`).join(', ')})
       VALUES (${filled.map((_, at) => `$${String(at + 1)}`).join(', ')})`,
      filled.map((column) => valueOf(column, visitorId, venueId)),
    )
  }
  return tablesOf(withVisitor)
}

/** No value anywhere in it. */
function isEmpty(part: unknown): boolean {
  return part === null || (typeof part === 'object' && Object.values(part).every(isEmpty))
}

async function startFull(t: ExecutionContext, database: Database) {
  const weChat = await startWeChatStandIn({ appId, appSecret })
  t.teardown(() => weChat.stop())
  const server = await startTestServer(t, database, {
    WECHAT_APP_ID: appId,
    WECHAT_APP_SECRET: appSecret,
    WECHAT_API_URL: weChat.address,
  })
  return { ...server, weChat }
}

/** A shopper who signed in, agreed to everything, repeated a request, and was seen in the mall. */
async function shopperWithHistory(full: Awaited<ReturnType<typeof startFull>>) {
  const { client, venueId, weChat, server, tokenOf, ask, clock } = full
  const anonymous = bodyOf(await client().call(contract.createVisitor, {}))
  const say = (token: string, purpose: Purpose) =>
    ask(`/v1/me/consents/${purpose}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': `k-${purpose}`,
      },
      body: JSON.stringify({ granted: true, textVersion: currentVersion(purpose), way: 'mini-program' }),
    })
  for (const purpose of ['location', 'profile', 'marketing'] as const) await say(anonymous.token, purpose)
  const signIn = { code: weChat.codeOf(openid), joinHistory: true }
  const { session } = bodyOf(await client(anonymous.token).call(contract.signInWithWeChat, { body: signIn }))
  const operator = client(await tokenOf('operator'))
  const plate = { params: { venueId }, body: { plate: '浙A12345' } }
  bodyOf(await client(session.token).call(parkingContract.addMyPlate, plate))
  const levelId = tinyArchive().features.level[0]!.id
  for (const minor of [1, 2, 3]) {
    const body = {
      identity: { uuid, major: 1, minor },
      state: 'installed' as const,
      place: { levelId, x: 3 * minor, y: 5 },
    }
    bodyOf(await operator.call(beaconsContract.createBeacon, { params: { venueId }, body }))
  }
  await server.beacons.look()
  const sessionId = newUuid()
  for (let second = 0; second < 6; second++) {
    const sightings = [1, 2, 3].map((minor) => ({
      beacon: `${uuid}/1/${String(minor)}`,
      rssiDbm: -62 - 3 * minor,
      ageMs: 0,
    }))
    const fix = { levelId, x: 3, y: 5, radiusM: 3, levelProbability: 0.99, ageMs: 0 }
    const report = {
      ...{ batchId: newUuid(), sessionId, sequence: second, phoneMs: clock.nowMs, sightings, fix },
      appVersion: 'test',
    }
    bodyOf(
      await client(session.token).call(presenceContract.reportSightings, {
        params: { venueId },
        body: report,
      }),
    )
    clock.nowMs += 2000
  }
  return session
}

onDatabases('an erased visitor is in no table, no cache and no export', async (t, database) => {
  const full = await startFull(t, database)
  const { client, server, venueId, clock, lines } = full
  const { visitorId, token, refreshToken } = await shopperWithHistory(full)
  const { consents, personalData } = server.visitors
  t.true(await consents.has(visitorId, 'location'))
  t.truthy(server.presence.where(visitorId))
  const filled = await fillTheRest(database, visitorId, venueId)
  t.log(`tables with a column for a visitor: ${filled.join(', ')}`)
  const before = await tablesWith(database, [visitorId])
  for (const table of [...filled, '"public"."idempotency_key"']) {
    if (table !== '"public"."ended_visitor"' && table !== '"public"."visitor_erasure"') {
      t.true(before.includes(table), `${table} should hold the visitor before`)
    }
  }
  const kept = bodyOf(await client(token).call(contract.exportMe, {}))
  t.like(kept.parts.visitor, { weChatOpenid: openid })
  t.deepEqual(Object.keys(kept.parts).sort(), personalData.holders.map(({ name }) => name).sort())

  bodyOf(await client(token).call(contract.eraseMe, {}))
  t.deepEqual(await tablesWith(database, [visitorId, openid]), [])
  t.is((await client(token).call(contract.readConsents, {})).status, 401)
  t.is((await client().call(contract.refreshVisitor, { body: { refreshToken } })).status, 422)
  for (const purpose of ['location', 'profile', 'marketing'] as const) {
    t.false(await consents.has(visitorId, purpose))
  }
  t.is(server.presence.where(visitorId), undefined)
  const exported = await personalData.exportOf(database.dataSource.manager, visitorId)
  t.false(JSON.stringify(exported).includes(visitorId))
  for (const [name, part] of Object.entries(exported))
    t.true(isEmpty(part), `${name}: ${JSON.stringify(part)}`)
  const erasures: readonly unknown[] = await database.dataSource.query('SELECT * FROM visitor_erasure')
  t.is(erasures.length, 1)
  t.false(lines.some((line) => line.includes(visitorId) || line.includes(openid)))

  // A request that was under way on another node wrote after the erasure: the second pass takes it away.
  await database.dataSource.query('INSERT INTO visitor (visitor_id, created_at) VALUES ($1, now())', [
    visitorId,
  ])
  t.deepEqual(await tablesWith(database, [visitorId]), ['"public"."visitor"'])
  clock.nowMs += secondPassMs
  await server.visitors.look()
  t.deepEqual(await tablesWith(database, [visitorId]), [])
})

onDatabases('erasing twice, or while consents change, leaves nothing behind', async (t, database) => {
  const { client, server, clock } = await startFull(t, database)
  const { visitorId, token } = bodyOf(await client().call(contract.createVisitor, {}))
  const say = (granted: boolean) =>
    client(token).call(contract.changeConsent, {
      params: { purpose: 'location' },
      body: { granted, textVersion: currentVersion('location'), way: 'mini-program' },
    })
  bodyOf(await say(true))
  const answers = await Promise.all([
    ...Array.from({ length: 6 }, (_, i) => say(i % 2 === 0)),
    client(token).call(contract.eraseMe, {}),
    client(token).call(contract.eraseMe, {}),
    ...Array.from({ length: 6 }, (_, i) => say(i % 2 === 0)),
  ])
  t.deepEqual([...new Set(answers.map(({ status }) => status))].sort(), [200, 401])
  t.deepEqual(await tablesWith(database, [visitorId]), [])
  t.false(await server.visitors.consents.has(visitorId, 'location'))
  clock.nowMs += 40 * 24 * 3_600_000
  await server.visitors.look()
  bodyOf(await client().call(contract.createVisitor, {}))
})

onDatabases(
  'when erasing fails nothing is erased, and the token is good for another try',
  async (t, database) => {
    const { client, server } = await startFull(t, database)
    const { token, visitorId } = bodyOf(await client().call(contract.createVisitor, {}))
    bodyOf(
      await client(token).call(contract.changeConsent, {
        params: { purpose: 'location' },
        body: { granted: true, textVersion: currentVersion('location'), way: 'mini-program' },
      }),
    )
    let broken = true
    server.visitors.personalData.register({
      name: 'broken',
      exportOf: () => Promise.resolve(null),
      erase: () => (broken ? Promise.reject(new Error('away')) : Promise.resolve()),
    })
    t.is((await client(token).call(contract.eraseMe, {})).status, 500)
    t.true((await tablesWith(database, [visitorId])).includes('"public"."consent_entry"'))
    broken = false
    t.is((await client(token).call(contract.eraseMe, {})).status, 200)
    t.deepEqual(await tablesWith(database, [visitorId]), [])
  },
)
