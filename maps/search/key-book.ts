import { bitOf, lettersOf } from './cells.ts'
import type { SearchKey } from './cells.ts'
import { shortestInsideWord } from './match-key.ts'

/** A key and whose it is: the number of a destination or of a topic. */
export interface Entry {
  readonly key: SearchKey
  readonly owner: number
}

/** Keys sorted so that a query need not look at all of them. */
export interface KeyBook {
  readonly entries: readonly Entry[]
  /** Entries that `matchKey` may match with a text, some of them twice; the others it cannot. */
  readonly near: (text: string) => readonly Entry[]
}

/** Sorts keys by what a query that meets them can begin with. */
export function createKeyBook(entries: readonly Entry[]): KeyBook {
  const byLetter = Array.from({ length: 28 }, (): Entry[] => [])
  const byCharacter = new Map<string, Entry[]>()
  const withWords: Entry[] = []
  for (const entry of entries) {
    const { initials, literal, cells } = entry.key
    byLetter.forEach((bucket, letter) => {
      if ((initials & (1 << letter)) !== 0) bucket.push(entry)
    })
    for (const character of new Set(literal)) {
      if (character < '\x80') continue
      const bucket = byCharacter.get(character[0]!)
      if (bucket) bucket.push(entry)
      else byCharacter.set(character[0]!, [entry])
    }
    if (cells.some((cell) => cell.isWord && cell.literal.length > shortestInsideWord)) withWords.push(entry)
  }
  return {
    entries,
    near: (text) => {
      const first = text.charCodeAt(0)
      if (first >= 128) return byCharacter.get(text[0]!) ?? []
      const begun = byLetter[Math.log2(bitOf(first) >>> 0)]!
      if (text.length < shortestInsideWord) return begun
      const letters = lettersOf(text)
      return [...begun, ...withWords.filter(({ key }) => (letters & ~key.letters) === 0)]
    },
  }
}
