import type { ExecutionContext } from 'ava'
import { levelIds } from './testing/tiny-levels.ts'
import { beaconsContract as contract, problemIdOf } from '../contract/index.ts'
import type { Answer, Endpoint, ProblemId } from '../contract/index.ts'
import { venueId as parseVenueId } from '../contract/values.ts'
import type { Database } from '../database/index.ts'
import { entities, migrations } from '../schema.ts'
import { databaseTests } from '../testing/databases.ts'
import { startTestServer } from '../testing/test-server.ts'

const onDatabases = databaseTests({ entities, migrations })
const uuid = '30336d96-26e2-4f8d-b2bf-f039fef6495c'

function refusal(answer: Answer<Endpoint>): ProblemId | undefined {
  return answer.ok ? undefined : problemIdOf(answer.problem)
}

function bodyOf<E extends Endpoint>(answer: Answer<E>) {
  if (!answer.ok) throw new Error(`${String(answer.status)} ${JSON.stringify(answer.problem)}`)
  return answer.body
}

async function startWithBeacons(t: ExecutionContext, database: Database) {
  const server = await startTestServer(t, database)
  const { client, tokenOf, venueId, ask } = server
  const operator = client(await tokenOf('operator'))
  const installer = client(await tokenOf('installer'))
  const [f1, f2] = levelIds
  const params = { venueId }
  const create = (minor: number, more: object = {}) =>
    operator.call(contract.createBeacon, {
      params,
      body: {
        identity: { uuid, major: 1, minor },
        state: 'installed',
        place: { levelId: f1, x: minor, y: 5 },
        ...more,
      },
    })
  const edit = (one: { id: string; revision: number }, change: object, by = operator) =>
    by.call(contract.changeBeacon, {
      params: { venueId, beaconId: one.id },
      body: { revision: one.revision, ...change },
    })
  const operatorToken = await tokenOf('operator')
  const importCsv = (csv: string | Blob, apply: boolean) =>
    ask(`/v1/venues/${venueId}/beacons/imports?apply=${String(apply)}`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', authorization: `Bearer ${operatorToken}` },
      body: csv,
    })
  const exportCsv = async () =>
    (
      await ask(`/v1/venues/${venueId}/beacons.csv`, {
        headers: { authorization: `Bearer ${operatorToken}` },
      })
    ).text
  return { ...server, operator, installer, f1, f2, params, create, edit, importCsv, exportCsv, operatorToken }
}

onDatabases('registers a beacon, and presence knows it once it hangs', async (t, database) => {
  const { create, edit, server, venueId, f1 } = await startWithBeacons(t, database)
  const planned = bodyOf(await create(7, { state: 'planned' }))
  t.is(planned.revision, 1)
  t.deepEqual([planned.place?.x, planned.place?.y, planned.place?.level], [7, 5, 'F1'])
  await server.beacons.look()
  const { registry } = server.beacons
  t.is(registry.resolve(venueId, `${uuid}/1/7`), undefined)
  const changed: string[] = []
  registry.onChange((venue) => changed.push(venue))
  const installed = bodyOf(await edit(planned, { state: 'installed' }))
  await server.beacons.look()
  const placed = registry.resolve(venueId, `${uuid}/1/7`)
  t.like(placed, { beaconId: planned.id, levelId: f1, powerDbm: -59, intervalMs: 500 })
  t.true(Math.abs(placed!.x - 7) < 1e-6 && Math.abs(placed!.y - 5) < 1e-6)
  t.deepEqual(registry.placed(venueId), [placed!])
  t.deepEqual(changed, [venueId])
  t.is(bodyOf(await edit(installed, { state: 'retired' })).state, 'retired')
  await server.beacons.look()
  t.is(registry.resolve(venueId, `${uuid}/1/7`), undefined)
  t.is(bodyOf(await create(7)).revision, 1, 'its successor may take the identity')
})

onDatabases('refuses what cannot be, says why, and changes nothing', async (t, database) => {
  const { create, edit, operator, f2, venueId } = await startWithBeacons(t, database)
  const made = bodyOf(await create(1))
  t.is(refusal(await create(1)), 'identity-taken')
  t.is(refusal(await create(2, { place: null })), 'beacon-needs-place')
  t.is(refusal(await create(2, { place: { levelId: made.id, x: 1, y: 1 } })), 'unknown-level')
  t.is(refusal(await edit(made, { state: 'verified', place: null })), 'beacon-needs-place')
  const verified = bodyOf(await edit(made, { state: 'verified' }))
  const again = await edit(made, { notes: 'late' })
  t.is(refusal(again), 'revision-conflict')
  if (!again.ok) t.like(again.problem.facts, { expected: 1, current: 2 })
  const moved = bodyOf(await edit(verified, { place: { levelId: f2, x: 3, y: 3 } }))
  t.is(moved.state, 'installed', 'what was moved has to be verified again')
  const retired = bodyOf(await edit(moved, { state: 'retired' }))
  t.is(refusal(await edit(retired, { state: 'installed' })), 'state-out-of-reach')
  const nowhere = { params: { venueId, beaconId: venueId } }
  t.is(refusal(await operator.call(contract.readBeacon, nowhere)), 'unknown-beacon')
  const elsewhere = { params: { venueId: parseVenueId.parse(made.id) } }
  t.is(refusal(await operator.call(contract.listBeacons, elsewhere)), 'unknown-venue')
})

onDatabases(
  'a change sent again under its key is made once; one that changes nothing leaves no trace',
  async (t, database) => {
    const { create, ask, operatorToken, venueId, edit, operator } = await startWithBeacons(t, database)
    const made = bodyOf(await create(1))
    const patch = () =>
      ask(`/v1/venues/${venueId}/beacons/${made.id}`, {
        method: 'PATCH',
        headers: {
          authorization: `Bearer ${operatorToken}`,
          'content-type': 'application/json',
          'idempotency-key': 'k1',
        },
        body: JSON.stringify({ revision: 1, notes: 'behind the pillar' }),
      })
    const first = await patch()
    t.is(first.status, 200)
    t.deepEqual((await patch()).json, first.json)
    t.is(bodyOf(await edit({ ...made, revision: 2 }, { notes: 'behind the pillar' })).revision, 2)
    const history = bodyOf(
      await operator.call(contract.readBeaconHistory, { params: { venueId, beaconId: made.id } }),
    )
    t.deepEqual(
      history.map(({ revision, cause, changes }) => [revision, cause, changes.notes]),
      [
        [2, 'edited', ['', 'behind the pillar']],
        [1, 'created', undefined],
      ],
    )
    t.regex(history[0]!.actor, /^account:/)
  },
)

onDatabases(
  'of twenty who change a beacon at once one is in time and the others are told',
  async (t, database) => {
    const { create, edit } = await startWithBeacons(t, database)
    const made = bodyOf(await create(1))
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => edit(made, { notes: `note ${String(i)}` })),
    )
    t.is(answers.filter(({ ok }) => ok).length, 1)
    t.deepEqual(new Set(answers.filter(({ ok }) => !ok).map(refusal)), new Set(['revision-conflict']))
    const many = await Promise.all(Array.from({ length: 10 }, () => create(9)))
    t.is(many.filter(({ ok }) => ok).length, 1)
    t.deepEqual(new Set(many.filter(({ ok }) => !ok).map(refusal)), new Set(['identity-taken']))
  },
)

onDatabases(
  'an installer changes what the ladder tells and the beacon is set to, and nothing else',
  async (t, database) => {
    const { create, edit, installer, f1, clock } = await startWithBeacons(t, database)
    const made = bodyOf(await create(1))
    const placed = bodyOf(
      await edit(
        made,
        { place: { levelId: f1, x: 2, y: 2 }, mount: 'pillar', battery: { percent: 64 }, state: 'verified' },
        installer,
      ),
    )
    t.deepEqual(placed.battery, { percent: 64, atMs: clock.nowMs })
    const set = { measuredPowerDbm: -61, hardware: { mac: 'C3:00:00:00:00:07' }, intervalMs: 300 }
    const provisioned = bodyOf(await edit(placed, set, installer))
    t.like(provisioned, { measuredPowerDbm: -61, intervalMs: 300 })
    for (const change of [{ notes: 'x' }, { groups: ['a'] }]) {
      t.is(refusal(await edit(provisioned, change, installer)), 'forbidden', JSON.stringify(change))
    }
  },
)

onDatabases('changes many alike, all or none', async (t, database) => {
  const { create, operator, params } = await startWithBeacons(t, database)
  const beacons = await Promise.all(
    [1, 2, 3].map(async (minor) => bodyOf(await create(minor, { groups: ['a'] }))),
  )
  const bulk = (revisions: readonly number[], change: object) =>
    operator.call(contract.changeBeacons, {
      params,
      body: { beacons: beacons.map(({ id }, at) => ({ id, revision: revisions[at]! })), change },
    })
  t.is(refusal(await bulk([1, 2, 1], { intervalMs: 300 })), 'revision-conflict')
  const list = async () => bodyOf(await operator.call(contract.listBeacons, { params })).beacons
  t.deepEqual(
    (await list()).map(({ intervalMs }) => intervalMs),
    [500, 500, 500],
  )
  bodyOf(await bulk([1, 1, 1], { intervalMs: 300, addGroups: ['b'], removeGroups: ['a'] }))
  t.deepEqual(
    (await list()).map(({ intervalMs, groups, revision }) => [intervalMs, groups, revision]),
    [1, 2, 3].map(() => [300, ['b'], 2]),
  )
})

onDatabases('lists by state, level, group and text, page by page without a gap', async (t, database) => {
  const { create, operator, params, f1, f2 } = await startWithBeacons(t, database)
  for (const minor of [1, 2, 3, 4, 5]) {
    const level = minor > 3 ? f2 : f1
    bodyOf(
      await create(minor, {
        place: { levelId: level, x: minor, y: 1 },
        groups: minor % 2 === 0 ? ['even'] : [],
        notes: `Near ${String(minor)}`,
        state: minor === 5 ? 'planned' : 'installed',
      }),
    )
  }
  const minors = async (query: object) =>
    bodyOf(await operator.call(contract.listBeacons, { params, query })).beacons.map(
      (one) => one.identity.minor,
    )
  t.deepEqual(await minors({}), [1, 2, 3, 4, 5])
  t.deepEqual(await minors({ state: 'planned' }), [5])
  t.deepEqual(await minors({ level: f2 }), [4, 5])
  t.deepEqual(await minors({ group: 'even', level: f1 }), [2])
  t.deepEqual(await minors({ text: 'near 3' }), [3])
  t.deepEqual(await minors({ text: '1/4' }), [4])
  const seen: number[] = []
  let after: string | undefined
  for (;;) {
    const query = { limit: 2, ...(after === undefined ? {} : { after }) }
    const page = bodyOf(await operator.call(contract.listBeacons, { params, query }))
    t.is(page.total, 5)
    if (page.beacons.length === 0) break
    seen.push(...page.beacons.map((one) => one.identity.minor))
    after = page.beacons.at(-1)!.id
  }
  t.deepEqual(seen, [1, 2, 3, 4, 5])
})

onDatabases('imports a table all or nothing, after a trial that writes nothing', async (t, database) => {
  const { importCsv, exportCsv, operator, params } = await startWithBeacons(t, database)
  const rows = [1, 2, 3].map(
    (minor) => `${uuid},1,${String(minor)},installed,F1,${String(minor)},5,"会员, ""VIP"""`,
  )
  const csv = ['\ufeffuuid,major,minor,state,level,x_m,y_m,notes', ...rows].join('\r\n')
  const count = async () => bodyOf(await operator.call(contract.listBeacons, { params })).total
  t.like((await importCsv(csv, false)).json, { applied: false, lines: 3, created: 3, faults: [] })
  t.is(await count(), 0)
  const broken = await importCsv(`${csv}\r\n${uuid},1,9,installed,F9,1,1,x`, true)
  t.is(broken.status, 422)
  t.like(broken.problem?.facts, { faults: [{ line: 5, column: 'level' }] })
  t.is(await count(), 0)
  t.like((await importCsv(csv, true)).json, { applied: true, created: 3 })
  t.like((await importCsv(csv, true)).json, { applied: true, created: 0, unchanged: 3 })
  const exported = await exportCsv()
  t.true(exported.includes('会员'))
  t.like((await importCsv(exported, true)).json, { applied: true, changed: 0, unchanged: 3 })
  t.like((await importCsv(exported.replaceAll('installed', 'verified'), true)).json, { changed: 3 })
  const gbk = await importCsv(new Blob(['uuid,major,minor\n', Uint8Array.of(0xbb, 0xe1)]), true)
  t.is(gbk.problem && problemIdOf(gbk.problem), 'bad-csv')
  t.regex(gbk.problem?.detail ?? '', /CSV UTF-8/)
})

onDatabases('two tables at once leave the beacons of both, each once', async (t, database) => {
  const { importCsv, operator, params } = await startWithBeacons(t, database)
  const table = (minors: readonly number[]) =>
    ['uuid,major,minor', ...minors.map((minor) => `${uuid},1,${String(minor)}`)].join('\n')
  const answers = await Promise.all([importCsv(table([1, 2, 3]), true), importCsv(table([2, 3, 4]), true)])
  t.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  )
  t.is(bodyOf(await operator.call(contract.listBeacons, { params })).total, 4)
})
