import { readFileSync } from 'node:fs'
import test from 'ava'
import { mapTokens } from '../maps/render/palette.ts'
import { shopCategories } from '../maps/model/index.ts'

/** Contrast ratio of two sRGB colours `#rrggbb`. Source: WCAG 2.2, relative luminance. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const channel = (at: number) => {
      const value = parseInt(hex.slice(at, at + 2), 16) / 255
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
    }
    return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
  }
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high! + 0.05) / (low! + 0.05)
}

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')

function theme(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`)
  const block = css.slice(start, css.indexOf('\n}', start))
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((match) => [match[1]!, match[2]!]))
}

const themes = { light: theme("[data-theme='light']"), dark: theme("[data-theme='dark']") }

/** Text on its ground: WCAG AA asks 4.5. */
const textPairs: readonly (readonly [string, string])[] = [
  ['ink', 'paper'],
  ['ink', 'paper-2'],
  ['ink', 'floor'],
  ['ink-2', 'paper'],
  ['ink-2', 'paper-2'],
  ['ink-2', 'outside'],
  ['on-ink', 'ink'],
  ['on-route', 'route'],
  ['route-ink', 'paper'],
  ['on-here', 'here'],
  ['here', 'paper'],
  ['here', 'here-soft'],
  ['on-offer', 'offer'],
  ['offer', 'paper'],
  ['offer', 'offer-soft'],
  ['ink-2', 'offer-soft'],
  ['ok', 'paper'],
  ['ok', 'ok-soft'],
  ['warn', 'paper'],
  ['warn', 'warn-soft'],
  ['bad', 'paper'],
  ['on-amen', 'amen'],
  ...shopCategories.flatMap((category) => [
    ['ink', `t-${category}`] as const,
    [`c-${category}`, `t-${category}`] as const,
  ]),
]

/** Shapes that carry meaning: WCAG AA asks 3. The route on `outside` is left out: it has its casing. */
const shapePairs = [
  ['route', 'floor'],
  ['here', 'floor'],
  ['amen', 'floor'],
  ['ink-3', 'paper'],
] as const

for (const [name, colours] of Object.entries(themes)) {
  const of = (token: string) => colours.get(token) ?? '#missing'

  test(`${name}: every text is readable on its ground`, (t) => {
    for (const [text, ground] of textPairs) {
      const ratio = contrast(of(text), of(ground))
      t.true(ratio >= 4.5, `${text} on ${ground}: ${ratio.toFixed(2)}`)
    }
  })

  test(`${name}: every shape that carries meaning stands out`, (t) => {
    for (const [shape, ground] of shapePairs) {
      const ratio = contrast(of(shape), of(ground))
      t.true(ratio >= 3, `${shape} on ${ground}: ${ratio.toFixed(2)}`)
    }
  })

  test(`${name}: has every colour the map asks for`, (t) => {
    for (const token of mapTokens) t.true(colours.has(token), token)
  })
}

test('both themes name the same colours', (t) => {
  t.deepEqual([...themes.light.keys()], [...themes.dark.keys()])
})
