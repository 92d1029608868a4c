import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { Socket } from 'socket.io-client'
import { v7 } from 'uuid'
import type { LevelId } from '../../maps/model/index.ts'
import { createClient } from '../contract/index.ts'
import { offersContract } from '../contract/offers.contract.ts'
import type { SightingsReport } from '../contract/presence.contract.ts'
import { liveFrame } from '../contract/realtime.contract.ts'
import { venuesContract } from '../contract/venues.contract.ts'
import { newVisitor } from './testing/bench-visitor.ts'
import type { BenchServer } from './testing/bench-visitor.ts'

const visitors = 300
const reportEveryMs = 2000
const dwellMs = 5000
/** Who has no offer by then has none. */
const patienceMs = 30_000
const heardBeacons = 8

/** Somebody who stands in a shop, reports, and waits for the offer. */
interface Waiting {
  readonly socket: Socket
  readonly report: () => SightingsReport
  /** When each report was sent. */
  readonly sentMs: number[]
  offeredMs?: number
}

/** From the moment the dwell was met to the offer on the phone, each over the visitor's own socket. */
export interface OfferLatency {
  readonly visitors: number
  readonly offered: number
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly max: number }
}

/**
 * Lets visitors stand in shops whose campaign wants a dwell. A stay begins with a report, so the dwell is met so long
 * after one of them: the last that fits is taken. Reports are two seconds apart: a time near that would be too low.
 */
export async function fixToOffer(server: BenchServer): Promise<OfferLatency> {
  const shops = await offerInShops(server)
  const waiting: Waiting[] = []
  for (let index = 0; index < visitors; index++) {
    waiting.push(await newcomer(server, shops[index % shops.length]!))
  }
  const startMs = performance.now()
  const send = (one: Waiting) => {
    one.sentMs.push(performance.now())
    one.socket.emit('sightings', { venueId: server.venueId, report: one.report() }, () => undefined)
  }
  // Each at a moment of its own, so that the server sees a stream and no bursts.
  for (let tick = 0; performance.now() - startMs < patienceMs; tick++) {
    const one = waiting[tick % visitors]!
    if (one.offeredMs === undefined) send(one)
    else if (waiting.every(({ offeredMs }) => offeredMs !== undefined)) break
    const dueMs = startMs + ((tick + 1) * reportEveryMs) / visitors
    await delay(Math.max(0, dueMs - performance.now()))
  }
  for (const { socket } of waiting) socket.disconnect()
  const latencies = waiting
    .flatMap(({ offeredMs, sentMs }) =>
      offeredMs === undefined
        ? []
        : [Math.min(...sentMs.map((ms) => offeredMs - ms - dwellMs).filter((ms) => ms >= 0))],
    )
    .sort((a, b) => a - b)
  const at = (share: number) =>
    Math.round(latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? NaN)
  return {
    visitors,
    offered: latencies.length,
    latencyMs: { p50: at(0.5), p95: at(0.95), max: at(1) },
  }
}

interface Shop {
  readonly levelId: LevelId
  readonly x: number
  readonly y: number
}

/** A live campaign for whoever dwells in one of the shops near beacons; gives those shops. */
async function offerInShops({ address, venueId, beacons, operator }: BenchServer): Promise<readonly Shop[]> {
  const client = createClient({ baseUrl: address, fetch, token: () => operator })
  const directory = await client.call(venuesContract.readDirectory, { params: { venueId } })
  if (!directory.ok) throw new Error('the venue has no directory')
  const shops = directory.body.destinations
    .filter(({ kind, levelId, x, y }) => {
      const isNear = (one: (typeof beacons)[number]) =>
        one.levelId === levelId && Math.hypot(one.x - x, one.y - y) < 8
      return kind === 'shop' && beacons.some(isNear)
    })
    .slice(0, 100)
  const made = await client.call(offersContract.createCampaign, {
    params: { venueId },
    body: {
      terms: {
        name: { zh: '满减券', en: 'Twenty off' },
        coupon: { kind: 'full-reduction', minSpendFen: 10_000, offFen: 2000 },
        trigger: { on: 'dwell', zones: shops.flatMap(({ unitIds }) => unitIds), dwellMs },
        audience: { membership: 'anyone', visit: 'any' },
        schedule: { timeZone: 'Asia/Shanghai', weekly: [], quiet: [] },
        limits: { perVisitor: 1, coolDownMs: 0, holdMs: 600_000, holdOutPercent: 0, priority: 100 },
        redeemAt: [],
      },
    },
  })
  if (!made.ok) throw new Error(`the campaign was not made: ${JSON.stringify(made)}`)
  const { id: campaignId } = made.body
  const live = await client.call(offersContract.moveCampaign, {
    params: { venueId, campaignId },
    body: { state: 'live' },
  })
  if (!live.ok) throw new Error(`the campaign is not live: ${JSON.stringify(live)}`)
  return shops
}

async function newcomer({ address, beacons }: BenchServer, { levelId, x, y }: Shop): Promise<Waiting> {
  const { visitorId, socket } = await newVisitor(address, ['location', 'marketing'])
  const distanceM = (one: (typeof beacons)[number]) => Math.hypot(one.x - x, one.y - y, 2)
  const near = beacons
    .filter((one) => one.levelId === levelId)
    .sort((a, b) => distanceM(a) - distanceM(b))
    .slice(0, heardBeacons)
  const sessionId = v7()
  let sequence = 0
  const waiting: Waiting = {
    socket,
    sentMs: [],
    report: () => ({
      ...{ batchId: v7(), sessionId, sequence: ++sequence, phoneMs: Date.now(), appVersion: 'bench' },
      sightings: near.map((one, index) => ({
        beacon: one.id,
        // A phone never hears the same strength twice; what does is doubted.
        rssiDbm: Math.round(
          one.powerDbm - 22 * Math.log10(distanceM(one)) - ((sequence * 7 + index * 3) % 8),
        ),
        ageMs: 100 * index,
      })),
      fix: { levelId, x: x + (sequence % 3) / 3, y, radiusM: 4, levelProbability: 0.97, ageMs: 0 },
    }),
  }
  socket.on('frame', (frame: unknown) => {
    const { data } = liveFrame.parse(frame) as { data?: { set?: object } }
    const isOffer = Object.keys(data?.set ?? {}).some((key) => key.startsWith('offer:'))
    if (isOffer) waiting.offeredMs ??= performance.now()
  })
  await socket.emitWithAck('follow', { stream: `visitor:${visitorId}` })
  return waiting
}
