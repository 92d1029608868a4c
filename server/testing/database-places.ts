import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { cp, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isRunning } from '../database/embedded/process-identity.ts'
import { engineVersions } from '../database/embedded/template.ts'
import type { DatabaseOptions } from '../database/index.ts'
import { databaseUrl, templateDatabase, testServerVariable, withClient } from './postgres-cluster.ts'

/** A database that a test uses alone, and how to get rid of it. */
export interface TestPlace {
  readonly options: Pick<DatabaseOptions, 'url' | 'dataDir'>
  remove(): Promise<void>
}

/** A folder for an embedded database, beside the engine's files that the whole project shares. */
export function embeddedPlace(): TestPlace {
  const parent = testFolder()
  const dataDir = join(parent, `${leftoverMark}${process.pid}-${++placeCount}`)
  return {
    options: { dataDir },
    remove() {
      rmSync(dataDir, { recursive: true, force: true })
      return Promise.resolve()
    },
  }
}

/**
 * A folder with an embedded database whose tables are there already: 2 s less than {@link embeddedPlace}. They
 * are made once, by `migrate` in an empty place, and kept beside the engine's files until a migration or the
 * engine is another.
 */
export async function migratedPlace(
  migrations: DatabaseOptions['migrations'],
  migrate: (empty: TestPlace) => Promise<void>,
): Promise<TestPlace> {
  const parent = testFolder()
  const hash = createHash('sha256').update([engineVersions(), ...migrations.map(String)].join('\n'))
  const kept = join(parent, `${keptMark}${hash.digest('hex').slice(0, 16)}`)
  if (!existsSync(kept)) {
    const empty = embeddedPlace()
    await migrate(empty)
    removeKept(parent)
    // Two processes may make it at once; the first to finish wins.
    await rename(empty.options.dataDir, kept).catch(async (error: unknown) => {
      await empty.remove()
      if (!existsSync(kept)) throw error
    })
  }
  const place = embeddedPlace()
  await cp(kept, place.options.dataDir, { recursive: true })
  return place
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
const keptMark = 'test-tables-'
/** Beyond this nobody is about to copy tables of another version. */
const keptMs = 24 * 60 * 60 * 1000
let placeCount = 0

/** Where the engine's files of the whole project lie, without what killed runs left there. */
function testFolder(): string {
  const parent = fileURLToPath(new URL('../../.atrium', import.meta.url))
  mkdirSync(parent, { recursive: true })
  removeLeftovers(parent)
  return parent
}

function removeKept(parent: string): void {
  for (const name of readdirSync(parent).filter((each) => each.startsWith(keptMark))) {
    const folder = join(parent, name)
    if (Date.now() - statSync(folder).mtimeMs > keptMs) rmSync(folder, { recursive: true, force: true })
  }
}

/** Folders of test runs that were killed. */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = Number(new RegExp(`^${leftoverMark}(\\d+)-`).exec(name)?.[1] ?? process.pid)
    if (!isRunning(pid)) rmSync(join(parent, name), { recursive: true, force: true })
  }
}
