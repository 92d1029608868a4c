import type { BeaconSighting } from '../events.ts'
import type { RandomStream } from '../random.ts'
import { samplePeriodMs, type BodySample } from './journey.ts'
import type { Antenna, RadioField } from './radio.ts'
import type { BeaconSketch } from './sketch.ts'

/** How a phone listens and what it passes on. */
export interface Receiver {
  /** What this phone reads above (+) or below (-) the surveyor's, dB. */
  readonly offsetDb: number
  /** Where half of the packets are lost, dBm; below it nearly all are, above it few. */
  readonly sensitivityDbm: number
  /** Share of packets lost to collisions however strong they are. */
  readonly lossShare: number
  /** It listens this long of every `scanPeriodMs`, from the start of the period. */
  readonly scanWindowMs: number
  readonly scanPeriodMs: number
  /** The system now and then stops scanning: so many times a minute on average, for so long. */
  readonly stallsPerMinute: number
  readonly stallMs: { readonly least: number; readonly most: number }
  /** A packet is stamped up to this much late, evenly. */
  readonly clockJitterMs: number
  /** Hands over one reading a beacon every so often instead of every packet; 0: every packet. */
  readonly batchMs: number
  /** What a batch says of several packets of one beacon. */
  readonly batchRssi: 'mean' | 'last'
}

/**
 * An Android phone that scans all the time (SCAN_MODE_LOW_LATENCY): every packet, with now and then a
 * stall of some seconds, as the recorded walks have them.
 */
export const androidReceiver: Receiver = {
  offsetDb: 0,
  sensitivityDbm: -93,
  lossShare: 0.15,
  scanWindowMs: 4096,
  scanPeriodMs: 4096,
  stallsPerMinute: 1.2,
  stallMs: { least: 2000, most: 8000 },
  clockJitterMs: 30,
  batchMs: 0,
  batchRssi: 'last',
}

/** What wx.onBeaconUpdate gives: about once a second, one reading for each beacon heard since the last. */
export const weChatReceiver: Receiver = { ...androidReceiver, batchMs: 1000, batchRssi: 'mean' }

/** Of a phone held before the belly, above the feet. */
const antennaHeightM = 1.2
/** Width of the step from hearing nearly all packets to nearly none, dB. */
const sensitivitySlopeDb = 1.5
/** A link layer changes its advertising channel with every scan period; more often within long ones. */
const channelPeriodMs = 120
/** Weakest signal a phone reports, dBm; the strongest is 0. */
const weakestDbm = -110

/** What is heard of whom. */
export interface Listening {
  readonly beacons: readonly BeaconSketch[]
  readonly field: RadioField
  readonly receiver: Receiver
}

/**
 * The sightings of a journey in order of time, readings in whole dBm.
 * A beacon transmits every `intervalMs` plus 0–10 ms at random, so beacons drift against one another; each
 * packet goes out on three channels, of which the phone listens to one at a time.
 * Complexity: O(beacons x packets x walls) in the worst case; hopeless links cost one logarithm.
 * Source: Bluetooth Core Specification 5.4, vol. 6 part B, 4.4.2.2 (advDelay) and 4.4.3 (scanning).
 */
export function hear(
  samples: readonly BodySample[],
  { beacons, field, receiver }: Listening,
  random: RandomStream,
): BeaconSighting[] {
  const first = samples[0]
  const last = samples[samples.length - 1]
  if (!first || !last) return []
  const deaf = stalls(receiver, first.tMs, last.tMs, random)
  const sightings: BeaconSighting[] = []
  for (const beacon of beacons) {
    let tMs = first.tMs + random.uniform() * beacon.intervalMs
    for (; tMs <= last.tMs; tMs += beacon.intervalMs + 10 * random.uniform()) {
      if (tMs % receiver.scanPeriodMs >= receiver.scanWindowMs) continue
      if (deaf.some((stall) => tMs >= stall.fromMs && tMs < stall.toMs)) continue
      const sample = samples[Math.round((tMs - first.tMs) / samplePeriodMs)]
      if (!sample) continue
      const antenna = antennaAt(sample, tMs)
      const meanDbm = field.meanDbm(beacon, antenna)
      if (meanDbm === -Infinity) continue
      const channel = Math.floor(tMs / channelPeriodMs) % 3
      const dbm = meanDbm + field.fadeDb(beacon, antenna, channel) + receiver.offsetDb
      if (random.uniform() > receivedShare(receiver, dbm)) continue
      const rssiDbm = Math.min(0, Math.max(weakestDbm, Math.round(dbm)))
      sightings.push({
        kind: 'beacon',
        tMs: Math.round(tMs + receiver.clockJitterMs * random.uniform()),
        id: beacon.id,
        rssiDbm,
      })
    }
  }
  sightings.sort((a, b) => a.tMs - b.tMs)
  return receiver.batchMs > 0 ? batched(sightings, receiver) : sightings
}

function antennaAt({ level, x, y, zM, headingRad, activity }: BodySample, tMs: number): Antenna {
  return { tMs, level, x, y, zM: zM + antennaHeightM, headingRad, inCabin: activity === 'lift' }
}

function receivedShare(receiver: Receiver, dbm: number): number {
  const margin = (dbm - receiver.sensitivityDbm) / sensitivitySlopeDb
  return (1 - receiver.lossShare) / (1 + Math.exp(-margin))
}

function stalls(
  receiver: Receiver,
  fromMs: number,
  toMs: number,
  random: RandomStream,
): { fromMs: number; toMs: number }[] {
  const found: { fromMs: number; toMs: number }[] = []
  if (receiver.stallsPerMinute <= 0) return found
  const { least, most } = receiver.stallMs
  const wait = (): number => (-60000 / receiver.stallsPerMinute) * Math.log(1 - random.uniform())
  for (let tMs = fromMs + wait(); tMs < toMs; tMs += wait()) {
    const endMs = tMs + least + (most - least) * random.uniform()
    found.push({ fromMs: tMs, toMs: endMs })
    tMs = endMs
  }
  return found
}

/** One reading a beacon and batch, stamped with the end of the batch. */
function batched(sightings: readonly BeaconSighting[], { batchMs, batchRssi }: Receiver): BeaconSighting[] {
  const batches = new Map<number, Map<string, number[]>>()
  for (const { tMs, id, rssiDbm } of sightings) {
    const endMs = (Math.floor(tMs / batchMs) + 1) * batchMs
    const batch = batches.get(endMs) ?? new Map<string, number[]>()
    batches.set(endMs, batch)
    const readings = batch.get(id)
    if (readings) readings.push(rssiDbm)
    else batch.set(id, [rssiDbm])
  }
  return [...batches].flatMap(([tMs, batch]) =>
    [...batch].map(([id, readings]): BeaconSighting => {
      const mean = Math.round(readings.reduce((sum, rssi) => sum + rssi, 0) / readings.length)
      return {
        kind: 'beacon',
        tMs,
        id,
        rssiDbm: batchRssi === 'mean' ? mean : readings[readings.length - 1]!,
      }
    }),
  )
}
