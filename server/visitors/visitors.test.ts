import type { ExecutionContext } from 'ava'
import { identitiesContract, problemIdOf, visitorsContract as contract } from '../contract/index.ts'
import type { Answer, Endpoint, ProblemId } from '../contract/index.ts'
import type { Database } from '../database/index.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { startTestServer } from '../testing/test-server.ts'
import { consentTexts, currentVersion } from './consent-texts.ts'
import type { Purpose } from './purposes.ts'
import { startWeChatStandIn } from './testing/we-chat-stand-in.ts'

const onDatabases = databaseTests({ entities, migrations })
const [appId, appSecret] = ['wx0123456789abcdef', 'a-secret-only-of-the-tests']

/** A server that signs in at a stand-in for WeChat. */
async function startWithWeChat(t: ExecutionContext, database: Database) {
  const weChat = await startWeChatStandIn({ appId, appSecret })
  t.teardown(() => weChat.stop())
  const server = await startTestServer(t, database, {
    WECHAT_APP_ID: appId,
    WECHAT_APP_SECRET: appSecret,
    WECHAT_API_URL: weChat.address,
  })
  const { client } = server
  const anonymous = async () => bodyOf(await client().call(contract.createVisitor, {}))
  const say = (token: string, purpose: Purpose, granted: boolean) =>
    client(token).call(contract.changeConsent, {
      params: { purpose },
      body: { granted, way: 'mini-program', ...(granted ? { textVersion: currentVersion(purpose) } : {}) },
    })
  const signIn = (token: string, openid: string, joinHistory = false) =>
    client(token).call(contract.signInWithWeChat, { body: { code: weChat.codeOf(openid), joinHistory } })
  const grants = async (token: string) =>
    bodyOf(await client(token).call(contract.readConsents, {}))
      .filter(({ granted }) => granted)
      .map(({ purpose }) => purpose)
  return { ...server, weChat, anonymous, say, signIn, grants }
}

function refusal(answer: Answer<Endpoint>): ProblemId | undefined {
  return answer.ok ? undefined : problemIdOf(answer.problem)
}

function bodyOf<E extends Endpoint>(answer: Answer<E>) {
  if (!answer.ok) throw new Error(`${String(answer.status)} ${answer.problem.type}`)
  return answer.body
}

async function rowsOf({ dataSource }: Database, table: string): Promise<number> {
  const rows: readonly { n: number }[] = await dataSource.query(`SELECT count(*)::int AS n FROM ${table}`)
  return rows[0]!.n
}

onDatabases('stores nothing of an anonymous visitor who says nothing', async (t, database) => {
  const { anonymous, client } = await startWithWeChat(t, database)
  const { token } = await anonymous()
  bodyOf(await client(token).call(contract.readConsents, {}))
  t.is(await rowsOf(database, 'visitor'), 0)
  t.deepEqual(bodyOf(await client(token).call(contract.exportMe, {})).parts.visitor, null)
})

onDatabases('a phone that was put away finds its visitor again for thirty days', async (t, database) => {
  const { anonymous, client, clock } = await startWithWeChat(t, database)
  const first = await anonymous()
  const refresh = (refreshToken: string) => client().call(contract.refreshVisitor, { body: { refreshToken } })
  clock.nowMs += 29 * 24 * 3_600_000
  t.is((await client(first.token).call(contract.readConsents, {})).status, 401)
  const again = bodyOf(await refresh(first.refreshToken))
  t.is(again.visitorId, first.visitorId)
  t.is((await client(again.token).call(contract.readConsents, {})).status, 200)
  t.is((await client(first.refreshToken).call(contract.readConsents, {})).status, 401)
  t.is(refusal(await refresh(again.token)), 'unknown-refresh-token')
  clock.nowMs += 2 * 24 * 3_600_000
  t.is(refusal(await refresh(first.refreshToken)), 'unknown-refresh-token')
})

onDatabases(
  'keeps consents apart, with date, version and way, and never rewrites one',
  async (t, database) => {
    const { anonymous, say, grants, client, clock } = await startWithWeChat(t, database)
    const { token } = await anonymous()
    t.deepEqual(await grants(token), [])
    const atMs = clock.nowMs
    const location = bodyOf(await say(token, 'location', true))
    t.deepEqual(location, {
      purpose: 'location',
      granted: true,
      textVersion: currentVersion('location'),
      atMs,
      current: true,
    })
    clock.nowMs += 1000
    bodyOf(await say(token, 'marketing', true))
    t.deepEqual(await grants(token), ['location', 'marketing'])
    t.deepEqual(bodyOf(await say(token, 'location', true)), location)
    clock.nowMs += 1000
    bodyOf(await say(token, 'location', false))
    t.deepEqual(await grants(token), ['marketing'])
    const { parts } = bodyOf(await client(token).call(contract.exportMe, {}))
    const { consents } = parts.visitor as { consents: { purpose: string; granted: boolean; at: string }[] }
    t.deepEqual(
      consents.map(({ purpose, granted, at }) => [purpose, granted, Date.parse(at) - atMs]),
      [
        ['location', true, 0],
        ['marketing', true, 1000],
        ['location', false, 2000],
      ],
    )
  },
)

onDatabases(
  'refuses a consent to a text that is not the one in force, and changes nothing',
  async (t, database) => {
    const { anonymous, client } = await startWithWeChat(t, database)
    const { token } = await anonymous()
    const texts = bodyOf(await client().call(contract.listConsentTexts, {}))
    t.deepEqual(texts, [...consentTexts])
    const outdated = { granted: true, textVersion: 'location-0', way: 'mini-program' as const }
    const params = { purpose: 'location' as const }
    const answer = await client(token).call(contract.changeConsent, { params, body: outdated })
    t.is(refusal(answer), 'outdated-text')
    const unread = await client(token).call(contract.changeConsent, {
      params,
      body: { granted: true, way: 'mini-program' },
    })
    t.is(refusal(unread), 'invalid-request')
    t.is(await rowsOf(database, 'consent_entry'), 0)
  },
)

onDatabases('the same consent sent again under its key is said once', async (t, database) => {
  const { anonymous, ask } = await startWithWeChat(t, database)
  const { token } = await anonymous()
  const put = (granted: boolean, key: string) =>
    ask('/v1/me/consents/location', {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ granted, textVersion: currentVersion('location'), way: 'mini-program' }),
    })
  const first = await put(true, 'a')
  t.is((await put(false, 'b')).status, 200)
  // Late on a bad network: it was answered already, and does not undo what was said since.
  t.deepEqual((await put(true, 'a')).json, first.json)
  t.is(await rowsOf(database, 'consent_entry'), 2)
})

onDatabases(
  'twenty changes at once leave a ledger without gaps, and memory agrees with it',
  async (t, database) => {
    const { anonymous, say, grants, server } = await startWithWeChat(t, database)
    const { token, visitorId } = await anonymous()
    await server.visitors.consents.has(visitorId, 'location')
    await Promise.all(Array.from({ length: 20 }, (_, i) => say(token, 'location', i % 2 === 0)))
    const rows: readonly { seq: number; granted: boolean }[] = await database.dataSource.query(
      'SELECT seq, granted FROM consent_entry ORDER BY seq',
    )
    t.deepEqual(
      rows.map(({ seq }) => seq),
      rows.map((_, i) => i + 1),
    )
    const last = rows.at(-1)!.granted
    t.is(await server.visitors.consents.has(visitorId, 'location'), last)
    t.deepEqual(await grants(token), last ? ['location'] : [])
  },
)

onDatabases('a withdrawal reaches memory and its listeners before the answer is out', async (t, database) => {
  const { anonymous, say, server } = await startWithWeChat(t, database)
  const { token, visitorId } = await anonymous()
  const { consents } = server.visitors
  const heard: [Purpose, boolean][] = []
  consents.onChange((change) => heard.push([change.purpose, change.granted]))
  t.is(await consents.has(visitorId, 'location'), false)
  await say(token, 'location', true)
  t.is(consents.has(visitorId, 'location'), true)
  await say(token, 'location', false)
  t.is(consents.has(visitorId, 'location'), false)
  t.deepEqual(heard, [
    ['location', true],
    ['location', false],
  ])
})

onDatabases('what is said and erased on one node holds on the other', async (t, database) => {
  const one = await startWithWeChat(t, database)
  const other = await startTestServer(t, database)
  const { visitorId, token } = await one.anonymous()
  const { consents } = other.server.visitors
  const heard: boolean[] = []
  consents.onChange(({ granted }) => heard.push(granted))
  t.is(await consents.has(visitorId, 'location'), false)
  await one.say(token, 'location', true)
  await other.server.visitors.look()
  t.is(consents.has(visitorId, 'location'), true)
  await one.say(token, 'location', false)
  await other.server.visitors.look()
  await other.server.visitors.look()
  t.is(consents.has(visitorId, 'location'), false)
  t.deepEqual(heard, [true, false])
})

onDatabases('WeChat’s word makes one account, whoever signs in at once', async (t, database) => {
  const { anonymous, signIn, client } = await startWithWeChat(t, database)
  const phones = await Promise.all([anonymous(), anonymous(), anonymous()])
  const answers = await Promise.all(phones.map(({ token }) => signIn(token, 'openid-of-lin')))
  const bodies = answers.map(bodyOf)
  t.is(new Set(bodies.map(({ session }) => session.visitorId)).size, 1)
  t.deepEqual(bodies.map(({ account }) => account).sort(), ['known', 'known', 'new'])
  t.is(await rowsOf(database, 'visitor'), 1)
  const me = bodyOf(await client(bodies[0]!.session.token).call(identitiesContract.whoAmI, {}))
  t.is(me.id, bodies[0]!.session.visitorId)
})

onDatabases('an anonymous history joins the account with consent, and not without', async (t, database) => {
  const { anonymous, signIn, say, grants, client } = await startWithWeChat(t, database)
  const first = await anonymous()
  bodyOf(await say(first.token, 'location', true))
  t.is(refusal(await signIn(first.token, 'lin', true)), 'consent-needed')
  const apart = bodyOf(await signIn(first.token, 'lin'))
  t.false(apart.joined)
  t.not(apart.session.visitorId, first.visitorId)
  t.deepEqual(await grants(apart.session.token), [])
  t.deepEqual(await grants(first.token), ['location'])

  bodyOf(await say(first.token, 'profile', true))
  const joined = bodyOf(await signIn(first.token, 'lin', true))
  t.is(joined.session.visitorId, apart.session.visitorId)
  t.true(joined.joined)
  t.deepEqual(await grants(joined.session.token), ['location', 'profile'])
  t.is((await client(first.token).call(contract.readConsents, {})).status, 401)

  const fresh = await anonymous()
  bodyOf(await say(fresh.token, 'profile', true))
  const taken = bodyOf(await signIn(fresh.token, 'wang', true))
  t.is(taken.session.visitorId, fresh.visitorId)
  t.is(taken.account, 'new')
  const other = bodyOf(await signIn(taken.session.token, 'lin', true))
  t.false(other.joined, 'an account never joins another')
})

onDatabases('says of every refusal of WeChat what it means, and logs no secret', async (t, database) => {
  const { anonymous, signIn, weChat, client, lines } = await startWithWeChat(t, database)
  const { token } = await anonymous()
  const expected = [
    [{ errcode: 40029 }, 'wechat-code-refused'],
    [{ errcode: 40163 }, 'wechat-code-refused'],
    [{ errcode: 45011 }, 'wechat-too-often'],
    [{ errcode: 40226 }, 'wechat-account-blocked'],
    [{ errcode: -1 }, 'wechat-unavailable'],
    [{ errcode: 40125 }, 'wechat-unavailable'],
    ['not-json', 'wechat-unavailable'],
    ['huge', 'wechat-unavailable'],
    ['redirect', 'wechat-unavailable'],
  ] as const
  for (const [behaviour, problem] of expected) {
    weChat.behave(behaviour)
    t.is(refusal(await signIn(token, 'lin')), problem, JSON.stringify(behaviour))
  }
  weChat.behave('usual')
  const again = { body: { code: weChat.codeOf('openid-of-zhao') } }
  bodyOf(await client(token).call(contract.signInWithWeChat, again))
  t.is(refusal(await client(token).call(contract.signInWithWeChat, again)), 'wechat-code-refused')
  t.false(lines.some((line) => /a-secret-only|openid-of-zhao|session_key/.test(line)))
  t.false(lines.some((line) => line.includes(again.body.code)))
})

onDatabases('without WeChat’s configuration shoppers stay anonymous', async (t, database) => {
  const { client, tokenOf } = await startTestServer(t, database)
  const shopper = client(await tokenOf('shopper'))
  t.is(refusal(await shopper.call(contract.signInWithWeChat, { body: { code: 'x' } })), 'wechat-off')
})

onDatabases('keeps the openid unreadable without the token secret', async (t, database) => {
  const { anonymous, signIn, client } = await startWithWeChat(t, database)
  const { session } = bodyOf(await signIn((await anonymous()).token, 'openid-of-lin'))
  const rows: readonly { text: string }[] = await database.dataSource.query(
    `SELECT encode(openid_hash, 'escape') || encode(openid_sealed, 'escape') AS text FROM visitor`,
  )
  t.false(rows[0]!.text.includes('openid-of-lin'))
  const { parts } = bodyOf(await client(session.token).call(contract.exportMe, {}))
  t.like(parts.visitor, { weChatOpenid: 'openid-of-lin' })
})

onDatabases(
  'a phone number belongs to an account that agreed, sealed, until it is taken off',
  async (t, database) => {
    const { anonymous, signIn, say, weChat, client } = await startWithWeChat(t, database)
    const number = '13912345678'
    const give = (token: string, code = weChat.phoneCodeOf(number)) =>
      client(token).call(contract.addPhone, { body: { code } })
    const stored = async () => {
      const rows: readonly { phone: Buffer | null }[] = await database.dataSource.query(
        'SELECT phone_sealed AS phone FROM visitor WHERE openid_hash IS NOT NULL',
      )
      return rows[0]?.phone ?? undefined
    }
    const first = await anonymous()
    const code = weChat.phoneCodeOf(number)
    t.is(refusal(await give(first.token, code)), 'not-signed-in')
    const { session } = bodyOf(await signIn(first.token, 'lin'))
    const me = client(session.token)
    t.is(refusal(await give(session.token, code)), 'consent-needed')
    bodyOf(await say(session.token, 'profile', true))
    const account = { member: true, phone: '139****5678' }
    t.deepEqual(bodyOf(await give(session.token, code)), account, 'the refusals did not spend the code')
    t.is(refusal(await give(session.token, code)), 'wechat-code-refused')
    t.deepEqual(bodyOf(await me.call(contract.readAccount, {})), account)
    t.false((await stored())?.toString('latin1').includes(number))
    t.like(bodyOf(await me.call(contract.exportMe, {})).parts.visitor, { phone: number })

    t.deepEqual(bodyOf(await me.call(contract.removePhone, {})), { member: true })
    bodyOf(await give(session.token))
    bodyOf(await say(session.token, 'profile', false))
    t.is(await stored(), undefined, 'it goes with the consent')
  },
)

onDatabases('an access token that WeChat ended is fetched anew, once', async (t, database) => {
  const { anonymous, signIn, say, weChat, client, lines } = await startWithWeChat(t, database)
  const { session } = bodyOf(await signIn((await anonymous()).token, 'lin'))
  bodyOf(await say(session.token, 'profile', true))
  const give = () =>
    client(session.token).call(contract.addPhone, { body: { code: weChat.phoneCodeOf('13912345678') } })
  t.true((await give()).ok)
  weChat.endToken()
  t.true((await give()).ok)
  weChat.behave({ errcode: 42001 })
  t.is(refusal(await give()), 'wechat-unavailable')
  weChat.behave('not-json')
  t.is(refusal(await give()), 'wechat-unavailable')
  t.false(lines.some((line) => /a-secret-only|13912345678|access_token/.test(line)))
})
