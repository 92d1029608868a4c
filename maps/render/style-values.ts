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
  /** Shops as bodies, for a map seen at an angle. */
  readonly relief?: boolean
}

/** Scales at which a value is stated exactly; between them the library interpolates. */
const statedAt = [0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24]

/** A value by scale (CSS pixels per metre) as an interpolation by zoom at this latitude. */
export function stops(latitudeDeg: number, valueAt: (scale: number) => number | number[]): Expression {
  const pairs = statedAt.flatMap((scale) => {
    const value = valueAt(scale)
    return [zoomOfScale(scale, latitudeDeg), typeof value === 'number' ? value : ['literal', value]]
  })
  return ['interpolate', ['exponential', 2], ['zoom'], ...pairs]
}

/** A number of pixels held between a least and a most. */
export function px(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
