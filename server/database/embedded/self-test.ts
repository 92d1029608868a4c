import { UnusableDatabase } from '../unusable-database.ts'
import type { EngineThread } from './engine-thread.ts'
import { errorIn, queryMessage, readMessages } from './wire.ts'

/** An overlay of a bow-tie, on which GEOS throws. */
const overlayOfInvalid = `SELECT ST_Area(ST_Intersection(
  'POLYGON((0 0,1 1,1 0,0 1,0 0))'::geometry, 'POLYGON((0 0,2 0,2 2,0 2,0 0))'::geometry))`

/**
 * Proves at start what the embedded engine must never get wrong: a statement on which the geometry library
 * throws is an error, the transaction around it is aborted, and a checkpoint asks the disk to keep it.
 * Throws a sentence for the operator when one does not hold; the server must not start then. Takes some 50 ms.
 */
export async function selfTest(thread: EngineThread): Promise<void> {
  const finding = await findFault(thread).catch((error: unknown) => String(error))
  if (finding === undefined) return
  throw new UnusableDatabase(
    `内置数据库自检未通过，拒绝启动；请重新执行 npm ci，或用 DATABASE_URL 指向 PostgreSQL。 ` +
      `The embedded database failed its self-test (${finding}) and is not used: ` +
      `reinstall the pinned packages with npm ci, or set DATABASE_URL to a PostgreSQL server.`,
  )
}

/** What does not hold; undefined when all does. */
async function findFault(thread: EngineThread): Promise<string | undefined> {
  const alone = await answer(thread, overlayOfInvalid)
  if (alone.error?.code !== 'XX000') return 'a native exception was reported as success'

  await thread.run('BEGIN')
  await answer(thread, overlayOfInvalid)
  const commit = await answer(thread, 'COMMIT')
  if (commit.tag !== 'ROLLBACK') return 'a transaction with a failed statement was committed'

  const before = (await thread.exec(queryMessage('SELECT 1'))).synced
  const after = (await thread.exec(queryMessage('CHECKPOINT'))).synced
  return after > before ? undefined : 'a checkpoint did not reach the disk'
}

async function answer(thread: EngineThread, sql: string) {
  const messages = readMessages((await thread.exec(queryMessage(sql))).output)
  const complete = messages.find(({ type }) => type === 'C')
  return { error: errorIn(messages), tag: complete?.body.toString('latin1').replace(/\0$/, '') }
}
