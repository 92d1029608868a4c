import type { PlacedBeacon } from '../beacon-types.ts'
import { placeOfCell } from './traffic.ts'
import type { TrafficHour } from './traffic.ts'

/** Upper ends of the bins of distance from a beacon, metres; beyond the last a beacon may rightly be missed. */
export const binEndsM = [4, 8, 12, 16, 20] as const
/** Bins in which a beacon that lost 10 dB is still heard, so that its readings are not only the lucky ones. */
const nearBins = 2
/** Windows a beacon needs in a bin before it has a say in what is usual there. */
const leastForUsual = 10

/** One beacon against what its place promises, by bins of distance. */
export interface Hearing {
  /** Windows of phones in each bin, and those of them that heard the beacon. */
  readonly exposed: readonly number[]
  readonly heard: readonly number[]
  /** Sum of rssi minus the power at one metre, dB, by bin. */
  readonly lossSumDb: readonly number[]
}

/** How well phones hear a beacon at each distance in this venue: what all of its beacons have in common. */
export interface Usual {
  /** Share of windows, by bin; the middle one of all beacons. */
  readonly share: readonly number[]
  /** rssi minus power at one metre, dB, by bin; the middle one of all beacons. */
  readonly lossDb: readonly number[]
}

/** What the traffic near each beacon's place says of it; only its own level. O(beacons × cells near). */
export function hearingsOf(sum: TrafficHour, placed: readonly PlacedBeacon[]): Map<string, Hearing> {
  const cells = [...sum.windows].map(([cell, windows]) => ({ cell, windows, ...placeOfCell(sum, cell) }))
  const byLevel = new Map<string, typeof cells>()
  for (const cell of cells) byLevel.set(cell.levelId, [...(byLevel.get(cell.levelId) ?? []), cell])
  return new Map(
    placed.map((beacon) => {
      const exposed = binEndsM.map(() => 0)
      const heard = binEndsM.map(() => 0)
      const lossSumDb = binEndsM.map(() => 0)
      const heardCells = sum.heard.get(beacon.beaconId)
      for (const { cell, windows, x, y } of byLevel.get(beacon.levelId) ?? []) {
        const bin = binOf(Math.hypot(x - beacon.x, y - beacon.y))
        if (bin < 0) continue
        exposed[bin]! += windows
        const here = heardCells?.get(cell)
        if (!here) continue
        heard[bin]! += here.windows
        lossSumDb[bin]! += here.rssiSumDbm - here.windows * beacon.powerDbm
      }
      return [beacon.beaconId, { exposed, heard, lossSumDb }]
    }),
  )
}

/** What is usual at each distance: the median over the beacons, so that broken ones do not pull it. */
export function usualOf(hearings: Iterable<Hearing>): Usual {
  const all = [...hearings]
  return {
    share: binEndsM.map((_, bin) =>
      median(
        all
          .filter(({ exposed }) => exposed[bin]! >= leastForUsual)
          .map(({ exposed, heard }) => heard[bin]! / exposed[bin]!),
      ),
    ),
    lossDb: binEndsM.map((_, bin) =>
      median(
        all
          .filter(({ heard }) => heard[bin]! >= leastForUsual)
          .map(({ heard, lossSumDb }) => lossSumDb[bin]! / heard[bin]!),
      ),
    ),
  }
}

/** Windows in which a beacon should have been heard near its place, and in which it was. */
export function countsOf({ exposed, heard }: Hearing, { share }: Usual): { expected: number; heard: number } {
  const counts = { expected: 0, heard: 0 }
  binEndsM.forEach((_, bin) => {
    if (Number.isNaN(share[bin]!)) return
    counts.expected += exposed[bin]! * share[bin]!
    counts.heard += heard[bin]!
  })
  return counts
}

/** How much louder than usual a beacon is near its place, dB, over so many windows. */
export function residualOf(
  { heard, lossSumDb }: Hearing,
  { lossDb }: Usual,
): { db: number; windows: number } {
  let sumDb = 0
  let windows = 0
  for (let bin = 0; bin < nearBins; bin++) {
    if (Number.isNaN(lossDb[bin]!)) continue
    sumDb += lossSumDb[bin]! - heard[bin]! * lossDb[bin]!
    windows += heard[bin]!
  }
  return { db: windows === 0 ? 0 : sumDb / windows, windows }
}

function binOf(distanceM: number): number {
  return binEndsM.findIndex((endM) => distanceM < endM)
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
