import { nameIn } from '../../../../maps/render/name-in.ts'
import { language } from '../../services/messages.ts'
import { hurryWords, placeWords, shopOf, untilWords } from '../../services/offer-words.ts'
import { open, setChanged, showTab } from '../../services/page.ts'
import { shopper } from '../../services/shopper.ts'
import type { Offer } from '../../services/wallet.ts'
import { texts } from './messages.ts'

interface CouponRow {
  readonly id: string
  readonly name: string
  readonly initial: string
  readonly tint: string
  readonly meta: string
  readonly hurry: string
  readonly state: string
}

/** The shopper's coupons: one with its code, the others below it, and those that are used. */
Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    chosen: '',
    more: '',
    rows: [] as readonly CouponRow[],
    past: [] as readonly CouponRow[],
    showsPast: false,
    showsTerms: false,
    offline: '',
  },
  leave: undefined as (() => void) | undefined,

  onShow() {
    showTab(this, 2)
    this.leave = shopper().onChange(() => {
      this.refresh()
    })
    this.refresh()
    const { askQuietly, venue, wallet } = shopper()
    const current = venue()
    // What was used or ran out is told by nobody: it is asked for.
    if (current) askQuietly(wallet.refresh(current.entry.id))
  },
  onHide() {
    this.leave?.()
  },
  onUnload() {
    this.leave?.()
  },

  refresh() {
    const { floor, wallet } = shopper()
    const held = wallet.held()
    const shown = wallet.find(this.data.chosen)
    // One that was just used stays in sight until the shopper goes on.
    const chosen = shown ?? held[0]
    if (chosen) wallet.see(chosen.id)
    const others = held.filter(({ id }) => id !== chosen?.id)
    const knownAt = floor.knownAtMs()
    setChanged(this, {
      t: texts.all(),
      chosen: chosen?.id ?? '',
      more: others.length > 0 ? texts.say('more', { count: others.length }) : '',
      rows: others.map(rowOf),
      past: wallet.past().map(rowOf),
      offline:
        floor.isCurrent() || knownAt === undefined ? '' : texts.say('offline', { time: clockTime(knownAt) }),
    })
  },

  choose(event: WechatMiniprogram.TouchEvent<object, object, { id: string }>) {
    this.setData({ chosen: event.currentTarget.dataset.id })
    this.refresh()
    void wx.pageScrollTo({ scrollTop: 0 })
  },
  togglePast() {
    this.setData({ showsPast: !this.data.showsPast })
  },
  showTerms() {
    this.setData({ showsTerms: true })
  },
  hideTerms() {
    this.setData({ showsTerms: false })
    this.refresh()
  },
  openOffers() {
    open('/pages/offers/index')
  },
})

function rowOf(offer: Offer): CouponRow {
  const venue = shopper().venue()
  const shop = shopOf(venue, offer.redeemAt)
  const name = offer.name[language()]
  const [initial = ''] = shop ? nameIn(shop.name, language()) : name
  const isHeld = offer.state === 'held' && offer.heldUntilMs > Date.now()
  const state = offer.state === 'held' && !isHeld ? 'expired' : offer.state
  const until = untilWords(offer.heldUntilMs, Date.now())
  const place = placeWords(venue, offer.redeemAt)
  return {
    id: offer.id,
    name,
    initial: initial.toUpperCase(),
    tint: shop?.shopCategory ?? 'service',
    meta: isHeld
      ? [place, until].filter((each) => each !== '').join(language() === 'zh' ? '，' : ', ')
      : place,
    hurry: isHeld ? hurryWords(offer.heldUntilMs, Date.now()) : '',
    state: texts.say(state),
  }
}

function clockTime(ms: number): string {
  const at = new Date(ms)
  return `${at.getHours()}:${String(at.getMinutes()).padStart(2, '0')}`
}
