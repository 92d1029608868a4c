import { fullUuid, uuidBytes, uuidOf } from '../frames/identity.ts'
import { advertisedIBeacon } from './kkm-beacon.ts'
import type { BeaconSettings, FleetBeacon } from './fleet.ts'
import { AttError } from './simulated-beacon.ts'
import type { SimulatedCharacteristic } from './simulated-beacon.ts'

const ibksLevelsDbm = [-30, -20, -16, -12, -8, -4, 0, 4]
/** Wrong passwords after which an iBKS takes no more until its battery is taken out. */
const maxWrong = 3

/** A number in a characteristic of its own. */
interface NumberAt {
  readonly bytes: 1 | 2
  readonly littleEndian?: true
  readonly get: () => number
  readonly set: (value: number) => void
}

/**
 * An iBKS 105: plain characteristics of FFF0 behind a password of 16 bits; 0000 is none.
 * Source: Accent Systems, iBKS GATT services.
 */
export function ibksBeacon(address: string, settings: BeaconSettings): FleetBeacon {
  let wrong = 0
  let state = 0
  const guard = () => {
    if (state !== 1) throw new AttError(AttError.application)
  }
  const characteristics = [
    uuidAt('fff1', settings, guard),
    numberAt('fff2', majorOf(settings), guard),
    numberAt('fff3', minorOf(settings), guard),
    numberAt('fff4', powerOf(settings), guard),
    numberAt('fff5', intervalOf(settings, 100, 10_000), guard),
    numberAt(
      'fff6',
      {
        bytes: 1,
        get: () => ibksLevelsDbm.indexOf(settings.txPowerDbm),
        set: (level) => {
          const dbm = ibksLevelsDbm[level]
          if (dbm === undefined) throw new AttError(AttError.application)
          settings.txPowerDbm = dbm
        },
      },
      guard,
    ),
    {
      uuid: fullUuid('fff7'),
      flags: ['write' as const],
      write: (value: Uint8Array) => {
        if (value.length !== 2) throw new AttError(AttError.invalidLength)
        const given = Buffer.from(value).toString('hex')
        if (state === 1) settings.secret = given
        else if (state !== 2 && given === settings.secret) state = 1
        else if (++wrong >= maxWrong) state = 2
      },
    },
    { uuid: fullUuid('fff9'), flags: ['read' as const], read: () => Uint8Array.of(state) },
  ]
  return {
    driverId: 'accent-ibks',
    settings,
    beacon: {
      address,
      name: 'iBKS105',
      rssiDbm: settings.rssiDbm,
      batteryPercent: settings.batteryPercent,
      serviceUuids: [],
      services: [{ uuid: fullUuid('fff0'), characteristics }],
      manufacturerData: () => new Map([[0x4c, advertisedIBeacon(settings)]]),
      serviceData: () => new Map(),
      connected() {
        state = settings.secret === '0000' ? 1 : wrong >= maxWrong ? 2 : 0
      },
      disconnected() {
        state = 0
      },
    },
  }
}

/**
 * A Nordic nRF Beacon in its configuration mode: no secret; major and minor in one characteristic, the interval little-endian.
 * Source: NordicSemiconductor/Android-nRF-Beacon, UpdateService.
 */
export function nrfBeacon(address: string, settings: BeaconSettings): FleetBeacon {
  const uuid = (number: string) => `955a${number}-0fe2-f5aa-a094-84b8d4f3e8ad`
  const free = () => undefined
  const majorMinor: SimulatedCharacteristic = {
    uuid: uuid('1526'),
    flags: ['read', 'write'],
    read: () => Uint8Array.of(...bytesOf(majorOf(settings)), ...bytesOf(minorOf(settings))),
    write: (value) => {
      if (value.length !== 4) throw new AttError(AttError.invalidLength)
      const view = new DataView(value.buffer, value.byteOffset, 4)
      settings.identity = { ...settings.identity, major: view.getUint16(0), minor: view.getUint16(2) }
    },
  }
  const characteristics = [
    { ...uuidAt('fff1', settings, free), uuid: uuid('1524') },
    { ...numberAt('fff4', powerOf(settings), free), uuid: uuid('1525') },
    majorMinor,
    {
      ...numberAt('fff5', { ...intervalOf(settings, 100, 10_240), littleEndian: true }, free),
      uuid: uuid('1528'),
    },
  ]
  return {
    driverId: 'nordic-nrf-beacon',
    settings,
    beacon: {
      address,
      name: 'nRF Beacon',
      rssiDbm: settings.rssiDbm,
      batteryPercent: settings.batteryPercent,
      serviceUuids: [uuid('1523')],
      services: [{ uuid: uuid('1523'), characteristics }],
      manufacturerData: () => new Map([[0x4c, advertisedIBeacon(settings)]]),
      serviceData: () => new Map(),
      connected: free,
      disconnected: free,
    },
  }
}

function uuidAt(number: string, settings: BeaconSettings, guard: () => void): SimulatedCharacteristic {
  return {
    uuid: fullUuid(number),
    flags: ['read', 'write'],
    read: () => {
      guard()
      return uuidBytes(settings.identity.uuid)!
    },
    write: (value) => {
      guard()
      if (value.length !== 16) throw new AttError(AttError.invalidLength)
      settings.identity = { ...settings.identity, uuid: uuidOf(value) }
    },
  }
}

function numberAt(number: string, field: NumberAt, guard: () => void): SimulatedCharacteristic {
  return {
    uuid: fullUuid(number),
    flags: ['read', 'write'],
    read: () => {
      guard()
      return Uint8Array.from(bytesOf(field))
    },
    write: (value) => {
      guard()
      if (value.length !== field.bytes) throw new AttError(AttError.invalidLength)
      const [first = 0, second = 0] = field.littleEndian ? [...value].reverse() : value
      field.set(field.bytes === 1 ? first : (first << 8) | second)
    },
  }
}

function bytesOf({ bytes, littleEndian, get }: NumberAt): readonly number[] {
  const value = get()
  if (bytes === 1) return [value & 0xff]
  const pair = [(value >> 8) & 0xff, value & 0xff]
  return littleEndian ? pair.reverse() : pair
}

function majorOf(settings: BeaconSettings): NumberAt {
  return {
    bytes: 2,
    get: () => settings.identity.major,
    set: (major) => (settings.identity = { ...settings.identity, major }),
  }
}

function minorOf(settings: BeaconSettings): NumberAt {
  return {
    bytes: 2,
    get: () => settings.identity.minor,
    set: (minor) => (settings.identity = { ...settings.identity, minor }),
  }
}

function powerOf(settings: BeaconSettings): NumberAt {
  return {
    bytes: 1,
    get: () => settings.measuredPowerDbm,
    set: (value) => (settings.measuredPowerDbm = (value << 24) >> 24),
  }
}

function intervalOf(settings: BeaconSettings, min: number, max: number): NumberAt {
  return {
    bytes: 2,
    get: () => settings.intervalMs,
    set: (value) => {
      if (value < min || value > max) throw new AttError(AttError.application)
      settings.intervalMs = value
    },
  }
}
