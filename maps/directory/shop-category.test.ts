import test from 'ava'
import { pinyin } from 'pinyin-pro'
import { shopCategories } from '../model/index.ts'
import type { ShopCategory } from '../model/index.ts'
import { brandOf, brands, labelOfCategory, occupantCategoryOf, shopCategoryOf } from './index.ts'
import { foldOccupantCategory } from './occupant-categories.ts'

test('folds IMDF occupant categories by their longest known head', (t) => {
  const expected: Readonly<Record<string, ShopCategory>> = {
    hotpot: 'food',
    'chinese.szechuan': 'food',
    'japanese.ramen': 'food',
    'clothing.womens': 'fashion',
    'clothing.childrens': 'kids',
    toys: 'kids',
    'haircutsstyling.mens': 'beauty',
    goldmerchants: 'jewel',
    sportswear: 'sport',
    mobilephones: 'digital',
    mobilephonerepair: 'service',
    'eyewear.opticians': 'life',
    supermarket: 'life',
    'theater.movie': 'fun',
    bank: 'service',
    'auto.repair': 'service',
    'auto.dealer.car': 'digital',
    'kiosk.food': 'food',
    kiosk: 'service',
  }
  for (const [category, shopCategory] of Object.entries(expected)) {
    t.is(shopCategoryOf(category, {}), shopCategory, category)
  }
  t.is(foldOccupantCategory('unspecified'), undefined)
  t.is(shopCategoryOf('unspecified', { zh: '无名' }), 'life')
})

test('every one of the ten categories is reached', (t) => {
  const reached = new Set(brands.map(({ category }) => shopCategoryOf(category, {})))
  t.deepEqual(
    shopCategories.filter((category) => !reached.has(category)),
    [],
  )
})

test('a source’s own category is kept over what the name says', (t) => {
  t.is(occupantCategoryOf('chinese', { zh: '火锅英雄' }), 'chinese')
  t.is(occupantCategoryOf('unspecified', { zh: '火锅英雄' }), 'hotpot')
  t.is(occupantCategoryOf('category-17', { en: 'Nothing known' }), 'category-17')
})

test('knows a brand by any of its spellings and by the words that follow it', (t) => {
  for (const name of ['STARBUCKS COFFEE', '星巴克', 'xingbake', 'Starbucks', '星巴克（中庭店）']) {
    t.is(brandOf(name)?.zh, '星巴克', name)
  }
  t.is(brandOf('CALVIN KLEIN JEANS')?.latin[0], 'Calvin Klein')
  t.is(brandOf('Lancome')?.zh, '兰蔻')
  t.is(brandOf('JACKJONES')?.latin[0], 'JACK & JONES')
})

test('does not take a longer word for a brand', (t) => {
  for (const name of ['Applebee', 'Nikerly', 'onlyyou', 'Purely', 'xiaomibu', 'GUANGDANG']) {
    t.is(brandOf(name), undefined, name)
  }
})

test('short words tell a category only when they stand alone', (t) => {
  t.is(occupantCategoryOf('unspecified', { en: 'Lily SPA' }), 'dayspa')
  t.is(occupantCategoryOf('unspecified', { en: 'Spark Space' }), 'unspecified')
})

test('every brand has a category with a fold and a label, and its pinyin is right', (t) => {
  for (const {
    zh,
    pinyin: [written],
    latin,
    category,
  } of brands) {
    const name = zh ?? latin[0]!
    t.not(foldOccupantCategory(category), undefined, name)
    t.not(labelOfCategory(category), undefined, name)
    if (zh === undefined || !/^\p{Script=Han}+$/u.test(zh)) continue
    t.is(written, pinyin(zh, { toneType: 'none', type: 'array', v: true }).join(''), name)
  }
})

test('a category without words of its own is called by its head', (t) => {
  t.deepEqual(labelOfCategory('chinese.hakka'), { zh: '中餐', en: 'Chinese' })
  t.is(labelOfCategory('nothing'), undefined)
})
