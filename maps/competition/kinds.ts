/**
 * What a feature of the source stands for. The source says it in two ways: by names in pinyin for what is
 * not a shop, and by ids of its own category tree, root first, whose meaning was worked out from the
 * names that carry them. A name is newer than a category: shops that moved into an empty unit still have
 * the category of empty units.
 * Source: names as documented with the data set (Indoor Location Competition 2.0); category ids: own
 * reading of the five levels of its first site.
 */
export interface SpaceKind {
  /** IMDF unit category. */
  readonly category: string
  readonly restriction?: string
  readonly isVacant?: true
  /** IMDF category of the amenity that stands in the unit. */
  readonly amenity?: string
}

const spaceByName: readonly (readonly [RegExp, SpaceKind])[] = [
  // Before the auxiliary areas: a toilet is called `xishoujianfuzhumian`.
  [/^xishoujian/, { category: 'restroom', amenity: 'restroom' }],
  [/^fuzhumian/, { category: 'nonpublic' }],
  [/^feikaifangquyu/, { category: 'nonpublic', restriction: 'restricted' }],
  [/^zhongkong/, { category: 'opentobelow' }],
  [/^kongpu/, { category: 'unspecified', isVacant: true }],
  // Under renovation, where a shop was: the other name still tells which. Nobody can go there now.
  [/^zhuangxiu$/, { category: 'unspecified', isVacant: true }],
  // Seats in the open: a lounge is walked into, never to.
  [/^xiuxiqu/, { category: 'lounge' }],
  [/^dianti/, { category: 'elevator' }],
  [/^(zidong)?futi/, { category: 'escalator' }],
  [/^louti/, { category: 'stairs' }],
]

const parkingCategory = '5d357bc00d3c1514c7107b6a'

export type Kind =
  | ({ readonly is: 'space' } & SpaceKind)
  | { readonly is: 'bay' }
  | { readonly is: 'shop'; readonly category: string }

/**
 * What a feature is, by name and category ids.
 * @param categories From the root of the source's tree to the leaf; may be empty.
 */
export function kindOf(name: string, categories: readonly string[]): Kind {
  const space = spaceByName.find(([pattern]) => pattern.test(name))
  if (space) return { is: 'space', ...space[1] }
  if (categories.includes(parkingCategory)) return { is: 'bay' }
  return { is: 'shop', category: occupantCategoryOf(name, categories) }
}

/** IMDF occupant categories by category id; what is too broad to help is left out. */
const occupantByCategory: Readonly<Record<string, string>> = {
  '5d35733bdb07255e495599ac': 'restaurant',
  '5d35733bdb07255e495599ad': 'chinese',
  '5d35733cdb07255e495599be': 'hotpot',
  '5d35733cdb07255e495599c7': 'japanese.ramen',
  '5d35733ddb07255e495599d7': 'fastfood',
  '5d35733edb07255e495599e4': 'coffee',
  '5d35733edb07255e495599ea': 'bubbletea',
  '5d35733edb07255e495599eb': 'bakedgoods',
  '5d35733edb07255e495599ec': 'desserts',
  '5d35733edb07255e495599f2': 'conveniencestore',
  '5d35733edb07255e495599f5': 'electronicappliances',
  '5d35733fdb07255e495599fb': 'mobilephones',
  '5d357340db07255e49559a0f': 'furniture',
  '5d357340db07255e49559a1e': 'sportswear',
  '5d357341db07255e49559a28': 'clothing',
  '5d357341db07255e49559a2a': 'shoes',
  '5d357341db07255e49559a2c': 'leathergoods',
  '5d357341db07255e49559a2d': 'fashionaccessories',
  '5d357341db07255e49559a2f': 'jewelry',
  '5d357341db07255e49559a31': 'eyewear.opticians',
  '5d357341db07255e49559a34': 'clothing.childrens',
  '5d357342db07255e49559a3f': 'cosmetics',
  '5d357344db07255e49559a66': 'beautysalon',
  '5d357344db07255e49559a68': 'photography',
  '5d357344db07255e49559a75': 'recreation',
  '5d357344db07255e49559a76': 'gym',
  '5d357346db07255e49559a8d': 'playcenter',
  '5d357346db07255e49559a9f': 'theater.movie',
  '5d35734bdb07255e49559b0b': 'education',
}

/** The finest category known; machines to play at share the category of play centres. */
function occupantCategoryOf(name: string, categories: readonly string[]): string {
  if (/zhuawawa|niudan/.test(name)) return 'arcade'
  for (let depth = categories.length - 1; depth >= 0; depth--) {
    const known = occupantByCategory[categories[depth] ?? '']
    if (known !== undefined) return known
  }
  return 'unspecified'
}
