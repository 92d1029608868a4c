import type { Database } from '../database/index.ts'
import { newUuid } from '../platform/ids.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { createAuthenticator } from './authenticate.ts'
import { changeAccount } from './change-account.command.ts'
import { changePassword } from './change-password.command.ts'
import { createAccount } from './create-account.command.ts'
import { endSession } from './end-session.command.ts'
import { createFirstOperator, renewFirstOperatorCode } from './first-operator.command.ts'
import { createSignInGuard } from './sign-in-guard.ts'
import { signIn } from './sign-in.command.ts'
import { startSession } from './start-session.command.ts'

const onDatabases = databaseTests({ entities, migrations })
const nowMs = Date.UTC(2026, 0, 1)
const occasion = { actor: 'system', nowMs, newId: newUuid }
const chief = { venues: 'all' } as const
const [old, fresh, thief] = ['correct horse battery', 'a new pass phrase', 'the one of a thief']

async function makeAccount({ transaction }: Database): Promise<string> {
  const account = { username: 'wang', password: old, roles: ['staff'], venues: 'all' } as const
  const made = await transaction((manager) => createAccount(manager, occasion, account))
  if ('refused' in made) throw new Error(made.refused)
  return made.accountId
}

/** The database with something done before its next transaction begins. */
function before(database: Database, work: () => Promise<unknown>): Database {
  return {
    ...database,
    transaction: async (command) => {
      await work()
      return database.transaction(command)
    },
  }
}

onDatabases('no session begins with a password that was changed meanwhile', async (t, database) => {
  const accountId = await makeAccount(database)
  const reset = () =>
    database.transaction((manager) =>
      changeAccount(manager, occasion, { change: { accountId, password: fresh }, actor: chief }),
    )
  const guard = createSignInGuard(() => nowMs)
  const typed = { username: 'wang', password: old, address: '192.0.2.1' }
  const signedIn = await signIn({ database: before(database, reset), guard }, occasion, typed)
  t.deepEqual(signedIn, { refused: 'wrong-credentials' })
  const sessions: unknown[] = await database.dataSource.query('SELECT 1 FROM account_session')
  t.is(sessions.length, 0)
})

onDatabases('who knows the old password cannot undo the new one', async (t, database) => {
  const accountId = await makeAccount(database)
  const change = { accountId, sessionId: newUuid(), current: old, password: thief }
  let begin: () => void = () => undefined
  const theft = new Promise<void>((resolve) => (begin = resolve)).then(() =>
    database.transaction((other) => changePassword(other, occasion, change)),
  )
  await database.transaction(async (manager) => {
    await changeAccount(manager, occasion, { change: { accountId, password: fresh }, actor: chief })
    begin()
    // Embedded it waits for the one connection; on a server for the lock, which shows.
    for (let turn = 0; turn < 5000 && database.engine === 'server'; turn++) {
      const waiting: unknown[] = await manager.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      )
      if (waiting.length > 0) break
    }
  })
  t.deepEqual(await theft, { refused: 'wrong-credentials' })
})

onDatabases('an identity that was looked up while it was revoked is not kept', async (t, database) => {
  const accountId = await makeAccount(database)
  const { token, sessionId } = await database.transaction((manager) =>
    startSession(manager, occasion, accountId),
  )
  const source = database.dataSource
  let meanwhile = async () => {
    await database.transaction((manager) => endSession(manager, occasion, { accountId, sessionId }))
    authenticator.forget()
  }
  const slow = new Proxy(source, {
    get: (target, name) =>
      name === 'query'
        ? async (sql: string, parameters: unknown[]) => {
            const rows: unknown = await target.query(sql, parameters)
            const work = meanwhile
            meanwhile = () => Promise.resolve()
            await work()
            return rows
          }
        : (Reflect.get(target, name) as unknown),
  })
  const authenticator = createAuthenticator({
    database: { ...database, dataSource: slow },
    clock: () => nowMs,
    readVisitorToken: () => Promise.resolve(undefined),
  })
  t.is((await authenticator.authenticate(token))?.id, accountId)
  t.is(await authenticator.authenticate(token), undefined)
})

onDatabases(
  'processes that start at once each make a first code, and the last is good',
  async (t, database) => {
    const codes = await Promise.all(Array.from({ length: 8 }, () => renewFirstOperatorCode(database, nowMs)))
    const tried = []
    for (const code of codes) {
      const operator = { code: code ?? '', username: 'wang', password: old }
      tried.push(await database.transaction((manager) => createFirstOperator(manager, occasion, operator)))
    }
    t.is(tried.filter((answer) => !('refused' in answer)).length, 1)
  },
)
