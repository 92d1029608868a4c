import { messages } from '../../services/messages.ts'

export const texts = messages(
  {
    title: '券码',
    unknown: '找不到这张券',
    unknownHint: '看看券包里有没有。',
    wallet: '去券包',
    go: '带我去',
  },
  {
    title: 'Coupon',
    unknown: 'No such coupon',
    unknownHint: 'See what is in your wallet.',
    wallet: 'Wallet',
    go: 'Take me there',
  },
)
