import { Worker } from 'node:worker_threads'
import type { ReadArchive } from '../../maps/imdf/index.ts'
import type { Archive, Problem } from '../../maps/model/index.ts'
import { Fault } from '../http/fault.ts'
import { readVenue } from './archive-files.ts'
import { beginsAsZip } from './archive-zip.ts'

/** What a thread is given to do. */
export type ReaderTask =
  | { readonly kind: 'read'; readonly archive: Uint8Array; readonly name: string | undefined }
  | { readonly kind: 'routes'; readonly archive: Archive }

/** Archives read or waited for at once; each may take half a gigabyte and a processor for seconds. */
const maxTasks = 4
/** A task that runs longer is ended: the request it serves has been given up by then. */
const limitMs = 110_000

/**
 * Reads and checks venues in threads, one after another, so that an import holds up no other request: the archive
 * of a mall of 1,300 units takes one to two seconds of a processor, a large one ten times that.
 */
export class VenueReader {
  #last: Promise<unknown> = Promise.resolve()
  #tasks = 0

  /**
   * `readVenue` of the bytes of an archive.
   * @throws Fault busy when too many wait
   */
  read(archive: Uint8Array, name?: string): Promise<ReadArchive> {
    // What is no archive is refused at its first bytes, and wants neither a thread nor a place in the queue.
    if (!beginsAsZip(archive)) return readVenue(Buffer.from(archive), name === undefined ? {} : { name })
    return this.#queue({ kind: 'read', archive, name }) as Promise<ReadArchive>
  }

  /**
   * What keeps people from walking in a venue without errors.
   * @throws Fault busy when too many wait
   */
  routeProblems(archive: Archive): Promise<readonly Problem[]> {
    return this.#queue({ kind: 'routes', archive }) as Promise<readonly Problem[]>
  }

  #queue(task: ReaderTask): Promise<unknown> {
    if (this.#tasks >= maxTasks) {
      const detail = 'Other archives are being read; try again in a minute.'
      return Promise.reject(new Fault('busy', { detail, headers: { 'retry-after': '60' } }))
    }
    this.#tasks++
    const result = this.#last.then(() => run(task))
    this.#last = result
      .catch(() => undefined)
      .finally(() => {
        this.#tasks--
      })
    return result
  }
}

function run(task: ReaderTask): Promise<unknown> {
  const file = import.meta.url.endsWith('.ts') ? './read-task.ts' : './read-task.js'
  const module = new URL(file, import.meta.url).href
  // Without the parent's --import: the thread loads tsx itself when it needs it.
  const worker = new Worker(new URL('./read-worker.mjs', import.meta.url), {
    workerData: { module, task },
    execArgv: [],
  })
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      reject(new Fault('timed-out', { detail: 'The archive takes too long to check; split the venue.' }))
      void worker.terminate()
    }, limitMs)
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => {
      clearTimeout(limit)
      reject(new Error(`the thread that reads archives ended with ${String(code)} and no answer`))
    })
  })
}
