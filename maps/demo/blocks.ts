import { box, chamferedBox, onLattice } from './shapes.ts'
import { between } from './random.ts'
import type { Random } from './random.ts'
import { shopDoor } from './cores.ts'
import type { Room } from './plan.ts'

/** Narrower than this no shop is let. */
const leastWidthM = 6.5
/** Corners of islands are cut off so that people do not walk into one another. */
const cornerCutM = 2.5

/** Parts a stretch into widths around a mean, none narrower than a shop may be; the ends are exact. */
export function partedAt(random: Random, from: number, to: number, meanM: number): number[] {
  const count = Math.max(1, Math.round((to - from) / meanM))
  const weights = Array.from({ length: count }, () => between(random, 0.55, 1.6))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const spare = Math.max(0, to - from - count * leastWidthM)
  const cuts = [from]
  let at = from
  for (const weight of weights.slice(0, -1)) {
    at += leastWidthM + (spare * weight) / sum
    cuts.push(Math.round(at * 10) / 10)
  }
  return [...cuts, to]
}

/** A shop of this shape. */
export function shopRoom(ring: Room['ring'], doors = 1): Room {
  return { category: 'room', ring, is: { use: 'shop' }, door: shopDoor(doors) }
}

/** A room behind the scenes. */
export function backRoom(ring: Room['ring']): Room {
  return {
    category: 'nonpublic',
    ring,
    is: { use: 'other' },
    door: { widthM: 1.2, isService: true },
  }
}

export interface RowWish {
  readonly left: number
  readonly right: number
  readonly bottom: number
  readonly top: number
  readonly meanM: number
}

/** A row of shops side by side. */
export function rowOfShops(random: Random, { left, right, bottom, top, meanM }: RowWish): Room[] {
  const cuts = partedAt(random, left, right, meanM)
  return cuts.slice(1).map((to, i) => shopRoom(box(cuts[i]!, bottom, to, top)))
}

export interface IslandWish {
  readonly left: number
  readonly right: number
  /** South front, foot and head of the passage between the rows, north front. */
  readonly heights: readonly [number, number, number, number]
  readonly meanM: number
  /** Share of the island's length let to shops that reach from front to front. */
  readonly throughShare: number
  /** Which ends stand free in the corridor: their corners are cut. */
  readonly free: { readonly west: boolean; readonly east: boolean }
}

/** Two rows of shops back to back with a service passage between, some shops reaching through. */
export function island(random: Random, wish: IslandWish): Room[] {
  const { left, right, heights, meanM, throughShare, free } = wish
  const [south, foot, head, north] = heights
  const throughM = throughShare === 0 ? 0 : Math.max(10, (right - left) * throughShare)
  const isThroughWest = random() < 0.5
  const middleLeft = onLattice(isThroughWest ? left + Math.round(throughM) : left)
  const middleRight = onLattice(isThroughWest ? right : right - Math.round(throughM))
  const rooms: Room[] = []
  if (throughM > 0) {
    const [from, to] = isThroughWest ? [left, middleLeft] : [middleRight, right]
    rooms.push(shopRoom(cornered([from, south, to, north], wish), 2))
  }
  for (const [bottom, top] of [
    [south, foot],
    [head, north],
  ] as const) {
    const cuts = partedAt(random, middleLeft, middleRight, meanM)
    cuts.slice(1).forEach((to, i) => {
      rooms.push(shopRoom(cornered([cuts[i]!, bottom, to, top], wish)))
    })
  }
  const isReached = (isThroughWest && throughM > 0 ? free.east : free.west) || free.east
  const passage = box(middleLeft, foot, middleRight, head)
  rooms.push(isReached ? backRoom(passage) : { category: 'nonpublic', ring: passage, is: { use: 'other' } })
  return rooms
}

/** A box with those corners cut that are free corners of its island. */
function cornered(
  sides: readonly [number, number, number, number],
  { left, right, heights, free }: IslandWish,
): Room['ring'] {
  const [west, south, east, north] = sides
  const isWest = west === left && free.west
  const isEast = east === right && free.east
  const [isSouth, isNorth] = [south === heights[0], north === heights[3]]
  return chamferedBox(sides, cornerCutM, {
    sw: isWest && isSouth,
    se: isEast && isSouth,
    ne: isEast && isNorth,
    nw: isWest && isNorth,
  })
}
