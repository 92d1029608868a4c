import type { ShopCategory } from '../model/index.ts'

/** A shop that does not exist. */
export interface ShopName {
  readonly zh: string
  readonly en: string
  /** IMDF occupant category. */
  readonly category: string
  readonly size: 'small' | 'middle' | 'large'
}

/**
 * Invented shops by screen category, as `zh | English | IMDF category | size`, where the size is left out
 * for an ordinary one, `s` for a small and `l` for a large shop. None is meant to be anyone's.
 */
const tables: Readonly<Record<ShopCategory, string>> = {
  food: `
    沸谷火锅 | Boiling Valley Hotpot | hotpot | l
    牛满仓潮汕火锅 | Full Barn Beef Hotpot | hotpot | l
    菌子山火锅 | Mushroom Hill Hotpot | hotpot
    一格一锅 | One Pot Each | hotpot
    串里人间 | Skewer Lane | hotpot
    荷塘小宴 | Lotus Pond Table | chinese.shanghainese
    巷深川味 | Deep Lane Sichuan | chinese.szechuan | l
    湘水谣 | Song of Xiang | chinese.hunan
    粤满楼 | Yue Pavilion | chinese.cantonese | l
    晓月茶点 | Dawn Moon Dim Sum | chinese.dimsum
    柴火院子 | Firewood Yard | chinese
    江岸渔家 | Riverside Fisher | seafood | l
    青瓦小院 | Green Tile Courtyard | chinese
    椒言椒语 | Pepper Talk | chinese.szechuan
    素心小馆 | Plain Heart Vegetarian | vegetarian
    三碗面庄 | Three Bowls | noodles
    陇上牛肉面 | Longshang Beef Noodles | noodles | s
    米缆小站 | Rice Noodle Stop | noodles | s
    麦浪手擀面 | Wheat Wave Noodles | noodles
    元宝水饺 | Ingot Dumplings | dumplings
    蒸汽小笼 | Steam Basket | dumplings | s
    暖粥记 | Warm Congee | congee | s
    山葵寿司 | Green Wasabi Sushi | sushi
    灯笼居酒屋 | Paper Lantern Izakaya | izakaya
    松风拉面 | Pine Wind Ramen | japanese.ramen
    石锅物语 | Stone Bowl Story | korean
    巷口韩食 | Corner Korean | korean
    象岛香料 | Elephant Isle | thai
    河畔米粉 | Riverside Pho | vietnamese
    橄榄枝小馆 | Olive Twig | italian
    窑火披萨 | Kiln Fire Pizza | pizza
    铁板森林 | Iron Forest Grill | steak
    绿皿轻食 | Green Dish | salad | s
    堡里有货 | Bun Depot | burgers
    快意炸鸡 | Crisp & Happy | fastfood
    小城餐桌 | Small Town Table | french
    皇后街冰室 | Queen Lane Canteen | hongkong.cafe
    炙野烤肉 | Wild Ember BBQ | barbecue
    烤鱼渡口 | Grilled Fish Ferry | barbecue
    山间来信咖啡 | Letters from the Hill | coffee
    半日咖啡 | Half Day Coffee | coffee
    刻度咖啡 | Notch Coffee | coffee | s
    蓝窗咖啡 | Blue Window Coffee | coffee
    豆与杯 | Bean and Cup | coffee | s
    茶小野 | Little Wild Tea | bubbletea | s
    满杯晴天 | Cupful of Sun | bubbletea | s
    青柠手打茶 | Pounded Lime Tea | bubbletea | s
    云雾茶事 | Mist Tea | bubbletea | s
    一盏清茶 | One Clear Cup | tea
    鲜榨工坊 | Fresh Press Works | juicebar | s
    麦田烘焙 | Wheat Field Bakery | bakedgoods
    早安面包房 | Good Morning Bread | bakedgoods
    栗子蛋糕铺 | Chestnut Cakes | cakes | s
    糖水时间 | Sweet Soup Time | desserts
    椰风甜品 | Coconut Breeze | desserts | s
    雪线冰淇淋 | Snowline Gelato | icecream | s
    果仁日记 | Nut Diary | specialtyfood
    南北货栈 | North & South Deli | specialtyfood
    夜航精酿 | Night Sail Taproom | bar`,
  fashion: `
    云汀百货 | Yunting Department Store | departmentstore | l
    尺度 | Measure | clothing | l
    日常制造 | Daily Made | clothing | l
    素白女装 | Plain White | clothing.womens
    林间衣橱 | Forest Wardrobe | clothing.womens
    霓裳记 | Rainbow Robe | clothing.womens
    初夏女装 | Early Summer | clothing.womens
    半糖女装 | Half Sugar | clothing.womens
    芙蓉里 | Hibiscus Lane | clothing.womens
    月白 | Moon White | clothing.womens
    缦纱 | Plain Gauze | clothing.womens
    知秋 | Knowing Autumn | clothing.womens
    玲珑衣社 | Linglong Dress Club | clothing.womens
    麻与棉 | Linen and Cotton | clothing.womens
    浅草集 | Shallow Grass | clothing.womens
    桑陌 | Mulberry Path | clothing.womens
    城行男装 | City Walk Menswear | clothing.mens
    木白先生 | Mr Mubai | clothing.mens
    北坡男装 | North Slope | clothing.mens
    领间 | Between Collars | clothing.mens
    经纬男装 | Warp and Weft | clothing.mens
    衡衣 | Even Keel | clothing.mens
    原色 | First Colour | clothing
    灰阶 | Greyscale | clothing
    步调 | Pace | clothing
    潮汐衣物 | Tidal | clothing
    地平线工作室 | Horizon Studio | clothing
    二十三街区 | Block Twenty-three | clothing | l
    未眠 | Sleepless | clothing
    对白 | Dialogue | clothing
    廓形 | Silhouette | clothing
    行者鞋履 | Walker Shoes | shoes
    小羊皮鞋铺 | Lambskin Shoes | shoes
    踏歌鞋履 | Stepping Song | shoes
    足下 | Underfoot | shoes
    远方箱包 | Faraway Luggage | luggage
    拾光皮具 | Gathered Light Leather | leathergoods
    驼铃箱包 | Camel Bell Bags | luggage
    蜜语内衣 | Honey Whisper | lingerie
    云感内衣 | Cloudfeel | lingerie
    帽子先生 | Mr Hat | hats | s
    小物集 | Little Things | fashionaccessories | s
    丝巾物语 | Scarf Story | fashionaccessories | s
    晚安家居服 | Goodnight Homewear | sleepwear`,
  kids: `
    跳跳岛儿童乐园 | Bounce Island | playcenter | l
    小怪兽乐园 | Little Monster Park | playcenter | l
    小芽童装 | Little Sprout | clothing.childrens
    果果树童装 | Fruit Tree Kids | clothing.childrens
    棉花云童装 | Cotton Cloud Kids | clothing.childrens
    小鹿跳跳 | Hopping Fawn | clothing.childrens
    彩虹伞童装 | Rainbow Umbrella | clothing.childrens
    贝壳童鞋 | Shell Kids Shoes | clothing.childrens | s
    积木星球 | Planet Blocks | toys
    木头人玩具 | Woodling Toys | toys
    会飞的鲸 | The Flying Whale | toys
    扭蛋走廊 | Capsule Alley | toys | s
    妈妈的口袋 | Mama's Pocket | babyclothesandsupplies
    新月孕装 | New Moon Maternity | maternitywear
    小画家美术 | Little Painter | kidsactivities
    童声合唱 | Young Voices | kidsactivities
    小小实验室 | The Little Lab | kidsactivities
    蹦蹦体适能 | Hop Kids Gym | kidsactivities
    绘本森林 | Picture Book Forest | kidsactivities`,
  beauty: `
    花漾美妆 | In Flower Beauty | cosmetics | l
    敷色 | Powder Tone | cosmetics
    晨露护肤 | Morning Dew | skincare
    白茶研究所 | White Tea Lab | skincare
    唇语 | Lip Talk | cosmetics | s
    肌本 | Bare Skin | skincare
    香迹 | Scent Trail | perfume | s
    木质香调 | Woody Notes | perfume | s
    草木集 | Herb Collection | skincare
    露华 | Dew Bloom | cosmetics
    剪影造型 | Scissor Shadow | haircutsstyling
    发间 | Among Hair | haircutsstyling
    天台发型 | Rooftop Hair | haircutsstyling
    指尖花园 | Fingertip Garden | manicurists | s
    十指星光 | Ten Stars Nails | manicurists | s
    静颜美容 | Quiet Face | beautysalon
    柔光美学 | Soft Light | beautysalon
    松间推拿 | Among Pines Massage | massagetherapy
    足间道 | The Foot Way | massagetherapy
    山泉水疗 | Hill Spring Spa | dayspa`,
  jewel: `
    金玉堂 | Gold and Jade Hall | goldmerchants
    璟福珠宝 | Jingfu Jewellery | jewelry
    恒星钻石 | Fixed Star Diamonds | jewelry
    银匠小铺 | The Silversmith | jewelry | s
    拾珠 | Gathered Pearls | jewelry | s
    翠微轩 | Cuiwei Jade | jewelry
    月桂首饰 | Laurel | jewelry | s
    时间刻度 | Time Marks | watches
    表匠 | The Watchmaker | watches | s
    鎏光金店 | Gilded Light | goldmerchants
    一诺钻饰 | One Promise | jewelry
    海棠银饰 | Crabapple Silver | jewelry | s`,
  sport: `
    疾行运动 | Swift Stride | sportinggoods | l
    跃野户外 | Over Moor Outdoor | outdoorgear | l
    铁匠健身 | Blacksmith Gym | gym | l
    岩点攀岩 | Handhold Climbing | rockclimbing | l
    破风骑行 | Headwind Cycling | bicycleshop
    山脊线 | Ridgeline | outdoorgear
    峰下营地 | Camp Below | outdoorgear
    蓝鳍泳装 | Blue Fin Swim | sportswear
    篮下 | Under the Hoop | sportswear
    轮滑派 | Roller Crew | skatingequipment
    羽行 | Feather Court | sportinggoods
    弓步 | Lunge | sportswear
    轻盈瑜伽 | Light Yoga | yoga
    雪季 | Ski Season | skiequipment
    晨跑 | Morning Run | sportswear
    少年武馆 | Young Dragons | martialarts`,
  digital: `
    驭风汽车 | Yufeng Motors | auto.dealer.car | l
    像素数码 | Pixel Digital | electronicappliances
    橙点手机 | Orange Dot | mobilephones
    零壹电脑 | Zero One Computers | computersandaccessories
    声场音响 | Soundfield | audiovideoequipment
    光圈相机 | Aperture Cameras | photographyequipment
    晶格智能 | Lattice | electronicappliances
    掌上体验店 | In the Palm | mobilephones
    极昼电竞 | Polar Day Gaming | videogamesandconsoles
    配件小站 | Accessory Stop | cellphoneaccessories | s
    云巢智能家居 | Cloud Nest | electronicappliances
    翼视无人机 | Wingsight Drones | electronicappliances`,
  life: `
    云汀鲜市 | Yunting Fresh Market | supermarket | l
    青禾书店 | Qinghe Books | books | l
    素朴家居 | Simple House | homedecor | l
    木与陶 | Wood and Clay | homedecor
    纸间文具 | Between Papers | stationery
    亚麻时光 | Linen Hours | linens
    一食一器 | Dish and Ware | tableware
    眠山家纺 | Sleeping Hill | linens
    灯下 | Under the Lamp | lighting
    花期花店 | In Season Flowers | florist | s
    苔藓花园 | Moss Garden | florist | s
    猫的客厅 | The Cat's Parlour | pets
    汪汪补给站 | Woof Supplies | pets
    康和药房 | Kanghe Pharmacy | pharmacy
    明眸眼镜 | Clear Eyes | eyewear.opticians
    视界工坊 | Sight Works | eyewear.opticians
    琴声里 | In the Strings | musicalinstruments
    手作日记 | Made by Hand | artsandcrafts
    礼物盒子 | The Gift Box | giftshops | s
    唱片角落 | Record Corner | vinylrecords | s
    香与烛 | Scent and Candle | giftshops | s
    厨房剧场 | Kitchen Theatre | kitchenandbath
    邻里便利 | Next Door | conveniencestore | s
    模型仓库 | Model Depot | hobbyshop
    茶器社 | Teaware Society | tableware`,
  fun: `
    萤幕影城 | Firefly Cinema | theater.movie | l
    弹珠街机 | Pinball Arcade | arcade | l
    迷雾密室 | Mist Escape | escapegame
    桌边桌游 | Tableside Games | tabletopgames
    麦浪唱歌 | Mic Wave Karaoke | karaoke
    平行世界 | Parallel Worlds VR | virtualreality
    陶艺时间 | Pottery Time | paintyourownpottery
    画室印象 | Atelier | artstudio
    十二道保龄 | Twelve Lanes | bowlingalley | l
    底袋台球 | Corner Pocket | poolhall
    笑箱小剧场 | The Laugh Box | comedyclub`,
  service: `
    云汀银行 | Yunting Bank | bank
    闪电快修 | Flash Repair | mobilephonerepair | s
    净衣坊 | Clean Clothes | drycleaning | s
    针线铺改衣 | Needle and Thread | sewingalterations | s
    旅途旅行社 | On the Road Travel | travelagent | s
    光影照相馆 | Light and Shade Photo | photography
    语桥英语 | Language Bridge | languageschool
    弦外钢琴 | Beyond the Strings | education
    墨池书法 | Ink Pond Calligraphy | education
    舞动空间 | Moving Room | dancestudio
    皓齿口腔 | Bright Teeth | dentistry
    本草中医馆 | Herbal Hall | traditionalchinesemedicine
    钥匙小屋 | The Key House | shoerepair | s
    编程小站 | Code Stop | education`,
}

const sizes = { s: 'small', l: 'large' } as const

/** The invented shops of one screen category, in the table's order. */
export function shopNamesOf(category: ShopCategory): ShopName[] {
  return tables[category]
    .trim()
    .split('\n')
    .map((row) => {
      const [zh = '', en = '', imdf = '', size = ''] = row.split('|').map((cell) => cell.trim())
      return { zh, en, category: imdf, size: size === 's' || size === 'l' ? sizes[size] : 'middle' }
    })
}
