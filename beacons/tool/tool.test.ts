import { mkdtemp, rm } from 'node:fs/promises'
import { Buffer } from 'node:buffer'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import type { ExecutionContext } from 'ava'
import {
  beaconsContract as contract,
  createClient,
  venueId as parseVenueId,
} from '../../server/contract/index.ts'
import { tinyId } from '../../maps/testing/tiny-archive.ts'
import { databaseTests } from '../../server/testing/databases.ts'
import { startTestServer } from '../../server/testing/test-server.ts'
import { entities, migrations, readVenue } from '../../server/testing/for-clients.ts'
import { shippedDrivers } from '../drivers/index.ts'
import { openFileJournal } from '../provisioning/file-journal.ts'
import { openFileVault } from '../provisioning/file-vault.ts'
import { createProvisioner } from '../provisioning/provisioner.ts'
import { createServerVault } from '../provisioning/server-vault.ts'
import { openRadio } from '../radio/bluez-radio.ts'
import { addressOf, factorySettings } from '../testing/fleet.ts'
import { kkmBeacon } from '../testing/kkm-beacon.ts'
import { startRig, testLimits } from '../testing/rig.ts'
import type { Rig } from '../testing/rig.ts'
import type { Machine } from './context.ts'
import { runTool } from './run-tool.ts'

const onDatabases = databaseTests({ entities, migrations })
const uuid = '30336d96-26e2-4f8d-b2bf-f039fef6495c'

/** The tool over a real server, a real bus with the BlueZ stand-in, and a folder of its own. */
async function desk(t: ExecutionContext, server: { address: string; token: string }, rig: Rig) {
  const dir = await mkdtemp(join(tmpdir(), 'atrium-kit-'))
  t.teardown(() => rm(dir, { recursive: true }))
  let written = ''
  let isOnline = true
  const files = new Map<string, string>()
  const machine: Machine = {
    output: {
      isTty: false,
      hasColour: false,
      columns: () => 100,
      rows: () => 40,
      write: (text) => void (written += text),
      onResize: () => () => undefined,
    },
    tell: (line) => void (written += `${line}\n`),
    ask: () => Promise.resolve(undefined),
    nowMs: Date.now,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 100))),
    newId: () => crypto.randomUUID(),
    stop: new AbortController().signal,
    openRadio: () => openRadio({ clock: Date.now, busAddress: rig.busAddress, limits: testLimits }),
    clientOf: (baseUrl, token) =>
      createClient({
        baseUrl,
        fetch: (...call) => (isOnline ? fetch(...call) : Promise.reject(new Error('no network'))),
        token: () => token,
      }),
    token: server.token,
    server: server.address,
    async readArchive(source) {
      const read = await readVenue(typeof source === 'string' ? source : Buffer.from(source))
      if ('refused' in read) throw new Error(read.refused)
      return read.archive
    },
    readText: (path) => files.get(path) ?? '',
    writeText: (path, text) => void files.set(path, text),
    async syncSecrets({ client, venueId, dir: folder }) {
      const vault = openFileVault(join(folder, 'secrets.log'), {
        passphrase: 'only for the test',
        clock: Date.now,
      })
      const { unsynced } = vault
      await vault.sync(createServerVault(client, parseVenueId.parse(venueId)))
      vault.close()
      return unsynced
    },
    openProvisioning({ radio, registry, dir: folder }) {
      const journal = openFileJournal(join(folder, 'provisioning.log'))
      const vault = openFileVault(join(folder, 'secrets.log'), {
        passphrase: 'only for the test',
        clock: Date.now,
      })
      const tools = { radio, registry, journal, vault, drivers: shippedDrivers(), clock: Date.now }
      const provisioner = createProvisioner({
        ...tools,
        randomBytes: (n) => randomBytes(n),
        limits: { pauseMs: 5 },
      })
      return Promise.resolve({
        run: (jobs, options) => provisioner.run(jobs, options),
        records: () => journal.records(),
        async close() {
          await journal.close()
          vault.close()
        },
      })
    },
  }
  /** Runs a command with `--json`; gives the exit code and every document it wrote. */
  const run = async (...args: string[]) => {
    written = ''
    const code = await runTool([...args, '--dir', dir, '--json'], machine)
    const documents = written
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]))
    return { code, documents, last: documents[documents.length - 1] ?? {} }
  }
  /** The same for a person, who reads English. */
  const read = async (...args: string[]) => {
    written = ''
    const code = await runTool([...args, '--dir', dir, '--lang', 'en'], machine)
    return { code, text: written }
  }
  return { run, read, files, dir, online: (is: boolean) => void (isOnline = is) }
}

onDatabases(
  'a day without a network: packed, planned, provisioned, placed, verified, audited, and told to the registry in the evening',
  async (t, database) => {
    const server = await startTestServer(t, database)
    server.clock.nowMs = Date.now()
    const { venueId, account, client } = server
    const installer = await account(['installer'])
    const operator = client((await account(['operator'])).token)
    const rig = await startRig(t)
    const fleet = [1, 2, 3].map((n) =>
      kkmBeacon(addressOf(n), { ...factorySettings('0'.repeat(16)), rssiDbm: -40 - 5 * n }),
    )
    for (const { beacon } of fleet) rig.bluez.put(beacon)
    rig.onAir(20)
    const { run, read, files, online } = await desk(
      t,
      { address: server.address, token: installer.token },
      rig,
    )

    t.is((await run('status')).last.error, 'no-kit')
    t.is(
      (await run('take', '--venue-id', venueId, '--numbers', '5')).last.error,
      'server-refused',
      'it needs a uuid',
    )
    const taken = await run('take', '--venue-id', venueId, '--numbers', '5', '--uuid', uuid)
    t.is(taken.code, 0)
    t.is((taken.last.leases as unknown[]).length, 2, 'five numbers for each level')

    online(false)
    const plan = await run('plan', '--apply', '--out', 'plan.csv')
    t.is(plan.code, 0)
    const planned = (plan.last.beacons as { level: string; reason: string }[]).length
    t.is(plan.last.registered, planned)
    t.is(files.get('plan.csv')?.trim().split('\n').length, planned + 1)

    const provisioned = await run('provision', '--all', '--seconds', '1', '--near-dbm', '-70')
    t.deepEqual(
      provisioned.last,
      { event: 'end', done: 3, failed: 0 },
      JSON.stringify(provisioned.documents.slice(-3)),
    )
    t.is(
      provisioned.documents.filter(({ event, step }) => event === 'step' && step === 'registered').length,
      3,
    )
    t.true(fleet.every(({ settings }) => settings.identity.uuid === uuid && settings.identity.major < 3))
    t.is(
      new Set(fleet.map(({ settings }) => `${settings.identity.major}/${settings.identity.minor}`)).size,
      3,
    )

    const name = (n: number) => `${fleet[n]!.settings.identity.major}/${fleet[n]!.settings.identity.minor}`
    t.is((await run('verify', '1/4', '--seconds', '3')).last.error, 'unknown-beacon')
    t.is((await run('place', name(0), '--at', 'Hillside Coffee')).code, 0)
    t.is((await run('place', name(1), '--at', 'F1:18,10')).code, 0)
    t.is((await run('place', name(2), '--at', 'F1:300,10')).last.error, 'outside-level')
    t.is((await run('place', name(2), '--at', 'F1:12,9', '--mount', 'wall')).code, 0)
    t.is((await run('place', name(2), '--at', 'F1:20,10')).code, 0)
    t.is(((await run('undo', 'place')).last.undone as { how: string }).how, 'dropped')
    const scan = await run('scan', '--seconds', '2')
    t.is(
      (scan.last.devices as { standing: string }[]).filter(({ standing }) => standing === 'ours').length,
      3,
    )
    const verified = await run('verify', name(0), '--seconds', '3')
    const checks = verified.last.checks as { id: string; isOk: boolean }[]
    t.true(checks.find(({ id }) => id === 'hardware')?.isOk)
    t.true(checks.find(({ id }) => id === 'neighbours')?.isOk)
    t.false(checks.find(({ id }) => id === 'interval')?.isOk, 'the stand-in sends every 20 ms')
    t.is(verified.code, 3)
    const waiting = Number((await run('status')).last.waiting)
    t.true(waiting >= planned + 3 + 3)
    t.like((await run('sync')).last, { synced: 0, stopped: { why: 'out-of-reach', left: waiting } })

    online(true)
    const synced = await run('sync')
    t.is(synced.code, 0, JSON.stringify(synced.last))
    t.is(synced.last.synced, waiting)
    t.true(Number(synced.last.secrets) >= 6, 'three secrets kept and proven')
    t.is((await run('sync')).last.secrets, 0)
    t.is((await run('status')).last.waiting, 0)
    const listed = await operator.call(contract.listBeacons, { params: { venueId }, query: {} })
    const registered = listed.ok ? listed.body.beacons : []
    t.deepEqual(
      fleet.map(({ beacon }) => {
        const one = registered.find(({ hardware }) => hardware.mac === beacon.address)
        return [one?.identity, one?.state]
      }),
      fleet.map(({ settings }) => [settings.identity, 'installed']),
      'registry and beacons agree',
    )

    // Somebody else changes a beacon while it is changed here.
    const [mine] = registered.filter(({ hardware }) => hardware.mac === fleet[0]!.beacon.address)
    online(false)
    t.is((await run('place', name(0), '--at', 'F1:8,10')).code, 0)
    const theirs = { revision: mine!.revision, place: { levelId: tinyId('level F1'), x: 2, y: 10 } }
    const moved = await operator.call(contract.changeBeacon, {
      params: { venueId, beaconId: mine!.id },
      body: theirs,
    })
    t.true(moved.ok)
    online(true)
    const conflict = await run('sync')
    t.is(conflict.code, 3)
    const [told] = conflict.last.conflicts as {
      opId: string
      problem: string
      mine: object
      theirs: { place: { x: number } }
    }[]
    t.like(told, { problem: 'revision-conflict', mine: { place: { x: 8, y: 10 } } })
    t.true(Math.abs(told!.theirs.place.x - 2) < 0.01)
    t.is((await run('sync', '--mine', 'none')).code, 2)
    t.is((await run('sync', '--mine', told!.opId)).code, 0)
    const after = await operator.call(contract.readBeacon, { params: { venueId, beaconId: mine!.id } })
    t.true(after.ok && Math.abs((after.body.place?.x ?? 0) - 8) < 0.01)
    t.is(((await run('undo', 'place')).last.undone as { how: string }).how, 'changed-back')
    t.is((await run('sync')).code, 0)

    // A walk in which one of the three is never heard; the health round leads to what is found.
    const keys = fleet.map(({ settings: { identity: at } }) => `${at.uuid}/${at.major}/${at.minor}`)
    const packets = Array.from({ length: 200 }, (_, i) =>
      keys
        .slice(0, 2)
        .map((key, k) =>
          JSON.stringify({ atMs: i * 500 + k, key, address: fleet[k]!.beacon.address, rssiDbm: -65 }),
        ),
    ).flat()
    files.set('walk.ndjson', packets.join('\n'))
    const audit = await run('audit', '--from', 'walk.ndjson')
    t.is(audit.code, 3)
    t.deepEqual(
      (audit.last.findings as { kind: string; beacon: { key: string } }[]).map(({ kind, beacon }) => [
        kind,
        beacon.key,
      ]),
      [['missing', keys[2]]],
    )
    t.is((await run('sync')).code, 0)
    const health = await run('health')
    t.is(health.code, 3)
    const round = health.last.round as {
      minutes: number
      stops: { beacon: string; why: string }[]
      batteries: object
    }
    t.deepEqual(
      round.stops.map(({ beacon, why }) => [beacon, why]),
      [[keys[2], 'silent']],
    )
    t.true(round.minutes >= 4)
    t.deepEqual(round.batteries, { CR2477: 1 })

    t.is((await run('retire', name(2))).code, 0)
    t.is((await run('place', name(2), '--at', 'F1:12,9')).last.error, 'retired')
    const spoken = await read('status')
    t.regex(spoken.text, /Tiny Mall/)
    t.regex(spoken.text, /1 operations wait/)
    const wrong = await read('place', name(1))
    t.is(wrong.code, 2)
    t.regex(wrong.text, /^Expected a beacon and --at/)
    t.regex(
      (await read('health', '--months', '-1')).text,
      /^Expected --months to be a number from 0 to 60, got "-1"/,
    )
  },
)
