import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

/**
 * The tokens of `ui/tokens.css` as WXSS: the light values on `page`, the dark ones where the phone is dark
 * (`"darkmode": true` in app.json), sizes and motion on `page`. A phone brings its own Chinese font.
 *
 * @param css content of `ui/tokens.css`
 * @throws Error when a block is not where it is expected
 */
export function tokensWxss(css: string): string {
  const plain = css.replace(/\/\*[\s\S]*?\*\//g, '')
  const block = (selector: string, from = 0) => {
    const start = plain.indexOf(`${selector} {`, from)
    const end = plain.indexOf('}', start)
    if (start < 0 || end < 0) throw new Error(`tokens: expected a block "${selector} {"`)
    const lines = plain.slice(plain.indexOf('{', start) + 1, end).split('\n')
    return lines.map((line) => line.trim()).filter((line) => line.startsWith('--'))
  }
  const light = block("[data-theme='light']")
  const dark = block("[data-theme='dark']")
  const sizes = block(':root', plain.indexOf("[data-theme='dark']")).filter(
    (line) => !line.startsWith('--font'),
  )
  const font = `--font: -apple-system, Roboto, 'PingFang SC', 'Noto Sans CJK SC', system-ui, sans-serif;`
  return [
    `page {\n  ${[...light, ...sizes, font].join('\n  ')}\n}`,
    `@media (prefers-color-scheme: dark) {\n  page {\n    ${dark.join('\n    ')}\n  }\n}`,
    '',
  ].join('\n\n')
}

/** Colours of both themes by their names without the dashes, as `#rrggbb`. */
export function colourTokens(
  css: string,
): Readonly<Record<'light' | 'dark', Readonly<Record<string, string>>>> {
  const of = (theme: string) => {
    const start = css.indexOf(`[data-theme='${theme}'] {`)
    const block = css.slice(start, css.indexOf('\n}', start))
    const colours = block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)
    return Object.fromEntries([...colours].map(([, name = '', colour = '']) => [name, colour]))
  }
  return { light: of('light'), dark: of('dark') }
}

/** Icons of the mini-program by the name of their class, from Lucide (lines) and Maki (`maki/…`). */
export const iconNames = [
  'arrow-up',
  'bell',
  'bluetooth',
  'bluetooth-off',
  'calendar-days',
  'camera',
  'car-front',
  'check',
  'chevron-left',
  'chevron-right',
  'clock',
  'corner-up-left',
  'corner-up-right',
  'footprints',
  'gift',
  'house',
  'languages',
  'list',
  'locate-fixed',
  'map',
  'map-pin',
  'map-pin-off',
  'maki/elevator',
  'maki/restaurant',
  'maki/toilet',
  'moon',
  'navigation',
  'badge-percent',
  'radio',
  'rotate-ccw',
  'scan-line',
  'search',
  'search-x',
  'settings',
  'share-2',
  'shield-check',
  'shopping-bag',
  'smartphone',
  'square-parking',
  'sun',
  'ticket-percent',
  'user',
  'volume-2',
  'volume-off',
  'wallet',
  'wifi-off',
  'x',
] as const

export type IconName = (typeof iconNames)[number]

/**
 * One class for each icon, drawn as a mask so that it takes the colour of its text: `<view class="i i-search" />`.
 * Data addresses, so that nothing is fetched; Lucide is ISC, Maki CC0.
 */
export function iconsWxss(names: readonly IconName[] = iconNames): string {
  const rules = names.map((name) => {
    const image = `url("data:image/svg+xml,${dataOf(svgOf(name))}")`
    return `.i-${name.replace('maki/', '')} { -webkit-mask-image: ${image}; }`
  })
  const base =
    '.i { display: inline-block; width: 48rpx; height: 48rpx; flex: none; background: currentColor; ' +
    '-webkit-mask-position: center; -webkit-mask-repeat: no-repeat; ' +
    '-webkit-mask-size: contain; }'
  return `${[base, ...rules].join('\n')}\n`
}

function svgOf(name: IconName): string {
  const maki = name.startsWith('maki/')
  const file = maki
    ? join(dirname(require.resolve('@mapbox/maki/package.json')), 'icons', `${name.slice(5)}.svg`)
    : join(dirname(require.resolve('lucide-static/package.json')), 'icons', `${name}.svg`)
  const svg = readFileSync(file, 'utf8')
  const cleaned = svg
    .replace(/<!--[\s\S]*?-->|<\?xml[^>]*\?>/g, '')
    .replace(/\s+class="[^"]*"/g, '')
    .replace(/stroke-width="2"/g, 'stroke-width="1.75"')
    .replace(/currentColor/g, '#000')
    .replace(/\s+/g, ' ')
  return cleaned.replace(/> </g, '><').trim()
}

/** Percent-encodes what may not stand in a quoted address; the rest stays readable and short. */
function dataOf(svg: string): string {
  return svg
    .replace(/"/g, "'")
    .replace(/[#%<>{}]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
