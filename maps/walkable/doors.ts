import { componentsOf, nearestOnSegment, ringsContain, SegmentGrid, signedAreaM2 } from '../geometry/index.ts'
import type { Ring } from '../geometry/index.ts'
import { toXy } from '../model/index.ts'
import type { OpeningFeature, Xy } from '../model/index.ts'
import { shrunk } from './floor.ts'
import type { Floor, FloorUnit } from './floor.ts'
import { nearestInside } from './walkable-area.ts'

/** A way into a unit. */
export interface Door {
  /** On the unit's wall, metres of the level. */
  readonly x: number
  readonly y: number
  /** In front of it, where a route begins and ends. */
  readonly outsideX: number
  readonly outsideY: number
  readonly widthM: number
  /** Id of the opening; undefined when the door was derived. */
  readonly openingId?: string
}

/** Half the widths of the people and chairs for whom a door is sought, widest first: the first that finds one wins. */
const clearancesM = [0.9, 0.6, 0.45, 0.35]
/** The one of them that a wheelchair needs. */
const wheelsM = 0.45
const sampleM = 0.4
const leastDoorM = 0.8
/** Accepted only where nothing as wide as `leastDoorM` is to be found. */
const leastGapM = 0.4
const mostDoors = 4
/** A frontage that turns by more than this is two frontages: the corner shop has a door on both. */
const cornerRad = (50 * Math.PI) / 180
/** An opening further than this from a unit's wall does not lead into it. */
const wallM = 0.4
/** Where a route ends in front of a wall: clear of a wheelchair's half width. */
const outsideM = 0.5
/** Outdoors and corridor pieces smaller than this are slivers unless nothing else touches the unit. */
const sliverShare = 0.03

interface Sample extends Xy {
  /** Unit normal that points out of the unit. */
  readonly nx: number
  readonly ny: number
  readonly lengthM: number
}

/**
 * Finds the doors of the units of one floor.
 *
 * An opening that the archive draws on a unit's wall is its door. Without one, doors are derived: the runs
 * of its wall that face the ground, at the largest clearance for which there is a run at all, so that a bay
 * opens to the aisle and not to the crack behind it. Every such run is a candidate (a corner shop has
 * several); the route chooses.
 * Source: own; the clearance rule was needed for 45 % of the bays of a real car park.
 */
export class DoorFinder {
  private readonly floor: Floor
  private readonly openings: readonly OpeningFeature[]
  /** Pieces of the ground, largest first. */
  private readonly pieces: readonly { readonly grid: SegmentGrid; readonly isSliver: boolean }[]
  private readonly byClearance: readonly SegmentGrid[]

  constructor(floor: Floor, openings: readonly OpeningFeature[]) {
    this.floor = floor
    this.openings = openings.filter(({ properties }) => properties.level_id === floor.levelId)
    const narrowest = clearancesM[clearancesM.length - 1]!
    const components = componentsOf(shrunk(floor.walking, narrowest))
    const largestM2 = components[0]?.areaM2 ?? 0
    this.pieces = components.map(({ rings, areaM2 }) => ({
      grid: new SegmentGrid(rings, 3),
      isSliver: areaM2 < largestM2 * sliverShare,
    }))
    this.byClearance = clearancesM.map((clearanceM) => new SegmentGrid(shrunk(floor.walking, clearanceM), 3))
  }

  /** Doors drawn on the unit's wall, else derived ones; empty when it touches no walkable ground. */
  doorsOf(unit: FloorUnit): Door[] {
    const drawn = this.openings
      .filter((opening) => leadsInto(this.middleOf(opening).at, unit))
      .map((opening) => this.drawnDoor(opening, unit))
      .filter((door) => door !== undefined)
    return drawn.length > 0 ? drawn : this.derivedDoors(unit)
  }

  /** The way through an opening that belongs to no unit, such as an entrance; undefined if it is walled up. */
  doorOfOpening(opening: OpeningFeature): Door | undefined {
    return this.drawnDoor(opening, undefined)
  }

  private middleOf(opening: OpeningFeature): { at: Xy; along: Xy; widthM: number } {
    const points = opening.geometry.coordinates.map((position) => toXy(this.floor.frame, position))
    const first = points[0] ?? { x: NaN, y: NaN }
    const last = points[points.length - 1] ?? first
    const widthM = Math.hypot(last.x - first.x, last.y - first.y)
    const along =
      widthM > 0 ? { x: (last.x - first.x) / widthM, y: (last.y - first.y) / widthM } : { x: 1, y: 0 }
    return { at: { x: (first.x + last.x) / 2, y: (first.y + last.y) / 2 }, along, widthM }
  }

  private drawnDoor(opening: OpeningFeature, unit: FloorUnit | undefined): Door | undefined {
    const { at, along, widthM } = this.middleOf(opening)
    let best: Xy | undefined
    let bestM = Infinity
    for (const turn of [1, -1]) {
      const ahead = { x: at.x - turn * along.y * outsideM, y: at.y + turn * along.x * outsideM }
      if (unit && ringsContain(unit.rings, ahead.x, ahead.y)) continue
      const outside = this.onGround(ahead)
      if (!outside) continue
      const awayM = Math.hypot(outside.x - ahead.x, outside.y - ahead.y)
      if (awayM < bestM) {
        bestM = awayM
        best = outside
      }
    }
    return best && { ...at, outsideX: best.x, outsideY: best.y, widthM, openingId: opening.id }
  }

  /**
   * A point in front of a door, or the nearest one to be reached: by a wheelchair, else by a walker, in the
   * larger piece of ground first.
   */
  private onGround(ahead: Xy): Xy | undefined {
    const wide = this.byClearance[clearancesM.indexOf(wheelsM)]!
    const roomy = wide.contains(ahead.x, ahead.y) ? ahead : nearestInside(wide, ahead, outsideM)
    if (roomy && this.pieces.some(({ grid, isSliver }) => !isSliver && grid.contains(roomy.x, roomy.y))) {
      return roomy
    }
    for (const { grid } of this.pieces) if (grid.contains(ahead.x, ahead.y)) return ahead
    for (const { grid, isSliver } of this.pieces) {
      const near = isSliver ? undefined : nearestInside(grid, ahead, outsideM)
      if (near) return near
    }
    return undefined
  }

  private derivedDoors(unit: FloorUnit): Door[] {
    const samples = samplesOf(unit)
    for (const wantedM of [leastDoorM, leastGapM]) {
      for (const piece of this.pieces) {
        if (piece.isSliver && wantedM === leastDoorM) continue
        for (let k = 0; k < clearancesM.length; k++) {
          const runs = this.runsOf(samples, piece.grid, k).filter((run) => runLengthM(run) >= wantedM)
          if (runs.length > 0) return this.doorsOfRuns(runs, clearancesM[k]!)
        }
      }
    }
    return []
  }

  /** Runs of neighbouring samples in front of which there is ground of that clearance. */
  private runsOf(samples: readonly Sample[], piece: SegmentGrid, clearance: number): Sample[][] {
    const ground = this.byClearance[clearance]!
    const clearanceM = clearancesM[clearance]!
    const narrowestM = clearancesM[clearancesM.length - 1]!
    const isFree = samples.map(({ x, y, nx, ny }) => {
      const farM = clearanceM + 0.12
      const nearM = narrowestM + 0.12
      return piece.contains(x + nx * nearM, y + ny * nearM) && ground.contains(x + nx * farM, y + ny * farM)
    })
    const start = Math.max(0, isFree.indexOf(false))
    const runs: Sample[][] = []
    let run: Sample[] = []
    for (let i = 0; i < samples.length; i++) {
      const at = (start + i) % samples.length
      const sample = samples[at]!
      if (run.length > 0 && (!isFree[at] || turns(run[0]!, sample))) {
        runs.push(run)
        run = []
      }
      if (isFree[at]) run.push(sample)
    }
    if (run.length > 0) runs.push(run)
    return runs
  }

  private doorsOfRuns(runs: readonly Sample[][], clearanceM: number): Door[] {
    return [...runs]
      .sort((a, b) => runLengthM(b) - runLengthM(a))
      .slice(0, mostDoors)
      .map((run) => {
        const widthM = runLengthM(run)
        const { x, y, nx, ny } = middleSampleOf(run, widthM)
        const awayM = Math.min(outsideM, clearanceM + 0.05)
        return { x, y, outsideX: x + nx * awayM, outsideY: y + ny * awayM, widthM }
      })
  }
}

function samplesOf(unit: FloorUnit): Sample[] {
  const samples: Sample[] = []
  for (const ring of unit.rings) {
    if (signedAreaM2(ring) <= 0) continue
    for (let i = 0; i < ring.length; i++) {
      const a = ring[i]!
      const b = ring[(i + 1) % ring.length]!
      const lengthM = Math.hypot(b.x - a.x, b.y - a.y)
      if (lengthM < 1e-3) continue
      const count = Math.max(1, Math.round(lengthM / sampleM))
      for (let k = 0; k < count; k++) {
        const t = (k + 0.5) / count
        samples.push({
          x: a.x + (b.x - a.x) * t,
          y: a.y + (b.y - a.y) * t,
          nx: (b.y - a.y) / lengthM,
          ny: -(b.x - a.x) / lengthM,
          lengthM: lengthM / count,
        })
      }
    }
  }
  return samples
}

function turns(a: Sample, b: Sample): boolean {
  return a.nx * b.nx + a.ny * b.ny < Math.cos(cornerRad)
}

function runLengthM(run: readonly Sample[]): number {
  return run.reduce((sum, { lengthM }) => sum + lengthM, 0)
}

function middleSampleOf(run: readonly Sample[], lengthM: number): Sample {
  let passedM = 0
  for (const sample of run) {
    passedM += sample.lengthM
    if (passedM >= lengthM / 2 - 1e-9) return sample
  }
  return run[run.length - 1]!
}

function leadsInto(at: Xy, unit: FloorUnit): boolean {
  return unit.rings.some((ring) => distanceToRingM(ring, at) < wallM)
}

function distanceToRingM(ring: Ring, { x, y }: Xy): number {
  let best = Infinity
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const near = nearestOnSegment(ring[j]!, ring[i]!, x, y)
    best = Math.min(best, Math.hypot(near.x - x, near.y - y))
  }
  return best
}
