import type { MultiLineString } from 'geojson'
import type { Xy } from '../model/index.ts'
import type { LevelMap } from './level-map.ts'
import { isUnit } from './level-map.ts'
import type { ScreenFrame } from './screen-frame.ts'
import { ringsOf } from './shape.ts'
import { spansAt } from './spans.ts'

/** Distance between two treads as drawn; real ones are closer and would run together on a screen. */
const stepM = 0.8

/**
 * Lines across every escalator and stair of a level, so that they are told from lifts without a symbol:
 * square to the unit's longest side, cut to its shape.
 */
export function treadsOf(level: LevelMap, frame: ScreenFrame): MultiLineString {
  const coordinates: number[][][] = []
  for (const feature of level.features) {
    if (!isUnit(feature) || (feature.properties.k !== 'escalator' && feature.properties.k !== 'stairs'))
      continue
    const rings = ringsOf(feature.geometry, frame)
    const angle = longestSide(rings)
    // Turned so that the treads lie flat, each is a row of the shape.
    const turned = rings.map((ring) => ring.map((point) => turn(point, Math.PI / 2 - angle)))
    const ys = turned.flat().map(({ y }) => y)
    for (let y = Math.min(...ys) + stepM / 2; y < Math.max(...ys); y += stepM) {
      for (const [from, to] of spansAt(turned, y)) {
        coordinates.push([from, to].map((x) => frame.toLonLat(turn({ x, y }, angle - Math.PI / 2))))
      }
    }
  }
  return { type: 'MultiLineString', coordinates }
}

function longestSide(rings: readonly (readonly Xy[])[]): number {
  let longest = 0
  let angle = 0
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const dx = ring[i]!.x - ring[i - 1]!.x
      const dy = ring[i]!.y - ring[i - 1]!.y
      if (Math.hypot(dx, dy) <= longest) continue
      longest = Math.hypot(dx, dy)
      angle = Math.atan2(dy, dx)
    }
  }
  return angle
}

function turn({ x, y }: Xy, angle: number): Xy {
  const cos = Math.cos(angle)
  const sin = Math.sin(angle)
  return { x: x * cos - y * sin, y: x * sin + y * cos }
}
