import { shopCategories } from '../model/index.ts'
import type { ShopCategory } from '../model/index.ts'
import type { Expression, StyleOptions, Value } from './style-values.ts'

/** What a shop is painted with: seen from above, and its walls. */
export interface ShopColours {
  readonly roof: Value
  readonly wall: Value
}

/** Shares of the look: walls of a body are this dark, what is shut goes this far towards `closed`. */
const wallShade = 0.14
const shutShare = 0.75
/** At night a lit roof takes this much of the category's ink, and a lit wall is this dark. */
const litShare = 0.2
const litShade = 0.22

/**
 * Tints of shops by category, and over them what the accents tell apart: the goal, how full a shop is, and
 * which are shut. Features carry that as `goal`, `crowd` (1 and up) and `shut`.
 */
export function shopColours({ palette, accents }: StyleOptions): ShopColours {
  const tints = byCategory((category) => palette[`t-${category}`])
  // By day walls are darker than roofs; at night a darker line would not be seen.
  const wallOf = (colour: string) =>
    accents?.isNight ? mixed(colour, palette.wall, 0.3) : mixed(colour, shade, wallShade)
  const shaded = byCategory((category) => wallOf(palette[`t-${category}`]))
  if (!accents) return { roof: tints, wall: shaded }
  const { goal, crowd, isNight } = accents
  const shut = byCategory((category) => mixed(palette[`t-${category}`], palette.closed, shutShare))
  const lit = byCategory((category) => mixed(palette[`t-${category}`], palette[`c-${category}`], litShare))
  const full: Expression = ['match', ['get', 'crowd'], ...crowd.flatMap((colour, i) => [i + 1, colour]), goal]
  const over = (rest: Value, ofGoal: string, ofShut: Value): Expression => [
    'case',
    ['has', 'goal'],
    ofGoal,
    ['has', 'crowd'],
    full,
    ['has', 'shut'],
    ofShut,
    rest,
  ]
  const shutWall = byCategory((category) =>
    wallOf(mixed(palette[`t-${category}`], palette.closed, shutShare)),
  )
  return {
    roof: over(isNight ? lit : tints, goal, shut),
    wall: over(
      isNight ? mixed(palette['c-food'], shade, litShade) : shaded,
      mixed(goal, shade, 0.22),
      shutWall,
    ),
  }
}

const shade = '#000000'

function byCategory(colourOf: (category: ShopCategory) => string): Expression {
  const tints = shopCategories.flatMap((category) => [category, colourOf(category)])
  return ['match', ['get', 't'], ...tints, colourOf('service')]
}

/** Two colours `#rrggbb` mixed, `share` of the second. */
export function mixed(one: string, other: string, share: number): string {
  const part = (from: number) => {
    const [a, b] = [parseInt(one.slice(from, from + 2), 16), parseInt(other.slice(from, from + 2), 16)]
    return Math.round(a + (b - a) * share)
      .toString(16)
      .padStart(2, '0')
  }
  return `#${part(1)}${part(3)}${part(5)}`
}
