import { reportLimits } from '../../../server/contract/presence.contract.ts'
import type { ReportReceipt, SightingsReport } from '../../../server/contract/presence.contract.ts'
import type { Fix } from '../../../positioning/events.ts'
import type { LevelId } from '../../../maps/model/index.ts'
import type { Sighting } from './beacon-service.ts'

/** Reports kept while the server is away; the oldest goes when another comes. */
export const mostWaiting = 20
/** The server takes no reports that are older than what it can still use. */
const uselessAfterMs = 10 * 60_000
/** How often one reports unless the server says otherwise. */
const defaultPeriodMs = 5_000

/** How a report leaves: the server's receipt, a refusal it will repeat, or no answer. */
export type SendReport = (report: SightingsReport) => Promise<ReportReceipt | 'refused' | 'away'>

export interface SightingsQueue {
  heard(sightings: readonly Sighting[], fix: Fix | undefined): void
  /** Call every second: makes the next report when it is time, and sends what waits in order. */
  tick(): Promise<void>
  waiting(): number
  /** Forgets what waits: the person withdrew their consent. */
  clear(): void
}

/**
 * What the server learns of what the phone hears: batches of the strongest sightings with the phone's own
 * position, one every few seconds, in order. While the server is away they wait, bounded; a report that is
 * sent twice counts once, by its id.
 *
 * @param parts.now epoch ms
 * @param parts.newId a random UUID
 */
export function createSightingsQueue(parts: {
  readonly send: SendReport
  readonly now: () => number
  readonly newId: () => string
  readonly appVersion: string
}): SightingsQueue {
  const { send, now, newId, appVersion } = parts
  let sessionId = newId()
  let sequence = 0
  let gathered = new Map<string, Sighting>()
  let lastFix: { readonly fix: Fix; readonly atMs: number } | undefined
  let nextMs = 0
  let waiting: SightingsReport[] = []
  let isSending = false

  const makeReport = (atMs: number): SightingsReport | undefined => {
    const fresh = [...gathered.values()].filter((each) => atMs - each.atMs <= reportLimits.ageMs)
    gathered = new Map()
    if (fresh.length === 0) return undefined
    const strongest = fresh.sort((a, b) => b.rssiDbm - a.rssiDbm).slice(0, reportLimits.sightings)
    const placed = lastFix && atMs - lastFix.atMs <= reportLimits.ageMs ? lastFix : undefined
    return {
      batchId: newId(),
      sessionId,
      sequence: sequence++,
      phoneMs: atMs,
      sightings: strongest.map((each) => ({
        beacon: each.beacon,
        rssiDbm: Math.max(-127, Math.min(20, each.rssiDbm)),
        ageMs: Math.max(0, atMs - each.atMs),
      })),
      ...(placed && { fix: reported(placed.fix, atMs - placed.atMs) }),
      appVersion,
    }
  }

  const deliver = async (): Promise<void> => {
    for (let report = waiting[0]; report; report = waiting[0]) {
      const answer = await send(report)
      if (answer === 'away') return
      waiting = waiting.filter((each) => each !== report)
      if (answer === 'refused') {
        // A session whose order the server no longer takes begins anew.
        sessionId = newId()
        sequence = 0
        waiting = []
        return
      }
      nextMs = now() + answer.nextReportMs
    }
  }

  return {
    heard(sightings, fix) {
      for (const each of sightings) gathered.set(each.beacon, each)
      if (fix) lastFix = { fix, atMs: now() }
    },
    async tick() {
      const atMs = now()
      if (atMs >= nextMs) {
        const report = makeReport(atMs)
        if (report) {
          waiting = [...waiting, report].slice(-mostWaiting)
          nextMs = atMs + defaultPeriodMs
        }
      }
      waiting = waiting.filter(({ phoneMs }) => atMs - phoneMs < uselessAfterMs)
      if (isSending || waiting.length === 0) return
      isSending = true
      try {
        await deliver()
      } finally {
        isSending = false
      }
    },
    waiting: () => waiting.length,
    clear() {
      gathered = new Map()
      waiting = []
      lastFix = undefined
    },
  }
}

function reported(fix: Fix, ageMs: number): NonNullable<SightingsReport['fix']> {
  return {
    // The radio map's levels are known by their ids.
    levelId: fix.level as LevelId,
    x: fix.x,
    y: fix.y,
    radiusM: Math.max(0.1, Math.min(1000, fix.radiusM)),
    levelProbability: fix.levelProbability,
    ageMs: Math.max(0, Math.round(ageMs)),
  }
}
