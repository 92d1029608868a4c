/** Where the tool writes: a terminal, or a file or pipe. */
export interface Output {
  readonly isTty: boolean
  /** Whether colours may be used: a terminal, and NO_COLOR is not set. */
  readonly hasColour: boolean
  columns(): number
  rows(): number
  write(text: string): void
  /** Calls back when the window changes its size, until the returned function is called. */
  onResize(listener: () => void): () => void
}

export type Tone = 'plain' | 'strong' | 'quiet' | 'good' | 'warn' | 'bad' | 'accent'

/** SGR of each tone. **Source** ECMA-48, 8.3.117. */
const sgr: Readonly<Record<Tone, string>> = {
  plain: '',
  strong: '1',
  quiet: '2',
  good: '32',
  warn: '33',
  bad: '31',
  accent: '36',
}

/** Text in a tone; as it is where there are no colours. */
export function toned(output: Pick<Output, 'hasColour'>, tone: Tone, text: string): string {
  return !output.hasColour || tone === 'plain' ? text : `\u001b[${sgr[tone]}m${text}\u001b[0m`
}

/** A cell of a table: its text, and how it looks. */
export type Cell = string | { readonly text: string; readonly tone: Tone }

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** May be cut when the window is narrow; others keep their width. */
  readonly gives?: boolean
}

const gap = '  '
const leastGivingWidth = 6

/**
 * A table as lines that fit a width. Chinese characters take two columns; cells that may give are cut with an ellipsis, and what still
 * does not fit is left out column by column from the right. O(cells).
 */
export function tableLines(
  output: Pick<Output, 'hasColour' | 'columns'>,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): string[] {
  const textOf = (cell: Cell | undefined) => (typeof cell === 'object' ? cell.text : (cell ?? ''))
  let shown = columns.map((column, index) => ({
    column,
    index,
    width: Math.max(widthOf(column.title), ...rows.map((row) => widthOf(textOf(row[index])))),
  }))
  const total = () => shown.reduce((sum, { width }) => sum + width, 0) + gap.length * (shown.length - 1)
  for (const entry of shown) {
    if (entry.column.gives)
      entry.width = Math.max(leastGivingWidth, entry.width - Math.max(0, total() - output.columns()))
  }
  while (shown.length > 1 && total() > output.columns()) shown = shown.slice(0, -1)
  const line = (cells: readonly Cell[], tone?: Tone) =>
    shown
      .map(({ column, index, width }, at) => {
        const cell = cells[index]
        const text = fitted(textOf(cell), width)
        const space = ' '.repeat(width - widthOf(text))
        const isLast = at === shown.length - 1
        const padded = column.align === 'right' ? space + text : isLast ? text : text + space
        return toned(output, tone ?? (typeof cell === 'object' ? cell.tone : 'plain'), padded)
      })
      .join(gap)
      .trimEnd()
  return [
    line(
      columns.map(({ title }) => title),
      'quiet',
    ),
    ...rows.map((row) => line(row)),
  ]
}

/** Columns a text takes on a terminal. **Source** Unicode Standard Annex 11, wide and full-width ranges of Chinese text. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    const isWide =
      (code >= 0x1100 && code <= 0x115f) ||
      (code >= 0x2e80 && code <= 0xa4cf) ||
      (code >= 0xac00 && code <= 0xd7a3) ||
      (code >= 0xf900 && code <= 0xfaff) ||
      (code >= 0xfe30 && code <= 0xfe6f) ||
      (code >= 0xff00 && code <= 0xff60) ||
      (code >= 0xffe0 && code <= 0xffe6) ||
      (code >= 0x1f300 && code <= 0x1faff) ||
      (code >= 0x20000 && code <= 0x3fffd)
    width += isWide ? 2 : 1
  }
  return width
}

function fitted(text: string, width: number): string {
  // A name from the air may hold anything: control characters would move the cursor.
  const clean = text.replace(/\p{Cc}/gu, '·')
  if (widthOf(clean) <= width) return clean
  let cut = ''
  for (const character of clean) {
    if (widthOf(cut + character) > width - 1) break
    cut += character
  }
  return `${cut}…`
}

const escape = '\u001b'
const colours = new RegExp(`${escape}\\[[\\d;]*m`, 'y')

/** A line with colours, cut to a width: what wraps would be counted as one line and be two. */
function cutLine(line: string, width: number): string {
  if (line.length <= width / 2) return line
  let [cut, used] = ['', 0]
  for (let at = 0; at < line.length;) {
    colours.lastIndex = at
    const character = colours.exec(line)?.[0] ?? String.fromCodePoint(line.codePointAt(at) ?? 0)
    at += character.length
    const isColour = character.length > 2
    if (!isColour && (used += widthOf(character)) > width) continue
    cut += character
  }
  return cut
}

/** A block of lines that is drawn again in its place; without a terminal only what it is at its end is written. */
export class LiveBlock {
  readonly #output: Output
  readonly #off: () => void
  #lines: readonly string[] = []
  #drawn = 0

  constructor(output: Output) {
    this.#output = output
    this.#off = output.onResize(() => {
      // Lines wrapped anew: nobody knows where the block began, so the window is cleared.
      if (output.isTty) output.write('\u001b[2J\u001b[H')
      this.#drawn = 0
      this.#paint()
    })
  }

  draw(lines: readonly string[]): void {
    this.#lines = lines
    this.#paint()
  }

  /** Draws it for the last time; what follows is written below. */
  end(lines: readonly string[] = this.#lines): void {
    this.#off()
    this.#lines = lines
    if (this.#output.isTty) this.#paint(Infinity)
    else for (const line of lines) this.#output.write(`${line}\n`)
  }

  #paint(most = this.#output.rows() - 1): void {
    if (!this.#output.isTty) return
    const shown = this.#lines.slice(0, Math.max(1, most))
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A` : ''
    const isLast = most === Infinity
    const fits = (line: string) => (isLast ? line : cutLine(line, this.#output.columns()))
    const body = shown.map((line) => `\u001b[2K${fits(line)}\n`).join('')
    this.#output.write(`${up}\r${body}\u001b[0J`)
    this.#drawn = shown.length
  }
}

const barWidth = 24

/**
 * A bar with counts and the time left, by how long what is done took.
 * @param timeLeft words for a number of seconds
 */
export function progressLine(
  output: Pick<Output, 'hasColour'>,
  at: { readonly done: number; readonly of: number; readonly sinceMs: number; readonly nowMs: number },
  timeLeft: (seconds: number) => string,
): string {
  const share = at.of === 0 ? 1 : Math.min(1, at.done / at.of)
  const full = Math.round(share * barWidth)
  const bar = toned(output, 'accent', '█'.repeat(full)) + toned(output, 'quiet', '░'.repeat(barWidth - full))
  const left =
    at.done === 0 || at.done >= at.of
      ? ''
      : timeLeft(((at.nowMs - at.sinceMs) / at.done / 1000) * (at.of - at.done))
  return `${bar}  ${at.done}/${at.of}${left === '' ? '' : `  ${left}`}`
}
