import { ringsContain } from '../geometry/index.ts'
import { labelOfCategory } from '../directory/index.ts'
import type { AmenityFeature, Labels, UnitFeature, UnitId } from '../model/index.ts'
import { middleOf } from './building.ts'
import type { BuiltLevel, BuiltRoom } from './building.ts'
import type { Ids } from './ids.ts'
import { toSite } from './site.ts'

/** Something useful that stands on public floor. */
interface Equipment {
  readonly category: string
  readonly levels: readonly string[]
  readonly x: number
  readonly y: number
  readonly name?: Labels
}

const shoppingLevels = ['F1', 'F2', 'F3', 'F4', 'F5']

/** Where desks and machines stand on the plan; those of every level hang beside the same wall. */
const equipment: readonly Equipment[] = [
  {
    category: 'information',
    levels: ['F1'],
    x: 110,
    y: 40,
    name: { zh: '南门服务台', en: 'South information' },
  },
  {
    category: 'information',
    levels: ['F1'],
    x: 110,
    y: 110,
    name: { zh: '北门服务台', en: 'North information' },
  },
  {
    category: 'guestservices',
    levels: ['F3'],
    x: 110,
    y: 40,
    name: { zh: '客服中心', en: 'Guest services' },
  },
  { category: 'atm', levels: ['F1'], x: 104.8, y: 27 },
  { category: 'atm', levels: ['F1'], x: 115.4, y: 122 },
  { category: 'atm', levels: ['F3'], x: 104.8, y: 50 },
  { category: 'strollerrental', levels: ['F1'], x: 105, y: 30.5 },
  { category: 'coinlocker', levels: ['F1'], x: 115, y: 119.5 },
  { category: 'coinlocker', levels: ['B1'], x: 104.6, y: 40 },
  { category: 'powerchargingstation', levels: shoppingLevels, x: 104.6, y: 53 },
  { category: 'powerchargingstation', levels: shoppingLevels, x: 115.4, y: 95 },
  { category: 'drinkingfountain', levels: shoppingLevels, x: 104.6, y: 102.6 },
  { category: 'drinkingfountain', levels: shoppingLevels, x: 115.4, y: 46.8 },
  { category: 'defibrillator', levels: shoppingLevels, x: 115.4, y: 90 },
  { category: 'defibrillator', levels: ['B1', 'B2'], x: 105, y: 110.4 },
  { category: 'vendingmachine', levels: ['F3', 'F4', 'F5'], x: 115.4, y: 111 },
  { category: 'vendingmachine', levels: ['B2'], x: 110.4, y: 63 },
  { category: 'photobooth', levels: ['F4'], x: 104.6, y: 57 },
  { category: 'smokingarea', levels: ['F5'], x: 200, y: 50 },
]

/** Lifts, escalators, stairs, toilets, gates and equipment of one level as amenities. */
export function amenitiesOf(ids: Ids, level: BuiltLevel): AmenityFeature[] {
  return [
    ...level.rooms.flatMap((room) => roomAmenity(ids, room)),
    ...escalatorAmenities(ids, level),
    ...gateAmenities(ids, level),
    ...equipmentOn(ids, level),
  ]
}

function roomAmenity(ids: Ids, { unit, is }: BuiltRoom): AmenityFeature[] {
  if (is.use !== 'lift' && is.use !== 'stairs' && is.use !== 'toilet') return []
  const isNumbered = is.use === 'lift' || is.use === 'stairs'
  const name = isNumbered
    ? numbered(is.number, is.use === 'lift' ? ['电梯', 'Lift'] : ['楼梯', 'Stairs'])
    : null
  return [amenity(ids, { category: unit.properties.category, name, at: middleOf(unit), units: [unit] })]
}

function numbered(number: number, [zh, en]: readonly [string, string]): Labels {
  return { zh: `${number} 号${zh}`, en: `${en} ${number}` }
}

/** One for each pair, named after the level it leads to. */
function escalatorAmenities(ids: Ids, level: BuiltLevel): AmenityFeature[] {
  const flights = new Map<string, BuiltRoom[]>()
  for (const room of level.rooms) {
    if (room.is.use === 'escalator')
      flights.set(room.is.flight, [...(flights.get(room.is.flight) ?? []), room])
  }
  return [...flights.values()].map((pair) => {
    const [first, second] = [middleOf(pair[0]!.unit), middleOf(pair[pair.length - 1]!.unit)]
    return amenity(ids, {
      category: 'escalator',
      name: null,
      at: [(first[0] + second[0]) / 2, (first[1] + second[1]) / 2],
      units: pair.map(({ unit }) => unit),
    })
  })
}

/** An `entry` in each gate for people. */
function gateAmenities(ids: Ids, level: BuiltLevel): AmenityFeature[] {
  return level.gates.flatMap(({ opening, name, into }) => {
    if (!into) return []
    const [from, to] = opening.geometry.coordinates
    const at = [(from![0]! + to![0]!) / 2, (from![1]! + to![1]!) / 2] as const
    return [amenity(ids, { category: 'entry', name, at, units: [into] })]
  })
}

function equipmentOn(ids: Ids, level: BuiltLevel): AmenityFeature[] {
  return equipment
    .filter(({ levels }) => levels.includes(level.key))
    .map(({ category, name, x, y }) => {
      const unit = walkwayAt(level, x, y)
      if (!unit) throw new RangeError(`no public floor under ${category} on ${level.key} of the demo mall`)
      return amenity(ids, { category, name: name ?? null, at: toSite({ x, y }, level.lie), units: [unit] })
    })
}

/** The public floor, indoors or on the terrace, under a point of the plan. */
export function walkwayAt(level: BuiltLevel, x: number, y: number): UnitFeature | undefined {
  const walkway = level.walkways.find(({ rings }) => ringsContain(rings, x, y))
  const terrace = level.rooms.find(
    ({ unit, ring }) => unit.properties.category === 'terrace' && ringsContain([ring], x, y),
  )
  return walkway?.unit ?? terrace?.unit
}

interface AmenityWish {
  readonly category: string
  readonly name: Labels | null
  readonly at: readonly [number, number]
  readonly units: readonly UnitFeature[]
}

function amenity(ids: Ids, { category, name, at, units }: AmenityWish): AmenityFeature {
  const forChairs = category === 'elevator' || category.endsWith('wheelchair') || category === 'entry'
  const unitIds: UnitId[] = units.map(({ id }) => id)
  return {
    id: ids.amenity(),
    type: 'Feature',
    feature_type: 'amenity',
    geometry: { type: 'Point', coordinates: [...at] },
    properties: {
      category,
      accessibility: forChairs ? ['wheelchair'] : null,
      name: name ?? labelOfCategory(category) ?? null,
      alt_name: null,
      hours: null,
      phone: null,
      website: null,
      unit_ids: unitIds,
      address_id: null,
    },
  }
}
