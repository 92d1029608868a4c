import { identityText } from '../frames/identity.ts'
import type { JobRecord } from './journal.ts'

/** A job that was broken off after it had opened its beacon: the beacon may send its number already. */
export interface UnfinishedJob {
  readonly record: JobRecord
  /** Its undo was begun, so that it cannot go on where it was; its number stays with the beacon all the same. */
  readonly isBeingUndone: boolean
}

/**
 * The jobs of a journal that were broken off, by the address of their beacon, in capitals. What came after counts: a beacon that
 * got another number since, or a number another beacon got since, is no longer of the broken job. O(records).
 * @param records in the order the jobs began
 */
export function unfinishedJobs(records: readonly JobRecord[]): ReadonlyMap<string, UnfinishedJob> {
  const undoes = new Map(
    records.flatMap(({ job, step }) => (job.undoes === undefined ? [] : [[job.undoes, step] as const])),
  )
  const unfinished = new Map<string, UnfinishedJob>()
  for (const record of records) {
    const { job, step, before } = record
    // Nothing was written before it was read.
    if (job.undoes !== undefined || before === undefined) continue
    const key = identityText(job.want.identity)
    for (const [address, other] of unfinished) {
      if (identityText(other.record.job.want.identity) === key) unfinished.delete(address)
    }
    const address = job.address.toUpperCase()
    unfinished.delete(address)
    const undo = undoes.get(job.jobId)
    if (step !== 'registered' && undo !== 'registered')
      unfinished.set(address, { record, isBeingUndone: undo !== undefined })
  }
  return unfinished
}
