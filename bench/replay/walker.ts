import { createSightingsQueue } from '../../miniprogram/app/services/sightings-queue.ts'
import type { VenueId } from '../../maps/model/index.ts'
import {
  offer as offerSchema,
  presenceContract,
  visitorsContract as visitors,
} from '../../server/contract/index.ts'
import type { Client, ReportReceipt, SightingsReport } from '../../server/contract/index.ts'
import { granted } from '../simulate/granted.ts'
import { patientClient } from '../simulate/network.ts'
import { openScreen } from '../simulate/screens.ts'
import type { SimulatedTime } from '../simulate/time.ts'
import type { PhoneWalk } from './phone-walk.ts'

/** How a walk went, as its phone saw it. */
export interface Walked {
  readonly visitorId: string
  readonly client: Client
  /** Server time at 0 of the walk's clock, of the first report, and of the last. */
  readonly startMs: number
  readonly firstReportMs: number
  readonly lastReportMs: number
  /** From a report's leaving to its receipt, ms of this machine. */
  readonly receiptMs: readonly number[]
  readonly reports: number
  readonly refused: number
  /** Ids of offers that came by themselves while walking. */
  readonly offers: ReadonlySet<string>
}

export interface WalkerParts {
  readonly serverUrl: string
  readonly venueId: VenueId
  readonly time: SimulatedTime
  /** How many times as fast as it was walked. */
  readonly speed: number
  readonly newId: () => string
  /** How often phones report; as the server asks unless given. */
  readonly reportMs?: number
}

/** A new shopper, who has agreed to location and offers. */
export async function newShopper(serverUrl: string) {
  const held: { token?: string } = {}
  const client = patientClient({ serverUrl, fetch, token: () => held.token, isOver: () => false })
  const { visitorId, token } = granted(await client.call(visitors.createVisitor, {}))
  held.token = token
  const texts = granted(await client.call(visitors.listConsentTexts, {}))
  for (const purpose of ['location', 'marketing'] as const) {
    const textVersion = texts.find((text) => text.purpose === purpose)?.version ?? ''
    const body = { granted: true, textVersion, way: 'mini-program' } as const
    granted(await client.call(visitors.changeConsent, { params: { purpose }, body }))
  }
  return { visitorId, token, client }
}

/** Plays a walk as a phone: what it heard goes through the mini-program's queue of reports and out by HTTP. */
export async function playWalk({ steps }: PhoneWalk, parts: WalkerParts): Promise<Walked> {
  const { serverUrl, venueId, time, speed, reportMs } = parts
  const { visitorId, token, client } = await newShopper(serverUrl)
  const receiptMs: number[] = []
  const offers = new Set<string>()
  let [refused, firstReportMs] = [0, Infinity]
  const send = async (report: SightingsReport): Promise<ReportReceipt | 'refused'> => {
    const sentMs = performance.now()
    firstReportMs = Math.min(firstReportMs, time.nowMs())
    const answer = await client.call(presenceContract.reportSightings, { params: { venueId }, body: report })
    receiptMs.push(performance.now() - sentMs)
    if (answer.ok) return reportMs === undefined ? answer.body : { ...answer.body, nextReportMs: reportMs }
    refused++
    return 'refused'
  }
  const screen = openScreen({
    ...{ serverUrl, namespace: 'shopper', token: () => token, client: 'phone' },
    streams: [`visitor:${visitorId}`],
    nowMs: () => time.nowMs(),
    onChange: (_, values) => {
      for (const value of values.values()) {
        const read = offerSchema.safeParse(value)
        if (read.success) offers.add(read.data.id)
      }
    },
  })
  const startMs = time.nowMs()
  const queue = createSightingsQueue({
    send,
    now: () => Math.round(time.nowMs()),
    newId: parts.newId,
    appVersion: 'replay',
  })
  try {
    let fix: (typeof steps)[number]['fix']
    for (const step of steps) {
      await time.until(startMs + step.tMs / speed)
      for (const { beacon, rssiDbm, tMs } of step.heard) {
        queue.heard([{ beacon, rssiDbm, atMs: Math.round(startMs + tMs / speed) }], fix)
      }
      fix = step.fix
      await queue.tick()
    }
  } finally {
    screen.close()
  }
  const { length: reports } = receiptMs
  return {
    ...{ visitorId, client, startMs, firstReportMs, lastReportMs: time.nowMs() },
    ...{ receiptMs, reports, refused, offers },
  }
}
