import { cellSizeM, type CellGrid, type GridLevel } from '../cell-grid.ts'
import { fingerprintOf, type Heard } from './fingerprint.ts'
import type { BeaconCells, RadioMap } from './radio-map.ts'

/** How a radio map becomes a likelihood. */
export interface RadioTuning {
  /** Standard deviations of the kernels that spread what was heard, metres, wide to narrow. */
  readonly kernelsM: readonly number[]
  /** Seconds of survey that weigh as much as what the wider kernel says. */
  readonly rateTrustS: number
  /** Sightings that weigh as much as what the wider kernel says of the rssi. */
  readonly rssiTrust: number
  readonly rssiSdDb: number
  /** Sightings a second that come from nowhere: other people's devices, reflections. */
  readonly clutterHz: number
  /** Weight of the beacons that could have been heard and were not. */
  readonly absence: number
  /** Weight of the packets' likelihood: they are not independent of each other. */
  readonly packetWeight: number
  /** Weight of the fingerprints' similarity. */
  readonly printWeight: number
  readonly printKernelM: number
}

/** Chosen by cross-validation on the survey walks (README). */
export const defaultRadioTuning: RadioTuning = {
  kernelsM: [16, 8, 4],
  rateTrustS: 20,
  rssiTrust: 4,
  rssiSdDb: 8,
  clutterHz: 5e-5,
  absence: 0.5,
  packetWeight: 0.3,
  printWeight: 5,
  printKernelM: 4,
}

const unknownRateHz = 2e-4
const unknownRssiDbm = -92
const leastRateHz = 6e-4
const kernelReach = 2.6

interface Rates extends BeaconCells {
  readonly logRate: Float32Array
  readonly rssi: Float32Array
}

interface Prints extends BeaconCells {
  readonly value: Float32Array
}

/** Expected rate and rssi of beacons by cell, ready to be looked up. */
export class RadioModel {
  readonly grid: CellGrid
  readonly tuning: RadioTuning
  readonly #beaconOf: Map<string, number>
  /** Expected sightings a second of all beacons together. */
  readonly totalHz: Float32Array
  /** Seconds of survey around each cell. */
  readonly supportS: Float32Array
  /** 1 where nobody surveyed, falling to 0 with the survey around. */
  readonly #ignorance: Float32Array
  readonly #rates: Rates
  readonly #prints: Prints

  constructor(map: RadioMap, tuning: RadioTuning = defaultRadioTuning) {
    this.grid = map.grid
    this.tuning = tuning
    this.#beaconOf = new Map(map.beacons.map((id, beacon) => [id, beacon]))
    const cells = map.grid.cellCount
    this.totalHz = new Float32Array(cells)
    this.#ignorance = new Float32Array(cells).fill(1)
    const spreads = tuning.kernelsM.map((sdM) => new Spread(map.grid, sdM))
    const seconds = spreads.map((spread) => spreadAll(spread, map.seconds))
    for (const s of seconds) {
      for (let c = 0; c < cells; c++) this.#ignorance[c]! *= tuning.rateTrustS / (tuning.rateTrustS + s[c]!)
    }
    this.supportS = seconds[seconds.length - 1] ?? new Float32Array(cells)
    this.#rates = this.#buildRates(map, spreads, seconds)
    this.#prints = this.#buildPrints(map)
  }

  /** The number of a beacon, undefined when the map does not know it. */
  beaconOf(id: string): number | undefined {
    return this.#beaconOf.get(id)
  }

  /**
   * Writes the logarithm of how well each cell explains what was heard, up to a constant.
   * @param packets sightings of the tick
   * @param durationS length of the tick
   * @param recent sightings of the last seconds, for the fingerprint
   */
  logLikelihood(
    packets: readonly Heard[],
    durationS: number,
    recent: readonly Heard[],
    out: Float32Array,
  ): void {
    const { clutterHz, rssiSdDb, absence, packetWeight, printWeight } = this.tuning
    let unknownGain = 0
    const sd2 = 2 * rssiSdDb * rssiSdDb
    const gains = packets.map(({ rssiDbm }) => {
      const gain = Math.log(
        1 + (unknownRateHz / clutterHz) * Math.exp(-((rssiDbm - unknownRssiDbm) ** 2) / sd2),
      )
      unknownGain += gain
      return gain
    })
    const absent = -packetWeight * absence * durationS
    for (let c = 0; c < out.length; c++) {
      out[c] = packetWeight * unknownGain * this.#ignorance[c]! + absent * this.totalHz[c]!
    }
    const { first, cell, logRate, rssi } = this.#rates
    packets.forEach(({ beacon, rssiDbm }, p) => {
      for (let e = first[beacon]!; e < first[beacon + 1]!; e++) {
        const difference = rssiDbm - rssi[e]!
        const c = cell[e]!
        const ratio = Math.exp(logRate[e]! - (difference * difference) / sd2) / clutterHz
        out[c]! += packetWeight * (Math.log(1 + ratio) - gains[p]! * this.#ignorance[c]!)
      }
    })
    if (recent.length === 0) return
    const print = fingerprintOf(recent)
    const prints = this.#prints
    print.beacons.forEach((beacon, i) => {
      const weight = printWeight * print.values[i]!
      for (let e = prints.first[beacon]!; e < prints.first[beacon + 1]!; e++) {
        out[prints.cell[e]!]! += weight * prints.value[e]!
      }
    })
  }

  #buildRates(map: RadioMap, spreads: readonly Spread[], seconds: readonly Float32Array[]): Rates {
    const { rateTrustS, rssiTrust } = this.tuning
    const cells = map.grid.cellCount
    const lists: { cell: number[]; logRate: number[]; rssi: number[] } = { cell: [], logRate: [], rssi: [] }
    const first = new Uint32Array(map.beacons.length + 1)
    const rate = new Float32Array(cells)
    const mean = new Float32Array(cells)
    const counts = new Float32Array(cells)
    const sums = new Float32Array(cells)
    map.beacons.forEach((_, beacon) => {
      const from = map.heard.first[beacon]!
      const to = map.heard.first[beacon + 1]!
      const levels = new Set<GridLevel>()
      for (let e = from; e < to; e++) levels.add(map.grid.levels[map.grid.levelOf[map.heard.cell[e]!]!]!)
      for (const level of levels) {
        const a = level.firstCell
        const b = a + level.cellCount
        rate.fill(unknownRateHz, a, b)
        mean.fill(unknownRssiDbm, a, b)
        spreads.forEach((spread, k) => {
          counts.fill(0, a, b)
          sums.fill(0, a, b)
          for (let e = from; e < to; e++) {
            const c = map.heard.cell[e]!
            if (c >= a && c < b) spread.add(counts, c, map.heard.count[e]!)
            if (c >= a && c < b) spread.add(sums, c, map.heard.rssiSum[e]!)
          }
          for (let c = a; c < b; c++) {
            rate[c] = (counts[c]! + rateTrustS * rate[c]!) / (seconds[k]![c]! + rateTrustS)
            mean[c] = (sums[c]! + rssiTrust * mean[c]!) / (counts[c]! + rssiTrust)
          }
        })
        for (let c = a; c < b; c++) {
          if (rate[c]! < leastRateHz) continue
          this.totalHz[c]! += rate[c]!
          lists.cell.push(c)
          lists.logRate.push(Math.log(rate[c]!))
          lists.rssi.push(mean[c]!)
        }
      }
      first[beacon + 1] = lists.cell.length
    })
    return {
      first,
      cell: Uint32Array.from(lists.cell),
      logRate: Float32Array.from(lists.logRate),
      rssi: Float32Array.from(lists.rssi),
    }
  }

  #buildPrints(map: RadioMap): Prints {
    const cells = map.grid.cellCount
    const spread = new Spread(map.grid, this.tuning.printKernelM, 2)
    const total = spreadAll(spread, map.prints)
    const first = new Uint32Array(map.beacons.length + 1)
    const cell: number[] = []
    const value: number[] = []
    const scratch = new Float32Array(cells)
    map.beacons.forEach((_, beacon) => {
      scratch.fill(0)
      for (let e = map.printed.first[beacon]!; e < map.printed.first[beacon + 1]!; e++) {
        spread.add(scratch, map.printed.cell[e]!, map.printed.value[e]!)
      }
      for (let c = 0; c < cells; c++) {
        const v = scratch[c]! / (total[c]! + 0.1)
        if (v < 0.002) continue
        cell.push(c)
        value.push(v)
      }
      first[beacon + 1] = cell.length
    })
    return { first, cell: Uint32Array.from(cell), value: Float32Array.from(value) }
  }
}

/** Spreads a value at a cell over the cells around it with a Gaussian, cut where it no longer counts. */
export class Spread {
  readonly #grid: CellGrid
  readonly #reach: number
  readonly #kernel: Float32Array

  constructor(grid: CellGrid, sdM: number, cut = kernelReach) {
    this.#grid = grid
    this.#reach = Math.ceil((cut * sdM) / cellSizeM)
    const side = 2 * this.#reach + 1
    this.#kernel = new Float32Array(side * side)
    for (let i = -this.#reach; i <= this.#reach; i++) {
      for (let j = -this.#reach; j <= this.#reach; j++) {
        const d2 = (i * i + j * j) * cellSizeM * cellSizeM
        if (d2 > (cut * sdM) ** 2) continue
        this.#kernel[(i + this.#reach) * side + j + this.#reach] = Math.exp(-d2 / (2 * sdM * sdM))
      }
    }
  }

  /** Adds `value` times the kernel around a cell. */
  add(to: Float32Array, cell: number, value: number): void {
    const grid = this.#grid
    const level = grid.levels[grid.levelOf[cell]!]!
    const reach = this.#reach
    const column = grid.columnOf[cell]!
    const row = grid.rowOf[cell]!
    const side = 2 * reach + 1
    const rowFrom = Math.max(0, row - reach)
    const rowTo = Math.min(level.rows - 1, row + reach)
    for (let i = Math.max(0, column - reach); i <= Math.min(level.columns - 1, column + reach); i++) {
      let k = (i - column + reach) * side + rowFrom - row + reach
      let at = i * level.rows + rowFrom
      for (let j = rowFrom; j <= rowTo; j++, k++, at++) {
        const c = level.cellAt[at]!
        if (c >= 0) to[c]! += value * this.#kernel[k]!
      }
    }
  }
}

function spreadAll(spread: Spread, values: Float32Array): Float32Array {
  const out = new Float32Array(values.length)
  for (let c = 0; c < values.length; c++) if (values[c]! > 0) spread.add(out, c, values[c]!)
  return out
}
