import test from 'ava'
import type { ExecutionContext } from 'ava'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beaconsContract as contract, identitiesContract } from '../../server/contract/index.ts'
import { tinyArchive, tinyId } from '../../maps/testing/tiny-archive.ts'
import { openTestServer } from '../../server/testing/open-test-server.ts'
import { writeKit } from '../offline/kit.ts'
import { OperationQueue } from '../offline/queue.ts'
import { settleConflict } from '../offline/sync.ts'
import type { KitRegistry } from '../offline/kit.ts'
import { openDesk } from '../testing/desk.ts'
import { addressOf, factorySettings } from '../testing/fleet.ts'
import { nrfBeacon } from '../testing/flat-beacons.ts'
import type { FleetBeacon } from '../testing/fleet.ts'
import { kkmBeacon } from '../testing/kkm-beacon.ts'
import { startRig } from '../testing/rig.ts'
import { Screen } from '../testing/screen.ts'

const uuid = '30336d96-26e2-4f8d-b2bf-f039fef6495c'
const venueId = '0193a1b2-0000-7000-8000-00000000beef'
const factoryNumber = { uuid: factorySettings('').identity.uuid, major: 10_001, minor: 19_641 }

/** Beacons as they come, the first loudest; what they send is every half second, as the desk's air has it. */
function box(count: number): FleetBeacon[] {
  return Array.from({ length: count }, (_, i) =>
    kkmBeacon(addressOf(i + 1), { ...factorySettings('0'.repeat(16)), rssiDbm: -45 - 5 * i }),
  )
}

const nameOf = ({ settings: { identity } }: FleetBeacon) => `${identity.major}/${identity.minor}`
const keyOf = ({ settings: { identity } }: FleetBeacon) =>
  `${identity.uuid}/${nameOf({ settings: { identity } } as FleetBeacon)}`

/** A desk with a kit that was packed before, and no server. */
async function offlineDesk(
  t: ExecutionContext,
  fleet: readonly FleetBeacon[],
  registry: Partial<KitRegistry> = {},
) {
  const rig = await startRig(t)
  for (const { beacon } of fleet) rig.bluez.put(beacon)
  const archive = tinyArchive()
  const desk = await openDesk(rig, { archive })
  t.teardown(() => desk.close())
  desk.online(false)
  const lease = {
    ...{ id: tinyId('level F1'), levelId: tinyId('level F1'), uuid, major: 1, fromMinor: 1, toMinor: 9 },
    ...{ leasedTo: 'me', expiresAtMs: rig.clock.nowMs + 86_400_000 },
  }
  writeKit(desk.dir, {
    info: {
      server: 'http://nowhere',
      venueId,
      venueName: { en: 'Tiny Mall' },
      versionId: venueId,
      takenAtMs: 1,
    },
    archive: new Uint8Array(),
    registry: { beacons: [], leases: [lease], findings: [], ...registry },
  })
  return { rig, desk }
}

test.serial(
  'a day without a network: signed in, packed, planned, provisioned, placed, verified, audited, and told to the registry in the evening',
  async (t) => {
    const server = await openTestServer(t)
    const operator = server.client((await server.account(['operator'])).token)
    const { venueId: venue } = server
    const rig = await startRig(t)
    rig.clock.nowMs = server.clock.nowMs
    const fleet = box(3)
    for (const { beacon } of fleet) rig.bluez.put(beacon)
    const desk = await openDesk(rig, { archive: tinyArchive() })
    t.teardown(() => desk.close())
    const { run, read, files, online } = desk

    t.is((await run('status')).last.error, 'no-kit')
    t.is((await run('take', '--server', server.address, '--venue-id', venue)).last.error, 'sign-in')
    const account = { username: 'ladder', password: 'eleven rungs and one', roles: ['installer' as const] }
    const body = { ...account, venues: 'all' as const }
    t.true((await operator.call(identitiesContract.createAccount, { body })).ok)
    t.is((await run('sign-in')).code, 2, 'no server was named')
    t.is((await run('sign-in', '--server', 'mall')).code, 2)
    t.is((await run('sign-in', '--server', server.address)).code, 2, 'nobody answers')
    desk.answers.push('ladder', 'twelve rungs')
    t.is((await run('sign-in', '--server', server.address)).last.error, 'server-refused')
    desk.answers.push(account.password)
    const signedIn = await read('sign-in', '--server', server.address, '--user', 'ladder')
    t.is(signedIn.code, 0)
    t.regex(signedIn.text, /^ladder is signed in, until /)
    const packing = ['take', '--server', server.address, '--venue-id', venue, '--numbers', '5']
    t.is((await run(...packing)).last.error, 'server-refused', 'it needs a uuid')
    const slashed = packing.map((word) => (word === server.address ? `${word}/` : word))
    const taken = await run(...slashed, '--uuid', uuid)
    t.is(taken.code, 0, 'the session is for that server, with a slash or without')
    t.is((await run('take', '--venue-id', uuid)).last.error, 'kit-of-another-venue')
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
      { event: 'end', done: 3, failed: 0, secretsHere: 6 },
      JSON.stringify(provisioned.documents.slice(-3)),
    )
    t.is(
      provisioned.documents.filter(({ event, step }) => event === 'step' && step === 'registered').length,
      3,
    )
    t.true(fleet.every(({ settings }) => settings.identity.uuid === uuid && settings.identity.major < 3))
    t.is(new Set(fleet.map(nameOf)).size, 3)

    const name = (n: number) => nameOf(fleet[n]!)
    t.is((await run('verify', '1/99', '--seconds', '3')).last.error, 'unknown-beacon')
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
    fleet[0]!.beacon.rssiDbm = -72
    const verified = await run('verify', name(0), '--seconds', '6')
    t.is(verified.code, 0, JSON.stringify(verified.last))
    // The second hangs behind metal.
    fleet[1]!.beacon.rssiDbm = -90
    const weak = await run('verify', name(1), '--seconds', '6')
    t.is(weak.code, 3)
    t.deepEqual(
      (weak.last.checks as { id: string; isOk: boolean }[]).flatMap(({ id, isOk }) => (isOk ? [] : [id])),
      ['strength'],
    )
    const waiting = Number((await run('status')).last.waiting)
    t.is(waiting, planned + 3 + 3 + 1)
    t.like((await run('sync')).last, { synced: 0, stopped: { why: 'out-of-reach', left: waiting } })

    online(true)
    const synced = await run('sync')
    t.is(synced.code, 0, JSON.stringify(synced.last))
    t.is(synced.last.synced, waiting)
    t.like(synced.last, { secrets: 6, secretsLeft: 0 }, 'three secrets kept and proven')
    t.is((await run('sync')).last.secrets, 0)
    t.is((await run('status')).last.waiting, 0)
    const registered = async () => {
      const listed = await operator.call(contract.listBeacons, { params: { venueId: venue }, query: {} })
      return listed.ok ? listed.body.beacons : []
    }
    const byHardware = async ({ beacon }: FleetBeacon) =>
      (await registered()).find(({ hardware }) => hardware.mac === beacon.address)
    for (const [n, one] of fleet.entries()) {
      const { identity, measuredPowerDbm } = one.settings
      const state = n === 0 ? 'verified' : 'installed'
      t.like(await byHardware(one), { identity, measuredPowerDbm, state }, 'registry and beacons agree')
    }

    // Somebody else changes a beacon while it is changed here.
    const mine = (await byHardware(fleet[0]!))!
    online(false)
    t.is((await run('place', name(0), '--at', 'F1:8,10')).code, 0)
    const theirs = { revision: mine.revision, place: { levelId: tinyId('level F1'), x: 2, y: 10 } }
    const ofMine = { venueId: venue, beaconId: mine.id }
    t.true((await operator.call(contract.changeBeacon, { params: ofMine, body: theirs })).ok)
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
    const after = await operator.call(contract.readBeacon, { params: ofMine })
    t.true(after.ok && Math.abs((after.body.place?.x ?? 0) - 8) < 0.01)
    t.is(((await run('undo', 'place')).last.undone as { how: string }).how, 'changed-back')
    t.is((await run('sync')).code, 0)

    // Other hardware takes the place and number of the second.
    const [, second] = fleet
    const spare = kkmBeacon(addressOf(9), factorySettings('0'.repeat(16)))
    rig.bluez.put(spare.beacon)
    rig.bluez.takeAway(second!.beacon.address)
    t.is((await run('replace')).code, 2, 'which one')
    t.is((await run('replace', name(1), '--mac', spare.beacon.address)).code, 0)
    t.deepEqual(spare.settings.identity, second!.settings.identity)
    t.is((await run('sync')).code, 0)
    t.like(await byHardware(spare), { identity: spare.settings.identity, state: 'installed' })
    t.is(await byHardware(second!), undefined, 'nobody has the old hardware')

    // A walk in which one of the three is never heard; the health round leads to what is found.
    const keys = fleet.map(keyOf)
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

    // Provisioning of what is in the registry is taken back: on the beacon, and there.
    const third = fleet[2]!
    t.is((await run('undo', 'provision', name(2))).last.error, 'later-deed', 'it was placed since')
    t.is((await run('undo', 'place')).code, 0)
    t.is((await run('retire', name(2))).code, 0)
    t.is((await run('place', name(2), '--at', 'F1:12,9')).last.error, 'retired')
    t.is((await run('undo', 'retire')).code, 0)
    t.is((await run('retire', name(2))).code, 0)
    t.is((await run('sync')).code, 0)
    t.is((await byHardware(third))?.state, 'retired')
    const next = kkmBeacon(addressOf(12), factorySettings('0'.repeat(16)))
    rig.bluez.put(next.beacon)
    const kept = await run('provision', '--mac', next.beacon.address)
    t.like(kept.last, { done: 1, secretsHere: 0 }, 'with a network the server has the secret at once')
    t.notDeepEqual(next.settings.identity, third.settings.identity, 'a retired number is not given by itself')

    // Another laptop has another passphrase and nothing of this one: it opens the beacon by the server's vault.
    const { token } = await server.account(['installer'])
    const other = await openDesk(rig, { archive: tinyArchive(), token, passphrase: 'of another laptop' })
    t.teardown(() => other.close())
    t.is((await other.run(...packing, '--numbers', '1')).code, 0)
    const { secret } = next.settings
    t.is((await other.run('provision', '--mac', next.beacon.address, '--interval-ms', '900')).code, 0)
    t.like(next.settings, { intervalMs: 900, secret })
    // What it learned opens it without a network as well.
    other.online(false)
    t.is((await other.run('provision', '--mac', next.beacon.address, '--interval-ms', '800')).code, 0)
    t.like(next.settings, { intervalMs: 800, secret })

    const spoken = await read('status')
    t.regex(spoken.text, /Tiny Mall/)
    t.regex(spoken.text, /1 operations wait/)
    t.is((await run('sign-out')).last.ended, true)
    t.is((await run('sync')).code, 1)
    t.is((await run('sign-out')).code, 1)
  },
)

test.serial(
  'takes the beacon in hand: loudest by ten decibels and louder than the gate, for a second',
  async (t) => {
    const [held, near] = box(2)
    const { rig, desk } = await offlineDesk(t, [held!, near!])
    held!.beacon.rssiDbm = -56
    near!.beacon.rssiDbm = -52
    // Both lie there; then one is held up, but the other is close; then that one is put away.
    const startMs = rig.clock.nowMs
    desk.after(5000, () => (held!.beacon.rssiDbm = -45))
    desk.after(10_000, () => (near!.beacon.rssiDbm = -56))
    const provisioned = await desk.run('provision')
    t.is(provisioned.code, 0, JSON.stringify(provisioned.last))
    t.deepEqual(held!.settings.identity, { uuid, major: 1, minor: 1 })
    t.deepEqual(near!.settings.identity, factoryNumber)
    const tookMs = rig.clock.nowMs - startMs
    t.true(tookMs >= 11_000 && tookMs < 13_000, `${tookMs} ms`)

    // Held for less than a second it is not meant; and nobody waits for ever.
    held!.beacon.rssiDbm = -80
    desk.after(1000, () => (near!.beacon.rssiDbm = -40))
    desk.after(1600, () => (near!.beacon.rssiDbm = -60))
    const before = rig.clock.nowMs
    t.is((await desk.run('provision')).code, 1)
    t.is(rig.clock.nowMs - before, 600_000)
    t.deepEqual(near!.settings.identity, factoryNumber)
  },
)

test.serial('gives the one still in the hand no second number, and says so', async (t) => {
  const [first, second] = box(2)
  const { desk } = await offlineDesk(t, [first!, second!])
  second!.beacon.rssiDbm = -80
  desk.after(5000, () => {
    first!.beacon.rssiDbm = -80
    second!.beacon.rssiDbm = -40
  })
  const { code, documents } = await desk.run('provision', '--count', '2')
  t.is(code, 0)
  t.deepEqual([nameOf(first!), nameOf(second!)], ['1/1', '1/2'])
  const told = documents.filter(({ event }) => event === 'not-this-one')
  t.is(told.length, 1)
  t.is(told[0]!.address, first!.beacon.address)
  t.regex((told[0]!.message as { en: string }).en, /is 1\/1 already: put it away/)
  t.is((await desk.run('provision', '--count', '2', '--mac', addressOf(1))).code, 2, 'one, or two')
})

test.serial('goes on where it was killed, and gives the number of the broken one to no other', async (t) => {
  const fleet = box(2)
  const { rig, desk } = await offlineDesk(t, fleet)
  t.is((await desk.run('plan', '--apply', '--level', 'F1')).code, 0)
  const [journal, queue] = [join(desk.dir, 'provisioning.log'), join(desk.dir, 'queue.log')]
  copyFileSync(queue, `${queue}.before`)
  t.is((await desk.run('provision', '--mac', addressOf(1))).code, 0)
  // As the disk is when the tool is killed after the beacon took its number and before the registry was told.
  const lines = readFileSync(journal, 'utf8').split('\n')
  const last = lines.findIndex((line) => line.includes('"step":"proven"'))
  writeFileSync(journal, `${lines.slice(0, last + 1).join('\n')}\n`)
  copyFileSync(`${queue}.before`, queue)
  t.deepEqual(fleet[0]!.settings.identity, { uuid, major: 1, minor: 1 })

  t.is((await desk.run('provision', '--mac', addressOf(2))).code, 0)
  t.is(nameOf(fleet[1]!), '1/2', 'the first has 1/1')
  // A neighbour's beacon that stands open, and a phone, are nobody's to take.
  const neighbours = nrfBeacon(addressOf(7), factorySettings(''))
  neighbours.settings.identity = { uuid: venueId, major: 1, minor: 1 }
  const phone = { ...nrfBeacon(addressOf(8), factorySettings('')).beacon, name: 'phone', serviceUuids: [] }
  rig.bluez.put(neighbours.beacon)
  rig.bluez.put({ ...phone, manufacturerData: () => new Map() })
  const again = await desk.run('provision', '--all', '--seconds', '1', '--near-dbm', '-70')
  t.like(again.last, { done: 1, failed: 0 })
  t.is(neighbours.settings.identity.uuid, venueId)
  t.is(nameOf(fleet[0]!), '1/1')
  const jobs = readFileSync(journal, 'utf8').match(/"jobId":"[^"]+"/g)
  t.is(new Set(jobs).size, 2, 'the same job went on')
  t.is((await desk.run('provision', '--all', '--seconds', '1', '--near-dbm', '-70')).code, 1, 'all are done')
  // Broken off in the middle of an undo: it goes on by name, and before anything else.
  copyFileSync(queue, `${queue}.before`)
  for (const name of ['1/1', undefined]) {
    t.is((await desk.run('undo', 'provision', ...(name === undefined ? [] : [name]))).code, 0)
    t.deepEqual(fleet[0]!.settings.identity, factoryNumber)
    if (name === undefined) break
    const isEnd = (line: string) => line.includes('"undoes"') && line.includes('"step":"registered"')
    const undone = readFileSync(journal, 'utf8').split('\n')
    writeFileSync(journal, undone.filter((line) => !isEnd(line)).join('\n'))
    copyFileSync(`${queue}.before`, queue)
  }
  t.is((await desk.run('undo', 'provision')).code, 0)
  t.deepEqual(fleet[1]!.settings.identity, factoryNumber, 'then the other')
  t.is((await desk.run('undo', 'provision')).code, 1)
})

test.serial('registers no power that the beacon was not told and does not say', async (t) => {
  const one = nrfBeacon(addressOf(1), factorySettings(''))
  const { desk } = await offlineDesk(t, [one])
  t.is((await desk.run('plan', '--apply', '--level', 'F1')).code, 0)
  const provisioned = await desk.run('provision', '--mac', addressOf(1), '--power-dbm', '-70')
  t.is(provisioned.code, 0, JSON.stringify(provisioned.documents))
  const { note } = provisioned.documents.find(({ event }) => event === 'ended') as { note: { en: string } }
  t.regex(note.en, /its power cannot be told: it stays at -59 dBm at a metre, not -70 dBm/)
  t.is(one.settings.measuredPowerDbm, -59, 'it sends 0 dBm, whatever was planned')
  const queue = new OperationQueue(join(desk.dir, 'queue.log'))
  const told = queue.all().find(({ op }) => op.deed === 'provision')?.op
  queue.close()
  t.true(told?.kind === 'change')
  if (told?.kind === 'change') t.like(told.change, { txPowerDbm: null, measuredPowerDbm: -59 })
})

test.serial('takes back what was kept as mine in a conflict: beacon and registry alike', async (t) => {
  const [one] = box(1)
  const { desk } = await offlineDesk(t, [one!])
  t.is((await desk.run('provision', '--mac', addressOf(1))).code, 0)
  const queue = new OperationQueue(join(desk.dir, 'queue.log'))
  for (const newId of ['mine', 'mine again']) {
    const [{ op }] = queue.waiting() as [ReturnType<typeof queue.waiting>[number]]
    const conflict = {
      entry: 'conflict' as const,
      opId: op.opId,
      atMs: 1,
      problem: 'p',
      detail: 'd',
      theirs: {},
    }
    queue.settle(conflict)
    t.true(settleConflict(queue, op.opId, { keep: 'mine', newId: () => newId, nowMs: 1 }))
  }
  t.is(queue.waiting().length, 1)
  queue.close()
  t.is((await desk.run('undo', 'provision')).code, 0)
  t.deepEqual(one!.settings.identity, factoryNumber)
  t.is((await desk.run('status')).last.waiting, 0, 'the registry is not told of it')
})

test.serial('takes back on what our own deeds left: what others changed since is a conflict', async (t) => {
  const [one] = box(1)
  const { desk } = await offlineDesk(t, [one!])
  t.is((await desk.run('provision', '--mac', addressOf(1))).code, 0)
  const path = join(desk.dir, 'queue.log')
  const queue = new OperationQueue(path)
  const [told] = queue.waiting()
  const beacon = { id: venueId, revision: 3 }
  queue.settle({ entry: 'synced', opId: told!.op.opId, atMs: 1, beacon })
  queue.close()
  t.is((await desk.run('undo', 'provision')).code, 0)
  const after = new OperationQueue(path)
  const [undo] = after.waiting()
  after.close()
  t.like(undo?.op, { deed: 'undo', revision: 3, change: { state: 'retired' } })
})

test.serial(
  'takes provisioning back: the beacon is what it was, its secret stays ours, its number is free again',
  async (t) => {
    const [one] = box(1)
    const { desk } = await offlineDesk(t, [one!])
    const before = structuredClone(one!.settings)
    t.is((await desk.run('undo', 'provision')).code, 1, 'nothing yet')
    const mac = one!.beacon.address
    t.is((await desk.run('provision', '--mac', mac, '--interval-ms', '300')).code, 0)
    t.is(one!.settings.intervalMs, 300)
    const { secret } = one!.settings
    t.not(secret, before.secret)
    const { code } = await desk.run('undo')
    t.is(code, 0)
    t.deepEqual(one!.settings, { ...before, secret })
    t.is((await desk.run('status')).last.waiting, 0)
    t.is((await desk.run('undo')).code, 1, 'once')
    // The same hardware and number again, its address as it may be typed.
    t.is((await desk.run('provision', '--mac', mac.replaceAll(':', '-'))).code, 2)
    t.is((await desk.run('provision', '--mac', mac.toLowerCase())).code, 0)
    t.is(one!.settings.identity.minor, 1)
    t.is((await desk.run('place', '1/1', '--at', 'F1:18,10')).code, 0)
    t.is((await desk.run('undo', 'provision')).last.error, 'later-deed')
    t.is(one!.settings.identity.minor, 1, 'nothing is written that the registry could not follow')
    t.is((await desk.run('undo', 'place', '1/1')).code, 2)
  },
)

test.serial('plans around a table of places, and takes nothing of one with faults', async (t) => {
  const { desk } = await offlineDesk(t, [])
  desk.files.set('good.csv', 'level,x_m,y_m,interval_ms\nf1,10,10,\n"F1",20,10,300\n')
  const free = (await desk.run('plan')).last.beacons as unknown[]
  const { code, last } = await desk.run('plan', '--csv', 'good.csv')
  t.is(code, 0)
  t.is(last.kept, 2)
  t.true((last.beacons as unknown[]).length < free.length)
  // What the table has without a number gets one, and is in what is written; applied again nothing is new.
  const rows =
    'level,x_m,y_m,mount,interval_ms,major,minor\nf1,10,10,,,,\nF1,20,10,wall,300,,\nF1,30,10,,,7,7\n'
  desk.files.set('mine.csv', rows)
  const applied = await desk.run('plan', '--csv', 'mine.csv', '--level', 'F1', '--apply', '--out', 'out.csv')
  const proposed = (applied.last.beacons as unknown[]).length
  t.is(applied.last.registered, proposed + 2, JSON.stringify(applied.last))
  const written = desk.files.get('out.csv')!.trim().split('\n')
  t.is(written.length, 1 + proposed + 2)
  t.regex(written[2]!, /^F1,20,10,wall,3,planned,-67,-8,300,/)
  const again = await desk.run('plan', '--csv', 'mine.csv', '--level', 'F1', '--apply')
  t.is(again.last.registered, 0, JSON.stringify(again.last))
  t.is((await desk.run('status')).last.waiting, proposed + 2)
  desk.files.set('bad.csv', 'level,x_m,y_m\nF9,1,1\nF1,north,1\nF1,2\n')
  const bad = await desk.run('plan', '--csv', 'bad.csv', '--out', 'plan.csv', '--apply')
  t.is(bad.code, 1)
  const { en } = bad.last.message as { en: string }
  t.regex(en, /^Expected a table in bad.csv: .*line 4/)
  t.false(desk.files.has('plan.csv'))
  desk.files.set('odd.csv', 'level,x_m,y_m,interval_ms\nF9,1,1,\nF1,north,1,\nF1,1,1,often\n')
  const odd = (await desk.run('plan', '--csv', 'odd.csv')).last.message as { en: string }
  t.regex(odd.en, /3 lines are faulty and nothing was taken:\n2: level "F9"\n3: x_m .*\n4: interval_ms /)
  for (const text of ['', '\u0000', 'a,b\n"', '[]', 'level,x_m,y_m']) {
    desk.files.set('wild.csv', text)
    const wild = await desk.run('plan', '--csv', 'wild.csv')
    t.true(wild.code === 0 || wild.last.error === 'bad-csv', text)
  }
  t.is((await desk.run('status')).last.waiting, proposed + 2)
})

test.serial(
  'draws live in its place, in the width there is, and ends with what a person needs',
  async (t) => {
    const fleet = box(3)
    const { rig, desk } = await offlineDesk(t, fleet)
    const screen = new Screen({ columns: 60, rows: 20 })
    desk.after(2000, () => {
      screen.resize(40, 20)
    })
    t.is(await desk.watch(screen, 'scan', '--seconds', '4', '--lang', 'en'), 0)
    const lines = screen.text().split('\n')
    t.is(lines.length, 5, screen.text())
    t.is(lines[0], '3 beacons heard · 4/4 s')
    t.regex(lines[1]!, /^Number +Signal +dBm/)
    t.regex(lines[2]!, /^10001\/19641 +▮{7}▯ +-45/)
    t.true(lines.every((line) => line.length <= 40))

    const wide = new Screen({ columns: 100, rows: 20 })
    t.is(await desk.watch(wide, 'provision', '--all', '--seconds', '1', '--near-dbm', '-70'), 0, wide.text())
    const done = wide.text().split('\n')
    t.is(done.length, 5, wide.text())
    t.is(done[0], `✓ 1/1  ${addressOf(1)}`)
    t.is(done[3], '完成 3 个，未完成 0 个')
    t.regex(done[4]!, /^连不上服务器：新密码加密存在这台电脑上/)
    const [mark] = wide.cells()[0]!
    t.deepEqual(mark, { text: '✓', sgr: 32 })

    // A name from the air moves no cursor, and a beacon without a place says what to do.
    Object.assign(fleet[0]!.beacon, { name: 'a\u001b[2Jb' })
    rig.bluez.passTime(31_000)
    const odd = new Screen({ columns: 200 })
    await desk.watch(odd, 'scan', '--seconds', '1')
    t.true(odd.text().includes('a·[2Jb'))
    const refused = new Screen()
    t.is(await desk.watch(refused, 'verify', '1/1', '--lang', 'en'), 1)
    t.regex(refused.text(), /Expected a beacon that hangs, but 1\/1 is not placed/)
  },
)

test.serial('says in a sentence what is wrong with a call', async (t) => {
  const { desk } = await offlineDesk(t, [])
  const said = async (...args: string[]) => (await desk.read(...args)).text.split('\n')[0]
  t.is(await said('fly'), 'Expected a command, but "fly" is none')
  t.regex((await said('place', '1/1'))!, /^Expected a beacon and --at/)
  t.is(await said('health', '--months', '-1'), 'Expected --months to be a number from 0 to 60, got "-1"')
  t.is(await said('scan', '--all'), 'scan takes no --all')
  t.is(
    await said('undo', 'audit'),
    'Expected undo of place, verify, retire, replace, plan, provision, provision with a beacon or without, got "audit"',
  )
  t.regex(
    (await said('audit', '--level', 'F7'))!,
    /^Expected levels of the map, but "F7" is none; it has F1, F2/,
  )
  desk.files.set('walk', '{"atMs":1}\n')
  t.regex((await said('audit', '--from', 'walk'))!, /line 1 of walk is something else/)
  t.is(await said('health'), 'All 0 beacons are well: no round is needed.')
})
