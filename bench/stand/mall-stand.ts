import { furnishDatabase } from '../../server/testing/furnish-database.ts'
import {
  databaseUrl,
  findPostgres,
  startPostgresCluster,
  templateDatabase,
  withClient,
} from '../../server/testing/postgres-cluster.ts'
import type { PostgresCluster } from '../../server/testing/postgres-cluster.ts'

/** A throwaway PostgreSQL server of its own, with a mall that can be copied for each run. */
export interface MallStand {
  readonly postgres: PostgresCluster
  /** Folder of PostgreSQL's programs. */
  readonly programs: string
  /** Of an operator of every copy. */
  readonly operatorToken: string
  /** A fresh copy: the demo mall with its beacons. Its url. */
  copyMall(): Promise<string>
  stop(): Promise<void>
}

const furnished = 'atrium_furnished'
const lockedSince = (name: string) =>
  `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`

/**
 * Sets the stand up; some five seconds.
 * @param nowMs of the clock its servers will run by
 * @throws Error when there is no PostgreSQL with PostGIS on this machine
 */
export async function openMallStand(nowMs: number): Promise<MallStand> {
  const programs = findPostgres()
  if (programs === undefined) throw new Error('PostgreSQL 15 or newer with PostGIS is needed, see npm test.')
  const postgres = await startPostgresCluster(programs)
  try {
    await createFrom(postgres.url, furnished, templateDatabase)
    const url = databaseUrl(postgres.url, furnished)
    const { operatorToken } = await furnishDatabase(url, { nowMs })
    let copies = 0
    return {
      ...{ postgres, programs, operatorToken },
      async copyMall() {
        const name = `atrium_run_${++copies}`
        await withClient(postgres.url, (client) => client.query(lockedSince(furnished)))
        await createFrom(postgres.url, name, furnished)
        return databaseUrl(postgres.url, name)
      },
      stop: () => postgres.stop(),
    }
  } catch (error) {
    await postgres.stop()
    throw error
  }
}

async function createFrom(serverUrl: string, name: string, template: string): Promise<void> {
  await withClient(serverUrl, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`))
}
