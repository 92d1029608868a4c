import type { CellGrid } from '../cell-grid.ts'
import {
  expectRadio,
  unknownRateHz,
  unknownRssiDbm,
  leastRateHz,
  rateLevels,
  rateSteps,
} from './expected-radio.ts'
import type { ExpectedRadio } from './expected-radio.ts'
import { fingerprintOf, gatherByBeacon, type Heard } from './fingerprint.ts'
import { defaultPathLoss, type PathLoss } from './path-loss.ts'
import type { RadioMap } from './radio-map.ts'

/** How a radio map becomes a likelihood. */
export interface RadioTuning {
  /** Standard deviations of the kernels that spread what was heard, metres, wide to narrow. */
  readonly kernelsM: readonly number[]
  /** Seconds of survey that weigh as much as what the wider kernel says of a beacon's rate. */
  readonly rateTrustS: number
  /** Sightings that weigh as much as what the wider kernel says of the rssi. */
  readonly rssiTrust: number
  /** Fingerprints that weigh as much as what the wider kernel says of a place's sound. */
  readonly printTrust: number
  /** Spread of the rssi below and above what is expected: bodies and walls take away more than chance adds. */
  readonly weakerSdDb: number
  readonly strongerSdDb: number
  /** Sightings a second that come from nowhere: other people's devices, reflections. */
  readonly clutterHz: number
  /** Weight of the beacons that could have been heard and were not. */
  readonly absence: number
  /** Weight of a lone beacon's sighting in log likelihood. */
  readonly packetWeight: number
  /** Beacons heard together err together: the weight falls with their number to this power. */
  readonly crowd: number
  /** Sightings of one beacon err together: the weight falls with their number to this power. */
  readonly repeat: number
  /** Weight of the fingerprint's cosine similarity in log likelihood. */
  readonly printWeight: number
  readonly pathLoss: PathLoss
}

/** Chosen by cross-validation on the survey walks (README). */
export const defaultRadioTuning: RadioTuning = {
  kernelsM: [16, 8, 4],
  rateTrustS: 20,
  rssiTrust: 4,
  printTrust: 5,
  weakerSdDb: 9,
  strongerSdDb: 5,
  clutterHz: 5e-5,
  absence: 0.5,
  packetWeight: 0.5,
  crowd: 0.5,
  repeat: 0.5,
  printWeight: 6,
  pathLoss: defaultPathLoss,
}

/** Half decibels of difference between heard and expected rssi that are told apart, half of them above. */
const differenceSteps = 256
/** More sightings of one beacon in a tick than this say no more. */
const mostRepeats = 16
/** Seconds of survey around a cell that count as well surveyed: some ten passes. */
const fullSupportS = 10

/**
 * What a phone expects to hear where, ready to be looked up: a likelihood for every cell from what it
 * heard. Built once from a radio map, shared by all trackers of a process; for the real mall some 5 MB.
 * **Source** sightings as a Poisson process with a rate and a rssi by place, after A. Haeberlen et al.,
 * "Practical robust localization over large-scale 802.11 wireless networks", MobiCom 2004; rates and
 * means backed off from wide to narrow kernels, and the weights, own.
 */
export class RadioModel {
  readonly grid: CellGrid
  readonly tuning: RadioTuning
  readonly #beaconOf: ReadonlyMap<string, number>
  readonly #expected: ExpectedRadio
  /** Log of one plus the ratio of rate to clutter, by stored rate and difference of rssi. */
  readonly #logRatio: Float32Array

  /** O(size of the map times cells in a kernel's reach): about a second for the real mall. */
  constructor(map: RadioMap, tuning: RadioTuning = defaultRadioTuning) {
    this.grid = map.grid
    this.tuning = tuning
    this.#beaconOf = new Map(map.beacons.map((id, beacon) => [id, beacon]))
    this.#expected = expectRadio(map, tuning)
    this.#logRatio = Float32Array.from({ length: rateLevels * differenceSteps }, (_, i) => {
      const rateHz = leastRateHz * Math.exp(Math.floor(i / differenceSteps) / rateSteps)
      const differenceDb = ((i % differenceSteps) - differenceSteps / 2) / 2
      return Math.log(1 + (rateHz / tuning.clutterHz) * this.#bell(differenceDb))
    })
  }

  /** The number of a beacon, undefined when the map does not know it. */
  beaconOf(id: string): number | undefined {
    return this.#beaconOf.get(id)
  }

  /** How many beacons the map knows. */
  get beaconCount(): number {
    return this.#beaconOf.size
  }

  /** Seconds of survey around each cell. */
  get supportS(): Float32Array {
    return this.#expected.supportS
  }

  /** Sightings a second that the registry alone promises in each cell. */
  get promisedHz(): Float32Array {
    return this.#expected.promisedHz
  }

  /** From 0 (nobody surveyed here) to 1 (well surveyed). */
  supportAt(levelIndex: number, x: number, y: number): number {
    const cell = this.grid.cellNear(levelIndex, x, y)
    return cell < 0 ? 0 : Math.min(1, this.supportS[cell]! / fullSupportS)
  }

  /**
   * Writes for every cell the log of how well it explains what was heard, up to a constant.
   * O(cells + cells in reach of the beacons heard).
   * @param packets sightings since the last call
   * @param durationS how long that was
   * @param recent sightings of the last seconds, for the fingerprint
   */
  logLikelihood(
    packets: readonly Heard[],
    durationS: number,
    recent: readonly Heard[],
    out: Float32Array,
  ): void {
    const expected = this.#expected
    const gathered = gatherByBeacon(packets)
    const weight = this.tuning.packetWeight * Math.pow(Math.max(1, gathered.length), -this.tuning.crowd)
    const weighed = gathered.map(({ beacon, meanRssiDbm, count }) => {
      const w = weight * Math.pow(Math.min(mostRepeats, count), 1 - this.tuning.repeat)
      return { beacon, rssiDbm: meanRssiDbm, w, unknown: w * this.#unknownGain(meanRssiDbm) }
    })
    const absent = -weight * this.tuning.absence * durationS
    const ignorant = weighed.reduce((sum, { unknown }) => sum + unknown, 0)
    for (let c = 0; c < out.length; c++) {
      // Where nobody surveyed, what is not heard says nothing: a promised rate is a guess.
      const unknown = expected.ignorance[c]!
      out[c] = ignorant * unknown + absent * (1 - unknown) * expected.totalHz[c]!
    }
    for (const { beacon, rssiDbm, w, unknown } of weighed) {
      const { first, cell, rate, rssi } = expected.rates
      const heard = Math.round(2 * rssiDbm) + differenceSteps / 2
      const end = first[beacon + 1]!
      for (let e = first[beacon]!; e < end; e++) {
        const difference = Math.max(0, Math.min(differenceSteps - 1, heard + rssi[e]!))
        const c = cell[e]!
        const gain = w * this.#logRatio[rate[e]! * differenceSteps + difference]!
        out[c]! += gain - unknown * expected.ignorance[c]!
      }
    }
    for (const { beacon, value } of fingerprintOf(recent)) {
      const { first, cell, value: component } = expected.prints
      const w = (this.tuning.printWeight * value) / 255
      const end = first[beacon + 1]!
      for (let e = first[beacon]!; e < end; e++) out[cell[e]!]! += w * component[e]!
    }
  }

  /** What a sighting of this rssi adds where nothing is known of any beacon. */
  #unknownGain(rssiDbm: number): number {
    // How loud an unknown beacon is is as uncertain above as below.
    const bell = this.#bell(-Math.abs(rssiDbm - unknownRssiDbm))
    return Math.log(1 + (unknownRateHz / this.tuning.clutterHz) * bell)
  }

  /** How likely a reading is that far above (or, negative, below) the expected one; 1 at best. */
  #bell(differenceDb: number): number {
    const sdDb = differenceDb < 0 ? this.tuning.weakerSdDb : this.tuning.strongerSdDb
    return Math.exp(-(differenceDb * differenceDb) / (2 * sdDb * sdDb))
  }
}
