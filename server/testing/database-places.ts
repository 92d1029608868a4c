import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isRunning } from '../database/embedded/process-identity.ts'
import type { DatabaseOptions } from '../database/index.ts'
import { databaseUrl, templateDatabase, testServerVariable, withClient } from './postgres-cluster.ts'

/** A database that a test uses alone, and how to get rid of it. */
export interface TestPlace {
  readonly options: Pick<DatabaseOptions, 'url' | 'dataDir'>
  remove(): Promise<void>
}

/** A folder for an embedded database, beside the engine's files that the whole project shares. */
export function embeddedPlace(): TestPlace {
  const parent = fileURLToPath(new URL('../../.atrium', import.meta.url))
  mkdirSync(parent, { recursive: true })
  removeLeftovers(parent)
  const dataDir = join(parent, `${leftoverMark}${process.pid}-${++placeCount}`)
  return {
    options: { dataDir },
    remove() {
      rmSync(dataDir, { recursive: true, force: true })
      return Promise.resolve()
    },
  }
}

/** A new database on the server of `npm test`, or on the one whose url is given. */
export async function serverPlace(serverUrl = testServerUrl()): Promise<TestPlace> {
  if (!serverUrl) throw new Error(`${testServerVariable} names no PostgreSQL server: run npm test.`)
  const name = `atrium_test_${process.pid}_${++placeCount}`
  await withClient(serverUrl, (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${templateDatabase}`),
  )
  return {
    options: { url: databaseUrl(serverUrl, name), dataDir: '' },
    async remove() {
      await withClient(serverUrl, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`))
    },
  }
}

/** Url of the PostgreSQL server for tests; undefined when there is none. */
export function testServerUrl(): string | undefined {
  const url = process.env[testServerVariable]
  return url === '' ? undefined : url
}

const leftoverMark = 'test-database-'
let placeCount = 0

/** Folders of test runs that were killed. */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = Number(new RegExp(`^${leftoverMark}(\\d+)-`).exec(name)?.[1] ?? process.pid)
    if (!isRunning(pid)) rmSync(join(parent, name), { recursive: true, force: true })
  }
}
