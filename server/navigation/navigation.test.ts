import test from 'ava'
import type { Json } from '../../maps/model/index.ts'
import { tinyId } from '../../maps/testing/tiny-archive.ts'
import { decodeRoutingTables, Router } from '../../maps/routes/offline.ts'
import {
  closuresAt,
  contentAt,
  contentCard,
  identitiesContract,
  maxClosures,
  navigationContract as contract,
  readFloor,
} from '../contract/index.ts'
import type { KernelClosure } from '../contract/index.ts'
import { venuesContract } from '../contract/venues.contract.ts'
import { connectClient } from '../realtime/testing/live-harness.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { startTestServer } from '../testing/test-server.ts'
import type { TestServer } from '../testing/test-server.ts'
import { until } from '../testing/until.ts'

const onDatabases = databaseTests({ entities, migrations })
const minuteMs = 60_000
const reason = { zh: '检修中', en: 'Under repair' }
const lift = tinyId('unit F1 lift')
const coffeeShop = tinyId('occupant coffee')
const cinema = tinyId('occupant cinema')

/** The router a kiosk has, from the tables it fetches. */
async function offlineRouter(server: TestServer): Promise<Router> {
  const venue = await server.client().call(venuesContract.readVenue, { params: { venueId: server.venueId } })
  if (!venue.ok) throw new Error(JSON.stringify(venue))
  const answer = await server.ask(venue.body.routeTables.url)
  const decoded = decodeRoutingTables(answer.text)
  if ('refused' in decoded) throw new Error(decoded.refused)
  return Router.of(decoded.tables)
}

const fromCoffeeToCinema = { from: { place: coffeeShop }, to: { place: cinema } }

/** What the plain page says to a phone that opens a way from the coffee shop to the cinema. */
async function pageOfWay(server: TestServer, token: string): Promise<string> {
  const made = await server.client(token).call(contract.createHandoff, {
    params: { venueId: server.venueId },
    body: { from: { place: coffeeShop }, to: [{ place: cinema }], lang: 'en' },
  })
  if (!made.ok) throw new Error(JSON.stringify(made))
  const opened = await server.ask(made.body.url, { method: 'POST', redirect: 'manual' })
  const cookie = (opened.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
  return (await server.ask(made.body.url, { headers: { cookie } })).text
}

onDatabases('a kiosk finds ways from the published tables, and keeps them for good', async (t, database) => {
  const server = await startTestServer(t, database)
  const router = await offlineRouter(server)
  const way = router.route(fromCoffeeToCinema)
  t.false('refused' in way)
  t.deepEqual('levels' in way ? way.levels : [], ['F1', 'F2'])
  const { venueId } = server
  const venue = await server.client().call(venuesContract.readVenue, { params: { venueId } })
  if (!venue.ok) return t.fail()
  const { url, hash } = venue.body.routeTables
  const answer = await server.ask(url, { headers: { 'accept-encoding': 'br' } })
  t.is(answer.headers.get('content-encoding'), 'br')
  t.regex(answer.headers.get('cache-control') ?? '', /immutable/)
  const other = await server.ask(url.replace(hash, '0'.repeat(32)))
  t.is(other.status, 404)
  return undefined
})

onDatabases(
  'a closed lift is gone from ways here and offline at once, and back when its time is over',
  async (t, database) => {
    const server = await startTestServer(t, database)
    const { venueId, clock } = server
    const operator = server.client(await server.tokenOf('operator'))
    const kioskToken = await server.tokenOf('kiosk')
    const kiosk = await connectClient(t, server.address, { namespace: 'kiosk', token: kioskToken })
    const floor = kiosk.follow(`floor:${venueId}`)
    await until('the first state', () => floor.state().size > 0)
    const untilMs = clock.nowMs + 30 * minuteMs
    const body = { what: { kind: 'unit', id: lift }, reason, untilMs } as const
    const created = await operator.call(contract.createClosure, { params: { venueId }, body })
    if (!created.ok) return t.fail(JSON.stringify(created))
    t.is(created.body.state, 'in-force')
    t.regex(await pageOfWay(server, kioskToken), /There is no way at the moment/)
    const key = `closure:${created.body.id}`
    await until('the closure in the stream', () => floor.state().has(key))
    const { closures } = readFloor(floor.state())
    const router = await offlineRouter(server)
    const refused = router.withClosures(closuresAt(closures, clock.nowMs)).route(fromCoffeeToCinema)
    t.like(refused, { refused: 'no-way' })
    // The kiosk lifts it by its own clock, though nobody told it.
    t.deepEqual(closuresAt(closures, untilMs), [])
    clock.nowMs = untilMs
    t.notRegex(await pageOfWay(server, kioskToken), /There is no way/)
    t.deepEqual((await server.client().call(contract.readClosures, { params: { venueId } })).ok, true)
    t.is((await server.ask(`/v1/venues/${venueId}/closures`)).text, '[]')
    await server.server.navigation.look()
    await until('the closure gone from the stream', () => !floor.state().has(key))
    const all = await operator.call(contract.listClosures, { params: { venueId }, query: { over: true } })
    t.is(all.ok && all.body[0]?.state, 'over')
    return undefined
  },
)

onDatabases('a planned closure changes no way before it begins', async (t, database) => {
  const server = await startTestServer(t, database)
  const { venueId, clock } = server
  const operator = server.client(await server.tokenOf('operator'))
  const kioskToken = await server.tokenOf('kiosk')
  const fromMs = clock.nowMs + 5 * minuteMs
  const body = { what: { kind: 'connector', id: lift }, reason, fromMs } as const
  const created = await operator.call(contract.createClosure, { params: { venueId }, body })
  if (!created.ok) return t.fail(JSON.stringify(created))
  t.is(created.body.state, 'planned')
  t.is(closuresAt([created.body], clock.nowMs).length, 0)
  t.notRegex(await pageOfWay(server, kioskToken), /There is no way/)
  clock.nowMs = fromMs
  t.regex(await pageOfWay(server, kioskToken), /There is no way/)
  const end = { params: { venueId, closureId: created.body.id } }
  const ended = await operator.call(contract.endClosure, end)
  clock.nowMs += minuteMs
  t.deepEqual(await operator.call(contract.endClosure, end), ended, 'ended twice, it stays as it is')
  t.is(ended.ok && ended.body.state, 'over')
  t.notRegex(await pageOfWay(server, kioskToken), /There is no way/)
  const audit = await operator.call(identitiesContract.readAudit, {})
  const actions = audit.ok
    ? audit.body.map(({ action }) => action).filter((one) => one.startsWith('closure'))
    : []
  t.deepEqual(actions, ['closure.ended', 'closure.created'])
  return undefined
})

onDatabases(
  'closes a shop, a door, a spot and an area, and nothing that the map does not have',
  async (t, database) => {
    const server = await startTestServer(t, database)
    const { venueId, clock } = server
    const operator = server.client(await server.tokenOf('operator'))
    const router = await offlineRouter(server)
    const create = (what: unknown, more: object = {}) =>
      operator.call(contract.createClosure, {
        params: { venueId },
        body: { what, reason, ...more } as never,
      })
    const shut = async (what: unknown) => {
      const created = await create(what)
      if (!created.ok) throw new Error(JSON.stringify(created))
      const closed = router.withClosures(closuresAt([created.body], clock.nowMs))
      t.deepEqual(closed.unknownClosures, [])
      return closed.route({ from: { place: cinema }, to: { place: coffeeShop } })
    }
    const levelId = tinyId('level F1')
    t.like(await shut({ kind: 'unit', id: tinyId('unit F1 coffee') }), { refused: 'no-way' })
    t.like(await shut({ kind: 'door', id: tinyId('opening F1 coffee') }), { refused: 'no-way' })
    const [x, y] = [20, 10]
    t.like(await shut({ kind: 'spot', levelId, x, y, radiusM: 50 }), { refused: 'no-way' })
    const ring = [0, 1, 2].map((corner) => ({ x: 0.2 * corner, y: 19.8 + 0.1 * (corner % 2) }))
    t.false('refused' in (await shut({ kind: 'area', levelId, ring })), 'a corner nobody walks through')
    for (const what of [
      { kind: 'door', id: tinyId('unit F1 coffee') },
      { kind: 'unit', id: tinyId('level F1') },
      { kind: 'connector', id: 'x' },
      { kind: 'direction', id: lift, direction: 'up' },
      { kind: 'spot', levelId: tinyId('venue'), x, y, radiusM: 5 },
    ]) {
      const refused = await create(what)
      t.is(
        refused.ok ? 'taken' : refused.problem.type,
        'urn:problem-type:atrium:not-on-map',
        JSON.stringify(what),
      )
    }
    const past = await create({ kind: 'unit', id: lift }, { untilMs: clock.nowMs })
    t.is(past.status, 422)
  },
)

onDatabases('takes two hundred closures and no more, also when they come at once', async (t, database) => {
  const server = await startTestServer(t, database)
  const { venueId } = server
  const operator = server.client(await server.tokenOf('operator'))
  await database.dataSource.query(
    `INSERT INTO closure (venue_id, closure_id, what, reason, from_at, created_at, created_by)
     SELECT $1, gen_random_uuid(), $2, $3, now(), now(), 'system' FROM generate_series(1, $4)`,
    [venueId, { kind: 'unit', id: lift }, reason, maxClosures - 1],
  )
  const body = { what: { kind: 'unit', id: lift }, reason } as const
  const answers = await Promise.all(
    [1, 2, 3].map(() => operator.call(contract.createClosure, { params: { venueId }, body })),
  )
  t.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409])
  const keyed = () =>
    operator.call(contract.createClosure, { params: { venueId }, body }, { idempotencyKey: 'once' })
  await database.dataSource.query('DELETE FROM closure')
  const [one, two] = [await keyed(), await keyed()]
  t.is(one.ok && one.body.id, two.ok && two.body.id, 'the same key is carried out once')
})

onDatabases('of two phones that open a code at once one has the way, and keeps it', async (t, database) => {
  const server = await startTestServer(t, database)
  const { venueId, clock } = server
  const kiosk = server.client(await server.tokenOf('kiosk'))
  const spot = { levelId: tinyId('level F1'), x: 20, y: 10 }
  const to = [{ place: coffeeShop }, { place: cinema }]
  const wish = { from: spot, to, profile: 'step-free', lang: 'en' } as const
  const make = async () => {
    const made = await kiosk.call(contract.createHandoff, { params: { venueId }, body: wish })
    if (!made.ok) throw new Error(JSON.stringify(made))
    return made.body
  }
  const { code, url, expiresAtMs } = await make()
  t.is(expiresAtMs, clock.nowMs + 10 * minuteMs)
  t.is(url, `/go/${code}`)
  const phones = ['a', 'b', 'c', 'd'].map((name) => name.repeat(32))
  const open = (phone: string, which = code) =>
    server.client().call(contract.openHandoff, { params: { code: which }, body: { phone } })
  const answers = await Promise.all(phones.map((phone) => open(phone)))
  t.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409])
  const first = phones[answers.findIndex(({ ok }) => ok)]!
  clock.nowMs += 119 * minuteMs
  const again = await open(first)
  if (!again.ok) return t.fail(JSON.stringify(again))
  t.deepEqual(
    again.body.to.map(({ place }) => place),
    [coffeeShop, cinema],
  )
  t.like(again.body, { venueId, profile: 'step-free', lang: 'en', from: { ...spot, level: 'F1' } })
  clock.nowMs += minuteMs
  t.is((await open(first)).status, 404, 'after two hours')
  const unopened = await make()
  clock.nowMs += 10 * minuteMs
  t.is((await open(first, unopened.code)).status, 404, 'nobody opened it for ten minutes')
  t.is((await open(first, '2'.repeat(13))).status, 404)
  t.is((await open('short')).status, 400)
  // Nothing of a person, nor of who made it, and no code that could be opened from a copy of the table.
  const [row] = await database.dataSource.query<Record<string, unknown>[]>('SELECT * FROM handoff')
  t.deepEqual(Object.keys(row ?? {}).sort(), [
    ...['code_hash', 'created_at', 'expires_at', 'handoff_id', 'phone_hash', 'venue_id', 'way'],
  ])
  t.false(JSON.stringify(row).includes(code))
  return undefined
})

onDatabases(
  'the plain page opens on one phone and tells steps, levels and a drawing; looking opens nothing',
  async (t, database) => {
    const server = await startTestServer(t, database)
    const kiosk = server.client(await server.tokenOf('kiosk'))
    const { venueId } = server
    const made = await kiosk.call(contract.createHandoff, {
      params: { venueId },
      body: {
        from: { levelId: tinyId('level F1'), lon: 120 + 20 / 96406, lat: 30 + 10 / 111319 },
        to: [{ place: cinema }],
      },
    })
    if (!made.ok) return t.fail(JSON.stringify(made))
    const { url } = made.body
    const before = await server.ask(url)
    t.is(before.status, 200)
    t.regex(before.text, /<form method="post">/)
    t.notRegex(before.text, /<svg/)
    const opened = await server.ask(url, { method: 'POST', redirect: 'manual' })
    t.is(opened.status, 303)
    const cookie = (opened.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
    const zone = "UPDATE venue SET time_zone = 'Asia/Kathmandu' WHERE venue_id = $1"
    await database.dataSource.query(zone, [venueId])
    const page = await server.ask(url, { headers: { cookie } })
    const untilThere = new Date(server.clock.nowMs + 120 * minuteMs + (5 * 60 + 45) * minuteMs)
    t.true(
      page.text.includes(`${untilThere.toISOString().slice(11, 16)} 前有效`),
      'by the clocks of the mall',
    )
    t.is(page.status, 200)
    t.is(page.headers.get('cache-control'), 'no-store')
    t.is(page.text.match(/<svg/g)?.length, 2, 'one drawing a level')
    t.regex(page.text, /class="ride">[^<]*F2/)
    t.regex(page.text, /米/)
    const english = await server.ask(`${url}?lang=en`, { headers: { cookie } })
    t.regex(english.text, /lang="en"/)
    t.regex(english.text, / m[.,\s·]/)
    for (const other of ['', `${cookie.slice(0, -4)}AAAA`]) {
      const refused = await server.ask(url, { headers: { cookie: other } })
      t.is(refused.status, 409)
      t.regex(refused.text, /另一台手机.*another phone/s)
      t.is(
        (await server.ask(url, { method: 'POST', headers: { cookie: other }, redirect: 'manual' })).status,
        409,
      )
    }
    const none = await server.ask('/go/nothing')
    t.is(none.status, 404)
    t.regex(none.text, /已过期.*expired/s)
    return undefined
  },
)

test('closures of one moment are those that began and are not over', (t) => {
  const lifts: KernelClosure[] = [{ kind: 'connector', id: 'l' }]
  const what = { kind: 'connector', id: 'l' } as const
  const notice = { id: 'a', what, closures: lifts, reason, levelIds: [], fromMs: 10, untilMs: 20 }
  const at = (nowMs: number) => closuresAt([notice], nowMs).length
  t.deepEqual([9, 10, 19, 20].map(at), [0, 1, 1, 0])
})

test('reads what stands in the stream of a floor, and leaves out what it does not know', (t) => {
  const levelId = tinyId('level F1')
  const level = { levelId, level: 'F1', bays: 9, known: 9, free: 4, accessibleFree: 1, chargingFree: 0 }
  const count = (visitors: number) => ({ zoneId: 'z', kind: 'unit', visitors })
  const floor = readFloor(
    new Map<string, Json>([
      ['campaigns', []],
      [`parking:${levelId}`, level],
      ['here/z/one', count(5)],
      ['here/z/two', count(7)],
      ['here/z/broken', { visitors: 'many' }],
      ['closure:x', { id: 'x' }],
      ['weather', 'of a newer server'],
    ]),
  )
  t.deepEqual(floor.parking, [level])
  t.deepEqual([...floor.visitors], [['z', 12]], 'the nodes of a zone add up')
  t.deepEqual([floor.campaigns, floor.closures, floor.content], [[], [], []])
})

test('content keeps its hours by the clock of its time zone, smallest order first', (t) => {
  const card = (id: string, more: object) => ({
    ...{ id, kind: 'card', title: { zh: id, en: id }, timeZone: 'Asia/Shanghai', order: 100 },
    ...more,
  })
  const cards = [
    contentCard.parse(card(tinyId('venue'), { hours: 'Mo-Fr 10:00-22:00', order: 2 })),
    contentCard.parse(card(tinyId('address'), { order: 1 })),
  ]
  // Monday 16 November 2026, 10:00 in Shanghai.
  const mondayAtTen = Date.UTC(2026, 10, 16, 2)
  const shown = (nowMs: number) => contentAt(cards, nowMs).map(({ order }) => order)
  t.deepEqual(shown(mondayAtTen - 1), [1])
  t.deepEqual(shown(mondayAtTen), [1, 2])
  t.deepEqual(shown(mondayAtTen + 12 * 60 * minuteMs), [1], 'after 22:00')
  t.deepEqual(shown(mondayAtTen - 24 * 60 * minuteMs), [1], 'on Sunday')
})
