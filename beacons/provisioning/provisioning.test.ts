import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import anyTest from 'ava'
import type { ExecutionContext } from 'ava'
import { shippedDrivers } from '../drivers/index.ts'
import { AppendLog } from '../offline/append-log.ts'
import { BeaconFault } from '../radio/beacon-fault.ts'
import { eddystoneBeacon } from '../testing/eddystone-beacon.ts'
import { addressOf, factorySettings } from '../testing/fleet.ts'
import type { BeaconSettings, FleetBeacon } from '../testing/fleet.ts'
import { ibksBeacon, nrfBeacon } from '../testing/flat-beacons.ts'
import { kkmBeacon } from '../testing/kkm-beacon.ts'
import { startRig } from '../testing/rig.ts'
import type { Rig } from '../testing/rig.ts'
import { FileJournal } from './file-journal.ts'
import { openFileVault, unsyncedIn } from './file-vault.ts'
import type { FileVault } from './file-vault.ts'
import type { ProvisionedBeacon, ProvisionEvent, ProvisionJob, ProvisionOutcome } from './provision.ts'
import type { JobRecord } from './journal.ts'
import { createProvisioner } from './provisioner.ts'
import { laterJobOf, lastToUndo } from './undo-job.ts'

// One adapter each, and limits of a second.
const test = anyTest.serial

const uuid = '5f5f3d0e-1111-4222-8333-444455556666'
const vendors = {
  kkm: { make: kkmBeacon, factory: '0'.repeat(16) },
  eddystone: { make: eddystoneBeacon, factory: '4d6f6b6f34333231ffffffffffffffff' },
  ibks: { make: ibksBeacon, factory: '0000' },
  nrf: { make: nrfBeacon, factory: '' },
} as const
type Vendor = keyof typeof vendors

function fleetBeacon(vendor: Vendor, n: number, changed: Partial<BeaconSettings> = {}): FleetBeacon {
  const { make, factory } = vendors[vendor]
  return make(addressOf(n), { ...factorySettings(factory), ...changed })
}

function jobFor({ beacon }: FleetBeacon, minor: number): ProvisionJob {
  return {
    jobId: `job-${minor}`,
    address: beacon.address,
    want: { identity: { uuid, major: 3, minor }, measuredPowerDbm: -61, txPowerDbm: -5, intervalMs: 300 },
  }
}

interface Desk extends Rig {
  readonly folder: string
  readonly vault: FileVault
  readonly registered: ProvisionedBeacon[]
  readonly events: ProvisionEvent[]
  /** Runs jobs with the journal in the folder, as a fresh start of the tool would. */
  run(jobs: readonly ProvisionJob[], options?: RunOptions): Promise<readonly ProvisionOutcome[]>
  journal(): FileJournal
}

interface RunOptions {
  readonly attempts?: number
  /** Called before each entry of the journal with its number; what it throws the disk says. */
  readonly beforeAppend?: (n: number) => void
  readonly afterAppend?: (n: number) => void
  /** From this entry on the disk takes half of a line and no more. */
  readonly fullFrom?: number
}

async function setUp(t: ExecutionContext, fleet: readonly FleetBeacon[]): Promise<Desk> {
  const rig = await startRig(t)
  const folder = await mkdtemp(join(tmpdir(), 'atrium-beacons-'))
  t.teardown(() => rm(folder, { recursive: true }))
  for (const { beacon } of fleet) rig.bluez.put(beacon)
  rig.onAir(10)
  const clock = () => Date.UTC(2026, 0, 1)
  const vault = openFileVault(join(folder, 'vault'), { passphrase: 'a passphrase', clock })
  t.teardown(() => {
    vault.close()
  })
  const registered: ProvisionedBeacon[] = []
  const events: ProvisionEvent[] = []
  const path = join(folder, 'journal')
  return {
    ...{ ...rig, folder, vault, registered, events },
    journal: () => {
      const log = new AppendLog(path)
      log.close()
      return new FileJournal(log)
    },
    async run(jobs, { attempts = 5, beforeAppend, afterAppend, fullFrom = Infinity } = {}) {
      let n = 0
      const log = new AppendLog(path, {
        writeSync(fd, bytes) {
          if (n < fullFrom) return writeSync(fd, bytes)
          writeSync(fd, bytes.subarray(0, bytes.length >> 1))
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
        },
      })
      const journal = new FileJournal({
        entries: log.entries,
        append(entry) {
          beforeAppend?.(n)
          log.append(entry)
          afterAppend?.(n)
          n++
        },
        close() {
          log.close()
        },
      })
      const provisioner = createProvisioner({
        ...{ radio: rig.radio, drivers: shippedDrivers(), journal, vault, clock, randomBytes },
        registry: {
          record(beacon) {
            if (!registered.some(({ jobId }) => jobId === beacon.jobId)) registered.push(beacon)
            return Promise.resolve(undefined)
          },
        },
        limits: { attempts, onAirMs: 1500, pauseMs: 1 },
      })
      try {
        return await provisioner.run(jobs, { onEvent: (event) => events.push(event) })
      } finally {
        await journal.close()
      }
    },
  }
}

/** What it was told it is, it opens with the secret the vault has proven, and journal and registry say the same. */
async function agrees(
  t: ExecutionContext,
  desk: Desk,
  { beacon, settings, driverId }: FleetBeacon,
  job: ProvisionJob,
) {
  t.deepEqual(settings.identity, job.want.identity)
  t.is(settings.intervalMs, 300)
  const [version] = await desk.vault.versions(beacon.address)
  if (driverId === 'nordic-nrf-beacon') t.is(version, undefined)
  else t.like(version, { state: 'proven', secret: settings.secret })
  const record = desk.journal().find(job.jobId)
  t.is(record?.step, 'registered')
  t.deepEqual(
    desk.registered.filter(({ jobId }) => jobId === job.jobId),
    [record!.done!],
  )
}

test('provisions each vendor’s beacon from its box to the air, with a secret of its own', async (t) => {
  const fleet = (Object.keys(vendors) as Vendor[]).map((vendor, i) => fleetBeacon(vendor, i))
  const desk = await setUp(t, fleet)
  await desk.radio.startScan()
  const jobs = fleet.map((one, i) => jobFor(one, i + 1))
  const outcomes = await desk.run(jobs)
  for (const [i, one] of fleet.entries()) {
    const outcome = outcomes[i]!
    t.true('done' in outcome, JSON.stringify(outcome))
    await agrees(t, desk, one, jobs[i]!)
    t.is(desk.journal().find(jobs[i]!.jobId)?.driverId, one.driverId)
    t.is(desk.journal().find(jobs[i]!.jobId)?.before?.identity?.major, 10_001)
  }
  // -5 dBm is no step of any: each takes its next lower one, as far as it can be told.
  t.deepEqual(
    fleet.map(({ settings }) => settings.txPowerDbm),
    [-8, -8, -8, 0],
  )
  // Eddystone cannot be told the measured power, and nRF not the power it would be of: both say what they said before.
  t.deepEqual(
    desk.registered.map(({ reading }) => reading.measuredPowerDbm),
    [-61, -59, -61, -59],
  )
  const before = structuredClone(fleet.map(({ settings }) => settings))
  desk.bluez.calls.length = 0
  t.deepEqual(await desk.run(jobs), outcomes)
  t.deepEqual(
    fleet.map(({ settings }) => settings),
    before,
  )
  t.false(desk.bluez.calls.some(({ member }) => member === 'Connect'))
})

for (const [vendor, stride] of [
  ['kkm', 9],
  ['eddystone', 5],
  ['ibks', 3],
] as const) {
  test(`comes to its end wherever the link to a beacon breaks: ${vendor}`, async (t) => {
    let broken = 0
    const fleet: FleetBeacon[] = []
    const desk = await setUp(t, fleet)
    for (let after = 0; ; after += stride) {
      const one = fleetBeacon(vendor, after)
      desk.bluez.put(one.beacon)
      desk.bluez.trouble(one.beacon.address).dropAfter = after
      const job = jobFor(one, after + 1)
      const [outcome] = await desk.run([job])
      t.true(outcome && 'done' in outcome, `${after}: ${JSON.stringify(outcome)}`)
      await agrees(t, desk, one, job)
      t.is((await desk.vault.versions(one.beacon.address)).length, 1, 'tries do not fill the vault')
      desk.bluez.takeAway(one.beacon.address)
      if (desk.bluez.trouble(one.beacon.address).dropAfter !== undefined) break
      broken++
    }
    t.true(broken >= 4, String(broken))
    t.true(desk.events.some((event) => event.kind === 'retry'))
  })
}

test('comes to its end wherever the tool stops, opening each beacon with what the vault kept', async (t) => {
  const desk = await setUp(t, [])
  let stops = 0
  for (let at = 0; ; at++) {
    const one = fleetBeacon(at % 2 === 0 ? 'ibks' : 'eddystone', at)
    desk.bluez.put(one.beacon)
    const job = jobFor(one, at + 1)
    // Between the entry and what follows it, and between what was done and its entry.
    const stopped = desk.run([job], {
      [at % 3 === 0 ? 'beforeAppend' : 'afterAppend']: (n: number) => {
        if (n === at) throw new Error('stopped')
      },
    })
    const [early] = await stopped
    const isOver = early !== undefined && 'done' in early
    const [outcome] = await desk.run([job])
    t.true(outcome && 'done' in outcome, `${at}: ${JSON.stringify(outcome)}`)
    await agrees(t, desk, one, job)
    desk.bluez.takeAway(one.beacon.address)
    if (isOver) break
    stops++
  }
  t.is(stops, 8)
})

test('stops with a sentence when the disk is full, with beacons as the journal says, and goes on when there is room', async (t) => {
  const fleet = [fleetBeacon('kkm', 1), fleetBeacon('ibks', 2), fleetBeacon('nrf', 3)]
  const desk = await setUp(t, fleet)
  const jobs = fleet.map((one, i) => jobFor(one, i + 1))
  const outcomes = await desk.run(jobs, { fullFrom: 9 })
  t.true('done' in outcomes[0]!)
  t.like(outcomes[1], { failed: { id: 'journal-full', step: 'planned' } })
  t.like(outcomes[2], { failed: { id: 'journal-full', step: 'planned' } })
  t.is(fleet[1]!.settings.secret, '0000')
  t.is(fleet[1]!.settings.identity.major, 10_001)
  for (const outcome of await desk.run(jobs)) t.true('done' in outcome)
  for (const [i, one] of fleet.entries()) await agrees(t, desk, one, jobs[i]!)
})

test('leaves a beacon alone whose secret nobody knows, and one that has locked itself', async (t) => {
  const fleet = [
    fleetBeacon('kkm', 1, { secret: 'somebody-elses' }),
    fleetBeacon('eddystone', 2, { secret: 'ab'.repeat(16) }),
    fleetBeacon('ibks', 3, { secret: 'beef' }),
  ]
  const before = structuredClone(fleet.map(({ settings }) => settings))
  const desk = await setUp(t, fleet)
  const jobs = fleet.map((one, i) => jobFor(one, i + 1))
  for (const outcome of await desk.run(jobs)) {
    t.like(outcome, { failed: { id: 'wrong-secret', step: 'planned' } })
    if ('failed' in outcome) t.regex(outcome.failed.words.zh, /密码/)
  }
  for (const id of ['wrong-secret', 'locked-out']) {
    t.like((await desk.run(jobs.slice(2)))[0], { failed: { id } })
  }
  t.deepEqual(
    fleet.map(({ settings }) => settings),
    before,
  )
  t.deepEqual(desk.registered, [])
})

test('writes nothing to a beacon that stands open, since its old code is not known', async (t) => {
  const settings = factorySettings('ab'.repeat(16))
  const one = eddystoneBeacon(addressOf(1), settings, { standsOpen: true })
  const before = structuredClone(settings)
  const desk = await setUp(t, [one])
  const [outcome] = await desk.run([jobFor(one, 1)])
  t.like(outcome, { failed: { id: 'stands-open', step: 'planned' } })
  if (outcome && 'failed' in outcome) t.regex(outcome.failed.words.en, /lock it with its known code/)
  t.deepEqual(settings, before)
  t.deepEqual(await desk.vault.versions(one.beacon.address), [])
})

test('refuses before it connects what would harm the mall, and what the hardware cannot be', async (t) => {
  const one = fleetBeacon('nrf', 1)
  const desk = await setUp(t, [one, fleetBeacon('nrf', 2)])
  const job = jobFor(one, 1)
  const factory = { ...job, want: { ...job.want, identity: factorySettings('').identity } }
  t.like((await desk.run([factory]))[0], { failed: { id: 'factory-default-uuid' } })
  t.false(desk.bluez.calls.some(({ member }) => member === 'Connect'))
  const hasty = { ...job, want: { ...job.want, intervalMs: 20 } }
  t.like((await desk.run([hasty]))[0], { failed: { id: 'value-out-of-range', step: 'opened' } })
  const twin = { ...job, jobId: 'twin', address: addressOf(2) }
  const [first, second] = await desk.run([job, twin])
  t.true(first && 'done' in first)
  t.like(second, { failed: { id: 'number-used-twice' } })
  const absent = { ...job, jobId: 'absent', address: addressOf(99), want: { ...job.want } }
  t.like((await desk.run([absent], { attempts: 1 }))[0], { failed: { id: 'not-heard', step: 'planned' } })
})

test('takes back what was worked on last, goes on with an undo that was broken off, and none in the middle', (t) => {
  const record = (
    n: number,
    at: number,
    more: Partial<JobRecord> & { undoes?: string; of?: number } = {},
  ) => {
    const { undoes, of = n, ...rest } = more
    const job = { ...jobFor(fleetBeacon('nrf', of), n), ...(undoes === undefined ? {} : { undoes }) }
    const jobId = undoes === undefined ? job.jobId : `undo-${undoes}`
    return { job: { ...job, jobId }, step: 'registered' as const, before: {}, changedAtMs: at, ...rest }
  }
  const idOf = (...records: JobRecord[]) => lastToUndo(records)?.job.jobId
  t.is(idOf(record(1, 10), record(2, 20)), 'job-2')
  t.is(idOf(record(1, 30), record(2, 20)), 'job-1', 'it went on after the other')
  const untouched = { ...record(3, 40), step: 'planned' as const }
  t.is(idOf(record(1, 10), { job: untouched.job, step: 'planned', changedAtMs: 40 }), 'job-1')
  t.is(idOf(record(1, 10), record(2, 20), record(2, 30, { undoes: 'job-2' })), 'job-1')
  const halfDone = record(1, 15, { undoes: 'job-1', step: 'opened' })
  t.is(idOf(record(1, 10), halfDone, record(2, 20)), 'job-1', 'its undo goes on first')
  // The beacon of job 1 became that of job 4.
  const since = record(4, 20, { of: 1 })
  t.is(idOf(record(1, 10), halfDone, since), 'job-4', 'the undo is of the past')
  t.is(laterJobOf([record(1, 10), since], record(1, 10))?.job.jobId, 'job-4')
  t.is(
    laterJobOf([record(1, 10), since, record(4, 30, { of: 1, undoes: 'job-4' })], record(1, 10)),
    undefined,
  )
  t.is(laterJobOf([record(1, 10), record(2, 20)], record(1, 10)), undefined)
})

test('keeps secrets sealed in a file, opens it with the passphrase alone, and brings them to the server in order', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'atrium-vault-'))
  t.teardown(() => rm(folder, { recursive: true }))
  let nowMs = 0
  const open = (name: string, passphrase: string) =>
    openFileVault(join(folder, name), { passphrase, clock: () => ++nowMs })
  const vault = open('a', 'right')
  const address = addressOf(1)
  const keep = (versionId: string, secret: string) =>
    vault.keep(address, { versionId, driverId: 'd', secret })
  await keep('1', 'first-secret')
  await keep('1', 'first-secret')
  await vault.prove(address, '1')
  await keep('2', 'second-secret')
  const states = async () =>
    (await vault.versions(address)).map(({ versionId, state }) => `${versionId} ${state}`)
  t.deepEqual(await states(), ['1 proven', '2 new'])
  await vault.prove(address, '2')
  t.deepEqual(await states(), ['2 proven', '1 old'])
  t.is(vault.unsynced, 4)
  const server = open('b', 'other')
  const told = await t.throwsAsync(
    vault.sync({
      ...server,
      versions: (at) => server.versions(at),
      keep: (at, version) =>
        version.versionId === '2' ? Promise.reject(new Error('gone')) : server.keep(at, version),
      prove: (at, versionId) => server.prove(at, versionId),
    }),
  )
  t.is(told.message, 'gone')
  t.is(vault.unsynced, 2)
  vault.close()
  t.throws(() => open('a', 'wrong'), { message: /another passphrase/ })
  const again = open('a', 'right')
  t.is(again.unsynced, 2)
  await again.sync(server)
  t.is(again.unsynced, 0)
  t.deepEqual(
    (await server.versions(address)).map(({ secret, state }) => [secret, state]),
    [
      ['second-secret', 'proven'],
      ['first-secret', 'old'],
    ],
  )
  t.deepEqual(await again.versions(addressOf(2)), [])
  t.is((await again.versions(address.toLowerCase())).length, 2)

  // A server that was set back to an older copy is told again what it no longer has.
  const has = new Set<string>()
  const unknown = new BeaconFault('vault-refused', { zh: '没有', en: 'none' })
  await again.prove(address, '1')
  await again.sync({
    versions: (at) => server.versions(at),
    keep: (_, version) => Promise.resolve(void has.add(version.versionId)),
    prove: (_, versionId) => (has.has(versionId) ? Promise.resolve() : Promise.reject(unknown)),
  })
  t.deepEqual([[...has], again.unsynced], [['1'], 0])
  await again.prove(address, '2')
  await again.sync(server)
  // What another laptop proved opens the beacon here, and is not told back.
  const third = {
    versionId: '3',
    state: 'proven' as const,
    driverId: 'd',
    secret: 'third-secret',
    createdAtMs: 9,
  }
  await again.learn(address, [third])
  t.deepEqual([(await states())[0], unsyncedIn(join(folder, 'a'))], ['2 proven', 0])
  t.is((await again.versions(address))[0]?.secret, 'third-secret')
  const sizeOf = async () => (await readFile(join(folder, 'a'))).length
  const size = await sizeOf()
  await again.learn(address, [third])
  t.is(await sizeOf(), size)
  again.close()
  server.close()
  const text = await readFile(join(folder, 'a'), 'utf8')
  t.notRegex(text, /first-secret|third-secret/)
  t.is(again.damage, undefined)

  // A line that is damaged is told, and the server is told all of it again; without the first nothing opens, and nothing is added.
  const lines = text.split('\n')
  const spoil = (n: number) => lines.map((line, i) => (i === n ? `x${line.slice(1)}` : line)).join('\n')
  await writeFile(join(folder, 'a'), spoil(1))
  const damaged = open('a', 'right')
  t.regex(damaged.damage?.en ?? '', /line 2 is damaged/)
  t.is(damaged.unsynced, 5)
  damaged.close()
  await writeFile(join(folder, 'a'), spoil(0))
  t.throws(() => open('a', 'right'), { message: /first line of .* is damaged/ })
  t.is(await readFile(join(folder, 'a'), 'utf8'), spoil(0))
})
