import type { SearchIndex } from './build-index.ts'
import { lettersOf, readKey } from './cells.ts'
import type { SearchKey } from './cells.ts'
import { fold } from './fold.ts'
import { levelNumberOf } from './level-words.ts'
import { matchKey } from './match-key.ts'
import type { MatchGrade } from './match-key.ts'
import { bayNumberOf } from './query.ts'
import type { Query } from './query.ts'
import { typoDistance } from './typo-distance.ts'

/** A destination that a query may mean. */
export interface Finding {
  /** Number of the destination. */
  readonly at: number
  /** 0 to 1. */
  readonly score: number
  readonly met: 'name' | 'alias' | 'topic' | 'level' | 'similar'
  /** Length of the text that was met: of equal results the shorter is the closer. */
  readonly length: number
}

/** The best finding of each destination by its number. */
type Findings = Map<number, Finding>

/** What meeting a name is worth, by grade. */
const nameScores: Readonly<Record<MatchGrade, number>> = {
  whole: 1,
  prefix: 0.86,
  'all-initials': 0.74,
  initials: 0.71,
  inside: 0.57,
  'inside-word': 0.46,
  'inside-initials': 0.43,
}

/** What meeting a word for a kind of place is worth; other grades are worth nothing. */
const topicScores: Readonly<Partial<Record<MatchGrade, number>>> = {
  whole: 0.79,
  prefix: 0.64,
  'all-initials': 0.5,
}

/** Toilets and lifts are looked for by kind: there the word counts as much as the sign on the door. */
const amenityScore = 0.93
const levelScore = 0.65
/** Hundreds of bays begin with the same letter: the beginning of a number is a weak hint. */
const bayPartScore = 0.42
const typoScores: readonly number[] = [0.31, 0.31, 0.27]
const containedScore = 0.2
/** Taken off for another name, for the brand's, for a rare reading, for words met apart. */
const altLoss = 0.01
const aliasLoss = 0.02
const rareLoss = 0.03
const apartLoss = 0.02
const topicLoss = 0.03
/** Added when a shop of the kind also says so in its name. */
const namedGain = 0.02

/** With fewer results than this, typing errors are looked for too. */
const enough = 3
/** Shorter queries with an error could mean anything. */
const leastTypoLetters = 4
/** Shorter ones must be nearly the whole word, and the first letter must be right. */
const surePartLetters = 5
const twoTypoLetters = 8

interface Place {
  readonly kind: string
  readonly level: string
  readonly levelNumber: number | undefined
  /** See `bayNumberOf`. */
  readonly bay: string | undefined
  readonly keys: readonly SearchKey[]
}

interface ReadTopic {
  readonly words: readonly SearchKey[]
  readonly members: readonly number[]
}

/** Scores the destinations of a venue against queries. */
export interface Scorer {
  /** Every destination that the query meets, in no order. */
  findings(query: Query): Finding[]
  /** The key of a destination that holds this text. */
  keyOfText(at: number, text: string): SearchKey | undefined
}

/** Reads an index's keys once, for any number of queries. */
export function createScorer(index: SearchIndex): Scorer {
  const places = index.destinations.map(({ kind, level }, i): Place => {
    const keys = (index.keys[i] ?? []).map(readKey)
    const bay = kind === 'bay' ? bayNumberOf(fold(keys[0]?.text ?? '')) : undefined
    return { kind, level: fold(level), levelNumber: levelNumberOf(level), bay, keys }
  })
  const topics = index.topics.map(({ words, members }) => ({ words: words.map(readKey), members }))
  return {
    keyOfText: (at, text) => places[at]!.keys.find((key) => key.text === text),
    findings: (query) => [...find(query, places, topics).values()],
  }
}

function find(query: Query, places: readonly Place[], topics: readonly ReadTopic[]): Findings {
  const best = met(query.whole, places, topics)
  if (query.bay) keepBetter(best, metBays(query.bay, places))
  if (query.words.length > 1) keepBetter(best, metApart(query.words, places, topics))
  if (query.level) keepBetter(best, metOnLevel(query.level, places, topics))
  if (best.size < enough) keepBetter(best, metNearly(query.whole, places, topics))
  if (best.size === 0) keepBetter(best, metWithin(query, places, topics))
  return best
}

function keep(best: Findings, finding: Finding): void {
  const known = best.get(finding.at)
  const isBetter =
    !known || finding.score > known.score || (finding.score === known.score && finding.length < known.length)
  if (isBetter) best.set(finding.at, finding)
}

function keepBetter(best: Findings, others: Findings): void {
  for (const finding of others.values()) keep(best, finding)
}

/** What one text meets by name, other name, brand or kind of place. */
function met(text: string, places: readonly Place[], topics: readonly ReadTopic[]): Findings {
  const best: Findings = new Map()
  places.forEach(({ kind, keys }, at) => {
    for (const key of keys) {
      const match = matchKey(key, text)
      if (!match) continue
      let score = nameScores[match.grade] - lossOf(key) - (match.isRareReading ? rareLoss : 0)
      if (kind === 'bay' && match.grade !== 'whole') score = Math.min(score, bayPartScore)
      if (kind !== 'bay' && kind !== 'shop') score = Math.min(score, amenityScore)
      const found = key.source === 'alias' ? 'alias' : 'name'
      keep(best, { at, score, met: found, length: key.literal.length })
    }
  })
  for (const { words, members } of topics) {
    const score = topicScore(words, text)
    if (score === 0) continue
    for (const at of members) {
      const { kind } = places[at]!
      const isWhole = score === topicScores.whole
      const gain = isWhole && best.get(at)?.met === 'name' ? namedGain : 0
      const isAmenity = isWhole && kind !== 'shop' && kind !== 'bay'
      keep(best, { at, score: isAmenity ? amenityScore : score + gain, met: 'topic', length: text.length })
    }
  }
  return best
}

function lossOf({ source }: SearchKey): number {
  if (source === 'alias') return aliasLoss
  return source === 'alt' ? altLoss : 0
}

function topicScore(words: readonly SearchKey[], text: string): number {
  if (text.length === 1 && text < '\x80') return 0
  let best = 0
  for (const word of words) {
    const match = matchKey(word, text)
    if (match) best = Math.max(best, topicScores[match.grade] ?? 0)
  }
  return best
}

/** `c17` is C017, `17` is every bay of that number. */
function metBays(number: string, places: readonly Place[]): Findings {
  const best: Findings = new Map()
  const isNumberAlone = /^\d+$/.test(number)
  places.forEach(({ bay }, at) => {
    if (bay === number) keep(best, { at, score: 1, met: 'name', length: number.length })
    else if (isNumberAlone && bay?.endsWith(` ${number}`)) {
      keep(best, { at, score: levelScore, met: 'name', length: bay.length })
    }
  })
  return best
}

/** Words that each meet something of the same destination: `星巴克 f2`, `牛宴 火锅`. */
function metApart(
  words: readonly string[],
  places: readonly Place[],
  topics: readonly ReadTopic[],
): Findings {
  let together: Findings | undefined
  for (const word of words) {
    const one = met(word, places, topics)
    places.forEach(({ level }, at) => {
      if (level === word) keep(one, { at, score: levelScore, met: 'level', length: word.length })
    })
    if (!together) {
      together = one
      continue
    }
    const both: Findings = new Map()
    for (const finding of together.values()) {
      const other = one.get(finding.at)
      if (other) both.set(finding.at, other.score < finding.score ? other : finding)
    }
    together = both
  }
  return lowered(together ?? new Map<number, Finding>(), apartLoss)
}

function lowered(findings: Findings, loss: number): Findings {
  const lower: Findings = new Map()
  for (const [at, finding] of findings) lower.set(at, { ...finding, score: finding.score - loss })
  return lower
}

/** What the other words meet on the level named, or all of that level. */
function metOnLevel(
  level: { readonly number: number; readonly words: readonly string[] },
  places: readonly Place[],
  topics: readonly ReadTopic[],
): Findings {
  const { number, words } = level
  const best: Findings = new Map()
  if (words.length === 0) {
    places.forEach(({ kind, levelNumber }, at) => {
      const score = kind === 'bay' ? containedScore : levelScore
      if (levelNumber === number) keep(best, { at, score, met: 'level', length: 0 })
    })
    return best
  }
  const found = met(words.join(''), places, topics)
  if (words.length > 1) keepBetter(found, metApart(words, places, topics))
  for (const finding of lowered(found, apartLoss).values()) {
    if (places[finding.at]!.levelNumber === number) keep(best, finding)
  }
  return best
}

/** What the text would meet without one or two typing errors. */
function metNearly(text: string, places: readonly Place[], topics: readonly ReadTopic[]): Findings {
  const best: Findings = new Map()
  const typo = typoOf(text)
  if (!typo) return best
  places.forEach(({ kind, keys }, at) => {
    if (kind === 'bay') return
    for (const key of keys) {
      const errors = fewestErrors(typo, key)
      if (errors === undefined) continue
      const score = typoScores[errors]! - lossOf(key)
      keep(best, { at, score, met: 'similar', length: key.literal.length })
    }
  })
  for (const { words, members } of topics) {
    for (const word of words) {
      const errors = word.literal.length < text.length - typo.most ? undefined : fewestErrors(typo, word)
      if (errors === undefined) continue
      const score = typoScores[errors]! - topicLoss
      for (const at of members) keep(best, { at, score, met: 'similar', length: word.literal.length })
    }
  }
  return best
}

interface Typo {
  readonly text: string
  readonly letters: number
  readonly most: number
  /** Typed in letters, so compared with the spelling; else with the characters. */
  readonly isSpelled: boolean
}

function typoOf(text: string): Typo | undefined {
  const isSpelled = /^[\0-\x7f]*$/.test(text)
  if (text.length < (isSpelled ? leastTypoLetters : 3)) return undefined
  const most = isSpelled && text.length >= twoTypoLetters ? 2 : 1
  return { text, letters: lettersOf(text), most, isSpelled }
}

function fewestErrors({ text, letters, most, isSpelled }: Typo, key: SearchKey): number | undefined {
  if (!isSpelled) {
    return key.literal.length < 3 ? undefined : typoDistance(text, key.literal, { most })
  }
  if (bitsIn(letters & ~key.letters) > most) return undefined
  let fewest: number | undefined
  for (const start of key.spellingStarts) {
    const left = key.spelling.length - start
    if (left < text.length - most) break
    if (text.length <= surePartLetters && key.spelling.charCodeAt(start) !== text.charCodeAt(0)) continue
    if (text.length < surePartLetters && left > text.length + most) continue
    const errors = typoDistance(text, key.spelling, { start, most })
    if (errors !== undefined && (fewest === undefined || errors < fewest)) fewest = errors
  }
  return fewest
}

function bitsIn(bits: number): number {
  let count = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++
  return count
}

/** A sentence that holds a name or a kind of place: 我想吃火锅, `where is the nearest toilet`. */
function metWithin(query: Query, places: readonly Place[], topics: readonly ReadTopic[]): Findings {
  const best: Findings = new Map()
  const isWithin = ({ literal }: SearchKey): boolean =>
    literal < '\x80'
      ? literal.length >= 2 && query.words.includes(literal)
      : literal.length >= 2 && query.whole.includes(literal)
  places.forEach(({ keys }, at) => {
    for (const key of keys) {
      if (isWithin(key)) keep(best, within(at, key, key.source === 'alias' ? 'alias' : 'name'))
    }
  })
  for (const { words, members } of topics) {
    for (const word of words) {
      if (isWithin(word)) for (const at of members) keep(best, within(at, word, 'topic'))
    }
  }
  return best
}

/** The longer the word, the more of the sentence is understood: 无障碍厕所 before 厕所. */
function within(at: number, { literal }: SearchKey, found: 'name' | 'alias' | 'topic'): Finding {
  return { at, score: containedScore + Math.min(literal.length, 9) / 100, met: found, length: literal.length }
}
