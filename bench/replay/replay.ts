import { z } from 'zod'
import type { LevelExtent, Tracker } from '../../positioning/index.ts'
import {
  decodeRadioMap,
  PhoneTracker,
  RadioModel,
  RandomStream,
  WalkableRaster,
} from '../../positioning/index.ts'
import { quantileOf, scoreOf } from '../../positioning/testing/evaluation.ts'
import type { Score } from '../../positioning/testing/evaluation.ts'
import type { NamedWalk } from '../../positioning/testing/recorded-walks.ts'
import { createWalkableArea } from '../../maps/routes/offline.ts'
import { beaconsContract, visitorsContract } from '../../server/contract/index.ts'
import type { Client } from '../../server/contract/index.ts'
import { coveredIn, truthOf } from '../../server/presence/testing/real-walks.ts'
import { WalkScore } from '../../server/presence/testing/score-walks.ts'
import type { JudgedZone, PresenceScore, Said } from '../../server/presence/testing/score-walks.ts'
import { drawnUuid } from '../simulate/draws.ts'
import { granted } from '../simulate/granted.ts'
import type { SimulatedTime } from '../simulate/time.ts'
import type { OpenTown } from '../simulate/town.ts'
import { liveThrough } from './phone-walk.ts'
import type { PhoneWalk } from './phone-walk.ts'
import { newShopper, playWalk } from './walker.ts'
import type { Walked, WalkerParts } from './walker.ts'

/** Figures of a replay. */
export interface Replay {
  readonly walks: number
  readonly minutes: number
  /** Of the phones, at the questions with ten sightings or more in the last ten seconds, and at all. */
  readonly accuracy: { readonly covered: Score; readonly warm: Score }
  /** What the server said of who walked in where; absent without zones whose truth is known. */
  readonly presence?: PresenceScore
  /** Offers that came by themselves. */
  readonly offers: number
  readonly reports: { readonly sent: number; readonly refused: number }
  /** From a report to its receipt, ms of this machine. */
  readonly receiptMs: { readonly p50: number; readonly p99: number }
}

export interface ReplayOptions {
  readonly serverUrl: string
  readonly town: OpenTown
  /** With levels and beacons as the venue has them. */
  readonly walks: readonly NamedWalk[]
  readonly extents: readonly LevelExtent[]
  readonly zones?: readonly JudgedZone[]
  readonly time: SimulatedTime
  readonly speed: number
  /** How often phones report; as the server asks unless given, which a busy machine slows down. */
  readonly reportMs?: number
  /** How many walks are played at once. */
  readonly atOnce: number
  /** Told of every walk that was worked out, and of every one that was played. */
  readonly onProgress?: (stage: 'located' | 'played', done: number) => void
}

/** A phone that falls silent has left after this; and some for the visit to be written. */
const gone = { silentMs: 46_000, writtenMs: 4500 } as const
/** Nobody saw somebody walk in who was inside so soon after they were heard first. Source: `server/presence/zone-beliefs.ts`. */
const appearsMs = 12_000
/** A visit that ends so soon before the last report ended with the walk. */
const atEndMs = 2500

/**
 * Plays recorded walks against a server: each walk a phone of its own, with the venue's radio map and tables as the server
 * gives them to phones, the engine of the mini-program and its queue of reports.
 * @throws Error when the server refuses a phone
 */
export async function replay(options: ReplayOptions): Promise<Replay> {
  const { serverUrl, town, walks, extents, zones, time, speed, atOnce, onProgress } = options
  const newTracker = await phonesOf(serverUrl, town)
  const lived: PhoneWalk[] = []
  for (const walk of walks) {
    lived.push(liveThrough(walk, newTracker(), extents))
    onProgress?.('located', lived.length)
    // Some seconds a walk: connections have to be looked after meanwhile, or they are dead when they are needed.
    await new Promise(setImmediate)
  }
  const ids = new RandomStream(1)
  const parts: WalkerParts = {
    ...{ serverUrl, venueId: town.venueId, time, speed, newId: () => drawnUuid(ids) },
    ...(options.reportMs === undefined ? {} : { reportMs: options.reportMs }),
  }
  const played = new Map<PhoneWalk, Walked>()
  const waiting = [...lived]
  const playOn = async () => {
    for (let phone = waiting.shift(); phone; phone = waiting.shift()) {
      played.set(phone, await playWalk(phone, parts))
      onProgress?.('played', played.size)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, () => time.live(playOn)))
  const presence = zones && (await judge({ zones, time, speed, played }))
  const comparisons = lived.flatMap((phone) => phone.comparisons)
  const all = [...played.values()]
  const receiptMs = all.flatMap((walked) => walked.receiptMs)
  return {
    walks: walks.length,
    minutes: lived.reduce((sum, { endMs }) => sum + endMs, 0) / 60_000,
    accuracy: { covered: scoreOf(comparisons.filter(({ covered }) => covered)), warm: scoreOf(comparisons) },
    ...(presence ? { presence } : {}),
    offers: all.reduce((sum, { offers }) => sum + offers.size, 0),
    reports: {
      sent: all.reduce((sum, { reports }) => sum + reports, 0),
      refused: all.reduce((sum, { refused }) => sum + refused, 0),
    },
    receiptMs: { p50: quantileOf(receiptMs, 0.5), p99: quantileOf(receiptMs, 0.99) },
  }
}

/**
 * The engine of a phone in this venue, made as `miniprogram/app/services/position-service.ts` makes it; the model of the
 * radio map once for all of them.
 */
async function phonesOf(serverUrl: string, { venueId, router }: OpenTown): Promise<() => Tracker> {
  const { client, token } = await newShopper(serverUrl)
  const { url } = granted(await client.call(beaconsContract.readRadioMap, { params: { venueId } }))
  const response = await fetch(serverUrl + url, { headers: { authorization: `Bearer ${token}` } })
  const model = new RadioModel(decodeRadioMap(new Uint8Array(await response.arrayBuffer())))
  const area = createWalkableArea(router.tables.levels.map(({ id, standing }) => ({ name: id, standing })))
  const walkable = new WalkableRaster(area, model.grid.levels)
  return () => new PhoneTracker({ model, walkable, seed: 1 })
}

const presenceExport = z.object({
  visits: z.array(z.object({ zoneId: z.string(), enteredAt: z.string(), leftAt: z.string() })),
})

/** Judges what the server said of each walk by what it keeps of the visitor: their own export. */
async function judge({
  zones,
  time,
  speed,
  played,
}: {
  readonly zones: readonly JudgedZone[]
  readonly time: SimulatedTime
  readonly speed: number
  readonly played: ReadonlyMap<PhoneWalk, Walked>
}): Promise<PresenceScore> {
  await time.live(() => time.until(time.nowMs() + gone.silentMs))
  await new Promise((resolve) => setTimeout(resolve, gone.writtenMs))
  const score = new WalkScore()
  for (const [{ walk }, walked] of played) {
    const truth = truthOf(walk)
    if (!truth) continue
    const said = saidIn(await visitsOf(walked.client), walked, speed)
    score.add(truth, said, { zones, isCovered: coveredIn(walk.events) })
  }
  return score.score
}

async function visitsOf(client: Client) {
  const { parts } = granted(await client.call(visitorsContract.exportMe, {}))
  const read = presenceExport.safeParse(parts.presence)
  return read.success ? read.data.visits : []
}

/** Entering and leaving on the clock of the walk; who fell silent at its end did not leave. */
function saidIn(
  visits: z.output<typeof presenceExport>['visits'],
  { startMs, firstReportMs, lastReportMs }: Walked,
  speed: number,
): Said[] {
  return visits
    .flatMap(({ zoneId, enteredAt, leftAt }): Said[] => {
      const enteredMs = (Date.parse(enteredAt) - startMs) * speed
      const leftAtMs = Date.parse(leftAt)
      const left = { kind: 'left', zoneId, tMs: (leftAtMs - startMs) * speed, appeared: false } as const
      return [
        {
          ...{ kind: 'entered', zoneId, tMs: enteredMs },
          appeared: Date.parse(enteredAt) - firstReportMs < appearsMs,
        },
        ...(leftAtMs < lastReportMs - atEndMs ? [left] : []),
      ]
    })
    .sort((a, b) => a.tMs - b.tMs)
}
