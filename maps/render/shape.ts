import type { Areal } from '../model/index.ts'
import type { ScreenFrame } from './screen-frame.ts'
import type { Rings } from './spans.ts'

/** All rings of an area in the frame of the screen; the closing point is kept, it harms no reader. */
export function ringsOf(area: Areal, frame: ScreenFrame): Rings {
  const rings = area.type === 'Polygon' ? area.coordinates : area.coordinates.flat()
  return rings.map((ring) => ring.map(frame.toScreen))
}

/** Area inside rings of which those of holes run the other way round, as RFC 7946 has them. */
export function areaOf(rings: Rings): number {
  let twice = 0
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      twice += ring[j]!.x * ring[i]!.y - ring[i]!.x * ring[j]!.y
    }
  }
  return Math.abs(twice / 2)
}
