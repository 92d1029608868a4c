/**
 * Every reason for which a campaign gives a visitor nothing, in the order in which they are looked at, with
 * the sentence a person reads. Clients switch on the word.
 */
export const offerRules = {
  'not-live': { zh: '活动未上线', en: 'The campaign is not live.' },
  'not-started': { zh: '活动尚未开始', en: 'The campaign has not begun.' },
  over: { zh: '活动已结束', en: 'The campaign is over.' },
  'other-trigger': { zh: '触发条件不符', en: 'The campaign waits for something else to happen.' },
  'other-zone': { zh: '不在活动区域', en: 'The campaign is for another place.' },
  'dwell-too-short': { zh: '停留时间不足', en: 'The stay was too short.' },
  'outside-hours': { zh: '不在活动时段', en: 'The campaign does not run at this hour.' },
  'quiet-hours': { zh: '免打扰时段', en: 'These are quiet hours.' },
  'members-only': { zh: '仅限会员', en: 'The campaign is for members.' },
  'anonymous-only': { zh: '仅限未注册顾客', en: 'The campaign is for visitors who are no members yet.' },
  'first-visit-only': { zh: '仅限首次到访', en: 'The campaign is for the first visit.' },
  'returning-only': { zh: '仅限再次到访', en: 'The campaign is for visitors who were here before.' },
  declined: { zh: '顾客已拒绝', en: 'The visitor declined it.' },
  'held-already': { zh: '已持有该优惠', en: 'The visitor holds this offer already.' },
  'too-many-offers': { zh: '持有的优惠已达上限', en: 'The visitor holds as many offers as one may.' },
  'cap-per-visitor': { zh: '已达每人领取上限', en: 'The visitor has had as many as one may.' },
  'cool-down': { zh: '冷却时间未到', en: 'The pause after the last one is not over.' },
  'cap-total': { zh: '已领完', en: 'All are taken.' },
  'cap-per-day': { zh: '今日已领完', en: 'All of today are taken.' },
  budget: { zh: '活动预算不足', en: 'What is left of the budget does not cover another.' },
  'held-out': { zh: '对照组', en: 'The visitor is in the group that is compared with.' },
} as const satisfies Readonly<Record<string, { readonly zh: string; readonly en: string }>>

export type OfferRule = keyof typeof offerRules

/** True for a word of {@link offerRules}. */
export function isOfferRule(word: unknown): word is OfferRule {
  return typeof word === 'string' && Object.prototype.hasOwnProperty.call(offerRules, word)
}
