import type { Labels, Xy } from '../../maps/model/index.ts'
import { mallRadio, radioField } from '../../positioning/simulate/index.ts'
import type { BeaconSketch } from '../../positioning/simulate/index.ts'
import type { PlanBuilding, PlanLevel } from './building.ts'
import { boundsOf } from './propose-places.ts'

/** What a phone would make of one place of the floor, metres of the site. */
export interface PlacePrediction extends Xy {
  readonly level: string
  /** Beacons it hears within five seconds: expected at `heardDbm` or more. */
  readonly heard: number
  readonly strongestDbm: number
  /** Expected distance between where a standing phone is and where it seems to be by one look at the radio. */
  readonly errorM: number
  /** Mean error to expect of a phone that walks here with a plan like ours, see `expectedOf`. */
  readonly expectedM: number
  /** Chance that one look takes it for a place on another level. */
  readonly otherLevel: number
  /** The far place it is most easily taken for, and how often. */
  readonly takenFor?: {
    readonly level: string
    readonly x: number
    readonly y: number
    readonly chance: number
  }
}

/** A square of the floor, summed up, so that a person can be told where it will be worse. */
export interface PlanArea {
  readonly level: string
  /** Its middle, metres of the site. */
  readonly x: number
  readonly y: number
  /** The shop, lift or stair nearest to its middle. */
  readonly near?: Labels
  readonly floorM2: number
  /** Share of its floor that hears two beacons. */
  readonly covered: number
  readonly errorM: number
  readonly expectedM: number
  readonly otherLevel: number
  /** The commonest far place it is taken for. */
  readonly takenFor?: PlacePrediction['takenFor']
}

export interface PlanMeasure {
  readonly places: readonly PlacePrediction[]
  /** Worst first. */
  readonly areas: readonly PlanArea[]
  readonly levels: readonly {
    readonly level: string
    readonly floorM2: number
    readonly beacons: number
    readonly covered: number
    readonly errorM: number
    readonly expectedM: number
    readonly otherLevel: number
  }[]
}

/**
 * A beacon is heard where one of its ten packets in five seconds reaches an Android phone of the simulator nineteen times of
 * twenty: one in four on average. The phone loses half of the packets at -93 dBm, and fades lift a third of them by a decibel.
 */
export const heardDbm = -94
/** One says about where; with a second, the walls and the steps say which side of it. */
export const leastHeard = 2
const silentDbm = -99
const stepM = 3
const areaM = 20
const antennaM = 1.2
/** What rssi scatters by between two looks at one place: fades, bodies, crowds, the phone's own. */
const scatterDb = 7
/** Further than this is another place, not a radius. */
const farM = 15
/** Beyond this no beacon of the usual power is expected above `silentDbm`, even without a wall. */
const reachM = 32

/** Floor so near lets a walking phone's place drift: walls no nearer than that hold it. */
const openM = 15
/**
 * Mean error of a walking phone by the floor within `openM`: metres where there is none, and metres for each m². The least squares
 * of 120 simulated strolls on the real mall (seeds 1 to 3), one Android phone, our plan. One look at the radio (`errorM`), the number
 * of beacons heard and the distance to the nearest say next to nothing of it there: correlations below 0.08 against 0.20.
 */
const [narrowM, metresPerM2] = [1.2, 0.0023]

interface Heard {
  readonly beacon: number
  readonly dbm: number
}

/**
 * How well a phone would know where it is: for every three metres of floor, what it is expected to hear by the simulator's
 * radio (walls, slabs, voids, bodies; no chance), and for which other places it could be taken.
 *
 * A look at a place is a draw from its expectations with 7 dB of scatter; the chance of each other place is its likelihood among
 * all places that hear what this one hears best. A walking phone does better than these figures, as its steps tell too: they
 * compare places, they do not promise metres.
 * @param beacons in metres of the site
 * Complexity: O(places × beacons in reach × walls) for the radio, O(places × places that share a beacon) for the rest.
 * **Source** radio: `positioning/simulate/radio.ts`; likelihood of fingerprints: T. Roos et al. 2002, Int. J. Wireless Information Networks 9:155.
 */
export function measurePlan(building: PlanBuilding, beacons: readonly BeaconSketch[]): PlanMeasure {
  const spots = building.levels.flatMap((level) => spotsOf(level))
  const fingerprints = fingerprintsOf(building, beacons, spots)
  const book = new Map<number, number[]>()
  fingerprints.forEach((heard, spot) => {
    for (const { beacon } of heard.slice(0, 3)) {
      const list = book.get(beacon)
      if (list) list.push(spot)
      else book.set(beacon, [spot])
    }
  })
  const open = openFloorOf(spots)
  const places = spots.map((spot, index) => {
    const look = predict(index, { spots, fingerprints, book }, spot)
    return { ...look, expectedM: expectedOf(look, open[index] ?? 0) }
  })
  return { places, areas: areasOf(building, places), levels: levelsOf(building, beacons, places) }
}

interface Spot extends Xy {
  readonly level: string
}

function spotsOf({ name, standing, ground }: PlanLevel): Spot[] {
  const [west, south, east, north] = boundsOf(standing.flat())
  const spots: Spot[] = []
  for (let x = west + stepM / 2; x < east; x += stepM) {
    for (let y = south + stepM / 2; y < north; y += stepM) {
      if (ground.contains(x, y)) spots.push({ level: name, x, y })
    }
  }
  return spots
}

/** Floor of the same level within `openM` of each place, m², walls or none in between. O(places × places in reach). */
function openFloorOf(spots: readonly Spot[]): number[] {
  const squareOf = (x: number, y: number) => `${Math.floor(x / openM)} ${Math.floor(y / openM)}`
  const squares = new Map<string, Spot[]>()
  for (const spot of spots) {
    const key = `${spot.level} ${squareOf(spot.x, spot.y)}`
    const square = squares.get(key)
    if (square) square.push(spot)
    else squares.set(key, [spot])
  }
  return spots.map(({ level, x, y }) => {
    let count = 0
    for (const dx of [-openM, 0, openM]) {
      for (const dy of [-openM, 0, openM]) {
        for (const other of squares.get(`${level} ${squareOf(x + dx, y + dy)}`) ?? [])
          if ((other.x - x) ** 2 + (other.y - y) ** 2 <= openM * openM) count++
      }
    }
    return count * stepM * stepM
  })
}

/**
 * The error to expect of a phone that walks: what steps and walls leave of it grows with the floor around, since a corridor holds a
 * fix and a hall does not. Where nothing is heard it is no better than one look.
 */
function expectedOf({ heard, errorM }: Pick<PlacePrediction, 'heard' | 'errorM'>, openM2: number): number {
  const walkingM = narrowM + metresPerM2 * openM2
  return heard > 0 ? walkingM : Math.max(walkingM, errorM)
}

/** What is expected to be heard at each place, loudest first. */
function fingerprintsOf(
  { sketch }: PlanBuilding,
  beacons: readonly BeaconSketch[],
  spots: readonly Spot[],
): Heard[][] {
  // What everybody's phone does alike counts; what falls one way or the other by chance does not.
  const field = radioField(sketch, { ...mallRadio, shadowingSdDb: 0 }, 0)
  const elevation = new Map(sketch.levels.map(({ id, elevationM }) => [id, elevationM]))
  return spots.map(({ level, x, y }) => {
    const zM = (elevation.get(level) ?? 0) + antennaM
    const heard: Heard[] = []
    beacons.forEach((one, beacon) => {
      if ((one.x - x) ** 2 + (one.y - y) ** 2 > reachM * reachM) return
      // Across: half of the body is in the way, the mean over all headings.
      const headingRad = Math.atan2(one.x - x, one.y - y) + Math.PI / 2
      const dbm = field.meanDbm(one, { x, y, level, zM, headingRad, tMs: 0, inCabin: false })
      if (dbm > silentDbm) heard.push({ beacon, dbm })
    })
    return heard.sort((a, b) => b.dbm - a.dbm || a.beacon - b.beacon)
  })
}

interface Fingerprints {
  readonly spots: readonly Spot[]
  readonly fingerprints: readonly (readonly Heard[])[]
  /** Places by what they hear best. */
  readonly book: ReadonlyMap<number, readonly number[]>
}

function predict(
  index: number,
  { spots, fingerprints, book }: Fingerprints,
  spot: Spot,
): Omit<PlacePrediction, 'expectedM'> {
  const own = fingerprints[index] ?? []
  const strongest = own[0]
  const heard = own.filter(({ dbm }) => dbm >= heardDbm).length
  if (!strongest) return { ...spot, heard, strongestDbm: silentDbm, errorM: farM, otherLevel: 0 }
  const others = new Set(own.slice(0, 3).flatMap(({ beacon }) => book.get(beacon) ?? []))
  let [whole, awayM, elsewhere] = [0, 0, 0]
  let far: { spot: Spot; weight: number } | undefined
  for (const other of others) {
    const there = spots[other]!
    const weight = Math.exp(-unlikeness(own, fingerprints[other]!) / (2 * scatterDb * scatterDb))
    const distanceM = Math.hypot(there.x - spot.x, there.y - spot.y)
    whole += weight
    awayM += weight * distanceM
    if (there.level !== spot.level) elsewhere += weight
    else if (distanceM < farM) continue
    if (!far || weight > far.weight) far = { spot: there, weight }
  }
  return {
    ...spot,
    heard,
    strongestDbm: strongest.dbm,
    errorM: awayM / whole,
    otherLevel: elsewhere / whole,
    ...(far ? { takenFor: { ...far.spot, chance: far.weight / whole } } : {}),
  }
}

/** Sum of squared differences of two expectations, dB²; what is not heard counts as just not heard. */
function unlikeness(a: readonly Heard[], b: readonly Heard[]): number {
  let sum = 0
  for (const { beacon, dbm } of a) {
    const other = b.find((each) => each.beacon === beacon)
    sum += (dbm - (other?.dbm ?? silentDbm)) ** 2
  }
  for (const { beacon, dbm } of b) {
    if (!a.some((each) => each.beacon === beacon)) sum += (dbm - silentDbm) ** 2
  }
  return sum
}

function areasOf({ levels }: PlanBuilding, places: readonly PlacePrediction[]): PlanArea[] {
  const squares = new Map<string, PlacePrediction[]>()
  for (const place of places) {
    const key = `${place.level} ${Math.floor(place.x / areaM)} ${Math.floor(place.y / areaM)}`
    const square = squares.get(key)
    if (square) square.push(place)
    else squares.set(key, [place])
  }
  return [...squares.values()]
    .map((square): PlanArea => {
      const { level } = square[0]!
      const x = mean(square.map((place) => place.x))
      const y = mean(square.map((place) => place.y))
      const near = nearestName(
        levels.find(({ name }) => name === level),
        { x, y },
      )
      const worst = square.reduce<PlacePrediction['takenFor']>(
        (best, { takenFor }) => (takenFor && takenFor.chance > (best?.chance ?? 0) ? takenFor : best),
        undefined,
      )
      return {
        level,
        x,
        y,
        ...(near ? { near } : {}),
        ...figuresOf(square),
        ...(worst ? { takenFor: worst } : {}),
      }
    })
    .sort((a, b) => b.expectedM - a.expectedM)
}

function levelsOf(
  { levels }: PlanBuilding,
  beacons: readonly BeaconSketch[],
  places: readonly PlacePrediction[],
): PlanMeasure['levels'] {
  return levels.map(({ name }) => ({
    level: name,
    beacons: beacons.filter(({ level }) => level === name).length,
    ...figuresOf(places.filter(({ level }) => level === name)),
  }))
}

function figuresOf(places: readonly PlacePrediction[]) {
  return {
    floorM2: places.length * stepM * stepM,
    covered: mean(places.map(({ heard }) => (heard >= leastHeard ? 1 : 0))),
    errorM: mean(places.map(({ errorM }) => errorM)),
    expectedM: mean(places.map(({ expectedM }) => expectedM)),
    otherLevel: mean(places.map(({ otherLevel }) => otherLevel)),
  }
}

function nearestName(level: PlanLevel | undefined, to: Xy): Labels | undefined {
  let least = Infinity
  let name: Labels | undefined
  for (const door of level?.doorways ?? []) {
    const away = Math.hypot(door.x - to.x, door.y - to.y)
    if (away >= least) continue
    least = away
    name = door.name
  }
  return name
}

/** 0 for nothing. */
function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
