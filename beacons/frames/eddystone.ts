import { byteAt, fromHex, hex, i16, i8, u16, u32 } from './bytes.ts'
import { badValue, cutShort, meaningless } from './refusals.ts'
import type { Refused } from './words.ts'

/** Service under which Eddystone frames are advertised. */
export const eddystoneService = '0000feaa-0000-1000-8000-00805f9b34fb'

/** Eddystone tells the power at 0 m; at one metre it is this much less. Source: Eddystone protocol, UID frame. */
export const lossOfFirstMetreDb = 41

export interface EddystoneUidFrame {
  readonly kind: 'eddystone-uid'
  readonly powerAt0mDbm: number
  /** Ten bytes, hexadecimal. */
  readonly namespace: string
  /** Six bytes, hexadecimal. */
  readonly instance: string
}

export interface EddystoneUrlFrame {
  readonly kind: 'eddystone-url'
  readonly powerAt0mDbm: number
  readonly url: string
}

export interface EddystoneTlmFrame {
  readonly kind: 'eddystone-tlm'
  /** Absent: it does not say. */
  readonly batteryMv?: number
  readonly temperatureC?: number
  /** Packets since it started. */
  readonly packets: number
  /** Seconds since it started: falls when a battery was taken out. */
  readonly uptimeS: number
}

export interface EddystoneEncryptedTlmFrame {
  readonly kind: 'eddystone-encrypted-tlm'
  readonly payload: string
}

export interface EddystoneEidFrame {
  readonly kind: 'eddystone-eid'
  readonly powerAt0mDbm: number
  /** Eight bytes, hexadecimal; changes by itself. */
  readonly eid: string
}

export type EddystoneFrame =
  EddystoneUidFrame | EddystoneUrlFrame | EddystoneTlmFrame | EddystoneEncryptedTlmFrame | EddystoneEidFrame

const schemes = ['http://www.', 'https://www.', 'http://', 'https://']
const endings = ['com', 'org', 'edu', 'net', 'info', 'biz', 'gov']
/** By code: endings with a slash, then without. */
const expansions = [...endings.map((ending) => `.${ending}/`), ...endings.map((ending) => `.${ending}`)]

/**
 * Reads a frame from the service data of FEAA.
 * Source: Eddystone Protocol Specification (google/eddystone: eddystone-uid, -url, -tlm, -eid).
 */
export function readEddystone(data: Uint8Array): EddystoneFrame | Refused {
  if (data.length < 2) return cutShort('Eddystone', data.length, 2)
  switch (byteAt(data, 0)) {
    case 0x00:
      return readUid(data)
    case 0x10:
      return readUrl(data)
    case 0x20:
      return readTlm(data)
    case 0x30:
      if (data.length < 10) return cutShort('Eddystone-EID', data.length, 10)
      return { kind: 'eddystone-eid', powerAt0mDbm: i8(data, 1), eid: hex(data, 2, 8) }
    default:
      return meaningless('Eddystone', 'kind', `0x${hex(data, 0, 1)}`)
  }
}

/** The two reserved bytes at the end are often left out and not needed. */
function readUid(data: Uint8Array): EddystoneUidFrame | Refused {
  if (data.length < 18) return cutShort('Eddystone-UID', data.length, 18)
  return {
    kind: 'eddystone-uid',
    powerAt0mDbm: i8(data, 1),
    namespace: hex(data, 2, 10),
    instance: hex(data, 12, 6),
  }
}

function readUrl(data: Uint8Array): EddystoneUrlFrame | Refused {
  if (data.length < 3) return cutShort('Eddystone-URL', data.length, 3)
  const scheme = schemes[byteAt(data, 2)]
  if (scheme === undefined) return meaningless('Eddystone-URL', 'scheme', `0x${hex(data, 2, 1)}`)
  let url = scheme
  for (let i = 3; i < data.length; i++) {
    const code = byteAt(data, i)
    const expansion = expansions[code]
    if (expansion === undefined && (code <= 0x20 || code >= 0x7f)) {
      return meaningless('Eddystone-URL', 'character', `0x${hex(data, i, 1)}`)
    }
    url += expansion ?? String.fromCharCode(code)
  }
  return { kind: 'eddystone-url', powerAt0mDbm: i8(data, 1), url }
}

function readTlm(data: Uint8Array): EddystoneTlmFrame | EddystoneEncryptedTlmFrame | Refused {
  const version = byteAt(data, 1)
  if (version === 1) {
    if (data.length < 18) return cutShort('Eddystone-eTLM', data.length, 18)
    return { kind: 'eddystone-encrypted-tlm', payload: hex(data, 2, 16) }
  }
  if (version !== 0) return meaningless('Eddystone-TLM', 'version', String(version))
  if (data.length < 14) return cutShort('Eddystone-TLM', data.length, 14)
  const batteryMv = u16(data, 2)
  const temperature = i16(data, 4)
  return {
    kind: 'eddystone-tlm',
    ...(batteryMv === 0 ? {} : { batteryMv }),
    ...(temperature === -0x8000 ? {} : { temperatureC: temperature / 256 }),
    packets: u32(data, 6),
    uptimeS: u32(data, 10) / 10,
  }
}

/** The service data of a UID frame: 20 bytes. */
export function buildEddystoneUid({
  powerAt0mDbm,
  namespace,
  instance,
}: Omit<EddystoneUidFrame, 'kind'>): Uint8Array | Refused {
  const id = fromHex(namespace + instance)
  if (namespace.length !== 20 || id?.length !== 16) {
    return badValue('namespace + instance', `${namespace} ${instance}`, '20 + 12 × 0–9 a–f')
  }
  return Uint8Array.of(0x00, powerAt0mDbm & 0xff, ...id, 0, 0)
}

/** The service data of a URL frame; a URL that needs more than 17 bytes after its scheme does not fit. */
export function buildEddystoneUrl({
  powerAt0mDbm,
  url,
}: Omit<EddystoneUrlFrame, 'kind'>): Uint8Array | Refused {
  const scheme = schemes.findIndex((start) => url.startsWith(start))
  const start = schemes[scheme]
  if (start === undefined) return badValue('url', url, 'http:// / https://')
  const codes: number[] = []
  for (let at = start.length; at < url.length;) {
    const here = url.slice(at)
    const code = expansions.findIndex((text) => here.startsWith(text))
    const text = expansions[code]
    const next = text === undefined ? url.charCodeAt(at) : code
    if (text === undefined && (next <= 0x20 || next >= 0x7f)) return badValue('url', url, 'ASCII')
    codes.push(next)
    at += text?.length ?? 1
  }
  if (codes.length > 17) return badValue('url', url, '≤ 17 bytes')
  return Uint8Array.of(0x10, powerAt0mDbm & 0xff, scheme, ...codes)
}

/** The service data of an unencrypted telemetry frame: 14 bytes. */
export function buildEddystoneTlm(frame: Omit<EddystoneTlmFrame, 'kind'>): Uint8Array {
  const data = new Uint8Array(14)
  data[0] = 0x20
  put(data, 2, frame.batteryMv ?? 0, 2)
  put(data, 4, frame.temperatureC === undefined ? 0x8000 : Math.round(frame.temperatureC * 256), 2)
  put(data, 6, frame.packets, 4)
  put(data, 10, Math.round(frame.uptimeS * 10), 4)
  return data
}

/** The service data of an EID frame: 10 bytes. */
export function buildEddystoneEid({
  powerAt0mDbm,
  eid,
}: Omit<EddystoneEidFrame, 'kind'>): Uint8Array | Refused {
  const id = fromHex(eid)
  if (id?.length !== 8) return badValue('eid', eid, '16 × 0–9 a–f')
  return Uint8Array.of(0x30, powerAt0mDbm & 0xff, ...id)
}

function put(data: Uint8Array, offset: number, value: number, count: number): void {
  for (let i = 0; i < count; i++) data[offset + i] = (value >>> (8 * (count - 1 - i))) & 0xff
}
