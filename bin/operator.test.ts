import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { openDatabase } from '../server/database/index.ts'
import { verifyPassword } from '../server/identities/passwords.ts'
import { entities, migrations } from '../server/schema.ts'
import { serverPlace, testServerUrl } from '../server/testing/database-places.ts'
import { silentLog } from '../server/testing/silent-log.ts'

const onServer = testServerUrl() === undefined ? test.skip : test

async function run(args: readonly string[], input: string, env: Record<string, string>) {
  const child = spawn(process.execPath, ['--import=tsx', 'bin/operator.ts', ...args], {
    env: { PATH: process.env.PATH, ...env },
  })
  let output = ''
  const collect = (chunk: Buffer) => (output += chunk.toString())
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number]
  return { code, output }
}

onServer('makes an operator with the password from standard input, once', async (t) => {
  const place = await serverPlace()
  const dataDir = await mkdtemp(join(tmpdir(), 'atrium-operator-'))
  const env = { DATABASE_URL: place.options.url ?? '', NODE_ENV: 'development', ATRIUM_DATA_DIR: dataDir }
  t.teardown(async () => {
    await rm(dataDir, { recursive: true })
    await place.remove()
  })
  const made = await run(['create', 'lin'], 'correct horse battery\n', env)
  t.is(made.code, 0, made.output)
  t.regex(made.output, /The operator lin was made/)
  const again = await run(['create', 'LIN'], 'correct horse battery\n', env)
  t.is(again.code, 1)
  t.regex(again.output, /This username is taken/)
  const weak = await run(['create', 'wang'], 'lin\n', env)
  t.is(weak.code, 1)
  t.regex(weak.output, /12 to 128 characters/)
  const database = await openDatabase({
    url: env.DATABASE_URL,
    dataDir,
    entities,
    migrations,
    log: silentLog,
  })
  try {
    const rows: { password_hash: string; roles: string[]; venues: string; actor: string }[] =
      await database.dataSource.query(
        `SELECT password_hash, roles, venues, actor FROM account
         JOIN audit_entry ON subject = 'account:' || account_id`,
      )
    t.is(rows.length, 1)
    t.like(rows[0], { roles: ['operator'], venues: 'all', actor: 'system' })
    t.true(await verifyPassword(rows[0]?.password_hash ?? '', 'correct horse battery'))
  } finally {
    await database.close()
  }
})

test('says how to use it, and takes no password on the command line', async (t) => {
  for (const args of [[], ['create'], ['create', 'lin', 'correct horse battery']]) {
    const { code, output } = await run(args, '', {})
    t.is(code, 2)
    t.regex(output, /npm run operator -- create USERNAME/)
  }
})

test('reports what is wrong with the environment before it asks the database', async (t) => {
  const { code, output } = await run(['create', 'lin'], 'x\n', { PORT: 'x', DATABASE_URL: 'mysql://x' })
  t.is(code, 1)
  t.regex(output, /PORT:/)
  t.regex(output, /DATABASE_URL:/)
})
