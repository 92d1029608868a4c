/** What is publicly known of a brand that many Chinese malls have. */
export interface Brand {
  readonly zh?: string
  /** Its pinyin without spaces, as some sources write names, the right one first: `xingbake`. */
  readonly pinyin: readonly string[]
  /** Names in Latin letters, the usual one first. */
  readonly latin: readonly string[]
  /** IMDF occupant category. */
  readonly category: string
}

/**
 * Brands by IMDF category; a row is `zh pinyin,misread pinyin | latin | latin …`, and `-` stands for no
 * Chinese name.
 * The table lets a shopper who types 星巴克 find the occupant named `STARBUCKS COFFEE`, and gives a
 * category to a shop whose source names none.
 * Source: own compilation of the brands' public names.
 */
const table: Readonly<Record<string, string>> = {
  coffee: `
    星巴克 xingbake | Starbucks
    瑞幸咖啡 ruixingkafei | Luckin Coffee | Luckin
    瑞幸 ruixing | Luckin Coffee | Luckin
    库迪咖啡 kudikafei | Cotti Coffee | Cotti
    太平洋咖啡 taipingyangkafei | Pacific Coffee
    - | Costa Coffee | Costa
    - | Manner Coffee | Manner
    - | Peet's Coffee | Peet's
    - | Tims Coffee | Tims | Tim Hortons`,
  bubbletea: `
    喜茶 xicha | HEYTEA
    奈雪的茶 naixuedecha | Nayuki
    一点点 yidiandian | 1点点 | 1diandian | Alittle Tea
    茶百道 chabaidao | ChaPanda
    霸王茶姬 bawangchaji | CHAGEE
    蜜雪冰城 mixuebingcheng | Mixue
    古茗 guming | Good Me
    沪上阿姨 hushangayi | Auntea Jenny
    贡茶 gongcha | Gong cha
    兰芳园 lanfangyuan | Lan Fong Yuen
    - | KOI Thé | KOI
    - | CoCo都可 | CoCo`,
  fastfood: `
    肯德基 kendeji | KFC
    麦当劳 maidanglao | McDonald's
    汉堡王 hanbaowang | Burger King
    德克士 dekeshi | Dicos
    华莱士 hualaishi | Wallace
    真功夫 zhengongfu | Kungfu
    塔斯汀 tasiting | Tastien
    老乡鸡 laoxiangji | LXJ`,
  pizza: `
    必胜客 bishengke | Pizza Hut
    达美乐 dameile | Domino's
    尊宝比萨 zunbaobisa | Champion Pizza`,
  hotpot: `
    海底捞 haidilao | Haidilao | Hai Di Lao
    呷哺呷哺 xiabuxiabu | Xiabu Xiabu
    凑凑 coucou | Coucou
    小龙坎 xiaolongkan | Xiaolongkan
    巴奴 banu | Banu
    小肥羊 xiaofeiyang | Little Sheep`,
  chinese: `
    外婆家 waipojia | Grandma's Home
    绿茶餐厅 lvchacanting | Green Tea Restaurant
    西贝莜面村 xibeiyoumiancun | Xibei
    太二酸菜鱼 taiersuancaiyu | Taier
    炉鱼 luyu | Luyu
    新白鹿 xinbailu | Xin Bai Lu
    大董 dadong | Da Dong
    全聚德 quanjude | Quanjude
    南京大牌档 nanjingdapaidang | Nanjing Impressions
    鼎泰丰 dingtaifeng | Din Tai Fung
    小杨生煎 xiaoyangshengjian | Yang's Dumplings
    云海肴 yunhaiyao | Yunhaiyao
    费大厨 feidachu | Fei Da Chu`,
  noodles: `
    味千拉面 weiqianlamian | Ajisen Ramen | Ajisen
    阿香米线 axiangmixian | A Xiang Mi Xian
    和府捞面 hefulaomian | Hefu Noodle
    马记永 majiyong | Ma Ji Yong`,
  japanese: `
    吉野家 jiyejia | Yoshinoya
    食其家 shiqijia | Sukiya
    萨莉亚 saliya | Saizeriya
    元气寿司 yuanqishousi | Genki Sushi
    争鲜 zhengxian | Sushi Express`,
  bakedgoods: `
    面包新语 mianbaoxinyu | BreadTalk
    好利来 haolilai | Holiland
    巴黎贝甜 balibeitian | Paris Baguette
    鲍师傅 baoshifu | Bao Shi Fu
    元祖 yuanzu | Ganso
    85度C | 85°C | 85C`,
  icecream: `
    哈根达斯 hagendasi | Häagen-Dazs
    冰雪皇后 bingxuehuanghou | Dairy Queen | DQ`,
  specialtyfood: `
    良品铺子 liangpinpuzi | Bestore
    三只松鼠 sanzhisongshu | Three Squirrels
    来伊份 laiyifen | Laiyifen
    周黑鸭 zhouheiya | Zhou Hei Ya
    绝味鸭脖 jueweiyabo | Juewei`,
  supermarket: `
    永辉超市 yonghuichaoshi | Yonghui
    盒马鲜生 hemaxiansheng | Freshippo | Hema
    沃尔玛 woerma | Walmart
    家乐福 jialefu | Carrefour
    大润发 darunfa | RT-Mart
    奥乐齐 aoleqi | ALDI
    - | Ole`,
  conveniencestore: `
    全家 quanjia | FamilyMart
    罗森 luosen | Lawson
    7-11 | 7-Eleven | Seven Eleven
    便利蜂 bianlifeng | Bianlifeng`,
  clothing: `
    优衣库 youyiku | UNIQLO
    无印良品 wuyinliangpin | MUJI
    飒拉 sala | ZARA
    - | H&M
    - | GU
    - | Gap
    欧时力 oushili | ochirly
    - | Five Plus
    太平鸟 taipingniao | PEACEBIRD
    伊芙丽 yifuli | eifini
    江南布衣 jiangnanbuyi | JNBY
    热风 refeng | hotwind
    海澜之家 hailanzhijia | HLA | Heilan Home
    拉夏贝尔 laxiabeier | La Chapelle
    汤米希尔费格 tangmixierfeige | Tommy Hilfiger
    卡尔文克莱恩 kaerwenkelaien | Calvin Klein
    李维斯 liweisi | Levi's | Levis
    - | VERO MODA
    - | ONLY
    杰克琼斯 jiekeqiongsi | JACK & JONES | JACKJONES
    - | SELECTED
    - | GXG
    雅戈尔 yageer | Youngor
    美特斯邦威 meitesibangwei | Metersbonwe
    森马 senma | Semir
    - | Urban Revivo | UR
    - | MLB
    - | Massimo Dutti`,
  lingerie: `
    维多利亚的秘密 weiduoliyademimi | Victoria's Secret
    爱慕 aimu | Aimer
    都市丽人 dushiliren | Cosmo Lady`,
  shoes: `
    百丽 baili | Belle
    奥康 aokang | Aokang
    红蜻蜓 hongqingting | Red Dragonfly
    匡威 kuangwei | Converse
    范斯 fansi | Vans
    斯凯奇 sikaiqi | Skechers
    江博士 jiangboshi | Dr. Kong | Dr·Kong`,
  sportswear: `
    耐克 naike | Nike
    阿迪达斯 adidasi | adidas
    李宁 lining | Li-Ning
    安踏 anta | ANTA
    特步 tebu | Xtep
    斐乐 feile | FILA
    彪马 biaoma | PUMA
    新百伦 xinbailun | New Balance
    露露乐蒙 lululemeng | lululemon
    始祖鸟 shizuniao | Arc'teryx
    安德玛 andema | Under Armour`,
  outdoorgear: `
    北面 beimian | The North Face
    哥伦比亚 gelunbiya | Columbia
    迪卡侬 dikanong,diqianong | Decathlon`,
  'clothing.childrens': `
    巴拉巴拉 balabala | Balabala
    丽婴房 liyingfang | les enphants
    - | Mothercare
    - | Mini Peace
    - | NIKE KIDS
    - | adidas KIDS`,
  toys: `
    乐高 legao | LEGO
    泡泡玛特 paopaomate | POP MART
    玩具反斗城 wanjufandoucheng | Toys R Us | Toys"R"Us`,
  cosmetics: `
    丝芙兰 sifulan | Sephora
    屈臣氏 quchenshi | Watsons
    悦诗风吟 yueshifengyin | innisfree
    完美日记 wanmeiriji | Perfect Diary
    兰蔻 lankou | Lancôme
    雅诗兰黛 yashilandai | Estée Lauder
    欧舒丹 oushudan | L'Occitane
    香奈儿 xiangnaier | CHANEL
    - | MAC
    话梅 huamei | HARMAY
    调色师 tiaoseshi | THE COLORIST`,
  jewelry: `
    周大福 zhoudafu | Chow Tai Fook
    周生生 zhoushengsheng | Chow Sang Sang
    六福珠宝 liufuzhubao | Lukfook
    老凤祥 laofengxiang | Lao Feng Xiang
    老庙黄金 laomiaohuangjin | Laomiao
    老庙 laomiao | Laomiao
    潘多拉 panduola | PANDORA
    施华洛世奇 shihualuoshiqi | Swarovski
    明牌珠宝 mingpaizhubao | Mingpai`,
  watches: `
    斯沃琪 siwoqi | Swatch
    天梭 tiansuo | Tissot
    卡西欧 kaxiou | CASIO`,
  'eyewear.opticians': `
    宝岛眼镜 baodaoyanjing | Baodao Optical
    木九十 mujiushi | MUJOSH
    - | JINS
    - | LOHO`,
  mobilephones: `
    苹果 pingguo | Apple
    华为 huawei | HUAWEI
    小米之家 xiaomizhijia | Xiaomi | Mi Home
    小米 xiaomi | Xiaomi
    荣耀 rongyao | HONOR
    - | OPPO
    - | vivo
    三星 sanxing | Samsung`,
  electronicappliances: `
    大疆 dajiang | DJI
    戴森 daisen | Dyson
    苏宁易购 suningyigou | Suning
    索尼 suoni | Sony`,
  homedecor: `
    名创优品 mingchuangyoupin | MINISO
    宜家 yijia | IKEA
    铜师傅 tongshifu | Tong Shi Fu
    野兽派 yeshoupai | THE BEAST
    - | NITORI | 似鸟
    - | ZARA HOME`,
  books: `
    西西弗书店 xixifushudian | Sisyphe
    言几又 yanjiyou | Yan Ji You
    新华书店 xinhuashudian | Xinhua Bookstore
    方所 fangsuo | Fang Suo
    诚品书店 chengpinshudian | Eslite`,
  'theater.movie': `
    万达影城 wandayingcheng | Wanda Cinemas
    博纳国际影城 bonaguojiyingcheng | Bona Cinemas
    金逸影城 jinyiyingcheng | Jinyi Cinemas
    - | CGV
    - | IMAX`,
  gym: `
    威尔仕 weiershi | Will's
    超级猩猩 chaojixingxing | Supermonkey
    乐刻 leke | LeFit`,
  electronicsrepair: `
    爱回收 aihuishou | ATRenew`,
}

/** Every brand of the table, in its order. */
export const brands: readonly Brand[] = Object.keys(table).flatMap((category) =>
  table[category]!.trim()
    .split('\n')
    .map((row) => parseRow(category, row)),
)

function parseRow(category: string, row: string): Brand {
  const [first = '', ...latin] = row.split('|').map((cell) => cell.trim())
  const [zh = '-', written = ''] = first.split(' ')
  const pinyin = written === '' ? [] : written.split(',')
  return { ...(zh !== '-' && { zh }), pinyin, latin, category }
}

const byPlainName = new Map<string, Brand>()
const brandOfPrefix: { readonly prefix: string; readonly brand: Brand }[] = []
for (const brand of brands) {
  for (const name of [brand.zh, ...brand.pinyin, ...brand.latin]) {
    if (name === undefined) continue
    const plain = plainName(name)
    if (!byPlainName.has(plain)) byPlainName.set(plain, brand)
    if (plain.length >= 3 || name === brand.zh) brandOfPrefix.push({ prefix: plain, brand })
  }
}
brandOfPrefix.sort((a, b) => b.prefix.length - a.prefix.length)

/** A name reduced to what two spellings of a brand share: lower case, letters and digits, no accents. */
export function plainName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

/**
 * The brand that a shop's name stands for: the whole name, or its beginning when a word of the name ends
 * there (`STARBUCKS COFFEE`, `星巴克(中庭店)`, but not `Gapless`).
 *
 * @returns undefined when the table does not know the name
 */
export function brandOf(name: string): Brand | undefined {
  const plain = plainName(name)
  const whole = byPlainName.get(plain)
  if (whole) return whole
  for (const { prefix, brand } of brandOfPrefix) {
    if (plain.startsWith(prefix) && wordEndsAfter(name, prefix)) return brand
  }
  return undefined
}

/** Whether the words of `name`, put together, reach exactly `prefix` at the end of one of them. */
function wordEndsAfter(name: string, prefix: string): boolean {
  if (/[^\p{Script=Latin}\d]$/u.test(prefix)) return true
  let reached = ''
  for (const word of name.split(/[^\p{L}\p{N}'’]+|(?=\p{Script=Han})/u)) {
    reached += plainName(word)
    if (reached === prefix) return true
    if (reached.length >= prefix.length) return false
  }
  return false
}
