import { fullUuid, uuidBytes, uuidOf } from '../frames/identity.ts'
import type { Link } from '../radio/radio.ts'
import { differingFields, refuseImpossible, settable } from './compare.ts'
import { driverFault } from './driver-faults.ts'
import type {
  BeaconConfig,
  BeaconDriver,
  BeaconReading,
  BeaconSession,
  Capabilities,
  ConfigField,
} from './driver.ts'
import type { GattProfile } from './gatt-profile.ts'

/** The order of writing: what cannot make a beacon unfindable first. */
const writeOrder: readonly ConfigField[] = [
  'measuredPowerDbm',
  'txPowerDbm',
  'intervalMs',
  'uuid',
  'major',
  'minor',
]

/** A driver from a profile: each setting a characteristic, or a part of one. */
export function flatGattDriver(profile: GattProfile): BeaconDriver {
  const { secret, service } = profile
  const services = [service, ...profile.recognise.services].map(fullUuid)
  const named = profile.recognise.names
  return {
    id: profile.id,
    names: profile.names,
    ...(profile.preparation ? { preparation: profile.preparation } : {}),
    factorySecrets: secret?.factory ?? [],
    recognise({ serviceUuids, name = '' }) {
      if (named.some((start) => name.startsWith(start))) return 'yes'
      return services.some((uuid) => serviceUuids.includes(uuid)) ? 'maybe' : 'no'
    },
    newSecret(random) {
      if (!secret) return undefined
      // All zeros means no secret on some.
      for (;;) {
        const bytes = random(secret.bytes)
        if (bytes.some((byte) => byte !== 0)) return Buffer.from(bytes).toString('hex')
      }
    },
    async open(link, given) {
      if (!link.has(service, profile.fields.uuid.characteristic)) {
        throw driverFault(
          'unsupported-beacon',
          link.address,
          `${service}/${profile.fields.uuid.characteristic}`,
        )
      }
      const session = new FlatGattSession(link, profile)
      await session.unlock(given ?? '')
      return session
    },
  }
}

class FlatGattSession implements BeaconSession {
  readonly capabilities: Capabilities
  readonly #link: Link
  readonly #profile: GattProfile
  #asked = false

  constructor(link: Link, profile: GattProfile) {
    const { fields } = profile
    this.#link = link
    this.#profile = profile
    this.capabilities = {
      fields: writeOrder.filter((field) => fields[field] !== undefined),
      txPowersDbm: [...(fields.txPowerDbm?.levels ?? [])].sort((a, b) => a - b),
      ...(fields.intervalMs
        ? { intervalMs: { min: fields.intervalMs.min, max: fields.intervalMs.max } }
        : {}),
    }
  }

  get askedForSecret(): boolean {
    return this.#asked
  }

  /** A beacon that stands open is not written a secret: that would be taken for a new one. */
  async unlock(given: string): Promise<void> {
    const { secret } = this.#profile
    if (!secret || (await this.#state()) === secret.state.open) return
    const { address } = this.#link
    if ((await this.#state()) === secret.state.lockedOut) throw driverFault('locked-out', address)
    this.#asked = true
    await this.#writeSecret(given)
    const state = await this.#state()
    if (state === secret.state.open) return
    throw driverFault(state === secret.state.lockedOut ? 'locked-out' : 'wrong-secret', address)
  }

  async read(): Promise<BeaconReading> {
    const { fields } = this.#profile
    const values = new Map<string, Uint8Array>()
    const valueOf = async (field: { characteristic: string; offset: number }, atLeast: number) => {
      const value = values.get(field.characteristic) ?? (await this.#read(field.characteristic))
      values.set(field.characteristic, value)
      if (value.length < field.offset + atLeast) {
        throw driverFault('unreadable-answer', this.#link.address, `${field.characteristic}: ${value.length}`)
      }
      return value.subarray(field.offset)
    }
    const numberOf = async (field: NumberField) =>
      decode(await valueOf(field, widthOf(field.type)), field.type)
    const reading: { -readonly [Key in keyof BeaconReading]: BeaconReading[Key] } = {
      identity: {
        uuid: uuidOf(await valueOf(fields.uuid, 16)),
        major: await numberOf(fields.major),
        minor: await numberOf(fields.minor),
      },
    }
    if (fields.measuredPowerDbm) reading.measuredPowerDbm = await numberOf(fields.measuredPowerDbm)
    if (fields.intervalMs) {
      reading.intervalMs = Math.round((await numberOf(fields.intervalMs)) * fields.intervalMs.unitMs)
    }
    if (fields.txPowerDbm) {
      const value = await numberOf(fields.txPowerDbm)
      const dbm = fields.txPowerDbm.levels ? fields.txPowerDbm.levels[value] : value
      if (dbm !== undefined) reading.txPowerDbm = dbm
    }
    const batteryPercent = this.#link.batteryPercent()
    return batteryPercent === undefined ? reading : { ...reading, batteryPercent }
  }

  planWrites(want: BeaconConfig, reading: BeaconReading) {
    const refused = refuseImpossible(want, this.capabilities)
    if (refused) return refused
    const differing = differingFields(want, reading, this.capabilities)
    // Settings that share a characteristic are written together.
    const groups = new Map<string, ConfigField[]>()
    for (const field of differing) {
      const at = this.#profile.fields[field]?.characteristic ?? ''
      groups.set(at, [...(groups.get(at) ?? []), field])
    }
    return [...groups].map(([characteristic, fields]) => ({
      fields,
      write: () => this.#writeFields(characteristic, fields, want),
    }))
  }

  async changeSecret(next: string): Promise<void> {
    await this.#writeSecret(next)
  }

  finish(): Promise<void> {
    return Promise.resolve()
  }

  async #writeFields(
    characteristic: string,
    changed: readonly ConfigField[],
    want: BeaconConfig,
  ): Promise<void> {
    const values = settable(want, this.capabilities)
    const value = Uint8Array.from(await this.#read(characteristic))
    for (const field of changed) {
      const asked = values.get(field)
      if (asked === undefined) continue
      value.set(this.#encode(field, asked), this.#profile.fields[field]?.offset ?? 0)
    }
    await this.#link.write({ service: this.#profile.service, characteristic }, value)
  }

  #encode(name: ConfigField, value: string | number): Uint8Array {
    if (name === 'uuid') return uuidBytes(String(value)) ?? new Uint8Array(16)
    const { fields } = this.#profile
    const field = fields[name]
    if (!field) return new Uint8Array()
    const asked = Number(value)
    if (name === 'txPowerDbm' && fields.txPowerDbm?.levels) {
      return encode(fields.txPowerDbm.levels.indexOf(asked), field.type)
    }
    return encode(
      name === 'intervalMs' ? Math.round(asked / (fields.intervalMs?.unitMs ?? 1)) : asked,
      field.type,
    )
  }

  async #state(): Promise<number> {
    const at = this.#profile.secret?.state.characteristic ?? ''
    return (await this.#read(at))[0] ?? 0
  }

  async #writeSecret(secret: string): Promise<void> {
    const shape = this.#profile.secret
    if (!shape) return
    const bytes = Buffer.from(secret, 'hex')
    if (bytes.length !== shape.bytes) throw driverFault('wrong-secret', this.#link.address)
    await this.#link.write({ service: this.#profile.service, characteristic: shape.characteristic }, bytes)
  }

  #read(characteristic: string): Promise<Uint8Array> {
    return this.#link.read({ service: this.#profile.service, characteristic })
  }
}

type NumberField = GattProfile['fields']['major']
type NumberType = NumberField['type']

function widthOf(type: NumberType): number {
  return type.startsWith('u16') ? 2 : 1
}

function decode(bytes: Uint8Array, type: NumberType): number {
  const [first = 0, second = 0] = bytes
  if (type === 'i8') return (first << 24) >> 24
  if (type === 'u16be') return (first << 8) | second
  return type === 'u16le' ? (second << 8) | first : first
}

function encode(value: number, type: NumberType): Uint8Array {
  if (widthOf(type) === 1) return Uint8Array.of(value & 0xff)
  const [high, low] = [(value >> 8) & 0xff, value & 0xff]
  return type === 'u16be' ? Uint8Array.of(high, low) : Uint8Array.of(low, high)
}
