import test from 'ava'
import type { EntityManager, MigrationInterface, QueryRunner } from 'typeorm'
import { serverPlace, testServerUrl } from '../testing/database-places.ts'
import { databaseTests } from '../testing/databases.ts'
import { silentLog } from '../testing/silent-log.ts'
import { afterCommit, databaseErrorFacts, openDatabase, UnusableDatabase } from './index.ts'
import type { Database, DatabaseErrorKind } from './index.ts'
import { retryLimit } from './transaction.ts'

class Accounts1700000000000 implements MigrationInterface {
  readonly name = 'Accounts1700000000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE account (id integer PRIMARY KEY, balance integer NOT NULL, owner integer REFERENCES account,
        shape geometry(Polygon, 4326) CHECK (ST_IsValid(shape)), CHECK (balance >= 0))`,
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE account')
  }
}

const schema = { entities: [], migrations: [Accounts1700000000000] }
const databaseTest = databaseTests(schema)

const bowTie = `'SRID=4326;POLYGON((0 0,1 1,1 0,0 1,0 0))'::geometry`
const overlayOfInvalid = `SELECT ST_Area(ST_Intersection(${bowTie}, 'SRID=4326;POLYGON((0 0,2 0,2 2,0 2,0 0))'))`
/** Balance by account, in the order of their ids. */
async function balances({ dataSource }: Database): Promise<Record<number, number>> {
  const rows: { id: number; balance: number }[] = await dataSource.query(
    'SELECT id, balance FROM account ORDER BY id',
  )
  return Object.fromEntries(rows.map(({ id, balance }) => [id, balance]))
}

const insert = (manager: EntityManager, id: number, balance: number) =>
  manager.query('INSERT INTO account VALUES ($1, $2)', [id, balance])

databaseTest('commits what returns and undoes what throws', async (t, database) => {
  await database.transaction((manager) => insert(manager, 1, 100))
  const undone = database.transaction(async (manager) => {
    await insert(manager, 2, 100)
    throw new Error('changed my mind')
  })
  await t.throwsAsync(undone, { message: 'changed my mind' })
  t.deepEqual(await balances(database), { 1: 100 })
})

databaseTest(
  'does what waits for the commit after it, and never for what was undone',
  async (t, database) => {
    const done: string[] = []
    await database.transaction(async (manager) => {
      afterCommit(manager, () => done.push('kept'))
      await insert(manager, 1, 100)
      t.deepEqual(done, [])
    })
    const undone = database.transaction((manager) => {
      afterCommit(manager, () => done.push('undone'))
      return Promise.reject(new Error('changed my mind'))
    })
    await t.throwsAsync(undone)
    t.deepEqual(done, ['kept'])
    t.throws(() => {
      afterCommit(database.dataSource.manager, () => {})
    })
  },
)

databaseTest('never commits a transaction in which the geometry library gave up', async (t, database) => {
  const caught = database.transaction(async (manager) => {
    await insert(manager, 1, 100)
    // Swallowed on purpose: the database itself must refuse the rest.
    await manager.query(overlayOfInvalid).catch(() => undefined)
    await insert(manager, 2, 100)
  })
  t.is(databaseErrorFacts(await t.throwsAsync(caught))?.code, '25P02')
  const error = await t.throwsAsync(database.dataSource.query(overlayOfInvalid))
  t.is(databaseErrorFacts(error)?.kind, 'invalid-geometry')
  t.deepEqual(await balances(database), {})
})

databaseTest('tells the kinds of refusal apart', async (t, { dataSource }) => {
  await insert(dataSource.manager, 1, 1)
  const kinds: Partial<Record<DatabaseErrorKind, string>> = {
    unique: 'INSERT INTO account VALUES (1, 1)',
    check: 'INSERT INTO account VALUES (2, -1)',
    'foreign-key': 'INSERT INTO account VALUES (2, 1, 3)',
    'not-null': 'INSERT INTO account VALUES (2)',
    'invalid-geometry': `SELECT ST_GeomFromText('POLYGON((0 0,1 1,1 0))')`,
    unstorable: `SELECT 'x'::integer`,
    serialisation: `DO $$ BEGIN RAISE SQLSTATE '40001'; END $$`,
    other: 'SELECT nothing FROM nowhere',
  }
  for (const [kind, sql] of Object.entries(kinds)) {
    const facts = databaseErrorFacts(await t.throwsAsync(dataSource.query(sql)))
    t.is<string | undefined, string>(facts?.kind, kind, sql)
  }
  const bow = await t.throwsAsync(dataSource.query(`INSERT INTO account VALUES (2, 1, 1, ${bowTie})`))
  t.deepEqual(
    [databaseErrorFacts(bow)?.kind, databaseErrorFacts(bow)?.constraint],
    ['check', 'account_shape_check'],
  )
})

databaseTest(
  'runs the whole work again after a serialisation failure, and not for ever',
  async (t, database) => {
    const failing = (times: number) => {
      let runs = 0
      const work = async (manager: EntityManager) => {
        runs++
        await insert(manager, runs, 1)
        if (runs <= times) await manager.query(`DO $$ BEGIN RAISE SQLSTATE '40001'; END $$`)
      }
      return { work, runs: () => runs }
    }
    const twice = failing(2)
    await database.transaction(twice.work)
    t.is(twice.runs(), 3)
    t.deepEqual(await balances(database), { 3: 1 })

    await database.dataSource.query('DELETE FROM account')
    const always = failing(Infinity)
    const error = await t.throwsAsync(database.transaction(always.work))
    t.is(databaseErrorFacts(error)?.kind, 'serialisation')
    t.is(always.runs(), 1 + retryLimit)
    t.deepEqual(await balances(database), {})
  },
)

databaseTest('refuses a transaction inside a transaction at once', async (t, database) => {
  const nested = database.transaction(() => database.transaction(() => Promise.resolve()))
  await t.throwsAsync(nested, { message: /inside a transaction/ })
  await t.notThrowsAsync(database.transaction(() => Promise.resolve()))
})

databaseTest('keeps the sum of all accounts while fifty transfers run at once', async (t, database) => {
  const [accounts, transfers, startBalance] = [10, 50, 100]
  for (let id = 0; id < accounts; id++) await insert(database.dataSource.manager, id, startBalance)
  const transfer = (number: number) =>
    database.transaction(async (manager) => {
      const [from, to] = [number % accounts, (number * 7 + 3) % accounts]
      // Locked in the order of the transfer: two that cross meet in a deadlock, and one is run again.
      for (const id of [from, to]) await manager.query('SELECT FROM account WHERE id = $1 FOR UPDATE', [id])
      await manager.query('UPDATE account SET balance = balance - 1 WHERE id = $1', [from])
      await manager.query('UPDATE account SET balance = balance + 1 WHERE id = $1', [to])
      if (number % 8 === 0) throw new Error('forced')
    })
  const results = await Promise.allSettled(Array.from({ length: transfers }, (_, number) => transfer(number)))
  const expected: Record<number, number> = {}
  for (let id = 0; id < accounts; id++) expected[id] = startBalance
  for (const [number, result] of results.entries()) {
    if (result.status === 'fulfilled') {
      t.not(number % 8, 0)
      expected[number % accounts]! -= 1
      expected[(number * 7 + 3) % accounts]! += 1
    } else if (number % 8 !== 0) {
      // On a busy machine one may lose more often than it is run again.
      t.is(databaseErrorFacts(result.reason)?.kind, 'serialisation')
    }
  }
  t.deepEqual(await balances(database), expected)
})

databaseTest('solves a deadlock by running the loser again', async (t, database) => {
  for (const id of [1, 2]) await insert(database.dataSource.manager, id, 0)
  let runs = 0
  let arrived = 0
  let bothArrived: () => void = () => undefined
  const both = new Promise<void>((resolve) => (bothArrived = resolve))
  const touch = (first: number, second: number) =>
    database.transaction(async (manager) => {
      runs++
      await manager.query('UPDATE account SET balance = balance + 1 WHERE id = $1', [first])
      // On one connection the two can never meet.
      if (++arrived === 2 || database.engine === 'embedded') bothArrived()
      await both
      await manager.query('UPDATE account SET balance = balance + 1 WHERE id = $1', [second])
    })
  await Promise.all([touch(1, 2), touch(2, 1)])
  // The one that lost may lose once more: both reach for the row when it is let go.
  if (database.engine === 'embedded') t.is(runs, 2)
  else t.true(runs >= 3, `${String(runs)} runs`)
  t.deepEqual(await balances(database), { 1: 2, 2: 2 })
})

/** Ends the connection of the one who asks: by a crash of the engine, by the server's own hand. */
const endings = {
  embedded: [`SET max_stack_depth = '1000MB'`, `SELECT repeat('[', 3000000)::json`],
  server: ['SELECT pg_terminate_backend(pg_backend_pid())'],
}

databaseTest(
  'undoes the transaction whose connection is lost, and goes on with another',
  async (t, database) => {
    const lost = database.transaction(async (manager) => {
      await insert(manager, 1, 100)
      for (const sql of endings[database.engine]) await manager.query(sql)
    })
    t.is(databaseErrorFacts(await t.throwsAsync(lost))?.kind, 'connection-lost')
    t.deepEqual(await balances(database), {})
    await database.transaction((manager) => insert(manager, 2, 100))
    await t.notThrowsAsync(database.ping())
    t.deepEqual(await balances(database), { 2: 100 })
  },
)

databaseTest('answers a ping, and an unknown host is a connection lost', async (t, database) => {
  await t.notThrowsAsync(database.ping())
  const url = 'postgres://nobody@127.0.0.1:1/none'
  const error = await t.throwsAsync(openDatabase({ ...schema, url, dataDir: '', log: silentLog }))
  t.true(error instanceof UnusableDatabase)
  t.regex(error.message, /PostgreSQL server at 127\.0\.0\.1:1, but it does not answer \(ECONNREFUSED\)/)
  t.is(databaseErrorFacts(error.cause)?.kind, 'connection-lost')
})

const onServer = testServerUrl() ? test.serial : test.serial.skip

onServer('server: two that start at once migrate once', async (t) => {
  const place = await serverPlace()
  const migrated: object[] = []
  const log = { ...silentLog, info: (facts: object) => void migrated.push(facts) }
  const databases = await Promise.all(
    Array.from({ length: 4 }, () => openDatabase({ ...schema, ...place.options, log })),
  )
  for (const database of databases) await database.close()
  await place.remove()
  t.deepEqual(migrated, [{ migrations: ['Accounts1700000000000'] }])
})

onServer('server: a database without PostGIS gets it', async (t) => {
  const place = await serverPlace()
  const first = await openDatabase({ entities: [], migrations: [], ...place.options, log: silentLog })
  await first.dataSource.query('DROP EXTENSION postgis')
  await first.close()
  const second = await openDatabase({ ...schema, ...place.options, log: silentLog })
  t.true(second.dataSource.isInitialized)
  await second.close()
  await place.remove()
})
