import { shopCategories } from '../model/index.ts'
import type { ShopCategory } from '../model/index.ts'

/**
 * IMDF's occupant categories folded into the ten that a screen tells apart. A row names whole categories
 * (`clothing.childrens`) or heads (`clothing`, which covers `clothing.womens`); the longest match wins.
 * Left out are those that no shop of a mall carries (airfields, embassies, farms): they fold to `service`.
 * Source: OGC 20-094, "Occupant" categories, version 1.0.0.
 */
const folded: Readonly<Record<ShopCategory, string>> = {
  food: `
    acai afghani african american arabian argentine armenian asianfusion asturian australian austrian
    bagels bakedgoods bangladeshi bar barbecue barfood beerbar beergarden beerhall beerwineandspirits
    beerwinespirits beisl belgian bengali beveragestore biryani bistro blacksea brazilian
    breakfastandbrunch brewery brewpub british bubbletea buffet bulgarian burgers burmese butcher cafe
    cafeteria cajun cakes cambodian canadian candy canteen caribbean catering champagnebar cheese
    cheesesteaks chickenshop chickenwings chilean chimneycakes chinese chocolate churros cider cigarbar
    cocktailbar coffee coffeeroaster coffeeteasupplies colombian comfortfood congee conveyorsushi
    corsican crepes cuban cupcakes customcakes cypriot czech danish delicatessen desserts diner
    dinnertheater distillery divebar diyfood dominican donair donuts dumplings easterneuropean
    eatertainment egyptian empanadas ethiopian european falafel familyrestaurant fastfood filipino fish
    fishandchips flatbread fondue foodcourt fooddelivery foodservice foodstand foodtruck freiduria
    french friterie frozenfoods fruitandvegetables gastropubs gelato georgian german giblets glutenfree
    gourmetfood greek haitian halal hawaiian healthyfoods herbsandspices himalayan honey hongkong
    hookahbar hotdogs hotelbar hotpot hungarian iberian icecream importedfood indian indonesian
    internationalfood irish irishpub israeli italian izakaya japanese japanesesweets jewish juicebar
    kaiseki kashmiri kebab kiosk.food kopitiam korean kosher kurdish laotian latinamerican lebanese
    ligurian loungebar macaron malaysian mamak mauritian meatballs mediterranean mexican middleeastern
    milkbar milkshakes mongolian moroccan mughlai naga nasilemak nepalese newzealand nicaraguan
    nightfood noodles northamerican norwegian nyonya okinawan oliveoil opensandwiches organicfood
    oriental ottoman paella pakistani parma parsi pasta persian peruvian piadina pianobar pita pizza
    poke polish popcorn portuguese potatoes poutineries pretzels pub puertorican punjabi rawfood
    restaurant reunionnese riceshop robatayaki rodizio romanian rotisseriechicken russian sakebar salad
    salvadoran sandwiches scandinavian scottish seafood seafoodmarket senegalese serbianandcroatian
    shavedice shavedsnow singaporean slovakian soulfood soup southafrican southernunitedstates
    southwestunitedstates spanish specialtyfood sportsbar srilankan steak supperclub sushi swedish swiss
    syrian taberna tacos taiwanese taiyaki tamales tapas tea texmex thai themedcafe tibetan tikibar tofu
    trattoria trinidadian turkish ukrainian uzbek vegan vegetarian venezuelan venison vietnamese waffles
    welsh whiskeybar winebar winery winetasting wok wraps yugoslav`,
  fashion: `
    accessories bridalstore clothing conceptshop costumes departmentstore deptartmentstore discountstore
    dutyfree fashion fashionaccessories formalwear furclothing hats kimonos leathergoods lingerie luggage
    motorcyclingclothing outletmall outletstore shoes shoestore shopping sleepwear stockings swimwear
    thriftstore uniforms vintageclothing`,
  kids: `
    babyclothesandsupplies childcare clothing.childrens familyfriendly familyfuncenter kidsactivities
    kindergarten maternitywear museum.children parentingschool playcenter playground playsets prenatal
    preschool toys toystore`,
  beauty: `
    acnetreatment barber beautysalon beautyspas bodycontouring bodypiercing cosmetics cosmetologyschool
    dayspa eyelashes floatspa hairblowout haircutsstyling hairextensions hairloss hairremoval hairstylist
    hennaartist makeupartist manicurists massagetherapist massagetherapy medicalspa perfume
    permanentmakeup personalcare reflexology sauna skincare tanningbeds tanningservices tattoo tuina
    weightloss wigs`,
  jewel: 'goldmerchants jewelry jewelryrepair watches watchrepair clockrepair',
  sport: `
    archery barreclass bicycleshop bikesandequipment boxing cardioclasses climbing cyclingclass dancewear
    fencing fieldofplay fitnessbootcamp fitnessequipment fitnessinstruction golf golfequipment golfshop
    gym gymnastics horsequipment huntingfishingsupplies martialarts outdoorgear personaltrainer pilates
    rockclimbing skatepark skatingequipment skatingrink skiequipment spinclass sportinggoods sportsclub
    sportsequipment sportsgoods sportsschool sportswear surfing surfingequipment swimminginstruction
    swimmingpool tennis trampolining yoga`,
  digital: `
    audiovideoequipment auto.dealer.car batteries cellphoneaccessories computersandaccessories
    electronicappliances electronicparts homeautomation mobilephones photographyequipment
    photographystore telecommunications videogamesandconsoles 3dprinting`,
  life: `
    antiques appliances artgallery artsandcrafts artsupplies blinds books booksmagazinesmusicvideo
    calligraphy cards carpet comicbooks conveniencestore eyewear fabricstore farmersmarket floraldesign
    florist florists flowers furniture furniturestore giftshops gourmetmarket grocery grocerystore
    ethnicgrocerystore guitarstore hardware herbalmedicine hobbyshop holidaydecorations homeandgarden
    homedecor homegarden hypermarket kitchenandbath lighting linens mattresses musicalinstruments
    musicvideo newspapersandmagazines nurseries officeequipmentandsupplies opticians optometry
    paintstores partysupplies pets petstore pharmacy pharmacystore pianostore popup popupshops
    religiousitems rugs scandinaviandesign souvenirs stationery supermarket tableware
    teachersupplies tobaccoshop trophyshops usedbooks vapeshops vinylrecords vitaminssupplements`,
  fun: `
    amusementpark arcade arts artstudio bingo bowlingalley carouselride cinema comedyclub danceclub
    escapegame eventspace experiences gokarting hauntedhouse internetcafe karaoke lasertag minigolf
    museum musicvenue opera pachinko paintandsip paintyourownpottery performingarts poolhall recreation
    recreationcenter tabletopgames theater tickets touristattraction virtualreality waterpark`,
  service: `
    atm auto bank careercounseling clinic copyshop courier currencyexchange danceschool dancestudio
    dentistry drycleaning drycleaninglaundry education educationservices electronicsrepair
    financialservices insurance kiosk languageschool laundromat laundryservices locksmith medicalcenter
    mobilephonerepair photography postoffice realestateagents sewingalterations shoerepair testpreparationschool
    traditionalchinesemedicine travelagent tutoring visitorcenter`,
}

const categoryOfPath = new Map<string, ShopCategory>()
for (const category of shopCategories) {
  for (const path of folded[category].trim().split(/\s+/)) categoryOfPath.set(path, category)
}

/**
 * The screen's category of one IMDF occupant category: the longest known head of the dotted path.
 *
 * @returns undefined for `unspecified` and for words that the standard does not know
 */
export function foldOccupantCategory(category: string): ShopCategory | undefined {
  let path = category.toLowerCase()
  for (;;) {
    const found = categoryOfPath.get(path)
    if (found) return found
    const dot = path.lastIndexOf('.')
    if (dot < 0) return undefined
    path = path.slice(0, dot)
  }
}
