import { createDecipheriv, randomBytes } from 'node:crypto'
import {
  eddystoneCharacteristic,
  eddystoneConfigService,
  encryptBlock,
  mokoService,
} from '../drivers/eddystone-config.ts'
import { fullUuid, uuidBytes, uuidOf } from '../frames/identity.ts'
import { advertisedIBeacon } from './kkm-beacon.ts'
import type { BeaconSettings, FleetBeacon } from './fleet.ts'
import { AttError } from './simulated-beacon.ts'
import type { SimulatedBeacon, SimulatedCharacteristic } from './simulated-beacon.ts'

const slots = 3
/** The slot that sends an iBeacon; the others are empty. */
const iBeaconSlot = 1
const txPowersDbm = [-40, -20, -8, 0, 4]

/**
 * A Moko BeaconX Pro: the Eddystone configuration service with its lock, and a slot that can be an iBeacon.
 * Source: google/eddystone configuration-service/README.md; BeaconX-Pro/02-iOS-Nordic-SDK.
 */
export function eddystoneBeacon(
  address: string,
  settings: BeaconSettings,
  { standsOpen = false } = {},
): FleetBeacon {
  /** 2: it was told to stay unlocked, which it is until it is told to lock. */
  let lock = standsOpen ? 2 : 0
  let slot = 0
  let challenge: Buffer | undefined
  const key = () => Buffer.from(settings.secret, 'hex')
  /** Everything but the lock itself is refused while it is locked. */
  const unlocked = <Value>(value: () => Value): Value => {
    if (lock === 0) throw new AttError(AttError.readNotPermitted)
    return value()
  }
  const sized = (value: Uint8Array, ...lengths: readonly number[]) => {
    if (!lengths.includes(value.length)) throw new AttError(AttError.invalidLength)
  }
  const at = (
    number: string,
    read?: () => Uint8Array,
    write?: (value: Uint8Array) => void,
  ): SimulatedCharacteristic => ({
    uuid: eddystoneCharacteristic(number),
    flags: [...(read ? ['read' as const] : []), ...(write ? ['write' as const] : [])],
    ...(read ? { read } : {}),
    ...(write ? { write } : {}),
  })

  function writeLock(value: Uint8Array): void {
    if (lock === 0) throw new AttError(AttError.writeNotPermitted)
    sized(value, 1, 17)
    if (value.length === 17) {
      const decipher = createDecipheriv('aes-128-ecb', key(), null).setAutoPadding(false)
      settings.secret = Buffer.concat([decipher.update(value.subarray(1)), decipher.final()]).toString('hex')
    }
    lock = value[0] ?? 0
  }

  function writeSlot(value: Uint8Array): void {
    if (value[0] !== 0x50 || slot !== iBeaconSlot) throw new AttError(AttError.writeNotPermitted)
    sized(value, 21)
    const view = new DataView(value.buffer, value.byteOffset, value.length)
    settings.identity = { uuid: uuidOf(value, 1), major: view.getUint16(17), minor: view.getUint16(19) }
  }

  function readSlot(): Uint8Array {
    if (slot !== iBeaconSlot) return Uint8Array.of(0xff)
    const { uuid, major, minor } = settings.identity
    return Uint8Array.of(0x50, ...uuidBytes(uuid)!, major >> 8, major & 0xff, minor >> 8, minor & 0xff)
  }

  const configuration = [
    at('01', () =>
      unlocked(() => Uint8Array.of(0, slots, 0, 0x03, 0x00, 0x0f, ...txPowersDbm.map((dbm) => dbm & 0xff))),
    ),
    at(
      '02',
      () => unlocked(() => Uint8Array.of(slot)),
      (value) => {
        unlocked(() => {
          sized(value, 1)
          if ((value[0] ?? 0) >= slots) throw new AttError(AttError.writeNotPermitted)
          slot = value[0] ?? 0
        })
      },
    ),
    at(
      '03',
      () => unlocked(() => Uint8Array.of(settings.intervalMs >> 8, settings.intervalMs & 0xff)),
      (value) => {
        unlocked(() => {
          sized(value, 2)
          // The service lets a beacon clamp what it cannot do.
          settings.intervalMs = Math.max(100, Math.min(10_240, ((value[0] ?? 0) << 8) | (value[1] ?? 0)))
        })
      },
    ),
    at(
      '04',
      () => unlocked(() => Uint8Array.of(settings.txPowerDbm & 0xff)),
      (value) => {
        unlocked(() => {
          sized(value, 1)
          settings.txPowerDbm = ((value[0] ?? 0) << 24) >> 24
        })
      },
    ),
    at('06', () => Uint8Array.of(lock), writeLock),
    at(
      '07',
      () => (challenge = randomBytes(16)),
      (value) => {
        // A challenge is good for one answer.
        const asked = challenge
        challenge = undefined
        if (asked && Buffer.from(value).equals(encryptBlock(key(), asked))) lock = 1
      },
    ),
    at(
      '0a',
      () => unlocked(readSlot),
      (value) => {
        unlocked(() => {
          writeSlot(value)
        })
      },
    ),
  ]
  const millivolts = 3000 - 6 * (100 - settings.batteryPercent)
  const battery: SimulatedCharacteristic = {
    uuid: mokoService.replace('e62a0001', 'e62a0006'),
    flags: ['read'],
    read: () => Uint8Array.of(millivolts >> 8, millivolts & 0xff),
  }
  const beacon: SimulatedBeacon = {
    address,
    name: 'BeaconX Pro',
    rssiDbm: settings.rssiDbm,
    serviceUuids: [],
    services: [
      { uuid: eddystoneConfigService, characteristics: configuration },
      { uuid: mokoService, characteristics: [battery] },
    ],
    manufacturerData: () => new Map([[0x4c, advertisedIBeacon(settings)]]),
    serviceData: () => new Map([[fullUuid('feab'), mokoInfo(address, millivolts)]]),
    connected() {
      if (lock !== 2) lock = 0
      slot = 0
    },
    disconnected() {
      if (lock !== 2) lock = 0
    },
  }
  return { beacon, settings, driverId: 'eddystone-moko' }
}

function mokoInfo(address: string, millivolts: number): Uint8Array {
  const mac = Buffer.from(address.replace(/:/g, ''), 'hex')
  return Uint8Array.of(0x40, 0, 0x0a, millivolts >> 8, millivolts & 0xff, 0, 0, ...mac, 1)
}
