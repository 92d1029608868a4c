/**
 * The thread in which the embedded database runs: WebAssembly is synchronous and would hold up every request
 * of the server otherwise. Plain JavaScript, because a worker does not pass through the TypeScript loader.
 *
 * Takes {@link EngineStart} as its data, answers each {@link EngineRequest} with one {@link EngineReply}.
 * @import { EngineReply, EngineRequest, EngineStart } from './engine-messages.ts'
 */
import { Buffer } from 'node:buffer'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { postgis } from '@electric-sql/pglite-postgis'
import { diskSync, synced } from './disk-sync.mjs'
import { exceptionGuard } from './exception-guard.mjs'

if (!parentPort) throw new Error('engine-worker.mjs is started by embedded-engine.ts, as a worker.')
const port = parentPort
/** @type {EngineStart} */
const start = workerData

/** The bundle without the libraries we never load, see `engine-files.ts`. */
const slimPostgis = {
  ...postgis,
  /** @type {typeof postgis.setup} */
  setup: async (engine, options) => ({
    ...(await postgis.setup(engine, options)),
    bundlePath: pathToFileURL(start.postgisBundle),
  }),
}

const engine = await PGlite.create({
  dataDir: start.dataDir,
  extensions: { postgis: slimPostgis, diskSync, ...(start.guarded ? { exceptionGuard } : {}) },
  // PGlite's own list begins with -F, fsync off.
  startParams: [
    ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
    '-c',
    'wal_sync_method=fsync',
  ],
})

/** What PGlite's C code reports after PostgreSQL's own error jump (`POSTGRES_MAIN_LONGJMP` in pglitec.c). */
const ordinaryErrorStatus = 100
/** @type {string | undefined} */
let crash
const runtime = engine.Module
const loopOnce = runtime._PostgresMainLoopOnce
// PGlite swallows every exception of its loop; one that is no PostgreSQL error leaves the engine undefined.
runtime._PostgresMainLoopOnce = () => {
  try {
    loopOnce()
  } catch (error) {
    if (runtime._pgl_getPGliteExitStatus() !== ordinaryErrorStatus) {
      crash = error instanceof Error ? error.message : 'native exception'
    }
    throw error
  }
}

/** @param {Uint8Array} batch whole protocol messages */
async function execute(batch) {
  /** @type {Uint8Array[]} */
  const parts = []
  // The streaming call: the plain one keeps every parsed message for ever (PGlite 0.5.8).
  await engine.execProtocolRawStream(batch, {
    syncToFs: false,
    onRawData: (bytes) => void parts.push(bytes.slice()),
  })
  return new Uint8Array(Buffer.concat(parts))
}

/**
 * @param {EngineReply} reply
 * @param {ArrayBuffer[]} [transfer] memory handed over instead of copied
 */
const answer = (reply, transfer = []) => {
  port.postMessage(reply, transfer)
}

port.on('message', (/** @type {EngineRequest} */ request) => {
  void (async () => {
    if (request.kind === 'close') {
      await engine.close()
      answer({ kind: 'closed' })
      return
    }
    try {
      const output = await execute(request.batch)
      if (crash === undefined) answer({ kind: 'output', output, synced: synced.count }, [output.buffer])
      else answer({ kind: 'crashed', reason: crash })
    } catch (error) {
      answer({ kind: 'crashed', reason: error instanceof Error ? error.message : String(error) })
    }
  })()
})
answer({ kind: 'ready' })
