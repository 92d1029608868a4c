import { messages } from '../../services/messages.ts'

export const texts = messages(
  {
    next: '{seconds} 秒后换新码，截图没有用',
    offline: '现在连不上，码还能用 {minutes} 分钟',
    getting: '正在取券码',
    none: '现在连不上，券码显示不了',
    noneHint: '连上网，它自己会出来。券还在，不会丢。',
    bright: '屏幕已调亮',
    how: '怎么用',
    redeemed: '用好了',
    redeemedHint: '店员已经核销这张券',
    expired: '这张券过期了',
    declined: '这张券已经退掉了',
    refunded: '这张券已经用过，钱退回了',
    code: '券码 {digits}',
  },
  {
    next: 'New code in {seconds} s, a screenshot is no use',
    offline: 'Out of reach: good for {minutes} more min',
    getting: 'Getting the code',
    none: 'Out of reach, so no code',
    noneHint: 'It appears as soon as you are connected. The coupon is safe.',
    bright: 'Screen turned up',
    how: 'How to use it',
    redeemed: 'Used',
    redeemedHint: 'The shop has taken this coupon',
    expired: 'This coupon has run out',
    declined: 'You gave this coupon back',
    refunded: 'This coupon was used, and refunded',
    code: 'Code {digits}',
  },
)
