/**
 * Traditional and simplified forms, pair after pair: the characters that turn up in names of shops and
 * in what people type to find them. Source: own selection from the national table of simplified characters.
 */
const traditionalPairs =
  '東东車车門门見见貝贝風风飛飞馬马魚鱼鳥鸟鹽盐麥麦黃黄點点齊齐龍龙龜龟買买賣卖貨货貴贵費费資资賓宾賽赛贊赞' +
  '質质購购賀贺贈赠員员圓圆園园圍围國国圖图團团場场報报壽寿夢梦獎奖媽妈嬰婴孫孙學学實实寶宝寧宁對对導导' +
  '專专將将層层島岛嶺岭帶带師师幣币幫帮廣广廳厅廚厨廠厂廟庙應应張张強强彈弹後后從从復复憶忆愛爱慶庆懷怀' +
  '戲戏戶户掃扫揚扬換换擇择據据攝摄數数斬斩時时書书會会術术樂乐樓楼樣样標标樹树機机橋桥檸柠檢检櫃柜權权' +
  '歐欧歡欢歲岁歷历氣气決决沒没沖冲減减測测湯汤準准溫温滿满漁渔漢汉潔洁澤泽濟济灣湾無无煙烟煥焕熱热燈灯' +
  '燒烧營营爐炉爺爷狀状獨独獅狮獸兽環环現现產产畢毕畫画異异療疗發发盤盘眾众碼码礎础禮礼種种穀谷積积穩稳' +
  '窩窝競竞筆笔節节簡简籃篮籠笼粵粤紅红紀纪純纯紙纸級级細细終终組组結结給给絲丝經经綠绿維维網网緻致線线' +
  '練练編编緣缘縣县總总織织繪绘繡绣續续纖纤羅罗義义習习聖圣聞闻聯联聰聪聲声職职聽听腦脑腳脚臉脸臨临與与' +
  '興兴舊旧莊庄華华萊莱萬万葉叶著着蒼苍蓋盖蓮莲蔥葱藍蓝藝艺藥药蘇苏蘋苹蘭兰處处號号蛋蛋蝦虾蠔蚝衛卫裝装' +
  '裡里裏里製制複复褲裤親亲觀观覺觉計计訂订討讨訊讯設设訪访試试詩诗話话該该詳详誠诚語语說说課课調调談谈' +
  '請请論论諾诺謝谢證证識识譜谱護护讀读變变讓让豐丰貓猫財财貝贝趙赵跡迹踐践車车軍军軒轩軟软輕轻輪轮輛辆' +
  '轉转轟轰辦办農农連连進进遊游運运過过達达遠远適适選选遼辽邊边還还鄉乡鄰邻醫医醬酱釀酿釣钓針针鈔钞鈴铃' +
  '銀银銅铜鋪铺鋼钢錄录錢钱鍋锅鍵键鎖锁鎮镇鏡镜鐘钟鐵铁鑄铸鑑鉴長长閃闪閉闭開开間间閒闲閣阁閱阅闆板關关' +
  '陽阳陳陈陸陆隊队階阶際际隨随雙双雜杂雞鸡離离難难雲云電电靈灵靜静韓韩響响頂顶項项順顺須须預预頓顿領领' +
  '頭头頻频題题額额顏颜願愿類类顧顾飯饭飲饮飾饰餃饺餅饼養养餐餐餘余館馆饞馋饗飨駐驻駕驾騎骑驗验驚惊體体' +
  '髮发鬧闹魯鲁鮮鲜鯨鲸鳳凤鳴鸣鴨鸭鴻鸿鵝鹅鶴鹤鷹鹰麗丽麵面麼么黨党齡龄齒齿個个們们側侧備备優优價价億亿' +
  '兒儿內内兩两冊册創创劃划劇剧動动務务勝胜勞劳區区協协單单厲厉參参叢丛吳吴問问啟启喚唤嘗尝嘆叹嚴严衝冲'

const simplified = new Map<string, string>()
for (let i = 0; i + 1 < traditionalPairs.length; i += 2) {
  simplified.set(traditionalPairs[i]!, traditionalPairs[i + 1]!)
}

/**
 * Text as search compares it: full width to half, lower case, no accents or tones (`Häagen`, `xīng`),
 * common traditional characters to simplified. Spaces and punctuation stay.
 * Complexity: linear.
 */
export function fold(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFC').toLowerCase()
  if (isAscii(plain)) return plain
  let folded = ''
  for (const character of plain) folded += simplified.get(character) ?? character
  return folded
}

/** `fold` without what is neither letter nor digit: `H & M` and `hm` are one. */
export function foldTight(text: string): string {
  return fold(text).replace(/[^\p{L}\p{N}]/gu, '')
}

/** Whether a text can be typed without an input method. */
export function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text)
}
