import { fold, foldTight } from './fold.ts'

/**
 * One text by which a destination can be found, as the index stores it: whose it is (`zh`, `en`, another
 * language tag, `alt` or `alias`), the text, and how its parts are read when that is not plain from the
 * letters: one item a run, parted by spaces (see `runsOf`). A Chinese character's readings are parted by
 * commas, the likeliest first; a run of letters that holds several words or syllables is parted by
 * apostrophes; an empty item is read as written.
 */
export type IndexKey =
  readonly [source: string, text: string] | readonly [source: string, text: string, readings: string]

/** The smallest part of a text that a query takes whole, by its beginning or by its first letter. */
export interface Cell {
  /** Where it stands in the text, UTF-16 units. */
  readonly from: number
  readonly to: number
  /** As written, folded. */
  readonly literal: string
  /** As typed without an input method, the likeliest first; a word's is the word. */
  readonly readings: readonly string[]
  /** A whole word in letters: its inside may be searched too. */
  readonly isWord: boolean
}

/** An index key made ready for matching. */
export interface SearchKey {
  readonly source: string
  readonly text: string
  readonly cells: readonly Cell[]
  /** Everything written, folded and tight: 星巴克. */
  readonly literal: string
  /** Everything as typed in letters: xingbake. */
  readonly spelling: string
  /** Where in `spelling` a typing error may begin a match: its start and that of each later word. */
  readonly spellingStarts: readonly number[]
  /** Bit set of the first letters of all readings. */
  readonly initials: number
  /** Bit set of the letters of `spelling`. */
  readonly letters: number
}

/** A text longer than this many cells is searched by its beginning only. */
const maxCells = 40

const runPattern = /\p{Script=Han}|(?:\p{Script=Latin}\p{M}*)+|\p{Nd}+|\p{L}+/gu

export interface Run {
  readonly from: number
  readonly text: string
}

/** The runs of a text: each Chinese character, each unbroken row of letters, each number. */
export function runsOf(text: string): Run[] {
  const runs: Run[] = []
  for (const match of text.matchAll(runPattern)) runs.push({ from: match.index, text: match[0] })
  return runs
}

/** Reads a stored key back. A readings item that does not fit its run is ignored, so it can do no harm. */
export function readKey([source, text, readings = '']: IndexKey): SearchKey {
  const items = readings === '' ? [] : readings.split(' ')
  const cells: Cell[] = []
  runsOf(text).forEach((run, i) => {
    if (cells.length < maxCells) cells.push(...cellsOf(run, items[i] ?? ''))
  })
  let spelling = ''
  let initials = 0
  const spellingStarts: number[] = []
  for (const cell of cells) {
    if (spelling === '' || cell.isWord) spellingStarts.push(spelling.length)
    spelling += cell.readings[0] ?? cell.literal
    for (const reading of cell.readings) initials |= bitOf(reading.charCodeAt(0))
  }
  const literal = foldTight(text)
  return { source, text, cells, literal, spelling, spellingStarts, initials, letters: lettersOf(spelling) }
}

function cellsOf({ from, text }: Run, item: string): Cell[] {
  if (isHan(text)) {
    const readings = item === '' ? [] : item.split(',')
    return [{ from, to: from + text.length, literal: fold(text), readings, isWord: false }]
  }
  const parts = item.split("'")
  if (parts.join('').length !== text.length || parts.length === 1) {
    const word = foldTight(text)
    return [{ from, to: from + text.length, literal: word, readings: [word], isWord: true }]
  }
  let at = from
  return parts.map((part) => {
    const cell = { from: at, to: at + part.length, literal: part, readings: [part], isWord: false }
    at += part.length
    return cell
  })
}

/** Whether the text is one Chinese character. */
export function isHan(text: string): boolean {
  return /^\p{Script=Han}$/u.test(text)
}

/** One bit a letter, one for all digits, one for everything else. */
export function bitOf(charCode: number): number {
  if (charCode >= 97 && charCode <= 122) return 1 << (charCode - 97)
  return charCode >= 48 && charCode <= 57 ? 1 << 26 : 1 << 27
}

/** Bit set of the letters of a folded text. */
export function lettersOf(text: string): number {
  let bits = 0
  for (let i = 0; i < text.length; i++) bits |= bitOf(text.charCodeAt(i))
  return bits
}
