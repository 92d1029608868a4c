import test from 'ava'
import { identitiesContract as contract, problemIdOf, visitorsContract } from '../contract/index.ts'
import type { Answer, Endpoint, ProblemId } from '../contract/index.ts'
import { venueId as parseVenueId } from '../contract/values.ts'
import { newUuid } from '../platform/ids.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { startTestServer } from '../testing/test-server.ts'
import { identityKeptMs, sessionIdleMs } from './authenticate.ts'
import { changeAccount } from './change-account.command.ts'
import { codeMs, renewFirstOperatorCode } from './first-operator.command.ts'
import { maxSessions, sessionMs } from './start-session.command.ts'

const onDatabases = databaseTests({ entities, migrations })
const password = 'correct horse battery'
const otherVenue = parseVenueId.parse('0193a1b2-0000-7000-8000-00000000beef')

function refusal(answer: Answer<Endpoint>): ProblemId | undefined {
  return answer.ok ? undefined : problemIdOf(answer.problem)
}

/** The body of an answer that has to be good. */
function bodyOf<E extends Endpoint>(answer: Answer<E>) {
  if (!answer.ok)
    throw new Error(`${String(answer.status)} ${answer.problem.type} ${answer.problem.detail ?? ''}`)
  return answer.body
}

onDatabases('the code of the first start makes one operator, once', async (t, database) => {
  const { server, client } = await startTestServer(t, database)
  const code = server.firstOperatorCode ?? ''
  t.regex(code, /^[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}$/)
  const wrong = { code: 'AAAA-AAAA-AAAA', username: 'lin', password }
  t.is(refusal(await client().call(contract.firstOperator, { body: wrong })), 'wrong-code')
  const weak = { code, username: 'lin', password: 'lin' }
  t.is(refusal(await client().call(contract.firstOperator, { body: weak })), 'weak-password')
  const typed = { code: code.toLowerCase().replaceAll('-', ' '), username: 'lin', password }
  const made = bodyOf(await client().call(contract.firstOperator, { body: typed }))
  t.like(made.account, { username: 'lin', roles: ['operator'], venues: 'all', disabled: false })
  t.is(bodyOf(await client(made.token).call(contract.whoAmI, {})).id, made.account.id)
  t.is(
    refusal(await client().call(contract.firstOperator, { body: { ...typed, username: 'wang' } })),
    'operator-exists',
  )
  t.is(await renewFirstOperatorCode(database, Date.now()), undefined)
})

onDatabases('two who use the code at once make one operator', async (t, database) => {
  const { server, client } = await startTestServer(t, database)
  const answers = await Promise.all(
    ['lin', 'wang', 'zhao'].map((username) =>
      client().call(contract.firstOperator, {
        body: { code: server.firstOperatorCode ?? '', username, password },
      }),
    ),
  )
  t.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409])
  t.is(await database.dataSource.manager.countBy('account', {}), 1)
})

onDatabases(
  'a code is void after ten wrong ones, after half an hour, and at the next start',
  async (t, database) => {
    const { server, client, clock } = await startTestServer(t, database)
    const use = async (code: string | undefined) =>
      refusal(
        await client().call(contract.firstOperator, {
          body: { code: code ?? '', username: 'lin', password: 'weak' },
        }),
      )
    const renewed = await renewFirstOperatorCode(database, clock.nowMs)
    t.is(await use(server.firstOperatorCode), 'wrong-code')
    t.is(await use(renewed), 'weak-password')
    for (let tries = 1; tries < 10; tries++) t.is(await use('AAAA-AAAA-AAAA'), 'wrong-code')
    t.is(await use(renewed), 'wrong-code')
    const late = await renewFirstOperatorCode(database, clock.nowMs)
    clock.nowMs += codeMs
    t.is(await use(late), 'wrong-code')
  },
)

onDatabases('signing in tells nobody whether a name exists', async (t, database) => {
  const { client, tokenOf } = await startTestServer(t, database)
  const operator = client(await tokenOf('operator'))
  const body = { username: 'Wang.Fang', password, roles: ['staff' as const], venues: 'all' as const }
  const { id } = bodyOf(await operator.call(contract.createAccount, { body }))
  const signIn = (username: string, typed: string) =>
    client().call(contract.signIn, { body: { username, password: typed } })
  const signedIn = bodyOf(await signIn('ＷＡＮＧ.fang', password))
  t.is(bodyOf(await client(signedIn.token).call(contract.whoAmI, {})).id, id)
  bodyOf(await operator.call(contract.changeAccount, { params: { accountId: id }, body: { disabled: true } }))
  const refused = [
    await signIn('wang.fang', password),
    await signIn('wang.fang', 'x'),
    await signIn('nobody', 'x'),
  ]
  const told = refused.map((answer) => (answer.ok ? answer : { ...answer.problem, instance: '' }))
  t.is(refusal(refused[0]!), 'wrong-credentials')
  t.deepEqual(told[1], told[0])
  t.deepEqual(told[2], told[0])
})

onDatabases('guessing gets slower, for names that exist and for those that do not', async (t, database) => {
  const { ask, client, clock, tokenOf } = await startTestServer(t, database)
  const operator = client(await tokenOf('operator'))
  const body = { username: 'wang', password, roles: ['staff' as const], venues: 'all' as const }
  bodyOf(await operator.call(contract.createAccount, { body }))
  const signIn = (username: string, typed: string) =>
    ask('/v1/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password: typed }),
    })
  for (const username of ['wang', 'nobody']) {
    const tries = await Promise.all(Array.from({ length: 8 }, () => signIn(username, 'guess')))
    t.deepEqual(tries.map(({ status }) => status).sort(), [422, 422, 422, 422, 422, 429, 429, 429], username)
  }
  const blocked = await signIn('wang', password)
  t.is(blocked.status, 429)
  t.is(blocked.headers.get('retry-after'), '1')
  clock.nowMs += 1000
  t.is((await signIn('wang', password)).status, 201)
})

onDatabases('strangers on the same network keep nobody from signing in', async (t, database) => {
  const { ask, client, tokenOf } = await startTestServer(t, database)
  const operator = client(await tokenOf('operator'))
  const body = { username: 'wang', password, roles: ['staff' as const], venues: 'all' as const }
  bodyOf(await operator.call(contract.createAccount, { body }))
  const signIn = (username: string, typed: string) =>
    client().call(contract.signIn, { body: { username, password: typed } })
  const changePassword = () => ask('/v1/me/password', { method: 'PUT' })
  const statuses = new Set<number>()
  // Not all at once: passwords beyond what can be hashed at a time are told to come again.
  for (let round = 0; round < 15; round++) {
    const names = Array.from({ length: 5 }, (_, at) => `stranger-${String(round)}-${String(at)}`)
    const tries = [...names.map((name) => signIn(name, 'guess')), changePassword(), changePassword()]
    for (const { status } of await Promise.all(tries)) statuses.add(status)
  }
  t.deepEqual(statuses, new Set([422, 401]))
  const { token } = bodyOf(await signIn('wang', password))
  const change = { current: password, password: 'staple correct horse' }
  t.is((await client(token).call(contract.changePassword, { body: change })).status, 204)
})

onDatabases('a session ends when it is ended, unused for long, or old', async (t, database) => {
  const { account, client, clock } = await startTestServer(t, database)
  const { id, token } = await account(['staff'])
  const other = await account(['staff'])
  const status = async (one: string) => (await client(one).call(contract.whoAmI, {})).status
  const sessions = bodyOf(await client(token).call(contract.listSessions, {}))
  t.like(sessions, [{ current: true, createdAtMs: clock.nowMs, expiresAtMs: clock.nowMs + sessionMs }])
  const end = (one: string, sessionId: string) =>
    client(one).call(contract.endSession, { params: { sessionId } })
  t.is(refusal(await end(other.token, sessions[0]!.id)), 'unknown-session')
  t.is(await status(token), 200)
  t.is((await end(token, 'current')).status, 204)
  t.is(await status(token), 401)
  t.is(await status(other.token), 200)
  clock.nowMs += sessionIdleMs - 1
  t.is(await status(other.token), 200)
  clock.nowMs += sessionIdleMs - 1
  t.is(await status(other.token), 200, 'use keeps it alive')
  clock.nowMs += sessionIdleMs
  t.is(await status(other.token), 401)
  const long = await account(['staff'])
  for (let usedMs = 0; usedMs < sessionMs; usedMs += sessionIdleMs / 2) {
    t.is(await status(long.token), 200)
    clock.nowMs += sessionIdleMs / 2
  }
  t.is(await status(long.token), 401)
  t.truthy(id)
})

onDatabases(
  'an account has a bounded number of sessions; the one longest unused makes room',
  async (t, database) => {
    const { client, clock, tokenOf } = await startTestServer(t, database)
    const operator = client(await tokenOf('operator'))
    const body = { username: 'wang', password, roles: ['staff' as const], venues: 'all' as const }
    bodyOf(await operator.call(contract.createAccount, { body }))
    const tokens: string[] = []
    for (let session = 0; session <= maxSessions; session++) {
      clock.nowMs += 1000
      tokens.push(
        bodyOf(await client().call(contract.signIn, { body: { username: 'wang', password } })).token,
      )
    }
    const statuses = await Promise.all(tokens.map((token) => client(token).call(contract.whoAmI, {})))
    t.deepEqual(
      statuses.map(({ status }) => status),
      [401, ...Array.from({ length: maxSessions }, () => 200)],
    )
  },
)

onDatabases('a token that is made up, cut or another kind opens nothing', async (t, database) => {
  const { client, tokenOf } = await startTestServer(t, database)
  const [session, kiosk] = await Promise.all([tokenOf('staff'), tokenOf('kiosk')])
  const made = [
    session.slice(0, -1),
    `${session}A`,
    session.toUpperCase(),
    session.replace('atr_s_', 'atr_k_'),
    kiosk.replace('atr_k_', 'atr_s_'),
    `atr_s_${'A'.repeat(43)}`,
    'x'.repeat(5000),
    'null',
  ]
  for (const token of made)
    t.is((await client(token).call(contract.whoAmI, {})).status, 401, token.slice(0, 60))
})

onDatabases('no token, password or code stands in the database as it was given', async (t, database) => {
  const { server, client, tokenOf, venueId } = await startTestServer(t, database)
  const code = server.firstOperatorCode ?? ''
  const stored = async () => {
    const tables = [
      'account',
      'account_session',
      'kiosk_device',
      'first_operator_code',
      'audit_entry',
      'idempotency_key',
    ]
    const rows = await Promise.all(tables.map((table) => database.dataSource.query(`SELECT * FROM ${table}`)))
    return JSON.stringify(rows)
  }
  t.false((await stored()).includes(code.replaceAll('-', '')))
  const made = bodyOf(
    await client().call(contract.firstOperator, { body: { code, username: 'lin', password } }),
  )
  const operator = client(made.token)
  const body = {
    username: 'wang',
    password: `${password} two`,
    roles: ['staff' as const],
    venues: 'all' as const,
  }
  await operator.call(contract.createAccount, { body }, { idempotencyKey: 'key-1' })
  const device = bodyOf(
    await operator.call(contract.createDevice, { params: { venueId }, body: { name: 'Lobby' } }),
  )
  const dump = await stored()
  for (const secret of [made.token, device.token, password, await tokenOf('shopper')]) {
    t.false(dump.includes(secret), secret)
  }
  t.true(dump.includes('key-1') && dump.includes('Lobby') && dump.includes('wang'))
})

onDatabases('changing a password ends the other sessions and the old password', async (t, database) => {
  const { client, tokenOf } = await startTestServer(t, database)
  const operator = client(await tokenOf('operator'))
  const body = { username: 'wang', password, roles: ['staff' as const], venues: 'all' as const }
  bodyOf(await operator.call(contract.createAccount, { body }))
  const signIn = async (typed: string) =>
    client().call(contract.signIn, { body: { username: 'wang', password: typed } })
  const [one, two] = [bodyOf(await signIn(password)).token, bodyOf(await signIn(password)).token]
  const change = (current: string, next: string) =>
    client(one).call(contract.changePassword, { body: { current, password: next } })
  t.is(refusal(await change('wrong', 'a new pass phrase')), 'wrong-credentials')
  t.is(refusal(await change(password, 'short')), 'weak-password')
  t.is((await change(password, 'a new pass phrase')).status, 204)
  t.is((await client(one).call(contract.whoAmI, {})).status, 200)
  t.is((await client(two).call(contract.whoAmI, {})).status, 401)
  t.is(refusal(await signIn(password)), 'wrong-credentials')
  t.is((await signIn('a new pass phrase')).status, 201)
})

onDatabases('an operator of some venues manages those and no more', async (t, database) => {
  const { account, client, venueId } = await startTestServer(t, database)
  const here = client((await account(['operator'], [venueId])).token)
  const body = { username: 'a1', password, roles: ['operator' as const] }
  for (const venues of ['all' as const, [venueId, otherVenue], [otherVenue]]) {
    t.is(refusal(await here.call(contract.createAccount, { body: { ...body, venues } })), 'forbidden')
  }
  const own = bodyOf(await here.call(contract.createAccount, { body: { ...body, venues: [venueId] } }))
  const everywhere = await account(['staff'])
  const change = (accountId: string, change_: object) =>
    here.call(contract.changeAccount, { params: { accountId }, body: change_ })
  t.is(refusal(await change(everywhere.id, { disabled: true })), 'unknown-account')
  t.is(refusal(await change(own.id, { venues: 'all' })), 'forbidden')
  t.is((await change(own.id, { roles: ['staff'] })).status, 200)
  const seen = bodyOf(await here.call(contract.listAccounts, {}))
  t.true(seen.some(({ id }) => id === own.id))
  t.false(seen.some(({ id }) => id === everywhere.id))
  const params = { venueId: otherVenue }
  t.is(refusal(await here.call(contract.listDevices, { params })), 'forbidden')
  t.is(refusal(await here.call(contract.createDevice, { params, body: { name: 'x' } })), 'forbidden')
})

onDatabases(
  'the last operator of all venues cannot be taken away, also not by two at once',
  async (t, database) => {
    const { account, client } = await startTestServer(t, database)
    const [one, two] = [await account(['operator']), await account(['operator'])]
    // Not over HTTP: there the first to succeed also ends the session of the second.
    const disable = ({ id: accountId }: { id: string }) =>
      database.transaction((manager) =>
        changeAccount(
          manager,
          { actor: 'system', nowMs: 0, newId: newUuid },
          { change: { accountId, disabled: true }, actor: { venues: 'all' } },
        ),
      )
    const outcomes = await Promise.all([disable(one), disable(two)])
    t.deepEqual(outcomes.map((outcome) => ('refused' in outcome ? outcome.refused : 'done')).sort(), [
      'done',
      'last-operator',
    ])
    const left = 'refused' in outcomes[0] ? one : two
    for (const change of [{ disabled: true }, { roles: ['staff' as const] }, { venues: [otherVenue] }]) {
      const answer = await client(left.token).call(contract.changeAccount, {
        params: { accountId: left.id },
        body: change,
      })
      t.is(refusal(answer), 'last-operator')
    }
  },
)

onDatabases('a change of rights holds at once', async (t, database) => {
  const { account, client, tokenOf } = await startTestServer(t, database)
  const operator = client(await tokenOf('operator'))
  const staff = await account(['staff'])
  t.is((await client(staff.token).call(contract.whoAmI, {})).status, 200)
  bodyOf(
    await operator.call(contract.changeAccount, {
      params: { accountId: staff.id },
      body: { disabled: true },
    }),
  )
  t.is((await client(staff.token).call(contract.whoAmI, {})).status, 401)
})

onDatabases('of many who want one name, one gets it', async (t, database) => {
  const { client, tokenOf } = await startTestServer(t, database)
  const operator = client(await tokenOf('operator'))
  const answers = await Promise.all(
    ['wang', 'Wang', 'ＷＡＮＧ', 'wanG'].map((username) =>
      operator.call(contract.createAccount, {
        body: { username, password, roles: ['staff'], venues: 'all' },
      }),
    ),
  )
  t.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409])
})

onDatabases('a kiosk’s token opens its venue until it is revoked', async (t, database) => {
  const { client, clock, tokenOf, venueId } = await startTestServer(t, database)
  const operator = client(await tokenOf('operator'))
  const params = { venueId }
  const made = bodyOf(await operator.call(contract.createDevice, { params, body: { name: ' Lobby ' } }))
  t.is(made.device.name, 'Lobby')
  const me = bodyOf(await client(made.token).call(contract.whoAmI, {}))
  t.deepEqual(me, { id: made.device.id, roles: ['kiosk'], venues: [venueId] })
  const listed = bodyOf(await operator.call(contract.listDevices, { params }))
  t.is(listed[0]?.lastSeenAtMs, clock.nowMs)
  t.false(JSON.stringify(listed).includes(made.token))
  clock.nowMs += identityKeptMs
  t.is((await client(made.token).call(contract.whoAmI, {})).status, 200)
  t.is(
    bodyOf(await operator.call(contract.listDevices, { params }))[0]?.lastSeenAtMs,
    clock.nowMs - identityKeptMs,
  )
  const revoke = () => operator.call(contract.revokeDevice, { params: { venueId, deviceId: made.device.id } })
  t.is((await revoke()).status, 204)
  t.is((await client(made.token).call(contract.whoAmI, {})).status, 401)
  t.is(refusal(await revoke()), 'unknown-device')
  const nowhere = { params: { venueId: otherVenue }, body: { name: 'x' } }
  t.is(refusal(await operator.call(contract.createDevice, nowhere)), 'unknown-venue')
})

onDatabases(
  'a shopper’s token is told without the database, renewed while it is good, and then over',
  async (t, database) => {
    let asked = 0
    const query = database.dataSource.query.bind(database.dataSource)
    // What looks at the database by itself, beside requests, asks for no account, session, kiosk or visitor.
    database.dataSource.query = (...args: Parameters<typeof query>) => {
      if (/account_session|kiosk_device|FROM visitor\b/.test(args[0])) asked++
      return query(...args)
    }
    t.teardown(() => (database.dataSource.query = query))
    const { client, clock } = await startTestServer(t, database)
    const first = bodyOf(await client().call(visitorsContract.createVisitor, {}))
    asked = 0
    const me = bodyOf(await client(first.token).call(contract.whoAmI, {}))
    t.deepEqual(me, { id: first.visitorId, roles: ['shopper'], venues: 'all' })
    clock.nowMs += 50 * 60_000
    const renewed = bodyOf(await client(first.token).call(visitorsContract.renewVisitor, {}))
    t.is(renewed.visitorId, first.visitorId)
    clock.nowMs += 20 * 60_000
    t.is((await client(first.token).call(contract.whoAmI, {})).status, 401)
    t.is((await client(renewed.token).call(contract.whoAmI, {})).status, 200)
    t.is(asked, 0)
  },
)

onDatabases(
  'every change has its entry with who, what, when and which request, and no secret',
  async (t, database) => {
    const { account, ask, client, clock, venueId } = await startTestServer(t, database)
    const operator = await account(['operator'])
    const headers = { authorization: `Bearer ${operator.token}`, 'content-type': 'application/json' }
    const created = await ask('/v1/accounts', {
      method: 'POST',
      headers: { ...headers, 'x-request-id': 'request-0001' },
      body: JSON.stringify({ username: 'wang', password, roles: ['staff'], venues: [venueId] }),
    })
    const { id } = created.json as { id: string }
    const by = client(operator.token)
    bodyOf(
      await by.call(contract.changeAccount, {
        params: { accountId: id },
        body: { password: `${password}!` },
      }),
    )
    const { device } = bodyOf(
      await by.call(contract.createDevice, { params: { venueId }, body: { name: 'Lobby' } }),
    )
    bodyOf(await by.call(contract.revokeDevice, { params: { venueId, deviceId: device.id } }))
    const entries = bodyOf(await by.call(contract.readAudit, { query: { limit: 4 } }))
    t.deepEqual(
      entries.map(({ action, subject, actor }) => [action, subject, actor]),
      [
        ['device.revoked', `device:${device.id}`, `account:${operator.id}`],
        ['device.created', `device:${device.id}`, `account:${operator.id}`],
        ['account.changed', `account:${id}`, `account:${operator.id}`],
        ['account.created', `account:${id}`, `account:${operator.id}`],
      ],
    )
    t.like(entries[3], {
      atMs: clock.nowMs,
      requestId: 'request-0001',
      facts: { roles: ['staff'], venues: [venueId] },
    })
    t.notRegex(JSON.stringify(entries), /wang|horse|argon/)
    const older = bodyOf(await by.call(contract.readAudit, { query: { before: entries[3]!.id } }))
    t.true(older.length > 0 && older.every(({ actor }) => actor === 'system'))
    const there = await account(['operator'], [otherVenue])
    t.deepEqual(bodyOf(await client(there.token).call(contract.readAudit, {})), [])
    const here = await account(['operator'], [venueId])
    t.deepEqual(
      bodyOf(await client(here.token).call(contract.readAudit, {}))
        .filter(({ actor }) => actor !== 'system')
        .map(({ action }) => action),
      ['device.revoked', 'device.created'],
    )
  },
)

onDatabases('a change that fails leaves neither itself nor its entry', async (t, database) => {
  const { client, tokenOf } = await startTestServer(t, database)
  const operator = client(await tokenOf('operator'))
  const count = () => database.dataSource.manager.countBy('audit_entry', {})
  const before = await count()
  const body = { username: 'wang', password: 'short', roles: ['staff' as const], venues: 'all' as const }
  t.is(refusal(await operator.call(contract.createAccount, { body })), 'weak-password')
  await database.dataSource.query('ALTER TABLE audit_entry RENAME TO audit_entry_away')
  try {
    t.is((await operator.call(contract.createAccount, { body: { ...body, password } })).status, 500)
  } finally {
    await database.dataSource.query('ALTER TABLE audit_entry_away RENAME TO audit_entry')
  }
  t.is(await count(), before)
  t.is(await database.dataSource.manager.countBy('account', { username: 'wang' }), 0)
})

onDatabases('the same key and request is carried out once and answered alike', async (t, database) => {
  const { client, tokenOf } = await startTestServer(t, database)
  const operator = client(await tokenOf('operator'))
  const body = { username: 'wang', password, roles: ['staff' as const], venues: 'all' as const }
  const create = (key: string, sent = body, by = operator) =>
    by.call(contract.createAccount, { body: sent }, { idempotencyKey: key })
  const first = await create('key-1')
  t.is(first.status, 201)
  t.deepEqual(await create('key-1'), first)
  const atOnce = await Promise.all(
    Array.from({ length: 5 }, () => create('key-2', { ...body, username: 'zhao' })),
  )
  t.deepEqual(new Set(atOnce.map((answer) => JSON.stringify(answer))).size, 1)
  t.is(atOnce[0]?.status, 201)
  t.is(refusal(await create('key-1', { ...body, password: `${password}!` })), 'idempotency-key-reused')
  t.is(refusal(await create('key-3')), 'username-taken')
  t.is((await create('key-3', { ...body, username: 'sun' })).status, 201, 'a refusal is not kept')
  const other = client(await tokenOf('operator'))
  t.is(refusal(await create('key-1', body, other)), 'username-taken', 'a key belongs to its caller')
  t.is(await database.dataSource.manager.countBy('account', { username: 'wang' }), 1)
  t.is(refusal(await create('a key with blanks')), 'invalid-request')
})

onDatabases('a key is forgotten after a day, and its row is cleared away', async (t, database) => {
  const { clock, client, account } = await startTestServer(t, database)
  const body = { username: 'wang', password, roles: ['staff' as const], venues: 'all' as const }
  const { id, token } = await account(['operator'])
  const create = async (by: string, key: string) =>
    client(by).call(contract.createAccount, { body }, { idempotencyKey: key })
  t.is((await create(token, 'key-1')).status, 201)
  clock.nowMs += 24 * 60 * 60 * 1000
  // The session of the day before is over by now.
  const again = await account(['operator'])
  await database.dataSource.query('UPDATE account_session SET account_id = $1 WHERE account_id = $2', [
    id,
    again.id,
  ])
  t.is(refusal(await create(again.token, 'key-1')), 'username-taken')
  t.is(await database.dataSource.manager.countBy('idempotency_key', {}), 0)
})

onDatabases('the log of all this names nobody and holds no secret', async (t, database) => {
  const { client, lines, server } = await startTestServer(t, database)
  const code = server.firstOperatorCode ?? ''
  const made = bodyOf(
    await client().call(contract.firstOperator, { body: { code, username: 'linmeili', password } }),
  )
  await client().call(contract.signIn, { body: { username: 'linmeili', password: 'not this one' } })
  await client(made.token).call(contract.whoAmI, {})
  await client(made.token).call(contract.listAccounts, { query: { after: 'linm' } })
  const log = lines.join('')
  t.true(lines.length >= 4)
  for (const secret of ['linm', password, 'not this one', made.token, code, '127.0.0.1', made.account.id]) {
    t.false(log.includes(secret), secret)
  }
})

test('ids made one after the other sort by time', (t) => {
  const ids = Array.from({ length: 1000 }, () => newUuid())
  t.deepEqual([...ids].sort(), ids)
})
