import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import {
  beaconsContract,
  beaconSecretsContract,
  createClient,
  venueId as parseVenueId,
} from '../../server/contract/index.ts'
import type { Answer, Endpoint } from '../../server/contract/index.ts'
import { startProgram } from '../../server/testing/child-program.ts'
import { openTestServer } from '../../server/testing/open-test-server.ts'
import type { TestServer } from '../../server/testing/test-server.ts'
import { AppendLog } from '../offline/append-log.ts'
import type { BluezStandIn } from '../testing/bluez-stand-in.ts'
import { eddystoneBeacon } from '../testing/eddystone-beacon.ts'
import { addressOf, factorySettings } from '../testing/fleet.ts'
import { ibksBeacon, nrfBeacon } from '../testing/flat-beacons.ts'
import { kkmBeacon } from '../testing/kkm-beacon.ts'
import type { LevelOrders } from '../testing/provision-level.ts'
import { startRig } from '../testing/rig.ts'
import { shippedDrivers } from '../drivers/index.ts'
import { FileJournal } from './file-journal.ts'
import { openFileVault } from './file-vault.ts'
import { linkVaults } from './linked-vault.ts'
import type { ProvisionEvent, ProvisionJob, ProvisionOutcome, ProvisionStep } from './provision.ts'
import { createProvisioner } from './provisioner.ts'
import { createServerVault } from './server-vault.ts'

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

let server: TestServer
const closing: (() => Promise<void> | void)[] = []

test.before(async () => {
  server = await openTestServer({ teardown: (close) => void closing.push(close) })
})
test.after.always(async () => {
  for (const close of closing.reverse()) await close()
})

test.serial(
  'provisions 130 beacons of a level through broken links, wrong passwords, a killed tool and a full disk',
  async (t) => {
    t.timeout(500_000)
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
  },
)

test.serial(
  'the server has each secret before its beacon, wherever a laptop is broken off, and another laptop goes on',
  async (t) => {
    const { venueId } = server
    const operator = server.client(await server.tokenOf('operator'))
    const installer = await server.tokenOf('installer')
    const rig = await startRig(t)
    rig.onAir(10)
    const clock = () => server.clock.nowMs
    const kept = async (address: string) => {
      const versions = bodyOf(
        await operator.call(beaconSecretsContract.readBeaconSecrets, { params: { venueId, address } }),
      )
      return versions.map(({ state, secret }) => `${state} ${secret}`)
    }
    /** A laptop with nothing on it yet, whose plug is pulled before or after an entry of its journal. */
    const laptop = async (client = server.client(installer)) => {
      const folder = await mkdtemp(join(tmpdir(), 'atrium-laptop-'))
      t.teardown(() => rm(folder, { recursive: true }))
      const local = openFileVault(join(folder, 'secrets'), { passphrase: folder, clock })
      t.teardown(() => {
        local.close()
      })
      const log = new AppendLog(join(folder, 'journal'))
      t.teardown(() => {
        log.close()
      })
      const vault = linkVaults(local, createServerVault(client, venueId), { clock })
      const provision = async (
        job: ProvisionJob,
        pulled?: { readonly at: ProvisionStep; readonly after: boolean },
      ) => {
        const pull = (entry: unknown, after: boolean) => {
          const { step } = entry as { step: ProvisionStep }
          if (step === pulled?.at && after === pulled.after) throw new Error('the plug is pulled')
        }
        const journal = new FileJournal({
          entries: log.entries,
          append(entry) {
            pull(entry, false)
            log.append(entry)
            pull(entry, true)
          },
          close: () => undefined,
        })
        const provisioner = createProvisioner({
          ...{ radio: rig.radio, drivers: shippedDrivers(), journal, vault, clock, randomBytes },
          registry: { record: () => Promise.resolve(undefined) },
          limits: { pauseMs: 1 },
        })
        const [outcome] = await provisioner.run([job])
        return outcome && 'failed' in outcome ? outcome.failed.id : 'done'
      }
      return { provision, vault, local }
    }
    const beaconOf = (n: number) => {
      const made = ibksBeacon(addressOf(1000 + n), factorySettings('0000'))
      rig.bluez.put(made.beacon)
      const { address } = made.beacon
      const job = { jobId: `job ${n}`, address, want: { identity: { uuid, major: 1, minor: n } } }
      return { ...made, address, job }
    }
    const factory = factorySettings('0000')

    // Between vault and beacon: the server has it, the beacon is as it was.
    const first = beaconOf(1)
    const broken = await laptop()
    t.is(await broken.provision(first.job, { at: 'secret-kept', after: true }), 'journal-unwritable')
    t.regex((await kept(first.address)).join(), /^new [0-9a-f]{4}$/)
    t.deepEqual(first.settings, factory)
    t.is(await (await laptop()).provision(first.job), 'done')
    t.is((await kept(first.address))[0], `proven ${first.settings.secret}`)
    t.is((await kept(first.address)).length, 2, 'what the first laptop kept stays')

    // Between beacon and proof: only the server and the broken laptop know what it opens with.
    const second = beaconOf(2)
    t.is(await broken.provision(second.job, { at: 'secret-written', after: false }), 'journal-unwritable')
    t.not(second.settings.secret, '0000')
    t.deepEqual(await kept(second.address), [`new ${second.settings.secret}`])
    const left = second.settings.secret
    t.is(await (await laptop()).provision(second.job), 'done')
    t.deepEqual(await kept(second.address), [`proven ${second.settings.secret}`, `new ${left}`])

    // Whoever may not, and whoever is installer elsewhere: nothing is kept and nothing is connected to.
    const third = beaconOf(3)
    rig.bluez.calls.splice(0)
    const otherMall = parseVenueId.parse('0193a1b2-0000-7000-8000-00000000dead')
    const elsewhere = await server.account(['installer'], [otherMall])
    for (const token of [await server.tokenOf('shopper'), elsewhere.token, 'nobody', undefined])
      t.is(await (await laptop(server.client(token))).provision(third.job), 'vault-refused')
    t.deepEqual(third.settings, factory)
    t.deepEqual(await kept(third.address), [])
    t.false(rig.bluez.calls.some(({ member }) => member === 'Connect'))

    // In the basement the sealed file stands in; what waits is handed over before anything else, and learned by the next.
    let isOnline = false
    const away = await laptop(
      createClient({
        baseUrl: server.address,
        fetch: (...sent) => (isOnline ? fetch(...sent) : Promise.reject(new Error('no network'))),
        token: () => installer,
      }),
    )
    t.is(await away.provision(third.job), 'done')
    t.deepEqual([await kept(third.address), away.local.unsynced], [[], 2])
    isOnline = true
    t.false(await away.vault.handOver(), 'a silent server is left alone for a minute')
    server.clock.nowMs += 60_000
    t.is((await away.vault.versions(addressOf(2000))).length, 0)
    t.deepEqual([await kept(third.address), away.local.unsynced], [[`proven ${third.settings.secret}`], 0])
  },
)
