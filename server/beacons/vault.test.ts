import test from 'ava'
import { beaconSecretsContract as contract, problemIdOf } from '../contract/index.ts'
import type { Answer, Endpoint } from '../contract/index.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { startTestServer } from '../testing/test-server.ts'
import { createSecretBox } from './vault/secret-box.ts'

const onDatabases = databaseTests({ entities, migrations })
const address = 'C8:FD:19:00:00:01'
const driverId = 'kkm-kbeacon'
const version = (n: number) => `00000000-0000-4000-8000-00000000000${String(n)}`

function bodyOf<E extends Endpoint>(answer: Answer<E>) {
  if (!answer.ok) throw new Error(JSON.stringify(answer.problem))
  return answer.body
}

onDatabases(
  'keeps old and new secrets of a beacon until one is proven, sealed, and tells who read them',
  async (t, database) => {
    const { client, account, tokenOf, venueId, clock, lines } = await startTestServer(t, database)
    const installer = await account(['installer'])
    const tool = client(installer.token)
    const params = { venueId, address }
    const keep = (n: number, secret: string) => {
      clock.nowMs += 1000
      const body = { driverId, secret }
      return tool.call(contract.keepBeaconSecret, { params: { ...params, versionId: version(n) }, body })
    }
    const prove = (n: number) =>
      tool.call(contract.proveBeaconSecret, { params: { ...params, versionId: version(n) } })
    const read = async () => bodyOf(await tool.call(contract.readBeaconSecrets, { params }))
    const states = async () => (await read()).map(({ secret, state }) => `${secret} ${state}`)
    t.deepEqual(await read(), [])
    bodyOf(await keep(1, 'first-of-all'))
    bodyOf(await keep(1, 'first-of-all'))
    const differs = await keep(1, 'another')
    t.is(differs.ok ? '' : problemIdOf(differs.problem), 'beacon-secret-differs')
    bodyOf(await prove(1))
    bodyOf(await keep(2, 'second-try'))
    bodyOf(await keep(3, 'third-try'))
    t.deepEqual(await states(), ['first-of-all proven', 'third-try new', 'second-try new'])
    bodyOf(await prove(3))
    bodyOf(await prove(3))
    t.deepEqual(await states(), ['third-try proven', 'second-try new', 'first-of-all old'])
    const unknown = await prove(9)
    t.is(unknown.ok ? '' : problemIdOf(unknown.problem), 'unknown-beacon-secret')
    const elsewhere = await tool.call(contract.readBeaconSecrets, {
      params: { venueId, address: 'C8:FD:19:00:00:02' },
    })
    t.deepEqual(bodyOf(elsewhere), [])
    const shopper = await client(await tokenOf('shopper')).call(contract.readBeaconSecrets, { params })
    t.false(shopper.ok)

    const rows: readonly { sealed: Uint8Array }[] = await database.dataSource.manager.query(
      'SELECT sealed FROM beacon_secret',
    )
    t.is(rows.length, 3)
    for (const { sealed } of rows) t.notRegex(Buffer.from(sealed).toString('latin1'), /first|second|third/)
    const audit: readonly { action: string; actor: string; facts: unknown }[] =
      await database.dataSource.manager.query(
        `SELECT action, actor, facts FROM audit_entry WHERE action LIKE 'beacon-secrets.%' ORDER BY at, entry_id`,
      )
    t.deepEqual(
      audit.map(({ action }) => action.replace('beacon-secrets.', '')),
      ['kept', 'proven', 'kept', 'kept', 'read', 'proven', 'read'],
    )
    t.true(audit.every(({ actor }) => actor === `account:${installer.id}`))
    for (const text of [JSON.stringify(audit), lines.join()])
      t.notRegex(text, /first-of-all|second-try|third-try/)
  },
)

onDatabases('refuses a beacon more secrets than anybody would make', async (t, database) => {
  const { client, account, venueId } = await startTestServer(t, database)
  const tool = client((await account(['installer'])).token)
  const keep = (n: number) =>
    tool.call(contract.keepBeaconSecret, {
      params: { venueId, address, versionId: version(n) },
      body: { driverId, secret: 'a secret' },
    })
  bodyOf(await keep(1))
  await database.dataSource.manager.query(
    `INSERT INTO beacon_secret SELECT venue_id, address, gen_random_uuid(), driver_id, 'old', key_id, sealed, created_at,
       created_by, proven_at FROM beacon_secret, generate_series(1, 98)`,
  )
  bodyOf(await keep(2))
  const refused = await keep(3)
  t.is(refused.ok ? '' : problemIdOf(refused.problem), 'too-many-beacon-secrets')
})

test('opens what an older key sealed, for its owner alone, and says which key is missing', (t) => {
  const key = (byte: number) => new Uint8Array(32).fill(byte)
  const token = [key(9)] as const
  const old = createSecretBox([key(1)], token).seal('secret', 'a')
  const box = createSecretBox([key(2), key(1)], token)
  t.is(box.open(old, 'a'), 'secret')
  t.not(box.seal('secret', 'a').keyId, old.keyId)
  t.throws(() => box.open(old, 'b'))
  t.throws(() => createSecretBox([key(2)], token).open(old, 'a'), { message: new RegExp(old.keyId) })
  const byToken = createSecretBox([], token).seal('secret', 'a')
  t.is(createSecretBox([key(3)], [key(8), key(9)]).open(byToken, 'a'), 'secret')
})
