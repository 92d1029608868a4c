import { byteAt, hex, u16 } from './bytes.ts'
import { cutShort, meaningless } from './refusals.ts'
import { fullUuid } from './identity.ts'
import type { Refused } from './words.ts'

/** What a vendor's own frame says of the hardware. Percent and millivolts as far as it says them. */
export interface VendorFrame {
  readonly kind: 'vendor'
  readonly vendor: 'kkm' | 'minew' | 'moko' | 'feasycom'
  readonly batteryPercent?: number
  readonly batteryMv?: number
  /** It hangs on the mains. */
  readonly isMainsPowered?: true
  /** Six pairs of upper-case digits with colons. */
  readonly address?: string
  readonly name?: string
}

type Reader = (data: Uint8Array) => VendorFrame | Refused | undefined

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  [fullUuid('2080'), readKkm],
  [fullUuid('ffe1'), readMinew],
  [fullUuid('feab'), readMoko],
  [fullUuid('fff0'), readFeasycom],
])

/**
 * Reads the battery and the like from a vendor's service data.
 * @param service 128 bits, lower case
 * @returns undefined when no vendor with a published layout uses the service so
 */
export function readVendorFrame(service: string, data: Uint8Array): VendorFrame | Refused | undefined {
  return readers.get(service)?.(data)
}

/**
 * KKM KBeacon: percent; what follows differs by model and is not needed.
 * Source: kkmhogen/android_kbeaconlib2, scan record parser.
 */
function readKkm(data: Uint8Array): VendorFrame | Refused {
  if (data.length < 1) return cutShort('KKM', data.length, 1)
  const batteryPercent = byteAt(data, 0)
  if (batteryPercent > 100) return meaningless('KKM', 'battery', `${batteryPercent} %`)
  return { kind: 'vendor', vendor: 'kkm', batteryPercent }
}

/** Source: Minew, E8 MiniBeaconPlus configuration instruction, 2.2 Advertising Data Format (Info). */
function readMinew(data: Uint8Array): VendorFrame | Refused | undefined {
  if (byteAt(data, 0) !== 0xa1 || byteAt(data, 1) !== 0x08) return undefined
  if (data.length < 9) return cutShort('Minew', data.length, 9)
  const batteryPercent = byteAt(data, 2)
  if (batteryPercent > 100) return meaningless('Minew', 'battery', `${batteryPercent} %`)
  let name = ''
  for (let i = 9; i < data.length; i++) {
    const code = byteAt(data, i)
    if (code >= 0x20 && code < 0x7f) name += String.fromCharCode(code)
  }
  const address = addressOf(data.slice(3, 9).reverse())
  return { kind: 'vendor', vendor: 'minew', batteryPercent, address, ...(name === '' ? {} : { name }) }
}

/** Source: BeaconX-Pro iOS SDK (MKBXPBaseBeacon, device info frame 0x40). */
function readMoko(data: Uint8Array): VendorFrame | Refused | undefined {
  if (byteAt(data, 0) !== 0x40) return undefined
  if (data.length < 13) return cutShort('Moko', data.length, 13)
  return {
    kind: 'vendor',
    vendor: 'moko',
    batteryMv: u16(data, 3),
    address: addressOf(data.slice(7, 13)),
  }
}

/** Source: Feasycom, beacon broadcast format: model, version u16, features, address, battery (101: mains). */
function readFeasycom(data: Uint8Array): VendorFrame | Refused | undefined {
  // FFF0 is anybody's number: only this length is Feasycom's.
  if (data.length !== 11) return undefined
  const battery = byteAt(data, 10)
  if (battery > 101) return undefined
  const address = addressOf(data.slice(4, 10))
  return battery === 101
    ? { kind: 'vendor', vendor: 'feasycom', isMainsPowered: true, address }
    : { kind: 'vendor', vendor: 'feasycom', batteryPercent: battery, address }
}

function addressOf(bytes: Uint8Array): string {
  return (hex(bytes).toUpperCase().match(/../g) ?? []).join(':')
}
