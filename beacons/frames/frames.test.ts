import test from 'ava'
import fc from 'fast-check'
import { buildAltBeacon, readAltBeacon } from './alt-beacon.ts'
import { coinCellPercent, coinCellProfiles, forecastBattery } from './battery.ts'
import { fromHex } from './bytes.ts'
import {
  buildEddystoneEid,
  buildEddystoneTlm,
  buildEddystoneUid,
  buildEddystoneUrl,
  eddystoneService,
  readEddystone,
} from './eddystone.ts'
import { refuseFactoryUuid } from './factory-uuids.ts'
import { buildIBeacon, readIBeacon } from './i-beacon.ts'
import { fullUuid, sameIdentity, uuidOf } from './identity.ts'
import { nextMinor } from './numbering.ts'
import { iBeaconOf, readFrames } from './read-frames.ts'
import { readVendorFrame } from './vendor-frames.ts'

const bytes = (text: string) => fromHex(text.replace(/\s/g, ''))!
const anyBytes = fc.uint8Array({ maxLength: 40 })
const uuid = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((id) => uuidOf(id))
const number16 = fc.integer({ min: 0, max: 0xffff })
const signed8 = fc.integer({ min: -128, max: 127 })
const hexOf = (count: number) =>
  fc
    .uint8Array({ minLength: count, maxLength: count })
    .map((id) => Array.from(id, (byte) => byte.toString(16).padStart(2, '0')).join(''))

test('reads the bytes of published examples', (t) => {
  t.deepEqual(readIBeacon(bytes('0215 FDA50693A4E24FB1AFCFC6EB07647825 2711 4CB9 C5')), {
    kind: 'ibeacon',
    identity: { uuid: 'fda50693-a4e2-4fb1-afcf-c6eb07647825', major: 10001, minor: 19641 },
    measuredPowerDbm: -59,
  })
  t.deepEqual(readEddystone(bytes('00 EE edd1ebeac04e5defa017 0bdb87539b67 0000')), {
    kind: 'eddystone-uid',
    powerAt0mDbm: -18,
    namespace: 'edd1ebeac04e5defa017',
    instance: '0bdb87539b67',
  })
  t.deepEqual(readEddystone(bytes('10 EE 03 676f6f2e676c2f53367a543650')), {
    kind: 'eddystone-url',
    powerAt0mDbm: -18,
    url: 'https://goo.gl/S6zT6P',
  })
  t.deepEqual(readEddystone(bytes('20 00 0BB8 1A80 00000064 0000012C')), {
    kind: 'eddystone-tlm',
    batteryMv: 3000,
    temperatureC: 26.5,
    packets: 100,
    uptimeS: 30,
  })
  t.deepEqual(readVendorFrame(fullUuid('ffe1'), bytes('A1 08 64 001302E4CDAB 504C5553303031')), {
    kind: 'vendor',
    vendor: 'minew',
    batteryPercent: 100,
    address: 'AB:CD:E4:02:13:00',
    name: 'PLUS001',
  })
})

test('reads the battery where a vendor puts it, and leaves it out where a beacon does not know it', (t) => {
  t.deepEqual(readVendorFrame(fullUuid('2080'), bytes('5B 00 01 00 00 07')), {
    kind: 'vendor',
    vendor: 'kkm',
    batteryPercent: 91,
  })
  t.deepEqual(readVendorFrame(fullUuid('feab'), bytes('40 00 0A 0BB8 00 00 C8FD19000001 10')), {
    kind: 'vendor',
    vendor: 'moko',
    batteryMv: 3000,
    address: 'C8:FD:19:00:00:01',
  })
  t.deepEqual(readVendorFrame(fullUuid('fff0'), bytes('19 0102 03 DC0D30000001 65')), {
    kind: 'vendor',
    vendor: 'feasycom',
    isMainsPowered: true,
    address: 'DC:0D:30:00:00:01',
  })
  t.deepEqual(readEddystone(bytes('20 00 0000 8000 00000001 00000001')), {
    kind: 'eddystone-tlm',
    packets: 1,
    uptimeS: 0.1,
  })
  t.is(readVendorFrame(fullUuid('1234'), bytes('00')), undefined)
})

test('never throws on whatever is on the air, and gives each refusal a sentence in both languages', (t) => {
  const company = fc.oneof(fc.constant(0x4c), fc.integer({ min: 0, max: 0xffff }))
  const service = fc.oneof(fc.constantFrom('2080', 'ffe1', 'feab', 'fff0', 'feaa').map(fullUuid), uuid)
  const start = fc.constantFrom('', '0215', 'beac', '00', '10ee03', '2000', '2001', '30', 'a108', '40')
  const data = fc.tuple(start, anyBytes).map(([head, tail]) => Uint8Array.of(...bytes(head), ...tail))
  fc.assert(
    fc.property(
      fc.array(fc.tuple(company, data)),
      fc.array(fc.tuple(service, data)),
      (ofCompanies, ofServices) => {
        const advertised = { manufacturerData: new Map(ofCompanies), serviceData: new Map(ofServices) }
        const { frames, refusals } = readFrames(advertised)
        t.true(
          frames.length + refusals.length <=
            2 * advertised.manufacturerData.size + advertised.serviceData.size,
        )
        for (const { words } of refusals) {
          t.regex(words.zh, /[一-鿿].*[。]$/)
          t.regex(words.en, /^[A-Z].*\.$/)
        }
        iBeaconOf(advertised)
      },
    ),
    { numRuns: 500 },
  )
})

test('reads back every frame it builds', (t) => {
  const identity = fc.record({ uuid, major: number16, minor: number16 })
  fc.assert(
    fc.property(identity, signed8, (id, measuredPowerDbm) => {
      const data = buildIBeacon(id, measuredPowerDbm)
      t.true(data instanceof Uint8Array)
      if (data instanceof Uint8Array) {
        t.deepEqual(readIBeacon(data), { kind: 'ibeacon', identity: id, measuredPowerDbm })
      }
    }),
  )
  const roundTrip = (data: object, read: (bytes: Uint8Array) => unknown, expected: object) => {
    t.true(data instanceof Uint8Array)
    if (data instanceof Uint8Array) t.deepEqual(read(data), expected)
  }
  fc.assert(
    fc.property(signed8, hexOf(10), hexOf(6), (powerAt0mDbm, namespace, instance) => {
      const frame = { powerAt0mDbm, namespace, instance }
      roundTrip(buildEddystoneUid(frame), readEddystone, { kind: 'eddystone-uid', ...frame })
    }),
  )
  fc.assert(
    fc.property(signed8, hexOf(8), (powerAt0mDbm, eid) => {
      roundTrip(buildEddystoneEid({ powerAt0mDbm, eid }), readEddystone, {
        kind: 'eddystone-eid',
        powerAt0mDbm,
        eid,
      })
    }),
  )
  fc.assert(
    fc.property(number16, hexOf(20), signed8, fc.nat(255), (company, id, measuredPowerDbm, reserved) => {
      const frame = { id, measuredPowerDbm, reserved }
      const read = (data: Uint8Array) => readAltBeacon(company, data)
      roundTrip(buildAltBeacon(frame), read, { kind: 'altbeacon', company, ...frame })
    }),
  )
  const tlm = fc.record({
    batteryMv: fc.integer({ min: 1, max: 0xffff }),
    temperatureC: fc.integer({ min: -0x7fff, max: 0x7fff }).map((value) => value / 256),
    packets: fc.nat(0x7fff_ffff),
    uptimeS: fc.nat(0x7fff_ffff).map((value) => value / 10),
  })
  fc.assert(
    fc.property(tlm, (frame) => {
      roundTrip(buildEddystoneTlm(frame), readEddystone, { kind: 'eddystone-tlm', ...frame })
    }),
  )
  const host = fc.stringMatching(/^[a-z]{1,6}(\.com|\.org\/|\.gov)[a-z0-9]{0,4}$/)
  fc.assert(
    fc.property(
      fc.constantFrom('http://', 'https://', 'http://www.', 'https://www.'),
      host,
      (scheme, rest) => {
        const frame = { powerAt0mDbm: -18, url: scheme + rest }
        roundTrip(buildEddystoneUrl(frame), readEddystone, { kind: 'eddystone-url', ...frame })
      },
    ),
  )
})

test('refuses to build what does not fit, naming what was expected', (t) => {
  const identity = { uuid: '5f5f3d0e-0000-4000-8000-000000000001', major: 1, minor: 1 }
  for (const wrong of [
    buildIBeacon({ ...identity, uuid: 'not-a-uuid' }, -59),
    buildIBeacon({ ...identity, major: 65_536 }, -59),
    buildIBeacon({ ...identity, minor: -1 }, -59),
    buildIBeacon(identity, -200),
    buildEddystoneUrl({ powerAt0mDbm: 0, url: 'ftp://a' }),
    buildEddystoneUrl({ powerAt0mDbm: 0, url: `https://${'a'.repeat(18)}` }),
    buildEddystoneUrl({ powerAt0mDbm: 0, url: 'https://商场' }),
    buildEddystoneUid({ powerAt0mDbm: 0, namespace: 'ab', instance: 'cd' }),
    buildEddystoneEid({ powerAt0mDbm: 0, eid: 'zz' }),
    buildAltBeacon({ id: '00', measuredPowerDbm: 0, reserved: 0 }),
  ]) {
    t.like(wrong, { refused: 'value-out-of-range' })
  }
  t.like(readIBeacon(bytes('0215 FDA5')), { refused: 'frame-cut-short' })
  t.like(readEddystone(bytes('20 07 0000')), { refused: 'frame-meaningless' })
  t.true(
    readFrames({ manufacturerData: new Map(), serviceData: new Map([[eddystoneService, bytes('99 99')]]) })
      .refusals.length === 1,
  )
})

test('refuses UUIDs that every other mall may have, of any case', (t) => {
  t.like(refuseFactoryUuid('FDA50693-A4E2-4FB1-AFCF-C6EB07647825'), { refused: 'factory-default-uuid' })
  t.is(refuseFactoryUuid('5f5f3d0e-0000-4000-8000-000000000001'), undefined)
  t.true(
    sameIdentity(
      { uuid: 'AA5f3d0e-0000-4000-8000-000000000001', major: 1, minor: 2 },
      { uuid: 'aa5f3d0e-0000-4000-8000-000000000001', major: 1, minor: 2 },
    ),
  )
})

test('gives each beacon of a level a number nobody has, and says when there is none', (t) => {
  t.is(nextMinor([]), 1)
  t.is(nextMinor([1, 2, 7]), 8)
  t.is(nextMinor([4, 6], { from: 4, to: 6 }), 5)
  t.like(nextMinor([4, 5, 6], { from: 4, to: 6 }), { refused: 'no-free-number' })
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 30 })),
      fc.nat(20),
      fc.nat(12),
      (taken, from, length) => {
        const range = { from, to: from + length }
        const next = nextMinor(taken, range)
        if (typeof next !== 'number') {
          t.true(
            Array.from({ length: length + 1 }, (_, i) => from + i).every((minor) => taken.includes(minor)),
          )
        } else {
          t.false(taken.includes(next))
          t.true(next >= range.from && next <= range.to)
        }
      },
    ),
  )
})

const day = 86_400_000
const falling = (perDay: number, days: number, noise: (i: number) => number = () => 0) =>
  Array.from({ length: days }, (_, i) => ({ atMs: i * day, percent: 100 - perDay * i + noise(i) }))

test('forecasts a battery that falls steadily by its own history, within its range', (t) => {
  // 0.25 % a day from 100 %: at day 120 there are 70 %, and 60 more take 240 days, 7.9 months.
  const seven = 240 / (365.25 / 12)
  const forecast = forecastBattery(
    falling(0.25, 121, (i) => ((i * 7) % 5) - 2),
    { nowMs: 120 * day },
  )!
  t.is(forecast.basis, 'history')
  t.true(Math.abs(forecast.months.likely - seven) < 0.8, String(forecast.months.likely))
  t.true(forecast.months.low <= forecast.months.likely && forecast.months.likely <= forecast.months.high)
  t.true(forecast.months.low < seven && forecast.months.high > seven)
})

test('forgets what was before a new battery, and goes by the hardware until history tells', (t) => {
  const old = falling(0.5, 150).map((reading) => ({ ...reading, atMs: reading.atMs - 160 * day }))
  const changed = [...old, { atMs: 0, percent: 100 }, { atMs: day, percent: 100 }]
  t.is(forecastBattery(changed, { nowMs: day }), undefined)
  const use = { nowMs: day, profile: coinCellProfiles.CR2477, intervalMs: 500 }
  const forecast = forecastBattery(changed, use)!
  t.is(forecast.basis, 'hardware')
  t.is(forecast.readings, 2)
  // 1000 mAh at 27.5 µA is 49.8 months; 90 % of it at four fifths is 35.8.
  t.true(Math.abs(forecast.months.likely - 35.8) < 0.2, String(forecast.months.likely))
  const faster = forecastBattery(changed, { ...use, intervalMs: 100 })!
  t.true(faster.months.likely < forecast.months.likely / 4)
  t.is(forecastBattery([{ atMs: 0, percent: 6 }], { ...use })!.months.likely, 0)
})

test('never forecasts nonsense, whatever was read', (t) => {
  const reading = fc.oneof(
    fc.record({ atMs: fc.integer({ min: 0, max: 400 * day }), percent: fc.integer({ min: -50, max: 300 }) }),
    fc.record({
      atMs: fc.integer({ min: 0, max: 400 * day }),
      millivolts: fc.integer({ min: 0, max: 5000 }),
    }),
  )
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 30 }), (readings) => {
      const forecast = forecastBattery(readings, {
        nowMs: 400 * day,
        profile: coinCellProfiles.CR2032,
        intervalMs: 300,
      })!
      const { low, likely, high } = forecast.months
      t.true(low >= 0 && low <= likely && likely <= high && high <= 120)
      t.true(forecast.percentNow >= 0 && forecast.percentNow <= 100)
    }),
  )
  for (let mv = 1800; mv < 3300; mv++) t.true(coinCellPercent(mv) <= coinCellPercent(mv + 1) + 1e-9)
})
