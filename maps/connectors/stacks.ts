import { areaOfRingsM2, centroidOf, intersection } from '../geometry/index.ts'
import type { Ring } from '../geometry/index.ts'
import { toLonLat, toXy } from '../model/index.ts'
import type { LevelFrame } from '../model/index.ts'
import type { Floor, FloorUnit } from '../walkable/index.ts'

/** A unit seen from above, in metres of one frame for all levels. */
export interface Footprint {
  readonly unit: FloorUnit
  readonly floor: Floor
  readonly ring: Ring
  readonly areaM2: number
}

/** Footprints further apart than this are not compared. */
const nearM = 8

/** The outer ring of each unit in the frame of `common`; units without one are left out. */
export function footprintsOf(floor: Floor, units: readonly FloorUnit[], common: LevelFrame): Footprint[] {
  return units.flatMap((unit) => {
    const own = unit.rings[0]
    if (!own) return []
    const ring = own.map((point) => toXy(common, toLonLat(floor.frame, point)))
    return [{ unit, floor, ring, areaM2: areaOfRingsM2([ring]) }]
  })
}

/**
 * Footprints that lie over each other on consecutive levels, lowest first; each belongs to one stack at
 * most, and a stack has two levels at least.
 * @param levels footprints of each level, lowest first.
 * @param leastOverlap share from 0 to 1: area of the intersection through that of the union.
 */
export function stacksOf(levels: readonly (readonly Footprint[])[], leastOverlap: number): Footprint[][] {
  const taken = new Set<Footprint>()
  const stacks: Footprint[][] = []
  levels.forEach((footprints, level) => {
    for (const lowest of footprints) {
      if (taken.has(lowest)) continue
      const stack = [lowest]
      for (let above = level + 1; above < levels.length; above++) {
        const next = bestOver(stack[stack.length - 1]!, levels[above]!, leastOverlap, taken)
        if (!next) break
        stack.push(next)
      }
      if (stack.length < 2) continue
      for (const footprint of stack) taken.add(footprint)
      stacks.push(stack)
    }
  })
  return stacks
}

function bestOver(
  below: Footprint,
  candidates: readonly Footprint[],
  leastOverlap: number,
  taken: ReadonlySet<Footprint>,
): Footprint | undefined {
  const middle = centroidOf(below.ring)
  let best: Footprint | undefined
  let bestShare = leastOverlap
  for (const candidate of candidates) {
    if (taken.has(candidate)) continue
    const other = centroidOf(candidate.ring)
    if (Math.hypot(other.x - middle.x, other.y - middle.y) > nearM) continue
    const both = areaOfRingsM2(intersection([below.ring], [candidate.ring]))
    const share = both / (below.areaM2 + candidate.areaM2 - both)
    if (share >= bestShare) {
      bestShare = share
      best = candidate
    }
  }
  return best
}

/** Sides of the smallest rectangle around a ring, metres, and how much of it the ring fills (0 to 1). */
export function boxAround(ring: Ring): {
  lengthM: number
  widthM: number
  fill: number
  alongX: number
  alongY: number
} {
  let best = { lengthM: 0, widthM: 0, fill: 0, alongX: 1, alongY: 0 }
  let leastM2 = Infinity
  for (let i = 0; i < ring.length; i++) {
    const a = ring[i]!
    const b = ring[(i + 1) % ring.length]!
    const edgeM = Math.hypot(b.x - a.x, b.y - a.y)
    if (edgeM < 1e-6) continue
    const ux = (b.x - a.x) / edgeM
    const uy = (b.y - a.y) / edgeM
    let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
    for (const { x, y } of ring) {
      left = Math.min(left, x * ux + y * uy)
      right = Math.max(right, x * ux + y * uy)
      bottom = Math.min(bottom, y * ux - x * uy)
      top = Math.max(top, y * ux - x * uy)
    }
    const areaM2 = (right - left) * (top - bottom)
    if (areaM2 >= leastM2) continue
    leastM2 = areaM2
    const isAlong = right - left >= top - bottom
    best = {
      lengthM: Math.max(right - left, top - bottom),
      widthM: Math.min(right - left, top - bottom),
      fill: areaM2 > 0 ? Math.abs(areaOfRingsM2([ring])) / areaM2 : 0,
      alongX: isAlong ? ux : -uy,
      alongY: isAlong ? uy : ux,
    }
  }
  return best
}
