import { messages } from '../../services/messages.ts'

export const texts = messages(
  { forYou: '给你的券', show: '看券码', later: '先放券包里' },
  { forYou: 'For you', show: 'Show code', later: 'Keep it in my wallet' },
)
