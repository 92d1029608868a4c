import type { Areal, Xy } from '../model/index.ts'
import type { ScreenFrame } from './screen-frame.ts'
import type { Rings } from './spans.ts'

/** All rings of an area in the frame of the screen; the closing point is kept, it harms no reader. */
export function ringsOf(area: Areal, frame: ScreenFrame): Rings {
  const rings = area.type === 'Polygon' ? area.coordinates : area.coordinates.flat()
  return rings.map((ring) => ring.map(frame.toScreen))
}

/** Area inside one ring, open or closed. Source: the shoelace formula. */
export function ringArea(ring: readonly Xy[]): number {
  let twice = 0
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    twice += ring[j]!.x * ring[i]!.y - ring[i]!.x * ring[j]!.y
  }
  return Math.abs(twice / 2)
}
