import type { FreeArea } from '../../maps/render/client.ts'

/** Width from which a screen has room beside the map. */
const wideEnoughPx = 760

/** Air between what is shown and what floats. */
const airPx = 20

/**
 * The part of the map that nothing floats over, measured, not guessed: what stands at the left edge takes
 * from the left, what spans the width takes from top or bottom, what stands at the right from the right
 * (but on a narrow screen, where every pixel of width counts more than a covered corner).
 *
 * @param floating elements over the map; those without a size are passed over
 */
export function freeArea(map: HTMLElement, floating: readonly (HTMLElement | null | undefined)[]): FreeArea {
  const whole = map.getBoundingClientRect()
  const free = { left: 0, top: 0, right: whole.width, bottom: whole.height }
  for (const element of floating) {
    const box = element?.getBoundingClientRect()
    if (!box || box.width === 0 || box.height === 0) continue
    const spans = box.width > whole.width * 0.6
    if (spans && box.top < whole.height / 3) free.top = Math.max(free.top, box.bottom)
    else if (spans) free.bottom = Math.min(free.bottom, box.top)
    else if (box.left < whole.width / 3) free.left = Math.max(free.left, box.right)
    else if (whole.width >= wideEnoughPx) free.right = Math.min(free.right, box.left)
  }
  return {
    left: free.left + airPx,
    top: free.top + airPx,
    right: free.right - airPx,
    bottom: free.bottom - airPx,
  }
}
