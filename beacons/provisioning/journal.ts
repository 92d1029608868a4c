import type { BeaconReading } from '../drivers/driver.ts'
import type { Words } from '../frames/words.ts'
import type { ProvisionJob, ProvisionStep, ProvisionedBeacon } from './provision.ts'

/** What the journal knows of a job. */
export interface JobRecord {
  readonly job: ProvisionJob
  readonly step: ProvisionStep
  readonly driverId?: string
  /** What the beacon was before the first write: what an undo goes back to. */
  readonly before?: BeaconReading
  /** The version of the secret kept for it. */
  readonly secretVersionId?: string
  /** What it said of itself last, after the writes. */
  readonly reading?: BeaconReading
  readonly done?: ProvisionedBeacon
  readonly changedAtMs: number
}

/** The durable memory of provisioning: written before anything happens, read after a crash. Never holds a secret. */
export interface Journal {
  /** Jobs in the order they began. */
  records(): readonly JobRecord[]
  find(jobId: string): JobRecord | undefined
  /** What to say of records that are damaged; absent when it is whole. */
  readonly damage?: Words
  /**
   * Durable when it resolves.
   * @throws BeaconFault `journal-full` or `journal-unwritable`, with the journal as it was before
   */
  append(record: JobRecord): Promise<void>
  close(): Promise<void>
}
