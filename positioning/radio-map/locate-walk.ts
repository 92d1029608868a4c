import type { PositioningEvent } from '../events.ts'
import { DeadReckoning } from '../motion/dead-reckoning.ts'
import { wrapAngle } from '../motion/heading.ts'
import { defaultFilterTuning, type FilterTuning } from '../filter-tuning.ts'
import type { Hypotheses } from '../particle-block.ts'
import { ParticleFilter } from '../particle-filter.ts'
import { RandomStream } from '../random.ts'
import { SightingWindow } from '../sighting-window.ts'
import type { WalkableRaster } from '../walkable-raster.ts'
import type { LocatedWalk } from './map-builder.ts'
import type { RadioModel } from './radio-model.ts'
import type { TrackPoint } from './survey.ts'
import { walkPrior } from './walk-prior.ts'

/** As the tracker weighs beacons. */
const tickMs = 2000
const printMs = 5000
/**
 * Filters that follow the same walk, each with random numbers of its own. One filter that has lost a
 * walk is as sure of itself as one that has not; several that are lost part.
 */
const witnesses = 3
/** Paths drawn back through the hypotheses of each. */
const pathCount = 12
/** Of all paths so many go into the map: at a survey's weight an eighth each, the map's smallest step. */
const givenPaths = 8
/**
 * A place counts as known when all paths lie within this of their mean, root mean square. Within it they
 * go into the map spread as they are: better blurred than missing (README).
 */
const sureWithinM = 12
/** A walk counts when its level is as sure as this at the end. */
const sureLevel = 0.9
/** Over a whole walk what is heard counts for less: ticks err together where the map is wrong. */
const radioShare = 0.7
/** Noise of position beyond the steps' own, of bias and of stride, from tick to tick. */
const placeFloorM = 0.4
const biasFloorRad = 0.02
const strideSd = 0.03
const usualStepM = 0.65
/** What a hypothesis that was drawn anew in between counts beside one that was walked to. */
const rebornShare = 1e-6

/**
 * Walks to learn from are chosen, those to be followed are not: a phone held askew may be left out, so
 * that all particles serve the others.
 */
const locatingTuning: FilterTuning = {
  ...defaultFilterTuning,
  particlesPerLevel: 700,
  anyHeading: 0,
  wallWeight: 0.12,
  insideWeight: 0.6,
  lostShare: 0.003,
}

/** What an unlabelled walk is located with. */
export interface LocatingParts {
  readonly model: RadioModel
  readonly walkable: WalkableRaster
  readonly seed: number
}

/** The hypotheses after a tick, and how the steps since the tick before add up. */
interface Moment {
  readonly tMs: number
  /** By level. */
  readonly hypotheses: readonly Hypotheses[]
  readonly levelProbabilities: readonly number[]
  /** How far the steps lead east and north by the phone's heading, metres, and their number. */
  readonly eastM: number
  readonly northM: number
  readonly steps: number
}

/**
 * Locates a walk without waypoints over its whole length: forwards through particle filters, then back
 * along paths drawn from their hypotheses, so that every place is judged by what came after as well.
 * Gives the paths, each with its part of the weight, so that what is not known better than to some
 * metres is not said better either; none where the filters are not sure of the level or name different
 * ones, no points where the paths part. O(ticks x (cells + paths x particles)).
 * **Source** forward filtering, backward simulation: S. Godsill, A. Doucet, M. West, "Monte Carlo
 * smoothing for nonlinear time series", JASA 99 (2004); several filters as witnesses own.
 */
export function locateWalk(
  parts: LocatingParts,
  events: readonly PositioningEvent[],
  weight: number,
): LocatedWalk[] {
  const testimonies: Testimony[] = []
  for (let witness = 0; witness < witnesses; witness++) {
    const testimony = witnessOf(parts, events, witnesses * parts.seed + witness)
    if (!testimony) return []
    testimonies.push(testimony)
    if (testimony.levelIndex !== testimonies[0]!.levelIndex) return []
  }
  const { levelIndex, timesMs } = testimonies[0]!
  const from = Math.max(...testimonies.map((testimony) => testimony.from))
  const tracks = testimonies.flatMap((testimony) => testimony.tracks)
  const sure = timesMs.map((_, i) => i >= from && spreadM(tracks.map((track) => track[i]!)) < sureWithinM)
  if (!sure.includes(true)) return []
  const sightings = events.flatMap((event) => (event.kind === 'beacon' ? [event] : []))
  return Array.from({ length: givenPaths }, (_, path) => {
    const track = tracks[Math.floor((path * tracks.length) / givenPaths)]!
    const smoothed = track.map((point, i) => ({ tMs: point.tMs, point: sure[i] ? point : undefined }))
    return {
      levelIndex,
      fromMs: timesMs[from]!,
      toMs: timesMs[timesMs.length - 1]!,
      at: (tMs: number) => between(smoothed, tMs),
      sightings,
      weight: weight / givenPaths,
    }
  })
}

/** What one filter says of a walk. */
interface Testimony {
  readonly levelIndex: number
  /** The moment from which on it is on that level: a walk that came from another is used from there. */
  readonly from: number
  readonly timesMs: readonly number[]
  /** Ways it may have taken, as likely as each other; a point for every time. */
  readonly tracks: readonly (readonly TrackPoint[])[]
}

/** Undefined when nothing was heard or the level is not sure. */
function witnessOf(
  parts: LocatingParts,
  events: readonly PositioningEvent[],
  seed: number,
): Testimony | undefined {
  const random = new RandomStream(seed)
  const moments = filterForwards(parts, events, random)
  const last = moments[moments.length - 1]
  if (!last) return undefined
  const levelIndex = indexOfGreatest(last.levelProbabilities)
  if (last.levelProbabilities[levelIndex]! < sureLevel) return undefined
  let from = moments.length - 1
  while (from > 0 && moments[from - 1]!.levelProbabilities[levelIndex]! > 0.5) from--
  const tracks = drawPaths(moments, levelIndex, random).map((path) =>
    moments.map(({ tMs, hypotheses }, i) => {
      const { x, y } = hypotheses[levelIndex]!
      return { tMs, x: x[path[i]!]!, y: y[path[i]!]! }
    }),
  )
  return { levelIndex, from, timesMs: moments.map(({ tMs }) => tMs), tracks }
}

function filterForwards(
  { model, walkable }: LocatingParts,
  events: readonly PositioningEvent[],
  random: RandomStream,
): Moment[] {
  const filter = new ParticleFilter({
    grid: model.grid,
    walkable,
    prior: walkPrior(model),
    random,
    tuning: locatingTuning,
  })
  const motion = new DeadReckoning()
  const heard = new SightingWindow()
  const likelihood = new Float32Array(model.grid.cellCount)
  const moments: Moment[] = []
  let nextMs = (events[0]?.tMs ?? 0) + tickMs
  let [eastM, northM, steps] = [0, 0, 0]
  const tick = (tMs: number): void => {
    heard.forget(tMs)
    const packets = heard.between(tMs - tickMs, tMs)
    if (packets.length > 0) {
      model.logLikelihood(packets, tickMs / 1000, heard.between(tMs - printMs, tMs), likelihood)
      for (let c = 0; c < likelihood.length; c++) likelihood[c]! *= radioShare
      filter.observe(likelihood)
    }
    if (!filter.started) return
    const levelProbabilities = filter.levelProbabilities()
    moments.push({
      tMs,
      hypotheses: model.grid.levels.map((_, level) => filter.hypothesesOf(level)),
      levelProbabilities,
      eastM,
      northM,
      steps,
    })
    ;[eastM, northM, steps] = [0, 0, 0]
  }
  for (const event of events) {
    for (; nextMs <= event.tMs; nextMs += tickMs) tick(nextMs)
    if (event.kind === 'beacon') {
      const beacon = model.beaconOf(event.id)
      if (beacon !== undefined) heard.push(event.tMs, beacon, event.rssiDbm)
      continue
    }
    const step = motion.push(event, event.tMs)
    if (step?.headingRad === undefined) continue
    filter.step(step.headingRad, step.lengthM)
    if (!filter.started) continue
    eastM += step.lengthM * Math.sin(step.headingRad)
    northM += step.lengthM * Math.cos(step.headingRad)
    steps++
  }
  return moments
}

/** A moment of a smoothed track; no point where the tracks part. */
interface Smoothed {
  readonly tMs: number
  readonly point: TrackPoint | undefined
}

/** Root mean square distance of points from their mean, metres. */
function spreadM(points: readonly { readonly x: number; readonly y: number }[]): number {
  const x = points.reduce((sum, point) => sum + point.x, 0) / points.length
  const y = points.reduce((sum, point) => sum + point.y, 0) / points.length
  return Math.sqrt(
    points.reduce((sum, point) => sum + (point.x - x) ** 2 + (point.y - y) ** 2, 0) / points.length,
  )
}

/** Paths as the particle's index at every moment, drawn from the last moment to the first. */
function drawPaths(moments: readonly Moment[], levelIndex: number, random: RandomStream): Uint16Array[] {
  const last = moments[moments.length - 1]!.hypotheses[levelIndex]!
  return Array.from({ length: pathCount }, () => {
    const path = new Uint16Array(moments.length)
    let k = drawIndex(last.weight, random)
    path[moments.length - 1] = k
    for (let i = moments.length - 2; i >= 0; i--) {
      k = drawParent(moments[i]!.hypotheses[levelIndex]!, moments[i + 1]!, { levelIndex, k, random })
      path[i] = k
    }
    return path
  })
}

function drawParent(
  parents: Hypotheses,
  child: Moment,
  at: { levelIndex: number; k: number; random: RandomStream },
): number {
  const block = child.hypotheses[at.levelIndex]!
  const [x, y, bias, stride] = [block.x[at.k]!, block.y[at.k]!, block.bias[at.k]!, block.stride[at.k]!]
  const { placeSdM, strideNoise, headingSd, biasDriftSd } = locatingTuning
  const stepVariance = placeSdM ** 2 + (usualStepM ** 2 * (strideNoise ** 2 + headingSd ** 2)) / 2
  const placeVariance = placeFloorM ** 2 + child.steps * stepVariance
  const biasVariance = biasFloorRad ** 2 + child.steps * biasDriftSd ** 2
  // The child's bias is the better known one; it turned the steps by nearly as much as its parent's.
  const dx = Math.cos(bias) * child.eastM + Math.sin(bias) * child.northM
  const dy = Math.cos(bias) * child.northM - Math.sin(bias) * child.eastM
  const odds = new Float64Array(parents.x.length)
  for (let k = 0; k < odds.length; k++) {
    const ex = x - parents.x[k]! - stride * dx
    const ey = y - parents.y[k]! - stride * dy
    const turn = wrapAngle(bias - parents.bias[k]!)
    const pace = (stride - parents.stride[k]!) / strideSd
    const distance = (ex * ex + ey * ey) / placeVariance + (turn * turn) / biasVariance + pace * pace
    odds[k] = parents.weight[k]! * (Math.exp(-distance / 2) + rebornShare)
  }
  return drawIndex(odds, at.random)
}

function drawIndex(odds: Float64Array, random: RandomStream): number {
  let sum = 0
  for (const value of odds) sum += value
  let left = random.uniform() * sum
  for (let k = 0; k < odds.length; k++) {
    left -= odds[k]!
    if (left < 0) return k
  }
  return odds.length - 1
}

function between(track: readonly Smoothed[], tMs: number): TrackPoint | undefined {
  const next = track.findIndex((moment) => moment.tMs >= tMs)
  const to = track[next < 0 ? track.length - 1 : next]?.point
  const from = track[Math.max(0, next < 0 ? track.length - 1 : next - 1)]?.point
  if (!from || !to) return undefined
  const share = to.tMs > from.tMs ? Math.min(1, Math.max(0, (tMs - from.tMs) / (to.tMs - from.tMs))) : 0
  return { tMs, x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) }
}

function indexOfGreatest(values: readonly number[]): number {
  return values.reduce((best, value, index) => (value > values[best]! ? index : best), 0)
}
