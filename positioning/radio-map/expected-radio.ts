import type { CellGrid, GridLevel } from '../cell-grid.ts'
import { expectedRateHz, expectedRssi, visitDistances, type BeaconPlacement } from './path-loss.ts'
import { printScaleDb } from './fingerprint.ts'
import type { BeaconCells, RadioMap } from './radio-map.ts'
import type { RadioTuning } from './radio-model.ts'
import { Spread } from './spread.ts'

/** What is expected of a beacon where nothing is known of it: seldom and weak. */
export const unknownRateHz = 2e-4
export const unknownRssiDbm = -92
/** Rates below this are as good as unknown and are not stored. */
export const leastRateHz = 6e-4
/** Stored rates are steps of the logarithm above the least rate: a sixth of a neper each, up to 22 a second. */
export const rateSteps = 6
export const rateLevels = 64
const leastPrint = 0.006
const printWindowS = 8

/** Rates, rssi and fingerprints by beacon and cell, a byte each. */
export interface ExpectedRadio {
  readonly rates: BeaconCells & {
    /** Steps of log rate above the least rate. */
    readonly rate: Uint8Array
    /** Minus the expected rssi, in half decibels. */
    readonly rssi: Uint8Array
  }
  /** Components of each cell's unit fingerprint, in 255ths. */
  readonly prints: BeaconCells & { readonly value: Uint8Array }
  /** Expected sightings a second of all beacons together, by cell. */
  readonly totalHz: Float32Array
  /** Seconds of survey around each cell. */
  readonly supportS: Float32Array
  /** Sightings a second that the registry alone promises in each cell. */
  readonly promisedHz: Float32Array
  /** 1 where nobody surveyed, falling to 0 with the survey around. */
  readonly ignorance: Float32Array
}

/** Works out what to expect everywhere from what was heard somewhere. O(map size times kernel size). */
export function expectRadio(map: RadioMap, tuning: RadioTuning): ExpectedRadio {
  const spreads = tuning.kernelsM.map((sdM) => new Spread(map.grid, sdM))
  const seconds = spreads.map((spread) => spread.all(map.seconds))
  const ignorance = new Float32Array(map.grid.cellCount).fill(1)
  for (const s of seconds) {
    for (let c = 0; c < s.length; c++) ignorance[c]! *= tuning.rateTrustS / (tuning.rateTrustS + s[c]!)
  }
  const placementOf = new Map(map.placements.map((placement) => [placement.id, placement]))
  const placed = map.beacons.map((id) => placementOf.get(id))
  const parts = { map, tuning, spreads, placed }
  return {
    ...expectRates(parts, seconds),
    prints: expectPrints(parts),
    supportS: seconds[seconds.length - 1] ?? new Float32Array(map.grid.cellCount),
    ignorance,
  }
}

interface Parts {
  readonly map: RadioMap
  readonly tuning: RadioTuning
  readonly spreads: readonly Spread[]
  /** By beacon: where the registry says it is. */
  readonly placed: readonly (BeaconPlacement | undefined)[]
}

function expectRates(
  { map, tuning, spreads, placed }: Parts,
  seconds: readonly Float32Array[],
): Pick<ExpectedRadio, 'rates' | 'totalHz' | 'promisedHz'> {
  const { grid, heard } = map
  const totalHz = new Float32Array(grid.cellCount)
  const promisedHz = new Float32Array(grid.cellCount)
  const rates = new Entries(map.beacons.length)
  const [rate, mean, counts, sums] = [0, 0, 0, 0].map(() => new Float32Array(grid.cellCount)) as Four
  for (let beacon = 0; beacon < map.beacons.length; beacon++) {
    const from = heard.first[beacon]!
    const to = heard.first[beacon + 1]!
    for (const level of levelsOf(grid, heard.cell.subarray(from, to), placed[beacon])) {
      const begin = level.firstCell
      const end = begin + level.cellCount
      expectFromPlacement({ grid, level, tuning, placement: placed[beacon] }, rate, mean)
      if (placed[beacon]) for (let c = begin; c < end; c++) promisedHz[c]! += rate[c]!
      spreads.forEach((spread, k) => {
        counts.fill(0, begin, end)
        sums.fill(0, begin, end)
        for (let e = from; e < to; e++) {
          const c = heard.cell[e]!
          if (c < begin || c >= end) continue
          spread.add(counts, c, heard.count[e]!)
          spread.add(sums, c, heard.rssiSum[e]!)
        }
        const around = seconds[k]!
        for (let c = begin; c < end; c++) {
          rate[c] = (counts[c]! + tuning.rateTrustS * rate[c]!) / (around[c]! + tuning.rateTrustS)
          mean[c] = (sums[c]! + tuning.rssiTrust * mean[c]!) / (counts[c]! + tuning.rssiTrust)
        }
      })
      for (let c = begin; c < end; c++) {
        if (rate[c]! < leastRateHz) continue
        totalHz[c]! += rate[c]!
        const step = Math.round(rateSteps * Math.log(rate[c]! / leastRateHz))
        rates.push(c, Math.min(rateLevels - 1, step), Math.max(0, Math.min(255, Math.round(-2 * mean[c]!))))
      }
    }
    rates.endBeacon()
  }
  return { rates: rates.rates(), totalHz, promisedHz }
}

type Four = [Float32Array, Float32Array, Float32Array, Float32Array]

/** Fills a level with what path loss says of a beacon, or with what is said of unknown ones. */
function expectFromPlacement(
  at: { grid: CellGrid; level: GridLevel; tuning: RadioTuning; placement: BeaconPlacement | undefined },
  rate: Float32Array,
  mean: Float32Array,
): void {
  const { grid, level, tuning, placement } = at
  rate.fill(unknownRateHz, level.firstCell, level.firstCell + level.cellCount)
  mean.fill(unknownRssiDbm, level.firstCell, level.firstCell + level.cellCount)
  if (!placement) return
  const slabs = Math.abs(grid.levels.indexOf(level) - grid.levelIndex(placement.level))
  visitDistances({ grid, level, placement }, (cell, distanceM) => {
    const rssi = expectedRssi(tuning.pathLoss, placement.powerDbm, distanceM, slabs)
    mean[cell] = Math.max(unknownRssiDbm, rssi)
    rate[cell] = Math.max(unknownRateHz, expectedRateHz(tuning.pathLoss, rssi))
  })
}

/** The levels where anything can be said of a beacon. */
function levelsOf(
  grid: CellGrid,
  cells: Uint32Array,
  placement: BeaconPlacement | undefined,
): readonly GridLevel[] {
  if (placement) return grid.levels
  const indices = new Set<number>()
  for (const cell of cells) indices.add(grid.levelOf[cell]!)
  return grid.levels.filter((_, index) => indices.has(index))
}

function expectPrints({ map, tuning, spreads, placed }: Parts): ExpectedRadio['prints'] {
  const { grid, printed } = map
  const totals = spreads.map((spread) => spread.all(map.prints))
  const squares = new Float64Array(grid.cellCount)
  const prior = placed.some((placement) => placement)
    ? priorSquares({ map, tuning, spreads, placed })
    : undefined
  const entries = new Entries(map.beacons.length)
  const value = new Float32Array(grid.cellCount)
  const sums = new Float32Array(grid.cellCount)
  for (let beacon = 0; beacon < map.beacons.length; beacon++) {
    const from = printed.first[beacon]!
    const to = printed.first[beacon + 1]!
    for (const level of levelsOf(grid, printed.cell.subarray(from, to), placed[beacon])) {
      const begin = level.firstCell
      const end = begin + level.cellCount
      value.fill(0, begin, end)
      if (prior) printFromPlacement({ grid, level, tuning, placement: placed[beacon] }, prior, value)
      spreads.forEach((spread, k) => {
        sums.fill(0, begin, end)
        for (let e = from; e < to; e++) {
          const c = printed.cell[e]!
          if (c >= begin && c < end) spread.add(sums, c, printed.value[e]!)
        }
        const trust = k === 0 && !prior ? noTrust : tuning.printTrust
        for (let c = begin; c < end; c++) {
          value[c] = (sums[c]! + trust * value[c]!) / (totals[k]![c]! + trust)
        }
      })
      for (let c = begin; c < end; c++) {
        squares[c]! += value[c]! * value[c]!
        if (value[c]! > leastPrint / 4) entries.push(c, value[c]!, 0)
      }
    }
    entries.endBeacon()
  }
  // To unit length, so that a place between two surveyed ones is not taken for a place that sounds weak.
  return entries.printsOfUnitLength(squares)
}

/** Prints on which the wide kernel's first word rests when there is no registry to fall back on. */
const noTrust = 0.1

/** What path loss makes of a beacon's share in the fingerprint, before it is brought to unit length. */
function visitPlacedPrints(
  at: { grid: CellGrid; level: GridLevel; tuning: RadioTuning; placement: BeaconPlacement | undefined },
  visit: (cell: number, value: number) => void,
): void {
  const { grid, level, tuning, placement } = at
  if (!placement) return
  const slabs = Math.abs(grid.levels.indexOf(level) - grid.levelIndex(placement.level))
  visitDistances({ grid, level, placement }, (cell, distanceM) => {
    const rssi = expectedRssi(tuning.pathLoss, placement.powerDbm, distanceM, slabs)
    const heard = 1 - Math.exp(-printWindowS * expectedRateHz(tuning.pathLoss, rssi))
    visit(cell, heard * Math.exp((rssi + 60) / printScaleDb))
  })
}

/** Squared length of the fingerprint that the registry alone expects in each cell. */
function priorSquares({ map, tuning, placed }: Parts): Float64Array {
  const squares = new Float64Array(map.grid.cellCount)
  for (const placement of placed) {
    for (const level of map.grid.levels) {
      visitPlacedPrints({ grid: map.grid, level, tuning, placement }, (cell, value) => {
        squares[cell]! += value * value
      })
    }
  }
  return squares
}

function printFromPlacement(
  at: Parameters<typeof visitPlacedPrints>[0],
  squares: Float64Array,
  out: Float32Array,
): void {
  visitPlacedPrints(at, (cell, value) => {
    out[cell] = value / (Math.sqrt(squares[cell]!) + 1e-9)
  })
}

/** Entries by beacon in arrays that double when they are full. */
class Entries {
  readonly #first: Uint32Array
  #beacon = 0
  #length = 0
  #cell = new Uint32Array(1 << 14)
  #a = new Float32Array(1 << 14)
  #b = new Uint8Array(1 << 14)

  constructor(beacons: number) {
    this.#first = new Uint32Array(beacons + 1)
  }

  push(cell: number, a: number, b: number): void {
    if (this.#length === this.#cell.length) {
      const [oldCell, oldA, oldB] = [this.#cell, this.#a, this.#b]
      this.#cell = new Uint32Array(2 * this.#length)
      this.#a = new Float32Array(2 * this.#length)
      this.#b = new Uint8Array(2 * this.#length)
      this.#cell.set(oldCell)
      this.#a.set(oldA)
      this.#b.set(oldB)
    }
    this.#cell[this.#length] = cell
    this.#a[this.#length] = a
    this.#b[this.#length++] = b
  }

  endBeacon(): void {
    this.#first[++this.#beacon] = this.#length
  }

  rates(): ExpectedRadio['rates'] {
    return {
      first: this.#first,
      cell: this.#cell.slice(0, this.#length),
      rate: Uint8Array.from(this.#a.subarray(0, this.#length)),
      rssi: this.#b.slice(0, this.#length),
    }
  }

  printsOfUnitLength(squares: Float64Array): ExpectedRadio['prints'] {
    const first = new Uint32Array(this.#first.length)
    const cell = new Uint32Array(this.#length)
    const value = new Uint8Array(this.#length)
    let length = 0
    for (let beacon = 0; beacon + 1 < this.#first.length; beacon++) {
      for (let e = this.#first[beacon]!; e < this.#first[beacon + 1]!; e++) {
        const component = this.#a[e]! / (Math.sqrt(squares[this.#cell[e]!]!) + 1e-3)
        if (component < leastPrint) continue
        cell[length] = this.#cell[e]!
        value[length++] = Math.min(255, Math.round(255 * component))
      }
      first[beacon + 1] = length
    }
    return { first, cell: cell.slice(0, length), value: value.slice(0, length) }
  }
}
