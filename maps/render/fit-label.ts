import type { Xy } from '../model/index.ts'
import { sharedSpans, spansAt } from './spans.ts'
import type { Rings, Span } from './spans.ts'

/** A block of text to be laid inside a shape; all measures in ems of its own type size. */
export interface LabelBlock {
  readonly widthEm: number
  readonly heightEm: number
}

/** The largest type size at which a block stands inside a shape, and where its middle then is. */
export interface LabelFit {
  /** Metres of floor that one em covers; on screen it is this times the pixels per metre. */
  readonly emM: number
  readonly at: Xy
}

/** Rows tried, as shares of the shape's height; the middle first, so that it wins among equals. */
const rows = [0.5, 0.44, 0.56, 0.38, 0.62, 0.31, 0.69, 0.24, 0.76, 0.17, 0.83]

/** A row off the middle has to earn its place by this factor of size. */
const worthMoving = 1.06

/**
 * The largest upright block of text inside a shape: on each of eleven rows the size is found by bisection
 * against the free span that the whole height of the block leaves.
 *
 * @param rings the shape in metres, y up (see `screenFrame`)
 * @param limitM em size beyond which no larger one is looked for
 * @param held where the middle of the block has to be, when it is to stand where another does
 * @returns undefined when the shape has no inside
 *
 * O(rows × steps × corners): at most eleven rows, ten steps of five lines each.
 *
 * **Source**: own.
 */
export function fitLabel(rings: Rings, block: LabelBlock, limitM: number, held?: Xy): LabelFit | undefined {
  if (held) return largestOnRow(rings, block, { ...held, atLeastM: 0, limitM })
  let bottom = Infinity
  let top = -Infinity
  for (const ring of rings) {
    for (const { y } of ring) {
      bottom = Math.min(bottom, y)
      top = Math.max(top, y)
    }
  }
  let best: LabelFit | undefined
  for (const share of rows) {
    const y = bottom + (top - bottom) * share
    const threshold = best ? best.emM * worthMoving : 0
    if (threshold >= limitM) break
    const found = largestOnRow(rings, block, { y, atLeastM: threshold, limitM })
    if (found) best = found
  }
  return best
}

interface Row {
  readonly y: number
  /** Set when the middle may not be moved along the row. */
  readonly x?: number
  readonly atLeastM: number
  readonly limitM: number
}

function largestOnRow(rings: Rings, block: LabelBlock, row: Row): LabelFit | undefined {
  const room = (emM: number) => roomFor(rings, block, { ...row, emM })
  let low = row.atLeastM
  let high = row.limitM
  let found = low > 0 ? room(low) : undefined
  if (low > 0 && !found) return undefined
  let span = room(high)
  if (span) return { emM: high, at: { x: middle(span), y: row.y } }
  for (let step = 0; step < 9; step++) {
    const emM = (low + high) / 2
    span = room(emM)
    if (span) {
      low = emM
      found = span
    } else high = emM
  }
  return found && low > row.atLeastM ? { emM: low, at: { x: middle(found), y: row.y } } : undefined
}

/** The widest span that the whole block at this size finds free, if it is wide enough. */
function roomFor(rings: Rings, block: LabelBlock, { y, x, emM }: Row & { emM: number }): Span | undefined {
  const half = (block.heightEm * emM) / 2
  let free = spansAt(rings, y)
  for (const part of [-1, 1, -0.5, 0.5]) {
    free = sharedSpans(free, spansAt(rings, y + half * part))
    if (free.length === 0) return undefined
  }
  if (x !== undefined) free = free.map((span) => evenAround(span, x))
  const widest = free.reduce((best, span) => (span[1] - span[0] > best[1] - best[0] ? span : best))
  return widest[1] - widest[0] >= block.widthEm * emM ? widest : undefined
}

/** The part of a span that reaches as far to one side of `x` as to the other; less than nothing outside. */
function evenAround([from, to]: Span, x: number): Span {
  const half = Math.min(x - from, to - x)
  return [x - half, x + half]
}

function middle(span: Span): number {
  return (span[0] + span[1]) / 2
}
