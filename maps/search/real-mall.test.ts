import test from 'ava'
import { join } from 'node:path'
import { readCompetition } from '../competition/index.ts'
import { brandOf, destinationsOf } from '../directory/index.ts'
import { readFilesBelow } from '../testing/read-files.ts'
import { realMallDir } from '../testing/real-mall.ts'
import { createSearch } from './index.ts'
import { partSyllables } from './pinyin-syllables.ts'

const mallDir = realMallDir()

test('on the real mall every named place is found by its name, written in pinyin by its initials, brands by theirs', (t) => {
  if (mallDir === undefined) {
    t.log('left out: search on the real mall (set ATRIUM_REAL_MALL to its folder)')
    t.pass()
    return
  }
  const read = readCompetition(readFilesBelow(join(mallDir, 'venue')), { name: 'Real mall' })
  if ('refused' in read) throw new Error('the real mall was refused')
  const destinations = destinationsOf(read.archive)
  t.true(destinations.length > 750)
  const { search } = createSearch(destinations)
  const finds = (query: string, id: string): boolean =>
    search(query, { limit: 20 }).some(({ destination }) => destination.id === id)
  for (const { id, kind, name, category } of destinations) {
    if (kind === 'amenity')
      t.true(
        search('厕所', { limit: 100 }).some((hit) => hit.destination.id === id),
        category,
      )
    else for (const text of Object.values(name)) t.true(finds(text, id), text)
    const brand = Object.values(name)
      .map(brandOf)
      .find((known) => known?.zh !== undefined)
    if (kind === 'shop' && brand?.zh !== undefined) t.true(finds(brand.zh, id), brand.zh)
  }
  for (const { id, kind, name } of destinations) {
    const syllables = partSyllables(name['zh-Latn'] ?? '')
    if (kind !== 'shop' || !syllables || syllables.length < 3) continue
    t.true(finds(syllables.map((syllable) => syllable[0]).join(''), id), name['zh-Latn'])
  }
  const first = (query: string): string | undefined =>
    Object.values(search(query)[0]?.destination.name ?? {})[0]
  const expected: Readonly<Record<string, string>> = {
    xbk: 'STARBUCKS COFFEE',
    'xing ba ke': 'STARBUCKS COFFEE',
    优衣库: 'UNIQLO',
    肯德基: 'kendeji',
    wpj: 'waipojia',
    外婆家: 'waipojia',
    c17: 'C017',
  }
  for (const [query, name] of Object.entries(expected)) t.is(first(query), name, query)
  t.is(search('星巴克').length, 3)
})
