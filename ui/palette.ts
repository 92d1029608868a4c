import { mapTokens } from '../maps/render/palette.ts'
import type { MapToken, Palette } from '../maps/render/palette.ts'

/** The map's colours in the theme on screen, read from `tokens.css`; call after the theme has changed. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const entries = mapTokens.map((token) => [token, style.getPropertyValue(`--${token}`).trim()] as const)
  return Object.fromEntries(entries) as Record<MapToken, string>
}

/** The families of `--font`, the first that exists wins; the map draws its letters with them. */
export function readFonts(): string[] {
  const value = getComputedStyle(document.documentElement).getPropertyValue('--font')
  return value.split(',').map((family) => family.trim().replaceAll(/^['"]|['"]$/g, ''))
}
