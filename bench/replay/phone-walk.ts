import type { Fix, LevelExtent, PositioningEvent, Tracker } from '../../positioning/index.ts'
import { compareWalk } from '../../positioning/testing/evaluation.ts'
import type { Comparison } from '../../positioning/testing/evaluation.ts'
import type { NamedWalk } from '../../positioning/testing/recorded-walks.ts'

/** What a phone heard in a span of half a second, and where it placed itself at its end. */
export interface PhoneStep {
  readonly tMs: number
  readonly heard: readonly { readonly beacon: string; readonly rssiDbm: number; readonly tMs: number }[]
  readonly fix: Fix | undefined
}

/** A walk as the phone lived it: nothing of it depends on a server. */
export interface PhoneWalk {
  readonly walk: NamedWalk
  readonly endMs: number
  readonly steps: readonly PhoneStep[]
  /** Where the phone said it was at the waypoints, beside the truth. */
  readonly comparisons: readonly Comparison[]
}

/** The mini-program works out its position so often. */
const everyMs = 500

/**
 * Lives a recorded walk through with a tracker, as the mini-program does: events as they come, a position twice a second.
 * At waypoints the tracker is asked besides, having seen nothing past them.
 * @param extents boxes of the levels, for errors across them
 */
export function liveThrough(walk: NamedWalk, tracker: Tracker, extents: readonly LevelExtent[]): PhoneWalk {
  const last = walk.events[walk.events.length - 1]?.tMs ?? 0
  const endMs = Math.max(last, ...walk.waypoints.map(({ tMs }) => tMs))
  const steps: PhoneStep[] = []
  let next = 0
  let heard: PhoneStep['heard'][number][] = []
  const stepUpTo = (tMs: number) => {
    for (let atMs = (steps.length + 1) * everyMs; atMs < tMs; atMs += everyMs) {
      steps.push({ tMs: atMs, heard, fix: tracker.fix(atMs) })
      heard = []
    }
  }
  /** Between the judge and the tracker: the phone's own questions are asked on the way. */
  const phone: Tracker = {
    push(event: PositioningEvent) {
      stepUpTo(event.tMs)
      if (event.kind === 'beacon')
        heard.push({ beacon: event.id, rssiDbm: Math.round(event.rssiDbm), tMs: event.tMs })
      tracker.push(event)
      next++
    },
    fix(tMs) {
      stepUpTo(tMs)
      return tracker.fix(tMs)
    },
  }
  const comparisons = compareWalk(walk, phone, extents)
  if (next < walk.events.length) throw new Error('the judge did not tell every event')
  stepUpTo(endMs + everyMs)
  return { walk, endMs, steps, comparisons }
}
