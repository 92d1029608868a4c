import { identityText } from '../frames/identity.ts'
import type { BeaconIdentity } from '../frames/identity.ts'
import { readFrames } from '../frames/read-frames.ts'
import type { Sighting } from '../radio/radio.ts'

/** One packet of an iBeacon, as far as an audit needs it. */
export interface AirPacket {
  readonly atMs: number
  /** Identity as `uuid/major/minor`. */
  readonly key: string
  readonly address: string
  readonly rssiDbm: number
}

/** What was heard of one identity from one address. */
export interface Heard {
  readonly key: string
  readonly identity: BeaconIdentity
  readonly address: string
  readonly name?: string
  readonly packets: number
  readonly firstMs: number
  readonly lastMs: number
  /** Median and strongest, dBm. */
  readonly rssiDbm: number
  readonly strongestDbm: number
  /** Last one, for a table that lives. */
  readonly lastRssiDbm: number
  readonly measuredPowerDbm: number
  /** Between two packets; undefined with too few of them. */
  readonly intervalMs?: number
  readonly batteryPercent?: number
  readonly batteryMv?: number
}

/** Devices that are kept: the longest unheard goes. A busy street has some hundreds. */
const mostDevices = 4096
/** Packets of a device that are kept for its figures: five minutes of a fast beacon. */
const mostPackets = 3000
const leastForInterval = 6
/** Advertisements are at least 20 ms apart. **Source** Bluetooth Core Specification 5.4, vol. 6 part B, 4.4.2.2. */
const leastIntervalMs = 20

interface Device {
  readonly identity: BeaconIdentity
  readonly address: string
  readonly times: number[]
  readonly rssis: number[]
  name?: string
  packets: number
  firstMs: number
  measuredPowerDbm: number
}

/** What the air says: iBeacons by identity and address, with the battery their other frames tell. O(1) a packet. */
export class AirLog {
  readonly #devices = new Map<string, Device>()
  readonly #batteries = new Map<string, { percent?: number; mv?: number }>()
  /** Frames that claimed to be of a kind and were not. */
  refusals = 0

  /** Takes in a report of the radio; gives the packet when it is an iBeacon's with a strength. */
  add(sighting: Sighting): AirPacket | undefined {
    const { frames, refusals } = readFrames(sighting)
    this.refusals += refusals.length
    let packet: AirPacket | undefined
    for (const frame of frames) {
      if (frame.kind === 'ibeacon' && sighting.rssiDbm !== undefined) {
        const { identity, measuredPowerDbm } = frame
        packet = {
          atMs: sighting.atMs,
          key: identityText(identity),
          address: sighting.address,
          rssiDbm: sighting.rssiDbm,
        }
        this.#count(packet, { identity, measuredPowerDbm, name: sighting.name })
      }
      this.#noteBattery(sighting.address, frame)
    }
    return packet
  }

  /** What was heard, strongest first. */
  heard(): Heard[] {
    return [...this.#devices.values()]
      .map((device) => heardOf(device, this.#batteries.get(device.address)))
      .sort((a, b) => b.rssiDbm - a.rssiDbm || (a.key < b.key ? -1 : 1))
  }

  #count(
    { atMs, key, address, rssiDbm }: AirPacket,
    beacon: { identity: BeaconIdentity; measuredPowerDbm: number; name: string | undefined },
  ): void {
    const id = `${key} ${address}`
    const known = this.#devices.get(id)
    const device = known ?? {
      ...{ identity: beacon.identity, address, times: [], rssis: [], packets: 0, firstMs: atMs },
      measuredPowerDbm: beacon.measuredPowerDbm,
    }
    // Moved to the end: the first of the map is the longest unheard.
    this.#devices.delete(id)
    this.#devices.set(id, device)
    if (this.#devices.size > mostDevices) {
      const [oldest] = this.#devices.keys()
      if (oldest !== undefined) this.#devices.delete(oldest)
    }
    device.packets++
    device.measuredPowerDbm = beacon.measuredPowerDbm
    if (beacon.name !== undefined) device.name = beacon.name
    device.times.push(atMs)
    device.rssis.push(rssiDbm)
    if (device.times.length > mostPackets) {
      device.times.splice(0, mostPackets / 2)
      device.rssis.splice(0, mostPackets / 2)
    }
  }

  #noteBattery(address: string, frame: ReturnType<typeof readFrames>['frames'][number]): void {
    const percent = 'batteryPercent' in frame ? frame.batteryPercent : undefined
    const mv = 'batteryMv' in frame ? frame.batteryMv : undefined
    if (percent === undefined && mv === undefined) return
    if (this.#batteries.size >= mostDevices && !this.#batteries.has(address)) this.#batteries.clear()
    this.#batteries.set(address, {
      ...(percent === undefined ? {} : { percent }),
      ...(mv === undefined ? {} : { mv }),
    })
  }
}

function heardOf(device: Device, battery: { percent?: number; mv?: number } | undefined): Heard {
  const { identity, address, name, packets, times, rssis, firstMs, measuredPowerDbm } = device
  const intervalMs = intervalOf(times)
  return {
    ...{ key: identityText(identity), identity, address, packets, firstMs, measuredPowerDbm },
    ...(name === undefined ? {} : { name }),
    lastMs: times[times.length - 1] ?? firstMs,
    rssiDbm: median(rssis),
    strongestDbm: rssis.reduce((most, rssi) => Math.max(most, rssi), -127),
    lastRssiDbm: rssis[rssis.length - 1] ?? -127,
    ...(intervalMs === undefined ? {} : { intervalMs }),
    ...(battery?.percent === undefined ? {} : { batteryPercent: battery.percent }),
    ...(battery?.mv === undefined ? {} : { batteryMv: battery.mv }),
  }
}

/**
 * The interval of a beacon from when its packets came, though some got lost: gaps are multiples of it. The shortest usual gap is the
 * first guess; the sum of all gaps over how many intervals they hold is the answer. Undefined with fewer than six packets.
 */
export function intervalOf(times: readonly number[]): number | undefined {
  if (times.length < leastForInterval) return undefined
  const gaps = times
    .slice(1)
    .map((time, i) => time - times[i]!)
    .filter((gap) => gap >= leastIntervalMs)
    .sort((a, b) => a - b)
  const guess = gaps[Math.floor(gaps.length * 0.15)]
  if (guess === undefined) return undefined
  let [sum, count] = [0, 0]
  for (const gap of gaps) {
    // Over long silences the random delay of each packet adds up to more than an interval.
    const intervals = Math.round(gap / guess)
    if (intervals < 1 || intervals > 8) continue
    sum += gap
    count += intervals
  }
  return count === 0 ? undefined : sum / count
}

/** -127 for nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? -127
}
