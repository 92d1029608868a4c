import { plainName } from './brands.ts'

/**
 * Words inside a shop's name that tell what it sells, as `IMDF category: words`. Chinese words match
 * anywhere; pinyin is for sources that write names in it and therefore holds only words too long to
 * turn up by chance. The first row with a match wins, so the particular stands above the general.
 * Source: own.
 */
const table: readonly (readonly [category: string, words: string])[] = [
  ['hotpot', '火锅 串串 冒菜 huoguo chuanchuan hotpot'],
  ['coffee', '咖啡 kafei coffee'],
  ['bubbletea', '奶茶 茶饮 naicha bubbletea'],
  ['noodles', '拉面 面馆 米线 拌面 鲜面 小面 lamian mixian haixianmian ramen noodle'],
  ['barbecue', '烤肉 烧烤 烤鱼 shaokao kaorou barbecue'],
  ['japanese', '寿司 日料 料理 居酒屋 shousi liaoli sushi'],
  ['bakedgoods', '面包 蛋糕 烘焙 吐司 烧饼 mianbao dangao tusi shaobing bakery'],
  ['desserts', '甜品 甜点 冰淇淋 tianpin dessert gelato'],
  ['dumplings', '生煎 小笼 饺子 馄饨 shengjian xiaolongbao dumpling'],
  ['congee', '粥 zhouxiang'],
  ['fastfood', '烧饭 快餐 汉堡 炸鸡 shaofan hanbao burger'],
  ['chinese', '酸菜鱼 牛腩 餐厅 饭店 酒楼 私房菜 川菜 湘菜 粤菜 小馆 土菜 suancaiyu niunan canting'],
  ['tea', '茶室 茶馆 茶社 茶铺 chashi chaguan teahouse'],
  ['supermarket', '超市 chaoshi supermarket'],
  ['conveniencestore', '便利店 bianlidian convenience'],
  ['clothing.childrens', '童装 母婴 孕婴 tongzhuang muying yunying childrenswear'],
  ['toys', '玩具 扭蛋 积木 wanju niudan'],
  ['playcenter', '儿童 乐园 童玩 ertong leyuan tongyou kidsclub'],
  ['photography', '摄影 照相 影楼 sheying zhaoxiang photostudio'],
  ['theater.movie', '影城 影院 电影 yingcheng yingyuan cinema'],
  ['karaoke', '量贩 ktv'],
  ['arcade', '电玩 游艺 dianwan chaowan'],
  ['gym', '健身 瑜伽 游泳 jianshen yujia fitness'],
  ['manicurists', '美甲 美睫 meijia'],
  ['haircutsstyling', '发型 美发 造型 理发 faxing meifa hairsalon'],
  ['beautysalon', '美容 美颜 养生 meirong meiyan'],
  ['dayspa', '按摩 足浴 足道 anmo zudao spa'],
  ['cosmetics', '化妆 美妆 护肤 huazhuang meizhuang cosmetics'],
  ['jewelry', '珠宝 黄金 钻石 银饰 zhubao huangjin zhenzuan jewel'],
  ['eyewear.opticians', '眼镜 yanjing optical'],
  ['shoes', '鞋 xieye'],
  ['lingerie', '内衣 neiyi'],
  ['luggage', '箱包 皮具 xiangbao'],
  ['clothing', '服饰 女装 男装 布衣 服装 fushi nvzhuang nanzhuang'],
  ['mobilephones', '手机 数码 shouji shuma'],
  ['books', '书店 书屋 书房 书吧 shudian bookstore books'],
  ['florist', '花店 花艺 鲜花 xianhua florist'],
  ['pharmacy', '药房 药店 yaofang pharmacy'],
  ['musicalinstruments', '钢琴 琴行 乐器 gangqin'],
  ['education', '教育 英语 艺术 美术 书法 jiaoyu yiyuan'],
  ['sewingalterations', '裁缝 改衣 修改衣'],
  ['electronicsrepair', '维修 修理 weixiu'],
  ['bank', '银行 yinhang'],
  ['drycleaning', '洗衣 干洗 xiyi'],
  ['homedecor', '家居 家饰 生活馆 jiaju shenghuoguan'],
]

/** IMDF category told by a word of the name; undefined when none tells. O(words), for building only. */
export function categoryByWords(name: string): string | undefined {
  const plain = plainName(name)
  const apart = ` ${name.toLowerCase().replace(/[^a-z0-9]+/g, ' ')} `
  for (const [category, words] of table) {
    for (const word of words.split(' ')) {
      const short = word.length < 5 && /^[a-z]/.test(word)
      if (short ? apart.includes(` ${word} `) : plain.includes(word)) return category
    }
  }
  return undefined
}
