import type { PlacedBeacon } from '../beacon-types.ts'
import { countsOf, hearingsOf, residualOf, usualOf } from './hearing.ts'
import type { Hearing, Usual } from './hearing.ts'
import { placeLearner } from './learn-place.ts'
import type { LearnPlace } from './learn-place.ts'
import { hourMs, placeOfCell, sumHours } from './traffic.ts'
import type { HeardCell, TrafficHour } from './traffic.ts'

export const faultKinds = ['silent', 'weak', 'moved', 'cloned', 'drifting'] as const
export type FaultKind = (typeof faultKinds)[number]

/**
 * What the traffic says about one fault of one beacon: it has it, it does not, or nothing (too few phones came by).
 * Figures are rounded for people.
 */
export type Verdict =
  | {
      readonly says: 'yes'
      readonly confidence: number
      readonly evidence: Readonly<Record<string, number | string>>
    }
  | { readonly says: 'no' }
  | { readonly says: 'unknown' }

export type Verdicts = Readonly<Record<FaultKind, Verdict>>

/** Chosen with the simulator (README): each fault is found within the hours stated there, few are found that are not. */
export const thresholds = {
  /** Windows in which a beacon should have been heard before its silence, or its being heard, says anything. */
  silentExpected: 40,
  silentShare: 0.05,
  /** Windows near a beacon that make its loudness known to half a decibel or so. */
  residualWindows: 60,
  /** Quieter than it was itself, and quieter than the others are: a place may swallow some decibels for good. */
  weakAgainstSelfDb: 5,
  weakAgainstOthersDb: 9,
  movedM: 10,
  movedWindows: 60,
  /** Heard at its place less than this share of what is usual. */
  movedShare: 0.75,
  otherLevelShare: 0.3,
  otherLevelQuieterDb: 8,
  clonedAwayM: 30,
  /** As loud as within some six metres. */
  clonedLossDb: -22,
  clonedWindows: 30,
  clonedHours: 2,
  clonedShare: 0.3,
  /** Of the windows at its place: fixes that are far off now and then make a few everywhere. */
  clonedOfHeard: 0.05,
  driftDays: 4,
  driftDb: 3,
  /** Slope against its own uncertainty. */
  driftSigma: 4,
} as const

/**
 * Latest hours that a judgement of now may rest on: the shortest span that says enough, so that what happened an hour ago
 * is not drowned by the day before.
 */
const spansHours = [1, 2, 4, 8, 24] as const
const nowHours = 24

const no: Verdict = { says: 'no' }
const unknown: Verdict = { says: 'unknown' }

/**
 * Judges every beacon that hangs by the traffic of the last days. Pure. Where one fault explains another only the first is
 * told: cloned, silent, moved, drifting, weak.
 * O(hours × cells + beacons × (cells near + a place learned)): some milliseconds a beacon.
 * @param hours oldest first
 */
export function* findFaults(
  hours: readonly TrafficHour[],
  placed: readonly PlacedBeacon[],
  nowMs: number,
): Generator<{ readonly beaconId: string; readonly verdicts: Verdicts }> {
  const recent = hours.filter((hour) => hour.hourMs > nowMs - nowHours * hourMs)
  const before = hours.filter((hour) => hour.hourMs <= nowMs - nowHours * hourMs)
  const past = sumHours(before)
  const pastHearings = hearingsOf(past, placed)
  const days = daysOf(hours, placed)
  const evidence = {
    ...{ past, recent, pastUsual: usualOf(pastHearings.values()) },
    spans: spansHours.map((length) =>
      spanOf(
        recent.filter((hour) => hour.hourMs > nowMs - (length + 1) * hourMs),
        placed,
      ),
    ),
  }
  for (const beacon of placed) {
    const then = pastHearings.get(beacon.beaconId)
    if (then) yield { beaconId: beacon.beaconId, verdicts: judge({ beacon, then, days }, evidence) }
  }
}

/** The latest hours taken together. */
interface Span {
  readonly sum: TrafficHour
  readonly hearings: ReadonlyMap<string, Hearing>
  readonly usual: Usual
  /** Made when it is asked for. */
  readonly learner: () => LearnPlace
}

function spanOf(hours: readonly TrafficHour[], placed: readonly PlacedBeacon[]): Span {
  const sum = sumHours(hours)
  const hearings = hearingsOf(sum, placed)
  let learner: LearnPlace | undefined
  return { sum, hearings, usual: usualOf(hearings.values()), learner: () => (learner ??= placeLearner(sum)) }
}

interface Subject {
  readonly beacon: PlacedBeacon
  readonly then: Hearing
  readonly days: readonly Day[]
}

interface Evidence {
  readonly past: TrafficHour
  readonly pastUsual: Usual
  readonly recent: readonly TrafficHour[]
  /** Shortest first. */
  readonly spans: readonly Span[]
}

function judge(subject: Subject, evidence: Evidence): Verdicts {
  const cloned = judgeCloned(subject, evidence)
  const silent = judgeSilent(subject, evidence)
  const out = (earlier: readonly Verdict[], verdict: () => Verdict): Verdict =>
    earlier.some(({ says }) => says === 'yes') ? unknown : verdict()
  const moved = out([cloned, silent], () => judgeMoved(subject, evidence))
  const drifting = out([cloned, silent, moved], () => judgeDrifting(subject))
  const weak = out([cloned, silent, moved, drifting], () => judgeWeak(subject, evidence))
  return { cloned, silent, moved, weak, drifting }
}

/** Silent: enough phones came by lately, and they did not hear it. */
function judgeSilent({ beacon }: Subject, { spans, past }: Evidence): Verdict {
  const span = spans.find((one) => expectedOf(one, beacon).expected >= thresholds.silentExpected)
  const longest = spans[spans.length - 1]!
  if (!span) return expectedOf(longest, beacon).heard > 0 ? no : unknown
  const { expected, heard } = expectedOf(span, beacon)
  if (heard > thresholds.silentShare * expected) return no
  const { beaconId } = beacon
  const last = longest.sum.lastHeardMs.get(beaconId) ?? past.lastHeardMs.get(beaconId)
  return {
    says: 'yes',
    confidence: certain(expected / 10),
    evidence: {
      expectedWindows: Math.round(expected),
      heardWindows: heard,
      sinceMs: span.sum.hourMs,
      ...(last === undefined ? {} : { lastHeardMs: last }),
    },
  }
}

function expectedOf(
  { hearings, usual }: Span,
  { beaconId }: PlacedBeacon,
): { expected: number; heard: number } {
  const hearing = hearings.get(beaconId)
  return hearing ? countsOf(hearing, usual) : { expected: 0, heard: 0 }
}

/** Weak: quieter than it was itself, or, while it has no past, much quieter than the others at the same distance. */
function judgeWeak({ beacon, then }: Subject, { spans, pastUsual }: Evidence): Verdict {
  const found = spans
    .map(({ hearings, usual, sum }) => ({ ...residualOf(hearings.get(beacon.beaconId) ?? then, usual), sum }))
    .find(({ windows }) => windows >= thresholds.residualWindows)
  if (!found) return unknown
  const own = residualOf(then, pastUsual)
  const hasPast = own.windows >= thresholds.residualWindows
  const lostDb = hasPast ? own.db - found.db : -found.db
  const limitDb = hasPast ? thresholds.weakAgainstSelfDb : thresholds.weakAgainstOthersDb
  if (lostDb < limitDb) return no
  return {
    says: 'yes',
    confidence: certain(1 + (lostDb - limitDb) / 2),
    evidence: {
      lostDb: tenth(lostDb),
      against: hasPast ? 'its own past' : 'the other beacons of the venue',
      residualDb: tenth(found.db),
      windows: found.windows,
      sinceMs: found.sum.hourMs,
      ...(hasPast ? { pastResidualDb: tenth(own.db), pastWindows: own.windows } : {}),
    },
  }
}

/** Moved: what was heard says another place, and at its own place it is heard less than it should be. */
function judgeMoved({ beacon }: Subject, { spans }: Evidence): Verdict {
  const span = spans.find(
    (one) =>
      windowsOf(one.sum.heard.get(beacon.beaconId)) >= thresholds.movedWindows &&
      expectedOf(one, beacon).expected >= thresholds.silentExpected,
  )
  const heard = span?.sum.heard.get(beacon.beaconId)
  if (!span || !heard) return unknown
  const { expected, heard: heardHere } = expectedOf(span, beacon)
  if (heardHere > thresholds.movedShare * expected) return no
  const learned = span.learner()(heard)
  if (!learned) return unknown
  const sameLevel = learned.level === beacon.levelId
  const metres = Math.hypot(learned.x - beacon.x, learned.y - beacon.y)
  if (sameLevel && metres < thresholds.movedM) return no
  // Through an atrium a beacon is heard on other levels, only quieter than from its own.
  const isOtherLevel =
    heardHere <= thresholds.otherLevelShare * expected &&
    learned.powerDbm >= beacon.powerDbm - thresholds.otherLevelQuieterDb
  if (!sameLevel && !isOtherLevel) return no
  return {
    says: 'yes',
    confidence: certain(sameLevel ? metres / thresholds.movedM : 3),
    evidence: {
      movedM: tenth(metres),
      learnedLevelId: learned.level,
      learnedX: tenth(learned.x),
      learnedY: tenth(learned.y),
      windows: windowsOf(heard),
      expectedAtItsPlace: Math.round(expected),
      heardAtItsPlace: heardHere,
      sinceMs: span.sum.hourMs,
    },
  }
}

/** Cloned: loud at its place and, in the same hours, loud far away. */
function judgeCloned({ beacon }: Subject, { spans, recent }: Evidence): Verdict {
  const longest = spans[spans.length - 1]!
  const { expected, heard: heardHere } = expectedOf(longest, beacon)
  if (expected < thresholds.silentExpected) return unknown
  const far = loudAndFar(longest.sum, beacon)
  const least = Math.max(thresholds.clonedWindows, thresholds.clonedOfHeard * heardHere)
  if (far.windows < least || heardHere < thresholds.clonedShare * expected) return no
  const both = recent.filter((hour) => {
    const there = loudAndFar(hour, beacon).windows
    const here =
      hearingsOf(hour, [beacon])
        .get(beacon.beaconId)
        ?.heard.reduce((total, one) => total + one, 0) ?? 0
    return there >= 3 && here >= 3
  })
  if (both.length < thresholds.clonedHours) return no
  return {
    says: 'yes',
    confidence: certain(far.windows / thresholds.clonedWindows),
    evidence: {
      awayM: tenth(Math.hypot(far.x - beacon.x, far.y - beacon.y)),
      secondLevelId: far.levelId,
      secondX: tenth(far.x),
      secondY: tenth(far.y),
      secondWindows: far.windows,
      windowsAtItsPlace: heardHere,
      hoursWithBoth: both.length,
      firstHourWithBothMs: both[0]!.hourMs,
    },
  }
}

/** Windows that heard a beacon as loud as from near by, far from its place; and where most of them were. */
function loudAndFar(hour: TrafficHour, beacon: PlacedBeacon) {
  const far = { windows: 0, x: 0, y: 0, levelId: '' }
  let most = 0
  let [sumX, sumY] = [0, 0]
  for (const [cell, { windows, rssiSumDbm }] of hour.heard.get(beacon.beaconId) ?? []) {
    const place = placeOfCell(hour, cell)
    const awayM = Math.hypot(place.x - beacon.x, place.y - beacon.y)
    if (awayM < thresholds.clonedAwayM || rssiSumDbm / windows - beacon.powerDbm < thresholds.clonedLossDb)
      continue
    far.windows += windows
    sumX += windows * place.x
    sumY += windows * place.y
    if (windows > most) {
      most = windows
      far.levelId = place.levelId
    }
  }
  if (far.windows > 0) Object.assign(far, { x: sumX / far.windows, y: sumY / far.windows })
  return far
}

interface Day {
  readonly dayMs: number
  readonly residuals: ReadonlyMap<string, { readonly db: number; readonly windows: number }>
}

/** How loud every beacon was on each day against what was usual on that day. */
function daysOf(hours: readonly TrafficHour[], placed: readonly PlacedBeacon[]): Day[] {
  const byDay = new Map<number, TrafficHour[]>()
  for (const hour of hours) {
    const dayMs = Math.floor(hour.hourMs / (24 * hourMs)) * 24 * hourMs
    byDay.set(dayMs, [...(byDay.get(dayMs) ?? []), hour])
  }
  return [...byDay].map(([dayMs, ofDay]) => {
    const hearings = hearingsOf(sumHours(ofDay), placed)
    const usual = usualOf(hearings.values())
    return {
      dayMs,
      residuals: new Map([...hearings].map(([beaconId, hearing]) => [beaconId, residualOf(hearing, usual)])),
    }
  })
}

/** Drifting: day by day a little louder or quieter, along a line its scatter does not explain. */
function judgeDrifting({ beacon, days }: Subject): Verdict {
  const points = days.flatMap(({ dayMs, residuals }) => {
    const residual = residuals.get(beacon.beaconId)
    return residual && residual.windows >= thresholds.residualWindows
      ? [{ day: dayMs / (24 * hourMs), db: residual.db }]
      : []
  })
  if (points.length < thresholds.driftDays) return unknown
  const line = fitLine(points.map(({ day, db }) => [day, db]))
  const spanDays = points[points.length - 1]!.day - points[0]!.day
  const changeDb = line.slope * spanDays
  if (Math.abs(changeDb) < thresholds.driftDb || Math.abs(line.slope) < thresholds.driftSigma * line.slopeSd)
    return no
  return {
    says: 'yes',
    confidence: certain(Math.abs(changeDb) / thresholds.driftDb),
    evidence: {
      dbPerDay: tenth(line.slope),
      dbPerDaySd: tenth(line.slopeSd),
      changeDb: tenth(changeDb),
      days: points.length,
      fromMs: points[0]!.day * 24 * hourMs,
    },
  }
}

/** Least squares, with the standard deviation of the slope. */
export function fitLine(points: readonly (readonly [number, number])[]): { slope: number; slopeSd: number } {
  const n = points.length
  const meanX = points.reduce((total, [x]) => total + x, 0) / n
  const meanY = points.reduce((total, [, y]) => total + y, 0) / n
  let [sxx, sxy, syy] = [0, 0, 0]
  for (const [x, y] of points) {
    sxx += (x - meanX) ** 2
    sxy += (x - meanX) * (y - meanY)
    syy += (y - meanY) ** 2
  }
  if (sxx === 0 || n < 3) return { slope: 0, slopeSd: Infinity }
  const slope = sxy / sxx
  return { slope, slopeSd: Math.sqrt(Math.max(0, syy - slope * sxy) / (n - 2) / sxx) }
}

function windowsOf(heard: ReadonlyMap<number, HeardCell> | undefined): number {
  let windows = 0
  for (const cell of heard?.values() ?? []) windows += cell.windows
  return windows
}

/** A multiple of what is enough as a confidence: 1 gives 0.63, 3 gives 0.95. */
function certain(times: number): number {
  return Math.round((1 - Math.exp(-times)) * 100) / 100
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10
}
