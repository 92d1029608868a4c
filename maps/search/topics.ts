import type { Destination } from '../model/index.ts'

/** A kind of place and the words people use for it. */
export interface Topic {
  /** IMDF categories or heads of them, `shop:` and one of the ten shop categories, or `kind:` and a kind. */
  readonly covers: readonly string[]
  readonly words: readonly string[]
}

/** `covers | Chinese words | English words`. Source: own. */
const table = `
restroom | 厕所, 卫生间, 洗手间, 公厕, 化妆室, 上厕所 | toilet, toilets, wc, restroom, bathroom, washroom, lavatory, loo
restroom.male restroom.male.wheelchair | 男厕所, 男厕, 男卫生间, 男洗手间 | men's room, gents, mens toilet
restroom.female restroom.female.wheelchair | 女厕所, 女厕, 女卫生间, 女洗手间 | ladies room, ladies, womens toilet
restroom.wheelchair restroom.male.wheelchair restroom.female.wheelchair restroom.unisex.wheelchair restroom.transgender.wheelchair | 无障碍, 无障碍厕所, 无障碍卫生间, 无障碍洗手间, 残疾人厕所, 残疾人洗手间, 第三卫生间 | accessible toilet, accessible, disabled toilet, wheelchair toilet, wheelchair
restroom.family | 亲子厕所, 亲子卫生间, 家庭卫生间, 第三卫生间 | family toilet, family restroom
mothersroom babychanging | 母婴室, 哺乳室, 育婴室, 喂奶, 换尿布 | nursing room, baby room, mothers room, breastfeeding, diaper, nappy, baby care
elevator | 电梯, 直梯, 升降梯, 升降电梯, 观光电梯 | lift, elevator
escalator movingwalkway | 扶梯, 自动扶梯, 手扶梯, 电扶梯, 滚梯 | escalator
stairs steps | 楼梯, 步梯, 走楼梯, 安全通道 | stairs, staircase
ramp | 坡道, 无障碍坡道 | ramp
entry pedestrian.principal pedestrian.transit | 出口, 入口, 出入口, 大门, 门口, 正门 | entrance, exit, way out, door, gate
information guestservices reception | 服务台, 问讯处, 咨询台, 总服务台, 客服, 客服中心, 前台, 服务中心 | information, info desk, help desk, customer service, concierge, guest services
lostandfound | 失物招领, 丢东西 | lost and found, lost property
atm | 取款机, 自动取款机, 提款机, 取钱, 柜员机 | atm, cash machine, cash
coinlocker baggagestorage | 寄存, 存包, 储物柜, 存包柜, 行李寄存 | locker, lockers, luggage storage, left luggage
strollerrental wheelchairassist | 婴儿车, 轮椅, 借推车, 推车 | stroller, pram, wheelchair rental
powerchargingstation | 充电, 充电宝, 手机充电 | charging, power bank, phone charging
drinkingfountain | 饮水, 饮水机, 直饮水, 接水 | drinking water, water
seat seating | 休息, 休息区, 座椅, 坐一下 | seats, seating, rest
smokingarea | 吸烟, 吸烟区, 吸烟室, 抽烟 | smoking
firstaid defibrillator | 急救, 医务室, 医疗, aed | first aid, medical, aed, defibrillator
vendingmachine | 售货机, 自动售货机, 贩卖机 | vending machine
childplayarea playcenter kidsactivities | 儿童乐园, 游乐场, 淘气堡, 遛娃 | playground, play area, kids play
taxi rideshare | 打车, 出租车, 网约车, 叫车 | taxi, ride hailing
transit rail.muni pedestrian.transit | 地铁, 地铁站, 地铁口 | metro, subway
kind:bay | 停车, 车位, 停车位, 停车场, 找车, 泊车 | parking, car park, parking bay, parking space
parking.ev | 充电桩, 充电车位, 充电站, 电动车充电 | ev charging, charger, charging bay
shop:food | 餐饮, 美食, 吃的, 吃饭, 餐厅, 饭店, 好吃的, 吃, 午饭, 晚饭 | food, restaurant, restaurants, eat, dining, lunch, dinner
hotpot | 火锅, 串串, 冒菜, 涮锅, 麻辣烫 | hotpot, hot pot
coffee cafe | 咖啡, 咖啡店, 咖啡馆, 咖啡厅 | coffee, cafe, espresso, latte
bubbletea tea | 奶茶, 茶饮, 果茶, 喝茶 | bubble tea, milk tea, tea
bubbletea tea juicebar coffee cafe | 饮品, 饮料, 喝的 | drinks, beverages
juicebar | 果汁, 鲜榨 | juice, smoothie
bakedgoods cakes desserts icecream candy chocolate | 甜品, 甜点, 蛋糕, 面包, 烘焙, 冰淇淋, 糕点, 下午茶 | dessert, bakery, bread, cake, ice cream, sweets
noodles japanese.ramen | 面, 面条, 面馆, 拉面, 米线, 米粉, 粉面 | noodles, ramen
dumplings congee chinese.dimsum | 小吃, 饺子, 馄饨, 包子, 粥, 点心, 早餐, 早点 | snacks, dumplings, dim sum, congee, breakfast
chinese | 中餐, 中国菜, 家常菜, 川菜, 湘菜, 粤菜, 本帮菜, 酒楼 | chinese food, chinese restaurant
japanese sushi izakaya | 日料, 日本料理, 日本菜, 寿司, 居酒屋 | japanese, sushi
korean | 韩餐, 韩国料理, 韩国菜 | korean
barbecue | 烤肉, 烧烤, 烤鱼, 撸串 | barbecue, bbq, grill
pizza steak italian french burgers salad | 西餐, 牛排, 披萨, 比萨, 意面, 沙拉, 轻食 | western food, steak, pizza, pasta, salad
fastfood burgers | 快餐, 汉堡, 炸鸡 | fast food, burger, fried chicken
thai vietnamese | 东南亚菜, 泰国菜, 泰餐, 越南菜 | thai, vietnamese, southeast asian
bar | 酒吧, 喝酒, 精酿 | bar, pub, beer
supermarket grocery | 超市, 买菜, 生鲜, 菜场 | supermarket, grocery, groceries
conveniencestore | 便利店, 小卖部 | convenience store
specialtyfood | 零食, 特产, 坚果 | snacks
shop:fashion | 服饰, 服装, 衣服, 买衣服, 时装 | fashion, clothes, clothing, apparel
clothing.womens | 女装, 裙子, 女士服装 | womenswear, womens clothing, dress
clothing.mens | 男装, 男士服装, 西装 | menswear, mens clothing, suit
shoes | 鞋, 鞋子, 鞋店, 皮鞋, 女鞋 | shoes, footwear
luggage leathergoods | 箱包, 包包, 行李箱, 皮具 | bags, luggage, handbags, suitcase
lingerie | 内衣, 睡衣 | underwear, lingerie
shop:kids | 亲子, 儿童, 孩子, 小孩, 母婴, 宝宝 | kids, children, baby, family
clothing.childrens | 童装, 儿童服装 | childrens clothes, kids clothes
toys hobbyshop | 玩具, 积木, 手办, 潮玩, 盲盒 | toys, toy shop
shop:beauty | 美妆, 美容, 丽人, 变美 | beauty
cosmetics skincare perfume | 化妆品, 彩妆, 护肤, 护肤品, 香水, 口红 | cosmetics, makeup, skin care, perfume
haircutsstyling barber | 理发, 美发, 剪头发, 发型, 染发, 烫发 | hair salon, haircut, hairdresser, barber
manicurists | 美甲, 美睫, 指甲 | nails, manicure
massagetherapy dayspa beautysalon | 按摩, 推拿, 足疗, 水疗, 养生 | massage, spa
shop:jewel | 珠宝, 首饰, 饰品, 黄金, 钻石, 金店 | jewellery, jewelry, gold, diamonds
watches | 手表, 钟表, 腕表 | watches, watch
shop:sport | 运动, 体育, 运动鞋 | sport, sports, trainers
outdoorgear | 户外, 露营, 登山 | outdoor, camping
gym yoga swimminginstruction martialarts | 健身, 健身房, 瑜伽, 游泳, 普拉提 | gym, fitness, yoga, swimming
shop:digital | 数码, 电子产品, 电器 | electronics, digital
mobilephones cellphoneaccessories | 手机, 手机店, 手机壳 | phones, mobile phone
computersandaccessories | 电脑, 笔记本电脑 | computers, laptop
auto.dealer.car | 汽车, 新能源车, 看车, 试驾 | cars, car showroom
shop:life | 生活, 家居, 日用 | lifestyle, home
homedecor furniture linens tableware kitchenandbath | 家居, 家具, 家纺, 餐具, 床品 | homeware, furniture, bedding
books stationery | 书店, 书, 买书, 文具 | books, bookshop, bookstore, stationery
giftshops | 礼物, 礼品, 伴手礼 | gifts, souvenirs
florist | 花店, 鲜花, 买花 | flowers, florist
pets | 宠物, 猫, 狗 | pets
pharmacy | 药店, 药房, 买药 | pharmacy, medicine, chemist
eyewear opticians | 眼镜, 配眼镜, 眼镜店 | glasses, optician, eyewear
shop:fun | 娱乐, 好玩的, 玩, 消遣 | entertainment, fun, leisure
theater.movie cinema | 电影, 电影院, 影院, 影城, 看电影 | cinema, movie, movies, film
karaoke | 唱歌, 卡拉OK | ktv, karaoke
arcade virtualreality | 电玩, 电玩城, 游戏厅, 抓娃娃, 娃娃机 | arcade, games
escapegame tabletopgames | 密室, 密室逃脱, 剧本杀, 桌游 | escape room, board games
shop:service | 服务, 便民 | services
bank | 银行 | bank
education languageschool dancestudio artstudio musicalinstruments | 培训, 教育, 兴趣班, 早教, 学英语, 学画画, 学琴 | lessons, education, classes
drycleaning sewingalterations shoerepair | 洗衣, 干洗, 改衣, 裁缝, 修鞋, 配钥匙 | dry cleaning, laundry, alterations, tailor, shoe repair, keys
electronicsrepair mobilephonerepair | 维修, 修手机, 手机维修, 贴膜 | repair, phone repair
photography | 照相, 拍照, 证件照, 摄影 | photo, photo studio, passport photo
clinic dentistry traditionalchinesemedicine | 诊所, 牙科, 口腔, 看牙, 中医 | clinic, dentist, doctor
courier | 快递, 寄快递 | courier, parcel
`

/** Every topic, in the table's order. */
export const topics: readonly Topic[] = table
  .trim()
  .split('\n')
  .map((row) => {
    const [covers = '', chinese = '', english = ''] = row.split(' | ')
    return { covers: covers.split(' '), words: [...chinese.split(', '), ...english.split(', ')] }
  })

/** Whether a destination is of the topic's kind. */
export function isOfTopic(topic: Topic, { kind, category, shopCategory }: Destination): boolean {
  return topic.covers.some((cover) => {
    if (cover.startsWith('kind:')) return cover === `kind:${kind}`
    if (cover.startsWith('shop:')) return cover === `shop:${shopCategory ?? ''}`
    return category === cover || category.startsWith(`${cover}.`)
  })
}
