import { BufferGeometry, Color, Float32BufferAttribute, ShapeUtils, Vector2 } from 'three'
import { signedAreaM2 } from '../../maps/geometry/ring.ts'
import type { Xy } from '../../maps/model/index.ts'
import type { Shape } from './stack.ts'

/**
 * Collects faces of one storey into one geometry, so that a storey is one call to the graphics card however
 * many shops it has. Each face carries its own colour.
 */
export class SolidBuilder {
  private readonly positions: number[] = []
  private readonly normals: number[] = []
  private readonly colours: number[] = []

  /** A flat face that looks up. Holes are left out. */
  addTop(shape: Shape, z: number, colour: string): void {
    const [contour, holes] = turned(shape)
    if (contour.length < 3) return
    const points = [...contour, ...holes.flat()]
    const { r, g, b } = new Color(colour)
    for (const face of ShapeUtils.triangulateShape(contour, holes)) {
      for (const index of face) {
        const point = points[index]!
        this.positions.push(point.x, point.y, z)
        this.normals.push(0, 0, 1)
        this.colours.push(r, g, b)
      }
    }
  }

  /** The walls around a shape, from `from` up to `to`. */
  addWalls(shape: Shape, span: { readonly from: number; readonly to: number }, colour: string): void {
    const [contour, holes] = turned(shape)
    const { r, g, b } = new Color(colour)
    for (const ring of [contour, ...holes]) {
      ring.forEach((end, i) => {
        const start = ring[(i + ring.length - 1) % ring.length]!
        const length = Math.hypot(end.x - start.x, end.y - start.y)
        if (length === 0) return
        const normal = [(end.y - start.y) / length, -(end.x - start.x) / length, 0] as const
        const corners = [
          [start.x, start.y, span.from],
          [end.x, end.y, span.from],
          [end.x, end.y, span.to],
          [start.x, start.y, span.from],
          [end.x, end.y, span.to],
          [start.x, start.y, span.to],
        ] as const
        for (const corner of corners) {
          this.positions.push(...corner)
          this.normals.push(...normal)
          this.colours.push(r, g, b)
        }
      })
    }
  }

  build(): BufferGeometry {
    const geometry = new BufferGeometry()
    geometry.setAttribute('position', new Float32BufferAttribute(this.positions, 3))
    geometry.setAttribute('normal', new Float32BufferAttribute(this.normals, 3))
    geometry.setAttribute('color', new Float32BufferAttribute(this.colours, 3))
    return geometry
  }
}

/** Lines along the edges of shapes at given heights, as one geometry. */
export function edgesOf(outlines: readonly { readonly shape: Shape; readonly z: number }[]): BufferGeometry {
  const positions: number[] = []
  for (const { shape, z } of outlines) {
    for (const ring of shape) {
      ring.forEach((end, i) => {
        const start = ring[(i + ring.length - 1) % ring.length]!
        positions.push(start.x, start.y, z, end.x, end.y, z)
      })
    }
  }
  const geometry = new BufferGeometry()
  geometry.setAttribute('position', new Float32BufferAttribute(positions, 3))
  return geometry
}

/** The outer ring counter-clockwise and its holes clockwise, whatever way they were drawn. */
function turned(shape: Shape): [Vector2[], Vector2[][]] {
  const [outer, ...holes] = shape.map((ring, index) => asVectors(ring, index === 0))
  return [outer ?? [], holes]
}

function asVectors(ring: readonly Xy[], isOuter: boolean): Vector2[] {
  const points = ring.map(({ x, y }) => new Vector2(x, y))
  return signedAreaM2(ring) > 0 === isOuter ? points : points.reverse()
}
