import { monitorEventLoopDelay } from 'node:perf_hooks'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { writeImdf } from '../../maps/imdf/index.ts'
import { readFilesBelow } from '../../maps/testing/read-files.ts'
import { realMallDir } from '../../maps/testing/real-mall.ts'
import { tinyArchive } from '../../maps/testing/tiny-archive.ts'
import { venuesContract as contract, problemIdOf } from '../contract/index.ts'
import type { Answer, Endpoint } from '../contract/index.ts'
import { venueId as anyVenueId } from '../contract/values.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { startTestServer } from '../testing/test-server.ts'
import { writeArchiveZip } from './archive-files.ts'

const onDatabases = databaseTests({ entities, migrations })

async function zipOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const zip = new PassThrough()
  const [bytes] = await Promise.all([buffer(zip), writeArchiveZip(files, zip)])
  return bytes
}

/** The tiny mall with something that tells it apart. */
const editionZip = (edition: number) => zipOf(writeImdf({ ...tinyArchive(), extensions: { edition } }))

function bodyOf<E extends Endpoint>(answer: Answer<E>) {
  if (!answer.ok) throw new Error(`${problemIdOf(answer.problem) ?? ''} ${answer.problem.detail ?? ''}`)
  return answer.body
}

onDatabases('an operator imports, reads the problems and publishes', async (t, database) => {
  const { client, tokenOf, venueId } = await startTestServer(t, database)
  const operator = client(await tokenOf('operator'))
  const imported = bodyOf(await operator.call(contract.importVenue, { query: {}, body: await editionZip(2) }))
  t.like(imported, { venueId, number: 2, state: 'validated' })
  const params = { venueId, versionId: imported.versionId }
  t.deepEqual(bodyOf(await operator.call(contract.listProblems, { params })), imported.problems)
  t.like(bodyOf(await operator.call(contract.validateVersion, { params })), { state: 'validated' })
  t.is(bodyOf(await operator.call(contract.readVenue, { params: { venueId } })).levels.length, 2)
  t.like(bodyOf(await operator.call(contract.publishVersion, { params })), { state: 'published' })
  const entry = bodyOf(await operator.call(contract.readVenue, { params: { venueId } }))
  t.is(entry.versionId, imported.versionId)
})

onDatabases('a draft that an import left behind is refused until it is validated', async (t, database) => {
  const { client, tokenOf, venueId } = await startTestServer(t, database)
  const operator = client(await tokenOf('operator'))
  const { versionId } = bodyOf(
    await operator.call(contract.importVenue, { query: {}, body: await editionZip(2) }),
  )
  await database.dataSource.query(`UPDATE map_version SET state = 'draft' WHERE version_id = $1`, [versionId])
  const params = { venueId, versionId }
  const refused = await operator.call(contract.publishVersion, { params })
  t.is(refused.ok ? '' : problemIdOf(refused.problem), 'not-validated')
  t.like(bodyOf(await operator.call(contract.validateVersion, { params })), { state: 'validated' })
  t.true((await operator.call(contract.publishVersion, { params })).ok)
})

onDatabases('an operator sees every version of the venues that are theirs', async (t, database) => {
  const { client, account, tokenOf, venueId } = await startTestServer(t, database)
  const operator = client(await tokenOf('operator'))
  bodyOf(await operator.call(contract.importVenue, { query: {}, body: await editionZip(2) }))
  const [venue, ...others] = bodyOf(await operator.call(contract.listMaps, {}))
  t.deepEqual(others, [])
  t.like(venue, { id: venueId, slug: 'tiny-mall' })
  t.deepEqual(
    venue?.versions.map(({ number, state }) => [number, state]),
    [
      [2, 'validated'],
      [1, 'published'],
    ],
  )
  const elsewhere = await account(['operator'], [anyVenueId.parse('0193a1b2-0000-7000-8000-00000000beef')])
  t.deepEqual(bodyOf(await client(elsewhere.token).call(contract.listMaps, {})), [])
})

onDatabases(
  'levels of a former version are served on, so that an open page is not cut',
  async (t, database) => {
    const { ask, client, tokenOf, venueId, clock, server } = await startTestServer(t, database)
    const operator = client(await tokenOf('operator'))
    const list = async () => bodyOf(await operator.call(contract.listLevels, { params: { venueId } }))
    const entry = async () => bodyOf(await operator.call(contract.readVenue, { params: { venueId } }))
    const [formerLevels, former] = [await list(), await entry()]
    const renamed = writeImdf(tinyArchive())
    const files = Object.fromEntries(
      Object.entries(renamed).map(([name, text]) => [
        name,
        text.replaceAll('Hillside Coffee', 'Hillside Tea'),
      ]),
    )
    const query = { publish: true }
    t.like(bodyOf(await operator.call(contract.importVenue, { query, body: await zipOf(files) })), {
      state: 'published',
    })
    const [levels, current] = [await list(), await entry()]
    t.notDeepEqual(levels, formerLevels)
    const statuses = async () => {
      const urls = [...formerLevels.map(({ url }) => url), former.searchIndex.url]
      return new Set((await Promise.all(urls.map((url) => ask(url)))).map(({ status }) => status))
    }
    t.deepEqual(await statuses(), new Set([200]))
    t.is((await ask(current.searchIndex.url)).status, 200)
    clock.nowMs += 24 * 60 * 60 * 1000
    await server.maps.refresh()
    t.true((await statuses()).has(404))
    for (const { url } of levels) t.is((await ask(url)).status, 200)
  },
)

onDatabases('importing the real mall holds up no other request', async (t, database) => {
  const dir = realMallDir()
  if (dir === undefined) {
    t.log('ATRIUM_REAL_MALL is not set: the real mall was not imported')
    t.pass()
    return
  }
  const { ask, client, tokenOf } = await startTestServer(t, database)
  const operator = client(await tokenOf('operator'))
  const body = await zipOf(readFilesBelow(`${dir}/venue`))
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  let [underWay, asked, slowestMs] = [true, 0, 0]
  const watching = (async () => {
    while (underWay) {
      const startedAt = performance.now()
      t.is((await ask('/healthz')).status, 200)
      slowestMs = Math.max(slowestMs, performance.now() - startedAt)
      asked++
      // Without a pause the questions alone would take a core from the import.
      await pause(20)
    }
  })()
  const startedAt = performance.now()
  const query = { publish: true, name: '真商场' }
  const imported = bodyOf(await operator.call(contract.importVenue, { query, body }))
  const tookMs = performance.now() - startedAt
  underWay = false
  await watching
  delay.disable()
  t.log(
    `import ${Math.round(tookMs)} ms, ${asked} requests beside it, slowest ${Math.round(slowestMs)} ms, ` +
      `event loop held up ${Math.round(delay.max / 1e6)} ms at most`,
  )
  t.is(imported.state, 'published')
  const { name } = bodyOf(await operator.call(contract.readVenue, { params: { venueId: imported.venueId } }))
  t.deepEqual(name, { zh: '真商场' })
  t.is(imported.problems[0]?.severity, 'warning')
})
