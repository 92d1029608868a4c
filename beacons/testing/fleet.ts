import type { BeaconIdentity } from '../frames/identity.ts'
import type { SimulatedBeacon } from './simulated-beacon.ts'

/** What a simulated beacon is: what its maker's protocol reads and writes, and what it then advertises. */
export interface BeaconSettings {
  identity: BeaconIdentity
  measuredPowerDbm: number
  txPowerDbm: number
  intervalMs: number
  /** As the driver of its maker writes secrets. */
  secret: string
  batteryPercent: number
  readonly rssiDbm: number
}

export interface FleetBeacon {
  readonly beacon: SimulatedBeacon
  readonly settings: BeaconSettings
  readonly driverId: string
}

/** A beacon as it comes out of its box. */
export function factorySettings(secret: string): BeaconSettings {
  return {
    identity: { uuid: 'fda50693-a4e2-4fb1-afcf-c6eb07647825', major: 10_001, minor: 19_641 },
    measuredPowerDbm: -59,
    txPowerDbm: 0,
    intervalMs: 1000,
    secret,
    batteryPercent: 100,
    rssiDbm: -60,
  }
}

/** The n-th address of a test's beacons. */
export function addressOf(n: number, prefix = 'C8:FD:19:00'): string {
  const digits = n.toString(16).toUpperCase().padStart(4, '0')
  return `${prefix}:${digits.slice(0, 2)}:${digits.slice(2)}`
}
