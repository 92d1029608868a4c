import type { Position } from 'geojson'
import { componentsOf, ringsOf, signedAreaM2, union } from '../geometry/index.ts'
import { toLonLat } from '../model/index.ts'
import type { Areal, LevelFrame } from '../model/index.ts'
import { distinct, shapeFaults } from '../validate/shape-faults.ts'

/** A tenth of a millimetre at the equator: what the source writes below is noise of its arithmetic. */
const decimals = 9

/** Above this share of its area a mend would change what a place is. */
const largestChange = 0.05

/**
 * An area as GeoJSON asks for it: rings closed, without repeated positions, outer ones counter-clockwise
 * and holes clockwise; where rings cross themselves, their union. Positions are rounded to a tenth of a
 * millimetre.
 * @returns The area, and in words what was mended (empty when the source was sound). What cannot be mended
 *   without changing the area by more than a twentieth is left for the validator to refuse.
 * **Source** RFC 7946, 3.1.6; own.
 */
export function mendArea(geometry: Areal, frame: LevelFrame): { geometry: Areal; mended: string } {
  const parts = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  const tidied = parts.map((part) => part.map((ring, index) => tidy(ring, index === 0)))
  const area = asArea(tidied)
  if (isSound(area)) {
    const lengths = (rings: readonly Position[][][]) => rings.flat().map((ring) => ring.length)
    const isSame = lengths(parts).join() === lengths(tidied).join()
    return { geometry: area, mended: isSame ? '' : 'rings closed, repeated points left out' }
  }
  const joined = joinRings(area, frame)
  return joined ? { geometry: joined, mended: 'cut where its lines cross' } : { geometry: area, mended: '' }
}

function isSound(area: Areal): boolean {
  return !shapeFaults(area).some((fault) => fault.severity === 'error')
}

function asArea(parts: Position[][][]): Areal {
  const [first] = parts
  return parts.length === 1 && first
    ? { type: 'Polygon', coordinates: first }
    : { type: 'MultiPolygon', coordinates: parts }
}

function tidy(ring: readonly Position[], isOuter: boolean): Position[] {
  const points = distinct(ring.map((at) => at.map((value) => Number(value.toFixed(decimals)))))
  const runsLeft = signedAreaM2(points.map(([x, y]) => ({ x: x!, y: y! }))) > 0
  if (runsLeft !== isOuter) points.reverse()
  return points[0] ? [...points, points[0]] : points
}

function joinRings(area: Areal, frame: LevelFrame): Areal | undefined {
  const before = ringsOf(area, frame)
  const parts = componentsOf(union(before))
  const areaM2 = parts.reduce((sum, part) => sum + part.areaM2, 0)
  const beforeM2 = Math.abs(before.reduce((sum, ring) => sum + signedAreaM2(ring), 0))
  if (Math.abs(areaM2 - beforeM2) > largestChange * areaM2) return undefined
  const joined = asArea(
    parts.map(({ rings }) =>
      rings.map((ring, index) =>
        tidy(
          ring.map((at) => toLonLat(frame, at)),
          index === 0,
        ),
      ),
    ),
  )
  return isSound(joined) ? joined : undefined
}
