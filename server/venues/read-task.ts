import { parentPort, workerData } from 'node:worker_threads'
import { routeProblems } from '../../maps/validate-routes/index.ts'
import { readVenue } from './archive-files.ts'
import type { ReaderTask } from './venue-reader.ts'

/** One task of `venue-reader.ts`, in a thread of its own. */
const { task } = workerData as { readonly task: ReaderTask }
parentPort?.postMessage(
  task.kind === 'read'
    ? await readVenue(Buffer.from(task.archive), task.name === undefined ? {} : { name: task.name })
    : routeProblems(task.archive),
)
