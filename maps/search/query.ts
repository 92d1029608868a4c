import { fold, foldTight } from './fold.ts'
import { levelWordIn } from './level-words.ts'
import { maxQueryLength } from './match-key.ts'

/** What a person typed, in the ways it may be meant. */
export interface Query {
  /** All of it, folded and tight: `xing ba ke` is `xingbake`. */
  readonly whole: string
  /** All of it with its Chinese characters by their sound, when that is another text. */
  readonly sound?: string
  /** Its words, folded and tight; one for most queries. */
  readonly words: readonly string[]
  /** Number of a level named in it, and the other words: `F2 咖啡`. */
  readonly level?: { readonly number: number; readonly words: readonly string[] }
  /** Set when it looks like the number of a bay: `c17`, `C 017`, `17`; see `bayNumberOf`. */
  readonly bay?: string
}

/** More words than this are not looked at. */
const maxWords = 8

/**
 * Reads a query.
 *
 * @param syllables how common characters are read
 * @returns undefined when it has neither letter nor digit
 * Complexity: linear in at most 64 units.
 */
export function parseQuery(typed: string, syllables: ReadonlyMap<string, string>): Query | undefined {
  const folded = withoutToneNumbers(fold(typed.slice(0, maxQueryLength)))
  const words = wordsOf(folded)
  if (words.length === 0) return undefined
  const level = levelWordIn(folded)
  const bay = bayNumberOf(folded)
  const whole = foldTight(folded).slice(0, maxQueryLength)
  const sound = soundOf(whole, syllables)
  return {
    whole,
    ...(sound !== whole && { sound }),
    words,
    ...(level && { level: { number: level.number, words: wordsOf(level.rest) } }),
    ...(bay && { bay }),
  }
}

/** Characters of which the sound is not known stay as they are. */
function soundOf(text: string, syllables: ReadonlyMap<string, string>): string {
  let sound = ''
  for (const character of text) sound += syllables.get(character) ?? character
  return sound.slice(0, maxQueryLength)
}

/**
 * A bay's number without what people leave out: `C017`, `c 17` and `C-17` are all `c 17`, `B2-05` is
 * `b 2 5`. Of a folded name as of a folded query.
 *
 * @returns undefined for a text that is no such number
 */
export function bayNumberOf(folded: string): string | undefined {
  if (!/^[\sa-z\d-]*\d[\s-]*$/.test(folded)) return undefined
  const parts = folded.match(/[a-z]+|\d+/g) ?? []
  if (parts.length > 4 || parts.some((part) => /^[a-z]{4}/.test(part))) return undefined
  return parts.map((part) => part.replace(/^0+(?=\d)/, '')).join(' ')
}

function wordsOf(folded: string): string[] {
  return folded
    .split(/[\s,，、/&+]+/)
    .map(foldTight)
    .filter((word) => word !== '')
    .slice(0, maxWords)
}

/** `xing1 ba1 ke4` is pinyin with tones written as numbers: nobody searches for those. */
function withoutToneNumbers(folded: string): string {
  return /^\s*(?:[a-z]{2,6}[1-5]\s*){2,}$/.test(folded) ? folded.replace(/[1-5]/g, '') : folded
}
