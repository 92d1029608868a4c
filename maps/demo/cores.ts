import { box, ringOf, turned } from './shapes.ts'
import { planHeightM, planWidthM } from './site.ts'
import type { DoorWish, Room, RoomUse, Side } from './plan.ts'

/**
 * The cores: lifts, stairs and toilets, at the same place on every level. The north core is drawn, the
 * south core is the same turned half round; the ends have stairs (west) and lifts with stairs (east).
 */

const other: RoomUse = { use: 'other' }
const liftDoor = (side: Side): DoorWish => ({ widthM: 1.1, side })
const stairDoor = (side: Side): DoorWish => ({ widthM: 1.6, side })

/** Whether a core is on a shopping level, or below where nothing is let in it. */
export type CoreKind = 'shopping' | 'parking'

/** The lifts 1 to 3, stairs and toilets north of the great atrium. */
export function northCore(kind: CoreKind): Room[] {
  return [
    ...Array.from({ length: 3 }, (_, i): Room => {
      const bottom = 89 + 2.8 * i
      const ring = box(101.2, bottom, 104, bottom + 2.8)
      return { category: 'elevator', ring, is: { use: 'lift', number: i + 1 }, door: liftDoor('east') }
    }),
    {
      category: 'stairs',
      ring: box(97.5, 97.4, 104, 100.6),
      is: { use: 'stairs', number: 1 },
      door: stairDoor('east'),
    },
    { category: 'nonpublic', ring: box(92, 97.4, 97.5, 100.6), is: other },
    ...northComforts().map((room) => (kind === 'parking' ? withoutShop(room) : room)),
  ]
}

/** Below there are plant rooms where above there are shops. */
function withoutShop(room: Room): Room {
  return room.is.use === 'shop' ? { category: 'nonpublic', ring: room.ring, is: other } : room
}

/** Toilets along a passage, a nursing room, and the two small shops that the core leaves over. */
function northComforts(): Room[] {
  return [
    {
      category: 'restroom.male',
      ring: box(92, 100.6, 104, 104.6),
      is: { use: 'toilet' },
      door: { widthM: 1.2, side: 'north' },
    },
    { category: 'nonpublic', ring: box(92, 104.6, 94, 107), is: other },
    {
      category: 'restroom.female',
      ring: box(92, 107, 99.4, 112.6),
      is: { use: 'toilet' },
      door: { widthM: 1.2, side: 'south' },
    },
    {
      category: 'restroom.wheelchair',
      ring: box(99.4, 107, 101.7, 109.6),
      is: { use: 'toilet' },
      door: { widthM: 1, side: 'south' },
    },
    { category: 'nonpublic', ring: box(99.4, 109.6, 101.7, 112.6), is: other },
    {
      category: 'mothersroom',
      ring: box(101.7, 107, 104, 112.6),
      is: { use: 'toilet' },
      door: { widthM: 1, side: 'east' },
    },
    { category: 'room', ring: box(92, 89, 101.2, 97.4), is: { use: 'shop' }, door: shopDoor() },
    { category: 'room', ring: box(92, 112.6, 104, 117), is: { use: 'shop' }, door: shopDoor() },
  ]
}

/** The lifts 4 to 6, stairs and toilets south of the atrium. */
export function southCore(kind: CoreKind): Room[] {
  const rooms = northCore(kind).map(halfTurned)
  if (kind === 'parking') return rooms
  // Here the island reaches further: the shop in front of the lifts runs round them to the concourse.
  const shop = ringOf([
    [118.8, 52.6],
    [128, 52.6],
    [128, 68],
    [119, 68],
    [116, 65],
    [116, 61],
    [118.8, 61],
  ])
  const isFront = ({ is, ring }: Room): boolean =>
    is.use === 'shop' && ring.some(({ x, y }) => x === 118.8 && y === 61)
  return rooms.map((room) => (isFront(room) ? { ...room, ring: shop } : room))
}

const oppositeSide: Readonly<Record<Side, Side>> = {
  south: 'north',
  north: 'south',
  east: 'west',
  west: 'east',
}

function halfTurned(room: Room): Room {
  const { is, door } = room
  return {
    ...room,
    ring: turned(room.ring, planWidthM, planHeightM),
    is:
      is.use === 'lift' ? { ...is, number: is.number + 3 } : is.use === 'stairs' ? { ...is, number: 2 } : is,
    ...(door && { door: { ...door, ...(door.side && { side: oppositeSide[door.side] }) } }),
  }
}

/** Stairs 3 beside the west entrance. */
export function westCore(): Room[] {
  return [
    {
      category: 'stairs',
      ring: box(32, 76.6, 40, 80),
      is: { use: 'stairs', number: 3 },
      door: stairDoor('east'),
    },
    { category: 'nonpublic', ring: box(0, 76.6, 32, 80), is: other },
  ]
}

/** The glass lifts 7 and 8 at the east corridor, stairs 4 behind them. */
export function eastCore(): Room[] {
  return [
    ...Array.from({ length: 2 }, (_, i): Room => {
      const bottom = 74.4 + 2.8 * i
      const ring = box(180, bottom, 182.8, bottom + 2.8)
      return { category: 'elevator', ring, is: { use: 'lift', number: 7 + i }, door: liftDoor('west') }
    }),
    {
      category: 'stairs',
      ring: box(182.8, 74.4, 190, 80),
      is: { use: 'stairs', number: 4 },
      door: stairDoor('south'),
    },
    { category: 'nonpublic', ring: box(190, 74.4, 220, 80), is: other },
  ]
}

/** A shop's door takes a good part of its frontage; how wide is decided with the frontage known. */
export function shopDoor(atMost = 1): DoorWish {
  return { widthM: 0, atMost }
}

/** One flight of escalators between two levels: a pair, up and down, side by side. */
export interface Flight {
  readonly key: string
  /** Levels it joins, the lower first. */
  readonly levels: readonly [lower: string, upper: string]
  readonly left: number
  readonly bottom: number
  /** Which end of it is on the lower level. */
  readonly lowerEnd: 'west' | 'east'
}

const flightLengthM = 13
const beltWidthM = 1.6

/**
 * Two places with a pair between any two shopping levels, laid end to end so that flights of neighbouring
 * storeys do not meet, and one flight down to each parking level.
 */
export const flights: readonly Flight[] = [
  ...['F1', 'F2', 'F3', 'F4'].flatMap((lower, i): Flight[] => {
    const levels = [lower, `F${i + 2}`] as const
    const shift = i % 2
    return [
      { key: `east ${lower}`, levels, left: 134 + 16 * shift, bottom: 73.4, lowerEnd: 'west' },
      { key: `west ${lower}`, levels, left: 53 + 15 * shift, bottom: 65.4, lowerEnd: 'west' },
    ]
  }),
  { key: 'centre B1', levels: ['B1', 'F1'], left: 118, bottom: 73.4, lowerEnd: 'east' },
  { key: 'centre B2', levels: ['B2', 'B1'], left: 118, bottom: 78.4, lowerEnd: 'east' },
]

/** The escalators that stand on a level, as rooms; they are entered at the end that is on it. */
export function escalatorsOn(level: string): Room[] {
  return flights
    .filter(({ levels }) => levels.includes(level))
    .flatMap((flight) => {
      const isLower = flight.levels[0] === level
      const side: Side = isLower ? flight.lowerEnd : flight.lowerEnd === 'west' ? 'east' : 'west'
      return (['up', 'down'] as const).map((way, i): Room => {
        const bottom = flight.bottom + beltWidthM * i
        return {
          category: 'escalator',
          ring: box(flight.left, bottom, flight.left + flightLengthM, bottom + beltWidthM),
          is: { use: 'escalator', flight: flight.key, way },
          door: { widthM: 1, side },
        }
      })
    })
}
