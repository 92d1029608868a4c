import { cpus } from 'node:os'
import process from 'node:process'
import { v7 } from 'uuid'
import { demoMall } from '../../maps/demo/index.ts'
import type { Archive, VenueId, VersionId } from '../../maps/model/index.ts'
import { entities, migrations } from '../schema.ts'
import { embeddedPlace, serverPlace } from '../testing/database-places.ts'
import type { TestPlace } from '../testing/database-places.ts'
import { findPostgres, startPostgresCluster } from '../testing/postgres-cluster.ts'
import { silentLog } from '../testing/silent-log.ts'
import { importVenue, readArchive } from '../venues/index.ts'
import { openDatabase } from './index.ts'
import type { Database } from './index.ts'

const repeats = 11
/** Statements in one repeat of the small cases. */
const batch = 50
const nowMs = 1_800_000_000_000

/** Times of one repeat, ms. */
interface Times {
  readonly min: number
  readonly median: number
  readonly p99: number
}

/** One thing both engines do; `prepare` gives what is timed. */
type Case = (database: Database) => Promise<() => Promise<unknown>>

const archive = demoMall()

const cases: Readonly<Record<string, Case>> = {
  'import the demo mall': (database) => Promise.resolve(() => importEdition(database)),
  async 'read the demo mall back'(database) {
    const { venueId, versionId } = await importEdition(database)
    return () => readArchive(database, venueId, versionId)
  },
  async [`${batch} rows, a commit each`](database) {
    await database.dataSource.query('CREATE TABLE bench_row (id uuid PRIMARY KEY, number integer)')
    return async () => {
      for (let number = 0; number < batch; number++) {
        await database.dataSource.query('INSERT INTO bench_row VALUES ($1, $2)', [v7(), number])
      }
    }
  },
  async [`${batch} transactions of four statements`](database) {
    await database.dataSource.query('CREATE TABLE bench_account (id integer PRIMARY KEY, balance integer)')
    await database.dataSource.query('INSERT INTO bench_account VALUES (1, 0), (2, 0)')
    return async () => {
      for (let number = 0; number < batch; number++) {
        await database.transaction(async (manager) => {
          await manager.query('SELECT FROM bench_account WHERE id IN (1, 2) FOR UPDATE')
          await manager.query('UPDATE bench_account SET balance = balance - 1 WHERE id = 1')
          await manager.query('UPDATE bench_account SET balance = balance + 1 WHERE id = 2')
          await manager.query('INSERT INTO bench_row VALUES ($1, $2)', [v7(), number])
        })
      }
    }
  },
  async [`${batch} questions which unit is here`](database) {
    const { versionId } = await importEdition(database)
    const anchors = archive.features.anchor
    return async () => {
      for (let at = 0; at < batch; at++) {
        const [lon, lat] = anchors[(at * 7) % anchors.length]!.geometry.coordinates
        await database.dataSource.query(
          `SELECT id FROM imdf_unit
           WHERE version_id = $1 AND ST_Contains(geom, ST_SetSRID(ST_MakePoint($2, $3), 4326))`,
          [versionId, lon, lat],
        )
      }
    }
  },
}

/**
 * The embedded engine beside a PostgreSQL server, in the same run, repeat by repeat in turn; both wait for the
 * disk. Also how long an embedded database takes to open: a new one, and one that is there already.
 * @throws Error when the machine has no PostgreSQL with PostGIS.
 */
export async function run(): Promise<object> {
  const programs = findPostgres()
  if (programs === undefined) throw new Error('install PostgreSQL with PostGIS (postgresql-15-postgis-3)')
  const cluster = await startPostgresCluster(programs, true)
  const places = [embeddedPlace(), await serverPlace(cluster.url)]
  try {
    const openings = await timeOpenings()
    const [embedded, server] = await Promise.all(places.map(open))
    const compared: Record<string, object> = {}
    for (const [name, prepare] of Object.entries(cases)) {
      compared[name] = await compare(await prepare(embedded!), await prepare(server!))
    }
    const rssBytes = process.memoryUsage().rss
    await Promise.all([embedded!.close(), server!.close()])
    return {
      machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
      node: process.version,
      repeats,
      ...openings,
      rssBytes,
      compared,
    }
  } finally {
    for (const place of places) await place.remove()
    await cluster.stop()
  }
}

const open = ({ options }: TestPlace) => openDatabase({ ...options, entities, migrations, log: silentLog })

async function timeOpenings(): Promise<object> {
  const [newMs, againMs]: [number[], number[]] = [[], []]
  // One more than is counted: the first may make the engine's files, which happens once per machine.
  for (let repeat = 0; repeat <= repeats; repeat++) {
    const place = embeddedPlace()
    for (const times of [newMs, againMs]) {
      const startedAt = performance.now()
      const database = await open(place)
      if (repeat > 0) times.push(performance.now() - startedAt)
      await database.close()
    }
    await place.remove()
  }
  return { openNewMs: summary(newMs), openAgainMs: summary(againMs) }
}

async function compare(embedded: () => Promise<unknown>, server: () => Promise<unknown>): Promise<object> {
  const [embeddedMs, serverMs]: [number[], number[]] = [[], []]
  await embedded()
  await server()
  for (let repeat = 0; repeat < repeats; repeat++) {
    embeddedMs.push(await timed(embedded))
    serverMs.push(await timed(server))
  }
  const [one, other] = [summary(embeddedMs), summary(serverMs)]
  const timesSlower = Math.round((one.median / other.median) * 100) / 100
  return { embeddedMs: one, serverMs: other, timesSlower }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

function summary(times: readonly number[]): Times {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))]! * 10) / 10
  return { min: at(0), median: at(0.5), p99: at(0.99) }
}

/** Another content each time, so that a version is made. */
async function importEdition(database: Database): Promise<{ venueId: VenueId; versionId: VersionId }> {
  const edition: Archive = { ...archive, extensions: { ...archive.extensions, edition: v7() } }
  const result = await importVenue(database, {
    archive: edition,
    problems: [],
    routes: [],
    source: 'bench',
    nowMs,
    newId: v7,
  })
  if ('refused' in result) throw new Error(result.refused)
  return result
}
