import test from 'ava'
import type { ExecutionContext } from 'ava'
import type { Json } from '../../maps/model/index.ts'
import { openDatabase } from '../database/index.ts'
import type { Database } from '../database/index.ts'
import { createLog } from '../platform/log.ts'
import { createMetricsRegistry } from '../platform/metrics.ts'
import { until } from '../testing/until.ts'
import { entities, migrations } from '../schema.ts'
import { startProgram } from '../testing/child-program.ts'
import { embeddedPlace, serverPlace, testServerUrl } from '../testing/database-places.ts'
import { findRedis, startRedis } from '../testing/redis-server.ts'
import { silentLog } from '../testing/silent-log.ts'
import { createJobs } from './index.ts'
import type { Jobs } from './index.ts'

/** Where jobs may live. */
interface Place {
  readonly database: Database
  readonly url: string | undefined
  readonly redisUrl: string | undefined
}

const kinds = ['embedded', 'server', 'redis'] as const
type Kind = (typeof kinds)[number]

const possible: Readonly<Record<Kind, boolean>> = {
  embedded: true,
  server: testServerUrl() !== undefined,
  redis: testServerUrl() !== undefined && findRedis() !== undefined,
}

async function placeOf(t: ExecutionContext, kind: Kind): Promise<Place> {
  const place = kind === 'embedded' ? embeddedPlace() : await serverPlace()
  t.teardown(() => place.remove())
  const database = await openDatabase({ ...place.options, entities, migrations, log: silentLog })
  t.teardown(() => database.close())
  const redis = kind === 'redis' ? await startRedis(findRedis()!) : undefined
  if (redis) t.teardown(() => redis.stop())
  return { database, url: place.options.url, redisUrl: redis?.url }
}

/** The jobs of one node; a place may have several. */
function jobsOf(t: ExecutionContext, { database, redisUrl }: Place): Jobs {
  const jobs = createJobs({
    database,
    config: { redisUrl },
    log: createLog({ level: 'silent' }),
    registry: createMetricsRegistry(),
    timing: { lockMs: 1_000, stalledCheckMs: 500 },
  })
  t.teardown(() => jobs.stop(1_000))
  return jobs
}

for (const kind of kinds) {
  const declare = possible[kind] ? test.serial : test.serial.skip

  declare(`${kind}: does jobs soon, later, once for an id, and again after a failure`, async (t) => {
    const jobs = jobsOf(t, await placeOf(t, kind))
    const done: Json[] = []
    const tries: number[] = []
    jobs.define('test.note', (payload) => {
      done.push(payload)
      return Promise.resolve()
    })
    jobs.define(
      'test.fails',
      () => {
        tries.push(performance.now())
        return tries.length < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve()
      },
      { attempts: 4, backoffMs: 100, lane: 'outside' },
    )
    t.throws(() => {
      jobs.define('test.note', () => Promise.resolve())
    })
    // Before the start: kept until somebody works.
    await jobs.add('test.note', { before: true })
    await jobs.start()
    await until('the early one', () => done.length === 1)
    const addedAt = performance.now()
    await jobs.add('test.note', 'later', { delayMs: 300 })
    await jobs.add('test.note', 'once', { jobId: 'one', delayMs: 50 })
    await jobs.add('test.note', 'once', { jobId: 'one', delayMs: 50 })
    await jobs.add('test.fails', null)
    await until('all are done', () => done.length === 3 && tries.length === 3)
    t.true(performance.now() - addedAt >= 300)
    // On a busy machine both may be due at once, so their order is not promised.
    t.deepEqual([done[0], ...done.slice(1).sort()], [{ before: true }, 'later', 'once'])
    t.true(tries[1]! - tries[0]! >= 90, 'a pause')
    t.true(tries[2]! - tries[1]! >= 180, 'twice the pause')
  })

  declare(`${kind}: does what comes again and again once for two nodes`, async (t) => {
    const place = await placeOf(t, kind)
    const nodes = [jobsOf(t, place), jobsOf(t, place)]
    const everyMs = 400
    const ran: number[] = []
    for (const jobs of nodes) {
      jobs.every('test.tick', everyMs, () => {
        ran.push(Date.now())
        return Promise.resolve()
      })
    }
    const startedMs = Date.now()
    for (const jobs of nodes) await jobs.start()
    await until('it ran a few times', () => ran.length >= 10)
    // Twice as often if each node had its own. Either node has one at once besides, when it says it. A machine that
    // is late makes up for it, so that pauses say nothing.
    const due = Math.floor((ran[9]! - startedMs) / everyMs) + 1 + nodes.length
    t.true(due >= 10, `10 runs where ${String(due)} were due`)
  })

  if (kind === 'embedded') continue
  declare(`${kind}: takes up the job of a process that was killed`, async (t) => {
    const place = await placeOf(t, kind)
    const program = startProgram(new URL('./testing/work-until-killed.ts', import.meta.url), [
      place.url ?? '',
      place.redisUrl ?? '',
    ])
    const jobs = jobsOf(t, place)
    let taken = 0
    jobs.define('test.long', () => {
      taken++
      return Promise.resolve()
    })
    await jobs.add('test.long', null)
    for await (const line of program.lines) if (line === 'working') program.process.kill('SIGKILL')
    t.is(taken, 0)
    await jobs.start()
    await until('it is taken up', () => taken === 1)
  })
}
