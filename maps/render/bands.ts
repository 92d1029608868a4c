/**
 * Labels appear each at its own scale, and a style can only say that per layer: so labels are sorted into
 * bands a third of a zoom step apart, one layer each.
 */
const bandsPerZoom = 3

/** Pixels per metre of the first band: a mall of half a kilometre on a phone. */
const leastScale = 0.7

/** Bands there are; beyond the last no screen comes that near (about 22 px per metre). */
export const bandCount = 16

/** The band of a label that has room from this scale on; undefined when it never has. */
export function bandOf(fromScale: number): number | undefined {
  const band = Math.max(0, Math.ceil(Math.log2(fromScale / leastScale) * bandsPerZoom))
  return band < bandCount ? band : undefined
}

/** Pixels per metre from which a band is drawn. */
export function scaleOfBand(band: number): number {
  return leastScale * 2 ** (band / bandsPerZoom)
}
