import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../server/database/index.ts'
import { describeFaults, readConfig } from '../server/platform/config.ts'
import { newUuid } from '../server/platform/ids.ts'
import { createLog } from '../server/platform/log.ts'
import { entities, migrations } from '../server/schema.ts'
import { startServer } from '../server/server.ts'
import { Refused } from './program.ts'

/** A server in this process that lives by a clock of the caller's. */
export interface SimulatedServer {
  readonly address: string
  stop(): Promise<void>
}

/** Starts the product on a free port over a database that is furnished, for a run in virtual time. */
export async function startSimulatedServer(
  clock: { readonly nowMs: number },
  databaseUrl: string,
): Promise<SimulatedServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'atrium-simulated-'))
  const config = readConfig({
    // Payments may be pretended, and every answer is checked against the contract.
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    PORT: '0',
    ATRIUM_DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    // All phones of the mall have the address of this machine, and an hour passes in seconds.
    RATE_LIMIT_ADDRESS: '1000000',
    RATE_LIMIT_IDENTITY: '100000',
    SHUTDOWN_GRACE_MS: '2000',
  })
  if ('refused' in config) throw new Refused(describeFaults(config.faults))
  const log = createLog({ level: 'error', destination: process.stderr })
  const database = await openDatabase({
    ...{ url: config.databaseUrl, dataDir: join(dataDir, 'database') },
    ...{ entities, migrations, log },
  })
  const server = await startServer({
    ...{ config, database, log, newId: newUuid, version: 'simulated' },
    clock: () => clock.nowMs,
  })
  return {
    address: server.address,
    async stop() {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
