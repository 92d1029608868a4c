/**
 * `npm run bench -- beacons [MINUTES]`: how soon 600 devices are sighted, beside node-ble asked for the same one by one, and what
 * an hour of their packets leaves behind. Over a private bus and the stand-in, whose own work is in the times.
 */
import { cpus } from 'node:os'
import process from 'node:process'
import { createBluetooth } from 'node-ble'
import { iBeaconOf } from './frames/read-frames.ts'
import { openRadio } from './radio/bluez-radio.ts'
import { BluezStandIn } from './testing/bluez-stand-in.ts'
import { addressOf, factorySettings } from './testing/fleet.ts'
import { ibksBeacon } from './testing/flat-beacons.ts'
import { watchMatchRules } from './testing/match-rules.ts'
import { startPrivateBus } from './testing/private-bus.ts'

const devices = 600
const repeats = 10
/** node-ble asks the adapter anew for each device; at a match rule each it ends with its process when the bus allows no more. */
const peerDevices = 50
const packetsEachMinute = 12

export async function run([minutes = '60']: readonly string[]): Promise<object> {
  const bus = await startPrivateBus()
  const bluez = await BluezStandIn.start(bus.address)
  try {
    for (let n = 0; n < devices; n++) bluez.put(ibksBeacon(addressOf(n), factorySettings('0000')).beacon)
    await sight(bluez, bus.address)
    const sightMs: number[] = []
    for (let i = 0; i < repeats; i++) sightMs.push(await sight(bluez, bus.address))
    sightMs.sort((a, b) => a - b)
    const peerMs = await sightWithNodeBle(bus.address)
    return {
      machine: { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length },
      sighted: { devices, minMs: sightMs[0], medianMs: sightMs[repeats >> 1], maxMs: sightMs[repeats - 1] },
      nodeBle: { devices: peerDevices, ms: peerMs, msADevice: peerMs / peerDevices },
      msADevice: (sightMs[repeats >> 1] ?? 0) / devices,
      hour: await listen(bluez, bus.address, Number(minutes)),
    }
  } finally {
    bluez.close()
    await bus.stop()
  }
}

/** Time from opening the radio until every device was sighted. */
async function sight(bluez: BluezStandIn, busAddress: string): Promise<number> {
  // Half a minute of silence: the service knows none of them.
  bluez.passTime(31_000)
  const startedAt = performance.now()
  const radio = await openRadio({ clock: () => performance.now(), busAddress })
  const seen = new Set<string>()
  const all = new Promise<void>((resolve) => {
    radio.onSighting((sighting) => {
      if (iBeaconOf(sighting)) seen.add(sighting.address)
      if (seen.size === devices) resolve()
    })
  })
  await radio.startScan()
  bluez.advertiseAll()
  await all
  const tookMs = performance.now() - startedAt
  await radio.close()
  return tookMs
}

async function sightWithNodeBle(busAddress: string): Promise<number> {
  process.env.DBUS_SYSTEM_BUS_ADDRESS = busAddress
  const session = createBluetooth()
  const adapter = await session.bluetooth.defaultAdapter()
  const startedAt = performance.now()
  const known = (await adapter.devices()).slice(0, peerDevices)
  for (const address of known) {
    const device = await adapter.getDevice(address)
    await device.getManufacturerData()
  }
  session.destroy()
  return performance.now() - startedAt
}

/**
 * Every device sends twelve packets a minute; the rest of the hour is skipped. Memory is that of the whole process, the stand-in
 * and its side of the bus included; run with `--expose-gc`, or it holds what waits to be collected.
 */
async function listen(bluez: BluezStandIn, busAddress: string, minutes: number): Promise<object> {
  const witness = await watchMatchRules(busAddress)
  const radio = await openRadio({ clock: () => 0, busAddress })
  let packets = 0
  radio.onSighting(() => packets++)
  await radio.startScan()
  const rulesAtStart = witness.calls.length
  const heapMb: number[] = []
  const rssMb: number[] = []
  let sent = 0
  for (let minute = 0; minute < minutes; minute++) {
    for (let i = 0; i < packetsEachMinute; i++) {
      bluez.advertiseAll()
      sent += devices
      while (packets < sent) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    bluez.passTime(60_000 / packetsEachMinute)
    globalThis.gc?.()
    heapMb.push(megabytes(process.memoryUsage().heapUsed))
    rssMb.push(megabytes(process.memoryUsage().rss))
  }
  await radio.close()
  const matchRules = { atStart: rulesAtStart, addedOrTakenBackSince: witness.calls.length - rulesAtStart }
  witness.close()
  return {
    ...{ minutes, packets, isCollected: globalThis.gc !== undefined, matchRules },
    heapMb: atQuarters(heapMb),
    rssMb: atQuarters(rssMb),
  }
}

function megabytes(bytes: number): number {
  return Math.round((bytes / 2 ** 20) * 100) / 100
}

/** What was measured after the first minute, and after each quarter of the time. */
function atQuarters(values: readonly number[]): readonly (number | undefined)[] {
  return [0, 0.25, 0.5, 0.75, 1].map((share) => values[Math.max(0, Math.round(share * values.length) - 1)])
}
