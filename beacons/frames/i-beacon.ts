import { byteAt, i8, putU16, u16 } from './bytes.ts'
import { uuidBytes, uuidOf } from './identity.ts'
import type { BeaconIdentity } from './identity.ts'
import { badValue, cutShort } from './refusals.ts'
import type { Refused } from './words.ts'

/** Apple's company identifier, under which iBeacons advertise. */
export const appleCompany = 0x004c

export interface IBeaconFrame {
  readonly kind: 'ibeacon'
  readonly identity: BeaconIdentity
  /** Expected rssi at one metre, dBm. */
  readonly measuredPowerDbm: number
}

const frameBytes = 23

/**
 * Reads an iBeacon from manufacturer data without the company identifier. Longer data are taken too: some vendors append
 * their battery.
 * @returns undefined when the data are another of Apple's frames
 * Source: Apple, Proximity Beacon Specification R1, 2.1.
 */
export function readIBeacon(data: Uint8Array): IBeaconFrame | Refused | undefined {
  if (byteAt(data, 0) !== 0x02 || byteAt(data, 1) !== 0x15) return undefined
  if (data.length < frameBytes) return cutShort('iBeacon', data.length, frameBytes)
  return {
    kind: 'ibeacon',
    identity: { uuid: uuidOf(data, 2), major: u16(data, 18), minor: u16(data, 20) },
    measuredPowerDbm: i8(data, 22),
  }
}

/** The manufacturer data of an iBeacon, without the company identifier: 23 bytes; or what does not fit into them. */
export function buildIBeacon(identity: BeaconIdentity, measuredPowerDbm: number): Uint8Array | Refused {
  const uuid = uuidBytes(identity.uuid)
  if (!uuid) return badValue('uuid', identity.uuid, 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx')
  for (const name of ['major', 'minor'] as const) {
    if (!isWithin(identity[name], 0, 0xffff)) return badValue(name, String(identity[name]), '0–65535')
  }
  if (!isWithin(measuredPowerDbm, -128, 127)) {
    return badValue('measuredPowerDbm', String(measuredPowerDbm), '-128–127')
  }
  const data = new Uint8Array(frameBytes)
  data.set([0x02, 0x15])
  data.set(uuid, 2)
  putU16(data, 18, identity.major)
  putU16(data, 20, identity.minor)
  data[22] = measuredPowerDbm & 0xff
  return data
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max
}
