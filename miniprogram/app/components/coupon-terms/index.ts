import { Away, Refused } from '../../services/http.ts'
import { language } from '../../services/messages.ts'
import { placeWords, untilWords, worthOf } from '../../services/offer-words.ts'
import { shopper } from '../../services/shopper.ts'
import { texts } from './messages.ts'

/** How a coupon is used, where and until when, and the way to be rid of it. Event `close`. */
Component({
  properties: {
    offer: { type: String, value: '' },
    visible: { type: Boolean, value: false },
  },
  data: {
    t: {} as Readonly<Record<string, string>>,
    worth: '',
    description: '',
    place: '',
    until: '',
    isHeld: false,
  },
  observers: {
    visible(isVisible: boolean) {
      const { venue, wallet } = shopper()
      const offer = wallet.find(this.data.offer)
      if (!isVisible || !offer) return
      this.setData({
        t: texts.all(),
        worth: worthOf(offer.coupon),
        description: offer.description?.[language()] ?? '',
        place: placeWords(venue(), offer.redeemAt),
        until: untilWords(offer.heldUntilMs, Date.now()),
        isHeld: offer.state === 'held',
      })
    },
  },
  methods: {
    close() {
      this.triggerEvent('close', {})
    },
    async giveBack() {
      const { wallet } = shopper()
      const offer = wallet.find(this.data.offer)
      if (!offer) return
      const { confirm } = await wx.showModal({
        title: texts.say('giveBack'),
        content: texts.say('giveBackAsk'),
        confirmText: texts.say('giveBackYes'),
        cancelText: texts.say('keep'),
      })
      if (!confirm) return
      try {
        await wallet.decline(offer)
        this.close()
      } catch (error) {
        if (!(error instanceof Away) && !(error instanceof Refused)) throw error
        await wx.showToast({ title: texts.say(error instanceof Away ? 'away' : 'over'), icon: 'none' })
      }
    },
  },
})
