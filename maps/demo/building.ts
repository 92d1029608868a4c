import { pointInside } from '../directory/index.ts'
import type {
  Labels,
  LevelFeature,
  LevelId,
  OccupantFeature,
  AnchorFeature,
  OpeningFeature,
  UnitFeature,
} from '../model/index.ts'
import type { Ring } from '../geometry/index.ts'
import type { DrawnDoor } from './doors.ts'
import type { DrawnLevel } from './drawn-level.ts'
import type { Ids } from './ids.ts'
import type { Entrance, Room, RoomUse } from './plan.ts'
import type { Lie } from './site.ts'
import { siteFrame, sitePolygon, toSite } from './site.ts'
import type { ShopName } from './shop-names.ts'
import { hoursOf } from './tenants.ts'

/** A room that has become a unit, with what the rest of the mall needs to know of it. */
export interface BuiltRoom {
  readonly unit: UnitFeature
  readonly is: RoomUse
  /** On the plan. */
  readonly ring: Ring
}

/** An opening by which one comes in, with the name on it. */
export interface Gate {
  readonly opening: OpeningFeature
  readonly name: Labels
  /** The public floor behind it; a ramp for cars has none. */
  readonly into: UnitFeature | undefined
}

/** A level with its features made. */
export interface BuiltLevel {
  readonly feature: LevelFeature
  readonly key: string
  readonly ordinal: number
  readonly lie: Lie
  /** On the plan. */
  readonly outline: Ring
  readonly rooms: readonly BuiltRoom[]
  readonly walkways: readonly {
    readonly unit: UnitFeature
    readonly key: string
    readonly rings: readonly Ring[]
  }[]
  readonly openings: readonly OpeningFeature[]
  readonly gates: readonly Gate[]
  readonly anchors: readonly AnchorFeature[]
  readonly occupants: readonly OccupantFeature[]
}

const unitRest = { restriction: null, accessibility: null, name: null, alt_name: null } as const

interface Frame {
  readonly ids: Ids
  readonly levelId: LevelId
  readonly lie: Lie
}

/** Turns a drawn level into IMDF features. */
export function buildLevel(
  drawn: DrawnLevel,
  {
    ids,
    buildingId,
    tenants,
  }: { readonly ids: Ids; readonly buildingId: string; readonly tenants: readonly ShopName[] },
): BuiltLevel {
  const { key, ordinal, lie, entrances } = drawn.plan
  const levelId = ids.level()
  const frame: Frame = { ids, levelId, lie }
  const feature = levelFeature(drawn, levelId, buildingId)
  const names = [...tenants]
  const anchors: AnchorFeature[] = []
  const occupants: OccupantFeature[] = []
  const openings: OpeningFeature[] = []
  const rooms = drawn.rooms.map(({ room, ring, doors }) => {
    const tenant = room.is.use === 'shop' ? names.shift() : undefined
    const unit = unitFeature(frame, { room, ring, tenant })
    openings.push(...doors.map((door) => openingFeature(frame, door, room)))
    if (tenant) {
      const anchor = anchorIn(ids, unit)
      anchors.push(anchor)
      occupants.push(occupantFeature(ids, tenant, anchor))
    }
    return { unit, is: room.is, ring }
  })
  const walkways = drawn.walkways.map(({ stretch, rings }) => ({
    key: stretch.key,
    rings,
    unit: walkwayFeature(frame, rings, { zh: stretch.zh, en: stretch.en }),
  }))
  const gates = entrances.map((entrance) => ({
    opening: entranceFeature(frame, entrance),
    name: { zh: entrance.zh, en: entrance.en },
    into: walkways.find((walkway) => walkway.key === entrance.into)?.unit,
  }))
  openings.push(...gates.map(({ opening }) => opening))
  return {
    feature,
    key,
    ordinal,
    lie,
    outline: drawn.outline,
    rooms,
    walkways,
    openings,
    gates,
    anchors,
    occupants,
  }
}

function levelFeature({ plan, outline }: DrawnLevel, id: LevelId, buildingId: string): LevelFeature {
  const { key, ordinal, lie } = plan
  const isParking = ordinal < 0
  const number = Math.abs(isParking ? ordinal : ordinal + 1)
  const chinese = `${isParking ? '地下' : ''}${'一二三四五'[number - 1]!}层`
  return {
    id,
    type: 'Feature',
    feature_type: 'level',
    geometry: sitePolygon([outline], lie),
    properties: {
      category: isParking ? 'parking' : 'unspecified',
      restriction: null,
      outdoor: false,
      ordinal,
      name: { zh: chinese, en: isParking ? `Basement ${number}` : `Floor ${number}` },
      short_name: { zh: key, en: key },
      display_point: null,
      address_id: null,
      building_ids: [buildingId],
      frame: siteFrame,
    },
  }
}

/** Units that tell more of a shop than `room`. */
const unitByCategory: Readonly<Record<string, string>> = {
  'theater.movie': 'movietheater',
  gym: 'fitnessroom',
}

function unitFeature(
  { ids, levelId, lie }: Frame,
  { room, ring, tenant }: { readonly room: Room; readonly ring: Ring; readonly tenant: ShopName | undefined },
): UnitFeature {
  const { is, category } = room
  const isBack = category === 'nonpublic'
  const forChairs = is.use === 'lift' || category === 'restroom.wheelchair'
  return {
    id: ids.unit(),
    type: 'Feature',
    feature_type: 'unit',
    geometry: sitePolygon([ring], lie),
    properties: {
      ...unitRest,
      category: (tenant && unitByCategory[tenant.category]) ?? category,
      restriction: isBack ? 'employeesonly' : null,
      accessibility: forChairs ? ['wheelchair'] : null,
      name: is.use === 'bay' ? { zh: is.number, en: is.number } : null,
      level_id: levelId,
      display_point: null,
    },
  }
}

function walkwayFeature({ ids, levelId, lie }: Frame, rings: readonly Ring[], name: Labels): UnitFeature {
  return {
    id: ids.unit(),
    type: 'Feature',
    feature_type: 'unit',
    geometry: sitePolygon(rings, lie),
    properties: { ...unitRest, category: 'walkway', name, level_id: levelId, display_point: null },
  }
}

function openingFeature({ ids, levelId, lie }: Frame, door: DrawnDoor, { is }: Room): OpeningFeature {
  const isLift = is.use === 'lift'
  return {
    id: ids.opening(),
    type: 'Feature',
    feature_type: 'opening',
    geometry: { type: 'LineString', coordinates: [toSite(door.from, lie), toSite(door.to, lie)] },
    properties: {
      category: door.isService ? 'service' : 'pedestrian',
      restriction: door.isService ? 'employeesonly' : null,
      accessibility: null,
      access_control: door.isService ? ['badgereader'] : null,
      door: isLift ? { type: 'sliding', automatic: true, material: 'metal' } : null,
      name: null,
      alt_name: null,
      display_point: null,
      level_id: levelId,
    },
  }
}

function entranceFeature({ ids, levelId, lie }: Frame, entrance: Entrance): OpeningFeature {
  const ends = [entrance.from, entrance.to].map(([x, y]) => toSite({ x, y }, lie))
  return {
    id: ids.opening(),
    type: 'Feature',
    feature_type: 'opening',
    geometry: { type: 'LineString', coordinates: ends },
    properties: {
      category: entrance.category,
      restriction: null,
      accessibility: entrance.category === 'automobile' ? null : ['wheelchair'],
      access_control: null,
      door:
        entrance.category === 'automobile' ? null : { type: 'sliding', automatic: true, material: 'glass' },
      name: { zh: entrance.zh, en: entrance.en },
      alt_name: null,
      display_point: null,
      level_id: levelId,
    },
  }
}

function anchorIn(ids: Ids, unit: UnitFeature): AnchorFeature {
  return {
    id: ids.anchor(),
    type: 'Feature',
    feature_type: 'anchor',
    geometry: { type: 'Point', coordinates: middleOf(unit) },
    properties: { unit_id: unit.id, address_id: null },
  }
}

function occupantFeature(ids: Ids, tenant: ShopName, anchor: AnchorFeature): OccupantFeature {
  return {
    id: ids.occupant(),
    type: 'Feature',
    feature_type: 'occupant',
    geometry: null,
    properties: {
      name: { zh: tenant.zh, en: tenant.en },
      alt_name: null,
      category: tenant.category,
      anchor_id: anchor.id,
      hours: hoursOf(tenant),
      phone: null,
      website: null,
      validity: null,
      correlation_id: null,
    },
  }
}

/** A point inside a unit, longitude and latitude. */
export function middleOf({ geometry }: { readonly geometry: UnitFeature['geometry'] }): [number, number] {
  const point = pointInside(geometry)
  if (!point) throw new RangeError('a unit of the demo mall has no area')
  return [Math.round(point[0] * 1e9) / 1e9, Math.round(point[1] * 1e9) / 1e9]
}
