import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { tinyId } from '../../maps/testing/tiny-archive.ts'
import { openDatabase } from '../database/index.ts'
import type { Database, DatabaseOptions } from '../database/index.ts'
import { entities, migrations } from '../schema.ts'
import { startProgram } from '../testing/child-program.ts'
import type { ChildProgram } from '../testing/child-program.ts'
import { embeddedPlace, serverPlace, testServerUrl } from '../testing/database-places.ts'
import { findPostgres, startPostgresCluster } from '../testing/postgres-cluster.ts'
import { silentLog } from '../testing/silent-log.ts'
import { listVersions, readArchive } from './index.ts'
import { edition } from './testing/editions.ts'

const venueId = tinyId('venue')
/** Moments of the kill, after the editor said that it stores rows: in its transaction, and about its end. */
const momentsMs = [5, 100]

type Place = Pick<DatabaseOptions, 'url' | 'dataDir'>

/** What the editor was told is done, before it was killed. */
interface Told {
  imported: number
  published: number
}

/** Lets the editor work, and calls `kill` so long after it has begun to store its second version. */
async function workUntil(
  { dataDir, url }: Place,
  momentMs: number,
  kill: (editor: ChildProgram) => unknown,
): Promise<Told> {
  const editor = startProgram(new URL('./testing/edit-until-killed.ts', import.meta.url), [
    dataDir,
    ...(url === undefined ? [] : [url]),
  ])
  const told: Told = { imported: 0, published: 0 }
  let stores = 0
  for await (const line of editor.lines) {
    const [word, number] = line.split(' ')
    if (word === 'storing' && ++stores === 2) void delay(momentMs).then(() => kill(editor))
    if (word === 'imported') told.imported = Number(number)
    if (word === 'published') told.published = Number(number)
  }
  const { code, errors } = await editor.ended
  if (stores < 2) throw new Error(`The editor ended before its time (${code}): ${errors}`)
  return told
}

/** Everything that was told is there, and nothing is there in part. */
async function checkWhole(t: ExecutionContext, database: Database, told: Told): Promise<void> {
  const versions = await listVersions(database, venueId)
  t.true(versions.length >= told.imported, `${versions.length} versions, told of ${told.imported}`)
  t.deepEqual(
    versions.map(({ number }) => number),
    versions.map((_, at) => versions.length - at),
  )
  const published = versions.filter(({ state }) => state === 'published')
  t.is(published.length, 1)
  t.true(published[0]!.number >= told.published, `${published[0]!.number}, told of ${told.published}`)
  for (const { state, publishedAtMs, retiredAtMs } of versions) {
    t.is(publishedAtMs !== undefined, state !== 'validated')
    t.is(retiredAtMs !== undefined, state === 'retired')
  }
  for (const { versionId, number } of versions.slice(0, 3)) {
    // Not deepEqual: on a difference it would spend minutes on drawing it.
    t.true(
      isDeepStrictEqual(await readArchive(database, venueId, versionId), edition(number)),
      `version ${number}`,
    )
  }
  await checkIndex(t, database)
}

/** The spatial index finds what reading the table finds. */
async function checkIndex(t: ExecutionContext, database: Database): Promise<void> {
  const count = (without: string) =>
    database.transaction(async (manager) => {
      await manager.query(`SET LOCAL enable_${without} = off`)
      const rows: { count: string }[] = await manager.query(
        `SELECT count(*) FROM imdf_unit WHERE geom && ST_MakeEnvelope(119, 29, 121, 31, 4326)`,
      )
      return Number(rows[0]?.count)
    })
  const bySequence = await count('indexscan')
  t.true(bySequence > 800)
  t.is(await count('seqscan'), bySequence)
}

async function openAndCheck(t: ExecutionContext, place: Place, told: Told): Promise<void> {
  const database = await openDatabase({ ...place, entities, migrations, log: silentLog })
  try {
    await checkWhole(t, database, told)
  } finally {
    await database.close()
  }
}

const killEditor = ({ process }: ChildProgram) => process.kill('SIGKILL')

test.serial('embedded: shows all or nothing of each import after kill -9', async (t) => {
  const place = embeddedPlace()
  t.teardown(() => place.remove())
  for (const momentMs of momentsMs) {
    const told = await workUntil(place.options, momentMs, killEditor)
    await openAndCheck(t, place.options, told)
  }
})

const onServer = testServerUrl() ? test.serial : test.serial.skip

onServer('server: shows all or nothing of each import after kill -9 of the client', async (t) => {
  const place = await serverPlace()
  t.teardown(() => place.remove())
  for (const momentMs of momentsMs) {
    const told = await workUntil(place.options, momentMs, killEditor)
    await openAndCheck(t, place.options, told)
  }
})

onServer('server: shows all or nothing of each import after kill -9 of PostgreSQL', async (t) => {
  // A server of its own: the others at work on the common one are to live on.
  const cluster = await startPostgresCluster(findPostgres()!)
  t.teardown(() => cluster.stop())
  const place = await serverPlace(cluster.url)
  for (const momentMs of momentsMs) {
    const told = await workUntil(place.options, momentMs, () => cluster.kill())
    await cluster.restart()
    await openAndCheck(t, place.options, told)
  }
})
