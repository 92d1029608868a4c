import type { Advertisement } from './radio.ts'
import type { PlainProperties } from './object-tree.ts'

/** A device as BlueZ describes it (`org.bluez.Device1`); undefined when it does not say what it is. */
export function advertisementOf(properties: PlainProperties): Advertisement | undefined {
  const { Address: address, AddressType: addressType, Name: name, RSSI: rssiDbm, UUIDs: uuids } = properties
  if (typeof address !== 'string') return undefined
  return {
    address,
    addressType: addressType === 'public' ? 'public' : 'random',
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof rssiDbm === 'number' ? { rssiDbm } : {}),
    manufacturerData: bytesByKey(properties.ManufacturerData, Number),
    serviceData: bytesByKey(properties.ServiceData, (key) => key.toLowerCase()),
    serviceUuids: Array.isArray(uuids) ? uuids.map((uuid) => String(uuid).toLowerCase()) : [],
  }
}

function bytesByKey<Key>(value: unknown, keyOf: (key: string) => Key): ReadonlyMap<Key, Uint8Array> {
  const map = new Map<Key, Uint8Array>()
  if (typeof value !== 'object' || value === null) return map
  for (const [key, bytes] of Object.entries(value)) {
    if (bytes instanceof Uint8Array) map.set(keyOf(key), Uint8Array.from(bytes))
  }
  return map
}
