import { setTimeout as delay } from 'node:timers/promises'
import { io } from 'socket.io-client'
import type { Socket } from 'socket.io-client'
import { v7 } from 'uuid'
import { RandomStream } from '../../positioning/index.ts'
import type { BeaconPlacement } from '../../positioning/index.ts'
import { createClient, liveNamespaces, visitorsContract } from '../../server/contract/index.ts'
import { granted } from '../simulate/granted.ts'

/** A mall as the load needs it. */
export interface LoadMall {
  readonly venueId: string
  readonly beacons: readonly BeaconPlacement[]
}

/** Somebody who walks from beacon to beacon of a level and reports on a socket. */
export interface Shopper {
  readonly socket: Socket
  readonly mall: LoadMall
  /** Those of their level. */
  readonly beacons: readonly BeaconPlacement[]
  readonly sessionId: string
  x: number
  y: number
  towards: BeaconPlacement
  sequence: number
}

/** What came of reports that were sent at a fixed rate, whatever the answers took. */
export interface LoadFigures {
  readonly reports: number
  readonly takenPerS: number
  readonly latencyMs: {
    readonly p50: number
    readonly p95: number
    readonly p99: number
    readonly max: number
  }
  /** Reports that were not taken, by the server's word. */
  readonly refused: Readonly<Record<string, number>>
  readonly unanswered: number
  /** Of this process, which plays the phones. */
  readonly generatorCores: number
}

/** A shopper on the move reports this often: what receipts ask for. */
export const reportEveryMs = 2_000
const walkMps = 1.2
const heardAtOnce = 8
const connectAtOnce = 25
/** How long is waited for the last answers. */
const answerMs = 5_000

/** Shoppers spread evenly over servers and malls, each with a consent of their own. */
export async function connectShoppers(
  count: number,
  addresses: readonly string[],
  malls: readonly LoadMall[],
): Promise<Shopper[]> {
  const random = new RandomStream(count)
  const shoppers: Shopper[] = []
  for (let from = 0; from < count; from += connectAtOnce) {
    const batch = Array.from({ length: Math.min(connectAtOnce, count - from) }, (_, at) => from + at)
    shoppers.push(
      ...(await Promise.all(
        batch.map(async (number) => {
          const mall = malls[number % malls.length]!
          const start = mall.beacons[Math.floor(random.uniform() * mall.beacons.length)]!
          return {
            ...{ mall, sessionId: v7(), x: start.x, y: start.y, towards: start, sequence: 0 },
            beacons: mall.beacons.filter(({ level }) => level === start.level),
            socket: await connect(addresses[number % addresses.length]!),
          }
        }),
      )),
    )
  }
  return shoppers
}

async function connect(address: string): Promise<Socket> {
  const held: { token?: string } = {}
  const client = createClient({ baseUrl: address, fetch, token: () => held.token })
  const { token } = granted(await client.call(visitorsContract.createVisitor, {}))
  held.token = token
  const texts = granted(await client.call(visitorsContract.listConsentTexts, {}))
  const textVersion = texts.find(({ purpose }) => purpose === 'location')?.version ?? ''
  granted(
    await client.call(visitorsContract.changeConsent, {
      params: { purpose: 'location' },
      body: { granted: true, textVersion, way: 'mini-program' },
    }),
  )
  const socket = io(address + liveNamespaces.shopper, {
    ...{ transports: ['websocket'], forceNew: true, reconnection: false, auth: { token } },
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return socket
}

/** Has all shoppers walk and report, evenly over time; a late answer delays no report. */
export async function loadFor(shoppers: readonly Shopper[], seconds: number): Promise<LoadFigures> {
  const random = new RandomStream(7)
  const latencies: number[] = []
  const refused: Record<string, number> = {}
  const total = Math.round((shoppers.length * seconds * 1000) / reportEveryMs)
  let [sent, answered] = [0, 0]
  const ownBefore = process.cpuUsage()
  const startMs = performance.now()
  const answerTo = (sentMs: number) => (answer: unknown) => {
    answered++
    const reason = refusalIn(answer)
    if (reason === undefined) latencies.push(performance.now() - sentMs)
    else refused[reason] = (refused[reason] ?? 0) + 1
  }
  while (sent < total) {
    const due = Math.min(total, Math.floor(((performance.now() - startMs) / 1000) * (total / seconds)))
    for (; sent < due; sent++) {
      const shopper = shoppers[sent % shoppers.length]!
      const message = { venueId: shopper.mall.venueId, report: nextReport(shopper, random) }
      shopper.socket.emit('sightings', message, answerTo(performance.now()))
    }
    await delay(2)
  }
  const tookS = (performance.now() - startMs) / 1000
  const giveUpAtMs = performance.now() + answerMs
  while (answered < sent && performance.now() < giveUpAtMs) await delay(20)
  const own = process.cpuUsage(ownBefore)
  latencies.sort((a, b) => a - b)
  const at = (share: number) =>
    Math.round(
      10 * (latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? NaN),
    ) / 10
  return {
    ...{
      reports: sent,
      takenPerS: Math.round(latencies.length / tookS),
      refused,
      unanswered: sent - answered,
    },
    latencyMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) },
    generatorCores: Math.round((own.user + own.system) / 1e4 / tookS) / 100,
  }
}

function refusalIn(answer: unknown): string | undefined {
  const refused: unknown =
    Reflect.get(Object(answer), 'refused') ??
    Reflect.get(Object(Reflect.get(Object(answer), 'result')), 'refused')
  return typeof refused === 'string' ? refused : undefined
}

/** Walks on for the time between two reports, and says what is heard there and where the phone thinks it is. */
function nextReport(shopper: Shopper, random: RandomStream): object {
  const { beacons, towards } = shopper
  const wayM = Math.hypot(towards.x - shopper.x, towards.y - shopper.y)
  const stepM = Math.min(wayM, (walkMps * reportEveryMs) / 1000)
  if (wayM > 0) {
    shopper.x += (stepM * (towards.x - shopper.x)) / wayM
    shopper.y += (stepM * (towards.y - shopper.y)) / wayM
  }
  const near = nearest(beacons, shopper)
  if (wayM - stepM < 0.5)
    shopper.towards = near[1 + Math.floor(random.uniform() * (near.length - 1))] ?? towards
  return {
    ...{ batchId: v7(), sessionId: shopper.sessionId, sequence: ++shopper.sequence, phoneMs: Date.now() },
    sightings: near.map(({ id, x, y }, at) => {
      const distanceM = Math.hypot(x - shopper.x, y - shopper.y, 2)
      return {
        beacon: id,
        rssiDbm: Math.round(-59 - 22 * Math.log10(distanceM) - 8 * random.uniform()),
        ageMs: 100 * at,
      }
    }),
    fix: {
      ...{ levelId: towards.level, x: shopper.x, y: shopper.y },
      ...{ radiusM: 5.5, levelProbability: 0.97, ageMs: 0 },
    },
    appVersion: 'bench',
  }
}

function nearest(
  beacons: readonly BeaconPlacement[],
  at: { readonly x: number; readonly y: number },
): BeaconPlacement[] {
  const distance = ({ x, y }: BeaconPlacement) => (x - at.x) ** 2 + (y - at.y) ** 2
  return [...beacons].sort((a, b) => distance(a) - distance(b)).slice(0, heardAtOnce)
}
