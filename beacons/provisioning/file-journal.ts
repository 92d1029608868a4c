import { AppendLog, damageOf } from '../offline/append-log.ts'
import { BeaconFault } from '../radio/beacon-fault.ts'
import { z } from 'zod'
import { provisionSteps } from './provision.ts'
import type { JobRecord, Journal } from './journal.ts'
import type { Words } from '../frames/words.ts'

const identity = z.object({ uuid: z.string(), major: z.int(), minor: z.int() })
const settings = {
  measuredPowerDbm: z.number().exactOptional(),
  txPowerDbm: z.number().exactOptional(),
  intervalMs: z.number().exactOptional(),
}
const config = z.object({ identity, ...settings })
const reading = z.object({
  identity: identity.exactOptional(),
  ...settings,
  batteryPercent: z.number().exactOptional(),
  batteryMv: z.number().exactOptional(),
  model: z.string().exactOptional(),
  firmware: z.string().exactOptional(),
})
const jobRecord = z.object({
  job: z.object({
    jobId: z.string(),
    address: z.string(),
    want: config,
    driverId: z.string().exactOptional(),
    beaconId: z.string().exactOptional(),
    undoes: z.string().exactOptional(),
  }),
  step: z.enum(provisionSteps),
  driverId: z.string().exactOptional(),
  before: reading.exactOptional(),
  secretVersionId: z.string().exactOptional(),
  reading: reading.exactOptional(),
  done: z
    .object({
      jobId: z.string(),
      beaconId: z.string().exactOptional(),
      undoes: z.string().exactOptional(),
      address: z.string(),
      driverId: z.string(),
      config,
      reading,
      atMs: z.number(),
    })
    .exactOptional(),
  changedAtMs: z.number(),
})

/** The log a journal is kept in. */
export type JournalLog = Pick<AppendLog, 'entries' | 'append' | 'close'>

/**
 * Opens the journal in a file that only grows. One process at a time: its caller holds the folder's lock.
 * @throws BeaconFault `journal-unwritable`, `journal-full`
 */
export function openFileJournal(path: string): Journal {
  try {
    const log = new AppendLog(path)
    return new FileJournal(log, damageOf(log, path)?.words)
  } catch (error) {
    throw journalFault(error)
  }
}

/** A journal over a log; entries that are none of its own are passed over. */
export class FileJournal implements Journal {
  readonly damage?: Words
  readonly #log: JournalLog
  /** The latest of each job, in the order the jobs began. */
  readonly #records = new Map<string, JobRecord>()

  constructor(log: JournalLog, damage?: Words) {
    this.#log = log
    if (damage) this.damage = damage
    for (const entry of log.entries) {
      const read = jobRecord.safeParse(entry)
      if (read.success) this.#records.set(read.data.job.jobId, read.data)
    }
  }

  records(): readonly JobRecord[] {
    return [...this.#records.values()]
  }

  find(jobId: string): JobRecord | undefined {
    return this.#records.get(jobId)
  }

  append(record: JobRecord): Promise<void> {
    try {
      this.#log.append(record)
    } catch (error) {
      return Promise.reject(journalFault(error))
    }
    this.#records.set(record.job.jobId, record)
    return Promise.resolve()
  }

  close(): Promise<void> {
    this.#log.close()
    return Promise.resolve()
  }
}

/** What the log says of the disk, with its own sentence where it has one. */
function journalFault(error: unknown): BeaconFault {
  const hasWords = (fault: unknown): fault is { readonly id: string; readonly words: Words } =>
    fault instanceof Error && 'words' in fault && 'id' in fault
  if (hasWords(error)) {
    return new BeaconFault(error.id === 'disk-full' ? 'journal-full' : 'journal-unwritable', error.words, {
      cause: error,
    })
  }
  const detail = error instanceof Error ? error.message : String(error)
  const words = {
    zh: `无法写入日志（${detail}）；请检查磁盘后重试，信标保持原样。`,
    en: `The journal cannot be written (${detail}); look at the disk and run it again. The beacons are as they were.`,
  }
  return new BeaconFault('journal-unwritable', words, { cause: error })
}
