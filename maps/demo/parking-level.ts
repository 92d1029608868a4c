import { intersection } from '../geometry/index.ts'
import type { Ring } from '../geometry/index.ts'
import { shopRoom } from './blocks.ts'
import { escalatorsOn, northCore, southCore } from './cores.ts'
import { noded } from './noded.ts'
import type { Entrance, LevelPlan, Room, Stretch } from './plan.ts'
import { box, boundsOfRing, ringOf } from './shapes.ts'
import { bent } from './site.ts'

/** What tells one parking level from another. */
export interface ParkingWish {
  readonly key: string
  readonly ordinal: number
  readonly bays: number
  /** Letter of the first row; each row has its own. */
  readonly firstLetter: string
  /** A market and small shops take the southern part. */
  readonly hasMarket: boolean
}

const [left, right, bottom, top] = [62, 158, 36, 136]
const bayWidthM = 2.5
const bayDepthM = 5.3
const aisleM = 6
/** Three bays, then a column. */
const columnM = 0.7
const baysBetweenColumns = 3
/** From the outline to the first bay of a row: the way round for cars. */
const roundM = 7
/** Kept clear around cores and halls. */
const clearM = 1.2
/** South of this the market stands. */
const marketTop = 69.2

const outline = ringOf([
  [left, bottom],
  [right - 6, bottom],
  [right, bottom + 6],
  [right, top],
  [left + 6, top],
  [left, top - 6],
])

const northLobby = {
  key: 'north lobby',
  zh: '北电梯厅',
  en: 'North lift lobby',
  ring: box(94, 88, 111, 113),
}
const southLobby = { key: 'south lobby', zh: '南电梯厅', en: 'South lift lobby', ring: box(109, 37, 126, 62) }
const southPassage = { ...southLobby, key: 'south passage', ring: box(116, 43, 126, 45.4) }
const escalatorHall = {
  key: 'escalator hall',
  zh: '扶梯厅',
  en: 'Escalator hall',
  ring: box(112, 71, 137, 84),
}

/** A parking level: rows of numbered bays on both sides of aisles, round the cores. */
export function parkingLevel({ key, ordinal, bays, firstLetter, hasMarket }: ParkingWish): LevelPlan {
  const cores = [...northCore('parking'), ...southCore('parking'), ...escalatorsOn(key)]
  const lobbies = [northLobby, escalatorHall, hasMarket ? southPassage : southLobby]
  // The cores stand as bent as on the levels above; their walls are shared before they are bent.
  const rings = noded([...cores, ...lobbies].map(({ ring }) => ring)).map((ring) => ring.map(bent))
  const rooms = cores.map((room, i): Room => ({ ...room, ring: rings[i]! }))
  const stretches = lobbies.map((lobby, i): Stretch => ({ ...lobby, ring: rings[cores.length + i]! }))
  if (hasMarket) {
    rooms.push(...marketRooms())
    stretches.push({
      key: 'market walk',
      zh: '集市街',
      en: 'Market walk',
      ring: box(104, bottom, 116, marketTop),
    })
  }
  const taken = [...rings, ...stretches.map(({ ring }) => ring)].map(withClearance)
  const boxes = bayBoxes(hasMarket ? marketTop : bottom)
  const free = boxes.filter((bay) => taken.every((other) => !overlap(bay.ring, other)))
  return {
    key,
    ordinal,
    lie: 'straight',
    outline,
    rooms: [...rooms, ...numbered(free.slice(0, bays), firstLetter)],
    stretches,
    entrances: [...ramps, ...lobbyDoors(hasMarket)],
  }
}

const ramps: readonly Entrance[] = [
  { zh: '车库入口', en: 'Car entrance', from: [left, 97], to: [left, 91.2], category: 'automobile' },
  { zh: '车库出口', en: 'Car exit', from: [right, 107.8], to: [right, 113.6], category: 'automobile' },
]

/** Doors from the bays into the halls: where a driver's way into the mall begins. */
function lobbyDoors(hasMarket: boolean): Entrance[] {
  const at = (x: number, y: number): [number, number] => {
    const point = bent({ x, y })
    return [point.x, point.y]
  }
  const doors: Entrance[] = [
    {
      zh: '北电梯厅入口',
      en: 'North lobby door',
      into: 'north lobby',
      from: at(111, 99),
      to: at(111, 101),
      category: 'pedestrian',
    },
  ]
  return hasMarket
    ? doors
    : [
        ...doors,
        {
          zh: '南电梯厅入口',
          en: 'South lobby door',
          into: 'south lobby',
          from: at(109, 51),
          to: at(109, 49),
          category: 'pedestrian',
        },
      ]
}

/** The market, two small shops beside it, and the plant rooms behind the south core. */
function marketRooms(): Room[] {
  const [southWest, southEast] = [bent({ x: 116, y: 33 }), bent({ x: 128, y: 33 })]
  const market = ringOf([
    [left, bottom],
    [97, bottom],
    [97, 53],
    [104, 53],
    [104, marketTop],
    [left, marketTop],
  ])
  const plant = ringOf([
    [116, bottom],
    [right, bottom],
    [right, marketTop],
    [128, marketTop],
    [southEast.x, southEast.y],
    [southWest.x, southWest.y],
  ])
  return [
    shopRoom(market),
    shopRoom(box(97, bottom, 104, 44.5)),
    shopRoom(box(97, 44.5, 104, 53)),
    { category: 'nonpublic', ring: intersection([plant], [outline])[0] ?? plant, is: { use: 'other' } },
  ]
}

function withClearance(ring: Ring): Ring {
  const [west, south, east, north] = boundsOfRing(ring)
  return box(west - clearM, south - clearM, east + clearM, north + clearM)
}

/** Whether two boxes overlap; the market's yard counts as a box, as no bay comes near its corner. */
function overlap(a: Ring, b: Ring): boolean {
  const [west, south, east, north] = boundsOfRing(a)
  const [otherWest, otherSouth, otherEast, otherNorth] = boundsOfRing(b)
  return west < otherEast && otherWest < east && south < otherNorth && otherSouth < north
}

interface BayBox {
  readonly row: number
  readonly ring: Ring
}

/** All bays that the rows hold, row after row, from west to east. */
function bayBoxes(from: number): BayBox[] {
  const boxes: BayBox[] = []
  let row = 0
  for (let foot = from; foot + 2 * bayDepthM + aisleM <= top + 0.001; foot += 2 * bayDepthM + aisleM) {
    for (const rowFoot of [foot, foot + bayDepthM + aisleM]) {
      let x = left + roundM
      for (let i = 0; x + bayWidthM <= right - roundM; i++) {
        boxes.push({ row, ring: box(x, rowFoot, x + bayWidthM, rowFoot + bayDepthM) })
        x += bayWidthM + ((i + 1) % baysBetweenColumns === 0 ? columnM : 0)
      }
      row++
    }
  }
  return boxes
}

/** Without I and O, which read as 1 and 0. */
const rowLetters = 'ABCDEFGHJKLMNPQRSTUVWXYZ'

/** Bays with their numbers: a letter a row, three digits along it. */
function numbered(boxes: readonly BayBox[], firstLetter: string): Room[] {
  const inRow = new Map<number, number>()
  const rows = [...new Set(boxes.map(({ row }) => row))]
  return boxes.map(({ row, ring }) => {
    const count = (inRow.get(row) ?? 0) + 1
    inRow.set(row, count)
    const letter = rowLetters[rowLetters.indexOf(firstLetter) + rows.indexOf(row)]!
    return {
      category: 'parking',
      ring,
      is: { use: 'bay', number: `${letter}${String(count).padStart(3, '0')}` },
    }
  })
}
