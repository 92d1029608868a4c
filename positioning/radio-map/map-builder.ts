import type { CellGrid } from '../cell-grid.ts'
import type { RecordedWalk } from '../recorded-walk.ts'
import { fingerprintOf, type Heard } from './fingerprint.ts'
import type { BeaconPlacement } from './path-loss.ts'
import type { RadioMap } from './radio-map.ts'
import { SurveyTrack, type TrackPoint } from './survey.ts'

/** A beacon heard less often than this in all walks, weighted, is noise or a passing device. */
const leastSightings = 5
/** Half the window of sightings that make a survey fingerprint. */
const printReachMs = 4000
const printPeriodMs = 1000
/** Sightings this long before the first and after the last waypoint still belong to them. */
const marginMs = 500

/** Where somebody was, on one level, while the phone listened. */
export interface LocatedWalk {
  readonly levelIndex: number
  readonly fromMs: number
  readonly toMs: number
  /** The position at a time, undefined where it is not known well enough. */
  readonly at: (tMs: number) => TrackPoint | undefined
  readonly sightings: readonly { readonly tMs: number; readonly id: string; readonly rssiDbm: number }[]
  /** How much it counts beside a surveyed walk, 0 to 1. */
  readonly weight: number
}

/**
 * Gathers walks into a radio map. Add every walk, then `build` once: beacons heard fewer than five
 * times in all are left out.
 */
export class RadioMapBuilder {
  readonly #grid: CellGrid
  readonly #placements: readonly BeaconPlacement[]
  readonly #seconds: Float32Array
  readonly #prints: Float32Array
  readonly #beaconOf = new Map<string, number>()
  readonly #sightings: number[] = []
  readonly #heard: Map<number, { count: number; rssiSum: number }>[] = []
  readonly #printed: Map<number, number>[] = []

  /** @param placements what the registry knows of beacons; they are kept however seldom they are heard */
  constructor(grid: CellGrid, placements: readonly BeaconPlacement[] = []) {
    this.#grid = grid
    this.#placements = placements
    this.#seconds = new Float32Array(grid.cellCount)
    this.#prints = new Float32Array(grid.cellCount)
    for (const { id } of placements) this.#numberOf(id)
  }

  /** Adds a surveyed walk. A walk with fewer than two waypoints or an unknown level says nothing and is left out: false. */
  addSurvey(walk: RecordedWalk): boolean {
    const levelIndex = this.#grid.levelIndex(walk.level)
    const track = new SurveyTrack(walk)
    const first = track.waypoints[0]
    const last = track.waypoints[track.waypoints.length - 1]
    if (levelIndex < 0 || !first || !last || track.waypoints.length < 2) return false
    const sightings = walk.events.flatMap((event) => (event.kind === 'beacon' ? [event] : []))
    const at = (tMs: number): TrackPoint | undefined => track.at(tMs)
    this.add({ levelIndex, fromMs: first.tMs, toMs: last.tMs, at, sightings, weight: 1 })
    return true
  }

  /** Adds a walk whose positions are known from elsewhere. */
  add(walk: LocatedWalk): void {
    const heard = walk.sightings.map(({ tMs, id, rssiDbm }) => ({ tMs, rssiDbm, beacon: this.#numberOf(id) }))
    const cellAt = (tMs: number): number => {
      const point = walk.at(tMs)
      return point ? this.#grid.cellNear(walk.levelIndex, point.x, point.y) : -1
    }
    for (const { tMs, beacon, rssiDbm } of heard) {
      if (tMs < walk.fromMs - marginMs || tMs > walk.toMs + marginMs) continue
      const cell = cellAt(tMs)
      if (cell >= 0) this.#addSighting(beacon, cell, rssiDbm, walk.weight)
    }
    for (let tMs = walk.fromMs; tMs <= walk.toMs; tMs += printPeriodMs) {
      const cell = cellAt(tMs)
      if (cell < 0) continue
      this.#seconds[cell] = this.#seconds[cell]! + walk.weight
      const window = heard.filter((h) => h.tMs > tMs - printReachMs && h.tMs <= tMs + printReachMs)
      if (window.length > 0) this.#addPrint(window, cell, walk.weight)
    }
  }

  /** The map of all walks added so far. */
  build(): RadioMap {
    const placed = this.#placements.length
    const kept = [...this.#beaconOf].filter(
      ([, beacon]) => beacon < placed || this.#sightings[beacon]! >= leastSightings,
    )
    const heard = kept.map(([, beacon]) => [...this.#heard[beacon]!].sort(byCell))
    const printed = kept.map(([, beacon]) => [...this.#printed[beacon]!].sort(byCell))
    return {
      grid: this.#grid,
      beacons: kept.map(([id]) => id),
      seconds: this.#seconds.slice(),
      prints: this.#prints.slice(),
      heard: {
        first: offsetsOf(heard),
        cell: Uint32Array.from(heard.flatMap((entries) => entries.map(([cell]) => cell))),
        count: Float32Array.from(heard.flatMap((entries) => entries.map(([, { count }]) => count))),
        rssiSum: Float32Array.from(heard.flatMap((entries) => entries.map(([, { rssiSum }]) => rssiSum))),
      },
      printed: {
        first: offsetsOf(printed),
        cell: Uint32Array.from(printed.flatMap((entries) => entries.map(([cell]) => cell))),
        value: Float32Array.from(printed.flatMap((entries) => entries.map(([, value]) => value))),
      },
      placements: this.#placements,
    }
  }

  #numberOf(id: string): number {
    const known = this.#beaconOf.get(id)
    if (known !== undefined) return known
    const beacon = this.#beaconOf.size
    this.#beaconOf.set(id, beacon)
    this.#sightings[beacon] = 0
    this.#heard[beacon] = new Map()
    this.#printed[beacon] = new Map()
    return beacon
  }

  #addSighting(beacon: number, cell: number, rssiDbm: number, weight: number): void {
    this.#sightings[beacon] = this.#sightings[beacon]! + weight
    const cells = this.#heard[beacon]!
    const entry = cells.get(cell) ?? { count: 0, rssiSum: 0 }
    entry.count += weight
    entry.rssiSum += weight * rssiDbm
    cells.set(cell, entry)
  }

  #addPrint(window: readonly Heard[], cell: number, weight: number): void {
    this.#prints[cell] = this.#prints[cell]! + weight
    for (const { beacon, value } of fingerprintOf(window)) {
      const cells = this.#printed[beacon]!
      cells.set(cell, (cells.get(cell) ?? 0) + weight * value)
    }
  }
}

function byCell(a: readonly [number, unknown], b: readonly [number, unknown]): number {
  return a[0] - b[0]
}

function offsetsOf(lists: readonly (readonly unknown[])[]): Uint32Array {
  const first = new Uint32Array(lists.length + 1)
  lists.forEach((list, i) => (first[i + 1] = first[i]! + list.length))
  return first
}
