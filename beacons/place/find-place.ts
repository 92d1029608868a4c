import { booleanPointInPolygon, distance, point, pointToPolygonDistance } from '@turf/turf'
import { toLonLat, toXy } from '../../maps/model/index.ts'
import type { Archive, Destination, LevelId } from '../../maps/model/index.ts'
import type { RoutingTables } from '../../maps/routes/index.ts'
import { createSearch } from '../../maps/search/index.ts'
import type { Refused } from '../frames/words.ts'

/** A place on a level, metres of its frame. */
export interface FoundPlace {
  readonly level: string
  readonly levelId: LevelId
  readonly x: number
  readonly y: number
  /** The shop or facility it was found by. */
  readonly beside?: Readonly<Record<string, string>>
}

export interface PlaceParts {
  readonly archive: Archive
  readonly tables: RoutingTables
  readonly destinations: readonly Destination[]
}

/** Outside of the drawn level a beacon may still hang: a canopy, a facade. */
const mostOutsideM = 10
const hintCount = 5

/**
 * The place a person means: `F1:12.5,40` in metres of the level, `30.2801,120.0203@F1` in degrees (latitude first, as maps show it), or
 * the name of a shop or facility, with `@F1` where several levels have one. A name means the ground before its door.
 */
export function findPlace(parts: PlaceParts, text: string): FoundPlace | Refused {
  const metres = /^([^:@]+):\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)$/.exec(text.trim())
  if (metres) {
    const [, level = '', x, y] = metres
    return onLevel(parts, level, { x: Number(x), y: Number(y) })
  }
  const degrees = /^(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*@\s*(\S+)$/.exec(text.trim())
  if (degrees) {
    const [, lat, lon, level = ''] = degrees
    return fromDegrees(parts, level, [Number(lon), Number(lat)])
  }
  return byName(parts, text.trim())
}

function levelCalled({ tables }: PlaceParts, name: string): RoutingTables['levels'][number] | Refused {
  const level = tables.levels.find((each) => each.name.toLowerCase() === name.trim().toLowerCase())
  if (level) return level
  const known = tables.levels.map((each) => each.name)
  return {
    refused: 'unknown-level',
    words: {
      zh: `没有楼层 "${name}"；有 ${known.join('、')}`,
      en: `Expected a level of the map, but "${name}" is none; it has ${known.join(', ')}`,
    },
  }
}

function onLevel(parts: PlaceParts, name: string, at: { x: number; y: number }): FoundPlace | Refused {
  const level = levelCalled(parts, name)
  if ('refused' in level) return level
  return (
    outsideOf(parts, level.id, toLonLat(level.frame, at)) ?? { level: level.name, levelId: level.id, ...at }
  )
}

function fromDegrees(parts: PlaceParts, name: string, lonLat: [number, number]): FoundPlace | Refused {
  const level = levelCalled(parts, name)
  if ('refused' in level) return level
  return (
    outsideOf(parts, level.id, lonLat) ?? {
      level: level.name,
      levelId: level.id,
      ...toXy(level.frame, lonLat),
    }
  )
}

/** The refusal of a place that is not on its level at all: latitude and longitude swapped, metres of another level. */
function outsideOf({ archive }: PlaceParts, levelId: LevelId, lonLat: [number, number]): Refused | undefined {
  const level = archive.features.level.find(({ id }) => id === levelId)
  if (!level) return undefined
  const [lon, lat] = lonLat
  const isOnEarth = Math.abs(lon) <= 180 && Math.abs(lat) <= 90
  const outline = level.geometry
  const polygon =
    outline.type === 'Polygon'
      ? { type: 'Polygon' as const, coordinates: outline.coordinates.map(copied) }
      : { type: 'MultiPolygon' as const, coordinates: outline.coordinates.map((part) => part.map(copied)) }
  if (isOnEarth && booleanPointInPolygon(point([lon, lat]), polygon)) return undefined
  const corner = outline.type === 'Polygon' ? outline.coordinates[0]?.[0] : outline.coordinates[0]?.[0]?.[0]
  const awayM = !isOnEarth
    ? Infinity
    : outline.type === 'Polygon'
      ? pointToPolygonDistance(
          point([lon, lat]),
          { type: 'Polygon', coordinates: outline.coordinates.map(copied) },
          { units: 'meters' },
        )
      : distance(point([lon, lat]), point([corner?.[0] ?? 0, corner?.[1] ?? 0]), { units: 'meters' })
  if (awayM <= mostOutsideM) return undefined
  const away = Number.isFinite(awayM) ? `${Math.round(awayM)} m` : '∞'
  return {
    refused: 'outside-level',
    words: {
      zh: `这个位置在楼层外 ${away}：核对楼层，经纬度写成 纬度,经度@楼层`,
      en: `Expected a place on the level, this is ${away} outside of it: check the level, and write degrees as latitude,longitude@level`,
    },
  }
}

function copied(ring: readonly (readonly number[])[]): number[][] {
  return ring.map((position) => [...position])
}

function byName(parts: PlaceParts, text: string): FoundPlace | Refused {
  const { destinations, tables } = parts
  const [, name = text, level] = /^(.+)@([^@]+)$/.exec(text) ?? []
  const isOn = (each: Destination) =>
    level === undefined || each.level.toLowerCase() === level.trim().toLowerCase()
  const exact = destinations.filter(
    (each) =>
      isOn(each) &&
      [...Object.values(each.name), ...Object.values(each.altName ?? {})].some(
        (label) => label.trim().toLowerCase() === name.trim().toLowerCase(),
      ),
  )
  const hits = createSearch(destinations)
    .search(name)
    .map(({ destination }) => destination)
    .filter(isOn)
  const found = exact.length > 0 ? exact : hits
  const [first] = found
  if (!first) {
    return {
      refused: 'unknown-place',
      words: {
        zh: `地图上找不到 "${text}"：写店名（可用拼音首字母）、F1:12.5,40 或 纬度,经度@F1`,
        en: `Expected a place of the map, but "${text}" is none: give a shop’s name, F1:12.5,40, or latitude,longitude@F1`,
      },
    }
  }
  if (found.length > 1 && exact.length !== 1) {
    const list = found
      .slice(0, hintCount)
      .map((each) => `${Object.values(each.name)[0] ?? each.id}@${each.level}`)
    return {
      refused: 'several-places',
      words: {
        zh: `"${text}" 可能是 ${list.join('、')}：写完整的名字加 @楼层`,
        en: `Expected one place, but "${text}" may be ${list.join(', ')}: give the whole name with @level`,
      },
    }
  }
  const index = tables.levels.findIndex(({ id }) => id === first.levelId)
  const place = tables.places.find(({ id }) => id === first.id)
  const door = place?.doors.map((at) => tables.doors[at]).find((each) => each?.level === index)
  const at = door ? { x: door.outsideX, y: door.outsideY } : { x: first.x, y: first.y }
  return { level: first.level, levelId: first.levelId, ...at, beside: first.name }
}
