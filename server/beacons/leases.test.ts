import test from 'ava'
import fc from 'fast-check'
import { beaconsContract as contract, problemIdOf } from '../contract/index.ts'
import type { Answer, Endpoint, ProblemId } from '../contract/index.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { startTestServer } from '../testing/test-server.ts'
import { lowestFreeRun, majorOfLevel } from './leases/free-numbers.ts'
import { levelIds } from './testing/tiny-levels.ts'

const onDatabases = databaseTests({ entities, migrations })
const uuid = '30336d96-26e2-4f8d-b2bf-f039fef6495c'
const hourMs = 3_600_000

function refusal(answer: Answer<Endpoint>): ProblemId | undefined {
  return answer.ok ? undefined : problemIdOf(answer.problem)
}

function bodyOf<E extends Endpoint>(answer: Answer<E>) {
  if (!answer.ok) throw new Error(JSON.stringify(answer.problem))
  return answer.body
}

test('the lowest free run is what trying every number finds', (t) => {
  const range = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 9 }))
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), fc.integer({ min: 1, max: 20 }), (ranges, count) => {
      const taken = ranges.map(([from, more]) => [from, from + more] as const)
      const isFree = (minor: number) => !taken.some(([from, to]) => minor >= from && minor <= to)
      let first = 1
      while (!Array.from({ length: count }, (_, i) => first + i).every(isFree)) first++
      t.is(lowestFreeRun(taken, count), first)
    }),
  )
  t.is(lowestFreeRun([[1, 65_000]], 536), undefined)
  t.is(lowestFreeRun([[1, 65_000]], 535), 65_001)
})

test('a level has the major its beacons have, else one that no other level has', (t) => {
  const majors = [
    { levelId: 'F1', major: 7, count: 2 },
    { levelId: 'F1', major: 1, count: 9 },
    { levelId: 'F2', major: 3, count: 1 },
  ]
  t.is(majorOfLevel({ levelId: 'F1', ordinal: 0 }, majors), 1)
  t.is(majorOfLevel({ levelId: 'F3', ordinal: 2 }, majors), 4)
  t.is(majorOfLevel({ levelId: 'B1', ordinal: -1 }, []), 11)
})

onDatabases(
  'leases numbers nobody else gets, and lets installers register only theirs',
  async (t, database) => {
    const { client, account, venueId, clock } = await startTestServer(t, database)
    const [f1, f2] = levelIds
    const operator = client((await account(['operator'])).token)
    const [one, other] = [
      client((await account(['installer'])).token),
      client((await account(['installer'])).token),
    ]
    const params = { venueId }
    const lease = (by: typeof one, levelId = f1, count = 10, more: object = {}) =>
      by.call(contract.leaseBeaconNumbers, { params, body: { levelId, count, ...more } })
    const create = (by: typeof one, major: number, minor: number) =>
      by.call(contract.createBeacon, { params, body: { identity: { uuid, major, minor } } })
    t.is(refusal(await lease(one)), 'beacon-uuid-needed')
    t.is((await create(operator, 1, 3)).status, 201)
    const first = bodyOf(await lease(one, f1, 10, { hours: 2 }))
    t.like(first, { uuid, major: 1, fromMinor: 4, toMinor: 13, expiresAtMs: clock.nowMs + 2 * hourMs })
    t.like(bodyOf(await lease(other, f1, 2)), { fromMinor: 1, toMinor: 2 }, 'the gap below')
    t.like(bodyOf(await lease(other, f2)), { major: 2, fromMinor: 1, expiresAtMs: clock.nowMs + 72 * hourMs })
    t.is((await create(one, 1, 4)).status, 201)
    t.is(refusal(await create(other, 1, 5)), 'not-leased')
    t.is(refusal(await create(one, 1, 14)), 'not-leased')
    t.is(bodyOf(await one.call(contract.listBeaconNumberLeases, { params })).length, 3)
    const many = await Promise.all(Array.from({ length: 10 }, () => lease(one, f2, 3)))
    const starts = many.map((answer) => bodyOf(answer).fromMinor)
    t.is(new Set(starts).size, 10, 'ten at once get ten blocks')
    t.is(refusal(await lease(one, f1, 5, { uuid: 'not one' })), 'invalid-request')
    // Late to the network: still theirs, until somebody else has leased them.
    clock.nowMs += 3 * hourMs
    const running = bodyOf(await one.call(contract.listBeaconNumberLeases, { params }))
    t.false(running.some(({ id }) => id === first.id))
    t.is((await create(one, 1, 6)).status, 201)
    t.like(bodyOf(await lease(other, f1, 5)), { fromMinor: 7, toMinor: 11 })
    t.is(refusal(await create(one, 1, 7)), 'not-leased')
    t.is((await create(one, 1, 12)).status, 201)
  },
)

onDatabases(
  'a walk audit opens a finding with its evidence, and two that find nothing close it',
  async (t, database) => {
    const { client, tokenOf, venueId, clock } = await startTestServer(t, database)
    const operator = client(await tokenOf('operator'))
    const installer = client(await tokenOf('installer'))
    const params = { venueId }
    const place = { levelId: levelIds[0], x: 4, y: 10 }
    const identity = { uuid, major: 1, minor: 1 }
    const made = bodyOf(
      await operator.call(contract.createBeacon, { params, body: { identity, state: 'installed', place } }),
    )
    const audit = (says: 'yes' | 'no', beaconId = made.id, idempotencyKey = String(clock.nowMs) + says) =>
      installer.call(
        contract.auditBeacons,
        {
          params,
          body: {
            verdicts: [{ beaconId, kind: 'silent', says, confidence: 0.93, evidence: { passes: 14 } }],
          },
        },
        { idempotencyKey },
      )
    const findings = async () => bodyOf(await operator.call(contract.listFindings, { params, query: {} }))
    t.is(refusal(await audit('yes', venueId, 'nobody')), 'unknown-beacon')
    const { opened } = bodyOf(await audit('yes'))
    t.is(opened.length, 1)
    t.deepEqual(bodyOf(await audit('yes')), { opened, closed: [] }, 'the same audit once more, by its key')
    t.like((await findings())[0], {
      id: opened[0],
      confidence: 0.93,
      evidence: { passes: 14, source: 'walk-audit' },
    })
    clock.nowMs += hourMs
    t.deepEqual(bodyOf(await audit('no')), { opened: [], closed: [] })
    clock.nowMs += hourMs
    t.deepEqual(bodyOf(await audit('no')), { opened: [], closed: opened })
    t.deepEqual(await findings(), [])
  },
)
