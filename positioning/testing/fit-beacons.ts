import type { LevelExtent } from '../cell-grid.ts'
import type { RecordedWalk } from '../recorded-walk.ts'
import { SurveyTrack } from '../radio-map/survey.ts'
import { sightingsOf } from './observations.ts'

/** A beacon as a survey lets one guess it; position in its level's own frame. */
export interface FittedBeacon {
  readonly id: string
  readonly level: string
  readonly x: number
  readonly y: number
  readonly powerAt1mDbm: number
}

/** All beacons of a survey, and the exponent that fits them together. */
export interface FittedBeacons {
  readonly beacons: ReadonlyMap<string, FittedBeacon>
  readonly pathLossExponent: number
}

interface Reading {
  readonly level: string
  readonly x: number
  readonly y: number
  readonly rssiDbm: number
}

/** A beacon heard less often than this in a survey is noise or a passing device. */
const leastSightings = 5

/**
 * Guesses positions and powers from a survey, for methods that need them: a beacon hangs where it was
 * heard loudest (mean of the places on its loudest level, weighted by 10^(rssi/5)); one exponent and a power
 * for each beacon are the least squares of rssi over the logarithm of distance.
 * Source: own; the model is log-distance path loss.
 */
export function fitBeacons(survey: readonly RecordedWalk[], extents: readonly LevelExtent[]): FittedBeacons {
  const levels = new Set(extents.map(({ id }) => id))
  const readings = readingsOf(survey.filter(({ level }) => levels.has(level)))
  const places = new Map<
    string,
    { level: string; x: number; y: number; near: { lg: number; rssi: number }[] }
  >()
  let across = 0
  let squares = 0
  for (const [id, all] of readings) {
    if (all.length < leastSightings) continue
    const level = loudestLevel(all)
    const here = all.filter((reading) => reading.level === level)
    const weights = here.map(({ rssiDbm }) => 10 ** ((rssiDbm + 100) / 5))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const x = here.reduce((sum, reading, index) => sum + reading.x * weights[index]!, 0) / total
    const y = here.reduce((sum, reading, index) => sum + reading.y * weights[index]!, 0) / total
    const near = here.map((reading) => ({
      lg: Math.log10(Math.max(1, Math.hypot(reading.x - x, reading.y - y))),
      rssi: reading.rssiDbm,
    }))
    places.set(id, { level, x, y, near })
    const meanLg = mean(near.map(({ lg }) => lg))
    for (const { lg, rssi } of near) {
      across += (lg - meanLg) * rssi
      squares += (lg - meanLg) ** 2
    }
  }
  const pathLossExponent = -across / squares / 10
  const beacons = [...places].map(([id, { level, x, y, near }]): [string, FittedBeacon] => {
    const powerAt1mDbm = mean(near.map(({ lg, rssi }) => rssi + 10 * pathLossExponent * lg))
    return [id, { id, level, x, y, powerAt1mDbm }]
  })
  return { beacons: new Map(beacons), pathLossExponent }
}

function readingsOf(survey: readonly RecordedWalk[]): Map<string, Reading[]> {
  const readings = new Map<string, Reading[]>()
  for (const walk of survey) {
    const track = new SurveyTrack(walk)
    const first = track.waypoints[0]
    const last = track.waypoints[track.waypoints.length - 1]
    if (!first || !last) continue
    for (const { tMs, id, rssiDbm } of sightingsOf(walk)) {
      const point = tMs >= first.tMs && tMs <= last.tMs ? track.at(tMs) : undefined
      if (!point) continue
      const list = readings.get(id) ?? []
      list.push({ level: walk.level, x: point.x, y: point.y, rssiDbm })
      readings.set(id, list)
    }
  }
  return readings
}

function loudestLevel(readings: readonly Reading[]): string {
  const loudness = new Map<string, number>()
  for (const { level, rssiDbm } of readings) {
    loudness.set(level, (loudness.get(level) ?? 0) + 10 ** (rssiDbm / 10))
  }
  return [...loudness].sort((a, b) => b[1] - a[1])[0]![0]
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
