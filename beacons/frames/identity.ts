import { fromHex, hex } from './bytes.ts'

/** What an iBeacon advertises to be told from others. */
export interface BeaconIdentity {
  /** Lower case, with hyphens. */
  readonly uuid: string
  /** 0 to 65535; here the number of the level. */
  readonly major: number
  /** 0 to 65535; here a number of its own within the level. */
  readonly minor: number
}

/** `uuid/major/minor`, as the registry and the radio map name it. */
export function identityText({ uuid, major, minor }: BeaconIdentity): string {
  return `${uuid}/${major}/${minor}`
}

export function sameIdentity(a: BeaconIdentity, b: BeaconIdentity): boolean {
  return a.uuid.toLowerCase() === b.uuid.toLowerCase() && a.major === b.major && a.minor === b.minor
}

/** Sixteen bytes as a UUID, lower case with hyphens. */
export function uuidOf(bytes: Uint8Array, offset = 0): string {
  const digits = hex(bytes, offset, 16)
  const parts = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20)]
  return [...parts, digits.slice(20)].join('-')
}

/** The sixteen bytes of a UUID of any case; undefined when it is none. */
export function uuidBytes(uuid: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid)) return undefined
  return fromHex(uuid.replace(/-/g, ''))
}

/**
 * A service or characteristic UUID written out: 4 or 8 hexadecimal digits of an assigned number become 128 bits.
 * Source: Bluetooth Core Specification 5.4, Vol 3, Part B, 2.5.1 (Bluetooth Base UUID).
 */
export function fullUuid(uuid: string): string {
  const digits = uuid.toLowerCase()
  return digits.length > 8 ? digits : `${digits.padStart(8, '0')}-0000-1000-8000-00805f9b34fb`
}
