import { messages } from '../../services/messages.ts'

export const texts = messages(
  {
    title: '怎么用',
    step1: '付款前，把券码给店员扫，或者报这 16 位数。',
    step2: '每 30 秒换一个码：截图过一会儿就用不了，别发给别人。',
    step3: '没有网络也能用 10 分钟。',
    place: '哪里用',
    until: '什么时候用',
    giveBack: '不要这张券了',
    giveBackAsk: '退掉后，别人可以领走，这张券不会再发给你。',
    giveBackYes: '退掉',
    keep: '留着',
    away: '连不上服务器，连上网再退',
    over: '这张券已经用过或过期了',
    close: '知道了',
  },
  {
    title: 'How to use it',
    step1: 'Before you pay, let the till scan the code, or read out its 16 digits.',
    step2: 'It changes every 30 seconds: a screenshot is soon no use, so keep it to yourself.',
    step3: 'It works for 10 minutes without a network.',
    place: 'Where',
    until: 'When',
    giveBack: 'Give this coupon back',
    giveBackAsk: 'Somebody else may take it then. It is not offered to you again.',
    giveBackYes: 'Give back',
    keep: 'Keep',
    away: 'The server is out of reach: connect and try again',
    over: 'This coupon was used or has run out',
    close: 'OK',
  },
)
