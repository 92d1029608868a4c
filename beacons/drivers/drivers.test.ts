import test from 'ava'
import fc from 'fast-check'
import { fullUuid } from '../frames/identity.ts'
import { BeaconFault } from '../radio/beacon-fault.ts'
import type { Advertisement, Link } from '../radio/radio.ts'
import { txPowerStep } from './compare.ts'
import { shippedDrivers } from './index.ts'
import { readGattProfile } from './gatt-profile.ts'
import { foldProof, kkmDriver, kkmFrames, kkmProof } from './kkm.ts'
import { randomBytes } from 'node:crypto'

const profile = {
  id: 'a-vendor',
  names: { zh: '某厂', en: 'A vendor' },
  source: 'its manual',
  service: 'fff0',
  secret: null,
  fields: {
    uuid: { characteristic: 'fff1' },
    major: { characteristic: 'fff2', type: 'u16be' },
    minor: { characteristic: 'fff3', type: 'u16be' },
  },
}
const want = {
  identity: { uuid: '5f5f3d0e-1111-4222-8333-444455556666', major: 1, minor: 2 },
  intervalMs: 300,
}

test('takes a vendor as a JSON profile, and names every fault of one with its place', (t) => {
  t.true('profile' in readGattProfile(profile))
  const read = readGattProfile({
    ...profile,
    id: 'Not An Id',
    fields: { ...profile.fields, major: { characteristic: 'nowhere', type: 'u32' } },
    more: 1,
  })
  t.true('faults' in read)
  if ('faults' in read) {
    const places = read.faults.map((fault) => fault.slice(0, fault.indexOf(':'))).sort()
    t.deepEqual(places, ['fields.major.characteristic', 'fields.major.type', 'id', 'profile'])
  }
  t.true('faults' in readGattProfile('nonsense'))
  fc.assert(
    fc.property(fc.jsonValue(), (document) => {
      const answer = readGattProfile(document)
      t.true('profile' in answer || answer.faults.length > 0)
    }),
  )
})

test('knows its beacons from what they advertise, and leaves the others alone', (t) => {
  const heard = (more: Partial<Advertisement>): Advertisement => ({
    address: 'C8:FD:19:00:00:01',
    addressType: 'random',
    manufacturerData: new Map(),
    serviceData: new Map(),
    serviceUuids: [],
    ...more,
  })
  const verdicts = (seen: Advertisement) => shippedDrivers().map((driver) => driver.recognise(seen))
  t.deepEqual(verdicts(heard({})), ['no', 'no', 'no', 'no'])
  t.deepEqual(verdicts(heard({ serviceUuids: [fullUuid('fea0')] })), ['yes', 'no', 'no', 'no'])
  const moko = new Map([[fullUuid('feab'), new Uint8Array()]])
  t.deepEqual(verdicts(heard({ serviceData: moko })), ['no', 'maybe', 'no', 'no'])
  t.deepEqual(verdicts(heard({ name: 'iBKS105' })), ['no', 'no', 'yes', 'no'])
  t.deepEqual(verdicts(heard({ name: 'nRF Beacon' })), ['no', 'no', 'no', 'yes'])
})

test('makes secrets a beacon takes, each another', (t) => {
  for (const driver of shippedDrivers()) {
    const secrets = Array.from({ length: 20 }, () => driver.newSecret(randomBytes))
    if (driver.factorySecrets.length === 0) {
      t.deepEqual(new Set(secrets), new Set([undefined]))
      continue
    }
    t.true(new Set(secrets).size >= 19, driver.id)
    for (const secret of secrets) t.false(driver.factorySecrets.includes(secret ?? ''))
  }
  t.regex(kkmDriver.newSecret(randomBytes) ?? '', /^[A-HJ-NP-Za-km-z2-9]{16}$/)
})

test('takes the power step that is not above the one asked for', (t) => {
  t.is(txPowerStep(-5, [-30, -8, 0, 4]), -8)
  t.is(txPowerStep(9, [-30, -8, 0, 4]), 4)
  t.is(txPowerStep(-40, [-30, -8, 0, 4]), -30)
  t.is(txPowerStep(-5, []), -5)
})

test('cuts KKM messages into frames that fit the smallest packet, and folds proofs in half', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (message) => {
      const frames = kkmFrames(message)
      t.true(frames.every(({ length }) => length <= 20))
      t.deepEqual(Buffer.concat(frames.map((frame) => frame.subarray(3))), Buffer.from(message))
      t.is(frames.length === 1, frames[0]![0] === 0x23)
    }),
  )
  const proof = kkmProof('C8:FD:19:00:00:01', Uint8Array.of(1, 2, 3, 4), '0'.repeat(16))
  t.is(proof.length, 16)
  t.deepEqual(
    [...foldProof(proof)],
    Array.from({ length: 8 }, (_, i) => proof[i]! ^ proof[i + 8]!),
  )
})

test('no answer of a beacon crashes a driver: each gets a sentence', async (t) => {
  const value = fc.uint8Array({ maxLength: 24 })
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(value), fc.nat(3), async (values, which) => {
      let listener: ((value: Uint8Array) => void) | undefined
      let left = 60
      const next = (): Uint8Array => {
        if (left-- <= 0) throw new BeaconFault('link-lost', { zh: '断了。', en: 'It broke.' })
        return values.next().value as Uint8Array
      }
      const link: Link = {
        address: 'C8:FD:19:00:00:01',
        get isOpen() {
          return left > 0
        },
        has: () => true,
        read: () => Promise.resolve().then(next),
        write: () =>
          Promise.resolve().then(() => {
            listener?.(next())
          }),
        listen: (_at, heard) => {
          listener = heard
          return Promise.resolve()
        },
        batteryPercent: () => undefined,
        close: () => Promise.resolve(),
      }
      const driver = shippedDrivers()[which]!
      const [secret] = driver.factorySecrets
      try {
        const session = await driver.open(link, secret)
        const reading = await session.read()
        const writes = session.planWrites(want, reading)
        if ('refused' in writes) return
        for (const { write } of writes) await write()
        await session.changeSecret(driver.newSecret(randomBytes) ?? '')
        await session.finish()
      } catch (error) {
        t.true(error instanceof BeaconFault, String(error))
        if (error instanceof BeaconFault) t.regex(error.words.en, /\.$/)
      }
    }),
    { numRuns: 300 },
  )
})
