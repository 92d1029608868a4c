import { pinyin, polyphonic } from 'pinyin-pro'
import { brandOf, labelOfCategory } from '../directory/index.ts'
import type { Destination } from '../model/index.ts'
import { isHan, runsOf } from './cells.ts'
import type { IndexKey } from './cells.ts'
import { commonCharacters } from './common-characters.ts'
import { foldTight } from './fold.ts'
import { partSyllables } from './pinyin-syllables.ts'
import { isOfTopic, topics } from './topics.ts'

/**
 * Everything needed to search a venue's destinations, as plain JSON. It is built where the pinyin
 * dictionary is (the server) and opened where people type (`openSearch`).
 */
export interface SearchIndex {
  readonly format: 1
  readonly destinations: readonly Destination[]
  /** What each destination is found by, in the order of `destinations`. */
  readonly keys: readonly (readonly IndexKey[])[]
  readonly topics: readonly IndexTopic[]
  /** Common characters by the syllable they are read with, for the syllables that occur in `keys`. */
  readonly characters: Readonly<Record<string, string>>
}

/** Words that find a kind of place rather than one by its name: 厕所, `toilet`. */
export interface IndexTopic {
  readonly words: readonly IndexKey[]
  /** Numbers of destinations. */
  readonly members: readonly number[]
}

/** Readings kept of a character: more are too rare to be typed and only add wrong hits. */
const maxReadings = 3

/**
 * Prepares the search of a venue: how names are read in pinyin (in context, so that 音乐 is `yinyue` and
 * 乐园 is `leyuan`, with the other readings kept), which brand a shop is, and which words find which
 * kind of place.
 *
 * Complexity: linear in the texts; README.md says what a mall takes. Source of the readings: pinyin-pro.
 */
export function buildSearchIndex(destinations: readonly Destination[]): SearchIndex {
  const keys = destinations.map(keysOf)
  const kinds = [...knownTopics(destinations), ...categoryTopics(destinations)]
  const texts = [...keys.flat(), ...kinds.flatMap(({ words }) => words)]
  return { format: 1, destinations, keys, topics: kinds, characters: charactersFor(texts) }
}

/**
 * What lets a Chinese query meet a name by its sound: one that the source wrote in pinyin (兰亭 meets
 * `lanting`), or one of which the input method offered the wrong character (星巴客).
 */
function charactersFor(keys: readonly IndexKey[]): Record<string, string> {
  const wanted = new Set<string>()
  for (const [, , readings = ''] of keys) {
    for (const syllable of readings.split(/[ ,']/)) if (syllable !== '') wanted.add(syllable)
  }
  const characters: Record<string, string> = {}
  for (const [character, syllable] of commonReadings()) {
    if (wanted.has(syllable)) characters[syllable] = (characters[syllable] ?? '') + character
  }
  return characters
}

let readings: ReadonlyMap<string, string> | undefined

/** The usual reading of every common character, looked up once. */
function commonReadings(): ReadonlyMap<string, string> {
  if (readings) return readings
  readings = new Map(
    Array.from(commonCharacters).map((character) => [
      character,
      pinyin(character, { toneType: 'none', v: true }),
    ]),
  )
  return readings
}

function keysOf(destination: Destination): IndexKey[] {
  const { name, altName, kind } = destination
  const texts: [source: string, text: string][] = Object.entries(name)
  for (const text of Object.values(altName ?? {})) texts.push(['alt', text])
  if (kind === 'shop') {
    for (const [, text] of [...texts]) {
      const brand = brandOf(text)
      if (brand?.zh !== undefined) texts.push(['alias', brand.zh])
      for (const alias of brand?.latin ?? []) texts.push(['alias', alias])
    }
  }
  const known = new Set<string>()
  const keys: IndexKey[] = []
  for (const [source, text] of texts) {
    const plain = foldTight(text)
    if (plain === '' || known.has(plain)) continue
    known.add(plain)
    keys.push(keyOf(source, text))
  }
  return keys
}

/** A text with the readings that its letters alone do not tell. */
function keyOf(source: string, text: string): IndexKey {
  const inContext = pinyin(text, { type: 'all', toneType: 'none', v: true, traditional: true })
  const readingAt = new Map<number, string>()
  let at = 0
  for (const { origin, pinyin: reading } of inContext) {
    readingAt.set(at, reading)
    at += origin.length
  }
  const items = runsOf(text).map((run) =>
    isHan(run.text) ? hanReadings(run.text, readingAt.get(run.from)) : wordParts(run.text),
  )
  return items.every((item) => item === '') ? [source, text] : [source, text, items.join(' ')]
}

function hanReadings(character: string, inContext: string | undefined): string {
  const others = polyphonic(character, { type: 'array', toneType: 'none', v: true })[0] ?? []
  const readings = new Set<string>()
  for (const reading of [inContext, ...others]) {
    if (reading === undefined || !/^[a-z]+$/.test(reading) || readings.size >= maxReadings) continue
    readings.add(reading)
    // 绿 is typed `lv` by some and `lu` by others.
    if (reading.includes('v')) readings.add(reading.replace('v', 'u'))
  }
  return [...readings].join(',')
}

/** Where a row of letters holds several words (`FivePlus`) or syllables (`lantinghuoguo`). */
function wordParts(word: string): string {
  if (!/^[A-Za-z]{4,}$/.test(word) || word === word.toUpperCase()) return ''
  const humps = word.match(/[A-Z]*[a-z]+|[A-Z]+/g) ?? []
  const parts = humps.map((hump) => hump.toLowerCase()).flatMap((hump) => partSyllables(hump) ?? [hump])
  return parts.length > 1 ? parts.join("'") : ''
}

function knownTopics(destinations: readonly Destination[]): IndexTopic[] {
  return topics.flatMap((topic) => topicOf(topic.words, destinations, (one) => isOfTopic(topic, one)))
}

/** The plain word for every category that occurs, so that no category is without one. */
function categoryTopics(destinations: readonly Destination[]): IndexTopic[] {
  const categories = new Set(destinations.map(({ category }) => category))
  return [...categories].flatMap((category) => {
    const label = labelOfCategory(category)
    return label ? topicOf(Object.values(label), destinations, (one) => one.category === category) : []
  })
}

function topicOf(
  words: readonly string[],
  destinations: readonly Destination[],
  isMember: (destination: Destination) => boolean,
): IndexTopic[] {
  const members = destinations.flatMap((destination, i) => (isMember(destination) ? [i] : []))
  return members.length === 0 ? [] : [{ words: words.map((word) => keyOf('topic', word)), members }]
}
