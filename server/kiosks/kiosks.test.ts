import test from 'ava'
import { tinyId } from '../../maps/testing/tiny-archive.ts'
import { contentAt, identitiesContract, kiosksContract as contract, readFloor } from '../contract/index.ts'
import type { Client } from '../contract/index.ts'
import { kioskSettings, reloadCommand, screenshotCommand } from '../contract/kiosk-values.ts'
import { heartbeatTimes, kioskState } from '../contract/kiosks.contract.ts'
import { venueId as anyVenueId } from '../contract/values.ts'
import { connectClient } from '../realtime/testing/live-harness.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { startTestServer } from '../testing/test-server.ts'
import type { TestServer } from '../testing/test-server.ts'
import { until } from '../testing/until.ts'
import { isOnThisMachine } from './demo-kiosk.ts'
import { pictureTypeOf } from './picture-type.ts'

const onDatabases = databaseTests({ entities, migrations })
const minuteMs = 60_000
const place = { name: '东门大屏', levelId: tinyId('level F1'), x: 20, y: 10, headingDeg: 90 } as const
const png = Uint8Array.from([
  0x89,
  0x50,
  0x4e,
  0x47,
  0x0d,
  0x0a,
  0x1a,
  0x0a,
  ...new Array<number>(40).fill(7),
])
const health = {
  version: '0.1.0',
  uptimeS: 12,
  screen: { widthPx: 1080, heightPx: 1920, pixelRatio: 1 },
} as const

async function begin(server: TestServer) {
  const begun = await server.client().call(contract.beginPairing, {})
  if (!begun.ok) throw new Error(JSON.stringify(begun))
  return begun.body
}

function poll(
  server: TestServer,
  { pairingId, secret }: { readonly pairingId: string; readonly secret: string },
) {
  return server.client().call(contract.pollPairing, { params: { pairingId }, body: { secret } })
}

const bind = (operator: Client, { venueId }: TestServer, code: string) =>
  operator.call(contract.bindKiosk, { params: { venueId }, body: { ...place, code } })

/** A screen that was bound, with its token. */
async function pairedKiosk(server: TestServer) {
  const operator = server.client(await server.tokenOf('operator'))
  const begun = await begin(server)
  const bound = await bind(operator, server, begun.code)
  const polled = await poll(server, begun)
  if (!bound.ok || !polled.ok || polled.body.state !== 'bound') throw new Error(JSON.stringify(polled))
  const { kioskId } = bound.body.settings
  const { token } = polled.body
  const params = { venueId: server.venueId, kioskId }
  return { operator, kioskId, token, params, kiosk: server.client(token), begun }
}

const problemOf = (answer: { readonly ok: boolean; readonly problem?: { readonly type: string } }) =>
  answer.problem?.type.split(':').at(-1)

onDatabases(
  'a screen becomes a kiosk by its code, and learns its token until it has used it',
  async (t, database) => {
    const server = await startTestServer(t, database)
    await database.dataSource.query(`UPDATE venue SET time_zone = 'Asia/Kathmandu'`)
    const operator = server.client(await server.tokenOf('operator'))
    const begun = await begin(server)
    t.regex(begun.code, /^[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$/)
    t.like(await poll(server, begun), { ok: true, body: { state: 'waiting' } })
    t.is(problemOf(await poll(server, { ...begun, secret: 'x'.repeat(43) })), 'unknown-pairing')
    const bound = await bind(operator, server, begun.code.toLowerCase().replace('-', ' '))
    if (!bound.ok) return t.fail(JSON.stringify(bound))
    const settings = {
      ...place,
      orientation: 'portrait',
      playlist: 'all',
      timeZone: 'Asia/Kathmandu',
    } as const
    t.like(bound.body, { state: 'never', settings })
    t.is(problemOf(await bind(operator, server, begun.code)), 'wrong-code', 'a code is bound once')
    const [first, second] = [await poll(server, begun), await poll(server, begun)]
    const tokens = [first, second].map((one) => (one.ok && one.body.state === 'bound' ? one.body.token : ''))
    t.not(tokens[0], tokens[1])
    t.is((await server.client(tokens[0]).call(contract.readMyKiosk, {})).status, 401, 'of the lost answer')
    t.deepEqual(await server.client(tokens[1]).call(contract.readMyKiosk, {}), {
      ...{ ok: true, status: 200, body: bound.body.settings },
    })
    t.is(problemOf(await poll(server, begun)), 'unknown-pairing', 'its token has been used')
    const tables = ['kiosk_pairing', 'kiosk_device', 'kiosk_screen', 'audit_entry', 'outbox_event']
    for (const table of tables) {
      const rows = JSON.stringify(await database.dataSource.query(`SELECT * FROM ${table}`))
      for (const secret of [...tokens, begun.secret, begun.code.replace('-', '')]) {
        t.false(rows.includes(secret), `${table} holds no secret`)
      }
    }
    return undefined
  },
)

onDatabases(
  'of two operators who bind one code at once one has the kiosk; a code is over after ten minutes',
  async (t, database) => {
    const server = await startTestServer(t, database)
    const operators = [0, 1, 2].map(async () => server.client(await server.tokenOf('operator')))
    const { code } = await begin(server)
    const answers = await Promise.all(operators.map(async (one) => bind(await one, server, code)))
    t.deepEqual(answers.map(({ status }) => status).sort(), [201, 422, 422])
    const [{ count }] = await database.dataSource.query<[{ count: string }]>(
      'SELECT count(*) FROM kiosk_screen',
    )
    t.is(Number(count), 1)
    const late = await begin(server)
    server.clock.nowMs += 10 * minuteMs
    const operator = await operators[0]!
    t.is(problemOf(await bind(operator, server, late.code)), 'wrong-code')
    t.is(problemOf(await poll(server, late)), 'unknown-pairing')
    const elsewhere = { ...place, levelId: tinyId('venue') as never, code: late.code }
    const params = { venueId: server.venueId }
    t.is(problemOf(await operator.call(contract.bindKiosk, { params, body: elsewhere })), 'unknown-level')
  },
)

onDatabases(
  'a revoked kiosk is out at once: its requests, its streams and the token it would have got',
  async (t, database) => {
    const server = await startTestServer(t, database)
    const { operator, token, kiosk, kioskId, params } = await pairedKiosk(server)
    const live = await connectClient(t, server.address, { namespace: 'kiosk', token })
    t.true('ok' in (await live.ask('follow', { stream: `kiosk:${kioskId}` })))
    const other = tinyId('unit F1 lift')
    t.like(await live.ask('follow', { stream: `kiosk:${other}` }), { refused: 'forbidden' })
    t.is((await kiosk.call(contract.heartbeat, { body: health })).status, 200)
    const waiting = await begin(server)
    await bind(operator, server, waiting.code)
    const listed = await operator.call(contract.listKiosks, { params: { venueId: server.venueId } })
    const unused = listed.ok ? listed.body.find((one) => one.state === 'never') : undefined
    t.is((await operator.call(contract.revokeKiosk, { params })).status, 204)
    t.is((await kiosk.call(contract.heartbeat, { body: health })).status, 401)
    await until('the end of its connection', () => live.socket.disconnected)
    await t.throwsAsync(connectClient(t, server.address, { namespace: 'kiosk', token }), {
      message: /unauthenticated/,
    })
    t.is(problemOf(await operator.call(contract.revokeKiosk, { params })), 'unknown-kiosk')
    for (const endpoint of [contract.reloadKiosk, contract.wantScreenshot] as const) {
      t.is(problemOf(await operator.call(endpoint, { params })), 'unknown-kiosk')
    }
    const unusedParams = { ...params, kioskId: unused?.settings.kioskId ?? '' }
    t.is((await operator.call(contract.revokeKiosk, { params: unusedParams })).status, 204)
    t.is(problemOf(await poll(server, waiting)), 'unknown-pairing')
    const left = await operator.call(contract.listKiosks, { params: { venueId: server.venueId } })
    t.deepEqual(left.ok && left.body, [])
  },
)

onDatabases('the devices list takes a kiosk its token away just as well', async (t, database) => {
  const server = await startTestServer(t, database)
  const { operator, token, kioskId } = await pairedKiosk(server)
  const live = await connectClient(t, server.address, { namespace: 'kiosk', token })
  const params = { venueId: server.venueId, deviceId: kioskId }
  t.is((await operator.call(identitiesContract.revokeDevice, { params })).status, 204)
  await until('the end of its connection', () => live.socket.disconnected)
})

onDatabases(
  'settings and commands reach the kiosk that follows its stream, and nobody else may read it',
  async (t, database) => {
    const server = await startTestServer(t, database)
    const { operator, token, kioskId, params } = await pairedKiosk(server)
    const live = await connectClient(t, server.address, { namespace: 'kiosk', token })
    const own = live.follow(`kiosk:${kioskId}`)
    await until('the first state', () => own.state().has('settings'))
    t.is(kioskSettings.parse(own.state().get('settings')).revision, 1)
    const brightness = { hours: [{ hours: 'Mo-Su 10:00-22:00', percent: 90 }], otherwisePercent: 10 }
    const change = { name: '西门大屏', headingDeg: 180, orientation: 'landscape', brightness } as const
    const changed = await operator.call(contract.changeKiosk, { params, body: change })
    t.like(changed, { ok: true, body: { settings: { ...change, x: place.x, revision: 2 } } })
    await until('the new settings', () => kioskSettings.parse(own.state().get('settings')).revision === 2)
    t.like(own.state().get('settings'), { name: '西门大屏', headingDeg: 180, brightness })
    const unknown = { playlist: [{ contentId: kioskId }] }
    t.is(problemOf(await operator.call(contract.changeKiosk, { params, body: unknown })), 'unknown-content')
    t.is((await operator.call(contract.changeKiosk, { params, body: {} })).status, 400)
    const badHours = { brightness: { hours: [{ hours: 'now and then', percent: 1 }], otherwisePercent: 1 } }
    t.is((await operator.call(contract.changeKiosk, { params, body: badHours })).status, 400)
    t.is((await operator.call(contract.reloadKiosk, { params })).status, 202)
    await until('the command', () => own.state().has('reload'))
    t.is(reloadCommand.parse(own.state().get('reload')).atMs, server.clock.nowMs)
    const consoleToken = await server.tokenOf('operator')
    const atConsole = await connectClient(t, server.address, { namespace: 'console', token: consoleToken })
    t.like(await atConsole.ask('follow', { stream: `kiosk:${kioskId}` }), { refused: 'forbidden' })
  },
)

onDatabases(
  'operators see a kiosk online, late and silent, and its row keeps what it said last',
  async (t, database) => {
    const server = await startTestServer(t, database)
    const { venueId, clock } = server
    const { operator, kiosk, kioskId } = await pairedKiosk(server)
    const consoleToken = await server.tokenOf('operator')
    const atConsole = await connectClient(t, server.address, { namespace: 'console', token: consoleToken })
    const stream = atConsole.follow(`console:${venueId}`)
    const beat = await kiosk.call(contract.heartbeat, {
      body: { ...health, lastError: { kind: 'webgl', atMs: clock.nowMs }, streamLagMs: 800 },
    })
    t.like(beat, { ok: true, body: { nowMs: clock.nowMs, nextMs: heartbeatTimes.everyMs } })
    await until('its state at the console', () => stream.state().has(`kiosk:${kioskId}`))
    t.like(kioskState.parse(stream.state().get(`kiosk:${kioskId}`)), { state: 'online', health })
    const stateNow = async () => {
      const list = await operator.call(contract.listKiosks, { params: { venueId } })
      return list.ok ? list.body[0]?.state : undefined
    }
    t.is(await stateNow(), 'online')
    clock.nowMs += heartbeatTimes.lateMs
    t.is(await stateNow(), 'late')
    clock.nowMs += heartbeatTimes.silentMs - heartbeatTimes.lateMs
    t.is(await stateNow(), 'silent')
    const [row] = await database.dataSource.query<[{ health: typeof health }]>(
      'SELECT health FROM kiosk_screen',
    )
    t.like(row.health, { version: '0.1.0', lastError: { kind: 'webgl' } })
    const stranger = server.client(await server.tokenOf('kiosk'))
    t.is(problemOf(await stranger.call(contract.heartbeat, { body: health })), 'unknown-kiosk', 'never bound')
  },
)

onDatabases(
  'a screenshot is taken when asked for, once, and seen by operators of the venue for a day',
  async (t, database) => {
    const server = await startTestServer(t, database)
    const { clock } = server
    const { operator, token, kiosk, kioskId, params } = await pairedKiosk(server)
    const live = await connectClient(t, server.address, { namespace: 'kiosk', token })
    const own = live.follow(`kiosk:${kioskId}`)
    const send = (bytes: Uint8Array) => kiosk.call(contract.sendScreenshot, { body: bytes })
    t.is(problemOf(await send(png)), 'no-screenshot', 'nobody asked')
    t.is((await operator.call(contract.wantScreenshot, { params })).status, 202)
    await until('the command', () => own.state().has('screenshot'))
    t.is(screenshotCommand.parse(own.state().get('screenshot')).untilMs, clock.nowMs + 5 * minuteMs)
    t.is(problemOf(await send(new TextEncoder().encode('<svg onload="x">'.repeat(4)))), 'bad-picture')
    t.is((await send(new Uint8Array(700_000))).status, 413)
    t.is((await send(png)).status, 204)
    t.is(problemOf(await send(png)), 'no-screenshot', 'one for each time')
    const seen = await operator.call(contract.readScreenshot, { params })
    t.deepEqual(seen.ok && [...seen.body], [...png])
    const elsewhere = server.client(
      (await server.account(['operator'], [anyVenueId.parse(tinyId('unit F1 lift'))])).token,
    )
    t.is((await elsewhere.call(contract.readScreenshot, { params })).status, 403)
    const audit = await operator.call(identitiesContract.readAudit, {})
    const actions = audit.ok ? audit.body.map(({ action }) => action) : []
    t.true(actions.includes('kiosk.screenshot-asked') && actions.includes('kiosk.screenshot-seen'))
    clock.nowMs += 24 * 60 * minuteMs
    const next = server.client(await server.tokenOf('operator'))
    t.is(problemOf(await next.call(contract.readScreenshot, { params })), 'no-screenshot', 'a day later')
    t.is((await next.call(contract.wantScreenshot, { params })).status, 202)
    clock.nowMs += 5 * minuteMs
    t.is(problemOf(await send(png)), 'no-screenshot', 'too late')
  },
)

onDatabases(
  'content reaches screens at once with its picture, keeps its hours and leaves when removed',
  async (t, database) => {
    const server = await startTestServer(t, database)
    const { venueId, clock } = server
    const operator = server.client(await server.tokenOf('operator'))
    const token = await server.tokenOf('kiosk')
    const floor = (await connectClient(t, server.address, { namespace: 'kiosk', token })).follow(
      `floor:${venueId}`,
    )
    await until('the first state', () => floor.state().size > 0)
    const params = { venueId }
    const added = await operator.call(contract.addPicture, { params, body: png })
    if (!added.ok) return t.fail(JSON.stringify(added))
    t.deepEqual(await operator.call(contract.addPicture, { params, body: png }), added, 'kept once')
    const { hash, url } = added.body
    const picture = await server.ask(url)
    t.is(picture.headers.get('content-type'), 'image/png')
    t.regex(picture.headers.get('cache-control') ?? '', /immutable/)
    const title = { zh: '周末音乐会', en: 'Weekend concert' }
    const terms = { kind: 'card', title, picture: hash, place: tinyId('occupant coffee') } as const
    const created = await operator.call(contract.createContent, { params, body: { ...terms, order: 5 } })
    if (!created.ok) return t.fail(JSON.stringify(created))
    const contentId = created.body.id
    await until('the card', () => readFloor(floor.state()).content.length === 1)
    const card = { id: contentId, title, picture: { hash, url }, order: 5, timeZone: 'Asia/Shanghai' }
    t.like(readFloor(floor.state()).content[0], card, 'in the zone of the venue')
    const untilMs = clock.nowMs + minuteMs
    const change = { params: { venueId, contentId }, body: { kind: 'announcement', title, untilMs } } as const
    t.is((await operator.call(contract.changeContent, change)).status, 200)
    await until('the change', () => readFloor(floor.state()).content[0]?.kind === 'announcement')
    t.is(contentAt(readFloor(floor.state()).content, clock.nowMs).length, 1)
    t.is(contentAt(readFloor(floor.state()).content, untilMs).length, 0, 'a screen without its server knows')
    clock.nowMs = untilMs
    const read = await server.client().call(contract.readContent, { params })
    t.deepEqual(read.ok && read.body, [])
    const all = await operator.call(contract.listContent, { params })
    t.is(all.ok && all.body[0]?.state, 'over')
    t.is((await operator.call(contract.removeContent, { params: { venueId, contentId } })).status, 204)
    await until('the removal', () => readFloor(floor.state()).content.length === 0)
    t.is(
      problemOf(await operator.call(contract.removeContent, { params: { venueId, contentId } })),
      'unknown-content',
    )
    const wrong = [
      [{ ...terms, place: 'nowhere' }, 'not-on-map'],
      [{ ...terms, picture: '0'.repeat(64) }, 'unknown-picture'],
    ] as const
    for (const [body, problem] of wrong) {
      t.is(problemOf(await operator.call(contract.createContent, { params, body })), problem)
    }
    t.is(
      problemOf(await operator.call(contract.addPicture, { params, body: new Uint8Array(99) })),
      'bad-picture',
    )
    return undefined
  },
)

onDatabases(
  'the demonstration has a kiosk for a browser on its own machine, the same for every tab',
  async (t, database) => {
    const demoVenueId = tinyId('venue')
    const server = await startTestServer(t, database, {}, { demoVenueId })
    const ask = () => server.client().call(contract.pairDemo, {})
    const [one, two] = await Promise.all([ask(), ask()])
    if (database.engine !== 'embedded') return void t.is(problemOf(one), 'demo-off')
    if (!one.ok || !two.ok) return t.fail(JSON.stringify(one))
    t.deepEqual(one.body, two.body)
    const kiosk = server.client(one.body.token)
    t.is((await kiosk.call(contract.heartbeat, { body: health })).status, 200)
    for (const headers of [{ 'x-forwarded-for': '10.0.0.1' }, { origin: 'https://elsewhere.example' }]) {
      const refused = await server.ask('/v1/kiosks/demo', { method: 'POST', headers })
      t.is(refused.status, 409, JSON.stringify(headers))
    }
    const operator = server.client(await server.tokenOf('operator'))
    const { kioskId } = one.body.settings
    await operator.call(contract.revokeKiosk, { params: { venueId: server.venueId, kioskId } })
    t.is(problemOf(await ask()), 'demo-off', 'revoked it stays away')
    t.is((await kiosk.call(contract.heartbeat, { body: health })).status, 401)
    return undefined
  },
)

onDatabases('a normal install gives no kiosk to anybody who asks', async (t, database) => {
  const server = await startTestServer(t, database)
  t.is(problemOf(await server.client().call(contract.pairDemo, {})), 'demo-off')
})

test('tells a browser on this machine from everybody else', (t) => {
  const caller = (address: string, headers: Readonly<Record<string, string>>) =>
    isOnThisMachine({ address, header: (name) => ({ host: 'localhost:8080', ...headers })[name] ?? '' })
  t.true(caller('127.0.0.1', {}))
  t.true(caller('::1', { host: '[::1]:8080', origin: 'http://[::1]:8080' }))
  t.false(caller('10.0.0.8', {}))
  t.false(caller('127.0.0.1', { host: 'mall.example' }), 'a name made to point here')
  t.false(caller('127.0.0.1', { origin: 'http://mall.example' }))
  t.false(caller('127.0.0.1', { 'x-real-ip': '10.0.0.8' }), 'a proxy that was not declared')
})

test('knows pictures by how they begin, and nothing else', (t) => {
  const of = (...head: number[]) =>
    pictureTypeOf(Uint8Array.from([...head, ...new Array<number>(40).fill(0)]))
  t.is(pictureTypeOf(png), 'image/png')
  t.is(of(0xff, 0xd8, 0xff, 0xe0), 'image/jpeg')
  t.is(of(...Buffer.from('RIFF\0\0\0\0WEBPVP8 ')), 'image/webp')
  t.is(of(...Buffer.from('GIF89a')), undefined)
  t.is(of(...Buffer.from('<svg xmlns=')), undefined)
  t.is(pictureTypeOf(png.subarray(0, 20)), undefined)
})
