import { ringsContain, signedAreaM2 } from '../geometry/ring.ts'
import type { Ring } from '../geometry/ring.ts'
import { SegmentGrid } from '../geometry/segment-grid.ts'
import type { Xy } from '../model/index.ts'

/** A side of a cell in metres: B1 of a mall has some 4,000 walls, a dozen a cell. */
const cellM = 3
/** Where routes bend round a closed area: this far off it. */
const besideM = 0.05

/** The ground of one level for one width of walker, with what is closed on it at the moment. */
export class Ground {
  readonly walls: SegmentGrid
  /** Closed areas, counter-clockwise. */
  readonly closed: readonly Ring[]

  constructor(walls: SegmentGrid, closed: readonly Ring[]) {
    this.walls = walls
    this.closed = closed.map((ring) => (signedAreaM2(ring) < 0 ? [...ring].reverse() : ring))
  }

  static of(rings: readonly Ring[]): Ground {
    return new Ground(new SegmentGrid(rings, cellM), [])
  }

  /** The same ground with areas closed; what was closed before is open again. */
  closing(closed: readonly Ring[]): Ground {
    return new Ground(this.walls, closed)
  }

  contains(x: number, y: number): boolean {
    return this.walls.contains(x, y) && (this.closed.length === 0 || !this.isClosed(x, y))
  }

  isClosed(x: number, y: number): boolean {
    return this.closed.some((ring) => ringsContain([ring], x, y))
  }

  isClear(ax: number, ay: number, bx: number, by: number): boolean {
    return this.walls.isClear(ax, ay, bx, by) && !this.isWayClosed(ax, ay, bx, by)
  }

  /** Whether a straight way meets a closed area, whatever the walls. */
  isWayClosed(ax: number, ay: number, bx: number, by: number): boolean {
    for (const ring of this.closed) if (meets(ring, ax, ay, bx, by)) return true
    return false
  }

  /** Corners of the closed areas around which a route may bend, with their neighbours. */
  closedCorners(): { at: Xy; before: Xy; after: Xy }[] {
    return this.closed.flatMap((ring) => {
      const outer = ring.map((_, i) => besideCorner(ring, i))
      return ring.flatMap((_, i) => {
        const at = outer[i]
        const before = ring[(i + ring.length - 1) % ring.length]!
        const after = ring[(i + 1) % ring.length]!
        return at && this.contains(at.x, at.y) ? [{ at, before, after }] : []
      })
    })
  }
}

/** The point beside a corner that sticks out; undefined at one that goes in. */
function besideCorner(ring: Ring, i: number): Xy | undefined {
  const a = ring[(i + ring.length - 1) % ring.length]!
  const b = ring[i]!
  const c = ring[(i + 1) % ring.length]!
  if ((b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x) <= 0) return undefined
  const ab = Math.hypot(b.x - a.x, b.y - a.y)
  const bc = Math.hypot(c.x - b.x, c.y - b.y)
  const x = (b.x - a.x) / ab - (c.x - b.x) / bc
  const y = (b.y - a.y) / ab - (c.y - b.y) / bc
  const length = Math.hypot(x, y)
  return length < 1e-9 ? undefined : { x: b.x + (x / length) * besideM, y: b.y + (y / length) * besideM }
}

function meets(ring: Ring, ...[ax, ay, bx, by]: [number, number, number, number]): boolean {
  const dx = bx - ax
  const dy = by - ay
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const p = ring[j]!
    const q = ring[i]!
    const sideP = dx * (p.y - ay) - dy * (p.x - ax)
    const sideQ = dx * (q.y - ay) - dy * (q.x - ax)
    if ((sideP > 0 && sideQ > 0) || (sideP < 0 && sideQ < 0)) continue
    const sideA = (q.x - p.x) * (ay - p.y) - (q.y - p.y) * (ax - p.x)
    const sideB = (q.x - p.x) * (by - p.y) - (q.y - p.y) * (bx - p.x)
    if ((sideA > 0 && sideB > 0) || (sideA < 0 && sideB < 0)) continue
    return true
  }
  return ringsContain([ring], ax, ay)
}
