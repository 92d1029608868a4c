import { widthOf } from '../tool/terminal.ts'
import type { Output } from '../tool/terminal.ts'

const escape = '\u001b'
const parts = new RegExp(`${escape}\\[(\\d*)(?:;\\d+)?([A-Za-z])|${escape}|([\\s\\S])`, 'gu')

/** A character on the screen and how it looks: the number of its SGR tone, 0 for plain. */
export interface ScreenCell {
  readonly text: string
  readonly sgr: number
}

/**
 * A terminal as far as the tool uses one (ECMA-48: CUU, CUP, ED, EL, SGR): what a person sees after all that was written.
 * Anything else that begins with an escape is a fault of the tool and throws. Lines longer than the window wrap, as they do.
 */
export class Screen implements Output {
  readonly isTty = true
  readonly hasColour: boolean
  #columns: number
  #rows: number
  #lines: ScreenCell[][] = [[]]
  #row = 0
  #column = 0
  #sgr = 0
  readonly #listeners = new Set<() => void>()

  constructor({ columns = 100, rows = 40, hasColour = true } = {}) {
    this.#columns = columns
    this.#rows = rows
    this.hasColour = hasColour
  }

  columns(): number {
    return this.#columns
  }

  rows(): number {
    return this.#rows
  }

  onResize(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The person draws the window to another size. */
  resize(columns: number, rows: number): void {
    this.#columns = columns
    this.#rows = rows
    for (const listener of this.#listeners) listener()
  }

  write(text: string): void {
    for (const [, number = '', command, character] of text.matchAll(parts)) {
      if (command !== undefined) this.#command(command, number === '' ? undefined : Number(number))
      else if (character === undefined) throw new Error('An escape that no terminal was taught')
      else this.#put(character)
    }
  }

  /** Lines as text, without what is empty at the end. */
  text(): string {
    return this.cells()
      .map((line) =>
        line
          .map(({ text }) => text)
          .join('')
          .trimEnd(),
      )
      .join('\n')
      .trimEnd()
  }

  cells(): readonly (readonly ScreenCell[])[] {
    return this.#lines
  }

  #command(command: string, number: number | undefined): void {
    switch (command) {
      case 'A':
        this.#row = Math.max(0, this.#row - (number ?? 1))
        return
      case 'H':
        this.#row = this.#column = 0
        return
      case 'J':
        if (number === 2) this.#lines = [[]]
        else this.#lines.splice(this.#row + 1)
        if (number !== 2) this.#line().splice(this.#column)
        return
      case 'K':
        this.#line().splice(0)
        return
      case 'm':
        this.#sgr = number ?? 0
        return
      default:
        throw new Error(`An escape that no terminal was taught: ${command}`)
    }
  }

  #put(character: string): void {
    if (character === '\n') {
      this.#row++
      this.#column = 0
    } else if (character === '\r') this.#column = 0
    else {
      const width = widthOf(character)
      if (this.#column + width > this.#columns) {
        this.#row++
        this.#column = 0
      }
      const line = this.#line()
      while (line.length < this.#column) line.push({ text: ' ', sgr: 0 })
      line[this.#column] = { text: character, sgr: this.#sgr }
      // A wide character takes two cells; the second is empty.
      if (width === 2) line[this.#column + 1] = { text: '', sgr: this.#sgr }
      this.#column += width
    }
    this.#line()
  }

  #line(): ScreenCell[] {
    while (this.#lines.length <= this.#row) this.#lines.push([])
    return this.#lines[this.#row]!
  }
}
