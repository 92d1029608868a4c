import test from 'ava'
import { beaconsContract as contract } from '../contract/index.ts'
import { venueId as parseVenueId } from '../contract/values.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { startTestServer } from '../testing/test-server.ts'
import { followVerdict } from './health/findings.ts'
import type { Finding } from './health/findings.ts'
import { hourMs } from './health/traffic.ts'
import { levelIds } from './testing/tiny-levels.ts'

const onDatabases = databaseTests({ entities, migrations })
const uuid = '30336d96-26e2-4f8d-b2bf-f039fef6495c'

const subject = {
  venueId: parseVenueId.parse('0193a1b2-0000-7000-8000-00000000beef'),
  beaconId: 'beacon',
  kind: 'silent' as const,
}
const yes = { says: 'yes', confidence: 0.9, evidence: { expectedWindows: 41 } } as const

/** Follows verdicts an hour apart. */
function follow(verdicts: readonly ('yes' | 'no' | 'unknown')[], first?: Finding) {
  let latest = first
  const opened: string[] = []
  verdicts.forEach((says, hour) => {
    const open = latest?.closedAtMs === null ? latest : undefined
    const next = followVerdict(says === 'yes' ? yes : { says }, {
      ...{ open, former: latest, subject, nowMs: hour * hourMs },
      newId: () => `finding ${String(opened.length + 1)}`,
    })
    if (next && !open) opened.push(next.findingId)
    latest = next ?? latest
  })
  return { latest, opened: opened.length }
}

test('opens once, whatever is said in between, and closes after two judgements that say no', (t) => {
  t.is(follow(['no', 'unknown']).opened, 0)
  const flickering = follow(['yes', 'yes', 'no', 'yes', 'unknown', 'no', 'unknown', 'yes'])
  t.is(flickering.opened, 1)
  t.like(flickering.latest, { openedAtMs: 0, confirmedAtMs: 7 * hourMs, closedAtMs: null, misses: 0 })
  const closed = follow(['yes', 'no', 'unknown', 'no'])
  t.is(closed.latest?.closedAtMs, 3 * hourMs)
  t.is(follow(['yes', 'no', 'no', 'yes']).opened, 2)
})

test('counts judgements by the same traffic as one: a node that begins anew closes nothing early', (t) => {
  const at = (latest: Finding, nowMs: number) =>
    followVerdict({ says: 'no' }, { open: latest, former: latest, subject, nowMs, newId: () => 'none' })
  const once = at(follow(['yes']).latest!, hourMs)
  t.like(once, { misses: 1, closedAtMs: null })
  t.is(at(once!, hourMs + 60_000), undefined)
  t.like(at(once!, 2 * hourMs), { misses: 2, closedAtMs: 2 * hourMs })
})

test('who muted a finding is not told of the next one of the same kind before the time is over', (t) => {
  const muted = { ...follow(['yes']).latest!, mutedUntilMs: 5 * hourMs }
  t.is(follow(['no', 'no', 'yes'], muted).latest?.mutedUntilMs, 5 * hourMs)
  t.is(follow(['no', 'no', 'unknown', 'unknown', 'unknown', 'yes'], muted).latest?.mutedUntilMs, null)
})

onDatabases(
  'a beacon that fell silent is found, told with its evidence, answered, and closes by itself',
  async (t, database) => {
    const { client, tokenOf, venueId, server, clock } = await startTestServer(t, database)
    clock.nowMs = Math.floor(clock.nowMs / hourMs) * hourMs
    const operator = client(await tokenOf('operator'))
    const params = { venueId }
    const [levelId] = levelIds
    const beacons: string[] = []
    for (const minor of [1, 2, 3, 4]) {
      const place = { levelId, x: 4 * minor, y: 5 }
      const body = { identity: { uuid, major: 1, minor }, state: 'installed' as const, place }
      const made = await operator.call(contract.createBeacon, { params, body })
      if (made.ok) beacons.push(made.body.id)
    }
    t.is(beacons.length, 4)
    await server.beacons.look()
    const hour = async (minors: readonly number[]) => {
      for (let window = 0; window < 100; window++) {
        const heard = minors.map((minor) => ({ id: `${uuid}/1/${String(minor)}`, rssiDbm: -75 }))
        const fix = { levelId, x: window % 20, y: 5, radiusM: 5 }
        server.beacons.observe({ venueId, atMs: clock.nowMs + window * 1000, fix, heard })
      }
      clock.nowMs += hourMs
      await server.beacons.judge()
    }
    const findings = async (query: object = {}) => {
      const answer = await operator.call(contract.listFindings, { params, query })
      return answer.ok ? answer.body : []
    }
    await hour([1, 2, 3, 4])
    t.deepEqual(await findings(), [])
    await hour([1, 2, 4])
    const [finding] = await findings()
    t.like(finding, { beaconId: beacons[2], kind: 'silent' })
    t.like(finding?.evidence, { heardWindows: 0, lastHeardMs: clock.nowMs - 2 * hourMs + 99_000 })
    t.true(Number(finding?.evidence.expectedWindows) >= 40)
    await hour([1, 2, 4])
    t.deepEqual(
      (await findings()).map(({ id }) => id),
      [finding?.id],
    )
    const answer = {
      params: { venueId, findingId: finding!.id },
      body: { acknowledged: true, note: 'battery ordered', mutedUntilMs: clock.nowMs + 10 * hourMs },
    }
    const answered = await operator.call(contract.answerFinding, answer)
    t.like(answered.ok && answered.body, { note: 'battery ordered', acknowledgedAtMs: clock.nowMs })
    t.deepEqual(await findings(), [])
    t.is((await findings({ muted: true })).length, 1)
    await hour([1, 2, 3, 4])
    await hour([1, 2, 3, 4])
    t.deepEqual(await findings({ muted: true }), [])
    t.is((await findings({ muted: true, closed: true }))[0]?.closedAtMs, clock.nowMs)
    const events: readonly { topic: string }[] = await database.dataSource.query(
      `SELECT topic FROM outbox_event WHERE topic LIKE 'beacon.%' ORDER BY event_id`,
    )
    t.deepEqual(
      events.map(({ topic }) => topic),
      ['beacon.finding-opened', 'beacon.finding-closed'],
    )
  },
)
