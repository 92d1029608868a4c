import { cpus } from 'node:os'
import process from 'node:process'
import MiniSearch from 'minisearch'
import { pinyin } from 'pinyin-pro'
import { demoMall } from '../demo/index.ts'
import { destinationsOf, labelOfCategory } from '../directory/index.ts'
import type { Destination } from '../model/index.ts'
import { tinyDirectory } from '../testing/tiny-directory.ts'
import { createSearch } from './index.ts'
import { golden } from './testing/golden.ts'

/** Somebody who answers a query with ids, best first. */
interface Engine {
  readonly name: string
  readonly find: (query: string) => readonly string[]
}

/** What people type into the demo mall, key after key. */
const typed = [
  '青禾书店',
  'qinghe shudian',
  'qhsd',
  '火锅',
  'huoguo',
  'hg',
  '洗手间',
  'toilet',
  'lift',
  'c17',
  'F2 咖啡',
  'yunting department',
  'boiling valley',
  'starbuks',
  '我想吃火锅',
  'jsy',
  '美甲',
  'cinema',
]

const rounds = 20
const results = 20

/**
 * Time of one search at every key typed, on the demo mall with its shops a second time (more than 1,000
 * destinations), by Atrium and by MiniSearch in the same run, and how many queries of the golden table
 * each answers rightly with its first result. MiniSearch is given the pinyin, the initials and the words
 * for the category that Atrium knows, and searches by prefix and with typing errors.
 */
export function run(): object {
  const destinations = largeMall()
  const keys = typed.flatMap((text) =>
    Array.from(text).map((_, i) =>
      Array.from(text)
        .slice(0, i + 1)
        .join(''),
    ),
  )
  const engines = [atrium, miniSearch].map((create) => create(destinations))
  let sink = 0
  const timings = engines.map(() => keys.map(() => [] as number[]))
  // Turn by turn, so that what else the machine does falls on both.
  for (let round = -3; round < rounds; round++) {
    engines.forEach((engine, e) => {
      keys.forEach((key, k) => {
        const start = process.hrtime.bigint()
        sink += engine.find(key).length
        const micros = Number(process.hrtime.bigint() - start) / 1000
        if (round >= 0) timings[e]![k]!.push(micros)
      })
    })
  }
  const rightly = [atrium, miniSearch].map((create) => goldenShare(create(tinyDirectory)))
  const reports = engines.map(({ name }, e) => ({
    name,
    ...statistics(timings[e]!.map(medianOf)),
    goldenFirst: rightly[e]!,
  }))
  return {
    machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    node: process.version,
    destinations: destinations.length,
    keys: keys.length,
    rounds,
    goldenQueries: Object.keys(golden).length,
    engines: reports,
    medianRatio: round2(reports[1]!.medianUs / reports[0]!.medianUs),
    resultsSeen: sink,
  }
}

function largeMall(): Destination[] {
  const destinations = destinationsOf(demoMall())
  const again = destinations
    .filter(({ kind }) => kind === 'shop')
    .map((shop) => ({ ...shop, id: `${shop.id} again` }))
  return [...destinations, ...again]
}

function atrium(destinations: readonly Destination[]): Engine {
  const { search } = createSearch(destinations)
  return {
    name: 'Atrium',
    find: (query) => search(query, { limit: results }).map(({ destination }) => destination.id),
  }
}

function miniSearch(destinations: readonly Destination[]): Engine {
  const index = new MiniSearch({
    fields: ['name', 'pinyin', 'initials', 'category'],
    tokenize: (text) => text.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{N}]+/gu) ?? [],
    searchOptions: {
      boost: { name: 4, pinyin: 3, initials: 2 },
      prefix: true,
      fuzzy: (term) => (term.length > 4 ? 0.2 : false),
      combineWith: 'AND',
    },
  })
  index.addAll(
    destinations.map(({ id, name, category }) => {
      const chinese = name.zh ?? ''
      const syllables = pinyin(chinese, { toneType: 'none', type: 'array', v: true, nonZh: 'removed' })
      return {
        id,
        name: Object.values(name).join(' '),
        pinyin: `${syllables.join(' ')} ${syllables.join('')}`,
        initials: syllables.map((syllable) => syllable[0]).join(''),
        category: Object.values(labelOfCategory(category) ?? {}).join(' '),
      }
    }),
  )
  return {
    name: 'MiniSearch',
    find: (query) =>
      index
        .search(query)
        .slice(0, results)
        .map(({ id }) => String(id)),
  }
}

/** How many queries of the golden table have the right destination first. */
function goldenShare({ find }: Engine): number {
  return Object.entries(golden).filter(([query, expected]) => find(query)[0] === expected).length
}

/** Of one key over the rounds: what other programs took in between does not count. */
function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}

/** Over the keys. */
function statistics(micros: readonly number[]): { minUs: number; medianUs: number; p99Us: number } {
  const sorted = [...micros].sort((a, b) => a - b)
  const at = (share: number): number => round2(sorted[Math.floor((sorted.length - 1) * share)]!)
  return { minUs: at(0), medianUs: at(0.5), p99Us: at(0.99) }
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}
