import test from 'ava'
import { RandomStream } from '../random.ts'
import type { BodySample } from './journey.ts'
import type { RadioField } from './radio.ts'
import { androidReceiver, hear, weChatReceiver, type Receiver } from './receiver.ts'
import type { BeaconSketch } from './sketch.ts'

const minute = Array.from({ length: 3000 }, (_, index): BodySample => ({
  tMs: 5000 + index * 20,
  level: 'G',
  x: index / 100,
  y: 0,
  zM: 0,
  headingRad: 0,
  activity: 'walking',
  acceleration: { forward: 0, right: 0, up: 0 },
  stepPhase: 0,
}))
const beacons = ['a', 'b', 'c'].map((id): BeaconSketch => ({
  id,
  level: 'G',
  x: 0,
  y: 0,
  heightM: 3,
  powerAt1mDbm: -59,
  intervalMs: 500,
}))
const steady = (dbm: number): RadioField => ({ meanDbm: () => dbm, fadeDb: () => 0 })
const keen: Receiver = { ...androidReceiver, lossShare: 0, stallsPerMinute: 0, clockJitterMs: 0 }
const listen = (receiver: Receiver, dbm = -60) =>
  hear(minute, { beacons, field: steady(dbm), receiver }, new RandomStream(4))

test('hears a strong beacon once per interval and 0 to 10 ms more', (t) => {
  const times = listen(keen)
    .filter(({ id }) => id === 'a')
    .map(({ tMs }) => tMs)
  const gaps = times.slice(1).map((tMs, index) => tMs - times[index]!)
  t.true(gaps.every((gap) => gap >= 499 && gap <= 511))
  t.true(new Set(gaps).size > 5, 'the delay varies')
})

test('loses half of the packets at its sensitivity, nearly all below and hardly any above', (t) => {
  const all = listen(keen).length
  t.true(Math.abs(listen(keen, keen.sensitivityDbm).length / all - 0.5) < 0.1)
  t.true(listen(keen, keen.sensitivityDbm - 8).length / all < 0.03)
  t.true(listen(keen, keen.sensitivityDbm + 8).length / all > 0.97)
  t.true(Math.abs(listen({ ...keen, lossShare: 0.4 }).length / all - 0.6) < 0.08)
})

test('hears nothing outside its scan window or while the system stalls', (t) => {
  for (const { tMs } of listen({ ...keen, scanWindowMs: 1024, scanPeriodMs: 4096 }))
    t.true(tMs % 4096 <= 1024)
  const times = listen({ ...keen, stallsPerMinute: 6, stallMs: { least: 3000, most: 3000 } }).map(
    ({ tMs }) => tMs,
  )
  const longest = Math.max(...times.slice(1).map((tMs, index) => tMs - times[index]!))
  t.true(longest >= 3000 && longest < 13000, `${longest} ms`)
})

test('reads whole dBm, shifted by the phone, in order of time', (t) => {
  const readings = listen({ ...keen, offsetDb: -5, clockJitterMs: 30 }, -60.4)
  t.true(readings.every(({ rssiDbm }) => rssiDbm === -65))
  t.true(readings.every(({ tMs }, index) => index === 0 || tMs >= readings[index - 1]!.tMs))
  t.true(listen(keen, 5).every(({ rssiDbm }) => rssiDbm === 0))
})

test('hands a mini-program one reading a beacon a second, the mean of what it heard', (t) => {
  const field: RadioField = { meanDbm: (_, { tMs }) => (tMs % 1000 < 500 ? -50 : -70), fadeDb: () => 0 }
  const single = { ...keen, batchMs: 1000 }
  const readings = hear(
    minute,
    { beacons, field, receiver: { ...single, batchRssi: 'mean' } },
    new RandomStream(4),
  )
  t.true(readings.every(({ tMs }) => tMs % 1000 === 0))
  t.is(new Set(readings.map(({ tMs, id }) => `${tMs} ${id}`)).size, readings.length)
  t.true(readings.filter(({ rssiDbm }) => rssiDbm === -60).length > readings.length * 0.8)
  const last = hear(
    minute,
    { beacons, field, receiver: { ...single, batchRssi: 'last' } },
    new RandomStream(4),
  )
  t.true(last.every(({ rssiDbm }) => rssiDbm === -50 || rssiDbm === -70))
  t.is(weChatReceiver.batchMs, 1000)
})

test('hears nothing on a walk that has no samples', (t) => {
  t.deepEqual(hear([], { beacons, field: steady(-60), receiver: keen }, new RandomStream(1)), [])
})
