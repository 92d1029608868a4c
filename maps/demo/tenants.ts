import { signedAreaM2 } from '../geometry/index.ts'
import type { Ring } from '../geometry/index.ts'
import { shopCategories } from '../model/index.ts'
import type { ShopCategory } from '../model/index.ts'
import { shuffled } from './random.ts'
import type { Random } from './random.ts'
import { shopNamesOf } from './shop-names.ts'
import type { ShopName } from './shop-names.ts'

/** What a level is let to. */
interface Letting {
  /** Shares by category. */
  readonly shares: Readonly<Partial<Record<ShopCategory, number>>>
  /** Who takes the largest rooms, the largest first; a department store may be named on two levels. */
  readonly anchors: readonly string[]
  /** Within a category these come first. */
  readonly prefers: ReadonlySet<string>
}

const heads = (words: string): ReadonlySet<string> => new Set(words.split(' '))

/** What one buys in passing, and what one comes for. */
const inPassing = heads(
  'coffee bubbletea juicebar bakedgoods cakes icecream desserts specialtyfood salad cosmetics skincare perfume manicurists mobilephones stationery florist giftshops eyewear',
)
const onPurpose = heads(
  'chinese hotpot seafood noodles dumplings congee sushi izakaya japanese korean thai vietnamese italian pizza steak french hongkong barbecue vegetarian burgers fastfood bar tea beautysalon massagetherapy dayspa haircutsstyling education languageschool dancestudio dentistry traditionalchinesemedicine',
)

/** The mix a mall of this kind has: jewellery and beauty below, food and cinema on top. */
const lettings: Readonly<Record<string, Letting>> = {
  F1: {
    shares: { fashion: 11, beauty: 9, jewel: 12, digital: 3, food: 9, life: 3, service: 1, sport: 1 },
    anchors: ['云汀百货', '尺度', '驭风汽车', '花漾美妆', '二十三街区', '日常制造'],
    prefers: inPassing,
  },
  F2: {
    shares: { fashion: 30, beauty: 2, digital: 2, food: 6, life: 6, sport: 1, service: 2 },
    anchors: ['云汀百货', '尺度'],
    prefers: inPassing,
  },
  F3: {
    shares: { sport: 11, digital: 8, fashion: 3, life: 9, kids: 2, food: 4, beauty: 2, service: 1 },
    anchors: ['疾行运动', '素朴家居', '跃野户外'],
    prefers: inPassing,
  },
  F4: {
    shares: { kids: 16, life: 6, service: 9, food: 8, beauty: 6, fun: 5 },
    anchors: ['跳跳岛儿童乐园', '青禾书店', '小怪兽乐园', '十二道保龄'],
    prefers: onPurpose,
  },
  F5: {
    shares: { food: 29, fun: 5, sport: 1 },
    anchors: [
      '萤幕影城',
      '铁匠健身',
      '沸谷火锅',
      '弹珠街机',
      '岩点攀岩',
      '江岸渔家',
      '粤满楼',
      '巷深川味',
      '牛满仓潮汕火锅',
    ],
    prefers: onPurpose,
  },
  B1: { shares: {}, anchors: ['云汀鲜市', '邻里便利', '净衣坊'], prefers: inPassing },
}

/** Who is let a room: given the rooms of one level, a name for each. */
export type Letter = (level: string, rooms: readonly Ring[]) => ShopName[]

/** What a category without a share of the level weighs: drawn only when the others are used up. */
const leastShare = 0.01

const sizeOrder: Readonly<Record<ShopName['size'], number>> = { large: 0, middle: 1, small: 2 }

/**
 * Lets the mall: each invented shop once, by the level's shares of categories; the large ones go to the
 * largest rooms of the levels that name them as anchors, the small ones to the smallest.
 *
 * @returns a function to be called once a level, with the rooms that are shops
 * @throws RangeError when there are more rooms than names
 */
export function createLetter(random: Random): Letter {
  const all = shopCategories.flatMap(shopNamesOf)
  const named = new Set(Object.values(lettings).flatMap(({ anchors }) => anchors))
  const pools: Pools = new Map(
    shopCategories.map((category) => {
      const free = shopNamesOf(category).filter(({ zh, size }) => size !== 'large' && !named.has(zh))
      return [category, shuffled(random, free)]
    }),
  )
  return (level, rooms) => {
    const letting = lettings[level]
    if (rooms.length === 0) return []
    if (!letting) throw new RangeError(`the demo mall lets nothing on ${level}`)
    const bySize = rooms.map((_, i) => i).sort((a, b) => signedAreaM2(rooms[b]!) - signedAreaM2(rooms[a]!))
    const anchors = letting.anchors.slice(0, rooms.length).map((zh) => all.find((name) => name.zh === zh)!)
    const rest = mix(pools, letting, rooms.length - anchors.length)
    const tenants = [...anchors, ...rest.sort((a, b) => sizeOrder[a.size] - sizeOrder[b.size])]
    const byRoom = new Map(bySize.map((room, i) => [room, tenants[i]!]))
    return rooms.map((_, i) => byRoom.get(i)!)
  }
}

type Pools = Map<ShopCategory, ShopName[]>

/** As many names as wanted, each from the category that is furthest behind its share. */
function mix(pools: Pools, { shares, prefers }: Letting, wanted: number): ShopName[] {
  const drawn = new Map<ShopCategory, number>()
  const names: ShopName[] = []
  while (names.length < wanted) {
    const next = shopCategories
      .filter((category) => pools.get(category)!.length > 0)
      .map((category) => ({
        category,
        behind: ((drawn.get(category) ?? 0) + 1) / (shares[category] ?? leastShare),
      }))
      .sort((a, b) => a.behind - b.behind)[0]
    if (!next) throw new RangeError('the demo mall has more rooms than names for shops')
    const pool = pools.get(next.category)!
    const preferred = pool.findIndex(({ category }) => prefers.has(category.split('.')[0]!))
    names.push(pool.splice(Math.max(0, preferred), 1)[0]!)
    drawn.set(next.category, (drawn.get(next.category) ?? 0) + 1)
  }
  return names
}

/** Opening hours that fit what a shop does, in OSM syntax. */
export function hoursOf({ category }: ShopName): string {
  return (
    hoursByHead[category] ?? hoursByHead[category.split('.')[0]!] ?? 'Mo-Th 10:00-22:00; Fr-Su 10:00-22:30'
  )
}

const hoursByHead: Readonly<Record<string, string>> = {
  coffee: 'Mo-Su 08:30-22:00',
  bakedgoods: 'Mo-Su 08:30-22:00',
  hotpot: 'Mo-Su 11:00-24:00',
  barbecue: 'Mo-Su 11:00-24:00',
  bar: 'Mo-Su 17:00-26:00',
  chinese: 'Mo-Fr 11:00-14:00,17:00-21:30; Sa,Su 11:00-22:00',
  seafood: 'Mo-Fr 11:00-14:00,17:00-21:30; Sa,Su 11:00-22:00',
  'theater.movie': 'Mo-Su 09:30-25:00',
  karaoke: 'Mo-Su 12:00-26:00',
  gym: 'Mo-Su 07:00-23:00',
  supermarket: 'Mo-Su 08:30-22:00',
  conveniencestore: 'Mo-Su 07:00-24:00',
  bank: 'Mo-Fr 09:00-17:00; Sa 10:00-16:00',
  education: 'Mo-Fr 14:00-21:00; Sa,Su 09:00-21:00',
  languageschool: 'Mo-Fr 14:00-21:00; Sa,Su 09:00-21:00',
  dancestudio: 'Mo-Fr 14:00-21:30; Sa,Su 09:00-21:30',
  kidsactivities: 'Tu-Fr 14:00-20:30; Sa,Su 09:00-20:30',
  dentistry: 'Mo-Sa 09:30-18:30',
  traditionalchinesemedicine: 'Mo-Sa 09:00-18:00',
}
