import type { Point, Position } from 'geojson'
import { pointInside } from '../directory/index.ts'
import { ringsContain, ringsOf } from '../geometry/index.ts'
import { boundsOf, levelFrameOf, toXy } from '../model/index.ts'
import type {
  AmenityFeature,
  AnchorFeature,
  Areal,
  FeatureId,
  Json,
  LevelFeature,
  LevelFrame,
  OccupantFeature,
  Problem,
  UnitFeature,
} from '../model/index.ts'
import { idOf } from './ids.ts'
import { kindOf } from './kinds.ts'
import type { Kind } from './kinds.ts'
import { mendArea } from './mend-area.ts'
import { labelsOf, plainText } from './names.ts'
import type { Outline, Place } from './source.ts'

/** One level of the source, its parts checked. */
export interface SourceLevel {
  /** The folder's name, which is what stands on the lift button. */
  readonly name: string
  readonly ordinal: number
  readonly file: string
  readonly outline: Outline
  readonly places: readonly Place[]
  /** Width and height in metres of the outline's bounding box. */
  readonly size: { readonly width: number; readonly height: number }
}

/** One level as features of IMDF. */
export interface LevelContents {
  readonly level: LevelFeature
  readonly units: UnitFeature[]
  readonly amenities: AmenityFeature[]
  readonly anchors: AnchorFeature[]
  readonly occupants: OccupantFeature[]
  readonly problems: Problem[]
}

/** What all levels of a venue share. */
export interface VenueFacts {
  /** BCP 47 tag of names that are neither Chinese nor Latin words: level and bay numbers. */
  readonly language: string
  readonly buildingId: FeatureId
}

/**
 * One level as features of IMDF, in the source's order.
 * @returns The features, and warnings of what was mended or left out.
 */
export function buildLevel(source: SourceLevel, venue: VenueFacts): LevelContents {
  const level = levelOf(source, venue)
  const frame = levelFrameOf(level)
  const contents: LevelContents = {
    level,
    units: [],
    amenities: [],
    anchors: [],
    occupants: [],
    problems: [],
  }
  const known = new Set<string>()
  for (const place of source.places) {
    const name = plainText(place.properties.name ?? '')
    const { geometry, mended } = mendArea(place.geometry, frame)
    const key = JSON.stringify([name, geometry.coordinates])
    const isTwice = known.has(key)
    known.add(key)
    if (!isTwice) addPlace(contents, { place, name, geometry, frame, language: venue.language })
    const told = isTwice
      ? { code: 'place-twice', message: `"${name}" stands twice at the same place; the second was left out.` }
      : {
          code: 'shape-mended',
          message: `The outline of "${name}" was mended: ${mended}. Look at it on the map.`,
        }
    if (!isTwice && mended === '') continue
    contents.problems.push({
      severity: 'warning',
      file: source.file,
      feature: place.id,
      level: level.id,
      ...told,
    })
  }
  return contents
}

function levelOf(source: SourceLevel, venue: VenueFacts): LevelFeature {
  const { outline, size, places } = source
  const bays = places.filter((place) => kindOfPlace(place).is === 'bay').length
  const [west, south, east, north] = boundsOf(outline.geometry)
  const frame = {
    origin: [west, south],
    metresPerDegree: [size.width / (east - west), size.height / (north - south)],
  } as const
  const { geometry } = mendArea(outline.geometry, {
    originLon: west,
    originLat: south,
    metresPerDegreeLon: frame.metresPerDegree[0],
    metresPerDegreeLat: frame.metresPerDegree[1],
  })
  return {
    id: idOf.level(outline.id),
    type: 'Feature',
    feature_type: 'level',
    geometry,
    properties: {
      category: bays * 2 > places.length ? 'parking' : 'unspecified',
      restriction: null,
      outdoor: false,
      ordinal: source.ordinal,
      name: { [venue.language]: source.name },
      short_name: { [venue.language]: source.name },
      display_point: null,
      address_id: null,
      building_ids: [venue.buildingId],
      frame,
      ...sourceOf(outline),
    },
  }
}

function kindOfPlace({ properties }: Place): Kind {
  return kindOf(plainText(properties.name ?? ''), properties.category ?? [])
}

/** What the source says of a feature, whole. */
function sourceOf({ id, properties }: Outline | Place): { readonly source: Json } {
  return { source: { id, ...properties } as Json }
}

interface NewPlace {
  readonly place: Place
  readonly name: string
  readonly geometry: Areal
  readonly frame: LevelFrame
  readonly language: string
}

function addPlace(contents: LevelContents, added: NewPlace): void {
  const kind = kindOfPlace(added.place)
  contents.units.push(unitOf(contents.level, added, kind))
  if (kind.is === 'space' && kind.amenity !== undefined) {
    contents.amenities.push(amenityOf(added, kind.amenity))
  }
  if (kind.is === 'shop') {
    contents.anchors.push(anchorOf(added))
    contents.occupants.push(occupantOf(added, kind.category))
  }
}

const categoryOfKind = (kind: Kind) =>
  kind.is === 'space' ? kind.category : kind.is === 'bay' ? 'parking' : 'room'

function unitOf(level: LevelFeature, { place, name, geometry, language }: NewPlace, kind: Kind): UnitFeature {
  return {
    id: idOf.unit(place.id),
    type: 'Feature',
    feature_type: 'unit',
    geometry,
    properties: {
      category: categoryOfKind(kind),
      restriction: kind.is === 'space' ? (kind.restriction ?? null) : null,
      accessibility: null,
      name: kind.is === 'bay' && name !== '' ? { [language]: name } : null,
      alt_name: null,
      level_id: level.id,
      display_point: null,
      ...(kind.is === 'space' && kind.isVacant ? { vacant: true } : {}),
      ...sourceOf(place),
    },
  }
}

function amenityOf(added: NewPlace, category: string): AmenityFeature {
  const { id } = added.place
  return {
    id: idOf.amenity(id),
    type: 'Feature',
    feature_type: 'amenity',
    geometry: labelPointOf(added),
    properties: {
      category,
      accessibility: null,
      name: null,
      alt_name: null,
      hours: null,
      phone: null,
      website: null,
      unit_ids: [idOf.unit(id)],
      address_id: null,
    },
  }
}

function anchorOf(added: NewPlace): AnchorFeature {
  const { id } = added.place
  return {
    id: idOf.anchor(id),
    type: 'Feature',
    feature_type: 'anchor',
    geometry: labelPointOf(added),
    properties: { address_id: null, unit_id: idOf.unit(id) },
  }
}

function occupantOf({ place, name }: NewPlace, category: string): OccupantFeature {
  const { id } = place
  const display = plainText(place.properties.display ?? '')
  const isOther = display !== '' && display !== name && kindOf(display, []).is === 'shop'
  return {
    id: idOf.occupant(id),
    type: 'Feature',
    feature_type: 'occupant',
    geometry: null,
    properties: {
      name: name === '' ? {} : labelsOf(name),
      alt_name: isOther ? labelsOf(display) : null,
      category,
      anchor_id: idOf.anchor(id),
      hours: null,
      phone: null,
      website: null,
      validity: null,
      correlation_id: null,
    },
  }
}

/** Where the source puts the label if that is inside the place, else a point that is. */
function labelPointOf({ place, geometry, frame }: NewPlace): Point {
  const given = place.properties.point ? fromMercator(place.properties.point) : undefined
  if (given) {
    const { x, y } = toXy(frame, given)
    if (ringsContain(ringsOf(geometry, frame), x, y)) return { type: 'Point', coordinates: given }
  }
  return { type: 'Point', coordinates: pointInside(geometry) ?? given ?? [frame.originLon, frame.originLat] }
}

/** Metres of Web Mercator to degrees. Source: EPSG:3857. */
function fromMercator([x, y]: readonly [number, number]): Position {
  const radius = 6378137
  const degrees = (radians: number) => Number(((radians / Math.PI) * 180).toFixed(9))
  return [degrees(x / radius), degrees(2 * Math.atan(Math.exp(y / radius)) - Math.PI / 2)]
}
