import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Socket } from 'socket.io-client'
import { v7 } from 'uuid'
import { RandomStream } from '../../positioning/index.ts'
import type { PlacedBeacon } from '../beacons/index.ts'
import type { SightingsReport } from '../contract/presence.contract.ts'
import { fixToOffer } from './fix-to-offer.bench.ts'
import { newVisitor } from './testing/bench-visitor.ts'
import type { BenchServer } from './testing/bench-visitor.ts'
import { zoneStepRate } from './zone-beliefs.bench.ts'

const visitors = 2000
const sightingsEach = 8
const walkMps = 1

/** Somebody who walks from beacon to beacon of a level, connected by a socket. */
interface Walker {
  readonly socket: Socket
  readonly sessionId: string
  readonly beacons: readonly PlacedBeacon[]
  x: number
  y: number
  towards: PlacedBeacon
  sequence: number
  lastMs: number
}

/** What came of reports that were sent at a fixed rate, whatever the answers took. */
interface LoadReport {
  readonly asked: number
  readonly seconds: number
  readonly ownFix: boolean
  readonly takenPerSecond: number
  readonly refused: Readonly<Record<string, number>>
  readonly unanswered: number
  readonly latencyMs: {
    readonly p50: number
    readonly p95: number
    readonly p99: number
    readonly max: number
  }
  readonly serverCpuMsPerReport: number
  readonly serverCores: number
  readonly generatorCores: number
  readonly rssMB: {
    readonly before: number
    readonly after: number
    readonly heapBefore: number
    readonly heapAfter: number
  }
  readonly shed: Readonly<Record<string, number>>
}

/**
 * Reports through the sockets of a whole server with the demo mall, from a process of its own: 3,000 a second for a minute,
 * then more until it does not follow; once more without the phones' own positions, where the server has to find them.
 * `--quick` takes ten seconds each.
 */
export async function run(args: readonly string[]): Promise<object> {
  const seconds = args.includes('--quick') ? 10 : 60
  const dataDir = await mkdtemp(join(tmpdir(), 'atrium-presence-bench-'))
  const { child, ready } = await startServer(dataDir)
  try {
    const walkers = await connect(await ready)
    const loads: LoadReport[] = []
    const from = await ready
    await load(from, walkers, { perSecond: 500, seconds: 5, ownFix: true })
    loads.push(await load(from, walkers, { perSecond: 3000, seconds, ownFix: true }))
    loads.push(await load(from, walkers, { perSecond: 3000, seconds: Math.min(20, seconds), ownFix: false }))
    for (const perSecond of [5000, 8000]) {
      loads.push(await load(from, walkers, { perSecond, seconds: Math.min(15, seconds), ownFix: true }))
    }
    for (const { socket } of walkers) socket.disconnect()
    const offers = await fixToOffer(from)
    return {
      machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
      node: process.version,
      loadAverage: loadavg().map((value) => Math.round(10 * value) / 10),
      visitors,
      sightingsEach,
      loads,
      fixToOffer: offers,
      zoneAndDwellStep: zoneStepRate(),
    }
  } finally {
    child.stdin?.end()
    await Promise.race([once(child, 'exit'), delay(10_000)])
    child.kill()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function startServer(dataDir: string): Promise<{ child: ChildProcess; ready: Promise<BenchServer> }> {
  const file = fileURLToPath(new URL('./testing/bench-server.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import=tsx', file, dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [''])])) as [string]
  if (line === '') throw new Error('the server did not start')
  return { child, ready: Promise.resolve(JSON.parse(line) as BenchServer) }
}

async function connect({ address, beacons }: BenchServer): Promise<Walker[]> {
  const random = new RandomStream(1)
  const levels = [...new Set(beacons.map(({ levelId }) => levelId))]
  const byLevel = levels.map((level) => beacons.filter(({ levelId }) => levelId === level))
  const walkers: Walker[] = []
  const one = async () => {
    const { socket } = await newVisitor(address, ['location'])
    const own = byLevel[Math.floor(random.uniform() * byLevel.length)]!
    const at = own[Math.floor(random.uniform() * own.length)]!
    walkers.push({
      socket,
      sessionId: v7(),
      beacons: own,
      x: at.x,
      y: at.y,
      towards: at,
      sequence: 0,
      lastMs: Date.now(),
    })
  }
  for (let begun = 0; begun < visitors; begun += 20) await Promise.all(Array.from({ length: 20 }, one))
  return walkers
}

/** Walks on, and says what is heard there: the nearest eight beacons, as loud as their distance says, give or take. */
function nextReport(walker: Walker, random: RandomStream, ownFix: boolean): SightingsReport {
  const nowMs = Date.now()
  const { beacons, towards } = walker
  const wayM = Math.hypot(towards.x - walker.x, towards.y - walker.y)
  const stepM = Math.min(wayM, (walkMps * (nowMs - walker.lastMs)) / 1000)
  if (wayM > 0.01) {
    walker.x += (stepM * (towards.x - walker.x)) / wayM
    walker.y += (stepM * (towards.y - walker.y)) / wayM
  }
  if (wayM - stepM < 0.5) {
    const near = nearest(beacons, walker, 6)
    walker.towards = near[1 + Math.floor(random.uniform() * 5)] ?? towards
  }
  walker.lastMs = nowMs
  const sightings = nearest(beacons, walker, sightingsEach).map((beacon, i) => {
    const distanceM = Math.hypot(beacon.x - walker.x, beacon.y - walker.y, 2)
    const rssiDbm = Math.round(beacon.powerDbm - 22 * Math.log10(distanceM) - 8 * random.uniform())
    return { beacon: beacon.id, rssiDbm: Math.max(-110, rssiDbm), ageMs: 100 * i }
  })
  const levelId = beacons[0]!.levelId
  const place = { x: walker.x + 2 * random.uniform() - 1, y: walker.y + 2 * random.uniform() - 1 }
  return {
    batchId: v7(),
    sessionId: walker.sessionId,
    sequence: ++walker.sequence,
    phoneMs: nowMs,
    sightings,
    ...(ownFix ? { fix: { levelId, ...place, radiusM: 6, levelProbability: 0.97, ageMs: 0 } } : {}),
    appVersion: 'bench',
  }
}

function nearest(
  beacons: readonly PlacedBeacon[],
  { x, y }: { readonly x: number; readonly y: number },
  count: number,
): PlacedBeacon[] {
  const distance = ({ x: bx, y: by }: PlacedBeacon) => (bx - x) ** 2 + (by - y) ** 2
  return [...beacons].sort((one, other) => distance(one) - distance(other)).slice(0, count)
}

/** Sends reports at a fixed rate, each visitor in turn; a late answer delays no report. */
async function load(
  ready: BenchServer,
  walkers: readonly Walker[],
  { perSecond, seconds, ownFix }: { perSecond: number; seconds: number; ownFix: boolean },
): Promise<LoadReport> {
  const random = new RandomStream(7)
  const latencies: number[] = []
  const refused: Record<string, number> = {}
  let answered = 0
  let sent = 0
  const total = perSecond * seconds
  const before = await figuresOf(ready)
  const ownBefore = process.cpuUsage()
  const startMs = performance.now()
  const answer = (dueMs: number) => (got: { ok?: true; refused?: string; result?: { refused?: string } }) => {
    answered++
    const reason = got.refused ?? got.result?.refused
    if (reason !== undefined) refused[reason] = (refused[reason] ?? 0) + 1
    else latencies.push(performance.now() - dueMs)
  }
  // Reports are made before they are due, so that making them is no part of the answer's time.
  while (sent < total) {
    const dueBy = Math.min(total, Math.floor(((performance.now() - startMs) * perSecond) / 1000))
    for (; sent < dueBy; sent++) {
      const walker = walkers[sent % walkers.length]!
      const report = nextReport(walker, random, ownFix)
      walker.socket.emit('sightings', { venueId: ready.venueId, report }, answer(performance.now()))
    }
    await delay(1)
  }
  const sentMs = performance.now() - startMs
  for (let waited = 0; answered < sent && waited < 50; waited++) await delay(100)
  const own = process.cpuUsage(ownBefore)
  const after = await figuresOf(ready)
  latencies.sort((a, b) => a - b)
  const at = (share: number) =>
    round(latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? NaN)
  const tookS = sentMs / 1000
  const cpuS = after.cpuS - before.cpuS
  return {
    asked: perSecond,
    seconds: round(tookS),
    ownFix,
    takenPerSecond: Math.round(latencies.length / tookS),
    refused,
    unanswered: sent - answered,
    latencyMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) },
    serverCpuMsPerReport: round((1000 * cpuS) / sent, 3),
    serverCores: round(cpuS / tookS, 2),
    generatorCores: round((own.user + own.system) / 1e6 / tookS, 2),
    rssMB: { before: before.rssMB, after: after.rssMB, heapBefore: before.heapMB, heapAfter: after.heapMB },
    shed: Object.fromEntries(
      Object.entries(after.shed)
        .map(([step, count]) => [step, count - (before.shed[step] ?? 0)] as const)
        .filter(([, count]) => count > 0),
    ),
  }
}

/** What the server says of itself. */
async function figuresOf({ address }: BenchServer) {
  const text = await (await fetch(`${address}/metrics`)).text()
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? NaN)
  const shed = Object.fromEntries(
    [...text.matchAll(/^atrium_presence_shed_total\{step="(\w+)"\} (\d+)$/gm)].map(([, step, count]) => [
      step!,
      Number(count),
    ]),
  )
  return {
    cpuS: value('process_cpu_seconds_total'),
    rssMB: Math.round(value('process_resident_memory_bytes') / 2 ** 20),
    heapMB: Math.round(value('nodejs_heap_size_used_bytes') / 2 ** 20),
    shed,
  }
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits))
}
