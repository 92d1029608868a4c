import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cpus, loadavg } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { VenueId } from '../../maps/model/index.ts'
import type { Json } from '../../maps/model/index.ts'
import type { Identity } from '../http/index.ts'
import { newUuid } from '../platform/ids.ts'
import { createLog } from '../platform/log.ts'
import { createMetricsRegistry } from '../platform/metrics.ts'
import { createRealtime } from './index.ts'
import type { Realtime } from './index.ts'
import type { Order, Report } from './testing/live-clients.ts'

const clientCount = 2_000
const floors = 20
const updatesPerS = 2
const measureMs = 20_000
const returning = 1_000
const repeats = 3
/** Keys of a floor and of one update, as a live floor has them: a count for each of so many zones. */
const keys = { floor: 120, update: 12 } as const

/**
 * 2,000 clients of 20 floors get two updates a second each; then 1,000 of them go and come back at once.
 * Clients run in a process of their own on the same machine; WebSocket only; tokens are looked up in memory.
 */
export async function run(): Promise<object> {
  const tokens = new Map<string, Identity>()
  const venues = Array.from({ length: floors }, () => newUuid() as VenueId)
  const clients = Array.from({ length: clientCount }, (_, at) => {
    const venueId = venues[at % floors]!
    const token = `token ${String(at)}`
    tokens.set(token, { kind: 'device', id: newUuid(), roles: ['kiosk'], venues: [venueId] })
    return { token, stream: `floor:${venueId}` }
  })
  const realtime = createRealtime({
    config: { redisUrl: undefined, rateLimit: { address: 1_000_000, identity: 1_000_000 }, trustProxy: 0 },
    authenticate: (token) => Promise.resolve(tokens.get(token)),
    clock: Date.now,
    newId: newUuid,
    log: createLog({ level: 'warn' }),
    registry: createMetricsRegistry(),
  })
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  await realtime.start(server)
  const publisher = publish(realtime, venues)
  const crowd = fork(fileURLToPath(new URL('./testing/live-clients.ts', import.meta.url)), {
    execArgv: ['--import=tsx'],
  })
  try {
    const address = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
    const bytesBefore = settledBytes()
    const connected = await order(crowd, { do: 'connect', address, clients })
    await delay(2_000)
    const bytesPerConnection = Math.round((settledBytes() - bytesBefore) / clientCount)
    const steady = await measureSteady(crowd)
    const returns: object[] = []
    for (let repeat = 0; repeat < repeats; repeat++) {
      await order(crowd, { do: 'drop', count: returning })
      await delay(1_500)
      const cpu = process.cpuUsage()
      const { tookMs, currentMs } = await order(crowd, { do: 'return', round: publisher.round() })
      returns.push({
        allCurrentMs: Math.round(tookMs),
        ...summary(currentMs),
        serverCpuMs: cpuMs(cpu),
      })
    }
    return {
      machine: `${String(cpus().length)} x ${cpus()[0]?.model ?? 'unknown'}`,
      node: process.version,
      loadAverage: loadavg()[0],
      clients: clientCount,
      floors,
      updatesPerS,
      transport: 'websocket',
      connectAllMs: Math.round(connected.tookMs),
      bytesPerConnection,
      steady,
      returning,
      returns,
    }
  } finally {
    publisher.stop()
    crowd.kill()
    server.close()
    await realtime.endAll(500)
    await realtime.stop()
  }
}

async function measureSteady(crowd: ChildProcess): Promise<object> {
  const cpu = process.cpuUsage()
  const { latencies, gaps } = await order(crowd, { do: 'measure', ms: measureMs })
  const spent = cpuMs(cpu)
  return {
    ...summary(latencies),
    perClientPerS: Number((latencies.length / clientCount / (measureMs / 1000)).toFixed(2)),
    gaps,
    serverCpu: Number((spent / measureMs).toFixed(3)),
    deliveriesPerServerCpuS: Math.round(latencies.length / (spent / 1000)),
  }
}

/** Two updates a second for each floor, spread over the time; each says when it was published. */
function publish(realtime: Realtime, venues: readonly VenueId[]) {
  let ticks = 0
  const say = (venueId: VenueId, at: number) => {
    const first = (ticks * keys.update) % keys.floor
    const counts = Array.from({ length: keys.update }, (_, next): [string, Json] => [
      `zone:${String((first + next) % keys.floor)}`,
      { count: (ticks * 31 + next * 7 + at) % 97 },
    ])
    const set = {
      ...Object.fromEntries(counts),
      round: Math.floor(ticks / venues.length),
      publishedMs: Date.now(),
    }
    realtime.publish({ stream: `floor:${venueId}`, set, ttlMs: 600_000 })
  }
  const startedAt = performance.now()
  const everyMs = 1000 / updatesPerS / venues.length
  const timer = setInterval(() => {
    // By the clock and not by the timer, which is late under load.
    for (; ticks < (performance.now() - startedAt) / everyMs; ticks++) {
      const at = ticks % venues.length
      say(venues[at]!, at)
    }
  }, 5)
  return {
    round: () => Math.floor(ticks / venues.length) - 1,
    stop: () => {
      clearInterval(timer)
    },
  }
}

async function order(crowd: ChildProcess, what: Order): Promise<Report> {
  crowd.send(what)
  const [report] = (await once(crowd, 'message')) as [Report | { readonly error: string }]
  if ('error' in report) throw new Error(report.error)
  return report
}

function settledBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().rss
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return Math.round((user + system) / 1000)
}

function summary(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0)
  return { count: sorted.length, minMs: at(0), medianMs: at(0.5), p99Ms: at(0.99), maxMs: at(1) }
}
