import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import pg from 'pg'
import { startProgram } from '../../testing/child-program.ts'
import { embeddedPlace } from '../../testing/database-places.ts'
import { silentLog } from '../../testing/silent-log.ts'
import type { DatabaseLog } from '../progress.ts'
import { EmbeddedEngine } from './embedded-engine.ts'
import { EngineCrash, EngineThread } from './engine-thread.ts'
import { selfTest } from './self-test.ts'
import { engineFiles, ensureDataFolder } from './template.ts'
import { queryMessage } from './wire.ts'

const place = embeddedPlace()
const { dataDir } = place.options
const logged: string[] = []
const log: DatabaseLog = { ...silentLog, error: (_facts, message) => void logged.push(message) }
let engine: EmbeddedEngine

test.before('open the engine', async () => {
  engine = await EmbeddedEngine.open({ dataDir, log, onProgress: () => {} })
})
test.after.always('close the engine', async () => {
  await engine.close()
  await place.remove()
})

/** A connection that the test need not close. */
async function connect(t: ExecutionContext): Promise<pg.Client> {
  const client = new pg.Client({ stream: () => engine.session() })
  // A crash ends connections; the statements under way tell the test.
  client.on('error', () => {})
  await client.connect()
  t.teardown(() => client.end())
  return client
}

/** A folder with a database that nobody has open. */
async function copyOfTemplate(t: ExecutionContext): Promise<{ dataDir: string; postgisBundle: string }> {
  const other = embeddedPlace()
  t.teardown(() => other.remove())
  const files = await engineFiles(dirname(dataDir), () => {})
  await ensureDataFolder(other.options.dataDir, files.template)
  return { dataDir: other.options.dataDir, postgisBundle: files.postgisBundle }
}

test('nobody else on the machine can look into the folder', (t) => {
  t.is(statSync(dataDir).mode & 0o777, 0o700)
})

const two = (client: pg.Client) => client.query<{ two: number }>('SELECT 1 + 1 AS two')

test.serial('does not open without the exception guard: the self-test finds out', async (t) => {
  const start = await copyOfTemplate(t)
  const unguarded = await EngineThread.start({ ...start, guarded: false })
  const error = await t.throwsAsync(selfTest(unguarded))
  t.regex(error.message, /自检未通过.*failed its self-test/s)
  await unguarded.kill()
})

test.serial('ends a statement that runs too long', async (t) => {
  const start = await copyOfTemplate(t)
  const thread = await EngineThread.start({ ...start, guarded: true }, 300)
  const endless = 'WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT count(*) FROM r'
  await t.throwsAsync(thread.exec(queryMessage(endless)), { instanceOf: EngineCrash, message: /longer than/ })
  t.regex((await thread.crashed).message, /longer than/)
})

test.serial('waits for the disk at every commit', async (t) => {
  await engine.exec(queryMessage('CREATE TABLE synced (id integer)'))
  const before = (await engine.exec(queryMessage('SELECT 1'))).synced
  const after = (await engine.exec(queryMessage('INSERT INTO synced VALUES (1)'))).synced
  t.true(after > before)
})

test.serial('keeps the transactions of two connections apart', async (t) => {
  const [first, second] = [await connect(t), await connect(t)]
  await first.query('CREATE TABLE apart (id integer)')
  await first.query('BEGIN')
  await first.query('INSERT INTO apart VALUES (1)')
  const seen = second.query('SELECT count(*)::integer AS count FROM apart')
  await first.query('ROLLBACK')
  t.deepEqual((await seen).rows, [{ count: 0 }])
})

test.serial('rolls back what a broken connection left open', async (t) => {
  const [broken, other] = [await connect(t), await connect(t)]
  await broken.query('CREATE TABLE broken (id integer)')
  await broken.query('BEGIN')
  await broken.query('INSERT INTO broken VALUES (1)')
  const seen = other.query('SELECT count(*)::integer AS count FROM broken')
  broken.connection.stream.destroy()
  t.deepEqual((await seen).rows, [{ count: 0 }])
})

test.serial('forgets settings and prepared statements with the last connection', async (t) => {
  const first = await connect(t)
  await first.query({ name: 'named', text: 'SELECT 1' })
  await first.query(`SET application_name = 'left behind'`)
  await first.end()
  const second = await connect(t)
  await t.notThrowsAsync(second.query({ name: 'named', text: 'SELECT 2' }))
  const { rows } = await second.query('SHOW application_name')
  t.notDeepEqual(rows, [{ application_name: 'left behind' }])
})

test.serial('goes on after an SQL error, in the simple and in the extended protocol', async (t) => {
  const client = await connect(t)
  await t.throwsAsync(client.query('SELECT 1/0'), { code: '22012' })
  await t.throwsAsync(client.query('SELECT 1/$1::integer', [0]), { code: '22012' })
  t.deepEqual((await two(client)).rows, [{ two: 2 }])
})

test.serial('answers deep recursion with an ordinary error', async (t) => {
  const client = await connect(t)
  await client.query(
    'CREATE FUNCTION deep(i integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN deep(i + 1); END $$',
  )
  await t.throwsAsync(client.query('SELECT deep(1)'), { code: '54001' })
  t.deepEqual((await two(client)).rows, [{ two: 2 }])
})

test.serial('cannot load the raster extension, which would silence the engine', async (t) => {
  const client = await connect(t)
  await t.throwsAsync(client.query('CREATE EXTENSION postgis_raster'))
  t.deepEqual((await two(client)).rows, [{ two: 2 }])
})

test.serial('after a crash tells everyone, opens again and has what was committed', async (t) => {
  const [crashing, waiting, idle] = [await connect(t), await connect(t), await connect(t)]
  await crashing.query('CREATE TABLE survived (id integer)')
  await crashing.query('INSERT INTO survived VALUES (1)')
  // Beyond PostgreSQL's own guard, a recursion is the end of the engine.
  await crashing.query(`SET max_stack_depth = '1000MB'`)
  await crashing.query('BEGIN')
  await crashing.query('INSERT INTO survived VALUES (2)')
  const waited = waiting.query('INSERT INTO survived VALUES (3)')
  await Promise.all([
    t.throwsAsync(crashing.query(`SELECT repeat('[', 3000000)::json`), { code: '57P02' }),
    t.throwsAsync(waited, { code: '57P02' }),
  ])
  await t.throwsAsync(two(idle))
  const later = await connect(t)
  t.deepEqual((await later.query('SELECT id FROM survived')).rows, [{ id: 1 }])
  t.true(logged.some((message) => message.includes('crashed')))
})

test.serial('refuses a second process on its folder with a sentence', async (t) => {
  const second = startProgram(new URL('../testing/open-folder.ts', import.meta.url), [dataDir])
  const { code, errors } = await second.ended
  t.not(code, 0)
  t.regex(errors, new RegExp(`正被另一个进程使用.*in use by process ${process.pid}@`, 's'))
  t.deepEqual((await two(await connect(t))).rows, [{ two: 2 }])
})

test.serial('refuses a folder that holds something else, and does not keep it locked', async (t) => {
  const other = embeddedPlace()
  t.teardown(() => other.remove())
  const folder = other.options.dataDir
  mkdirSync(folder)
  writeFileSync(join(folder, 'holiday.jpg'), '')
  const open = () => EmbeddedEngine.open({ dataDir: folder, log, onProgress: () => {} })
  await t.throwsAsync(open(), { message: /不是数据库目录.*is not empty and no database/s })
  t.deepEqual(readdirSync(folder), ['holiday.jpg'])
  rmSync(join(folder, 'holiday.jpg'))
  writeFileSync(join(folder, 'PG_VERSION'), '12\n')
  await t.throwsAsync(open(), { message: /PostgreSQL 12，.*expected 18/s })
  t.false(existsSync(`${folder}.lock`))
})
