import test from 'ava'
import { findPostgres, withClient } from '../../server/testing/postgres-cluster.ts'
import { differentTables, fingerprints, restoreDrill } from '../restore/restore-drill.ts'
import { openMallStand } from '../stand/mall-stand.ts'
import { crashRun, planKills } from './crash-run.ts'

test('kills at the moments of its seed, and at others with another', (t) => {
  t.deepEqual(planKills(3, 5), planKills(3, 5))
  t.notDeepEqual(planKills(3, 5), planKills(4, 5))
  const victims = new Set(
    Array.from({ length: 20 }, (_, seed) => planKills(seed, 3))
      .flat()
      .map((one) => one.victim),
  )
  t.is(victims.size, 3)
})

const onServer = findPostgres() === undefined ? test.skip : test

onServer(
  'a mall outlives kill -9 of its server and its database, and then its destruction, with every promise kept',
  async (t) => {
    const stand = await openMallStand(Date.now())
    t.teardown(() => stand.stop())
    const run = await crashRun(stand, { seed: 243, kills: 1, speed: 10, shoppersPerHour: 25 })
    t.log(run.kills, run.extent)
    t.deepEqual(run.findings, [])
    t.deepEqual(run.faults, [])
    t.true((run.extent.barrierEvents ?? 0) + (run.extent.shownOffers ?? 0) > 0, 'nothing happened')

    const ledger = { ...run.ledger, screens: [] }
    const drill = await restoreDrill({ url: run.url, programs: stand.programs, destroys: true, ledger })
    t.log(`${drill.rows} rows of ${drill.tables} tables`)
    t.deepEqual(drill.different, [])
    t.deepEqual(drill.findings, [])
    t.true(drill.rows > 1000)

    const whole = await fingerprints(run.url)
    await withClient(run.url, (client) =>
      client.query(
        'UPDATE audit_entry SET action = action || $1 WHERE entry_id = (SELECT min(entry_id::text)::uuid FROM audit_entry)',
        ['x'],
      ),
    )
    t.deepEqual(
      differentTables(whole, await fingerprints(run.url)),
      ['public.audit_entry'],
      'one letter is noticed',
    )
  },
)
