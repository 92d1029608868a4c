import type { BeaconDriver } from './driver.ts'
import { eddystoneDriver } from './eddystone-config.ts'
import { flatGattDriver } from './flat-gatt.ts'
import { readGattProfile } from './gatt-profile.ts'
import { kkmDriver } from './kkm.ts'
import accentIbks from './profiles/accent-ibks.json' with { type: 'json' }
import nordicNrfBeacon from './profiles/nordic-nrf-beacon.json' with { type: 'json' }

export type { BeaconConfig, BeaconDriver, BeaconReading, ConfigField } from './driver.ts'
export { flatGattDriver } from './flat-gatt.ts'
export { readGattProfile } from './gatt-profile.ts'

/** The drivers that ship. A further vendor is one more JSON profile, or one more file. */
export function shippedDrivers(): readonly BeaconDriver[] {
  return [kkmDriver, eddystoneDriver, ...[accentIbks, nordicNrfBeacon].map(driverOf)]
}

function driverOf(document: unknown): BeaconDriver {
  const read = readGattProfile(document)
  if ('faults' in read) throw new Error(`A profile that ships is faulty: ${read.faults.join('; ')}`)
  return flatGattDriver(read.profile)
}
