import test from 'ava'
import { tinyDirectory } from '../testing/tiny-directory.ts'
import { createSearch } from './index.ts'

const { search } = createSearch(tinyDirectory)

/** What a person types and what must stand first; several when they are equally meant. */
const golden: Readonly<Record<string, string>> = {
  // a Chinese name, whole, begun, inside
  青禾书店: '青禾书店 F3',
  青禾: '青禾书店 F3',
  书店: '青禾书店 F3',
  快修: '闪电快修 B1',
  // pinyin, with and without spaces and tones
  qinghe: '青禾书店 F3',
  'qing he shu dian': '青禾书店 F3',
  'qīng hé': '青禾书店 F3',
  'qing1 he2': '青禾书店 F3',
  shanjiankafei: '山间咖啡 F2',
  shanjian: '山间咖啡 F2',
  // initials, mixed
  qhsd: '青禾书店 F3',
  sjkf: '山间咖啡 F2',
  shxhg: '蜀香火锅 F4',
  青hsd: '青禾书店 F3',
  q禾s店: '青禾书店 F3',
  // readings that depend on the company
  yinyue: '音乐行家 F3',
  yinyuehangjia: '音乐行家 F3',
  yinyuexingjia: '音乐行家 F3',
  yyhj: '音乐行家 F3',
  tongleyuan: '童乐园 F3',
  chongqing: '重庆小面馆 F4',
  zhongqing: '重庆小面馆 F4',
  dushi: '都市丽影 F2',
  lvye: '绿野仙踪 F1',
  luye: '绿野仙踪 F1',
  lüye: '绿野仙踪 F1',
  xian: '西安味道 F4',
  "xi'an": '西安味道 F4',
  // names that the source wrote in pinyin
  niuyan: 'niuyanhuoguo F4',
  nyhg: 'niuyanhuoguo F4',
  'niu yan huo guo': 'niuyanhuoguo F4',
  // brands under another name
  星巴克: 'STARBUCKS COFFEE F1',
  xbk: 'STARBUCKS COFFEE F1',
  'xing ba ke': 'STARBUCKS COFFEE F1',
  xing巴k: 'STARBUCKS COFFEE F1',
  starbucks: 'STARBUCKS COFFEE F1',
  优衣库: 'UNIQLO F1',
  yyk: 'UNIQLO F1',
  kfc: 'kendeji B1',
  肯德基: 'kendeji B1',
  ck: 'CALVIN KLEIN JEANS F1',
  'five plus': 'Five Plus F2',
  fiveplus: 'Five Plus F2',
  // English names and the middle of a word
  hillside: '山间咖啡 F2',
  books: '青禾书店 F3',
  'qinghe books': '青禾书店 F3',
  // typing errors
  starbuks: 'STARBUCKS COFFEE F1',
  satrbucks: 'STARBUCKS COFFEE F1',
  uniqllo: 'UNIQLO F1',
  qinghee: '青禾书店 F3',
  'hilside cofee': '山间咖啡 F2',
  jewelery: '星辰珠宝 F1',
  // ways of writing
  ＫＦＣ: 'kendeji B1',
  Cafe: '1號咖啡 F3',
  '1号咖啡': '1號咖啡 F3',
  蜀香火鍋: '蜀香火锅 F4',
  電影: '星光影城 F4',
  // kinds of place
  toilet: '洗手间 F1',
  wc: '洗手间 F1',
  厕所: '洗手间 F1',
  卫生间: '洗手间 F1',
  cesuo: '洗手间 F1',
  'accessible toilet': '无障碍洗手间 F2',
  残疾人厕所: '无障碍洗手间 F2',
  男厕: '男洗手间 F4',
  ladies: '女洗手间 F4',
  母婴室: '母婴室 F3',
  'baby room': '母婴室 F3',
  lift: '1 号电梯 F1',
  电梯: '1 号电梯 F1',
  '2号电梯': '2 号电梯 F1',
  扶梯: '自动扶梯 F1',
  取钱: '自动取款机 F1',
  服务台: '服务台 F1',
  出口: '东门 F1',
  火锅: '蜀香火锅 F4',
  hotpot: '蜀香火锅 F4',
  movie: '星光影城 F4',
  看电影: '星光影城 F4',
  美甲: '云朵美甲 F3',
  超市: '万家超市 B1',
  便利店: '小满便利 B1',
  奶茶: '阿嬷手作 F1',
  女装: '都市丽影 F2',
  // bays
  c17: 'C017 B2',
  'C-017': 'C017 B2',
  'c 17': 'C017 B2',
  '17': 'C017 B2',
  停车: 'C017 B2',
  充电车位: 'A002 B2',
  '车位 c17': 'C017 B2',
  // levels
  'F2 咖啡': '山间咖啡 F2',
  '二楼 厕所': '洗手间 F2',
  二楼厕所: '洗手间 F2',
  '2楼的咖啡': '山间咖啡 F2',
  'toilet level 2': '洗手间 F2',
  'second floor toilet': '洗手间 F2',
  '星巴克 f2': 'STARBUCKS COFFEE F2',
  '负一楼 超市': '万家超市 B1',
  // sentences
  我想吃火锅: '蜀香火锅 F4',
  'where is the nearest toilet': '洗手间 F1',
  哪里有无障碍厕所: '无障碍洗手间 F2',
  带我去星巴克: 'STARBUCKS COFFEE F1',
}

for (const [query, expected] of Object.entries(golden)) {
  test(`“${query}” finds ${expected} first`, (t) => {
    t.is(search(query)[0]?.destination.id, expected)
  })
}
