import type { Position } from 'geojson'
import type { Ring } from '../geometry/index.ts'
import type { FrameProperty, Xy } from '../model/index.ts'
import { onLattice } from './shapes.ts'

/** Length and depth of the plan in metres. */
export const planWidthM = 220
export const planHeightM = 150

/** The mall's long axis lies this far from east towards north: nothing in it is parallel to the axes. */
const turnRad = (12 * Math.PI) / 180

/** How far the middle of the shopping levels is bent off the straight, metres. */
const bendM = 8

/** Where the plan's lower left corner is; a place without a mall. */
const corner = { lon: 120.3127, lat: 30.2214 } as const

const metresPerDegreeLat = (Math.PI * 6378137) / 180
const metresPerDegreeLon = metresPerDegreeLat * Math.cos((corner.lat / 180) * Math.PI)

/** Room for what the turn brings west of the corner. */
const westM = 60

/** One frame for all levels, so that a lift has the same metres on each. */
export const siteFrame: FrameProperty = {
  origin: [round(corner.lon - westM / metresPerDegreeLon), corner.lat],
  metresPerDegree: [round(metresPerDegreeLon), round(metresPerDegreeLat)],
}

/**
 * How a level's plan lies on the site: `bent` follows the mall's curve, as all shopping does, `straight`
 * is for bays, which do not bend.
 */
export type Lie = 'bent' | 'straight'

/** Where a point of the bent plan lies on the straight one, to the centimetre. */
export function bent({ x, y }: Xy): Xy {
  return { x, y: onLattice(y + bendM * Math.sin((Math.PI * x) / planWidthM)) }
}

/** Metres of the plan to longitude and latitude, to a tenth of a millimetre. */
export function toSite(point: Xy, lie: Lie): [number, number] {
  const { x, y } = lie === 'bent' ? bent(point) : point
  const east = westM + x * Math.cos(turnRad) - y * Math.sin(turnRad)
  const north = x * Math.sin(turnRad) + y * Math.cos(turnRad)
  const [perLon, perLat] = siteFrame.metresPerDegree
  return [round(siteFrame.origin[0] + east / perLon), round(siteFrame.origin[1] + north / perLat)]
}

/** Rings of the plan as a polygon of the site: outer ring first, each closed. */
export function sitePolygon(
  rings: readonly Ring[],
  lie: Lie,
): { type: 'Polygon'; coordinates: Position[][] } {
  return {
    type: 'Polygon',
    coordinates: rings.map((ring) => [...ring, ring[0]!].map((point) => toSite(point, lie))),
  }
}

/** Degrees clockwise from north of a direction of the plan, degrees counter-clockwise from its length. */
export function headingOf(planDegrees: number): number {
  const east = planDegrees + (turnRad / Math.PI) * 180
  return Math.round((((90 - east) % 360) + 360) % 360)
}

function round(degrees: number): number {
  return Math.round(degrees * 1e9) / 1e9
}
