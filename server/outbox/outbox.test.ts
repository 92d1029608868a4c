import test from 'ava'
import type { Json, VenueId } from '../../maps/model/index.ts'
import { openDatabase } from '../database/index.ts'
import type { Database } from '../database/index.ts'
import type { Jobs } from '../jobs/index.ts'
import { newUuid } from '../platform/ids.ts'
import { createLog } from '../platform/log.ts'
import { createMetricsRegistry } from '../platform/metrics.ts'
import type { News, Patch } from '../realtime/index.ts'
import { until } from '../testing/until.ts'
import { entities, migrations } from '../schema.ts'
import { startProgram } from '../testing/child-program.ts'
import { embeddedPlace, serverPlace, testServerUrl } from '../testing/database-places.ts'
import { databaseTests } from '../testing/databases.ts'
import { silentLog } from '../testing/silent-log.ts'
import { appendOutbox, createOutbox, outboxHolder } from './index.ts'
import type { Outbox, OutboxEvent } from './index.ts'

const onDatabases = databaseTests({ entities, migrations })
const venueId = newUuid() as VenueId
const occasion = () => ({ nowMs: Date.now(), newId: newUuid })

const idleJobs: Jobs = {
  define: () => undefined,
  add: () => Promise.resolve(),
  every: () => undefined,
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
}

interface Node {
  readonly outbox: Outbox
  readonly patches: Patch[]
  readonly news: News[]
  readonly fail: { next: boolean }
}

/** A node's outbox, and what it told. */
function node(database: Database): Node {
  const patches: Patch[] = []
  const news: News[] = []
  const fail = { next: false }
  const listeners: ((news: News) => void)[] = []
  const outbox = createOutbox({
    database,
    clock: () => Date.now(),
    log: createLog({ level: 'silent' }),
    registry: createMetricsRegistry(),
    jobs: idleJobs,
    realtime: {
      deliver(said, heard = []) {
        if (fail.next) {
          fail.next = false
          return Promise.reject(new Error('Redis is away'))
        }
        patches.push(...said)
        for (const one of heard) for (const listener of listeners) listener(one)
        return Promise.resolve()
      },
      onNews: (listener) => listeners.push(listener),
    },
  })
  outbox.on('test.happened', ({ payload }) => [
    { stream: 'floor:x', set: { number: payload.number ?? null } },
  ])
  outbox.everywhere('test.happened', (one) => news.push(one))
  return { outbox, patches, news, fail }
}

const happened = (number: Json, more: Partial<OutboxEvent> = {}): OutboxEvent => ({
  venueId,
  topic: 'test.happened',
  payload: { number },
  ...more,
})
const numbers = ({ patches }: Node) => patches.map(({ set }) => set?.number)

onDatabases('tells after the commit, in order, and not at all without it', async (t, database) => {
  const one = node(database)
  await one.outbox.start()
  for (let number = 0; number < 250; number++) {
    await database.transaction((manager) => appendOutbox(manager, occasion(), happened(number)))
  }
  await t.throwsAsync(
    database.transaction(async (manager) => {
      await appendOutbox(manager, occasion(), happened('never'))
      throw new Error('rolled back')
    }),
  )
  await until('all are told', () => one.patches.length >= 250)
  await one.outbox.stop()
  t.deepEqual(
    numbers(one),
    Array.from({ length: 250 }, (_, number) => number),
  )
  t.is(one.news.length, 250)
  const [left]: { count: string }[] = await database.dataSource.query(
    'SELECT count(*) FROM outbox_event WHERE published_at IS NULL',
  )
  t.is(left?.count, '0')
})

onDatabases('two nodes tell every event once, and those of a venue in order', async (t, database) => {
  const nodes = [node(database), node(database)]
  const venues = [newUuid() as VenueId, newUuid() as VenueId]
  const order: string[] = []
  for (const { outbox } of nodes) {
    outbox.on('test.ordered', ({ venueId: of, payload }) => {
      order.push(`${of} ${JSON.stringify(payload.number)}`)
      return undefined
    })
  }
  await Promise.all(nodes.map(({ outbox }) => outbox.start()))
  await Promise.all(
    venues.map(async (of) => {
      for (let number = 0; number < 60; number++) {
        await database.transaction((manager) =>
          appendOutbox(manager, occasion(), happened(number, { venueId: of, topic: 'test.ordered' })),
        )
        for (const { outbox } of nodes) outbox.wake()
      }
    }),
  )
  await until('all are told', () => order.length >= 120)
  await Promise.all(nodes.map(({ outbox }) => outbox.stop()))
  for (const of of venues) {
    t.deepEqual(
      order.filter((line) => line.startsWith(of)),
      Array.from({ length: 60 }, (_, number) => `${of} ${String(number)}`),
    )
  }
})

onDatabases(
  'tells again what could not be told, and goes on past what nobody can read',
  async (t, database) => {
    const one = node(database)
    one.outbox.on('test.broken', () => {
      throw new Error('cannot read it')
    })
    await one.outbox.start()
    one.fail.next = true
    await database.transaction(async (manager) => {
      await appendOutbox(manager, occasion(), happened(1))
      await appendOutbox(manager, occasion(), happened(2, { topic: 'test.broken' }))
      await appendOutbox(manager, occasion(), happened(3))
    })
    await until('it failed', () => !one.fail.next)
    await until('the rest is told', () => one.patches.length === 2)
    await one.outbox.stop()
    t.deepEqual(numbers(one), [1, 3])
  },
)

onDatabases('gives out and erases what it holds of a visitor, and nothing of others', async (t, database) => {
  const [mine, other] = [newUuid(), newUuid()]
  await database.transaction(async (manager) => {
    await appendOutbox(manager, occasion(), happened(1, { visitorId: mine }))
    await appendOutbox(manager, occasion(), happened(2, { visitorId: other }))
    await appendOutbox(manager, occasion(), happened(3))
  })
  const { manager } = database.dataSource
  t.like(await outboxHolder.exportOf(manager, mine), [{ topic: 'test.happened', payload: { number: 1 } }])
  await database.transaction((inside) => outboxHolder.erase(inside, mine))
  t.deepEqual(await outboxHolder.exportOf(manager, mine), [])
  const rows: unknown[] = await database.dataSource.query('SELECT FROM outbox_event')
  t.is(rows.length, 2)
})

for (const engine of ['embedded', 'server'] as const) {
  const declare = engine === 'server' && !testServerUrl() ? test.serial.skip : test.serial
  declare(`${engine}: a node killed between commit and telling loses nothing`, async (t) => {
    const place = engine === 'embedded' ? embeddedPlace() : await serverPlace()
    t.teardown(() => place.remove())
    const { url, dataDir } = place.options
    const program = startProgram(new URL('./testing/append-until-killed.ts', import.meta.url), [
      dataDir,
      venueId,
      ...(url === undefined ? [] : [url]),
    ])
    let committed = -1
    for await (const line of program.lines) {
      const [word, number] = line.split(' ')
      if (word === 'committed') committed = Number(number)
      // It is in the middle of telling and will never be done.
      if (word === 'telling' && committed >= 5) program.process.kill('SIGKILL')
    }
    const { errors } = await program.ended
    t.true(committed >= 5, errors)
    const database = await openDatabase({ ...place.options, entities, migrations, log: silentLog })
    try {
      const one = node(database)
      await one.outbox.start()
      await until('all are told', () => one.patches.length > committed)
      await one.outbox.stop()
      t.deepEqual(
        numbers(one),
        one.patches.map((_, number) => number),
      )
    } finally {
      await database.close()
    }
  })
}
