/** What a battery said at a time: percent, or millivolts of a lithium coin cell. */
export type BatteryReading =
  { readonly atMs: number; readonly percent: number } | { readonly atMs: number; readonly millivolts: number }

/** What a beacon's hardware draws. */
export interface HardwareProfile {
  readonly capacityMah: number
  /** Between packets, µA. */
  readonly sleepMicroamps: number
  /** For one packet on its three channels at 0 dBm, µC. */
  readonly packetMicrocoulombs: number
}

/**
 * A beacon with an nRF52-class chip and a lithium coin cell. Drawn figures: 28 µA at 500 ms and 126 µA at 100 ms give
 * 12 µC a packet and 3.5 µA in between. Source: HYXK, "How long will the battery of a Bluetooth beacon work" (2022);
 * cell sizes: BeaconZone, "Beacon battery size, type, capacity and life".
 */
export const coinCellProfiles = {
  CR2032: { capacityMah: 220, sleepMicroamps: 3.5, packetMicrocoulombs: 12 },
  CR2450: { capacityMah: 500, sleepMicroamps: 3.5, packetMicrocoulombs: 12 },
  CR2477: { capacityMah: 1000, sleepMicroamps: 3.5, packetMicrocoulombs: 12 },
  ER14250: { capacityMah: 1200, sleepMicroamps: 3.5, packetMicrocoulombs: 12 },
} as const satisfies Record<string, HardwareProfile>

/** Months until the battery is at a tenth, when it should be replaced: 0 when it already is. */
export interface BatteryForecast {
  /** `history`: how it fell so far; `hardware`: what its hardware draws, because it has not fallen enough to tell. */
  readonly basis: 'history' | 'hardware'
  readonly percentNow: number
  readonly months: { readonly low: number; readonly likely: number; readonly high: number }
  /** Readings since this battery was put in. */
  readonly readings: number
}

const monthMs = (365.25 / 12) * 86_400_000
const replaceAtPercent = 10
/** A rise this large is a new battery: cold and load move a reading by less. */
const newBatteryRisePercent = 20
/** History tells once it spans this long and fell this far; percent come in steps of one and more. */
const tellingSpanMs = 30 * 86_400_000
const tellingFallPercent = 5
/** Further months are not worth a number: the cell's own decay ends it. */
const longestMonths = 120
/** What of a cell can be used, worst and best: cold, old stock, the voltage a radio still starts at. Own estimate. */
const usableShare = { low: 0.6, likely: 0.8, high: 1 }
const maxReadings = 500

/**
 * How long a battery still lasts, with a range: from its own readings by the median of the slopes between them (quartiles
 * are the range), and as long as those say too little, from its hardware.
 * @param readings in any order; the latest 500 count; those before the last change of battery are dropped
 * @param use.intervalMs between packets
 * @returns undefined when there is no reading and no profile
 * O(n²) of at most 500 readings. Source: Sen, Journal of the American Statistical Association 63 (1968).
 */
export function forecastBattery(
  readings: readonly BatteryReading[],
  use: { readonly nowMs: number; readonly profile?: HardwareProfile; readonly intervalMs?: number },
): BatteryForecast | undefined {
  const all = readings.map((reading) => ({ atMs: reading.atMs, percent: percentOf(reading) }))
  const current = sinceNewBattery(all.sort((a, b) => a.atMs - b.atMs).slice(-maxReadings))
  const latest = current[current.length - 1]
  const fromHistory = latest && forecastFromHistory(current, latest, use.nowMs)
  if (fromHistory) return fromHistory
  const { profile, intervalMs } = use
  if (!profile || intervalMs === undefined || intervalMs <= 0) return undefined
  const drawMicroamps = profile.sleepMicroamps + (profile.packetMicrocoulombs * 1000) / intervalMs
  const fullMonths = ((profile.capacityMah * 1000) / drawMicroamps) * (3_600_000 / monthMs)
  const percentNow = latest?.percent ?? 100
  const agedMs = latest ? Math.max(0, use.nowMs - latest.atMs) : 0
  const monthsAt = (share: number) => {
    const months = fullMonths * share
    return clampMonths((months * (percentNow - replaceAtPercent)) / 100 - agedMs / monthMs)
  }
  return {
    basis: 'hardware',
    percentNow,
    months: {
      low: monthsAt(usableShare.low),
      likely: monthsAt(usableShare.likely),
      high: monthsAt(usableShare.high),
    },
    readings: current.length,
  }
}

interface Level {
  readonly atMs: number
  readonly percent: number
}

function forecastFromHistory(
  levels: readonly Level[],
  latest: Level,
  nowMs: number,
): BatteryForecast | undefined {
  const first = levels[0] ?? latest
  if (latest.atMs - first.atMs < tellingSpanMs) return undefined
  const falls: number[] = []
  for (const [i, a] of levels.entries()) {
    for (const b of levels.slice(i + 1)) {
      // Readings of one day tell of its temperature, not of its battery.
      if (b.atMs - a.atMs >= 86_400_000) falls.push(((a.percent - b.percent) / (b.atMs - a.atMs)) * monthMs)
    }
  }
  falls.sort((a, b) => a - b)
  const fallAMonth = (share: number) =>
    falls[Math.min(falls.length - 1, Math.floor(share * falls.length))] ?? 0
  const likely = fallAMonth(0.5)
  if ((likely * (latest.atMs - first.atMs)) / monthMs < tellingFallPercent) return undefined
  const agedMonths = Math.max(0, nowMs - latest.atMs) / monthMs
  const monthsAt = (fall: number) =>
    fall <= 0 ? longestMonths : clampMonths((latest.percent - replaceAtPercent) / fall - agedMonths)
  return {
    basis: 'history',
    percentNow: latest.percent,
    months: {
      low: monthsAt(fallAMonth(0.75)),
      likely: monthsAt(likely),
      high: monthsAt(fallAMonth(0.25)),
    },
    readings: levels.length,
  }
}

function sinceNewBattery(levels: readonly Level[]): readonly Level[] {
  let from = 0
  let lowest = Infinity
  for (const [i, { percent }] of levels.entries()) {
    if (percent - lowest >= newBatteryRisePercent) {
      from = i
      lowest = percent
    }
    lowest = Math.min(lowest, percent)
  }
  return levels.slice(from)
}

function clampMonths(months: number): number {
  return Math.min(longestMonths, Math.max(0, months))
}

function percentOf(reading: BatteryReading): number {
  const percent = 'percent' in reading ? reading.percent : coinCellPercent(reading.millivolts)
  return Math.min(100, Math.max(0, percent))
}

/**
 * What is left of a lithium coin cell at a voltage: flat for most of its life, then a knee.
 * Source: Nordic nRF5 SDK, app_util.h, battery_level_in_percent (CR2032).
 */
export function coinCellPercent(millivolts: number): number {
  if (millivolts >= 3000) return 100
  if (millivolts > 2900) return 100 - ((3000 - millivolts) * 58) / 100
  if (millivolts > 2740) return 42 - ((2900 - millivolts) * 24) / 160
  if (millivolts > 2440) return 18 - ((2740 - millivolts) * 12) / 300
  if (millivolts > 2100) return 6 - ((2440 - millivolts) * 6) / 340
  return 0
}
