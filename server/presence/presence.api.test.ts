import fc from 'fast-check'
import { tinyArchive } from '../../maps/testing/tiny-archive.ts'
import { newUuid } from '../platform/ids.ts'
import { problemIdOf } from '../contract/problem.ts'
import type { ProblemId } from '../contract/problem.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { startTestServer } from '../testing/test-server.ts'
import type { TestServer } from '../testing/test-server.ts'
import { until } from '../testing/until.ts'
import { visitsKeptMs, VisitLog } from './visit-log.ts'
import { visitEntity } from './visit.entity.ts'
import { idOf } from './testing/stand.ts'

const databaseTest = databaseTests({ entities, migrations })
const [level] = tinyArchive().features.level
const levelId = level!.id

interface Visitor {
  readonly visitorId: string
  readonly authorization: string
}

async function newVisitor({ ask }: TestServer, agrees = true): Promise<Visitor> {
  const { visitorId, token } = (await ask('/v1/visitors', { method: 'POST' })).json as {
    visitorId: string
    token: string
  }
  const visitor = { visitorId, authorization: `Bearer ${token}` }
  if (agrees) await agree({ ask }, visitor, true)
  return visitor
}

async function agree(
  { ask }: Pick<TestServer, 'ask'>,
  { authorization }: Visitor,
  granted: boolean,
): Promise<void> {
  const texts = (await ask('/v1/consent-texts')).json as { purpose: string; version: string }[]
  const textVersion = texts.find(({ purpose }) => purpose === 'location')?.version
  await ask('/v1/me/consents/location', {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ granted, textVersion, way: 'mini-program' }),
  })
}

/** Registers one beacon in the middle of the first shop of the tiny mall. */
async function hangBeacon(server: TestServer): Promise<string> {
  const id = `${idOf(9)}/1/1`
  const table = `uuid,major,minor,state,level,x_m,y_m,measured_power_dbm\n${idOf(9)},1,1,verified,${levelId},10,16,-59`
  await server.ask(`/v1/venues/${server.venueId}/beacons/imports?apply=true`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await server.tokenOf('operator')}`, 'content-type': 'text/csv' },
    body: table,
  })
  await server.server.beacons.look()
  return id
}

function sender(server: TestServer, beacon: string) {
  let sequence = 0
  return (
    visitor: Visitor,
    parts: Readonly<Record<string, unknown>> = {},
    venueId: string = server.venueId,
  ) =>
    server.ask(`/v1/venues/${venueId}/sightings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: visitor.authorization },
      body: JSON.stringify({
        batchId: newUuid(),
        sessionId: visitor.visitorId,
        sequence: ++sequence,
        phoneMs: server.clock.nowMs,
        sightings: [{ beacon, rssiDbm: -60 - (sequence % 5), ageMs: 0 }],
        fix: { levelId, x: 10, y: 16, radiusM: 3, levelProbability: 0.99, ageMs: 0 },
        appVersion: 'test',
        ...parts,
      }),
    })
}

databaseTest(
  'a report becomes presence, a visit when it ends, and nothing of it is left when it is erased',
  async (t, database) => {
    const server = await startTestServer(t, database)
    const beacon = await hangBeacon(server)
    const send = sender(server, beacon)
    const visitor = await newVisitor(server)
    const entered: string[] = []
    server.server.presence.on(({ kind, zone }) => void entered.push(`${kind} ${zone.kind}`))
    for (let s = 0; s < 10; s++) {
      server.clock.nowMs += 2000
      const { status, json } = await send(visitor)
      t.is(status, 200)
      t.like(json, { repeated: false, beacons: 1, position: 'phone' })
    }
    t.deepEqual(entered.filter((line) => line.startsWith('entered')).sort(), [
      'entered level',
      'entered unit',
      'entered venue',
    ])
    // They fall silent, and it is told long after.
    const lastHeardMs = server.clock.nowMs
    server.clock.nowMs += 60_000
    server.server.presence.forget(visitor.visitorId)
    const log = new VisitLog({
      database,
      clock: () => server.clock.nowMs,
      log: { warn: () => undefined } as never,
    })
    await until(
      'the visits are written',
      async () => (await database.dataSource.manager.count(visitEntity)) === 3,
    )
    const visits = await database.dataSource.manager.find(visitEntity)
    t.is(visits.length, 3)
    t.true(visits.every(({ dwellMs, visitorId }) => dwellMs > 0 && visitorId === visitor.visitorId))
    for (const { enteredAt, leftAt, dwellMs } of visits) {
      t.is(leftAt.getTime(), lastHeardMs)
      t.is(leftAt.getTime() - enteredAt.getTime(), dwellMs)
    }
    const holder = log.holder(() => undefined)
    t.truthy(await holder.exportOf(database.dataSource.manager, visitor.visitorId))
    await database.transaction((manager) => holder.erase(manager, visitor.visitorId))
    t.is(await holder.exportOf(database.dataSource.manager, visitor.visitorId), null)
    t.is(await database.dataSource.manager.count(visitEntity), 0)
  },
)

databaseTest('visits go when their time is over, and no sooner', async (t, database) => {
  const nowMs = 1_700_000_000_000
  const log = new VisitLog({ database, clock: () => nowMs, log: { warn: () => undefined } as never })
  const visit = (n: number, leftMs: number) => ({
    venueId: idOf(1) as never,
    visitId: idOf(n),
    visitorId: idOf(2),
    zoneId: 'zone',
    zoneKind: 'unit' as const,
    levelId: 'level' as never,
    enteredAt: new Date(leftMs - 1000),
    leftAt: new Date(leftMs),
    dwellMs: 1000,
    ended: 'walked-out' as const,
  })
  log.add(visit(10, nowMs - visitsKeptMs - 1000))
  log.add(visit(11, nowMs - visitsKeptMs + 1000))
  await log.flush()
  t.is(log.waiting, 0)
  t.is(await log.sweep(), 1)
  t.deepEqual(
    (await database.dataSource.manager.find(visitEntity)).map(({ visitId }) => visitId),
    [idOf(11)],
  )
  log.add(visit(12, nowMs))
  log.withdraw(idOf(2))
  await log.flush()
  t.is(await database.dataSource.manager.count(visitEntity), 0)
})

databaseTest(
  'what is malformed, oversized, stolen, replayed or misdated is refused by name and changes nothing',
  async (t, database) => {
    const server = await startTestServer(t, database)
    const beacon = await hangBeacon(server)
    const send = sender(server, beacon)
    const [visitor, thief] = [await newVisitor(server), await newVisitor(server)]
    const silent = await newVisitor(server, false)
    // A token that was good two hours ago, and one of somebody who is gone.
    server.clock.nowMs -= 2 * 3_600_000
    const former = await newVisitor(server)
    server.clock.nowMs += 2 * 3_600_000
    const gone = await newVisitor(server)
    await server.ask('/v1/me', { method: 'DELETE', headers: { authorization: gone.authorization } })
    for (let s = 0; s < 5; s++) {
      server.clock.nowMs += 2000
      t.is((await send(visitor)).status, 200)
    }
    const events: unknown[] = []
    server.server.presence.on((event) => void events.push(event))
    const state = () =>
      JSON.stringify(
        [visitor, thief, silent, former, gone].map(({ visitorId }) =>
          server.server.presence.where(visitorId),
        ),
      )
    const before = state()
    const refusal = async (wanted: ProblemId, answer: ReturnType<typeof send>) => {
      const { problem, status } = await answer
      t.is(problem && problemIdOf(problem), wanted, `${wanted}: ${String(status)}`)
      t.is(state(), before)
      t.is(events.length, 0)
    }
    const nowMs = server.clock.nowMs
    const many = Array.from({ length: 101 }, () => ({ beacon, rssiDbm: -60, ageMs: 0 }))
    await refusal('invalid-request', send(visitor, { sightings: many }))
    await refusal('invalid-request', send(visitor, { sightings: [{ beacon: 'x', rssiDbm: -60, ageMs: 0 }] }))
    await refusal('invalid-request', send(visitor, { fix: { levelId } }))
    await refusal('invalid-request', send(visitor, { more: 1 }))
    await refusal('body-too-large', send(visitor, { appVersion: 'x'.repeat(400_000) }))
    await refusal('report-out-of-order', send(visitor, { sequence: 1 }))
    await refusal('report-from-the-future', send(visitor, { phoneMs: nowMs + 3_600_000 }))
    await refusal('report-too-old', send(visitor, { phoneMs: nowMs - 3_600_000 }))
    await refusal('report-session-over', send(thief, { sessionId: visitor.visitorId }))
    await refusal('unknown-venue', send(visitor, {}, newUuid()))
    await refusal('consent-needed', send(silent))
    await refusal('unauthenticated', send({ ...visitor, authorization: 'Bearer stolen' }))
    await refusal('unauthenticated', send(former))
    await refusal('unauthenticated', send(gone))
    const kiosk = { ...visitor, authorization: `Bearer ${await server.tokenOf('kiosk')}` }
    await refusal('forbidden', send(kiosk))
    await fc.assert(
      fc.asyncProperty(
        fc.record(
          {
            batchId: fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.uuid()),
            sessionId: fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constant(visitor.visitorId)),
            sequence: fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.integer({ min: -5, max: 4 })),
            phoneMs: fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.integer()),
            sightings: fc.jsonValue({ maxDepth: 3 }),
            fix: fc.jsonValue({ maxDepth: 2 }),
          },
          { requiredKeys: ['sightings'] },
        ),
        async (parts) => {
          const { status } = await send(visitor, parts)
          t.true(status < 500, JSON.stringify(parts))
          if (status !== 200) t.is(state(), before)
        },
      ),
      { numRuns: 60, seed: 3 },
    )
  },
)

databaseTest(
  'withdrawing the consent over the API forgets at once; the path of a report has no statement',
  async (t, database) => {
    let statements = 0
    let watching = false
    const watched = new Proxy(database, {
      get(target, name: keyof typeof database) {
        if (watching && (name === 'transaction' || name === 'dataSource')) {
          statements++
          throw new Error('a statement on the path of a report')
        }
        return Reflect.get(target, name) as unknown
      },
    })
    const server = await startTestServer(t, watched)
    const beacon = await hangBeacon(server)
    const send = sender(server, beacon)
    const visitor = await newVisitor(server)
    t.is((await send(visitor)).status, 200)
    watching = true
    for (let n = 2; n < 60; n++) {
      server.clock.nowMs += 2000
      const answer = server.server.presence.report(visitor.visitorId, server.venueId, {
        batchId: newUuid(),
        sessionId: visitor.visitorId,
        sequence: n,
        phoneMs: server.clock.nowMs,
        sightings: [{ beacon, rssiDbm: -60 - (n % 7), ageMs: 0 }],
        appVersion: 'test',
      })
      t.false(answer instanceof Promise)
      t.like(answer, { repeated: false })
    }
    watching = false
    t.is(statements, 0)
    t.truthy(server.server.presence.where(visitor.visitorId))
    await agree(server, visitor, false)
    t.is(server.server.presence.where(visitor.visitorId), undefined)
    t.is((await send(visitor)).problem?.type.endsWith('consent-needed'), true)
  },
)
