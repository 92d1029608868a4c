import type { Labels } from '../model/index.ts'

/**
 * What a person calls an IMDF category, Chinese and English, as `category | zh | en`. Amenity, unit and
 * opening categories name the places that have no name of their own; occupant categories are the second
 * line of a shop (`F4 火锅`).
 * Source of the categories: OGC 20-094; of the words: own.
 */
const table = `
restroom | 洗手间 | Toilet
restroom.male | 男洗手间 | Men's toilet
restroom.female | 女洗手间 | Women's toilet
restroom.unisex | 男女通用洗手间 | Unisex toilet
restroom.family | 家庭洗手间 | Family toilet
restroom.wheelchair | 无障碍洗手间 | Accessible toilet
restroom.male.wheelchair | 男无障碍洗手间 | Accessible men's toilet
restroom.female.wheelchair | 女无障碍洗手间 | Accessible women's toilet
restroom.unisex.wheelchair | 无障碍洗手间 | Accessible toilet
mothersroom | 母婴室 | Nursing room
babychanging | 尿布台 | Baby changing
caregiver | 看护室 | Caregiver room
elevator | 电梯 | Lift
escalator | 自动扶梯 | Escalator
movingwalkway | 自动步道 | Moving walkway
stairs | 楼梯 | Stairs
steps | 台阶 | Steps
ramp | 坡道 | Ramp
entry | 出入口 | Entrance
pedestrian.principal | 出入口 | Entrance
pedestrian.transit | 地铁口 | Metro entrance
information | 服务台 | Information
guestservices | 客服中心 | Guest services
reception.desk | 接待处 | Reception
lostandfound | 失物招领 | Lost and found
cashier | 收银台 | Cashier
checkin.desk | 签到处 | Check-in
strollerrental | 婴儿车租借 | Stroller rental
wheelchairassist | 轮椅租借 | Wheelchair rental
baggagestorage | 行李寄存 | Baggage storage
coinlocker | 储物柜 | Lockers
atm | 自动取款机 | ATM
vendingmachine | 自动售货机 | Vending machine
changemachine | 换币机 | Change machine
photobooth | 自助拍照 | Photo booth
copymachine | 自助打印 | Copier
powerchargingstation | 充电处 | Charging point
payphone | 公用电话 | Public phone
phone | 电话 | Phone
drinkingfountain | 直饮水 | Drinking water
seat | 座椅 | Seats
seating | 休息区 | Seating
childplayarea | 儿童游乐区 | Play area
firstaid | 医务室 | First aid
defibrillator | 自动体外除颤器 AED | Defibrillator (AED)
fireextinguisher | 灭火器 | Fire extinguisher
smokingarea | 吸烟区 | Smoking area
prayerroom | 祈祷室 | Prayer room
shower | 淋浴间 | Shower
meetingpoint | 集合点 | Meeting point
security | 安保 | Security
police | 警务室 | Police
mailbox | 邮筒 | Mailbox
handsanitizerstation | 手部消毒 | Hand sanitiser
taxi | 出租车 | Taxi
rideshare | 网约车上车点 | Ride pick-up
bus | 公交 | Bus
transit | 公共交通 | Transit
rail.muni | 地铁 | Metro
shuttle | 班车 | Shuttle
valet | 代客泊车 | Valet
parking | 停车位 | Parking bay
parking.ev | 充电车位 | EV charging bay
parking.compact | 小车位 | Compact bay
parking.bicycle | 非机动车停放 | Bicycle parking
parking.motorcycle | 摩托车位 | Motorcycle parking
parking.waitingarea | 候车区 | Waiting area
eatingdrinking | 用餐区 | Eating area
ticketing | 售票处 | Tickets
landmark | 地标 | Landmark
exhibit | 展览 | Exhibition
service | 服务点 | Service
unspecified | 服务设施 | Facility
restaurant | 餐厅 | Restaurant
chinese | 中餐 | Chinese
chinese.cantonese | 粤菜 | Cantonese
chinese.dimsum | 点心 | Dim sum
chinese.hunan | 湘菜 | Hunan
chinese.pekinese | 京菜 | Beijing
chinese.shanghainese | 本帮菜 | Shanghainese
chinese.szechuan | 川菜 | Sichuan
chinese.teochew | 潮汕菜 | Teochew
hotpot | 火锅 | Hotpot
noodles | 面食 | Noodles
dumplings | 饺子点心 | Dumplings
congee | 粥 | Congee
seafood | 海鲜 | Seafood
barbecue | 烤肉 | Barbecue
vegetarian | 素食 | Vegetarian
fastfood | 快餐 | Fast food
foodcourt | 美食广场 | Food court
foodservice | 餐饮 | Food
burgers | 汉堡 | Burgers
pizza | 披萨 | Pizza
steak | 牛排 | Steak
salad | 轻食 | Salads
japanese | 日本料理 | Japanese
japanese.ramen | 日式拉面 | Ramen
sushi | 寿司 | Sushi
izakaya | 居酒屋 | Izakaya
korean | 韩国料理 | Korean
thai | 泰国菜 | Thai
vietnamese | 越南菜 | Vietnamese
italian | 意大利菜 | Italian
french | 法餐 | French
mexican | 墨西哥菜 | Mexican
middleeastern | 中东菜 | Middle Eastern
hongkong.cafe | 茶餐厅 | Hong Kong café
coffee | 咖啡 | Coffee
cafe | 咖啡馆 | Café
bubbletea | 茶饮 | Tea drinks
tea | 茶馆 | Tea
juicebar | 果汁 | Juice
bakedgoods | 面包烘焙 | Bakery
cakes | 蛋糕 | Cakes
desserts | 甜品 | Desserts
icecream | 冰淇淋 | Ice cream
candy | 糖果 | Sweets
chocolate | 巧克力 | Chocolate
specialtyfood | 零食特产 | Snacks
bar | 酒吧 | Bar
supermarket | 超市 | Supermarket
grocery | 食品店 | Groceries
conveniencestore | 便利店 | Convenience store
departmentstore | 百货 | Department store
clothing | 服装 | Clothing
clothing.mens | 男装 | Menswear
clothing.womens | 女装 | Womenswear
clothing.childrens | 童装 | Children's clothing
lingerie | 内衣 | Lingerie
shoes | 鞋 | Shoes
luggage | 箱包 | Bags and luggage
leathergoods | 皮具 | Leather goods
hats | 帽饰 | Hats
fashionaccessories | 配饰 | Accessories
babyclothesandsupplies | 母婴用品 | Baby
maternitywear | 孕妇装 | Maternity
toys | 玩具 | Toys
playcenter | 儿童乐园 | Play centre
kidsactivities | 儿童活动 | Kids' activities
cosmetics | 美妆 | Cosmetics
skincare | 护肤 | Skin care
perfume | 香水 | Perfume
beautysalon | 美容 | Beauty salon
haircutsstyling | 美发 | Hair salon
manicurists | 美甲 | Nails
massagetherapy | 推拿按摩 | Massage
dayspa | 水疗 | Spa
jewelry | 珠宝 | Jewellery
goldmerchants | 黄金 | Gold
watches | 钟表 | Watches
eyewear.opticians | 眼镜 | Glasses
sportswear | 运动服饰 | Sportswear
sportinggoods | 运动用品 | Sports goods
outdoorgear | 户外装备 | Outdoor
gym | 健身 | Gym
yoga | 瑜伽 | Yoga
rockclimbing | 攀岩 | Climbing
skatingrink | 溜冰场 | Ice rink
swimminginstruction | 游泳课 | Swimming lessons
martialarts | 武术 | Martial arts
mobilephones | 手机 | Phones
computersandaccessories | 电脑 | Computers
electronicappliances | 数码家电 | Electronics
cellphoneaccessories | 手机配件 | Phone accessories
audiovideoequipment | 影音 | Audio and video
photographyequipment | 相机 | Cameras
videogamesandconsoles | 电子游戏 | Video games
auto.dealer.car | 汽车展厅 | Car showroom
books | 书店 | Books
stationery | 文具 | Stationery
giftshops | 礼品 | Gifts
homedecor | 家居 | Homeware
furniture | 家具 | Furniture
linens | 家纺 | Bedding
tableware | 餐具 | Tableware
kitchenandbath | 厨卫 | Kitchen and bath
florist | 花店 | Flowers
pets | 宠物 | Pets
pharmacy | 药房 | Pharmacy
musicalinstruments | 乐器 | Instruments
artsandcrafts | 手工 | Crafts
hobbyshop | 模型手办 | Hobby shop
theater.movie | 影院 | Cinema
karaoke | 唱歌 | Karaoke
arcade | 电玩 | Arcade
escapegame | 密室逃脱 | Escape room
tabletopgames | 桌游 | Board games
virtualreality | 虚拟现实体验 | Virtual reality
bowlingalley | 保龄球 | Bowling
artgallery | 画廊 | Gallery
artstudio | 画室 | Art studio
bank | 银行 | Bank
currencyexchange | 外币兑换 | Currency exchange
education | 培训 | Lessons
languageschool | 语言培训 | Language school
dancestudio | 舞蹈 | Dance studio
photography | 照相馆 | Photo studio
travelagent | 旅行社 | Travel
drycleaning | 洗衣 | Dry cleaning
sewingalterations | 改衣 | Alterations
shoerepair | 修鞋配钥匙 | Shoe repair and keys
electronicsrepair | 数码维修 | Repairs
mobilephonerepair | 手机维修 | Phone repair
clinic | 诊所 | Clinic
dentistry | 口腔 | Dentist
traditionalchinesemedicine | 中医馆 | Chinese medicine
postoffice | 邮局 | Post office
courier | 快递 | Courier
kiosk | 自助终端 | Kiosk
visitorcenter | 游客中心 | Visitor centre
`

const labels = new Map<string, Labels>()
for (const row of table.trim().split('\n')) {
  const [category = '', zh = '', en = ''] = row.split(' | ')
  labels.set(category, { zh, en })
}

/**
 * Chinese and English words for an IMDF category, those of the nearest known head when the category
 * itself has none (`chinese.hakka` is called 中餐).
 *
 * @returns undefined when no head is known
 */
export function labelOfCategory(category: string): Labels | undefined {
  let path = category
  for (;;) {
    const found = labels.get(path)
    if (found) return found
    const dot = path.lastIndexOf('.')
    if (dot < 0) return undefined
    path = path.slice(0, dot)
  }
}
