import type { Ring } from '../geometry/index.ts'
import type { Xy } from '../model/index.ts'

/**
 * Rings in which every corner that lies on the wall of another is a corner of that wall too, so that
 * neighbours share their walls point by point and stay neighbours however the plan is bent.
 *
 * @param rings on a common lattice; `extra` are points to be made corners of the walls they lie on
 * @returns the same rings in the same order with corners added
 * Complexity: edges × corners near them. Source: own.
 */
export function noded(rings: readonly Ring[], extra: readonly Xy[] = []): Ring[] {
  const corners = new CornerGrid([...rings.flat(), ...extra])
  return rings.map((ring) =>
    ring.flatMap((from, i) => {
      const to = ring[(i + 1) % ring.length]!
      return [from, ...corners.between(from, to)]
    }),
  )
}

const cellM = 4

/** Distinct corners by square of a grid. */
class CornerGrid {
  private readonly cells = new Map<string, Map<string, Xy>>()

  constructor(points: readonly Xy[]) {
    for (const point of points) {
      const key = this.keyOf(Math.floor(point.x / cellM), Math.floor(point.y / cellM))
      const cell = this.cells.get(key) ?? new Map<string, Xy>()
      cell.set(pointKey(point), point)
      this.cells.set(key, cell)
    }
  }

  /** Corners strictly between two points on the straight line from one to the other, in its order. */
  between(from: Xy, to: Xy): Xy[] {
    const length = Math.hypot(to.x - from.x, to.y - from.y)
    const found: { readonly point: Xy; readonly along: number }[] = []
    const [minX, maxX] = [Math.min(from.x, to.x), Math.max(from.x, to.x)]
    const [minY, maxY] = [Math.min(from.y, to.y), Math.max(from.y, to.y)]
    for (let cx = Math.floor(minX / cellM); cx <= Math.floor(maxX / cellM); cx++) {
      for (let cy = Math.floor(minY / cellM); cy <= Math.floor(maxY / cellM); cy++) {
        for (const point of this.cells.get(this.keyOf(cx, cy))?.values() ?? []) {
          const [dx, dy] = [point.x - from.x, point.y - from.y]
          const along = (dx * (to.x - from.x) + dy * (to.y - from.y)) / length
          const off = Math.abs(dx * (to.y - from.y) - dy * (to.x - from.x)) / length
          if (off < 1e-6 && along > 1e-6 && along < length - 1e-6) found.push({ point, along })
        }
      }
    }
    return found.sort((a, b) => a.along - b.along).map(({ point }) => point)
  }

  private keyOf(cx: number, cy: number): string {
    return `${cx} ${cy}`
  }
}

/** A point as text, the same for the same place on the lattice. */
export function pointKey({ x, y }: Xy): string {
  return `${Math.round(x * 1000)} ${Math.round(y * 1000)}`
}
