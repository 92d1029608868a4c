import type { Areal, LevelFeature } from './imdf.ts'

/** A point in a level's own frame: metres, x to the east, y to the north. */
export interface Xy {
  readonly x: number
  readonly y: number
}

/** Turns WGS 84 degrees into the metres of one level and back. */
export interface LevelFrame {
  readonly originLon: number
  readonly originLat: number
  readonly metresPerDegreeLon: number
  readonly metresPerDegreeLat: number
}

/** Metres per degree of latitude on the sphere of WGS 84's equatorial radius, 6 378 137 m. */
const metresPerDegreeOfSphere = (Math.PI * 6378137) / 180

/**
 * The metric frame of a level: its stored `frame` when the source gave one, otherwise the lower left
 * corner of the outline's bounding box with metres of the sphere at that box's middle latitude.
 * Equirectangular: over a mall of 500 m the error against the ellipsoid is a constant scale below 0.5 %.
 * Source: own; the sphere is what the Indoor Location Competition 2.0 data use.
 */
export function levelFrameOf(level: LevelFeature): LevelFrame {
  const stored = level.properties.frame
  if (stored) {
    return {
      originLon: stored.origin[0],
      originLat: stored.origin[1],
      metresPerDegreeLon: stored.metresPerDegree[0],
      metresPerDegreeLat: stored.metresPerDegree[1],
    }
  }
  const [lonMin, latMin, , latMax] = boundsOf(level.geometry)
  const middle = ((latMin + latMax) / 2 / 180) * Math.PI
  return {
    originLon: lonMin,
    originLat: latMin,
    metresPerDegreeLon: metresPerDegreeOfSphere * Math.cos(middle),
    metresPerDegreeLat: metresPerDegreeOfSphere,
  }
}

/** Longitude and latitude in degrees to metres in the frame. */
export function toXy(frame: LevelFrame, lonLat: readonly number[]): Xy {
  return {
    x: (lonLat[0]! - frame.originLon) * frame.metresPerDegreeLon,
    y: (lonLat[1]! - frame.originLat) * frame.metresPerDegreeLat,
  }
}

/** Metres in the frame to longitude and latitude in degrees. */
export function toLonLat(frame: LevelFrame, { x, y }: Xy): [number, number] {
  return [frame.originLon + x / frame.metresPerDegreeLon, frame.originLat + y / frame.metresPerDegreeLat]
}

/** West, south, east, north of an area in degrees; infinities for an area without points. */
export function boundsOf(geometry: Areal): [number, number, number, number] {
  const bounds: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  for (const [lon, lat] of polygons.flat(2) as number[][]) {
    bounds[0] = Math.min(bounds[0], lon!)
    bounds[1] = Math.min(bounds[1], lat!)
    bounds[2] = Math.max(bounds[2], lon!)
    bounds[3] = Math.max(bounds[3], lat!)
  }
  return bounds
}
