import test from 'ava'
import type { ExecutionContext } from 'ava'
import { openDatabase } from '../database/index.ts'
import type { Database, DatabaseOptions } from '../database/index.ts'
import { migratedPlace, serverPlace, testServerUrl } from './database-places.ts'
import type { TestPlace } from './database-places.ts'
import { silentLog } from './silent-log.ts'

type Engine = Database['engine']
type Schema = Pick<DatabaseOptions, 'entities' | 'migrations'>

/** One test of {@link databaseTests}: its own empty tables, on one engine. */
export type DatabaseTestBody = (t: ExecutionContext, database: Database) => Promise<void>

/**
 * For a test file that needs a database: gives a function that declares one test on each engine. The file's
 * tests share one database an engine (an embedded one takes seconds and half a gigabyte), one after another;
 * each finds all tables empty. Without a PostgreSQL server its half is skipped, and `npm test` says so.
 */
export function databaseTests(schema: Schema): (title: string, body: DatabaseTestBody) => void {
  return declaredOn(schema, async (t, { database }, body) => {
    await emptyTables(database)
    await body(t, database)
  })
}

/** What the tests of a file share, besides their database. */
export interface SharedFixture<Fixture> {
  /** Makes it on an empty database, before the first test; `t` takes what has to be undone after the last. */
  readonly start: (t: Pick<ExecutionContext, 'teardown'>, database: Database) => Promise<Fixture>
  /** Makes it as new again, before every test. */
  readonly renew: (fixture: Fixture, database: Database) => Promise<void>
}

/**
 * As {@link databaseTests}, for tests that share more than the database on each engine, such as a server that
 * takes longer to start than all that is asked of it.
 */
export function fixtureTests<Fixture>(
  schema: Schema,
  { start, renew }: SharedFixture<Fixture>,
): (title: string, body: (t: ExecutionContext, fixture: Fixture) => Promise<void>) => void {
  const started = new Map<Engine, Promise<Fixture>>()
  const fixtureOf = ({ database, undo }: Opened) => {
    const existing = started.get(database.engine)
    if (existing) return existing
    const made = emptyTables(database).then(() =>
      start({ teardown: (task) => void undo.push(task) }, database),
    )
    started.set(database.engine, made)
    return made
  }
  return declaredOn(schema, async (t, opened, body) => {
    const fixture = await fixtureOf(opened)
    await renew(fixture, opened.database)
    await body(t, fixture)
  })
}

/** A database of a file's tests, and what has to be undone before it is closed, the last first. */
interface Opened {
  readonly database: Database
  readonly undo: (() => unknown)[]
}

function declaredOn<Body>(
  schema: Schema,
  run: (t: ExecutionContext, opened: Opened, body: Body) => Promise<void>,
): (title: string, body: Body) => void {
  const opened = new Map<Engine, Promise<TestDatabase & Opened>>()
  const database = (engine: Engine) => {
    const existing = opened.get(engine)
    if (existing) return existing
    const open = engine === 'embedded' ? openEmbedded(schema) : openOnServer(schema)
    const made = open.then((one) => ({ ...one, undo: [] }))
    opened.set(engine, made)
    return made
  }
  test.after.always('close the databases', async () => {
    await Promise.all(
      [...opened.values()].map(async (made) => {
        const shared = await made
        for (const task of shared.undo.reverse()) await task()
        await shared.remove()
      }),
    )
  })
  return (title, body) => {
    for (const engine of ['embedded', 'server'] as const) {
      const declare = engine === 'server' && !testServerUrl() ? test.serial.skip : test.serial
      declare(`${engine}: ${title}`, async (t) => {
        await run(t, await database(engine), body)
      })
    }
  }
}

interface TestDatabase {
  readonly database: Database
  remove(): Promise<void>
}

async function openEmbedded(schema: Schema): Promise<TestDatabase> {
  const place = await migratedPlace(schema.migrations, async (empty) => {
    const { database } = await openAt(empty, schema)
    await database.close()
  })
  return openAt(place, schema)
}

async function openOnServer(schema: Schema): Promise<TestDatabase> {
  return openAt(await serverPlace(), schema)
}

async function openAt(place: TestPlace, schema: Schema): Promise<TestDatabase> {
  const database = await openDatabase({ ...schema, ...place.options, log: silentLog, random: () => 0 })
  return {
    database,
    async remove() {
      await database.close()
      await place.remove()
    },
  }
}

async function emptyTables({ dataSource }: Database): Promise<void> {
  const tables: { name: string }[] = await dataSource.query(
    `SELECT quote_ident(tablename) AS name FROM pg_tables
     WHERE schemaname = 'public' AND tablename NOT IN ('spatial_ref_sys', 'migrations')`,
  )
  const filled: { name: string }[] =
    tables.length === 0
      ? []
      : await dataSource.query(
          tables
            .map(({ name }) => `SELECT '${name}' AS name WHERE EXISTS (SELECT FROM ${name})`)
            .join(' UNION ALL '),
        )
  if (filled.length > 0)
    await dataSource.query(`TRUNCATE ${filled.map(({ name }) => name).join(', ')} CASCADE`)
}
