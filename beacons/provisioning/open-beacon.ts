import type { BeaconDriver, BeaconSession } from '../drivers/driver.ts'
import { driverFault } from '../drivers/driver-faults.ts'
import { BeaconFault } from '../radio/beacon-fault.ts'
import type { Advertisement, Link, Radio } from '../radio/radio.ts'
import type { SecretVault, SecretVersion } from './vault.ts'

/** A beacon that was opened, and by what. */
export interface OpenBeacon {
  readonly link: Link
  readonly session: BeaconSession
  readonly driver: BeaconDriver
  /** The vault's version it opened with; absent: a factory secret, or none was asked. */
  readonly version?: SecretVersion
}

/** Drivers that may be a beacon's, the likeliest first. */
export function driversFor(
  drivers: readonly BeaconDriver[],
  seen: Advertisement | undefined,
  driverId: string | undefined,
): readonly BeaconDriver[] {
  if (driverId !== undefined) return drivers.filter(({ id }) => id === driverId)
  if (!seen) return drivers
  const sure = drivers.filter((driver) => driver.recognise(seen) === 'yes')
  return sure.length > 0 ? sure : drivers.filter((driver) => driver.recognise(seen) === 'maybe')
}

/**
 * Connects to a beacon and opens it with the first secret that fits: those of the vault in its order, then those it may have
 * left the factory with. After a wrong one the link is made anew: some beacons close it, some count.
 * @throws BeaconFault of the radio and the driver; `wrong-secret` when none fits
 */
export async function openBeacon(
  tools: { readonly radio: Radio; readonly vault: SecretVault },
  {
    address,
    drivers,
    signal,
  }: {
    readonly address: string
    readonly drivers: readonly BeaconDriver[]
    readonly signal?: AbortSignal
  },
): Promise<OpenBeacon> {
  const versions = await tools.vault.versions(address)
  let why: unknown = driverFault('unsupported-beacon', address, '—')
  for (const driver of drivers) {
    for (const candidate of candidatesOf(driver, versions)) {
      const link = await tools.radio.connect(address, signal ? { signal } : {})
      try {
        const session = await driver.open(link, candidate.secret)
        const version = session.askedForSecret ? candidate.version : undefined
        return { link, session, driver, ...(version ? { version } : {}) }
      } catch (error) {
        await link.close()
        if (!(error instanceof BeaconFault)) throw error
        // Another driver's "not mine" says less than that a secret was wrong.
        if (error.id === 'unsupported-beacon') break
        if (error.id !== 'wrong-secret') throw error
        why = error
      }
    }
  }
  throw why
}

interface Candidate {
  readonly secret: string | undefined
  readonly version?: SecretVersion
}

function candidatesOf(
  { id, factorySecrets }: BeaconDriver,
  versions: readonly SecretVersion[],
): readonly Candidate[] {
  if (factorySecrets.length === 0) return [{ secret: undefined }]
  const kept = versions
    .filter(({ driverId }) => driverId === id)
    .map((version) => ({ secret: version.secret, version }))
  return [...kept, ...factorySecrets.map((secret) => ({ secret }))]
}
