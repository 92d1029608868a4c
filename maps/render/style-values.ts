import { bodyHeightM } from './bodies.ts'
import type { Palette } from './palette.ts'
import { zoomOfScale } from './scale.ts'

/** An expression of the style specification; JSON arrays and values. */
export type Expression = readonly unknown[]
export type Value = string | number | boolean | Expression

/** A layer of the style specification, version 8, as far as both map libraries share it. */
export interface StyleLayer {
  readonly id: string
  readonly type: 'background' | 'fill' | 'fill-extrusion' | 'line' | 'symbol'
  readonly source?: string
  readonly minzoom?: number
  readonly filter?: Expression
  readonly layout?: Readonly<Record<string, Value>>
  readonly paint?: Readonly<Record<string, Value>>
}

/** Where and in which theme a style is drawn. */
export interface StyleOptions {
  readonly palette: Palette
  /** Latitude of the venue in degrees: the look's thresholds are in pixels per metre. */
  readonly latitudeDeg: number
  /** Appended to the names of images, which are drawn per theme: `shop-food@light`. */
  readonly imageTheme: string
  /** CSS font families, the first that exists wins. */
  readonly fonts: readonly string[]
  /** Shops as bodies, for a map seen at this angle from straight above. */
  readonly reliefPitchDeg?: number
  /** CSS pixels of one of the look's pixels: 1, and more on a screen that one stands before. */
  readonly unit?: number
  /** Colours of what a map knows beyond the level; without them it is not told apart. */
  readonly accents?: Accents
}

/** How shops look that are a goal, full of people or shut. */
export interface Accents {
  readonly goal: string
  /** From few people to many. */
  readonly crowd: readonly string[]
  /** At night the shops that are open are lit. */
  readonly isNight: boolean
}

/** The zoom at which the look's scale, pixels per metre at a unit of 1, is reached. */
export function zoomAt({ latitudeDeg, unit = 1 }: StyleOptions, scale: number): number {
  return zoomOfScale(scale * unit, latitudeDeg)
}

/** Scales at which a value is stated exactly; between them the library interpolates. */
const statedAt = [0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24]

/** Pixels by scale (CSS pixels per metre), both at a unit of 1, as an interpolation by zoom. */
export function stops(options: StyleOptions, pixelsAt: (scale: number) => number | number[]): Expression {
  const { unit = 1 } = options
  const pairs = statedAt.flatMap((scale) => {
    const pixels = pixelsAt(scale)
    const value = typeof pixels === 'number' ? pixels * unit : ['literal', pixels.map((one) => one * unit)]
    return [zoomAt(options, scale), value]
  })
  return ['interpolate', ['exponential', 2], ['zoom'], ...pairs]
}

/**
 * How far up the screen the roof of a shop is from the ground it stands on, as a translation by zoom;
 * undefined on a flat map.
 */
export function roofStops(options: StyleOptions): Expression | undefined {
  const { reliefPitchDeg } = options
  if (reliefPitchDeg === undefined) return undefined
  const riseM = (bodyHeightM.shop ?? 0) * Math.sin((reliefPitchDeg / 180) * Math.PI)
  return stops(options, (scale) => [0, -riseM * scale])
}

/** A number of pixels held between a least and a most. */
export function px(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
