import { identityText } from '../frames/identity.ts'
import type { Refused } from '../frames/words.ts'
import type { JobRecord } from './journal.ts'
import type { ProvisionJob } from './provision.ts'

/**
 * The last job of a journal that can be taken back: of all beacons, or of one. A job counts once it has read what the
 * beacon was; until then nothing was written.
 * @param key identity the job gave (`uuid/major/minor`)
 */
export function lastToUndo(records: readonly JobRecord[], key?: string): JobRecord | undefined {
  const undone = new Set(
    records.flatMap(({ job, step }) =>
      job.undoes !== undefined && step === 'registered' ? [job.undoes] : [],
    ),
  )
  return [...records]
    .reverse()
    .find(
      ({ job, before }) =>
        before !== undefined &&
        job.undoes === undefined &&
        !undone.has(job.jobId) &&
        (key === undefined || identityText(job.want.identity) === key),
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
