import { createCipheriv } from 'node:crypto'
import { uuidBytes, uuidOf } from '../frames/identity.ts'
import type { Link } from '../radio/radio.ts'
import { differingFields, refuseImpossible, settable } from './compare.ts'
import { driverFault } from './driver-faults.ts'
import type { BeaconConfig, BeaconDriver, BeaconReading, BeaconSession, Capabilities } from './driver.ts'

/** A characteristic of the Eddystone configuration service, by its last two digits. */
export function eddystoneCharacteristic(number: string): string {
  return `a3c875${number}-8ed3-4bdf-8a39-a01bebede295`
}

export const eddystoneConfigService = eddystoneCharacteristic('00')
/** Moko's own service: only with it a slot can be an iBeacon. */
export const mokoService = 'e62a0001-1362-4f28-9327-f5b74e970801'
const mokoBattery = 'e62a0006-1362-4f28-9327-f5b74e970801'

const lockState = { locked: 0, unlocked: 1, staysUnlocked: 2 } as const
const iBeaconFrame = 0x50
const emptyFrame = 0xff

/** One block of AES-128-ECB, as the lock of the service is made of. */
export function encryptBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)
  return Buffer.concat([cipher.update(block), cipher.final()])
}

/**
 * Eddystone configuration service with Moko's iBeacon slot (BeaconX Pro). A secret is the 16 bytes of its lock code in
 * hexadecimal; Moko's passwords are ASCII, padded with FF.
 * Sources: google/eddystone configuration-service/README.md; BeaconX-Pro/02-iOS-Nordic-SDK (MKBXPService, MKBXPInterface).
 */
export const eddystoneDriver: BeaconDriver = {
  id: 'eddystone-moko',
  names: {
    zh: 'Eddystone 配置服务（Moko BeaconX Pro）',
    en: 'Eddystone configuration service (Moko BeaconX Pro)',
  },
  // "Moko4321" padded, and the lock code of the service's reference implementation.
  factorySecrets: ['4d6f6b6f34333231ffffffffffffffff', 'f'.repeat(32)],
  recognise({ serviceUuids, serviceData }) {
    if (serviceUuids.includes(mokoService) || serviceUuids.includes(eddystoneConfigService)) return 'yes'
    return serviceData.has('0000feab-0000-1000-8000-00805f9b34fb') ? 'maybe' : 'no'
  },
  newSecret: (random) => Buffer.from(random(16)).toString('hex'),
  async open(link, secret = '') {
    const { address } = link
    if (!link.has(eddystoneConfigService, eddystoneCharacteristic('07'))) {
      throw driverFault('unsupported-beacon', address, 'A3C87500')
    }
    if (!link.has(mokoService)) {
      throw driverFault('unsupported-beacon', address, 'Eddystone without an iBeacon slot (E62A0001)')
    }
    const session = new EddystoneSession(link, secret)
    await session.unlock()
    await session.findSlot()
    return session
  },
}

class EddystoneSession implements BeaconSession {
  readonly #link: Link
  readonly #secret: string
  /** Only one that was locked is opened: see `unlock`. */
  readonly askedForSecret = true
  #slot = 0
  #txPowersDbm: readonly number[] = []

  constructor(link: Link, secret: string) {
    this.#link = link
    this.#secret = secret
  }

  get capabilities(): Capabilities {
    return {
      fields: ['intervalMs', 'txPowerDbm', 'uuid', 'major', 'minor'],
      txPowersDbm: this.#txPowersDbm,
      intervalMs: { min: 100, max: 10_240 },
    }
  }

  /**
   * The challenge is read and answered encrypted, so that the code itself is never on the air. A beacon that stands open proves
   * no code: a new one sealed with a guess would lock it under a code that nobody knows, so it is refused.
   */
  async unlock(): Promise<void> {
    if ((await this.#readByte('06')) !== lockState.locked)
      throw driverFault('stands-open', this.#link.address)
    const challenge = await this.#read('07', 16)
    await this.#write('07', encryptBlock(this.#key(this.#secret), challenge))
    if ((await this.#readByte('06')) === lockState.locked)
      throw driverFault('wrong-secret', this.#link.address)
  }

  /** The slot that is an iBeacon; otherwise the first that is empty; otherwise the first. */
  async findSlot(): Promise<void> {
    const capabilities = await this.#read('01', 6)
    this.#txPowersDbm = [...capabilities.subarray(6)].map((byte) => (byte << 24) >> 24).sort((a, b) => a - b)
    let empty: number | undefined
    for (let slot = 0; slot < (capabilities[1] ?? 0); slot++) {
      await this.#write('02', Uint8Array.of(slot))
      const kind = (await this.#read('0a', 0))[0] ?? emptyFrame
      if (kind === iBeaconFrame) {
        this.#slot = slot
        return
      }
      if (kind === emptyFrame) empty ??= slot
    }
    this.#slot = empty ?? 0
    await this.#write('02', Uint8Array.of(this.#slot))
  }

  async read(): Promise<BeaconReading> {
    // The active slot is 0 again after every connection, and somebody else may have moved it.
    await this.#write('02', Uint8Array.of(this.#slot))
    const data = await this.#read('0a', 0)
    const interval = await this.#read('03', 2)
    const txPowerDbm = ((await this.#readByte('04')) << 24) >> 24
    const view = new DataView(data.buffer, data.byteOffset, data.length)
    const identity =
      data[0] === iBeaconFrame && data.length >= 21
        ? { uuid: uuidOf(data, 1), major: view.getUint16(17), minor: view.getUint16(19) }
        : undefined
    return {
      ...(identity ? { identity } : {}),
      txPowerDbm,
      intervalMs: ((interval[0] ?? 0) << 8) | (interval[1] ?? 0),
      ...(await this.#battery()),
    }
  }

  planWrites(want: BeaconConfig, reading: BeaconReading) {
    const refused = refuseImpossible(want, this.capabilities)
    if (refused) return refused
    const differing = differingFields(want, reading, this.capabilities)
    const values = settable(want, this.capabilities)
    const intervalMs = Number(values.get('intervalMs') ?? 0)
    const txPowerDbm = Number(values.get('txPowerDbm') ?? 0)
    const writes = [
      {
        fields: ['intervalMs'] as const,
        write: () => this.#write('03', Uint8Array.of(intervalMs >> 8, intervalMs & 0xff)),
      },
      { fields: ['txPowerDbm'] as const, write: () => this.#write('04', Uint8Array.of(txPowerDbm & 0xff)) },
      { fields: ['uuid', 'major', 'minor'] as const, write: () => this.#writeIdentity(want) },
    ]
    return writes.filter(({ fields }) => fields.some((field) => differing.includes(field)))
  }

  async changeSecret(next: string): Promise<void> {
    // Encrypted with the old one, which `unlock` has proven.
    const sealed = encryptBlock(this.#key(this.#secret), this.#key(next))
    await this.#write('06', Uint8Array.of(lockState.locked, ...sealed))
  }

  async finish(): Promise<void> {
    if ((await this.#readByte('06')) !== lockState.locked)
      await this.#write('06', Uint8Array.of(lockState.locked))
  }

  #writeIdentity({ identity }: BeaconConfig): Promise<void> {
    const data = new Uint8Array(21)
    data[0] = iBeaconFrame
    data.set(uuidBytes(identity.uuid) ?? [], 1)
    const view = new DataView(data.buffer)
    view.setUint16(17, identity.major)
    view.setUint16(19, identity.minor)
    return this.#write('0a', data)
  }

  async #battery(): Promise<{ batteryMv?: number }> {
    if (!this.#link.has(mokoService, mokoBattery)) return {}
    const value = await this.#link.read({ service: mokoService, characteristic: mokoBattery })
    const [high, low] = value
    return high === undefined || low === undefined ? {} : { batteryMv: (high << 8) | low }
  }

  #key(secret: string): Uint8Array {
    if (/^[0-9a-f]{32}$/i.test(secret)) return Buffer.from(secret, 'hex')
    throw driverFault('wrong-secret', this.#link.address)
  }

  async #readByte(number: string): Promise<number> {
    return (await this.#read(number, 1))[0] ?? 0
  }

  async #read(number: string, atLeast: number): Promise<Uint8Array> {
    const characteristic = eddystoneCharacteristic(number)
    const value = await this.#link.read({ service: eddystoneConfigService, characteristic })
    if (value.length < atLeast)
      throw driverFault('unreadable-answer', this.#link.address, `75${number}: ${value.length}`)
    return value
  }

  #write(number: string, value: Uint8Array): Promise<void> {
    const characteristic = eddystoneCharacteristic(number)
    return this.#link.write({ service: eddystoneConfigService, characteristic }, value)
  }
}
