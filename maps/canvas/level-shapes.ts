import Flatbush from 'flatbush'
import { ringsOf, signedAreaM2 } from '../geometry/ring.ts'
import { toXy } from '../model/index.ts'
import type { Areal, ShopCategory, Xy } from '../model/index.ts'
import { isSymbol, isUnit, screenFrame, treadsOf } from '../render/client.ts'
import type { DrawnKind, LevelMap, ScreenFrame, SymbolKind } from '../render/client.ts'
import type { CanvasLevel } from './map-canvas-types.ts'

/** An area in metres of the level. Rings of holes run the other way, so that either fill rule serves. */
export interface Shape {
  /** x and y in turn. */
  readonly points: Float32Array
  /** Where each ring ends in `points`. */
  readonly ends: readonly number[]
}

export interface UnitShape extends Shape {
  readonly kind: DrawnKind
  readonly tint: ShopCategory
  /** Short id of the destination it stands for; empty for none. */
  readonly id: string
  /** Short ids of further destinations in it. */
  readonly others: readonly string[]
}

export interface SymbolPlace extends Xy {
  readonly kind: SymbolKind
  readonly id: string
  readonly others: readonly string[]
}

/** A level as it is drawn: everything in its metres. */
export interface LevelShapes {
  readonly outline: Shape
  /** Longest reach of the outline: west, south, east, north. */
  readonly bounds: readonly [number, number, number, number]
  readonly units: readonly UnitShape[]
  /** Which units touch a rectangle, by their place in `units`; ascending. O(log units + found). */
  readonly unitsIn: (west: number, south: number, east: number, north: number) => number[]
  /** x and y of both ends of each, in turn. */
  readonly doors: Float32Array
  readonly treads: Float32Array
  readonly symbols: readonly SymbolPlace[]
}

/** A door's gap is drawn no wider than this, as the look has it. */
const widestDoorM = 3.2

/** Reads a level for drawing. O(corners × log units), once a level. */
export function levelShapes({ map, frame }: CanvasLevel): LevelShapes {
  const outlineArea = outlineOf(map)
  const outline = shapeOf(ringsOf(outlineArea, frame))
  const units = map.features.filter(isUnit).map((unit): UnitShape => {
    const { k, t = 'service', d = [] } = unit.properties
    return { ...shapeOf(ringsOf(unit.geometry, frame)), kind: k, tint: t, id: unit.id ?? '', others: d }
  })
  const index = units.length > 0 ? new Flatbush(units.length) : undefined
  for (const unit of units) index?.add(...boundsOfShape(unit))
  index?.finish()
  return {
    outline,
    bounds: boundsOfShape(outline),
    units,
    unitsIn: (west, south, east, north) =>
      index?.search(west, south, east, north).sort((a, b) => a - b) ?? [],
    doors: doorsOf(map, (position) => toXy(frame, position)),
    treads: linesOf(treadsOf(map, screenFrame(outlineArea, 0)).coordinates, (position) =>
      toXy(frame, position),
    ),
    symbols: map.features.filter(isSymbol).map(({ id, properties, geometry }) => ({
      ...toXy(frame, geometry.coordinates),
      kind: properties.t,
      id,
      others: properties.d ?? [],
    })),
  }
}

/** The frame in which labels are laid out when this bearing points up. */
export function labelFrame(map: LevelMap, bearingRad: number): ScreenFrame {
  return screenFrame(outlineOf(map), (bearingRad / Math.PI) * 180)
}

/** The edge of a level. */
export function outlineOf(map: LevelMap): Areal {
  for (const { properties, geometry } of map.features) {
    if (properties.k !== 'outline') continue
    if (geometry.type === 'Polygon' || geometry.type === 'MultiPolygon') return geometry
  }
  throw new Error('A level came without its outline: expected a feature with k = "outline"')
}

/** Whether a point of the level lies in a shape (even-odd). O(corners). */
export function shapeContains({ points, ends }: Shape, x: number, y: number): boolean {
  let inside = false
  let from = 0
  for (const end of ends) {
    for (let i = from, j = end - 2; i < end; j = i, i += 2) {
      const [ax, ay, bx, by] = [points[i]!, points[i + 1]!, points[j]!, points[j + 1]!]
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
    }
    from = end
  }
  return inside
}

/** The middle of a shape's bounding box. */
export function middleOfShape(shape: Shape): Xy {
  const [west, south, east, north] = boundsOfShape(shape)
  return { x: (west + east) / 2, y: (south + north) / 2 }
}

function shapeOf(rings: readonly (readonly Xy[])[]): Shape {
  const ends: number[] = []
  const points = new Float32Array(2 * rings.reduce((sum, ring) => sum + ring.length, 0))
  let at = 0
  for (const ring of rings) {
    if (signedAreaM2(ring) === 0) continue
    for (const { x, y } of ring) {
      points[at++] = x
      points[at++] = y
    }
    ends.push(at)
  }
  return { points: points.subarray(0, at), ends }
}

function boundsOfShape({ points }: Shape): [number, number, number, number] {
  const bounds: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = 0; i < points.length; i += 2) {
    bounds[0] = Math.min(bounds[0], points[i]!)
    bounds[1] = Math.min(bounds[1], points[i + 1]!)
    bounds[2] = Math.max(bounds[2], points[i]!)
    bounds[3] = Math.max(bounds[3], points[i + 1]!)
  }
  return bounds
}

type ToXy = (position: readonly number[]) => Xy

function doorsOf(map: LevelMap, toLevelXy: ToXy): Float32Array {
  const feature = map.features.find(({ properties }) => properties.k === 'doors')
  if (feature?.geometry.type !== 'MultiLineString') return new Float32Array()
  const doors = linesOf(feature.geometry.coordinates, toLevelXy)
  for (let i = 0; i < doors.length; i += 4) {
    const [ax, ay, bx, by] = [doors[i]!, doors[i + 1]!, doors[i + 2]!, doors[i + 3]!]
    const share = Math.min(1, widestDoorM / Math.hypot(bx - ax, by - ay)) / 2
    const [mx, my, dx, dy] = [(ax + bx) / 2, (ay + by) / 2, (bx - ax) * share, (by - ay) * share]
    doors.set([mx - dx, my - dy, mx + dx, my + dy], i)
  }
  return doors
}

function linesOf(lines: readonly (readonly (readonly number[])[])[], toLevelXy: ToXy): Float32Array {
  const ends: number[] = []
  for (const line of lines) {
    for (let i = 1; i < line.length; i++) {
      const a = toLevelXy(line[i - 1]!)
      const b = toLevelXy(line[i]!)
      ends.push(a.x, a.y, b.x, b.y)
    }
  }
  return Float32Array.from(ends)
}
