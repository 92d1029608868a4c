import type { Destination } from '../../../maps/model/index.ts'
import { nameIn } from '../../../maps/render/name-in.ts'
import type { Coupon } from '../../../server/contract/campaign-values.ts'
import { language, messages } from './messages.ts'
import type { VenueData } from './venue-data.ts'
import type { ClaimRefusal } from './wallet.ts'

const texts = messages(
  {
    fullReduction: '满 {spend} 减 {off}',
    discount: '{zhe} 折',
    cash: '立减 {off} 元',
    gift: '送{gift}',
    today: '今天 {time} 前',
    tomorrow: '明天 {time} 前',
    date: '{month} 月 {day} 日 {time} 前',
    minutesLeft: '还剩 {count} 分钟',
    hoursLeft: '还剩 {count} 小时',
    anyShop: '全场可用',
    at: '{shop} {level}',
    shops: '{shop} {level} 等 {count} 家店',
    soldOut: '已经领完了。',
    soldOutToday: '今天的已经领完了，明天再来。',
    notNow: '现在不在活动时间里。',
    over: '活动已经结束了。',
    members: '这张券给会员。在“我的”里登录就能领。',
    newcomers: '这张券给还没登录的新朋友。',
    firstVisit: '这张券给第一次来的朋友。',
    returning: '这张券给再次来的朋友。',
    declined: '你之前没要这张券，不再发了。',
    held: '这张券已经在你的券包里了。',
    tooMany: '券包满了：先用掉或退掉几张。',
    hadEnough: '这张券你已经领过了。',
    coolDown: '刚领过，过一阵再来。',
    byPlace: '走到店里，它会自己出现。',
    notForYou: '这次没有你的份，看看别的。',
    away: '连不上服务器。连上网再领，券还在。',
    gone: '这个活动已经没有了。',
  },
  {
    fullReduction: '¥{off} off ¥{spend}',
    discount: '{percent} % off',
    cash: '¥{off} off',
    gift: 'Free: {gift}',
    today: 'until {time} today',
    tomorrow: 'until {time} tomorrow',
    date: 'until {time} on {day}/{month}',
    minutesLeft: '{count} min left',
    hoursLeft: '{count} h left',
    anyShop: 'In every shop',
    at: '{shop}, {level}',
    shops: '{shop}, {level}, and others ({count})',
    soldOut: 'All are taken.',
    soldOutToday: 'All of today are taken: come again tomorrow.',
    notNow: 'It does not run at this hour.',
    over: 'It is over.',
    members: 'This one is for members: sign in under Me.',
    newcomers: 'This one is for visitors who have not signed in.',
    firstVisit: 'This one is for a first visit.',
    returning: 'This one is for visitors who come again.',
    declined: 'You said no to it before, so it is not offered again.',
    held: 'It is in your wallet already.',
    tooMany: 'Your wallet is full: use or give back some.',
    hadEnough: 'You have had this one.',
    coolDown: 'You just had one: come again later.',
    byPlace: 'It comes by itself when you are at the shop.',
    notForYou: 'Not for you this time: see the others.',
    away: 'The server is out of reach. Connect and take it: it will be there.',
    gone: 'There is no such offer any more.',
  },
)

const refusals: Readonly<Record<ClaimRefusal, Parameters<typeof texts.say>[0]>> = {
  'not-live': 'over',
  'not-started': 'notNow',
  over: 'over',
  'other-trigger': 'byPlace',
  'other-zone': 'byPlace',
  'dwell-too-short': 'byPlace',
  'outside-hours': 'notNow',
  'quiet-hours': 'notNow',
  'members-only': 'members',
  'anonymous-only': 'newcomers',
  'first-visit-only': 'firstVisit',
  'returning-only': 'returning',
  declined: 'declined',
  'held-already': 'held',
  'too-many-offers': 'tooMany',
  'cap-per-visitor': 'hadEnough',
  'cool-down': 'coolDown',
  'cap-total': 'soldOut',
  'cap-per-day': 'soldOutToday',
  budget: 'soldOut',
  'held-out': 'notForYou',
  gone: 'gone',
  away: 'away',
}

/** Why an offer is not to be had, and what one can do, in a shopper's words. */
export function refusalWords(refusal: ClaimRefusal): string {
  return texts.say(refusals[refusal])
}

/** What a coupon is worth, in the fewest words: 满 50 减 10, 8.5 折. */
export function worthOf(coupon: Coupon): string {
  switch (coupon.kind) {
    case 'full-reduction':
      return texts.say('fullReduction', { spend: yuan(coupon.minSpendFen), off: yuan(coupon.offFen) })
    case 'discount':
      return texts.say('discount', { zhe: (100 - coupon.percentOff) / 10, percent: coupon.percentOff })
    case 'cash':
      return texts.say('cash', { off: yuan(coupon.offFen) })
    case 'gift':
      return texts.say('gift', { gift: coupon.gift[language()] })
  }
}

/** Until when, in words one need not reckon with: 今天 22:00 前. */
export function untilWords(untilMs: number, nowMs: number): string {
  const until = new Date(untilMs)
  const time = `${until.getHours()}:${String(until.getMinutes()).padStart(2, '0')}`
  const days = Math.round((dayOf(untilMs) - dayOf(nowMs)) / 86_400_000)
  if (days <= 0) return texts.say('today', { time })
  if (days === 1) return texts.say('tomorrow', { time })
  return texts.say('date', { month: until.getMonth() + 1, day: until.getDate(), time })
}

/** 还剩 2 小时, when it is soon; empty before that. */
export function hurryWords(untilMs: number, nowMs: number): string {
  const minutes = Math.floor((untilMs - nowMs) / 60_000)
  if (minutes < 0 || minutes > 3 * 60) return ''
  return minutes < 60
    ? texts.say('minutesLeft', { count: minutes })
    : texts.say('hoursLeft', { count: Math.floor(minutes / 60) })
}

/** The first shop that takes an offer; undefined when every shop does, or none is on the map. */
export function shopOf(venue: VenueData | undefined, redeemAt: readonly string[]): Destination | undefined {
  if (!venue || redeemAt.length === 0) return undefined
  return venue.destinations.find(({ unitIds }) => unitIds.some((id) => redeemAt.includes(id)))
}

/** Where an offer is taken: 半日咖啡 F1. */
export function placeWords(venue: VenueData | undefined, redeemAt: readonly string[]): string {
  if (redeemAt.length === 0) return texts.say('anyShop')
  const shop = shopOf(venue, redeemAt)
  if (!shop) return ''
  const words = { shop: nameIn(shop.name, language()), level: shop.level, count: redeemAt.length }
  return texts.say(redeemAt.length === 1 ? 'at' : 'shops', words)
}

function yuan(fen: number): string {
  return fen % 100 === 0 ? String(fen / 100) : (fen / 100).toFixed(2)
}

function dayOf(ms: number): number {
  const at = new Date(ms)
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime()
}
