import { cpus, loadavg } from 'node:os'
import { decodeRadioMap } from '../../positioning/index.ts'
import {
  beaconsContract,
  createClient,
  venuesContract,
  visitorsContract,
} from '../../server/contract/index.ts'
import { furnishDatabase } from '../../server/testing/furnish-database.ts'
import {
  databaseUrl,
  findPostgres,
  startPostgresCluster,
  templateDatabase,
  withClient,
} from '../../server/testing/postgres-cluster.ts'
import type { PostgresCluster } from '../../server/testing/postgres-cluster.ts'
import { findRedis, startRedis } from '../../server/testing/redis-server.ts'
import { granted } from '../simulate/granted.ts'
import { startServerProcess } from '../stand/server-process.ts'
import type { ServerProcess } from '../stand/server-process.ts'
import { connectShoppers, loadFor, reportEveryMs } from './shopper-load.ts'
import type { LoadFigures, LoadMall } from './shopper-load.ts'

/** One measurement: so many processes, malls and shoppers. */
interface Case {
  readonly processes: number
  readonly malls: number
  readonly shoppers: number
}

/** What one process of the server cost. */
interface ProcessFigures {
  /** Until it answered, its maps read. */
  readonly startS: number
  /** Of one core, with nobody in the mall. */
  readonly idleCores: number
  readonly idleRssMB: number
  readonly loadedCores: number
  readonly loadedRssMB: number
  /** Reports that were put off or turned away, by the step of `server/presence/README.md`. */
  readonly shed: Readonly<Record<string, number>>
}

interface CaseReport extends Case {
  readonly load: LoadFigures
  readonly servers: readonly ProcessFigures[]
  /** Milliseconds of the servers' processor time for a report that was taken, what they take at rest left out. */
  readonly cpuMsPerReport: number
}

const full: readonly Case[] = [
  ...[100, 1_000, 3_000, 10_000].map((shoppers) => ({ processes: 1, malls: 1, shoppers })),
  ...[10, 100].map((malls) => ({ processes: 1, malls, shoppers: 1_000 })),
  ...[3_000, 10_000].map((shoppers) => ({ processes: 2, malls: 1, shoppers })),
]
const quick: readonly Case[] = [
  { processes: 1, malls: 1, shoppers: 50 },
  { processes: 1, malls: 3, shoppers: 50 },
  { processes: 2, malls: 1, shoppers: 50 },
]

/**
 * The whole system under shoppers who walk and report: one process from 100 to 10,000 of them, from 1 to 100 malls, and two
 * processes on one Redis and one PostgreSQL against one. Servers, PostgreSQL, Redis and the phones (this process) share
 * the machine. Some ten minutes on two cores, told on stderr case by case. `--quick`: three small cases of a few seconds,
 * to see that it works; their figures mean nothing.
 */
export async function run(args: readonly string[]): Promise<object> {
  const isQuick = args.includes('--quick')
  const programs = findPostgres()
  const redisProgram = findRedis()
  if (programs === undefined || redisProgram === undefined) {
    throw new Error('PostgreSQL with PostGIS and Redis are needed, see npm test.')
  }
  const postgres = await startPostgresCluster(programs, true)
  const redis = await startRedis(redisProgram)
  try {
    const malls = new Map<number, string>()
    const reports: CaseReport[] = []
    for (const one of isQuick ? quick : full) {
      const url = malls.get(one.malls) ?? (await furnish(postgres, one.malls))
      malls.set(one.malls, url)
      const report = await measure(one, { url, redisUrl: redis.url, seconds: isQuick ? 4 : 20 })
      reports.push(report)
      say(rowOf(report))
    }
    say(`as a table of bench/README.md:\n${[tableHead, ...reports.map(rowOf)].join('\n')}`)
    return {
      machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
      node: process.version,
      loadAverage: loadavg().map((value) => Math.round(10 * value) / 10),
      reportEveryMs,
      cases: reports,
    }
  } finally {
    await redis.stop()
    await postgres.stop()
  }
}

async function furnish(postgres: PostgresCluster, malls: number): Promise<string> {
  say(`furnishing ${malls} malls`)
  const name = `atrium_malls_${malls}`
  await withClient(postgres.url, (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${templateDatabase}`),
  )
  const url = databaseUrl(postgres.url, name)
  await furnishDatabase(url, { nowMs: Date.now(), malls })
  return url
}

async function measure(
  one: Case,
  { url, redisUrl, seconds }: { readonly url: string; readonly redisUrl: string; readonly seconds: number },
): Promise<CaseReport> {
  const env = {
    DATABASE_URL: url,
    NODE_ENV: 'production',
    ...(one.processes > 1 ? { REDIS_URL: redisUrl } : {}),
  }
  const servers: { readonly server: ServerProcess; readonly startS: number }[] = []
  say(`${one.processes} processes, ${one.malls} malls, ${one.shoppers} shoppers: starting, connecting`)
  try {
    for (let number = 0; number < one.processes; number++) {
      const startedMs = performance.now()
      servers.push({ server: await startServerProcess(env), startS: secondsSince(startedMs) })
    }
    const addresses = servers.map(({ server }) => server.address)
    const malls = await openMalls(addresses[0] ?? '')
    const shoppers = await connectShoppers(one.shoppers, addresses, malls)
    say('  measuring')
    // First reports make trackers, zones and caches; they are no part of the figures.
    await loadFor(shoppers, Math.ceil(seconds / 4))
    const idle = await Promise.all(addresses.map((address) => idleFigures(address, Math.ceil(seconds / 8))))
    const before = await Promise.all(addresses.map(figuresOf))
    const startedMs = performance.now()
    const load = await loadFor(shoppers, seconds)
    const tookS = secondsSince(startedMs)
    const after = await Promise.all(addresses.map(figuresOf))
    for (const { socket } of shoppers) socket.disconnect()
    const coresOf = (at: number) => (after[at]!.cpuS - before[at]!.cpuS) / tookS
    const extraCores = addresses.reduce((sum, _, at) => sum + coresOf(at) - idle[at]!.cores, 0)
    return {
      ...one,
      load,
      servers: servers.map(({ startS }, at) => ({
        ...{ startS, idleCores: round(idle[at]!.cores, 3), idleRssMB: idle[at]!.rssMB },
        ...{ loadedCores: round(coresOf(at), 2), loadedRssMB: after[at]!.rssMB },
        shed: difference(after[at]!.shed, before[at]!.shed),
      })),
      cpuMsPerReport: round((1000 * extraCores) / load.takenPerS, 3),
    }
  } finally {
    for (const { server } of servers) await server.stop()
  }
}

/** The malls of a server, and where their beacons hang by the radio maps that phones get. */
async function openMalls(address: string): Promise<LoadMall[]> {
  const held: { token?: string } = {}
  const client = createClient({ baseUrl: address, fetch, token: () => held.token })
  held.token = granted(await client.call(visitorsContract.createVisitor, {})).token
  const headers = { authorization: `Bearer ${held.token}` }
  const malls: LoadMall[] = []
  for (const { id: venueId } of granted(await client.call(venuesContract.listVenues, {}))) {
    const { url } = granted(await client.call(beaconsContract.readRadioMap, { params: { venueId } }))
    const bytes = await (await fetch(address + url, { headers })).arrayBuffer()
    malls.push({ venueId, beacons: decodeRadioMap(new Uint8Array(bytes)).placements })
  }
  return malls
}

/** What a process takes while everybody is connected and nobody reports. */
async function idleFigures(address: string, seconds: number): Promise<{ cores: number; rssMB: number }> {
  const before = await figuresOf(address)
  const startedMs = performance.now()
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds))
  const after = await figuresOf(address)
  return { cores: (after.cpuS - before.cpuS) / secondsSince(startedMs), rssMB: after.rssMB }
}

/** What a process says of itself. */
async function figuresOf(address: string) {
  const text = await (await fetch(`${address}/metrics`)).text()
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? NaN)
  const shed = [...text.matchAll(/^atrium_presence_shed_total\{step="(\w+)"\} (\d+)$/gm)]
  return {
    cpuS: value('process_cpu_seconds_total'),
    rssMB: Math.round(value('process_resident_memory_bytes') / 2 ** 20),
    shed: Object.fromEntries(shed.map(([, step, count]) => [String(step), Number(count)])),
  }
}

function difference(
  after: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Record<string, number> {
  const grown = Object.entries(after).map(([key, count]) => [key, count - (before[key] ?? 0)] as const)
  return Object.fromEntries(grown.filter(([, count]) => count > 0))
}

const tableHead = `| processes | malls | shoppers | reports/s taken | not taken | p50 / p95 / p99 ms | cores | MB at rest | MB | ms of a core a report | start s | the phones' cores |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |`

/** A row of the table in `bench/README.md`; several processes as `a + b`. */
function rowOf({ processes, malls, shoppers, load, servers, cpuMsPerReport }: CaseReport): string {
  const each = (figure: (server: ProcessFigures) => number) => servers.map(figure).join(' + ')
  const { p50, p95, p99 } = load.latencyMs
  const notTaken = Object.values(load.refused).reduce((sum, count) => sum + count, load.unanswered)
  const cells = [
    ...[processes, malls, shoppers, load.takenPerS, notTaken, `${p50} / ${p95} / ${p99}`],
    ...[each(({ loadedCores }) => loadedCores), each(({ idleRssMB }) => idleRssMB)],
    ...[each(({ loadedRssMB }) => loadedRssMB), cpuMsPerReport],
    ...[each(({ startS }) => startS), load.generatorCores],
  ]
  return `| ${cells.join(' | ')} |`
}

function say(line: string): void {
  console.error(line)
}

const secondsSince = (startedMs: number) => round((performance.now() - startedMs) / 1000, 1)

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
