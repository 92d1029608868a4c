import type { RouteFilm } from './draw-overlay.ts'

/** The look's times: the way is drawn at once, then a highlight runs along it now and again. */
const drawMs = 700
const highlightEveryMs = 3000
const highlightMs = 1100

/** How far the film of a route is `sinceMs` after it began. */
export function filmAt(sinceMs: number): RouteFilm {
  if (sinceMs < drawMs) return { drawn: eased(sinceMs / drawMs), highlight: undefined }
  const inTurn = (sinceMs - drawMs) % highlightEveryMs
  return { drawn: 1, highlight: inTurn < highlightMs ? inTurn / highlightMs : undefined }
}

/** Milliseconds for which the film stands still from now on; 0 while something moves. */
export function stillForMs(sinceMs: number): number {
  if (sinceMs < drawMs) return 0
  const inTurn = (sinceMs - drawMs) % highlightEveryMs
  return inTurn < highlightMs ? 0 : highlightEveryMs - inTurn
}

/** What a person sees who wants nothing to move: the whole way. */
export const wholeFilm: RouteFilm = { drawn: 1, highlight: undefined }

/** The last part slower than the first. */
export function eased(share: number): number {
  return 1 - (1 - Math.min(1, Math.max(0, share))) ** 3
}
