import type { Xy } from '../model/index.ts'

/** Rings of a polygon in any metric frame; holes are rings like the others (even-odd). */
export type Rings = readonly (readonly Xy[])[]

/** A stretch of a line, from and to. */
export type Span = readonly [from: number, to: number]

/** Where the horizontal line at `y` runs inside the rings, left to right. O(corners). */
export function spansAt(rings: Rings, y: number): Span[] {
  const crossings: number[] = []
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const a = ring[i]!
      const b = ring[j]!
      if (a.y > y !== b.y > y) crossings.push(a.x + ((b.x - a.x) * (y - a.y)) / (b.y - a.y))
    }
  }
  crossings.sort((a, b) => a - b)
  const spans: Span[] = []
  for (let i = 1; i < crossings.length; i += 2) spans.push([crossings[i - 1]!, crossings[i]!])
  return spans
}

/** What two lists of spans share, left to right. */
export function sharedSpans(a: readonly Span[], b: readonly Span[]): Span[] {
  const shared: Span[] = []
  for (const [from, to] of a) {
    for (const other of b) {
      const low = Math.max(from, other[0])
      const high = Math.min(to, other[1])
      if (low < high) shared.push([low, high])
    }
  }
  return shared
}
