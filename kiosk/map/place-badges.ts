import type { FreeArea } from '../../maps/render/client.ts'

/** Something that points at a place, before it is put anywhere: sizes and places in CSS pixels. */
export interface Badge {
  readonly id: string
  readonly width: number
  readonly height: number
  /** The place it points at. */
  readonly x: number
  readonly y: number
  /** Where it stands if there is room. */
  readonly side: Side
  /** Clear of the place by this much: the length of its tail. */
  readonly gap: number
}

/** A badge that has its place. */
export interface PlacedBadge {
  readonly id: string
  readonly left: number
  readonly top: number
  /** Which way its place lies from it; `away` when the place is outside the free area. */
  readonly stands: Side | 'away'
}

export type Side = 'above' | 'below' | 'left' | 'right'

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/**
 * Puts badges where they can be read: in the free area, clear of each other and of what else is there. The
 * first of the list has the first choice. A badge whose place is off the screen sticks to the edge, at the
 * point nearest to it.
 *
 * A badge that finds no free place stands where it covers least: it is never left out.
 *
 * O(badges × (badges + taken)).
 */
export function placeBadges(badges: readonly Badge[], free: FreeArea, taken: readonly Box[]): PlacedBadge[] {
  const boxes: Box[] = [...taken]
  return badges.map((badge) => {
    const isInside =
      badge.x >= free.left && badge.x <= free.right && badge.y >= free.top && badge.y <= free.bottom
    let best: { readonly at: Box; readonly stands: PlacedBadge['stands']; readonly cost: number } | undefined
    for (const [order, side] of sidesFrom(badge.side).entries()) {
      const wanted = boxBeside(badge, side)
      const at = movedInto(wanted, free)
      const covered = boxes.reduce((sum, box) => sum + overlap(at, box), 0)
      const moved = Math.abs(at.left - wanted.left) + Math.abs(at.top - wanted.top)
      const cost = covered * 100 + (isInside ? moved * 4 + order : moved)
      if (!best || cost < best.cost) best = { at, stands: isInside ? side : 'away', cost }
    }
    const { at, stands } = best!
    boxes.push(at)
    return { id: badge.id, left: at.left, top: at.top, stands }
  })
}

const sides: readonly Side[] = ['above', 'below', 'right', 'left']

function sidesFrom(first: Side): readonly Side[] {
  return [first, ...sides.filter((side) => side !== first)]
}

function boxBeside({ x, y, width, height, gap }: Badge, side: Side): Box {
  const left = side === 'left' ? x - gap - width : side === 'right' ? x + gap : x - width / 2
  const top = side === 'above' ? y - gap - height : side === 'below' ? y + gap : y - height / 2
  return { left, top, right: left + width, bottom: top + height }
}

/** The box moved inside the free area; at its upper left corner where it is larger than that. */
function movedInto({ left, top, right, bottom }: Box, free: FreeArea): Box {
  const width = right - left
  const height = bottom - top
  const inLeft = Math.max(free.left, Math.min(left, free.right - width))
  const inTop = Math.max(free.top, Math.min(top, free.bottom - height))
  return { left: inLeft, top: inTop, right: inLeft + width, bottom: inTop + height }
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left)
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
  return width > 0 && height > 0 ? width * height : 0
}
