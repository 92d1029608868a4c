import type { BeaconSighting, Fix } from '../events.ts'
import type { LevelExtent } from '../cell-grid.ts'
import type { RecordedWalk } from '../recorded-walk.ts'

/** A moment of a recorded walk at which the truth is known and an engine is asked. */
export interface Question {
  readonly tMs: number
  readonly level: string
  readonly x: number
  readonly y: number
  /** Whether ten sightings or more came in the ten seconds before: what a planned deployment gives. */
  readonly covered: boolean
}

/** Where an engine says the phone is, in the level's own frame. */
export type Answer = Pick<Fix, 'level' | 'x' | 'y'>

/** How an engine did on some questions. */
export interface Score {
  readonly questions: number
  readonly meanM: number
  readonly medianM: number
  readonly p95M: number
  /** Share of answers on the right level, 0 to 1. */
  readonly levelRight: number
}

/** No question is asked earlier after the first sensor sample: nothing can be known yet. */
const warmAfterMs = 5000
const coveredWindowMs = 10000
const coveredSightings = 10
/** What no answer costs, beside a wrong level. */
const silenceM = 50

/** The waypoints of a walk five seconds after its start or later, as questions. */
export function questionsOf(walk: RecordedWalk): Question[] {
  const heardMs = sightingsOf(walk).map(({ tMs }) => tMs)
  return walk.waypoints
    .filter(({ tMs }) => tMs >= warmAfterMs)
    .map(({ tMs, x, y }) => {
      const recent = heardMs.filter((heard) => heard > tMs - coveredWindowMs && heard <= tMs)
      return { tMs, x, y, level: walk.level, covered: recent.length >= coveredSightings }
    })
}

/** The beacon sightings of a walk. */
export function sightingsOf(walk: RecordedWalk): BeaconSighting[] {
  return walk.events.flatMap((event) => (event.kind === 'beacon' ? [event] : []))
}

/** Mean rssi by beacon of the sightings after `fromMs` and not after `toMs`. */
export function meanRssi(
  sightings: readonly BeaconSighting[],
  fromMs: number,
  toMs: number,
): Map<string, number> {
  const sums = new Map<string, { sum: number; count: number }>()
  for (const { tMs, id, rssiDbm } of sightings) {
    if (tMs <= fromMs || tMs > toMs) continue
    const entry = sums.get(id) ?? { sum: 0, count: 0 }
    entry.sum += rssiDbm
    entry.count++
    sums.set(id, entry)
  }
  return new Map([...sums].map(([id, { sum, count }]) => [id, sum / count]))
}

/**
 * Scores answers: errors in metres of the frame that all levels share, fifty metres and a wrong level for
 * no answer.
 */
export function scoreOf(
  extents: readonly LevelExtent[],
  asked: readonly { readonly question: Question; readonly answer: Answer | undefined }[],
): Score {
  const origins = new Map(extents.map((extent) => [extent.id, extent]))
  const shared = ({ level, x, y }: Answer): { x: number; y: number } => {
    const origin = origins.get(level)
    if (!origin) throw new Error(`an answer names level "${level}", which the venue does not have`)
    return { x: x + origin.originXM, y: y + origin.originYM }
  }
  const errors = asked
    .map(({ question, answer }) => {
      if (!answer) return silenceM
      const truth = shared(question)
      const said = shared(answer)
      return Math.hypot(said.x - truth.x, said.y - truth.y)
    })
    .sort((a, b) => a - b)
  const right = asked.filter(({ question, answer }) => answer?.level === question.level)
  return {
    questions: asked.length,
    meanM: errors.reduce((sum, error) => sum + error, 0) / errors.length,
    medianM: quantile(errors, 0.5),
    p95M: quantile(errors, 0.95),
    levelRight: right.length / asked.length,
  }
}

/** The value below which a share of ascending values lies, linear between two; NaN when there are none. */
export function quantile(ascending: readonly number[], share: number): number {
  const position = (ascending.length - 1) * share
  const below = ascending[Math.floor(position)] ?? NaN
  const above = ascending[Math.ceil(position)] ?? NaN
  return below + (above - below) * (position - Math.floor(position))
}
