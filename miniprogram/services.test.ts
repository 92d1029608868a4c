import test from 'ava'
import type { Fix } from '../positioning/index.ts'
import type { SightingsReport } from '../server/contract/presence.contract.ts'
import { createBeaconService, silentAfterMs } from './app/services/beacon-service.ts'
import type { BeaconPlatform, BeaconReading } from './app/services/beacon-service.ts'
import { cacheMaxBytes, createFileCache } from './app/services/file-cache.ts'
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
