import type { Destination, DestinationKind, LevelId, UnitId } from '../model/index.ts'
import { shopCategoryOf } from '../directory/index.ts'

/**
 * Destinations from rows `kind | zh | en | IMDF category | level | x | y`, for tests of search. Either
 * name may be left empty. The id is the Chinese name, else the English, with the level: `星巴克 F1`.
 */
export function directoryOf(rows: string): Destination[] {
  return rows
    .trim()
    .split('\n')
    .map((row) => {
      const [kind = '', zh = '', en = '', category = '', level = '', x = '0', y = '0'] = row
        .split('|')
        .map((cell) => cell.trim())
      const name = { ...(zh && { zh }), ...(en && { en }) }
      return {
        id: `${zh || en} ${level}`,
        kind: kind as DestinationKind,
        name,
        levelId: `level ${level}` as LevelId,
        level,
        unitIds: [`unit ${zh || en} ${level}` as UnitId],
        x: Number(x),
        y: Number(y),
        lonLat: [120 + Number(x) / 96406, 30 + Number(y) / 111319] as const,
        ...(kind === 'shop' && { shopCategory: shopCategoryOf(category, name) }),
        category,
      }
    })
}

/**
 * A directory with what makes search hard: brands under other names, names written in pinyin, readings
 * that depend on context, the same shop on two levels, bays, amenities without names of their own.
 */
export const tinyDirectory = directoryOf(`
shop | | STARBUCKS COFFEE | coffee | F1 | 10 | 10
shop | | STARBUCKS COFFEE | coffee | F2 | 90 | 80
shop | 山间咖啡 | Hillside Coffee | coffee | F2 | 20 | 20
shop | | lantinghuoguo | unspecified | F4 | 50 | 50
shop | 蜀香火锅 | Shuxiang Hotpot | hotpot | F4 | 80 | 30
shop | 火炉旁 | By the Stove | barbecue | F3 | 60 | 10
shop | | UNIQLO | clothing | F1 | 120 | 40
shop | | kendeji | fastfood | B1 | 30 | 30
shop | 青禾书店 | Qinghe Books | books | F3 | 40 | 40
shop | 音乐行家 | Music Expert | musicalinstruments | F3 | 44 | 60
shop | 童乐园 | Joyland | playcenter | F3 | 90 | 20
shop | 重庆小面馆 | Chongqing Noodles | noodles | F4 | 10 | 70
shop | 都市丽影 | Metro Belle | clothing.womens | F2 | 70 | 20
shop | 绿野仙踪 | Greenfield | florist | F1 | 70 | 20
shop | 西安味道 | Taste of Xi'an | chinese | F4 | 30 | 30
shop | 鲜果时光 | Fresh Hour | juicebar | B1 | 36 | 30
shop | 阿嬷手作 | Grandma's Hands | bubbletea | F1 | 20 | 70
shop | | CALVIN KLEIN JEANS | clothing | F1 | 110 | 20
shop | | Five Plus | clothing.womens | F2 | 30 | 80
shop | 星光影城 | Starlight Cinema | theater.movie | F4 | 100 | 90
shop | 星辰珠宝 | Stella Jewellery | jewelry | F1 | 60 | 60
shop | 云朵美甲 | Cloud Nails | manicurists | F3 | 12 | 80
shop | 鹿角运动 | Antler Sports | sportswear | F2 | 12 | 60
shop | 万家超市 | Wanjia Supermarket | supermarket | B1 | 80 | 80
shop | 小满便利 | Xiaoman | conveniencestore | B1 | 20 | 80
shop | 闪电快修 | Flash Repair | electronicsrepair | B1 | 60 | 80
shop | 1號咖啡 | No.1 Café | cafe | F3 | 5 | 5
amenity | 洗手间 | Toilet | restroom | F1 | 15 | 15
amenity | 洗手间 | Toilet | restroom | F2 | 85 | 75
amenity | 男洗手间 | Men's toilet | restroom.male | F4 | 20 | 20
amenity | 女洗手间 | Women's toilet | restroom.female | F4 | 22 | 20
amenity | 无障碍洗手间 | Accessible toilet | restroom.wheelchair | F2 | 80 | 75
amenity | 母婴室 | Nursing room | mothersroom | F3 | 70 | 70
amenity | 1 号电梯 | Lift 1 | elevator | F1 | 50 | 20
amenity | 2 号电梯 | Lift 2 | elevator | F1 | 100 | 60
amenity | 自动扶梯 | Escalator | escalator | F1 | 55 | 40
amenity | 楼梯 | Stairs | stairs | F1 | 5 | 40
amenity | 自动取款机 | ATM | atm | F1 | 30 | 5
service | 服务台 | Information | information | F1 | 50 | 50
entrance | 东门 | East gate | entry | F1 | 130 | 50
bay | C017 | | parking | B2 | 10 | 10
bay | C117 | | parking | B2 | 20 | 10
bay | A001 | | parking | B2 | 30 | 10
bay | B2-05 | | parking | B2 | 40 | 10
bay | A002 | | parking.ev | B2 | 33 | 10
`)
