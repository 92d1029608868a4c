import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import fc from 'fast-check'
import { createClient } from '../../server/contract/index.ts'
import { AppendLog } from './append-log.ts'
import { KitFault } from './kit-fault.ts'
import { openKit, writeKit } from './kit.ts'
import { localRegistry, nextLeased } from './local-registry.ts'
import type { NumberLease, Operation } from './operations.ts'
import { OperationQueue } from './queue.ts'
import { syncQueue } from './sync.ts'

const uuid = '30336d96-26e2-4f8d-b2bf-f039fef6495c'
const venueId = '0193a1b2-0000-7000-8000-00000000beef'

function folder(t: ExecutionContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'atrium-offline-'))
  t.teardown(() => {
    rmSync(dir, { recursive: true })
  })
  return dir
}

function registering(minor: number): Operation {
  const identity = { uuid, major: 1, minor }
  return {
    ...{ opId: `op ${minor}`, atMs: minor, deed: 'plan', kind: 'register' },
    key: `${uuid}/1/${minor}`,
    identity,
    change: {},
  }
}

test('a log cut off at any byte keeps every whole entry and takes new ones', (t) => {
  const path = join(folder(t), 'log')
  const entries = [{ a: 1 }, { text: '山间咖啡' }, { list: [1, 2, 3] }]
  const log = new AppendLog(path)
  for (const entry of entries) log.append(entry)
  log.close()
  const whole = readFileSync(path)
  const ends = [...whole.keys()].filter((i) => whole[i] === 0x0a)
  for (let cut = 0; cut <= whole.length; cut++) {
    writeFileSync(path, whole.subarray(0, cut))
    const torn = new AppendLog(path)
    const kept = ends.filter((end) => end < cut).length
    t.deepEqual(torn.entries, entries.slice(0, kept))
    t.deepEqual(torn.damaged, [])
    torn.append({ after: cut })
    torn.close()
    const again = new AppendLog(path)
    t.deepEqual(again.entries, [...entries.slice(0, kept), { after: cut }])
    again.close()
  }
})

test('a damaged byte costs its own line and is told', (t) => {
  const path = join(folder(t), 'log')
  const log = new AppendLog(path)
  for (let i = 0; i < 5; i++) log.append({ i })
  log.close()
  const whole = readFileSync(path)
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: whole.length - 2 }),
      fc.integer({ min: 32, max: 126 }),
      (at, byte) => {
        if (whole[at] === byte || whole[at] === 0x0a) return
        const changed = Uint8Array.from(whole)
        changed[at] = byte
        writeFileSync(path, changed)
        const read = new AppendLog(path)
        t.is(read.entries.length, 4)
        t.is(read.damaged.length, 1)
        read.close()
      },
    ),
    { numRuns: 60 },
  )
})

test('a disk that runs full in the middle of an entry is told in words, and the log stays as it was', (t) => {
  const path = join(folder(t), 'queue')
  let room = Infinity
  const queue = new OperationQueue(path, {
    writeSync(fd, bytes) {
      if (room === 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
      const count = writeSync(fd, bytes.subarray(0, room))
      room -= count
      return count
    },
  })
  queue.add(registering(1))
  room = 30
  const fault = t.throws(
    () => {
      queue.add(registering(2))
    },
    { instanceOf: KitFault },
  )
  t.is(fault.id, 'disk-full')
  t.regex(fault.words.en, /the disk is full: make room/)
  t.is(queue.all().length, 1)
  room = Infinity
  queue.add(registering(3))
  queue.close()
  const again = new OperationQueue(path)
  t.deepEqual(
    again.all().map(({ op }) => op.opId),
    ['op 1', 'op 3'],
  )
  again.close()
})

test('the same operation twice is one, also after a start anew', (t) => {
  const path = join(folder(t), 'queue')
  for (let starts = 0; starts < 2; starts++) {
    const queue = new OperationQueue(path)
    queue.add(registering(1))
    queue.add(registering(1))
    t.is(queue.waiting().length, 1)
    queue.close()
  }
})

test('gives leased numbers once each, none that has expired, none of another level', (t) => {
  const lease = (levelId: string, fromMinor: number, expiresAtMs: number) =>
    ({
      id: levelId,
      levelId,
      uuid,
      major: 1,
      fromMinor,
      toMinor: fromMinor + 1,
      leasedTo: 'me',
      expiresAtMs,
    }) as NumberLease
  const leases = [lease('F1', 1, 100), lease('F2', 5, 100), lease('F1', 8, 1000)]
  const queue = new OperationQueue(join(folder(t), 'queue'))
  const given: number[] = []
  for (;;) {
    const identity = nextLeased(leases, localRegistry([], queue), {
      levelId: 'F1',
      nowMs: given.length < 1 ? 50 : 500,
    })
    if (!identity) break
    given.push(identity.minor)
    queue.add({ ...registering(identity.minor), opId: `op ${identity.minor}` })
  }
  t.deepEqual(given, [1, 8, 9])
  queue.close()
})

function packedKit(t: ExecutionContext): string {
  const dir = folder(t)
  const info = {
    server: 'http://server',
    venueId,
    venueName: { zh: '商场' },
    versionId: venueId,
    takenAtMs: 1,
  }
  writeKit(dir, { info, archive: new Uint8Array([1]), registry: { beacons: [], leases: [], findings: [] } })
  return dir
}

test('one kit is for one process; what a killed one left is taken over; a spoilt one is told', (t) => {
  const dir = packedKit(t)
  // The lock of a process that is gone, and that of one that runs: init.
  writeFileSync(join(dir, 'lock'), '999999999')
  openKit(dir).close()
  writeFileSync(join(dir, 'lock'), '1')
  t.is(t.throws(() => openKit(dir), { instanceOf: KitFault }).id, 'kit-in-use')
  rmSync(join(dir, 'lock'))
  truncateSync(join(dir, 'registry.json'), 5)
  t.is(t.throws(() => openKit(dir), { instanceOf: KitFault }).id, 'kit-damaged')
  t.is(t.throws(() => openKit(join(dir, 'nowhere')), { instanceOf: KitFault }).id, 'no-kit')
  t.true(process.pid > 1)
})

test('a network that fails at any call loses nothing and tells nothing twice', async (t) => {
  const path = join(folder(t), 'queue')
  const taken = new Map<string, number>()
  for (let failing = 0; failing < 12; failing++) {
    rmSync(path, { force: true })
    taken.clear()
    const queue = new OperationQueue(path)
    for (let minor = 1; minor <= 5; minor++) queue.add(registering(minor))
    let calls = 0
    const client = createClient({
      baseUrl: 'http://server',
      fetch: (_url, { headers }) => {
        calls++
        const key = headers['idempotency-key'] ?? ''
        const isLost = calls === failing
        // Half of the time the request arrived and only its answer was lost.
        if (!isLost || failing % 2 === 0) taken.set(key, taken.get(key) ?? taken.size + 1)
        if (isLost) return Promise.reject(new Error('gone'))
        const body = JSON.stringify({ id: `id ${key}`, revision: 1 })
        return Promise.resolve({
          status: 201,
          text: () => Promise.resolve(body),
          arrayBuffer: () => Promise.reject(new Error()),
        })
      },
    })
    const parts = { client, venueId, queue, beacons: [], keyOf: () => '', nowMs: () => 1 }
    const first = await syncQueue(parts)
    if (failing >= 1 && failing <= 5)
      t.like(first, { synced: failing - 1, stopped: { why: 'out-of-reach', left: 6 - failing } })
    const second = await syncQueue(parts)
    t.is(first.synced + second.synced, 5)
    t.deepEqual(
      [...taken.keys()],
      [1, 2, 3, 4, 5].map((minor) => `op ${minor}`),
      'each once, in order',
    )
    queue.close()
  }
})

test('a queue from a later version loses nothing it can read', (t) => {
  const path = join(folder(t), 'queue')
  const log = new AppendLog(path)
  log.append({ entry: 'something new' })
  log.append({ entry: 'op', op: registering(1) })
  log.close()
  appendFileSync(path, 'no line of ours\n')
  const queue = new OperationQueue(path)
  t.is(queue.waiting().length, 1)
  t.is(queue.damaged.length, 2)
  queue.close()
})
