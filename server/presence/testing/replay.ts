import type { LevelId } from '../../../maps/model/index.ts'
import type { PositioningEvent, Tracker } from '../../../positioning/index.ts'
import type { SightingsReport } from '../../contract/presence.contract.ts'
import { reportLimits } from '../../contract/presence.contract.ts'
import { idOf } from './stand.ts'

const everyMs = 1000

/** One report of a phone, and when on the clock of the walk it was made. */
export interface ReplayedReport {
  readonly tMs: number
  readonly report: SightingsReport
}

/**
 * What a phone reports during a walk, once a second: what it heard since the last time and, with a tracker, where that
 * places it: what the product does.
 * @param from.visit numbers the walk; @param from.startMs server time at 0 of the walk's clock
 */
export function* reportsOf(
  events: readonly PositioningEvent[],
  from: {
    readonly visit: number
    readonly startMs: number
    readonly endMs: number
    readonly tracker: Tracker | undefined
  },
): Generator<ReplayedReport> {
  const { visit, startMs, endMs, tracker } = from
  let next = 0
  let sequence = 0
  for (let tMs = everyMs; tMs <= endMs; tMs += everyMs) {
    const sightings: SightingsReport['sightings'] = []
    for (; next < events.length && events[next]!.tMs <= tMs; next++) {
      const event = events[next]!
      tracker?.push(event)
      if (event.kind !== 'beacon' || sightings.length >= reportLimits.sightings) continue
      const ageMs = Math.max(0, Math.min(reportLimits.ageMs, Math.round(tMs - event.tMs)))
      sightings.push({ beacon: event.id, rssiDbm: Math.round(event.rssiDbm), ageMs })
    }
    const fix = tracker?.fix(tMs)
    yield {
      tMs,
      report: {
        batchId: idOf(visit * 10_000 + ++sequence),
        sessionId: idOf(visit * 10_000),
        sequence,
        phoneMs: startMs + tMs,
        sightings,
        ...(fix && {
          fix: {
            levelId: fix.level as LevelId,
            x: fix.x,
            y: fix.y,
            radiusM: Math.min(1000, Math.max(0.1, fix.radiusM)),
            levelProbability: fix.levelProbability,
            ageMs: 0,
          },
        }),
        appVersion: 'replay',
      },
    }
  }
}
