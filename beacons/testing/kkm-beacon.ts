import { buildIBeacon } from '../frames/i-beacon.ts'
import { fullUuid } from '../frames/identity.ts'
import { foldProof, kkmFrames, kkmGatt, kkmProof } from '../drivers/kkm.ts'
import type { SimulatedBeacon, SimulatedLink } from './simulated-beacon.ts'
import type { BeaconSettings, FleetBeacon } from './fleet.ts'

/**
 * A KBeacon: mutual proof of its password, then JSON in frames; advertises an iBeacon and its battery. Proofs are folded, as
 * on links with small packets. The password takes effect for the next connection, and so it is with the hardware's source.
 * Source: kkmhogen/android_kbeaconlib2; jappeace/kbeacon-ota-tool.
 */
export function kkmBeacon(address: string, settings: BeaconSettings): FleetBeacon {
  let link: SimulatedLink | undefined
  let phase: 'new' | 'challenged' | 'open' = 'new'
  let received = Buffer.alloc(0)
  let nonces = 0
  const own = Uint8Array.of(0x5a, 0x17, 0x00, 0x00)
  const say = (bytes: Uint8Array) => link?.notify(kkmGatt.notify, bytes)
  const acknowledge = (cause: number) => {
    const { length } = received
    say(Uint8Array.of(0x23, length >> 8, length & 0xff, 0x03, 0xe8, cause >> 8, cause & 0xff))
  }

  function authenticate(value: Uint8Array): void {
    if (value[1] === 0x01) {
      own[3] = nonces++ & 0xff
      const proof = foldProof(kkmProof(address, value.subarray(2, 6), settings.secret))
      say(Uint8Array.of(0x10, 0x0b, ...own, ...proof))
      phase = 'challenged'
      return
    }
    const isRight = Buffer.from(value.subarray(2)).equals(foldProof(kkmProof(address, own, settings.secret)))
    phase = phase === 'challenged' && isRight ? 'open' : 'new'
    say(phase === 'open' ? Uint8Array.of(0x10, 0x02, 20) : Uint8Array.of(0x10, 0xf1))
  }

  function take(value: Uint8Array): void {
    const place = (value[0] ?? 0) & 0x0f
    if (place === 0 || place === 3) received = Buffer.alloc(0)
    received = Buffer.concat([received, value.subarray(3)])
    if (place < 2) {
      acknowledge(4)
      return
    }
    const message = JSON.parse(received.toString('utf8')) as KkmMessage
    if (message.msg === 'getPara') {
      acknowledge(5)
      for (const frame of kkmFrames(Buffer.from(JSON.stringify(parametersOf(settings))), 0x30)) say(frame)
      return
    }
    acknowledge(configure(settings, message) ? 0 : 2)
  }

  const beacon: SimulatedBeacon = {
    address,
    name: 'KBPro',
    rssiDbm: settings.rssiDbm,
    serviceUuids: [kkmGatt.service],
    services: [
      {
        uuid: kkmGatt.service,
        characteristics: [
          {
            uuid: kkmGatt.write,
            flags: ['write-without-response'],
            write: (value) => {
              if ((value[0] ?? 0) >> 4 === 1) authenticate(value)
              else if (phase === 'open' && (value[0] ?? 0) >> 4 === 2) take(value)
            },
          },
          { uuid: kkmGatt.notify, flags: ['notify'] },
        ],
      },
    ],
    manufacturerData: () => new Map([[0x4c, advertisedIBeacon(settings)]]),
    serviceData: () => new Map([[fullUuid('2080'), Uint8Array.of(settings.batteryPercent)]]),
    connected(made) {
      link = made
      phase = 'new'
    },
    disconnected() {
      link = undefined
    },
  }
  return { beacon, settings, driverId: 'kkm-kbeacon' }
}

interface KkmMessage {
  readonly msg: string
  readonly pwd?: string
  readonly meaPwr?: number
  readonly advObj?: readonly {
    readonly uuid: string
    readonly majorID: number
    readonly minorID: number
    readonly advPrd?: number
    readonly txPwr?: number
  }[]
}

function configure(settings: BeaconSettings, { pwd, meaPwr, advObj }: KkmMessage): boolean {
  if (pwd !== undefined && (pwd.length < 8 || pwd.length > 16)) return false
  const [slot] = advObj ?? []
  if (slot) {
    const { uuid, majorID: major, minorID: minor } = slot
    settings.identity = { uuid: uuid.toLowerCase(), major, minor }
    settings.intervalMs = slot.advPrd ?? settings.intervalMs
    settings.txPowerDbm = slot.txPwr ?? settings.txPowerDbm
  }
  settings.measuredPowerDbm = meaPwr ?? settings.measuredPowerDbm
  settings.secret = pwd ?? settings.secret
  return true
}

function parametersOf({ identity, ...settings }: BeaconSettings): object {
  return {
    msg: 'getPara',
    model: 'KBPro-K8',
    ver: 'V6.12',
    btPt: settings.batteryPercent,
    minPwr: -40,
    maxPwr: 4,
    maxSlot: 5,
    meaPwr: settings.measuredPowerDbm,
    advObj: [
      {
        slot: 0,
        type: 5,
        uuid: identity.uuid.toUpperCase(),
        majorID: identity.major,
        minorID: identity.minor,
        advPrd: settings.intervalMs,
        txPwr: settings.txPowerDbm,
      },
    ],
  }
}

/** The manufacturer data of settings that fit. */
export function advertisedIBeacon({ identity, measuredPowerDbm }: BeaconSettings): Uint8Array {
  const data = buildIBeacon(identity, measuredPowerDbm)
  if (data instanceof Uint8Array) return data
  throw new Error(data.words.en)
}
