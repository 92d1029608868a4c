import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoMall } from '../maps/demo/index.ts'
import { registerArchiveBeacons } from '../server/beacons/index.ts'
import { createClient, identitiesContract } from '../server/contract/index.ts'
import { openDatabase } from '../server/database/index.ts'
import { describeFaults, readConfig } from '../server/platform/config.ts'
import { newUuid } from '../server/platform/ids.ts'
import { createLog } from '../server/platform/log.ts'
import { entities, migrations } from '../server/schema.ts'
import { startServer } from '../server/server.ts'
import { importVenue } from '../server/venues/index.ts'
import { Refused } from './program.ts'

/** A server with the demo mall that lives by a clock of the caller's. */
export interface SimulatedServer {
  readonly address: string
  /** Token of an operator of all venues. */
  readonly operator: string
  stop(): Promise<void>
}

/**
 * Starts the product on a free port with an empty database, for a run in virtual time.
 * @param databaseUrl an empty database of PostgreSQL; embedded unless given
 */
export async function startSimulatedServer(
  clock: { readonly nowMs: number },
  databaseUrl?: string,
): Promise<SimulatedServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'atrium-simulated-'))
  const config = readConfig({
    // Payments may be pretended, and answers are checked against the contract.
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    PORT: '0',
    ATRIUM_DATA_DIR: dataDir,
    // All phones of the mall have the address of this machine, and an hour passes in seconds.
    RATE_LIMIT_ADDRESS: '1000000',
    RATE_LIMIT_IDENTITY: '100000',
    SHUTDOWN_GRACE_MS: '2000',
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  })
  if ('refused' in config) throw new Refused(describeFaults(config.faults))
  const log = createLog({ level: 'error', destination: process.stderr })
  const database = await openDatabase({
    url: config.databaseUrl,
    dataDir: join(dataDir, 'database'),
    ...{ entities, migrations, log },
  })
  const archive = demoMall()
  const occasion = { actor: 'system', nowMs: clock.nowMs, newId: newUuid }
  const imported = await importVenue(database, {
    ...{ archive, problems: [], routes: [], source: 'demo mall', publish: true },
    ...{ nowMs: clock.nowMs, newId: newUuid },
  })
  if ('refused' in imported) throw new Error(`The demo mall was refused: ${imported.refused}`)
  await registerArchiveBeacons(database, occasion, { venueId: imported.venueId, archive })
  const server = await startServer({
    ...{ config, database, log, newId: newUuid, version: 'simulated' },
    clock: () => clock.nowMs,
  })
  const client = createClient({ baseUrl: server.address, fetch })
  const account = { code: server.firstOperatorCode ?? '', username: 'simulator', password: newUuid() }
  const first = await client.call(identitiesContract.firstOperator, { body: account })
  if (!first.ok) throw new Error(`No operator was made: ${first.problem.title}`)
  return {
    address: server.address,
    operator: first.body.token,
    async stop() {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
