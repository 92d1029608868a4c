import type { ExecutionContext } from 'ava'
import { io } from 'socket.io-client'
import { tinyId } from '../../maps/testing/tiny-archive.ts'
import { codesAhead, offersContract as contract } from '../contract/offers.contract.ts'
import { liveNamespaces } from '../contract/realtime.contract.ts'
import type { LiveFrame } from '../contract/realtime.contract.ts'
import { createStreamFollower } from '../contract/stream-follower.ts'
import { newUuid } from '../platform/ids.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { startTestServer } from '../testing/test-server.ts'
import type { TestServer } from '../testing/test-server.ts'
import { noonMs, termsOf } from './testing/any-campaign.ts'
import { audit } from './testing/offer-world.ts'

const onDatabases = databaseTests({ entities, migrations })
const unitId = tinyId('unit F1 coffee')

type Call = (
  path: string,
  init?: { method?: string; body?: unknown; key?: string },
) => ReturnType<TestServer['ask']>

/** Calls the server as somebody. */
async function as(server: TestServer, role: Parameters<TestServer['tokenOf']>[0]): Promise<Call> {
  return callWith(server, await server.tokenOf(role))
}

function callWith(server: TestServer, token: string): Call {
  return (path, { method = 'GET', body, key } = {}) =>
    server.ask(`/v1/venues/${server.venueId}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    })
}

/** A member of an answer by its path. */
function at(json: unknown, ...path: readonly (string | number)[]): unknown {
  let value = json
  for (const name of path) value = Reflect.get(value as object, name)
  return value
}

const textAt = (json: unknown, ...path: readonly (string | number)[]) => String(at(json, ...path))
const objectAt = (json: unknown, ...path: readonly (string | number)[]) => at(json, ...path) as object

async function liveCampaign(t: ExecutionContext, operator: Call, terms = termsOf()): Promise<string> {
  const made = await operator('/campaigns', { method: 'POST', body: { terms } })
  t.is(made.status, 201, made.text)
  const id = textAt(made.json, 'id')
  const moved = await operator(`/campaigns/${id}/state`, { method: 'POST', body: { state: 'live' } })
  t.is(moved.status, 200, moved.text)
  return id
}

async function start(t: ExecutionContext, database: Parameters<Parameters<typeof onDatabases>[1]>[1]) {
  const server = await startTestServer(t, database)
  server.clock.nowMs = Math.max(server.clock.nowMs, noonMs)
  return server
}

onDatabases('an offer goes from the operator to the shopper to the till and back', async (t, database) => {
  const server = await start(t, database)
  const [operator, shopper, staff] = await Promise.all([
    as(server, 'operator'),
    as(server, 'shopper'),
    as(server, 'staff'),
  ])
  const campaign = await liveCampaign(t, operator, termsOf({ redeemAt: [unitId] }))

  const claimed = await shopper(`/campaigns/${campaign}/claims`, { method: 'POST' })
  t.is(claimed.status, 201, claimed.text)
  const offer = textAt(claimed.json, 'id')
  t.is((await shopper(`/campaigns/${campaign}/claims`, { method: 'POST' })).status, 200)
  t.deepEqual((await shopper('/me/offers')).json, [claimed.json])
  t.deepEqual((await shopper(`/me/offers/${offer}`)).json, claimed.json)

  const code = (await shopper(`/me/offers/${offer}/code`)).json
  const typed = textAt(code, 'digits').replace(/(\d{4})/g, '$1 ')
  const looked = await staff('/redemptions/look-up', {
    method: 'POST',
    body: { code: typed, unitId, billFen: 15_000 },
  })
  t.is(looked.status, 200, looked.text)
  t.is(at(looked.json, 'calculation', 'payFen'), 13_000)
  t.false(looked.text.includes(offer), 'a look-up names the coupon')

  const id = newUuid()
  const redeem = (body: object = {}) =>
    staff(`/redemptions/${id}`, { method: 'PUT', body: { code: typed, unitId, billFen: 15_000, ...body } })
  const redeemed = await redeem({ reference: 'R-1001' })
  t.is(redeemed.status, 201, redeemed.text)
  const again = await redeem()
  t.is(again.status, 200, again.text)
  t.deepEqual(again.json, redeemed.json)
  t.is((await redeem({ billFen: 1 })).problem?.type, 'urn:problem-type:atrium:idempotency-key-reused')
  t.deepEqual((await staff('/redemptions')).json, [redeemed.json])
  t.deepEqual((await shopper('/me/offers')).json, [])
  t.is(at((await shopper('/me/offers?state=all')).json, 0, 'state'), 'redeemed')
  t.is((await shopper(`/me/offers/${offer}/code`)).problem?.status, 409)

  const others = await as(server, 'staff')
  t.deepEqual((await others('/redemptions')).json, [])
  const refund = (who: Call) => who(`/redemptions/${id}/refund`, { method: 'POST', body: { reason: '退货' } })
  t.is((await refund(others)).status, 403)
  t.is((await refund(staff)).status, 200)
  t.is((await refund(operator)).status, 200)

  const statistics = (await operator(`/campaigns/${campaign}/statistics`)).json
  t.like(objectAt(statistics, 'tally'), { granted: 1, redeemed: 1, refunded: 1, taken: 0, spentFen: 0 })
  t.is(at(statistics, 'billsFen'), 0)
  t.like(objectAt(statistics, 'days', 0), { granted: 1, redeemed: 1 })
  await audit(t, database)
})

onDatabases('an offer belongs to whoever claimed it', async (t, database) => {
  const server = await start(t, database)
  const [operator, shopper, stranger] = await Promise.all([
    as(server, 'operator'),
    as(server, 'shopper'),
    as(server, 'shopper'),
  ])
  const campaign = await liveCampaign(t, operator)
  const offer = textAt((await shopper(`/campaigns/${campaign}/claims`, { method: 'POST' })).json, 'id')
  for (const path of ['', '/code']) t.is((await stranger(`/me/offers/${offer}${path}`)).status, 404)
  t.is((await stranger(`/me/offers/${offer}/decline`, { method: 'POST' })).status, 404)
  t.deepEqual((await stranger('/me/offers?state=all')).json, [])
  const declined = await shopper(`/me/offers/${offer}/decline`, { method: 'POST' })
  t.is(at(declined.json, 'state'), 'declined', declined.text)
})

onDatabases('a claim under one key is one claim, and a refusal names its rule', async (t, database) => {
  const server = await start(t, database)
  const [operator, shopper] = await Promise.all([as(server, 'operator'), as(server, 'shopper')])
  const limits = { ...termsOf().limits, total: 1 }
  const campaign = await liveCampaign(t, operator, termsOf({ limits }))
  const claim = (who: Call, key: string) => who(`/campaigns/${campaign}/claims`, { method: 'POST', key })
  const [one, other] = [await claim(shopper, 'k1'), await claim(shopper, 'k1')]
  t.is(one.text, other.text)
  t.is(other.status, 201)
  const late = await claim(await as(server, 'shopper'), 'k1')
  t.is(late.problem?.type, 'urn:problem-type:atrium:no-offer')
  t.deepEqual(late.problem?.facts, { rule: 'cap-total', taken: 1, total: 1 })
  t.is(late.problem?.detail, 'All are taken.')
})

onDatabases(
  'a campaign names only what the map has, and a change says what it means',
  async (t, database) => {
    const server = await start(t, database)
    const operator = await as(server, 'operator')
    const bad = termsOf({ trigger: { on: 'enter', zones: [newUuid()] } })
    const refused = await operator('/campaigns', { method: 'POST', body: { terms: bad } })
    t.is(refused.problem?.type, 'urn:problem-type:atrium:unknown-zone', refused.text)
    const campaign = await liveCampaign(t, operator)
    for (let visitor = 0; visitor < 2; visitor++) {
      const shopper = await as(server, 'shopper')
      t.is((await shopper(`/campaigns/${campaign}/claims`, { method: 'POST' })).status, 201)
    }
    const change = (version: number, terms: object) =>
      operator(`/campaigns/${campaign}`, { method: 'PUT', body: { version, terms } })
    const lowered = termsOf({ limits: { ...termsOf().limits, total: 1 } })
    const changed = await change(1, lowered)
    t.is(changed.status, 200, changed.text)
    t.is(
      at(changed.json, 'notices', 0, 'text', 'zh'),
      '已发出 2 份，多于新的上限 1 份：已发出的继续有效，暂不再发放。',
    )
    t.is((await change(1, lowered)).problem?.status, 409)
    t.is((await change(2, bad)).problem?.status, 422)
    const versions = (await operator(`/campaigns/${campaign}/versions`)).json
    t.deepEqual([at(versions, 0, 'version'), at(versions, 1, 'version')], [2, 1])
    t.is((await operator(`/campaigns/${newUuid()}`)).status, 404)
    t.is((await operator(`/campaigns/${campaign}`, { method: 'DELETE' })).status, 409)
  },
)

onDatabases(
  'a preview says of every campaign why, drafts included, and grants nothing',
  async (t, database) => {
    const server = await start(t, database)
    const operator = await as(server, 'operator')
    const entering = { on: 'enter' as const, zones: [unitId] }
    const live = await liveCampaign(t, operator, termsOf({ trigger: entering }))
    const better = termsOf({ trigger: entering, limits: { ...termsOf().limits, priority: 500 } })
    const draft = textAt(
      (await operator('/campaigns', { method: 'POST', body: { terms: better } })).json,
      'id',
    )
    const preview = async (body: object) => {
      const answer = await operator('/campaigns/preview', { method: 'POST', body })
      t.is(answer.status, 200, answer.text)
      return answer.json
    }
    const occurrences = [{ kind: 'entered', zone: { id: unitId, kind: 'unit' } }]
    t.is(at(await preview({ occurrences }), 'chosen'), live)
    const tried = await preview({ occurrences, asIfLive: [draft] })
    t.is(at(tried, 'chosen'), draft)
    t.is(at(tried, 'verdicts', 'length'), 2)
    const elsewhere = await preview({
      occurrences: [{ kind: 'entered', zone: { id: tinyId('unit F1 books'), kind: 'unit' } }],
    })
    t.like(objectAt(elsewhere, 'verdicts', 0), {
      fits: false,
      rule: 'other-zone',
      text: { zh: '不在活动区域' },
    })
    t.is(at((await operator(`/campaigns/${live}`)).json, 'tally', 'granted'), 0)
  },
)

onDatabases('screens see what is offered, without what is the operator’s business', async (t, database) => {
  const server = await start(t, database)
  const [operator, kiosk] = await Promise.all([as(server, 'operator'), as(server, 'kiosk')])
  const limits = { ...termsOf().limits, total: 5, budgetFen: 100_000 }
  const campaign = await liveCampaign(t, operator, termsOf({ limits }))
  const paused = await liveCampaign(t, operator)
  await operator(`/campaigns/${paused}/state`, { method: 'POST', body: { state: 'paused' } })
  // Memory is read anew after each commit; ask until it was.
  let shown = await kiosk('/campaigns/live')
  for (let tries = 0; tries < 50 && at(shown.json, 'length') !== 1; tries++) {
    shown = await kiosk('/campaigns/live')
  }
  t.like(objectAt(shown.json, 0), { id: campaign, claimable: true, left: 5 })
  t.false(/budget|priority|holdOut|audience/.test(shown.text), shown.text)
  t.is(at((await operator('/campaigns?state=paused')).json, 'length'), 1)
})

onDatabases('the typed client claims, as the mini-program does', async (t, database) => {
  const server = await start(t, database)
  const operator = await as(server, 'operator')
  const campaignId = await liveCampaign(t, operator)
  const client = server.client(await server.tokenOf('shopper'))
  const { venueId } = server
  const claimed = await client.call(contract.claimOffer, { params: { venueId, campaignId } })
  if (!claimed.ok) throw new Error(claimed.problem.type)
  t.is(claimed.body.name.zh, '满减券')
  const code = await client.call(contract.readOfferCode, { params: { venueId, offerId: claimed.body.id } })
  if (!code.ok) throw new Error(code.problem.type)
  t.regex(code.body.digits, /^\d{16}$/)
  t.is(code.body.ahead.length, codesAhead)
  const [next] = code.body.ahead
  t.is(next?.refreshAtMs, code.body.refreshAtMs + 30_000)
  server.clock.nowMs += 30_000
  const later = await client.call(contract.readOfferCode, { params: { venueId, offerId: claimed.body.id } })
  t.is(later.ok ? later.body.digits : undefined, next?.digits, 'what a phone keeps is what it would be told')
})

/** Follows a live stream as a client does; `until` resolves when its state is as wanted. */
function follow(
  t: ExecutionContext,
  { address, stream, ...by }: { address: string; stream: string; namespace: string; token: string },
) {
  let look: () => void = () => undefined
  const socket = io(address + by.namespace, { transports: ['websocket'], auth: { token: by.token } })
  const follower = createStreamFollower({
    stream,
    send: ({ event, payload }) => socket.emit(event, payload),
    now: () => performance.now(),
    onChange: () => {
      look()
    },
  })
  socket.on('connect', () => {
    follower.connected()
  })
  socket.on('frame', (frame: LiveFrame) => follower.apply(frame))
  t.teardown(() => socket.disconnect())
  return (wanted: (keys: readonly string[]) => boolean) =>
    new Promise<ReadonlyMap<string, unknown>>((resolve) => {
      look = () => {
        if (follower.known() && wanted([...follower.state().keys()])) resolve(follower.state())
      }
      look()
    })
}

onDatabases('phone, till and kiosk see it the moment it is true', async (t, database) => {
  const server = await start(t, database)
  const operator = await as(server, 'operator')
  const [shopperToken, staffToken, kioskToken] = await Promise.all([
    server.tokenOf('shopper'),
    server.tokenOf('staff'),
    server.tokenOf('kiosk'),
  ])
  const shopper = callWith(server, shopperToken)
  const me = await server.ask('/v1/me', { headers: { authorization: `Bearer ${shopperToken}` } })
  const { address, venueId } = server
  const phone = follow(t, {
    ...{ address, namespace: liveNamespaces.shopper, token: shopperToken },
    stream: `visitor:${textAt(me.json, 'id')}`,
  })
  const till = follow(t, {
    ...{ address, namespace: liveNamespaces.staff, token: staffToken },
    stream: `shop:${venueId}:${unitId}`,
  })
  const kiosk = follow(t, {
    ...{ address, namespace: liveNamespaces.kiosk, token: kioskToken },
    stream: `floor:${venueId}`,
  })
  await Promise.all([phone, till, kiosk].map((one) => one(() => true)))

  const campaign = await liveCampaign(t, operator)
  let shown: unknown
  while (!JSON.stringify(shown ?? null).includes(campaign)) {
    const before = shown
    shown = (await kiosk((keys) => keys.includes('campaigns'))).get('campaigns')
    if (shown === before) await new Promise(setImmediate)
  }
  const claimed = await shopper(`/campaigns/${campaign}/claims`, { method: 'POST' })
  const offer = textAt(claimed.json, 'id')
  const held = await phone((keys) => keys.includes(`offer:${offer}`))
  t.deepEqual(held.get(`offer:${offer}`), claimed.json)

  const digits = textAt((await shopper(`/me/offers/${offer}/code`)).json, 'digits')
  const id = newUuid()
  const redeemed = await callWith(server, staffToken)(`/redemptions/${id}`, {
    method: 'PUT',
    body: { code: digits, unitId, billFen: 15_000 },
  })
  const rung = await till((keys) => keys.includes(`redemption:${id}`))
  t.deepEqual(rung.get(`redemption:${id}`), redeemed.json)
  const after = await phone((keys) => !keys.includes(`offer:${offer}`))
  t.false(after.has(`offer:${offer}`))
})
