import { byteAt, fromHex, hex, i8, u16 } from './bytes.ts'
import { badValue, cutShort } from './refusals.ts'
import type { Refused } from './words.ts'

export interface AltBeaconFrame {
  readonly kind: 'altbeacon'
  readonly company: number
  /** Twenty bytes, hexadecimal: 16 of an organisation, 4 of the beacon. */
  readonly id: string
  /** Expected rssi at one metre, dBm. */
  readonly measuredPowerDbm: number
  readonly reserved: number
}

const frameBytes = 24

/**
 * Reads an AltBeacon from manufacturer data without the company identifier, of whatever company.
 * Source: AltBeacon Protocol Specification v1.0.
 */
export function readAltBeacon(company: number, data: Uint8Array): AltBeaconFrame | Refused | undefined {
  if (data.length < 2 || u16(data, 0) !== 0xbeac) return undefined
  if (data.length < frameBytes) return cutShort('AltBeacon', data.length, frameBytes)
  return {
    kind: 'altbeacon',
    company,
    id: hex(data, 2, 20),
    measuredPowerDbm: i8(data, 22),
    reserved: byteAt(data, 23),
  }
}

/** The manufacturer data of an AltBeacon, without the company identifier: 24 bytes. */
export function buildAltBeacon({
  id,
  measuredPowerDbm,
  reserved,
}: Omit<AltBeaconFrame, 'kind' | 'company'>): Uint8Array | Refused {
  const bytes = fromHex(id)
  if (bytes?.length !== 20) return badValue('id', id, '40 × 0–9 a–f')
  const data = new Uint8Array(frameBytes)
  data.set([0xbe, 0xac])
  data.set(bytes, 2)
  data[22] = measuredPowerDbm & 0xff
  data[23] = reserved & 0xff
  return data
}
