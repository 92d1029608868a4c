import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { beaconsContract, beaconSecretsContract } from '../../server/contract/index.ts'
import type { Answer, Endpoint } from '../../server/contract/index.ts'
import { startProgram } from '../../server/testing/child-program.ts'
import { openTestServer } from '../../server/testing/open-test-server.ts'
import { AppendLog } from '../offline/append-log.ts'
import type { BluezStandIn } from '../testing/bluez-stand-in.ts'
import { eddystoneBeacon } from '../testing/eddystone-beacon.ts'
import { addressOf, factorySettings } from '../testing/fleet.ts'
import { ibksBeacon, nrfBeacon } from '../testing/flat-beacons.ts'
import { kkmBeacon } from '../testing/kkm-beacon.ts'
import type { LevelOrders } from '../testing/provision-level.ts'
import { startRig } from '../testing/rig.ts'
import { FileJournal } from './file-journal.ts'
import type { ProvisionEvent, ProvisionOutcome } from './provision.ts'

const uuid = '5f5f3d0e-1111-4222-8333-444455556666'
const program = new URL('../testing/provision-level.ts', import.meta.url)
const foreign = [11, 52, 93]

function bodyOf<E extends Endpoint>(answer: Answer<E>) {
  if (!answer.ok) throw new Error(JSON.stringify(answer.problem))
  return answer.body
}

/** The 130 of a level, of four makers as they come; three were once somebody else's. */
function levelOfBeacons() {
  return Array.from({ length: 130 }, (_, n) => {
    const settings = (secret: string) => factorySettings(foreign.includes(n) ? 'somebody-elses' : secret)
    if (foreign.includes(n) || n % 4 === 0) return kkmBeacon(addressOf(n), settings('0'.repeat(16)))
    if (n % 4 === 1) return eddystoneBeacon(addressOf(n), settings('f'.repeat(32)))
    if (n % 4 === 2) return ibksBeacon(addressOf(n), settings('0000'))
    return nrfBeacon(addressOf(n), settings(''))
  })
}

/** All are heard now and then, those that were just connected to often: 130 at 300 ms would keep the test's processor busy. */
function keepOnAir(t: ExecutionContext, bluez: BluezStandIn): void {
  let round = 0
  const timer = setInterval(() => {
    if (round++ % 50 === 0) bluez.advertiseAll()
    const connects = bluez.calls.filter(({ member }) => member === 'Connect').slice(-2)
    for (const { path } of connects) bluez.advertise(path.slice(-17).replaceAll('_', ':'))
    bluez.calls.splice(0, bluez.calls.length, ...connects)
  }, 30)
  t.teardown(() => {
    clearInterval(timer)
  })
}

test('provisions 130 beacons of a level through broken links, wrong passwords, a killed tool and a full disk', async (t) => {
  t.timeout(170_000)
  const server = await openTestServer(t)
  const operator = server.client(await server.tokenOf('operator'))
  const token = await server.tokenOf('installer')
  const { venueId } = server
  const rig = await startRig(t)
  const folder = await mkdtemp(join(tmpdir(), 'atrium-level-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const fleet = levelOfBeacons()
  for (const [n, { beacon }] of fleet.entries()) {
    rig.bluez.put(beacon)
    if (n % 7 === 3) rig.bluez.trouble(beacon.address).dropAfter = (n * 5) % 23
    if (n % 11 === 5) {
      rig.bluez.trouble(beacon.address).refusals = { count: 2, text: 'le-connection-abort-by-local' }
    }
  }
  keepOnAir(t, rig.bluez)
  const jobs: LevelOrders['jobs'][number][] = []
  for (const [n, { beacon }] of fleet.entries()) {
    const identity = { uuid, major: 3, minor: n + 1 }
    const planned = bodyOf(
      await operator.call(beaconsContract.createBeacon, { params: { venueId }, body: { identity } }),
    )
    const want = { identity, measuredPowerDbm: -61, intervalMs: 300 }
    jobs.push({ jobId: `level-3-${n}`, address: beacon.address, beaconId: planned.id, want })
  }
  const run = async (
    more: Partial<LevelOrders>,
    until?: (event: ProvisionEvent, ended: number) => boolean,
  ) => {
    const orders = {
      busAddress: rig.busAddress,
      folder,
      baseUrl: server.address,
      token,
      venueId,
      jobs,
      ...more,
    }
    const child = startProgram(program, [JSON.stringify(orders)])
    const outcomes: ProvisionOutcome[] = []
    for await (const line of child.lines) {
      const event = JSON.parse(line) as ProvisionEvent
      if (event.kind === 'ended') outcomes.push(event.outcome)
      if (until?.(event, outcomes.length)) child.process.kill('SIGKILL')
    }
    const { code, errors } = await child.ended
    t.is(code, until ? null : 0, errors)
    return outcomes
  }
  const failures = (outcomes: readonly ProvisionOutcome[]) =>
    outcomes.flatMap((outcome) => ('failed' in outcome ? [`${outcome.jobId} ${outcome.failed.id}`] : []))

  // Killed right after a new secret was written and before it was proven: the worst moment there is.
  await run({}, (event, ended) => ended >= 30 && event.kind === 'step' && event.step === 'secret-written')
  const afterFull = await run({ fullAfter: 150 })
  t.true(failures(afterFull).some((failure) => failure.endsWith('journal-full')))
  const third = await run({})
  t.deepEqual(
    failures(third),
    foreign.map((n) => `level-3-${n} wrong-secret`),
  )
  // Their last installer hands over what they were set to.
  for (const n of foreign) {
    const params = { venueId, address: addressOf(n), versionId: `00000000-0000-4000-8000-0000000000${n}` }
    const body = { driverId: 'kkm-kbeacon', secret: 'somebody-elses' }
    bodyOf(await operator.call(beaconSecretsContract.keepBeaconSecret, { params, body }))
  }
  const last = await run({})
  t.deepEqual(failures(last), [])
  t.is(last.length, 130)

  const journal = new FileJournal(new AppendLog(join(folder, 'journal')))
  await journal.close()
  t.is(journal.records().length, 130)
  const { beacons } = bodyOf(
    await operator.call(beaconsContract.listBeacons, { params: { venueId }, query: { limit: 500 } }),
  )
  const registered = new Map(beacons.map((beacon) => [beacon.id, beacon]))
  for (const [n, { beacon, settings, driverId }] of fleet.entries()) {
    const job = jobs[n]!
    const record = journal.find(job.jobId)
    t.is(record?.step, 'registered', job.jobId)
    t.deepEqual(settings.identity, job.want.identity, job.jobId)
    const entry = registered.get(job.beaconId!)
    t.deepEqual(entry?.identity, settings.identity)
    t.like(entry, { intervalMs: settings.intervalMs, measuredPowerDbm: settings.measuredPowerDbm })
    t.is(entry?.hardware.mac, beacon.address)
    t.deepEqual(record?.done?.config, job.want)
    const params = { venueId, address: beacon.address }
    const [version] = bodyOf(await operator.call(beaconSecretsContract.readBeaconSecrets, { params }))
    if (driverId === 'nordic-nrf-beacon') t.is(version, undefined)
    else t.like(version, { state: 'proven', secret: settings.secret }, job.jobId)
  }
})
