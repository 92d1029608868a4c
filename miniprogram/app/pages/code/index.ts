import { shopOf } from '../../services/offer-words.ts'
import { open, setChanged } from '../../services/page.ts'
import { shopper } from '../../services/shopper.ts'
import { texts } from './messages.ts'

/** One coupon with its code, and the way to where it is taken. */
Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    id: '',
    isKnown: true,
    shop: '',
    showsTerms: false,
  },
  leave: undefined as (() => void) | undefined,

  onLoad({ id = '' }) {
    this.setData({ id })
    shopper().wallet.see(id)
  },
  onShow() {
    this.leave = shopper().onChange(() => {
      this.refresh()
    })
    this.refresh()
  },
  onHide() {
    this.leave?.()
  },
  onUnload() {
    this.leave?.()
  },

  refresh() {
    const { venue, wallet } = shopper()
    const offer = wallet.find(this.data.id)
    setChanged(this, {
      t: texts.all(),
      isKnown: offer !== undefined,
      shop: offer?.state === 'held' ? (shopOf(venue(), offer.redeemAt)?.id ?? '') : '',
    })
  },

  showTerms() {
    this.setData({ showsTerms: true })
  },
  hideTerms() {
    this.setData({ showsTerms: false })
  },
  go() {
    open(`/pages/route/index?to=${this.data.shop}`)
  },
  openWallet() {
    void wx.switchTab({ url: '/pages/wallet/index' })
  },
})
