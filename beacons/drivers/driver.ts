import type { BeaconIdentity } from '../frames/identity.ts'
import type { Refused, Words } from '../frames/words.ts'
import type { Advertisement, Link } from '../radio/radio.ts'

/** What a beacon is to be. What is absent, or cannot be set on its hardware, stays as it is. */
export interface BeaconConfig {
  readonly identity: BeaconIdentity
  /** Expected rssi at one metre that it tells phones, dBm. */
  readonly measuredPowerDbm?: number
  /** Transmit power, dBm; the beacon's next lower step is taken. */
  readonly txPowerDbm?: number
  /** Between two packets, ms. */
  readonly intervalMs?: number
}

/** What a beacon says it is. What it does not say is absent. */
export interface BeaconReading {
  /** Absent: it sends no iBeacon yet. */
  readonly identity?: BeaconIdentity
  readonly measuredPowerDbm?: number
  readonly txPowerDbm?: number
  readonly intervalMs?: number
  readonly batteryPercent?: number
  readonly batteryMv?: number
  readonly model?: string
  readonly firmware?: string
}

export type ConfigField = 'uuid' | 'major' | 'minor' | 'measuredPowerDbm' | 'txPowerDbm' | 'intervalMs'

/** What a beacon can be told; a field that is not there cannot be changed on this hardware. */
export interface Capabilities {
  readonly fields: readonly ConfigField[]
  /** Steps it knows, dBm, rising; empty: it does not say. */
  readonly txPowersDbm: readonly number[]
  readonly intervalMs?: { readonly min: number; readonly max: number }
}

/** One write of a plan: what it changes, and how. Done twice it is done once. */
export interface PlannedWrite {
  readonly fields: readonly ConfigField[]
  readonly write: () => Promise<void>
}

/**
 * A vendor's way of configuring. One file a driver, or one JSON profile for those whose settings are plain
 * characteristics (`flat-gatt.ts`).
 */
export interface BeaconDriver {
  /** Stable, such as `kkm-kbeacon`. */
  readonly id: string
  readonly names: Words
  /** What the installer does before it can be connected to, such as pressing a button; absent: nothing. */
  readonly preparation?: Words
  /** Secrets it leaves the factory with, tried when the vault knows none of its own. Empty: it has no secret at all. */
  readonly factorySecrets: readonly string[]
  /** Whether a beacon that was heard is one of these. `maybe`: only connecting tells. */
  recognise(seen: Advertisement): 'yes' | 'maybe' | 'no'
  /**
   * A new secret of the strongest kind it takes; undefined when it has none.
   * @param randomBytes as of node:crypto
   */
  newSecret(randomBytes: (count: number) => Uint8Array): string | undefined
  /**
   * Unlocks what was connected to.
   * @param secret undefined only when the driver has no secrets
   * @throws BeaconFault `unsupported-beacon`, `wrong-secret`, `locked-out`, `needs-button`, and those of the link
   */
  open(link: Link, secret: string | undefined): Promise<BeaconSession>
}

/** An unlocked beacon. Every function throws BeaconFault; after `link-lost` the session is over. */
export interface BeaconSession {
  readonly capabilities: Capabilities
  /** Whether it asked for the secret: one that stands open proves none. */
  readonly askedForSecret: boolean
  read(): Promise<BeaconReading>
  /**
   * The writes that make it what it is to be, safest first; none when it already is. Nothing is written yet.
   * @returns or why this hardware cannot be that
   */
  planWrites(want: BeaconConfig, reading: BeaconReading): readonly PlannedWrite[] | Refused
  /** Changes its secret: last of all writes, and only to what the vault keeps already. */
  changeSecret(next: string): Promise<void>
  /** Makes the changes take effect and locks it again, as far as this hardware needs it. */
  finish(): Promise<void>
}
