import { mapTokens } from '../maps/render/palette.ts'
import type { MapToken, Palette } from '../maps/render/palette.ts'

/**
 * The map's colours in the theme of an element, the page's unless given, read from `tokens.css`; call after
 * the theme has changed.
 */
export function readPalette(element: Element = document.documentElement): Palette {
  const style = getComputedStyle(element)
  const entries = mapTokens.map((token) => [token, style.getPropertyValue(`--${token}`).trim()] as const)
  return Object.fromEntries(entries) as Record<MapToken, string>
}

/** The families of `--font`, the first that exists wins; the map draws its letters with them. */
export function readFonts(): string[] {
  const value = getComputedStyle(document.documentElement).getPropertyValue('--font')
  return value.split(',').map((family) => family.trim().replaceAll(/^['"]|['"]$/g, ''))
}

/** Single tokens in the theme of an element, for what is drawn over a map. */
export function readTokens<Token extends string>(
  element: Element,
  tokens: readonly Token[],
): Readonly<Record<Token, string>> {
  const style = getComputedStyle(element)
  const entries = tokens.map((token) => [token, style.getPropertyValue(`--${token}`).trim()] as const)
  return Object.fromEntries(entries) as Record<Token, string>
}
