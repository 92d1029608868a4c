import { mixed } from '../../maps/render/client.ts'
import type { BuildingColours } from './painter.ts'
import type { Block } from './stack.ts'

/** What a block is painted with, seen from above and on its walls. */
export function blockColours(
  { kind, category, isGoal }: Block,
  { palette, route, isNight }: BuildingColours,
): { readonly roof: string; readonly wall: string } {
  const roof = isGoal
    ? route
    : kind === 'shop'
      ? palette[`t-${category ?? 'service'}`]
      : kind === 'void'
        ? palette.void
        : kind === 'bay'
          ? palette.bay
          : kind === 'closed' || kind === 'vacant' || kind === 'rest'
            ? palette[kind]
            : palette.aux
  const shade = isGoal ? 0.24 : isNight ? 0.3 : 0.16
  return { roof, wall: mixed(roof, '#000000', shade) }
}
