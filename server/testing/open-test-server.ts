import type { ExecutionContext } from 'ava'
import { openDatabase } from '../database/index.ts'
import { entities, migrations } from '../schema.ts'
import { embeddedPlace, serverPlace, testServerUrl } from './database-places.ts'
import { silentLog } from './silent-log.ts'
import { startTestServer } from './test-server.ts'
import type { TestServer } from './test-server.ts'

/** A whole server over a database of its own, on whichever engine is there, for tests of clients; both end with the test. */
export async function openTestServer(
  t: Pick<ExecutionContext, 'teardown'>,
  env: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const place = testServerUrl() ? await serverPlace() : embeddedPlace()
  const database = await openDatabase({
    entities,
    migrations,
    ...place.options,
    log: silentLog,
    random: () => 0,
  })
  t.teardown(async () => {
    await database.close()
    await place.remove()
  })
  return startTestServer(t, database, env)
}
