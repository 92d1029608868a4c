import test from 'ava'
import fc from 'fast-check'
import { pinyin } from 'pinyin-pro'
import type { Destination } from '../model/index.ts'
import { tinyDirectory } from '../testing/tiny-directory.ts'
import { foldTight } from './fold.ts'
import { readKey } from './cells.ts'
import { buildSearchIndex, createSearch } from './index.ts'
import { createKeyBook } from './key-book.ts'
import { matchKey } from './match-key.ts'
import { typoDistance } from './typo-distance.ts'

const { search } = createSearch(tinyDirectory)
const shops = tinyDirectory.filter(({ kind }) => kind === 'shop')
const top = 5

function isAmongTop(shop: Destination, query: string): boolean {
  return search(query, { limit: top }).some(({ destination }) => destination.id === shop.id)
}

const chineseNames = shops.flatMap((shop) =>
  shop.name.zh !== undefined && /^\p{Script=Han}+$/u.test(shop.name.zh) ? [{ shop, zh: shop.name.zh }] : [],
)

test('every shop is found by each of its full names', (t) => {
  for (const shop of shops) {
    for (const name of Object.values(shop.name)) t.true(isAmongTop(shop, name), name)
  }
})

test('every shop is found by its full pinyin, apart and together, and by its initials', (t) => {
  for (const { shop, zh } of chineseNames) {
    const syllables = pinyin(zh, { toneType: 'none', type: 'array', v: true })
    t.true(isAmongTop(shop, syllables.join('')), syllables.join(''))
    t.true(isAmongTop(shop, syllables.join(' ')), syllables.join(' '))
    const initials = syllables.map((syllable) => syllable[0]).join('')
    t.true(isAmongTop(shop, initials), initials)
  }
})

/** What a slip of the finger makes of a text, after its first letter. */
const slip = fc.record({
  kind: fc.constantFrom('missing', 'added', 'wrong', 'swapped'),
  at: fc.nat(),
  letter: fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz')),
})

function slipped(text: string, { kind, at, letter }: { kind: string; at: number; letter: string }): string {
  const i = 1 + (at % (text.length - 1))
  if (kind === 'missing') return text.slice(0, i) + text.slice(i + 1)
  if (kind === 'added') return text.slice(0, i) + letter + text.slice(i)
  if (kind === 'wrong') return text.slice(0, i) + letter + text.slice(i + 1)
  return text.slice(0, i - 1) + text[i]! + text[i - 1]! + text.slice(i + 1)
}

test('a name of five letters and more is found with one typing error', (t) => {
  const spelled = shops
    .flatMap((shop) => Object.values(shop.name).map((name) => ({ shop, name: foldTight(name) })))
    .filter(({ name }) => /^[a-z]{5,}$/.test(name))
  fc.assert(
    fc.property(fc.constantFrom(...spelled), slip, ({ shop, name }, error) =>
      isAmongTop(shop, slipped(name, error)),
    ),
    { seed: 7, numRuns: 1000 },
  )
  t.pass()
})

test('the pinyin of a name of three characters and more is found with one typing error', (t) => {
  const long = chineseNames.filter(({ zh }) => zh.length >= 3)
  fc.assert(
    fc.property(fc.constantFrom(...long), slip, ({ shop, zh }, error) =>
      isAmongTop(shop, slipped(pinyin(zh, { toneType: 'none', type: 'array', v: true }).join(''), error)),
    ),
    { seed: 8, numRuns: 1000 },
  )
  t.pass()
})

test('a longer beginning of a name never loses the shop', (t) => {
  for (const shop of shops) {
    const name = Object.values(shop.name)[0]!
    for (let length = 1; length <= name.length; length++) {
      const query = name.slice(0, length)
      const found = search(query, { limit: 100 }).some(({ destination }) => destination.id === shop.id)
      t.true(found, query)
    }
  }
})

test('no text whatever makes it throw, and what it returns is in order, within bounds and markable', (t) => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 90 }),
    fc.string({ unit: fc.constantFrom(...Array.from('星巴克xbk 12f楼厕所的-\'"é２'), '👨‍👩‍👧'), maxLength: 30 }),
  )
  fc.assert(
    fc.property(anything, fc.constantFrom('zh', 'en', 'fr'), (query, lang) => {
      const hits = search(query, { lang, place: { level: 'F1', x: 3, y: 4 } })
      hits.forEach((hit, i) => {
        if (hit.score < 0 || hit.score > 1) throw new Error(`score ${hit.score}`)
        if (i > 0 && hits[i - 1]!.score < hit.score) throw new Error('out of order')
        let at = 0
        for (const [from, to] of hit.ranges) {
          if (from < at || to <= from || to > hit.name.length) throw new Error(`range ${from} to ${to}`)
          at = to
        }
      })
      const ids = hits.map(({ destination }) => destination.id)
      if (new Set(ids).size !== ids.length) throw new Error('the same destination twice')
    }),
    { seed: 9, numRuns: 2000 },
  )
  t.pass()
})

test('the key book leaves out no key that a text would match', (t) => {
  const { keys, topics } = buildSearchIndex(tinyDirectory)
  const entries = [...keys.flat(), ...topics.flatMap(({ words }) => words)].map((key, owner) => ({
    key: readKey(key),
    owner,
  }))
  const book = createKeyBook(entries)
  const texts = entries.map(({ key }) => key.literal)
  const piece = fc
    .tuple(fc.constantFrom(...texts), fc.nat(6), fc.nat(6))
    .map(([text, from, length]) => text.slice(from, from + length + 1))
  const letters = fc.string({ unit: fc.constantFrom(...Array.from('abchsxyz1星洗')), maxLength: 5 })
  fc.assert(
    fc.property(fc.oneof(piece, letters), (text) => {
      fc.pre(text !== '')
      const near = new Set(book.near(text))
      for (const entry of entries) {
        if (matchKey(entry.key, text) && !near.has(entry)) throw new Error(`${entry.key.text} left out`)
      }
    }),
    { seed: 12, numRuns: 500 },
  )
  t.pass()
})

/** Optimal string alignment over the whole table, then the best beginning of the target. */
function slowTypoDistance(query: string, target: string): number {
  const table = Array.from({ length: query.length + 1 }, (_, i) =>
    Array.from({ length: target.length + 1 }, (__, j) => (i === 0 ? j : j === 0 ? i : 0)),
  )
  for (let i = 1; i <= query.length; i++) {
    for (let j = 1; j <= target.length; j++) {
      const wrong = query[i - 1] === target[j - 1] ? 0 : 1
      let least = Math.min(table[i - 1]![j]! + 1, table[i]![j - 1]! + 1, table[i - 1]![j - 1]! + wrong)
      const swapped = i > 1 && j > 1 && query[i - 1] === target[j - 2] && query[i - 2] === target[j - 1]
      if (swapped) least = Math.min(least, table[i - 2]![j - 2]! + 1)
      table[i]![j] = least
    }
  }
  return Math.min(...table[query.length]!)
}

test('counts typing errors as the whole table does', (t) => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(word, word, fc.constantFrom(1, 2, 3), fc.nat(3), (query, target, most, start) => {
      const begin = Math.min(start, target.length - 1)
      const slow = slowTypoDistance(query, target.slice(begin))
      t.is(typoDistance(query, target, { start: begin, most }), slow <= most ? slow : undefined)
    }),
    { seed: 10, numRuns: 3000 },
  )
})
