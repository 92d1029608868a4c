import { parentPort, workerData } from 'node:worker_threads'
import { encodedTables } from './route-tables.ts'
import type { TablesTask } from './route-tables.ts'

/** Derives the route tables of one version, in a thread of its own. */
const { task } = workerData as { readonly task: TablesTask }
parentPort?.postMessage(encodedTables(task))
