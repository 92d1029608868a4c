import { intersection } from '../geometry/index.ts'
import type { Ring } from '../geometry/index.ts'
import { island, rowOfShops, shopRoom } from './blocks.ts'
import { eastCore, escalatorsOn, northCore, southCore, westCore } from './cores.ts'
import type { Entrance, LevelPlan, Room, Stretch } from './plan.ts'
import type { Random } from './random.ts'
import { arc, box, ellipse, onLattice, ringOf, stadium } from './shapes.ts'

/** What tells one shopping level from another. */
export interface ShoppingWish {
  readonly key: string
  readonly ordinal: number
  /** Mean width of a shop in the rows, metres. */
  readonly meanM: number
  readonly throughShare: number
  /** Heights at which each end of the mall is parted into large shops. */
  readonly ends: {
    readonly southWest: readonly number[]
    readonly northWest: readonly number[]
    readonly southEast: readonly number[]
    readonly northEast: readonly number[]
  }
  /** The south-east end is a roof garden. */
  readonly hasTerrace?: boolean
}

/** Fronts of the rows, from south to north: the frame on which every shopping level hangs. */
const southFront = 24
const islandSouth = 33
const islandNorth = 117
const northFront = 126

/**
 * The outer wall: rounded to the south-east where the square is, stepped along both fronts, with the
 * loading yard let into the north-west corner.
 */
const outline: Ring = ringOf([
  [0, 9],
  [9, 0],
  [58, 0],
  [60, -4],
  [100, -4],
  [102, 1],
  [118, 1],
  [120, -4],
  [166, -4],
  [168, 0],
  ...arc({ x: 196, y: 24 }, { x: 24, y: 24 }, { from: -90, to: 0, steps: 8 }),
  ...arc({ x: 208, y: 138 }, { x: 12, y: 12 }, { from: 0, to: 90, steps: 5 }),
  [152, 150],
  [150, 153],
  [70, 153],
  [68, 150],
  [14, 150],
  [14, 141],
  [0, 141],
])

/** A shopping level: a ring of corridors, a concourse through the middle, islands between them. */
export function shoppingLevel(random: Random, wish: ShoppingWish): LevelPlan {
  const { key, ordinal } = wish
  const isGround = ordinal === 0
  const rooms = [
    ...outerRows(random, wish),
    ...islands(random, wish),
    ...ends(wish),
    ...northCore('shopping'),
    ...southCore('shopping'),
    ...westCore(),
    ...eastCore(),
    ...escalatorsOn(key),
    ...halls(isGround),
    ...(isGround ? stalls : voids()),
  ]
  return {
    key,
    ordinal,
    lie: 'bent',
    outline,
    rooms: rooms.map(withinOutline),
    stretches,
    entrances: isGround ? entrances : [],
  }
}

/** Rooms are drawn past the outer wall and end at it. */
function withinOutline(room: Room): Room {
  const reachesOut = room.ring.some(({ x, y }) => x <= 0 || x >= 220 || y <= 9 || y >= 138)
  const [ring] = reachesOut ? intersection([room.ring], [outline]) : [room.ring]
  if (!ring) throw new RangeError(`a room of the demo mall lies outside its outline`)
  return { ...room, ring: ring.map(({ x, y }) => ({ x: onLattice(x), y: onLattice(y) })) }
}

/** The rows along the outer wall; from the first floor up a service passage runs behind them. */
function outerRows(random: Random, { ordinal, meanM }: ShoppingWish): Room[] {
  const behindM = ordinal === 0 ? 0 : 4
  return [[40, 104] as const, [116, 180] as const].flatMap(([left, right]) => [
    ...rowOfShops(random, { left, right, bottom: behindM === 0 ? -10 : behindM, top: southFront, meanM }),
    ...rowOfShops(random, {
      left,
      right,
      bottom: northFront,
      top: behindM === 0 ? 160 : 150 - behindM,
      meanM,
    }),
    ...(behindM === 0
      ? []
      : [
          { category: 'nonpublic', ring: box(left, -10, right, behindM), is: { use: 'other' } } as const,
          {
            category: 'nonpublic',
            ring: box(left, 150 - behindM, right, 160),
            is: { use: 'other' },
          } as const,
        ]),
  ])
}

function islands(random: Random, { meanM, throughShare }: ShoppingWish): Room[] {
  const both = { west: true, east: true }
  const share = { meanM, throughShare }
  return [
    ...island(random, { left: 49, right: 104, heights: [islandSouth, 45, 48, 61], free: both, ...share }),
    ...island(random, {
      left: 49,
      right: 92,
      heights: [89, 102, 105, islandNorth],
      free: { west: true, east: false },
      ...share,
    }),
    ...island(random, {
      left: 128,
      right: 171,
      heights: [islandSouth, 47, 50, 68],
      free: { west: false, east: true },
      ...share,
    }),
    ...island(random, { left: 116, right: 171, heights: [82, 98, 101, islandNorth], free: both, ...share }),
  ]
}

/** The large shops at both ends of the mall. */
function ends({ ends: parted, hasTerrace }: ShoppingWish): Room[] {
  const column = (left: number, right: number, heights: readonly number[]): Room[] =>
    heights
      .slice(1)
      .map((top, i) => shopRoom(box(left, heights[i]!, right, top), top - heights[i]! > 40 ? 2 : 1))
  return [
    ...column(-5, 40, [-10, ...parted.southWest, 70]),
    ...column(-5, 40, [80, ...parted.northWest, 160]),
    ...(hasTerrace
      ? [{ category: 'terrace', ring: box(180, -10, 225, 70), is: { use: 'other' } } as const]
      : column(180, 225, [-10, ...parted.southEast, 70])),
    ...column(180, 225, [80, ...parted.northEast, 160]),
  ]
}

/** Entrance halls on the ground; above them shops and offices. */
function halls(isGround: boolean): Room[] {
  if (isGround) return []
  return [
    shopRoom(box(104, -10, 116, southFront)),
    shopRoom(box(104, northFront, 116, 160)),
    shopRoom(box(24, 70, 40, 76.6)),
    { category: 'nonpublic', ring: box(-5, 70, 24, 76.6), is: { use: 'other' } },
    { category: 'nonpublic', ring: box(192, 70, 225, 74.4), is: { use: 'other' } },
  ]
}

/** Stands in the west court, where on the levels above there is nothing to stand on. */
const stalls: readonly Room[] = [55, 64, 73].map((left) => shopRoom(box(left, 81, left + 4, 84.2)))

/** The great atrium in the middle and the long one west of it. */
function voids(): Room[] {
  return [ellipse({ x: 98, y: 75 }, { x: 15, y: 9.5 }, 40), stadium(54, 72, 78, 84)].map((ring) => ({
    category: 'opentobelow',
    ring,
    is: { use: 'other' },
  }))
}

const stretches: readonly Stretch[] = [
  { key: 'south hall', zh: '南门厅', en: 'South hall', ring: box(100, -10, 120, southFront) },
  { key: 'north hall', zh: '北门厅', en: 'North hall', ring: box(100, northFront, 120, 160) },
  { key: 'west hall', zh: '西门厅', en: 'West hall', ring: box(-5, 60, 40, 85) },
  { key: 'east hall', zh: '东门厅', en: 'East hall', ring: box(180, 60, 225, 85) },
  { key: 'south', zh: '南街', en: 'South walk', ring: box(40, southFront, 180, 36) },
  { key: 'north', zh: '北街', en: 'North walk', ring: box(40, 114, 180, northFront) },
  { key: 'west', zh: '西街', en: 'West walk', ring: box(40, 36, 52, 114) },
  { key: 'east', zh: '东街', en: 'East walk', ring: box(168, 36, 180, 114) },
  { key: 'west concourse', zh: '西中庭', en: 'West court', ring: box(52, 36, 82, 114) },
  { key: 'court', zh: '中庭', en: 'Atrium', ring: box(82, 36, 132, 114) },
  { key: 'east concourse', zh: '东廊', en: 'East court', ring: box(132, 36, 168, 114) },
]

const entrances: readonly Entrance[] = [
  {
    zh: '1 号门（南）',
    en: 'Gate 1 (south)',
    into: 'south hall',
    from: [106, 1],
    to: [114, 1],
    category: 'pedestrian.principal',
  },
  {
    zh: '2 号门（北）',
    en: 'Gate 2 (north)',
    into: 'north hall',
    from: [107, 153],
    to: [113, 153],
    category: 'pedestrian.principal',
  },
  {
    zh: '3 号门（西）',
    en: 'Gate 3 (west)',
    into: 'west hall',
    from: [0, 75.5],
    to: [0, 71.5],
    category: 'pedestrian.principal',
  },
  {
    zh: '4 号门（东）',
    en: 'Gate 4 (east)',
    into: 'east hall',
    from: [220, 70.4],
    to: [220, 74],
    category: 'pedestrian.principal',
  },
]
