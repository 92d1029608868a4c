import type { MultiPolygon, Polygon } from 'geojson'
import { toLonLat } from '../../maps/model/index.ts'
import type { ShopCategory, Xy } from '../../maps/model/index.ts'
import { bodyHeightM, levelIds, nameIn, screenFrame } from '../../maps/render/client.ts'
import type { DrawnKind, LevelMap, ScreenFrame } from '../../maps/render/client.ts'
import type { RoutingConnector } from '../../maps/routes/tables.ts'
import { outlineOf } from '../../ui/map-view/map-data.ts'
import type { KioskLevel, Trip } from '../map/model.ts'
import { tripLines } from '../map/trip-lines.ts'

/** A shape in metres to the east and north of the middle of the building: an outer ring and its holes. */
export type Shape = readonly (readonly Xy[])[]

/** A unit of a level as a body. */
export interface Block {
  readonly kind: DrawnKind
  readonly category: ShopCategory | undefined
  readonly shapes: readonly Shape[]
  /** 0 for what lies flat. */
  readonly heightM: number
  readonly isGoal: boolean
}

/** A level of the trip. */
export interface Storey {
  readonly level: KioskLevel
  /** One walks here; otherwise one only rides past. */
  readonly isWalked: boolean
  /** Heights over the lowest storey: where it is shown, and where it is before the levels part. */
  readonly openM: number
  readonly closedM: number
  readonly outline: readonly Shape[]
  readonly blocks: readonly Block[]
}

/** A walk on a storey. */
export interface StackWalk {
  readonly leg: number
  readonly storey: number
  readonly points: readonly Xy[]
  readonly state: 'walked' | 'now' | 'ahead'
}

/** A ride from one storey to another. */
export interface StackRide {
  readonly leg: number
  readonly connector: RoutingConnector
  readonly fromStorey: number
  readonly toStorey: number
  readonly from: Xy
  readonly to: Xy
}

/** What the exploded building shows of a trip, lowest storey first. */
export interface Stack {
  readonly storeys: readonly Storey[]
  readonly walks: readonly StackWalk[]
  readonly rides: readonly StackRide[]
  readonly start: { readonly storey: number; readonly at: Xy }
  readonly goal: {
    readonly storey: number
    readonly at: Xy
    readonly heightM: number
    readonly name: (language: string) => string
  }
}

/**
 * Levels part by this much of the building's length: a quarter where one walks, less between two one only
 * rides past. On the 300 m mall the look was drawn for that is 76 m and 53 m.
 */
const gapShare = 0.25
const passedShare = 0.7
/** A storey as it is built. */
const storeyM = 6

/**
 * Lays out a trip: from its lowest to its highest level, the first and the last and every other one walks
 * on as a body, those between as sheets.
 *
 * @param levels all levels of the venue, lowest first
 * @throws when the trip walks on a level that is not among them
 */
export function stackOf(levels: readonly KioskLevel[], trip: Trip): Stack {
  const lines = tripLines(trip)
  const walked = new Set(lines.map(({ level }) => level.id as string))
  const known = levels.map(({ id }) => id)
  const indices = [...walked].map((id) => known.indexOf(id))
  if (indices.includes(-1)) throw new Error('The route walks on a level that the map does not have')
  const shown = levels.slice(Math.min(...indices), Math.max(...indices) + 1)
  const frame = screenFrame(outlineOf(shown[0]!.map), 0)
  const goalId = trip.route.to.place?.id
  const gapM = gapShare * lengthOf(shown, frame)
  const storeyOf = (id: string) => shown.findIndex((level) => level.id === id)
  let openM = 0
  const storeys = shown.map((level, index): Storey => {
    const isWalked = walked.has(level.id)
    const below = shown[index - 1]
    if (below) openM += isWalked || walked.has(below.id) ? gapM : gapM * passedShare
    return {
      level,
      isWalked,
      openM,
      closedM: index * storeyM,
      outline: shapesOf(outlineOf(level.map), frame),
      blocks: blocksOf(level.map, frame, goalId),
    }
  })
  const walks = lines.map(({ leg, level, points, state }) => ({
    leg,
    state,
    storey: storeyOf(level.id),
    points: points.map(([lon, lat]) => frame.toScreen([lon, lat])),
  }))
  const first = walks[0]!
  return {
    storeys,
    walks,
    rides: ridesOf(trip, frame, storeyOf),
    start: { storey: first.storey, at: first.points[0]! },
    goal: goalOf(trip, storeys, walks),
  }
}

function ridesOf({ route, tables }: Trip, frame: ScreenFrame, storeyOf: (id: string) => number): StackRide[] {
  const at = (level: number, point: Xy) => frame.toScreen([...toLonLat(tables.levels[level]!.frame, point)])
  return route.legs.flatMap((leg, index) => {
    if (leg.kind === 'walk') return []
    return [
      {
        leg: index,
        connector: tables.connectors[leg.connector]!,
        fromStorey: storeyOf(tables.levels[leg.fromLevel]!.id),
        toStorey: storeyOf(tables.levels[leg.toLevel]!.id),
        from: at(leg.fromLevel, leg.from),
        to: at(leg.toLevel, leg.to),
      },
    ]
  })
}

function goalOf({ route }: Trip, storeys: readonly Storey[], walks: readonly StackWalk[]): Stack['goal'] {
  const last = walks[walks.length - 1]!
  const block = storeys[last.storey]!.blocks.find(({ isGoal }) => isGoal)
  const place = route.to.place
  return {
    storey: last.storey,
    at: block ? middleOf(block.shapes) : last.points[last.points.length - 1]!,
    heightM: block?.heightM ?? 0,
    name: (language) => (place ? nameIn(place.name, language) : ''),
  }
}

/** What one walks on needs no block of its own: it is the floor. */
const flatKinds: ReadonlySet<DrawnKind> = new Set(['floor'])

function blocksOf(map: LevelMap, frame: ScreenFrame, goalId: string | undefined): Block[] {
  const goal = goalId === undefined ? undefined : levelIds(map).featureOf(goalId)
  return map.features.flatMap((feature): Block[] => {
    const { k } = feature.properties
    if (k === 'outline' || k === 'doors' || k === 'symbol' || flatKinds.has(k)) return []
    if (feature.geometry.type !== 'Polygon' && feature.geometry.type !== 'MultiPolygon') return []
    return [
      {
        kind: k,
        category: 't' in feature.properties ? feature.properties.t : undefined,
        shapes: shapesOf(feature.geometry, frame),
        heightM: bodyHeightM[k] ?? 0,
        isGoal: feature === goal,
      },
    ]
  })
}

function shapesOf(area: Polygon | MultiPolygon, frame: ScreenFrame): Shape[] {
  const polygons = area.type === 'Polygon' ? [area.coordinates] : area.coordinates
  return polygons.map((rings) => rings.map((ring) => ring.slice(0, -1).map((at) => frame.toScreen(at))))
}

/** The longer side of all levels together, seen from above. */
function lengthOf(levels: readonly KioskLevel[], frame: ScreenFrame): number {
  const points = levels.flatMap(({ map }) => shapesOf(outlineOf(map), frame).flat(2))
  const xs = points.map(({ x }) => x)
  const ys = points.map(({ y }) => y)
  return Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys))
}

function middleOf(shapes: readonly Shape[]): Xy {
  const ring = shapes[0]?.[0] ?? []
  const sum = ring.reduce((all, { x, y }) => ({ x: all.x + x, y: all.y + y }), { x: 0, y: 0 })
  return { x: sum.x / ring.length, y: sum.y / ring.length }
}
