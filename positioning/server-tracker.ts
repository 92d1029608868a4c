import { beamCalibration, calibratedLevelProbability, calibratedRadiusM } from './calibration.ts'
import { meanPlace } from './estimate.ts'
import type { Fix, PositioningEvent, Tracker } from './events.ts'
import type { Heard } from './radio-map/fingerprint.ts'
import { coarsen } from './radio-map/coarsen.ts'
import type { RadioMap } from './radio-map/radio-map.ts'
import { RadioModel } from './radio-map/radio-model.ts'
import { walkPrior } from './radio-map/walk-prior.ts'
import { SteadyClock } from './steady-clock.ts'
import {
  beamCells,
  field,
  remembered,
  viewState,
  visitorStateBytes,
  type VisitorState,
} from './visitor-state.ts'

const tickMs = 2000
const printMs = 5000
const latelyMs = 10_000
/** Share of belief that a visitor is anywhere, per tick: wrong so far, or carried by a lift. */
const lostShare = 0.01
/** Cells whose log likelihood falls this far below the best one's are not begun with. */
const seedDepth = 6
/** ... and this far below, are not gone on with. */
const keptDepth = 20
/** Side of a cell: a beacon tells no more without motion, and work falls with the square. */
const serverCellM = 4
/** Shares of a cell's belief that go to each side and each corner in a second: 1.3 m sd an axis. */
const neighbours = [
  [-1, 0, 0.035],
  [1, 0, 0.035],
  [0, -1, 0.035],
  [0, 1, 0.035],
  [-1, -1, 0.0075],
  [-1, 1, 0.0075],
  [1, -1, 0.0075],
  [1, 1, 0.0075],
] as const
/** Belief below this no longer spreads, nor is it kept beside a heaviest cell of one. */
const leastMass = 1e-6
/** A silence spreads belief for so many seconds at most; after it, the radio map has the say. */
const mostSpreadS = 8
const silentSpeedMps = 0.7
const greatestRadiusM = 150

/**
 * What all server trackers of a process share: the venue's radio model, and arrays over its grid in
 * which one visitor at a time is stepped (28 bytes a cell).
 */
export class ServerTrackers {
  readonly model: RadioModel
  readonly #prior: Float32Array
  readonly #belief: Float32Array
  readonly #cells: number
  readonly #reached: Uint32Array
  readonly #masses: Float32Array
  readonly #candidates: Uint32Array
  readonly #weights: Float32Array
  readonly #likelihood: Float32Array

  /** Builds the radio model of the server's own, coarser grid: some 0.1 s for the real mall. */
  constructor(map: RadioMap) {
    this.model = new RadioModel(coarsen(map, serverCellM))
    const logs = walkPrior(this.model)
    let sum = 0
    for (const log of logs) sum += Math.exp(log)
    this.#prior = logs.map((log) => Math.exp(log) / sum)
    this.#belief = new Float32Array(logs.length)
    this.#cells = logs.length
    this.#reached = new Uint32Array(logs.length)
    this.#masses = new Float32Array(logs.length)
    this.#candidates = new Uint32Array(logs.length)
    this.#weights = new Float32Array(logs.length)
    this.#likelihood = new Float32Array(logs.length)
  }

  /** A tracker for a visitor: a new one, or one saved here or on another machine with the same map. */
  tracker(state: ArrayBuffer = new ArrayBuffer(visitorStateBytes)): ServerTracker {
    return new ServerTracker(this, state)
  }

  /**
   * Weighs where a visitor may be by what was heard. O(cells + cells in reach of the beacons heard):
   * some 0.1 ms for the real mall.
   */
  observe(
    state: VisitorState,
    heard: { packets: readonly Heard[]; recent: readonly Heard[] },
    tMs: number,
  ): void {
    const likelihood = this.#likelihood
    this.model.logLikelihood(heard.packets, tickMs / 1000, heard.recent, likelihood)
    let best = -Infinity
    for (let c = 0; c < this.#cells; c++) best = Math.max(best, likelihood[c]!)
    const fresh = this.#spreadBelief(state, tMs) === 0 ? 1 : lostShare
    let count = 0
    for (let c = 0; c < this.#cells; c++) {
      const before = this.#belief[c]!
      const log = likelihood[c]! - best
      this.#belief[c] = 0
      if (log < (before > 0 ? -keptDepth : -seedDepth)) continue
      this.#candidates[count] = c
      this.#weights[count++] = ((1 - fresh) * before + fresh * this.#prior[c]!) * Math.exp(log)
    }
    keepHeaviest(state, this.#candidates.subarray(0, count), this.#weights.subarray(0, count))
    state.header[field.believedMs] = tMs
  }

  /** Lays a visitor's belief over the grid, spread by the seconds since; gives the number of cells it reaches. */
  #spreadBelief({ header, cell, weight }: VisitorState, tMs: number): number {
    const { grid } = this.model
    let count = header[field.cells]!
    for (let i = 0; i < count; i++) {
      this.#reached[i] = cell[i]!
      this.#belief[cell[i]!] = weight[i]!
    }
    const seconds = Math.min(mostSpreadS, Math.round((tMs - header[field.believedMs]!) / 1000))
    for (let second = 0; second < seconds; second++) {
      const from = this.#reached.slice(0, count)
      for (let i = 0; i < from.length; i++) this.#masses[i] = this.#belief[from[i]!]!
      for (let i = 0; i < from.length; i++) {
        const c = from[i]!
        const mass = this.#masses[i]!
        if (mass < leastMass) continue
        const level = grid.levels[grid.levelOf[c]!]!
        const at = grid.columnOf[c]! * level.rows + grid.rowOf[c]!
        for (const [columns, rows, share] of neighbours) {
          const row = grid.rowOf[c]! + rows
          if (row < 0 || row >= level.rows) continue
          const to = level.cellAt[at + columns * level.rows + rows] ?? -1
          if (to < 0) continue
          if (this.#belief[to] === 0) this.#reached[count++] = to
          this.#belief[to]! += share * mass
          this.#belief[c]! -= share * mass
        }
      }
    }
    return count
  }
}

/** Stores the heaviest cells of a belief, normalised. */
function keepHeaviest(
  { header, cell, weight }: VisitorState,
  cells: Uint32Array,
  weights: Float32Array,
): void {
  const sorted = weights.slice().sort()
  const negligible = leastMass * (sorted[sorted.length - 1] ?? 0)
  const least = Math.max(negligible, sorted[sorted.length - beamCells] ?? 0)
  let count = 0
  let sum = 0
  for (let i = 0; i < cells.length && count < beamCells; i++) {
    if (!(weights[i]! >= least)) continue
    cell[count] = cells[i]!
    weight[count] = weights[i]!
    sum += weight[count++]!
  }
  for (let i = 0; i < count; i++) weight[i]! /= sum
  header[field.cells] = count
}

/**
 * The tracker of a visitor on the server: beacons only, belief over at most 128 cells of the grid. All
 * there is to a visitor lies in 1,616 bytes.
 * **Source** grid-based Markov localisation: D. Fox, W. Burgard, S. Thrun, "Markov localization for
 * mobile robots in dynamic environments", JAIR 11 (1999); keeping only the heaviest cells own.
 */
export class ServerTracker implements Tracker {
  readonly #shared: ServerTrackers
  /** The visitor; may be stored, moved and handed to {@link ServerTrackers.tracker} again. */
  readonly state: ArrayBuffer

  constructor(shared: ServerTrackers, state: ArrayBuffer) {
    if (state.byteLength !== visitorStateBytes) {
      throw new RangeError(`a visitor's state has ${visitorStateBytes} bytes, not ${state.byteLength}`)
    }
    this.#shared = shared
    this.state = state
  }

  push(event: PositioningEvent): void {
    if (event.kind !== 'beacon') return
    const beacon = this.#shared.model.beaconOf(event.id)
    if (beacon === undefined || !(event.rssiDbm < 0 && event.rssiDbm >= -120)) return
    const state = viewState(this.state)
    if (state.header[field.known] === 0) {
      state.header[field.known] = 1
      state.clock.fill(NaN)
      state.sightingMs.fill(-Infinity)
      state.header[field.nextTickMs] = NaN
    }
    const tMs = new SteadyClock(state.clock).take(event.tMs)
    if (tMs === undefined) return
    this.#advance(state, tMs)
    const at = state.header[field.nextSighting]!
    state.sightingMs[at] = tMs
    state.sightingBeacon[at] = beacon
    state.sightingRssi[at] = Math.round(event.rssiDbm)
    state.header[field.nextSighting] = (at + 1) % remembered
  }

  fix(tMs: number): Fix | undefined {
    const state = viewState(this.state)
    if (state.header[field.known] === 0) return undefined
    const clock = new SteadyClock(state.clock)
    const nowMs = clock.nowMs
    const askedMs = clock.asked(tMs)
    if (nowMs === undefined || askedMs === undefined) return undefined
    this.#advance(state, Math.min(askedMs, nowMs + tickMs))
    if (state.header[field.cells] === 0) return undefined
    const estimate = this.#estimate(state)
    const sightings = sightingsBetween(state, askedMs - latelyMs, askedMs).length
    const unseenM = (silentSpeedMps * Math.max(0, askedMs - nowMs - tickMs)) / 1000
    const { model } = this.#shared
    return {
      tMs,
      level: model.grid.levels[estimate.levelIndex]!.id,
      levelProbability: calibratedLevelProbability(beamCalibration, estimate.levelProbability),
      x: estimate.x,
      y: estimate.y,
      radiusM: Math.min(greatestRadiusM, calibratedRadiusM(beamCalibration, estimate.spreadM) + unseenM),
      basis: {
        sightings,
        silenceMs: askedMs - Math.max(...state.sightingMs),
        motion: false,
        support: model.supportAt(estimate.levelIndex, estimate.x, estimate.y),
      },
    }
  }

  #advance(state: VisitorState, tMs: number): void {
    const { header } = state
    if (Number.isNaN(header[field.nextTickMs]!)) header[field.nextTickMs] = tMs + tickMs
    while (header[field.nextTickMs]! <= tMs) {
      const dueMs = header[field.nextTickMs]!
      const packets = sightingsBetween(state, dueMs - tickMs, dueMs)
      if (packets.length > 0) {
        const recent = sightingsBetween(state, dueMs - printMs, dueMs)
        this.#shared.observe(state, { packets, recent }, dueMs)
      }
      // Nothing can be heard between here and the event that comes: pass over empty ticks at once.
      const empty = Math.max(0, Math.floor((tMs - dueMs) / tickMs) - 1)
      header[field.nextTickMs] = dueMs + tickMs * (1 + (packets.length > 0 ? 0 : empty))
    }
  }

  #estimate({ header, cell, weight }: VisitorState): {
    levelIndex: number
    levelProbability: number
    x: number
    y: number
    spreadM: number
  } {
    const { grid } = this.#shared.model
    const count = header[field.cells]!
    const shares = grid.levels.map(() => 0)
    for (let i = 0; i < count; i++) shares[grid.levelOf[cell[i]!]!]! += weight[i]!
    const levelIndex = shares.indexOf(Math.max(...shares))
    const home = grid.levels[levelIndex]!
    const [xs, ys, ws]: [number[], number[], number[]] = [[], [], []]
    for (let i = 0; i < count; i++) {
      if (grid.levelOf[cell[i]!] !== levelIndex) continue
      xs.push(grid.xOf(cell[i]!))
      ys.push(grid.yOf(cell[i]!))
      ws.push(weight[i]! / shares[levelIndex]!)
    }
    const [x, y] = meanPlace(xs, ys, ws)
    let spreadM = 0
    for (let i = 0; i < count; i++) {
      const level = grid.levels[grid.levelOf[cell[i]!]!]!
      const dx = grid.xOf(cell[i]!) + level.originXM - home.originXM - x
      const dy = grid.yOf(cell[i]!) + level.originYM - home.originYM - y
      spreadM += weight[i]! * Math.sqrt(dx * dx + dy * dy)
    }
    return { levelIndex, levelProbability: Math.min(1, shares[levelIndex]!), x, y, spreadM }
  }
}

/** The remembered sightings after `fromMs` up to `toMs`, oldest first. O(1). */
function sightingsBetween(state: VisitorState, fromMs: number, toMs: number): Heard[] {
  const heard: Heard[] = []
  const begin = state.header[field.nextSighting]!
  for (let i = 0; i < remembered; i++) {
    const at = (begin + i) % remembered
    const tMs = state.sightingMs[at]!
    if (tMs > fromMs && tMs <= toMs) {
      heard.push({ tMs, beacon: state.sightingBeacon[at]!, rssiDbm: state.sightingRssi[at]! })
    }
  }
  return heard
}
