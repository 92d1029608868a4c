import type { FreeArea } from '../../maps/render/client.ts'

/** An element as far as it is measured here. */
export interface Measurable {
  getBoundingClientRect(): Pick<DOMRect, 'left' | 'top' | 'right' | 'bottom' | 'width' | 'height'>
}

/**
 * The part of the map that nothing floats over, measured, not guessed: what stands at the left edge takes
 * from the left, what spans the width takes from top or bottom, what stands at the right from the right.
 *
 * @param floating elements over the map; those without a size are passed over
 * @param airPx left between what is shown and what floats
 */
export function freeArea(
  map: Measurable,
  floating: readonly (Measurable | null | undefined)[],
  airPx: number,
): FreeArea {
  const whole = map.getBoundingClientRect()
  const free = { left: 0, top: 0, right: whole.width, bottom: whole.height }
  for (const element of floating) {
    const box = element?.getBoundingClientRect()
    if (!box || box.width === 0 || box.height === 0) continue
    const spans = box.width > whole.width * 0.6
    if (spans && box.top < whole.height / 3) free.top = Math.max(free.top, box.bottom)
    else if (spans) free.bottom = Math.min(free.bottom, box.top)
    else if (box.left < whole.width / 3) free.left = Math.max(free.left, box.right)
    else free.right = Math.min(free.right, box.left)
  }
  return {
    left: free.left + airPx,
    top: free.top + airPx,
    right: free.right - airPx,
    bottom: free.bottom - airPx,
  }
}
