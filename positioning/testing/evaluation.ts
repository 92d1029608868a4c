import { createHash } from 'node:crypto'
import type { Fix, Tracker } from '../events.ts'
import type { LevelExtent } from '../cell-grid.ts'
import type { NamedWalk } from './recorded-walks.ts'

/** One true position and what was said of it. */
export interface Comparison {
  readonly walk: string
  readonly tMs: number
  /** Distance in a frame that all levels share; undefined when nothing was said. */
  readonly errorM: number | undefined
  readonly levelRight: boolean
  /** Ten sightings or more in the ten seconds before. */
  readonly covered: boolean
  readonly fix: Fix | undefined
}

/** What an unanswered question counts, as the outside judge counts it. */
const unansweredM = 50
const warmMs = 5000

/**
 * Walks with a tracker and compares it with every waypoint five seconds or more after the start. The
 * tracker sees nothing past a waypoint before it has answered.
 */
export function compareWalk(
  walk: NamedWalk,
  tracker: Tracker,
  extents: readonly LevelExtent[],
): Comparison[] {
  const home = extents.find(({ id }) => id === walk.level)
  const waypoints = [...walk.waypoints].sort((a, b) => a.tMs - b.tMs)
  const heardMs = walk.events.filter(({ kind }) => kind === 'beacon').map(({ tMs }) => tMs)
  const comparisons: Comparison[] = []
  let next = 0
  const askUpTo = (endMs: number): void => {
    for (; next < waypoints.length && waypoints[next]!.tMs < endMs; next++) {
      const { tMs, x, y } = waypoints[next]!
      if (tMs < warmMs || !home) continue
      const fix = tracker.fix(tMs)
      const level = extents.find(({ id }) => id === fix?.level)
      comparisons.push({
        walk: walk.name,
        tMs,
        errorM:
          fix && level
            ? Math.hypot(
                fix.x + level.originXM - x - home.originXM,
                fix.y + level.originYM - y - home.originYM,
              )
            : undefined,
        levelRight: fix?.level === walk.level,
        covered: heardMs.filter((at) => at > tMs - 10_000 && at <= tMs).length >= 10,
        fix,
      })
    }
  }
  for (const event of walk.events) {
    askUpTo(event.tMs)
    tracker.push(event)
  }
  askUpTo(Infinity)
  return comparisons
}

/** Figures of a set of comparisons, in metres and shares. */
export interface Score {
  readonly n: number
  readonly meanM: number
  readonly medianM: number
  readonly p95M: number
  readonly levelRight: number
  /** Share of answers whose radius held the truth. */
  readonly insideRadius: number
  readonly medianRadiusM: number
}

/** Scores comparisons as the outside judge does: no answer counts as 50 m on a wrong level. */
export function scoreOf(comparisons: readonly Comparison[]): Score {
  const errors = comparisons.map(({ errorM }) => errorM ?? unansweredM)
  const answered = comparisons.filter(({ fix }) => fix !== undefined)
  return {
    n: comparisons.length,
    meanM: meanOf(errors),
    medianM: quantileOf(errors, 0.5),
    p95M: quantileOf(errors, 0.95),
    levelRight: meanOf(comparisons.map(({ levelRight }) => Number(levelRight))),
    insideRadius: meanOf(
      answered.map(({ fix, errorM }) => Number((errorM ?? Infinity) <= (fix?.radiusM ?? 0))),
    ),
    medianRadiusM: quantileOf(
      answered.map(({ fix }) => fix?.radiusM ?? 0),
      0.5,
    ),
  }
}

/** A share from 0 to 1 that a walk's name alone decides, for folds and halves. */
export function shareOf(name: string, salt: string): number {
  return parseInt(createHash('sha1').update(`${salt}:${name}`).digest('hex').slice(0, 8), 16) / 2 ** 32
}

/** The mean; NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The p-quantile, interpolated; NaN of nothing. */
export function quantileOf(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (sorted.length - 1) * p
  const low = sorted[Math.floor(at)] ?? NaN
  const high = sorted[Math.ceil(at)] ?? NaN
  return low + (high - low) * (at - Math.floor(at))
}
