import type { Destination } from '../model/index.ts'
import type { SearchIndex } from './build-index.ts'
import type { SearchKey } from './cells.ts'
import { kindsNamed } from './kind-words.ts'
import { matchKey } from './match-key.ts'
import { distancesFrom } from './nearness.ts'
import type { SearchPlace } from './nearness.ts'
import { parseQuery } from './query.ts'
import type { Query } from './query.ts'
import { createScorer } from './scorer.ts'
import type { Finding, Scorer } from './scorer.ts'

export interface SearchOptions {
  /** Language of the names shown, BCP 47; `zh` unless given. */
  readonly lang?: string
  /** Where the person stands: of equally good results the nearest comes first. */
  readonly place?: SearchPlace
  /** Only what is on this level: its id or its label (`F2`). */
  readonly onLevel?: string
  /** Most results, 1 to 100; 20 unless given. */
  readonly limit?: number
}

/** One result. */
export interface SearchHit {
  readonly destination: Destination
  /** 0 to 1; how well it was met, comparable between queries. */
  readonly score: number
  /** The name to show in the language asked for. */
  readonly name: string
  /** Stretches of `name` that were met, from and to in UTF-16 units; empty when something else was. */
  readonly ranges: readonly (readonly [from: number, to: number])[]
  /** What was met: its name, another name or the brand's, its kind of place, its level, or nearly one of these. */
  readonly met: 'name' | 'alias' | 'topic' | 'level' | 'similar'
}

/** A venue's search, ready for use. */
export interface Search {
  /**
   * The destinations that a query may mean, best first: whole name, kind of place, beginning of the
   * name, initials, inside of the name, nearly; then nearest or shortest first, bays last.
   *
   * @param query as typed; what lies beyond 64 UTF-16 units is ignored
   * @returns empty for an empty query and for one that nothing meets
   */
  readonly search: (query: string, options?: SearchOptions) => readonly SearchHit[]
  /** Why a query has no results, for who has to say so; asked of one that has some it means nothing. */
  readonly whyNothing: (query: string) => NothingFound
}

/**
 * Why nothing was found: the query holds neither letter nor digit; it is a word for a kind of place (`lift`) that
 * the venue has none of; or nothing here is called that.
 */
export type NothingFound = 'empty-query' | 'no-such-kind' | 'not-met'

const defaultLimit = 20
const maxLimit = 100

/**
 * Makes an index searchable. Pure and without a dictionary, so the phone and the kiosk search at every
 * key, off-line.
 *
 * @throws RangeError when the index is of another format
 * Complexity: a search looks at every key once; see README.md for what that takes.
 */
export function openSearch(index: SearchIndex): Search {
  // An index comes over the network: the type alone does not keep an old one out.
  const { format }: { format: number } = index
  if (format !== 1) throw new RangeError(`search index of format 1 expected, got ${format}: fetch it again`)
  const { destinations } = index
  const scorer = createScorer(index)
  const syllables = new Map<string, string>()
  for (const [syllable, characters] of Object.entries(index.characters)) {
    for (const character of characters) syllables.set(character, syllable)
  }
  return {
    whyNothing(typed) {
      const query = parseQuery(typed, syllables)
      if (!query) return 'empty-query'
      return kindsNamed(query.whole).length > 0 ? 'no-such-kind' : 'not-met'
    },
    search(typed, { lang = 'zh', place, onLevel, limit = defaultLimit } = {}) {
      const query = parseQuery(typed, syllables)
      if (!query) return []
      let found = scorer.findings(query)
      if (onLevel !== undefined) found = found.filter(({ at }) => isOnLevel(destinations[at]!, onLevel))
      const distances = place && distancesFrom(place, destinations)
      found.sort((a, b) => compare(a, b, { destinations, distances }))
      const most = Math.max(1, Math.min(limit, maxLimit))
      return found.slice(0, most).map((finding) => toHit(finding, query, { destinations, scorer, lang }))
    },
  }
}

/** Whether a destination stands on the level of this id or label. */
function isOnLevel({ levelId, level }: Destination, wanted: string): boolean {
  return levelId === wanted || level.toLowerCase() === wanted.toLowerCase()
}

interface Ranking {
  readonly destinations: readonly Destination[]
  /** Metres to each destination, when the place is known. */
  readonly distances: Float64Array | undefined
}

function compare(a: Finding, b: Finding, { destinations, distances }: Ranking): number {
  if (a.score !== b.score) return b.score - a.score
  const [left, right] = [destinations[a.at]!, destinations[b.at]!]
  const bays = Number(left.kind === 'bay') - Number(right.kind === 'bay')
  if (bays !== 0) return bays
  const nearness = distances ? distances[a.at]! - distances[b.at]! : 0
  return nearness || a.length - b.length || a.at - b.at
}

interface Showing {
  readonly destinations: readonly Destination[]
  readonly scorer: Scorer
  readonly lang: string
}

function toHit(finding: Finding, query: Query, { destinations, scorer, lang }: Showing): SearchHit {
  const destination = destinations[finding.at]!
  const name = nameIn(destination, lang)
  const key = scorer.keyOfText(finding.at, name)
  return {
    destination,
    score: finding.score,
    name,
    ranges: key ? rangesIn(key, query) : [],
    met: finding.met,
  }
}

/** The name in a language, else in any. */
function nameIn({ name }: Destination, lang: string): string {
  return name[lang] ?? name.zh ?? Object.values(name)[0] ?? ''
}

/** What of a shown name the query met: the whole of it in one piece, or each of its words. */
function rangesIn(key: SearchKey, query: Query): (readonly [number, number])[] {
  const whole = matchKey(key, query.whole) ?? (query.sound ? matchKey(key, query.sound) : undefined)
  if (whole) return [[whole.from, whole.to]]
  const pieces = query.words
    .flatMap((word) => matchKey(key, word) ?? [])
    .sort((a, b) => a.from - b.from || b.to - a.to)
  const ranges: [number, number][] = []
  for (const { from, to } of pieces) {
    const last = ranges[ranges.length - 1]
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else ranges.push([from, to])
  }
  return ranges
}
