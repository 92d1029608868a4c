import test from 'ava'
import { directoryOf, tinyDirectory } from '../testing/tiny-directory.ts'
import { buildSearchIndex, createSearch, openSearch } from './index.ts'
import type { SearchHit, SearchOptions } from './index.ts'

const { search } = createSearch(tinyDirectory)
const ids = (hits: readonly SearchHit[]): string[] => hits.map(({ destination }) => destination.id)

/** The first result's name with what is marked in brackets. */
function marked(query: string, options?: SearchOptions): string {
  const [hit] = search(query, options)
  if (!hit) return ''
  let text = ''
  let at = 0
  for (const [from, to] of hit.ranges) {
    text += `${hit.name.slice(at, from)}[${hit.name.slice(from, to)}]`
    at = to
  }
  return text + hit.name.slice(at)
}

test('a kind of place that is not here finds nothing of another kind, and says why', (t) => {
  const near = directoryOf(`
    shop | 礼物铺 | Gift Loft | giftshops | F1
    shop | 云汀小贷 | Bark | bank.loans | F1
    shop | 母婴世界 | Baby World | clothing.childrens | F1
    shop | | xiyimen | furniture | F1
    shop | | Parkings | clothing | F1
    amenity | 洗手间 | Lavatory | restroom | F1
    amenity | 充电处 | Power bank | powerchargingstation | F1
  `)
  const { search: among, whyNothing } = createSearch(near)
  const absent = ['lift', 'lifts', 'elevator', '电梯', '停车场', '充电桩', '母婴室', '洗衣', 'cinema']
  for (const query of absent) {
    t.deepEqual(ids(among(query)), [], query)
    t.is(whyNothing(query), 'no-such-kind', query)
  }
  t.deepEqual(ids(among('男厕所')), ['洗手间 F1'])
  t.deepEqual(ids(among('lavatery')), ['洗手间 F1'])
  t.deepEqual(ids(among('gift lofft')), ['礼物铺 F1'])
  t.is(whyNothing('qqqq'), 'not-met')
  t.is(whyNothing('？'), 'empty-query')
})

test('an empty query finds nothing', (t) => {
  for (const query of ['', '   ', '！？', '\u200b', '🍲']) t.deepEqual(search(query), [], query)
})

test('marks what was met in the name shown', (t) => {
  t.is(marked('火锅'), '蜀香[火锅]')
  t.is(marked('shuxiang'), '[蜀香]火锅')
  t.is(marked('sxh'), '[蜀香火]锅')
  t.is(marked('starbu'), '[STARBU]CKS COFFEE')
  t.is(marked('hillside', { lang: 'en' }), '[Hillside] Coffee')
  t.is(marked('山间咖啡', { lang: 'en' }), 'Hillside Coffee')
  t.is(marked('bucks'), 'STAR[BUCKS] COFFEE')
  t.is(marked('coffee hillside', { lang: 'en' }), '[Hillside] [Coffee]')
  t.is(marked('lthg'), '[lantinghuoguo]')
  t.is(marked('兰亭'), '[lanting]huoguo')
  t.is(marked('清河'), '[青禾]书店')
})

test('marks nothing when a brand or a kind of place was met', (t) => {
  t.is(marked('星巴克'), 'STARBUCKS COFFEE')
  t.is(marked('wc'), '洗手间')
  t.like(search('星巴克')[0], { met: 'alias', ranges: [] })
  t.like(search('wc')[0], { met: 'topic', ranges: [] })
  t.like(search('starbuks')[0], { met: 'similar', ranges: [] })
})

test('whole comes before beginning, initials, inside and nearly', (t) => {
  const { search: among } = createSearch(
    directoryOf(`
    shop | 老灯塔 | | books | F1
    shop | 德汤 | Teppan | books | F1
    shop | 灯塔书屋 | | books | F1
    shop | 灯台 | | books | F1
    shop | 灯塔 | | books | F1
  `),
  )
  t.deepEqual(ids(among('灯塔')), ['灯塔 F1', '灯塔书屋 F1', '老灯塔 F1'])
  t.deepEqual(ids(among('dt')), ['德汤 F1', '灯台 F1', '灯塔 F1', '灯塔书屋 F1', '老灯塔 F1'])
  const scores = among('dt').map(({ score }) => score)
  t.deepEqual(
    scores,
    [...scores].sort((a, b) => b - a),
  )
})

test('of equally good results the nearest comes first, and a level up or down counts', (t) => {
  const at = (level: string, x: number, y: number) =>
    ids(search('starbucks', { place: { level, x, y } })).slice(0, 2)
  t.deepEqual(at('F1', 0, 0), ['STARBUCKS COFFEE F1', 'STARBUCKS COFFEE F2'])
  t.deepEqual(at('F2', 30, 40), ['STARBUCKS COFFEE F2', 'STARBUCKS COFFEE F1'])
  t.deepEqual(at('level F4', 90, 80), ['STARBUCKS COFFEE F2', 'STARBUCKS COFFEE F1'])
  const lifts = ids(search('lift', { place: { level: 'F1', x: 110, y: 60 } }))
  t.deepEqual(lifts, ['2 号电梯 F1', '1 号电梯 F1'])
})

test('nearness never lifts a worse match over a better one', (t) => {
  const beside = ids(search('火', { place: { level: 'F4', x: 80, y: 30 } }))
  t.is(beside[0], '火炉旁 F3')
})

test('an unknown place is no place', (t) => {
  t.deepEqual(search('coffee', { place: { level: 'F9', x: 0, y: 0 } }), search('coffee'))
})

test('shops come before bays, and bays are found by the number people remember', (t) => {
  const kinds = search('a').map(({ destination }) => destination.kind)
  t.true(kinds.includes('bay') && kinds.includes('shop'))
  t.deepEqual(
    kinds,
    [...kinds].sort((a, b) => Number(a === 'bay') - Number(b === 'bay')),
  )
  t.deepEqual(ids(search('17')), ['C017 B2'])
  t.is(ids(search('b2-5'))[0], 'B2-05 B2')
})

test('the beginning of a bay’s number counts less than the inside of a shop’s name', (t) => {
  const { search: among } = createSearch(
    directoryOf(`
    bay | C101 | | parking | B1
    shop | | Bar C1 | bar | B1
  `),
  )
  t.deepEqual(ids(among('c1')), ['Bar C1 B1', 'C101 B1'])
})

test('a name that runs words and syllables together is found by the initials of all', (t) => {
  const { search: among } = createSearch(directoryOf('shop | | qingfengSpaHouse | dayspa | F1'))
  for (const query of ['qfsh', 'qfs', 'qingfeng', 'spa', 'spahouse', 'house', 'qingfengspahouse']) {
    t.is(among(query).length, 1, query)
  }
})

test('a level alone lists what is on it', (t) => {
  const listed = search('二楼', { limit: 100 })
  t.deepEqual(new Set(listed.map(({ destination }) => destination.level)), new Set(['F2']))
  t.is(listed.length, tinyDirectory.filter(({ level }) => level === 'F2').length)
})

test('keeps to one level when asked', (t) => {
  t.deepEqual(ids(search('starbucks', { onLevel: 'f2' })), ['STARBUCKS COFFEE F2'])
  t.deepEqual(ids(search('starbucks', { onLevel: 'level F1' })), ['STARBUCKS COFFEE F1'])
})

test('keeps to the number of results asked for, and to a hundred', (t) => {
  const many = createSearch(
    directoryOf(Array.from({ length: 300 }, (_, i) => `shop | 店${i} | | books | F1`).join('\n')),
  )
  t.is(many.search('店').length, 20)
  t.is(many.search('店', { limit: 7 }).length, 7)
  t.is(many.search('店', { limit: 1e9 }).length, 100)
  t.is(many.search('店', { limit: 0 }).length, 1)
})

test('a very long query is cut, not refused', (t) => {
  t.is(ids(search(`星巴克${' '.repeat(61)}${'x'.repeat(100_000)}`))[0], 'STARBUCKS COFFEE F1')
  t.deepEqual(search('安'.repeat(10_000)), [])
  t.deepEqual(search('zzzz '.repeat(10_000)), [])
})

test('the index survives being sent as JSON', (t) => {
  const sent = JSON.parse(JSON.stringify(buildSearchIndex(tinyDirectory))) as ReturnType<
    typeof buildSearchIndex
  >
  const remote = openSearch(sent)
  for (const query of ['xbk', 'toilet', '火锅', 'c17', 'starbuks', 'F2 咖啡']) {
    t.deepEqual(remote.search(query), search(query), query)
  }
})

test('an index of another format is refused, not misread', (t) => {
  const old = { ...buildSearchIndex([]), format: 0 } as unknown as ReturnType<typeof buildSearchIndex>
  t.throws(() => openSearch(old), { instanceOf: RangeError, message: /fetch it again/ })
})
