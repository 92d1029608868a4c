import { readAltBeacon } from './alt-beacon.ts'
import type { AltBeaconFrame } from './alt-beacon.ts'
import { eddystoneService, readEddystone } from './eddystone.ts'
import type { EddystoneFrame } from './eddystone.ts'
import { appleCompany, readIBeacon } from './i-beacon.ts'
import type { IBeaconFrame } from './i-beacon.ts'
import { readVendorFrame } from './vendor-frames.ts'
import type { VendorFrame } from './vendor-frames.ts'
import type { Refused } from './words.ts'

export type Frame = IBeaconFrame | AltBeaconFrame | EddystoneFrame | VendorFrame

/** Advertised data as the adapter gives them: keys and what follows them on the air. */
export interface AdvertisedData {
  readonly manufacturerData: ReadonlyMap<number, Uint8Array>
  /** By 128 bits, lower case. */
  readonly serviceData: ReadonlyMap<string, Uint8Array>
}

/**
 * All frames of a packet, and a refusal for each that claims to be one and is not. Data of no known kind are passed over:
 * the air is full of them. Never throws. O(bytes).
 */
export function readFrames(data: AdvertisedData): {
  readonly frames: readonly Frame[]
  readonly refusals: readonly Refused[]
} {
  const frames: Frame[] = []
  const refusals: Refused[] = []
  const take = (read: Frame | Refused | undefined) => {
    if (read === undefined) return
    if ('refused' in read) refusals.push(read)
    else frames.push(read)
  }
  for (const [company, bytes] of data.manufacturerData) {
    take(company === appleCompany ? readIBeacon(bytes) : undefined)
    take(readAltBeacon(company, bytes))
  }
  for (const [service, bytes] of data.serviceData) {
    take(service === eddystoneService ? readEddystone(bytes) : readVendorFrame(service, bytes))
  }
  return { frames, refusals }
}

/** The iBeacon of a packet, when it is one. */
export function iBeaconOf(data: AdvertisedData): IBeaconFrame | undefined {
  const bytes = data.manufacturerData.get(appleCompany)
  const read = bytes && readIBeacon(bytes)
  return read && !('refused' in read) ? read : undefined
}
