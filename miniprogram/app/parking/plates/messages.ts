import { messages } from '../../services/messages.ts'

export const texts = messages(
  {
    title: '我的车牌',
    intro: '最多三块。只用来告诉你车停在哪、停车费多少；你随时能删，删了当场就没有了。',
    field: '输入车牌，比如 浙A12345',
    add: '加上',
    remove: '删除',
    removeAsk: '删掉 {plate}？',
    cancel: '取消',
    none: '还没有加车牌',
    badPlate: '这不像一块车牌，看看有没有少一位',
    tooMany: '最多三块，一天最多改五次。先删一块，或者明天再来。',
    away: '连不上服务器，连上网再改',
    added: '加好了',
    removed: '删掉了',
    loading: '正在取',
  },
  {
    title: 'My number plates',
    intro:
      'At most three. Only to tell you where your car is and what parking costs; a plate you remove is gone at once.',
    field: 'Type a plate: 浙A12345',
    add: 'Add',
    remove: 'Remove',
    removeAsk: 'Remove {plate}?',
    cancel: 'Cancel',
    none: 'No plates yet',
    badPlate: 'This does not look like a plate: is a sign missing?',
    tooMany: 'At most three, and five named in a day. Remove one, or come back tomorrow.',
    away: 'The server is out of reach: connect to change plates',
    added: 'Added',
    removed: 'Removed',
    loading: 'Fetching',
  },
)
