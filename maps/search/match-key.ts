import { bitOf } from './cells.ts'
import type { Cell, SearchKey } from './cells.ts'

/** How a query met a text, from the best down. */
export type MatchGrade =
  'whole' | 'prefix' | 'all-initials' | 'initials' | 'inside' | 'inside-word' | 'inside-initials'

export interface KeyMatch {
  readonly grade: MatchGrade
  /** The stretch of the text that was met, UTF-16 units. */
  readonly from: number
  readonly to: number
  /** A character was taken by a reading that is not its likeliest: 行 as `heng`. */
  readonly isRareReading: boolean
}

/** Queries are cut to this many UTF-16 units. */
export const maxQueryLength = 64

/** A query must be as long to be looked for inside words: shorter ones are inside everything. */
export const shortestInsideWord = 3

const gradeOrder: readonly MatchGrade[] = [
  'whole',
  'prefix',
  'all-initials',
  'initials',
  'inside',
  'inside-word',
  'inside-initials',
]

const never = 255
/** Cost of taking a cell by its first letter; rare readings cost 1, so both can be told apart. */
const initialCost = 8
let reached = new Uint8Array(maxQueryLength + 1)
let reachedNext = new Uint8Array(maxQueryLength + 1)

/**
 * Meets a query with a text cell by cell: each cell is taken as written, by one of its readings, by its
 * first letter (`zh`, `ch`, `sh` count as one), or, at the query's end, by the beginning of a reading.
 * So 星巴克 is met by `xingbake`, `xbk`, `xing巴k`, `xingb` and 巴克.
 *
 * @param query folded and tight, 1 to `maxQueryLength` units
 * @returns the best way, undefined when there is none
 * Complexity: cells × query length × readings, and one bit test for nearly all texts that do not match.
 * Source: own.
 */
export function matchKey(key: SearchKey, query: string): KeyMatch | undefined {
  const first = query.charCodeAt(0)
  const isAscii = first < 128
  let best: KeyMatch | undefined
  if (isAscii ? (key.initials & bitOf(first)) !== 0 : key.literal.includes(query[0]!)) {
    const starts = isAscii && query.length === 1 ? 1 : key.cells.length
    for (let start = 0; start < starts; start++) {
      if (canBegin(key.cells[start]!, query)) best = better(best, matchFrom(key.cells, start, query))
    }
  }
  return best ?? (isAscii && query.length >= shortestInsideWord ? insideWord(key.cells, query) : undefined)
}

/** The better of two ways; the earlier of equal ones. */
function better(a: KeyMatch | undefined, b: KeyMatch | undefined): KeyMatch | undefined {
  if (!a || !b) return a ?? b
  const byGrade = gradeOrder.indexOf(a.grade) - gradeOrder.indexOf(b.grade)
  if (byGrade !== 0) return byGrade < 0 ? a : b
  return a.isRareReading && !b.isRareReading ? b : a
}

function canBegin(cell: Cell, query: string): boolean {
  const first = query.charCodeAt(0)
  if (cell.literal.charCodeAt(0) === first) return true
  return cell.readings.some((reading) => reading.charCodeAt(0) === first)
}

/** The best way that begins with the cell at `start`: all positions of the query reached, cell after cell. */
function matchFrom(cells: readonly Cell[], start: number, query: string): KeyMatch | undefined {
  const length = query.length
  let best: KeyMatch | undefined
  reached.fill(never, 0, length + 1)
  reached[0] = 0
  for (let i = start; i < cells.length; i++) {
    const cell = cells[i]!
    reachedNext.fill(never, 0, length + 1)
    let partCost = never
    let partLength = 0
    for (let at = 0; at < length; at++) {
      const cost = reached[at]!
      if (cost === never) continue
      if (query.startsWith(cell.literal, at)) reach(at + cell.literal.length, cost)
      for (let r = 0; r < cell.readings.length; r++) {
        const reading = cell.readings[r]!
        const readCost = cost + (r > 0 ? 1 : 0)
        if (query.startsWith(reading, at)) reach(at + reading.length, readCost)
        else if (reading.length > length - at && reading.startsWith(query.slice(at))) {
          if (readCost < partCost) [partCost, partLength] = [readCost, length - at]
        } else if (reading.charCodeAt(0) === query.charCodeAt(at)) {
          reach(at + 1, readCost + initialCost)
          if (reading[1] === 'h' && query[at + 1] === 'h') reach(at + 2, readCost + initialCost)
        }
      }
    }
    const whole = reachedNext[length]!
    if (whole < never || partCost < never) {
      best = better(best, toMatch(cells, { start, end: i, whole, partCost, partLength }))
    }
    ;[reached, reachedNext] = [reachedNext, reached]
    if (!reachedSome(length)) break
  }
  return best
}

function reach(at: number, cost: number): void {
  if (at < reachedNext.length && cost < reachedNext[at]!) reachedNext[at] = Math.min(cost, never - 1)
}

function reachedSome(length: number): boolean {
  for (let at = 0; at < length; at++) if (reached[at] !== never) return true
  return false
}

interface Arrival {
  readonly start: number
  readonly end: number
  /** Cost of having taken the last cell whole. */
  readonly whole: number
  /** Cost of having taken the beginning of the last cell, and how many letters of it. */
  readonly partCost: number
  readonly partLength: number
}

function toMatch(cells: readonly Cell[], arrival: Arrival): KeyMatch {
  const { start, end, whole, partCost, partLength } = arrival
  const isPart = partCost < whole
  const cost = isPart ? partCost : whole
  const last = cells[end]!
  const byInitials = cost >= initialCost
  // Of a word begun the letters typed are marked; of a Chinese character there is only the whole.
  const isBegun = isPart && !byInitials && last.readings[0] === last.literal
  return {
    grade: gradeOf(start === 0, end === cells.length - 1, { isPart, byInitials }),
    from: cells[start]!.from,
    to: isBegun ? last.from + partLength : last.to,
    isRareReading: cost % initialCost !== 0,
  }
}

function gradeOf(
  atStart: boolean,
  toEnd: boolean,
  { isPart, byInitials }: { readonly isPart: boolean; readonly byInitials: boolean },
): MatchGrade {
  if (!atStart) return byInitials ? 'inside-initials' : 'inside'
  if (byInitials) return toEnd ? 'all-initials' : 'initials'
  return toEnd && !isPart ? 'whole' : 'prefix'
}

function insideWord(cells: readonly Cell[], query: string): KeyMatch | undefined {
  for (const cell of cells) {
    const at = cell.isWord ? cell.literal.indexOf(query) : -1
    if (at > 0) {
      const from = cell.from + at
      return { grade: 'inside-word', from, to: from + query.length, isRareReading: false }
    }
  }
  return undefined
}
