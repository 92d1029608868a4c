import type { BeaconConfig, BeaconDriver, BeaconReading } from '../drivers/driver.ts'
import type { Words } from '../frames/words.ts'
import type { Radio } from '../radio/radio.ts'
import type { Journal } from './journal.ts'
import type { SecretVault } from './vault.ts'

/** A beacon to be provisioned. */
export interface ProvisionJob {
  /** Chosen by the caller, kept for good: the same job twice is one job. UUID. */
  readonly jobId: string
  /** Of the hardware in hand. */
  readonly address: string
  readonly want: BeaconConfig
  /** Absent: the driver that recognises it. */
  readonly driverId?: string
  /** The entry of the registry this hardware becomes; absent when it gets a new one. */
  readonly beaconId?: string
  /**
   * The job that this one takes back: the beacon becomes what it was before, also a number of its factory. It keeps the
   * secret the vault has: that of its factory would lie open again.
   */
  readonly undoes?: string
}

/**
 * Where a job stands. Each is written to the journal before the next begins:
 * `planned` → `opened` (what it was is known) → `secret-kept` (the vault has the new one) → `configured` (read back)
 * → `secret-written` → `proven` (opened with the new one, the vault told) → `on-air` (heard as what it should be)
 * → `registered`.
 */
export const provisionSteps = [
  'planned',
  'opened',
  'secret-kept',
  'configured',
  'secret-written',
  'proven',
  'on-air',
  'registered',
] as const
export type ProvisionStep = (typeof provisionSteps)[number]

/** What the registry is told of a beacon that is done. */
export interface ProvisionedBeacon {
  readonly jobId: string
  readonly beaconId?: string
  /** The job that was taken back by it. */
  readonly undoes?: string
  readonly address: string
  readonly driverId: string
  readonly config: BeaconConfig
  /** As read back from it. */
  readonly reading: BeaconReading
  readonly atMs: number
}

/**
 * Who keeps account of beacons: the server's registry, or the queue that stands in for it where there is no network.
 * Told the same job twice it counts once.
 */
export interface ProvisionRegistry {
  /** @returns undefined when taken, or why it never will be
   * @throws BeaconFault `registry-unreachable`: another try later may do */
  record(beacon: ProvisionedBeacon): Promise<{ readonly refused: string; readonly words: Words } | undefined>
}

/** How a job ended. `failed` can be run again and goes on where it was. */
export type ProvisionOutcome =
  | { readonly jobId: string; readonly done: ProvisionedBeacon }
  | {
      readonly jobId: string
      readonly failed: { readonly id: string; readonly words: Words; readonly step: ProvisionStep }
    }

/** What happens while jobs run, for a progress line. */
export type ProvisionEvent =
  | { readonly kind: 'step'; readonly jobId: string; readonly step: ProvisionStep; readonly atMs: number }
  | {
      readonly kind: 'retry'
      readonly jobId: string
      readonly attempt: number
      readonly id: string
      readonly words: Words
      readonly atMs: number
    }
  | { readonly kind: 'ended'; readonly outcome: ProvisionOutcome; readonly atMs: number }

export interface ProvisionTools {
  readonly radio: Radio
  readonly drivers: readonly BeaconDriver[]
  readonly journal: Journal
  readonly vault: SecretVault
  readonly registry: ProvisionRegistry
  /** Epoch ms. */
  readonly clock: () => number
  readonly randomBytes: (count: number) => Uint8Array
  readonly limits?: Partial<ProvisionLimits>
}

export interface ProvisionLimits {
  /** Tries of a job before it counts as failed; 5 unless told. */
  readonly attempts: number
  /** For hearing it as what it should be, ms; 15,000 unless told. */
  readonly onAirMs: number
  /** Before the second try, ms, doubled each time; 500 unless told. */
  readonly pauseMs: number
}

/** Runs jobs one after another (one adapter, one link). Made by `createProvisioner`. */
export interface Provisioner {
  /**
   * Each job to its end. A job the journal knows goes on where it was; one that is registered is only told again.
   * It stops early, with the jobs left as they are, when the journal or the vault takes nothing more.
   * @returns one outcome a job, in their order; jobs not begun because it stopped have `failed.step` `planned`
   */
  run(
    jobs: readonly ProvisionJob[],
    options?: { readonly signal?: AbortSignal; readonly onEvent?: (event: ProvisionEvent) => void },
  ): Promise<readonly ProvisionOutcome[]>
}
