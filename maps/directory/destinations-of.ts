import type { Position } from 'geojson'
import { levelFrameOf, toXy } from '../model/index.ts'
import type {
  AmenityFeature,
  Archive,
  Destination,
  DestinationKind,
  Labels,
  LevelFrame,
  LevelId,
  OpeningFeature,
  UnitFeature,
  UnitId,
} from '../model/index.ts'
import { labelOfCategory } from './category-labels.ts'
import { pointInside } from './point-inside.ts'
import { occupantCategoryOf, shopCategoryOf } from './shop-category.ts'

/** Units that are a destination when no amenity stands for them; heads of IMDF categories. */
const amenityUnits = new Set([
  'restroom',
  'mothersroom',
  'elevator',
  'escalator',
  'movingwalkway',
  'stairs',
  'ramp',
  'firstaid',
  'smokingarea',
  'shower',
])

/** Amenities at which somebody helps; heads of IMDF categories. */
const staffed = new Set([
  'information',
  'guestservices',
  'reception',
  'lostandfound',
  'cashier',
  'checkin',
  'strollerrental',
  'wheelchairassist',
  'security',
  'police',
  'firstaid',
  'valet',
  'ticketing',
])

/** Openings by which one comes in from outside. */
const entranceOpenings = new Set(['pedestrian.principal', 'pedestrian.transit'])

/** Within this distance an entrance amenity and an entrance opening are one entrance. */
const sameEntranceM = 6

/**
 * Everything in a venue that a person may want to walk to: shops (occupants that stand in a unit),
 * numbered parking bays, amenities and entrances. What has no name of its own gets that of its category
 * in Chinese and English. A shop whose source gives no category gets the one its name tells.
 *
 * Left out, because nobody can be led there: occupants without a unit, amenities without a unit or a
 * level, bays without a number.
 *
 * @returns shops, bays, amenities, entrances, each in the archive's order
 * Complexity: linear in features and corners. Source of the categories: OGC 20-094.
 */
export function destinationsOf(archive: Archive): Destination[] {
  const places = placesOf(archive)
  return [...shopsOf(archive, places), ...baysOf(archive, places), ...amenitiesOf(archive, places)]
}

/** Where things stand: what turns a unit and a longitude and latitude into a destination's place. */
interface Places {
  readonly levels: ReadonlyMap<string, { readonly label: string; readonly frame: LevelFrame }>
  readonly units: ReadonlyMap<string, UnitFeature>
}

function placesOf(archive: Archive): Places {
  const { language } = archive.manifest
  const levels = archive.features.level.map((level) => {
    const { short_name, name } = level.properties
    const label = short_name[language] ?? Object.values(short_name)[0] ?? Object.values(name)[0] ?? ''
    return [level.id, { label, frame: levelFrameOf(level) }] as const
  })
  return {
    levels: new Map(levels),
    units: new Map(archive.features.unit.map((unit) => [unit.id, unit])),
  }
}

type Place = Pick<Destination, 'levelId' | 'level' | 'x' | 'y' | 'lonLat'>

function placeAt(places: Places, levelId: LevelId, point: Position): Place | undefined {
  const level = places.levels.get(levelId)
  if (!level) return undefined
  const { x, y } = toXy(level.frame, point)
  return {
    levelId,
    level: level.label,
    x: toMillimetre(x),
    y: toMillimetre(y),
    lonLat: [point[0]!, point[1]!],
  }
}

/** Further digits would only make the directory longer. */
function toMillimetre(metres: number): number {
  return Math.round(metres * 1000) / 1000
}

function shopsOf(archive: Archive, places: Places): Destination[] {
  const anchors = new Map(archive.features.anchor.map((anchor) => [anchor.id, anchor]))
  const shops: Destination[] = []
  for (const occupant of archive.features.occupant) {
    const { name, alt_name, anchor_id } = occupant.properties
    const anchor = anchor_id === null ? undefined : anchors.get(anchor_id)
    const unit = anchor?.properties.unit_id ? places.units.get(anchor.properties.unit_id) : undefined
    if (!anchor || !unit) continue
    const place = placeAt(places, unit.properties.level_id, anchor.geometry.coordinates)
    if (!place) continue
    const names = { ...alt_name, ...name }
    const category = occupantCategoryOf(occupant.properties.category, names)
    shops.push({
      id: occupant.id,
      kind: 'shop',
      ...namesOf(occupant.properties, category),
      ...place,
      unitIds: [unit.id],
      shopCategory: shopCategoryOf(category, names),
      category,
      ...contactOf(occupant.properties),
    })
  }
  return shops
}

function baysOf(archive: Archive, places: Places): Destination[] {
  const bays: Destination[] = []
  for (const unit of archive.features.unit) {
    if (headOf(unit.properties.category) !== 'parking' || !hasText(unit.properties.name)) continue
    const bay = unitDestination(places, unit, 'bay')
    if (bay) bays.push(bay)
  }
  return bays
}

function amenitiesOf(archive: Archive, places: Places): Destination[] {
  const covered = new Set<string>()
  const amenities: Destination[] = []
  const entrances: Destination[] = []
  for (const amenity of archive.features.amenity) {
    const units = amenity.properties.unit_ids.flatMap((id) => places.units.get(id) ?? [])
    const first = units[0]
    const place = first && placeAt(places, first.properties.level_id, amenity.geometry.coordinates)
    if (!place) continue
    const kind = amenityKind(amenity.properties.category)
    const unitIds = units.filter(standsFor(amenity)).map((unit) => unit.id)
    for (const id of unitIds) covered.add(id)
    const destination = { ...amenityDestination(amenity, kind, unitIds), ...place }
    if (kind === 'entrance') entrances.push(destination)
    else amenities.push(destination)
  }
  for (const unit of archive.features.unit) {
    if (covered.has(unit.id) || !amenityUnits.has(headOf(unit.properties.category))) continue
    const destination = unitDestination(places, unit, amenityKind(unit.properties.category))
    if (destination) amenities.push(destination)
  }
  for (const opening of archive.features.opening) {
    const destination = entranceOf(places, opening)
    if (destination && !entrances.some((known) => isSameEntrance(known, destination))) {
      entrances.push(destination)
    }
  }
  return [...amenities, ...entrances]
}

/** An information desk belongs to a corridor without being it; a toilet's amenity is its room. */
function standsFor(amenity: AmenityFeature): (unit: UnitFeature) => boolean {
  const head = headOf(amenity.properties.category)
  return (unit) => headOf(unit.properties.category) === head
}

function amenityKind(category: string): DestinationKind {
  const head = headOf(category)
  if (head === 'entry') return 'entrance'
  return staffed.has(head) ? 'service' : 'amenity'
}

function amenityDestination(
  amenity: AmenityFeature,
  kind: DestinationKind,
  unitIds: readonly UnitId[],
): Omit<Destination, keyof Place> {
  const { category } = amenity.properties
  return {
    id: amenity.id,
    kind,
    ...namesOf(amenity.properties, category),
    unitIds,
    category,
    ...contactOf(amenity.properties),
  }
}

function unitDestination(places: Places, unit: UnitFeature, kind: DestinationKind): Destination | undefined {
  const { category, level_id, display_point } = unit.properties
  const point = display_point?.coordinates ?? pointInside(unit.geometry)
  const place = point && placeAt(places, level_id, point)
  if (!place) return undefined
  return {
    id: unit.id,
    kind,
    ...namesOf(unit.properties, category),
    ...place,
    unitIds: [unit.id],
    category,
  }
}

function entranceOf(places: Places, opening: OpeningFeature): Destination | undefined {
  const { category, level_id } = opening.properties
  if (!entranceOpenings.has(category)) return undefined
  const line = opening.geometry.coordinates
  const [from, to] = [line[0], line[line.length - 1]]
  if (!from || !to) return undefined
  const middle = [(from[0]! + to[0]!) / 2, (from[1]! + to[1]!) / 2]
  const place = placeAt(places, level_id, middle)
  if (!place) return undefined
  const names = namesOf(opening.properties, category)
  return { id: opening.id, kind: 'entrance', ...names, ...place, unitIds: [], category }
}

function isSameEntrance(a: Destination, b: Destination): boolean {
  return a.levelId === b.levelId && Math.hypot(a.x - b.x, a.y - b.y) <= sameEntranceM
}

function namesOf(
  named: { readonly name?: Labels | null; readonly alt_name?: Labels | null },
  category: string,
): Pick<Destination, 'name' | 'altName'> {
  const fallback = labelOfCategory(category) ?? { zh: category, en: category }
  const name = hasText(named.name) ? named.name : fallback
  return hasText(named.alt_name) ? { name, altName: named.alt_name } : { name }
}

function contactOf(contact: {
  readonly hours?: string | null
  readonly phone?: string | null
  readonly website?: string | null
}): Pick<Destination, 'hours' | 'phone' | 'website'> {
  const { hours, phone, website } = contact
  return { ...(hours && { hours }), ...(phone && { phone }), ...(website && { website }) }
}

function hasText(labels: Labels | null | undefined): labels is Labels {
  return !!labels && Object.values(labels).some((text) => text !== '')
}

function headOf(category: string): string {
  return category.split('.')[0]!
}
