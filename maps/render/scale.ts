/**
 * The look states sizes and thresholds in CSS pixels per metre (`S` in its tables); the map libraries
 * count in zoom, where a tile of 512 px holds the world at zoom 0 and half of it at each further step.
 */

/** Length of the equator in metres on WGS 84's equatorial radius. Source: spherical Web Mercator. */
const equatorM = 2 * Math.PI * 6378137

/** Zoom at which a metre measures `pixelsPerMetre` CSS pixels at this latitude in degrees. */
export function zoomOfScale(pixelsPerMetre: number, latitudeDeg: number): number {
  return Math.log2((pixelsPerMetre * equatorM * Math.cos((latitudeDeg / 180) * Math.PI)) / 512)
}

/** CSS pixels of a metre at this zoom and latitude in degrees; the inverse of `zoomOfScale`. */
export function scaleOfZoom(zoom: number, latitudeDeg: number): number {
  return (512 * 2 ** zoom) / (equatorM * Math.cos((latitudeDeg / 180) * Math.PI))
}
