import type { Destination } from '../model/index.ts'
import type { SearchIndex } from './build-index.ts'
import { lettersOf, readKey } from './cells.ts'
import type { SearchKey } from './cells.ts'
import { fold, isAscii } from './fold.ts'
import { createKeyBook } from './key-book.ts'
import type { Entry, KeyBook } from './key-book.ts'
import { isOfFamily, kindsNamed } from './kind-words.ts'
import { levelNumberOf } from './level-words.ts'
import { matchKey } from './match-key.ts'
import type { MatchGrade } from './match-key.ts'
import { bayNumberOf } from './query.ts'
import type { Query } from './query.ts'
import type { Topic } from './topics.ts'
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

/** What a match by sound keeps of its score, and the score it must have had: a whole name, kind or beginning. */
const soundShare = 0.6
const leastSoundScore = 0.6

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
}

/** An index made ready: its destinations, the keys to them, and the words for kinds of place. */
interface Venue {
  readonly destinations: readonly Destination[]
  readonly places: readonly Place[]
  readonly names: KeyBook
  readonly words: KeyBook
  /** Numbers of the destinations of each topic. */
  readonly members: readonly (readonly number[])[]
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
  const keys = index.keys.map((ofOne) => ofOne.map(readKey))
  const places = index.destinations.map(({ kind, level }, i): Place => {
    const bay = kind === 'bay' ? bayNumberOf(fold(keys[i]?.[0]?.text ?? '')) : undefined
    return { kind, level: fold(level), levelNumber: levelNumberOf(level), bay }
  })
  const entries = (lists: readonly (readonly SearchKey[])[]): Entry[] =>
    lists.flatMap((list, owner) => list.map((key) => ({ key, owner })))
  const venue: Venue = {
    destinations: index.destinations,
    places,
    names: createKeyBook(entries(keys)),
    words: createKeyBook(entries(index.topics.map(({ words }) => words.map(readKey)))),
    members: index.topics.map(({ members }) => members),
  }
  return {
    keyOfText: (at, text) => keys[at]?.find((key) => key.text === text),
    findings: (query) => [...find(query, venue).values()],
  }
}

function find(query: Query, venue: Venue): Findings {
  const best = met(query.whole, venue)
  if (query.bay) keepBetter(best, metBays(query.bay, venue))
  if (query.words.length > 1) keepBetter(best, metApart(query.words, venue))
  if (query.level) keepBetter(best, metOnLevel(query.level, venue))
  // A word for a kind of place that is spelled right is no typing error for anything else.
  const kinds = kindsNamed(query.whole)
  const guess = (findings: Findings) => {
    keepBetter(best, kinds.length === 0 ? findings : ofFamily(findings, kinds, venue))
  }
  if (best.size < enough && query.sound) guess(metBySound(query.sound, venue))
  if (best.size < enough) guess(metNearly(query.whole, venue))
  if (best.size === 0) guess(metWithin(query, venue))
  return best
}

function ofFamily(findings: Findings, kinds: readonly Topic[], { destinations }: Venue): Findings {
  return new Map([...findings].filter(([at]) => isOfFamily(kinds, destinations[at]!)))
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
function met(text: string, { places, names, words, members }: Venue): Findings {
  const best: Findings = new Map()
  for (const { key, owner } of names.near(text)) {
    const match = matchKey(key, text)
    if (!match) continue
    const { kind } = places[owner]!
    let score = nameScores[match.grade] - lossOf(key) - (match.isRareReading ? rareLoss : 0)
    if (kind === 'bay' && match.grade !== 'whole') score = Math.min(score, bayPartScore)
    if (kind !== 'bay' && kind !== 'shop') score = Math.min(score, amenityScore)
    const found = key.source === 'alias' ? 'alias' : 'name'
    keep(best, { at: owner, score, met: found, length: key.literal.length })
  }
  for (const [topic, score] of topicScoresOf(text, words)) {
    const isWhole = score === topicScores.whole
    for (const at of members[topic]!) {
      const { kind } = places[at]!
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

/** The score of every topic that the text meets. */
function topicScoresOf(text: string, words: KeyBook): ReadonlyMap<number, number> {
  const scores = new Map<number, number>()
  if (text.length === 1 && isAscii(text)) return scores
  for (const { key, owner } of words.near(text)) {
    const match = matchKey(key, text)
    const score = match ? (topicScores[match.grade] ?? 0) : 0
    if (score > (scores.get(owner) ?? 0)) scores.set(owner, score)
  }
  return scores
}

/** `c17` is C017, `17` is every bay of that number. */
function metBays(number: string, { places }: Venue): Findings {
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

/** Words that each meet something of the same destination: `星巴克 f2`, `兰亭 火锅`. */
function metApart(words: readonly string[], venue: Venue): Findings {
  let together: Findings | undefined
  for (const word of words) {
    const one = met(word, venue)
    venue.places.forEach(({ level }, at) => {
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
  venue: Venue,
): Findings {
  const { number, words } = level
  const best: Findings = new Map()
  if (words.length === 0) {
    venue.places.forEach(({ kind, levelNumber }, at) => {
      const score = kind === 'bay' ? containedScore : levelScore
      if (levelNumber === number) keep(best, { at, score, met: 'level', length: 0 })
    })
    return best
  }
  const found = met(words.join(''), venue)
  if (words.length > 1) keepBetter(found, metApart(words, venue))
  for (const finding of lowered(found, apartLoss).values()) {
    if (venue.places[finding.at]!.levelNumber === number) keep(best, finding)
  }
  return best
}

/**
 * What a Chinese query meets by its sound. A name that the source wrote in pinyin can be met no other way;
 * for one in characters it is a slip of the input method. Only from the beginning: inside, sounds meet
 * too much.
 */
function metBySound(sound: string, venue: Venue): Findings {
  const best: Findings = new Map()
  for (const finding of met(sound, venue).values()) {
    if (finding.score < leastSoundScore) continue
    keep(best, { ...finding, score: finding.score * soundShare, met: 'similar' })
  }
  return best
}

/** What the text would meet without one or two typing errors. */
function metNearly(text: string, { places, names, words, members }: Venue): Findings {
  const best: Findings = new Map()
  const typo = typoOf(text)
  if (!typo) return best
  for (const { key, owner } of names.entries) {
    if (places[owner]!.kind === 'bay') continue
    const errors = fewestErrors(typo, key)
    if (errors === undefined) continue
    const score = typoScores[errors]! - lossOf(key)
    keep(best, { at: owner, score, met: 'similar', length: key.literal.length })
  }
  for (const { key, owner } of words.entries) {
    const errors = key.literal.length < text.length - typo.most ? undefined : fewestErrors(typo, key)
    if (errors === undefined) continue
    const score = typoScores[errors]! - topicLoss
    for (const at of members[owner]!) keep(best, { at, score, met: 'similar', length: key.literal.length })
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
  const isSpelled = isAscii(text)
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
function metWithin(query: Query, { names, words, members }: Venue): Findings {
  const best: Findings = new Map()
  const isWithin = ({ literal }: SearchKey): boolean =>
    literal.length >= 2 && (literal < '\x80' ? query.words.includes(literal) : query.whole.includes(literal))
  for (const { key, owner } of names.entries) {
    if (isWithin(key)) keep(best, within(owner, key, key.source === 'alias' ? 'alias' : 'name'))
  }
  for (const { key, owner } of words.entries) {
    if (isWithin(key)) for (const at of members[owner]!) keep(best, within(at, key, 'topic'))
  }
  return best
}

/** The longer the word, the more of the sentence is understood: 无障碍厕所 before 厕所. */
function within(at: number, { literal }: SearchKey, found: 'name' | 'alias' | 'topic'): Finding {
  return { at, score: containedScore + Math.min(literal.length, 9) / 100, met: found, length: literal.length }
}
