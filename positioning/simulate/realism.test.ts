import { join } from 'node:path'
import test from 'ava'
import { realMallDir } from '../../maps/testing/real-mall.ts'
import type { PositioningEvent } from '../events.ts'
import { RandomStream } from '../random.ts'
import { readRecordedWalks } from '../testing/recorded-walks.ts'
import {
  androidReceiver,
  angleBetween,
  anyPerson,
  heldPhone,
  mallRadio,
  plannedLayout,
  radioField,
  simulateWalk,
  standardBuilding,
  stroll,
  truthAt,
} from './index.ts'
import { bearing } from './journey.ts'
import { azimuthOf } from './quaternion.ts'

/** Someone who stood at two points and walked between them. */
interface Segment {
  readonly fromMs: number
  readonly toMs: number
  readonly bearingRad: number
  readonly lengthM: number
}

interface Walk {
  readonly events: readonly PositioningEvent[]
  readonly segments: readonly Segment[]
}

interface Figures {
  /** Median over walks: standard deviation of |acceleration|, m/s². */
  readonly accelerationSd: number
  /** Median over four-second windows in motion, steps a second. */
  readonly cadenceHz: number
  /** Median over segments, m/s. */
  readonly speedMps: number
  /** From one reading of a beacon to its next within 1.5 s, divided by the root of 2, dB. */
  readonly readingJitterDb: number
  /** 5 %, 50 % and 95 % of all readings, dBm. */
  readonly rssiDbm: readonly number[]
  /** Median over walks, sightings a second. */
  readonly sightingsPerS: number
  /** Share of time in gaps of more than three seconds without a sighting. */
  readonly gapShare: number
  /** Rotation vector's azimuth against the way between two points: half of the errors are below, degrees. */
  readonly headingErrorDeg: number
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN
}

function sdOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}

/** The lag of 0.36–0.9 s at which four seconds of |acceleration| repeat best; none for a still phone. */
function cadencesOf(magnitudes: readonly number[]): number[] {
  const cadences: number[] = []
  for (let start = 0; start + 200 <= magnitudes.length; start += 200) {
    const part = magnitudes.slice(start, start + 200)
    const mean = part.reduce((sum, value) => sum + value, 0) / 200
    if (sdOf(part) < 0.7) continue
    let best = 0
    let bestLag = 18
    for (let lag = 18; lag <= 45; lag++) {
      let sum = 0
      for (let i = 0; i + lag < 200; i++) sum += (part[i]! - mean) * (part[i + lag]! - mean)
      if (sum / (200 - lag) > best) {
        best = sum / (200 - lag)
        bestLag = lag
      }
    }
    cadences.push(50 / bestLag)
  }
  return cadences
}

function figuresOf(walks: readonly Walk[]): Figures {
  const sds: number[] = []
  const cadences: number[] = []
  const jitter: number[] = []
  const rssi: number[] = []
  const rates: number[] = []
  const headingErrors: number[] = []
  let gapMs = 0
  let totalMs = 0
  for (const { events, segments } of walks) {
    const last = new Map<string, { tMs: number; rssiDbm: number }>()
    const magnitudes: number[] = []
    const azimuths: { tMs: number; rad: number }[] = []
    const spanMs = (events[events.length - 1]?.tMs ?? 0) - (events[0]?.tMs ?? 0)
    let heard = 0
    let heardMs = events[0]?.tMs ?? 0
    for (const event of events) {
      if (event.kind === 'acceleration') magnitudes.push(Math.hypot(event.x, event.y, event.z))
      if (event.kind === 'orientation') {
        const w = Math.sqrt(Math.max(0, 1 - event.x ** 2 - event.y ** 2 - event.z ** 2))
        azimuths.push({ tMs: event.tMs, rad: azimuthOf({ ...event, w }) })
      }
      if (event.kind !== 'beacon') continue
      heard++
      rssi.push(event.rssiDbm)
      if (event.tMs - heardMs > 3000) gapMs += event.tMs - heardMs
      heardMs = event.tMs
      const before = last.get(event.id)
      if (before && event.tMs - before.tMs < 1500) jitter.push((event.rssiDbm - before.rssiDbm) / Math.SQRT2)
      last.set(event.id, event)
    }
    if (heard === 0 || magnitudes.length === 0) continue
    totalMs += spanMs
    rates.push(heard / (spanMs / 1000))
    sds.push(sdOf(magnitudes))
    cadences.push(...cadencesOf(magnitudes))
    for (const { fromMs, toMs, bearingRad, lengthM } of segments) {
      const within = azimuths.filter(({ tMs }) => tMs >= fromMs && tMs <= toMs)
      if (lengthM < 5 || within.length === 0) continue
      const sine = within.reduce((sum, { rad }) => sum + Math.sin(rad), 0)
      const cosine = within.reduce((sum, { rad }) => sum + Math.cos(rad), 0)
      headingErrors.push(Math.abs(angleBetween(bearingRad, Math.atan2(sine, cosine))) * (180 / Math.PI))
    }
  }
  return {
    accelerationSd: quantile(sds, 0.5),
    cadenceHz: quantile(cadences, 0.5),
    speedMps: quantile(
      walks.flatMap(({ segments }) =>
        segments
          .filter(({ lengthM }) => lengthM > 5)
          .map(({ fromMs, toMs, lengthM }) => (1000 * lengthM) / (toMs - fromMs)),
      ),
      0.5,
    ),
    readingJitterDb: sdOf(jitter),
    rssiDbm: [0.05, 0.5, 0.95].map((share) => quantile(rssi, share)),
    sightingsPerS: quantile(rates, 0.5),
    gapShare: gapMs / totalMs,
    headingErrorDeg: quantile(headingErrors, 0.5),
  }
}

function segmentsOf(points: readonly { tMs: number; x: number; y: number }[]): Segment[] {
  return points.slice(1).map((to, index) => {
    const from = points[index]!
    return {
      fromMs: from.tMs,
      toMs: to.tMs,
      bearingRad: bearing(from, to),
      lengthM: Math.hypot(to.x - from.x, to.y - from.y),
    }
  })
}

/** Sixty strolls with stops of a surveyor's kind: none but the turns. */
function simulatedWalks(): Walk[] {
  const building = standardBuilding()
  const field = radioField(building.sketch, mallRadio, 1)
  const venue = { sketch: building.sketch, beacons: plannedLayout(building.sketch, 90), field }
  const random = new RandomStream(9)
  return Array.from({ length: 60 }, (_, index) => {
    const level = building.sketch.levels[index % 5]!.id
    const { departure, legs } = stroll(building, { level, crossingCount: 3, tMs: 0 }, random)
    const walking = legs.filter(({ kind }) => kind === 'walk')
    const phone = { receiver: androidReceiver, motion: heldPhone }
    const walk = simulateWalk({ venue, person: anyPerson(random), phone, departure, legs: walking }, random)
    const corners = walking.map((leg) => (leg.kind === 'walk' ? leg.to : departure))
    const reached = corners.map((corner) => {
      const at = walk.truth.find(({ x, y }) => Math.hypot(x - corner.x, y - corner.y) < 0.05)
      return at ?? truthAt(walk, Infinity)
    })
    return { events: walk.events, segments: segmentsOf([truthAt(walk, 0), ...reached]) }
  })
}

test('moves and hears as real people with a real phone do in a real mall', (t) => {
  const simulated = figuresOf(simulatedWalks())
  t.log('simulated', JSON.stringify(simulated))
  const dir = realMallDir()
  if (dir === undefined) {
    t.log('ATRIUM_REAL_MALL is not set: the comparison with the recorded walks is left out')
    t.true(simulated.sightingsPerS > 0)
    return
  }
  const recorded = readRecordedWalks(join(dir, 'walks', 'test'))
  const real = figuresOf(
    recorded.map(({ events, waypoints }) => ({ events, segments: segmentsOf(waypoints) })),
  )
  t.log('recorded ', JSON.stringify(real))
  const near = (
    name: 'accelerationSd' | 'cadenceHz' | 'speedMps' | 'headingErrorDeg',
    share: number,
  ): void => {
    const ratio = simulated[name] / real[name]
    t.true(
      Math.abs(Math.log(ratio)) < Math.log(1 + share),
      `${name}: ${simulated[name]} against ${real[name]}`,
    )
  }
  near('accelerationSd', 0.3)
  near('cadenceHz', 0.1)
  near('speedMps', 0.15)
  near('headingErrorDeg', 0.4)
  t.true(
    Math.abs(simulated.readingJitterDb - real.readingJitterDb) < 1,
    'readings of one beacon jitter alike',
  )
  // The simulated phone must not hear better than the real one: its readings are no stronger.
  t.true(simulated.rssiDbm.every((rssi, index) => rssi <= real.rssiDbm[index]! + 3))
})
