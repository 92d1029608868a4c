import test from 'ava'
import { destinationsOf } from '../maps/directory/index.ts'
import { buildRoutingTables } from '../maps/routes/build-tables.ts'
import { Router } from '../maps/routes/router.ts'
import { directoryOf, tinyDirectory } from '../maps/testing/tiny-directory.ts'
import { tinyArchive, tinyId } from '../maps/testing/tiny-archive.ts'
import type { Fix } from '../positioning/index.ts'
import type { SightingsReport } from '../server/contract/presence.contract.ts'
import { chevronShape, projectPoint } from './app/ar/floor-view.ts'
import { baysNamed, createCars } from './app/services/cars.ts'
import { createGuide, nextThings } from './app/services/guide.ts'
import { Away, Refused } from './app/services/http.ts'
import type { Http } from './app/services/http.ts'
import { payQuote } from './app/services/pay-parking.ts'
import { phoneHeading } from './app/services/phone-heading.ts'
import type { VenueData } from './app/services/venue-data.ts'
import { createVoice } from './app/services/voice.ts'
import { createBeaconService, silentAfterMs } from './app/services/beacon-service.ts'
import type { BeaconPlatform, BeaconReading } from './app/services/beacon-service.ts'
import { cacheMaxBytes, createFileCache } from './app/services/file-cache.ts'
import { wordsFor } from './app/pages/signal/messages.ts'
import { setLanguage } from './app/services/messages.ts'
import { createMemory, hasKeys } from './app/services/memory.ts'
import { createSightingsQueue, mostWaiting } from './app/services/sightings-queue.ts'
import type { SendReport } from './app/services/sightings-queue.ts'

const uuid = '0a7e1e00-0000-4000-8000-000000000001'

/** A phone whose answers a test sets. */
function phoneStub() {
  const calls: string[] = []
  let update: ((result: { beacons: readonly BeaconReading[] }) => void) | undefined
  let service: ((result: { available: boolean; discovering: boolean }) => void) | undefined
  const settings = {
    errCode: undefined as number | undefined,
    errMsg: 'fail',
    authorized: 'authorized',
    bluetooth: true,
  }
  const platform: BeaconPlatform = {
    startBeaconDiscovery({ success, fail }) {
      calls.push('start')
      if (settings.errCode === undefined) success?.()
      else fail?.({ errMsg: settings.errMsg, errCode: settings.errCode })
    },
    stopBeaconDiscovery() {
      calls.push('stop')
    },
    onBeaconUpdate(listener) {
      update = listener
    },
    onBeaconServiceChange(listener) {
      service = listener
    },
    getAppAuthorizeSetting: () => ({ locationAuthorized: settings.authorized }),
    getSystemSetting: () => ({ bluetoothEnabled: settings.bluetooth, locationEnabled: true }),
  }
  return {
    platform,
    calls,
    settings,
    hear: (...beacons: BeaconReading[]) => update?.({ beacons }),
    available: (available: boolean) => service?.({ available, discovering: available }),
  }
}

function listening() {
  const phone = phoneStub()
  const clock = { nowMs: 1_000 }
  const service = createBeaconService({ platform: phone.platform, now: () => clock.nowMs })
  return { phone, clock, service }
}

test('everybody who subscribed hears, identities as the radio map has them', (t) => {
  const { phone, service } = listening()
  const heard: string[] = []
  service.onSightings((sightings) => heard.push(...sightings.map(({ beacon }) => `a ${beacon}`)))
  const leave = service.onSightings((sightings) =>
    heard.push(...sightings.map(({ beacon }) => `b ${beacon}`)),
  )
  service.start([uuid])
  phone.hear(
    { uuid: uuid.toUpperCase(), major: '1', minor: 7, rssi: -60 },
    { uuid, major: 1, minor: 8, rssi: 0 },
  )
  leave()
  phone.hear({ uuid, major: 2, minor: 9, rssi: -70 })
  t.deepEqual(heard, [`a ${uuid}/1/7`, `b ${uuid}/1/7`, `a ${uuid}/2/9`])
})

for (const [errCode, state] of [
  [11000, 'unsupported'],
  [11001, 'bluetooth-off'],
  [11002, 'location-off'],
  [104, 'privacy-refused'],
  [11005, 'failed'],
  [11003, 'listening'],
] as const) {
  test(`error ${errCode} of WeChat means ${state}`, (t) => {
    const { phone, service } = listening()
    phone.settings.errCode = errCode
    service.start([uuid])
    t.is(service.state(), state)
  })
}

test('WeChat without the permission for location is found out before it hears nothing', (t) => {
  const { phone, service } = listening()
  phone.settings.authorized = 'denied'
  service.start([uuid])
  t.is(service.state(), 'wechat-denied')
  t.deepEqual(phone.calls, [])
})

test('whatever keeps the dot away is said in both languages, each with what to do', (t) => {
  const troubles = [
    'bluetooth-off',
    'location-off',
    'wechat-denied',
    'privacy-refused',
    'unsupported',
  ] as const
  for (const state of [...troubles, 'silent', 'failed'] as const) {
    const said = (['zh', 'en'] as const).map((each) => {
      setLanguage(each)
      return wordsFor(state)
    })
    setLanguage('zh')
    t.not(said[0]?.title, said[1]?.title, state)
    for (const words of said) t.true((words?.steps.length ?? 0) >= 2, state)
  }
  t.is(wordsFor('listening'), undefined)
})

test('silence is told after a while and ends with the first beacon', (t) => {
  const { phone, clock, service } = listening()
  service.start([uuid])
  clock.nowMs += silentAfterMs
  service.tick()
  t.is(service.state(), 'listening')
  clock.nowMs += 1
  service.tick()
  t.is(service.state(), 'silent')
  phone.hear({ uuid, major: 1, minor: 1, rssi: -80 })
  t.is(service.state(), 'listening')
})

test('Bluetooth that goes off and on again needs nobody to press anything', (t) => {
  const { phone, clock, service } = listening()
  service.start([uuid])
  phone.settings.bluetooth = false
  phone.settings.errCode = 11001
  phone.available(false)
  t.is(service.state(), 'bluetooth-off')
  clock.nowMs += 5_000
  service.tick()
  t.is(service.state(), 'bluetooth-off')
  phone.settings.errCode = undefined
  clock.nowMs += 5_000
  service.tick()
  t.is(service.state(), 'listening')
})

test('nothing is told after the service was stopped', (t) => {
  const { phone, service } = listening()
  let heard = 0
  service.onSightings(() => heard++)
  service.start([uuid])
  service.stop()
  phone.hear({ uuid, major: 1, minor: 1, rssi: -60 })
  t.is(heard, 0)
  t.is(service.state(), 'off')
})

const fix: Fix = {
  tMs: 0,
  level: '0a7e1e00-0000-4000-8000-00000000000a',
  levelProbability: 0.9,
  x: 1,
  y: 2,
  radiusM: 3,
  basis: { sightings: 3, silenceMs: 0, motion: false, support: 1 },
}

function queueWith(answers: { next: Awaited<ReturnType<SendReport>> }) {
  const clock = { nowMs: 1_000_000 }
  const sent: SightingsReport[] = []
  let ids = 0
  const queue = createSightingsQueue({
    send: (report) => {
      sent.push(report)
      return Promise.resolve(answers.next)
    },
    now: () => clock.nowMs,
    newId: () => `id-${++ids}`,
    appVersion: '1',
  })
  const hear = (rssiDbm = -60, beacon = `${uuid}/1/1`) => {
    queue.heard([{ beacon, rssiDbm, atMs: clock.nowMs }], fix)
  }
  return { clock, sent, queue, hear }
}

const receipt = { batchId: 'id', repeated: false, beacons: 1, position: 'phone', nextReportMs: 0 } as const

test('reports wait while the server is away, bounded, and leave in order with the ids they had', async (t) => {
  const answers: { next: Awaited<ReturnType<SendReport>> } = { next: 'away' }
  const { clock, sent, queue, hear } = queueWith(answers)
  for (let i = 0; i < mostWaiting + 5; i++) {
    hear()
    await queue.tick()
    clock.nowMs += 5_000
  }
  t.is(queue.waiting(), mostWaiting)
  const tried = sent[sent.length - 1]!.batchId
  answers.next = receipt
  sent.length = 0
  await queue.tick()
  t.is(queue.waiting(), 0)
  t.is(sent[0]!.batchId, tried)
  const sequences = sent.map(({ sequence }) => sequence)
  t.deepEqual(
    sequences,
    [...sequences].sort((a, b) => a - b),
  )
})

test('a report says how old each sighting is, one a beacon, with the phone’s own place', async (t) => {
  const { clock, sent, queue, hear } = queueWith({ next: receipt })
  hear(-80)
  clock.nowMs += 1_000
  hear(-50)
  clock.nowMs += 500
  await queue.tick()
  t.deepEqual(sent[0]!.sightings, [{ beacon: `${uuid}/1/1`, rssiDbm: -50, ageMs: 500 }])
  t.is(String(sent[0]!.fix?.levelId), fix.level)
})

test('what the server refuses for good is not sent again', async (t) => {
  const answers: { next: Awaited<ReturnType<SendReport>> } = { next: 'refused' }
  const { clock, sent, queue, hear } = queueWith(answers)
  hear()
  await queue.tick()
  answers.next = receipt
  clock.nowMs += 6_000
  hear()
  await queue.tick()
  t.is(sent.length, 2)
  t.not(sent[0]!.sessionId, sent[1]!.sessionId)
  t.is(sent[1]!.sequence, 0)
})

test('reports come as often as the server asks: more often than by itself while one walks', async (t) => {
  const { clock, sent, queue, hear } = queueWith({ next: { ...receipt, nextReportMs: 2_000 } })
  for (let s = 0; s <= 6; s++) {
    hear()
    await queue.tick()
    clock.nowMs += 1_000
  }
  t.is(sent.length, 4)
})

test('withdrawing consent forgets what waits', async (t) => {
  const { sent, queue, hear } = queueWith({ next: 'away' })
  hear()
  await queue.tick()
  queue.clear()
  sent.length = 0
  await queue.tick()
  t.is(sent.length, 0)
})

function cacheOver(files: Map<string, string | ArrayBuffer>) {
  const values = new Map<string, unknown>()
  const memory = createMemory({
    getStorageSync: (key) => values.get(key) ?? '',
    setStorageSync: (key, value) => void values.set(key, value),
    removeStorageSync: (key) => void values.delete(key),
  })
  let nowMs = 0
  return createFileCache({
    files: {
      readFileSync(path) {
        const content = files.get(path)
        if (content === undefined) throw new Error('no such file')
        return content
      },
      writeFileSync: (path, data) => void files.set(path, data),
      unlinkSync: (path) => void files.delete(path),
    },
    folder: 'usr',
    memory,
    now: () => ++nowMs,
  })
}

test('what never changes is fetched once, and again when its file is gone', async (t) => {
  const files = new Map<string, string | ArrayBuffer>()
  const cache = cacheOver(files)
  let fetched = 0
  const fetch = () => Promise.resolve(`content ${++fetched}`)
  t.is(await cache.text('a', fetch), 'content 1')
  t.is(await cache.text('a', fetch), 'content 1')
  files.clear()
  t.is(await cache.text('a', fetch), 'content 2')
})

test('beyond its bound what was used longest ago goes first', async (t) => {
  const files = new Map<string, string | ArrayBuffer>()
  const cache = cacheOver(files)
  const third = 'x'.repeat(Math.floor(cacheMaxBytes / 3))
  for (const hash of ['a', 'b', 'c']) await cache.text(hash, () => Promise.resolve(third))
  await cache.text('a', () => Promise.reject(new Error('it is there')))
  await cache.text('d', () => Promise.resolve(third))
  t.deepEqual([...files.keys()].sort(), ['usr/atrium-a', 'usr/atrium-c', 'usr/atrium-d'])
})

test('a value that cannot be read is as if it were not there', (t) => {
  const memory = createMemory({
    getStorageSync: () => ({ half: true }),
    setStorageSync: () => {
      throw new Error('full')
    },
    removeStorageSync: () => undefined,
  })
  t.is(memory.get('x', hasKeys('token')), undefined)
  t.notThrows(() => {
    memory.set('x', 1)
  })
})

/** The hand-made mall and a person in it whose place a test sets. */
function guided(goal: string, at: { x: number; y: number; level?: string }) {
  const archive = tinyArchive()
  const destinations = destinationsOf(archive)
  const router = Router.of(buildRoutingTables(archive, destinations))
  const place = destinations.find(({ name }) => name.zh === goal)!
  const where = { fix: at as typeof at | undefined, nowMs: 0, router }
  const fixNow = (): Fix | undefined =>
    where.fix && {
      ...fix,
      level: tinyId(where.fix.level === 'F2' ? 'level F2' : 'level F1'),
      x: where.fix.x,
      y: where.fix.y,
      radiusM: 3,
    }
  const venue = {
    router,
    destinations,
    level: (id: string) => ({ ordinal: id === tinyId('level F2') ? 1 : 0 }),
  } as unknown as VenueData
  const guide = createGuide({
    goal: { name: goal, spot: { place: place.id }, placeId: place.id },
    venue,
    router: () => where.router,
    fix: fixNow,
    language: () => 'zh',
    now: () => where.nowMs,
  })
  const look = (to: { x: number; y: number; level?: string } | undefined, nowMs: number) => {
    where.fix = to
    where.nowMs = nowMs
    return guide.look()
  }
  return { guide, look, where }
}

test('a wrong turn brings another way within two seconds, a wobble does not', (t) => {
  const { guide, look } = guided('山间咖啡', { x: 24, y: 10 })
  t.is(look({ x: 24, y: 10 }, 0), 'planned')
  look({ x: 34, y: 10 }, 500)
  t.is(look({ x: 23, y: 10 }, 1_000), undefined, 'the fix had only wandered')
  const first = guide.way()
  const news = [1_500, 2_000, 2_500, 3_000, 3_500].map((nowMs) => look({ x: 35, y: 10 }, nowMs))
  t.is(news.indexOf('again'), 2, 'a second after the first fix off the way')
  t.not(guide.way(), first)
  t.true(Math.abs(guide.way()!.from.x - 35) < 1.5)
})

test('the lift comes before what is done after it, and the end is told once', (t) => {
  const { guide, look } = guided('银幕影城', { x: 24, y: 10 })
  look({ x: 24, y: 10 }, 0)
  look({ x: 33, y: 10 }, 500)
  look({ x: 37.5, y: 11.5 }, 1_000)
  t.is(nextThings(guide)?.now.icon, 'elevator')
  t.regex(nextThings(guide)?.now.text ?? '', /F2/)
  look({ x: 37, y: 11, level: 'F2' }, 20_000)
  t.is(guide.steps()[guide.stepIndex()]?.level, 'F2')
  const news = [30, 20, 8, 7, 6].map((x, index) => look({ x, y: 10, level: 'F2' }, 21_000 + index * 500))
  t.is(news.filter((each) => each === 'arrived').length, 1)
  t.true(guide.isThere())
})

test('a way from an entrance begins anew where the person turns out to be, without calling it wrong', (t) => {
  const { look, where } = guided('山间咖啡', { x: 0, y: 0 })
  t.is(look(undefined, 0), 'planned')
  const news = [3_500, 4_000, 4_500, 5_000, 5_500].map((nowMs) => look({ x: 34, y: 10 }, nowMs))
  t.true(news.includes('found'))
  t.false(news.includes('again'))
  where.router = where.router.withClosures([])
  t.is(look({ x: 34, y: 10 }, 6_000), 'changed', 'another state of the venue, another way')
})

/** A server for cars and payments whose answers a test sets; keeps what it was told. */
function parkingStub(answers: Readonly<Record<string, unknown>>) {
  const told: { id: string; request: unknown }[] = []
  const state = { isAway: false }
  const http: Pick<Http, 'call'> = {
    call(endpoint: { readonly id: string }, request: unknown) {
      told.push({ id: endpoint.id, request })
      if (state.isAway) return Promise.reject(new Away('no network'))
      const answer = answers[endpoint.id]
      const body: unknown = typeof answer === 'function' ? (answer as () => unknown)() : answer
      return (body instanceof Error ? Promise.reject(body) : Promise.resolve(body)) as never
    },
  }
  return { http, told, state, ids: () => told.map(({ id }) => id) }
}

const venueId = tinyId('venue')
const bay = directoryOf('bay | C017 | | parking | B2 | 10 | 10')[0]!

function carsWith(answers: Readonly<Record<string, unknown>>) {
  const server = parkingStub(answers)
  const values = new Map<string, unknown>()
  const memory = createMemory({
    getStorageSync: (key) => values.get(key) ?? '',
    setStorageSync: (key, value) => void values.set(key, value),
    removeStorageSync: (key) => void values.delete(key),
  })
  const clock = { nowMs: 1_000_000 }
  const make = () => createCars({ http: server.http, memory, mayLocate: () => true, now: () => clock.nowMs })
  return { ...server, clock, make, cars: make() }
}

test('where the car stands is kept without a network, through a restart, and told once when it is back', async (t) => {
  const { cars, make, state, ids } = carsWith({ sayMyBay: {}, readMyCars: [] })
  state.isAway = true
  t.is(await cars.sayBay(venueId, bay, false), 'kept')
  const again = make()
  t.is(again.known(venueId).own?.bay?.code, 'C017')
  t.false(await again.refresh(venueId))
  state.isAway = false
  t.true(await again.refresh(venueId))
  t.true(await again.refresh(venueId))
  t.is(ids().filter((id) => id === 'sayMyBay').length, 3, 'two tries in vain, one that arrived')
  t.true(again.known(venueId).own?.isTold)
})

test('a car is forgotten here only when the server has forgotten it', async (t) => {
  const { cars, state } = carsWith({ sayMyBay: {}, readMyCars: [], forgetMyCar: undefined })
  await cars.sayBay(venueId, bay, true)
  state.isAway = true
  await t.throwsAsync(cars.forget(venueId), { instanceOf: Away })
  t.not(cars.known(venueId).own, undefined)
  state.isAway = false
  await cars.forget(venueId)
  t.deepEqual(cars.known(venueId), { cars: [], own: undefined, askedMs: undefined })
})

test('who erases everything leaves no car on the phone, in no mall', async (t) => {
  const { cars } = carsWith({ sayMyBay: {}, readMyCars: [] })
  const elsewhere = tinyId('building') as string as typeof venueId
  for (const id of [venueId, elsewhere]) await cars.sayBay(id, bay, true)
  cars.forgetHere()
  for (const id of [venueId, elsewhere]) t.is(cars.known(id).own, undefined)
})

/** A minute with a phone that is driven along x for half of it, stands, and is walked off with. */
function driveIn({ clock, cars }: ReturnType<typeof carsWith>, destinations = [bay]): number {
  cars.setTrail(true)
  let noticed = 0
  for (let s = 1; s <= 60; s++) {
    for (let k = 0; k < 50; k++) {
      const tMs = clock.nowMs + k * 20
      const z = 9.81 + (s > 40 ? 3 * Math.sin((2 * Math.PI * 1.8 * tMs) / 1000) : 0)
      cars.push({ kind: 'acceleration', tMs, x: 0, y: 0, z })
    }
    clock.nowMs += 1000
    const fix = {
      ...{
        tMs: clock.nowMs,
        level: bay.levelId,
        levelProbability: 1,
        x: 3 * Math.min(s, 30),
        y: 0,
        radiusM: 8,
      },
      basis: { sightings: 10, silenceMs: 0, motion: true, support: 1 },
    }
    if (cars.take({ venueId, destinations }, fix)) noticed++
  }
  return noticed
}

test('a trail is kept on a level that has bays, and told; elsewhere no car can have been left', (t) => {
  const answers = { sayMyTrail: {}, sayMyBay: {}, readMyCars: [] }
  const phone = carsWith(answers)
  t.is(driveIn(phone), 1)
  t.like(phone.cars.known(venueId).own, { source: 'trail', levelId: bay.levelId })
  t.deepEqual(phone.ids(), ['sayMyTrail'])
  const upstairs = carsWith(answers)
  t.is(driveIn(upstairs, [{ ...bay, kind: 'shop' }]), 0)
  t.is(upstairs.cars.known(venueId).own, undefined)
  t.deepEqual(upstairs.ids(), [])
})

test('a trail does not replace what the shopper said, before their car is seen driving in again', async (t) => {
  const hourMs = 3_600_000
  const readMyCars: { enteredAtMs: number; said: [] }[] = []
  const phone = carsWith({ sayMyTrail: {}, sayMyBay: {}, readMyCars: () => readMyCars })
  const { cars, clock } = phone
  const own = () => cars.known(venueId).own?.source
  await cars.sayBay(venueId, bay, true)
  clock.nowMs += 2 * hourMs
  driveIn(phone)
  t.is(own(), 'shopper', 'of the same stay')
  t.true(phone.ids().includes('sayMyTrail'), 'the server hears it all the same')
  readMyCars.push({ enteredAtMs: clock.nowMs, said: [] })
  await cars.refresh(venueId)
  clock.nowMs += 1 * hourMs
  driveIn(phone)
  t.is(own(), 'trail', 'it drove in again')
  await cars.sayBay(venueId, bay, true)
  clock.nowMs += 13 * hourMs
  driveIn(phone)
  t.is(own(), 'trail', 'nobody stays that long')
})

test('a bay is found by its code however it is written, and by what its code holds', (t) => {
  const found = (text: string) => baysNamed(tinyDirectory, text).map(({ name }) => name.zh)
  t.deepEqual(found('c 017'), ['C017'])
  t.deepEqual(found('B2-C017'), ['C017'])
  t.deepEqual(found('https://mall.example/bay/C117'), ['C117'])
  t.deepEqual(found('A00'), ['A001', 'A002'])
  t.deepEqual(found(''), [])
})

const pay = {
  method: 'wechat',
  timeStamp: '1',
  nonceStr: 'n',
  package: 'prepay_id=1',
  signType: 'RSA',
  paySign: 's',
}

async function payWith(
  answers: Readonly<Record<string, unknown>>,
  doings: { readonly weChat?: boolean; readonly demo?: boolean } = {},
) {
  const server = parkingStub(answers)
  const asked: unknown[] = []
  let signedIn = 0
  const result = await payQuote(
    {
      http: server.http,
      platform: {
        requestPayment({ success, fail, ...options }) {
          asked.push(options)
          if (doings.weChat === false) fail({ errMsg: 'requestPayment:fail cancel' })
          else success()
        },
      },
      signIn: () => {
        signedIn++
        return Promise.resolve()
      },
      confirmDemo: () => Promise.resolve(doings.demo ?? true),
      wait: () => Promise.resolve(),
    },
    { venueId, quoteId: 'q' },
  )
  return { result, asked, signedIn, ids: server.ids() }
}

test('parking is paid with WeChat: signed in first where WeChat has to know whom to charge, then asked about', async (t) => {
  const answers = [new Refused(409, 'payer-needed', ''), { paymentId: 'p', amountFen: 500, pay }]
  const states = ['pending', 'paid']
  const { result, asked, signedIn } = await payWith({
    payQuote: () => answers.shift(),
    readPayment: () => ({ id: 'p', state: states.shift() }),
  })
  t.like(result, { kind: 'paid', isDemo: false })
  const { timeStamp, nonceStr, package: order, signType, paySign } = pay
  t.deepEqual(asked, [{ timeStamp, nonceStr, package: order, signType, paySign }])
  t.is(signedIn, 1)
})

test('who closes WeChat’s window has not paid; what WeChat took and nobody heard of is waited for', async (t) => {
  const begun = { paymentId: 'p', amountFen: 500, pay }
  const closed = await payWith({ payQuote: begun }, { weChat: false })
  t.is(closed.result.kind, 'cancelled')
  const unheard = await payWith({ payQuote: begun, readPayment: { state: 'pending' } })
  t.is(unheard.result.kind, 'waiting')
})

test('without WeChat Pay the demonstration asks first and says that it is one', async (t) => {
  const begin = () => {
    const answers: unknown[] = [
      new Refused(409, 'method-off', ''),
      { paymentId: 'p', amountFen: 500, pay: { method: 'demo' } },
    ]
    return { payQuote: () => answers.shift(), payDemo: { id: 'p', state: 'paid' } }
  }
  t.like((await payWith(begin())).result, { kind: 'paid', isDemo: true })
  const refused = await payWith(begin(), { demo: false })
  t.is(refused.result.kind, 'cancelled')
  t.false(refused.ids.includes('payDemo'))
  t.is((await payWith({ payQuote: new Refused(409, 'method-off', '') })).result.kind, 'off')
})

test('the phone’s heading is the compass’s less what the engine has learned it errs by', (t) => {
  const now: { fix: Fix | undefined; compassRad: number | undefined; nowMs: number } = {
    fix: undefined,
    compassRad: 1,
    nowMs: 0,
  }
  const heading = phoneHeading({
    fix: () => now.fix,
    compassRad: () => now.compassRad,
    now: () => now.nowMs,
  })
  t.true((heading()?.sdRad ?? 0) > 0.4, 'a compass alone is hardly worth an arrow')
  now.fix = { ...fix, heading: { rad: 0.4, sdRad: 0.1 } }
  heading()
  now.compassRad = 1.5
  t.true(Math.abs((heading()?.rad ?? 0) - 0.9) < 1e-9, 'half a radian turned since')
  now.fix = fix
  now.nowMs = 20_000
  t.true(Math.abs((heading()?.rad ?? 0) - 0.9) < 1e-9, 'standing, it still knows')
  t.true((heading()?.sdRad ?? 0) > 0.15, 'and is less sure')
})

test('the floor lies below the horizon, nearer is lower, and behind the camera is nothing', (t) => {
  const view = { width: 390, height: 844, downRad: 0.2 }
  const at = (forwardM: number, rightM = 0) => projectPoint(view, { rightM, forwardM })
  t.is(at(5)?.x, 195)
  t.true(at(2)!.y > at(5)!.y && at(5)!.y > at(50)!.y)
  t.true(at(5, 1)!.x > 195 && at(5, 1)!.x < at(3, 1)!.x)
  t.is(at(-1), undefined)
  const flat = projectPoint({ ...view, downRad: 0 }, { rightM: 0, forwardM: 1e6 })
  t.true(Math.abs(flat!.y - 422) < 0.01, 'far away is the horizon')
  const ahead = chevronShape(view, { rightM: 0, forwardM: 4, turnRad: 0 })!
  const right = chevronShape(view, { rightM: 0, forwardM: 4, turnRad: Math.PI / 2 })!
  const tip = (shape: typeof ahead) => shape.body[0]!
  t.true(Math.abs(tip(ahead).x - 195) < 1e-9)
  t.true(tip(right).x > 195, 'a chevron turned to the right points right')
})

test('only the sentence said last is heard, and nothing where there is no voice', (t) => {
  const made: ((result: { filename: string }) => void)[] = []
  const heard: string[] = []
  const player = { src: '', play: () => void heard.push(player.src), stop: () => undefined }
  const voice = createVoice({
    plugin: { textToSpeech: ({ success }) => void made.push(success) },
    createPlayer: () => player,
  })
  voice.say('左转', 'zh')
  voice.say('到了', 'zh')
  made[0]?.({ filename: 'first' })
  made[1]?.({ filename: 'second' })
  t.deepEqual(heard, ['second'])
  const silent = createVoice({ plugin: undefined, createPlayer: () => t.fail() })
  t.false(silent.isThere)
  t.notThrows(() => {
    silent.say('到了', 'zh')
  })
})
