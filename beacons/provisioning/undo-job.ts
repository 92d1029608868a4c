import { identityText } from '../frames/identity.ts'
import type { Refused } from '../frames/words.ts'
import type { JobRecord } from './journal.ts'
import type { ProvisionJob } from './provision.ts'

/**
 * The job of a journal that is taken back next: an undo that was broken off goes on first, then comes the job that was worked on
 * last. A job counts once it has read what the beacon was; until then nothing was written. O(records).
 * @param records in the order the jobs began
 * @param key identity the job gave (`uuid/major/minor`): only such jobs
 */
export function lastToUndo(records: readonly JobRecord[], key?: string): JobRecord | undefined {
  const undoes = new Map(
    records.flatMap(({ job, step }) => (job.undoes === undefined ? [] : [[job.undoes, step] as const])),
  )
  const isAsked = ({ job }: JobRecord) => key === undefined || identityText(job.want.identity) === key
  const standing = records.filter(
    (record) =>
      record.before !== undefined &&
      record.job.undoes === undefined &&
      undoes.get(record.job.jobId) !== 'registered' &&
      isAsked(record),
  )
  const halfDone = standing.filter((record) => undoes.has(record.job.jobId) && !laterJobOf(records, record))
  const latest = (best: JobRecord | undefined, one: JobRecord) =>
    best && best.changedAtMs > one.changedAtMs ? best : one
  return (halfDone.length > 0 ? halfDone : standing).reduce(latest, undefined)
}

/**
 * What was done to a job's beacon after it, and stands: taking the earlier one back would leave the beacon as nobody knows it.
 * @param records in the order the jobs began
 */
export function laterJobOf(records: readonly JobRecord[], { job }: JobRecord): JobRecord | undefined {
  const undone = new Set(
    records.flatMap(({ job: { undoes }, step }) =>
      undoes !== undefined && step === 'registered' ? [undoes] : [],
    ),
  )
  const at = records.findIndex((record) => record.job.jobId === job.jobId)
  return records
    .slice(at + 1)
    .reverse()
    .find(
      (later) =>
        later.job.undoes === undefined &&
        later.before !== undefined &&
        later.job.address.toUpperCase() === job.address.toUpperCase() &&
        !undone.has(later.job.jobId),
    )
}

/**
 * The job that makes a beacon what it was before another one. Taking the same job back twice is one job.
 * @returns or why this cannot be: a beacon that sent no iBeacon cannot be told to be silent
 */
export function undoJobOf({ job, before, driverId }: JobRecord): ProvisionJob | Refused {
  if (!before?.identity) {
    return {
      refused: 'nothing-before',
      words: {
        zh: `${job.address} 原来没有编号，不能改回去：用 beacons retire，或配成另一个编号。`,
        en: `Expected to know what ${job.address} was before, but it had no number: retire it, or give it another one.`,
      },
    }
  }
  const { identity, measuredPowerDbm, txPowerDbm, intervalMs } = before
  return {
    ...{ jobId: `undo-${job.jobId}`, undoes: job.jobId, address: job.address },
    want: {
      identity,
      ...(measuredPowerDbm === undefined ? {} : { measuredPowerDbm }),
      ...(txPowerDbm === undefined ? {} : { txPowerDbm }),
      ...(intervalMs === undefined ? {} : { intervalMs }),
    },
    ...(driverId === undefined ? {} : { driverId }),
  }
}
