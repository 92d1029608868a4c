/**
 * Whether nothing is to move by itself: the system asks for it, or whoever stands before the screen does
 * (`data-calm` on the page).
 */
export function wantsStillness(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches || 'calm' in document.documentElement.dataset
}
