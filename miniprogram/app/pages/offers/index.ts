import { nameIn } from '../../../../maps/render/name-in.ts'
import type { Campaign } from '../../services/floor.ts'
import { language } from '../../services/messages.ts'
import { placeWords, refusalWords, shopOf, untilWords } from '../../services/offer-words.ts'
import { open, setChanged } from '../../services/page.ts'
import { shopper } from '../../services/shopper.ts'
import { texts } from './messages.ts'

interface Ticket {
  readonly id: string
  readonly name: string
  readonly initial: string
  readonly tint: string
  readonly description: string
  readonly facts: string
  /** The offer in the wallet, when it is there already. */
  readonly offerId: string
  readonly canTake: boolean
  /** Why it was not to be had. */
  readonly refusal: string
}

/** What a mall offers now, and what is on. */
Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    state: 'loading',
    offline: '',
    tickets: [] as readonly Ticket[],
    events: [] as readonly { id: string; title: string; text: string; place: string }[],
    taking: '',
  },
  /** Why an offer was not to be had, by its campaign; made on loading, as WeChat copies what stands here as data. */
  refusals: undefined as Map<string, string> | undefined,
  leave: undefined as (() => void) | undefined,

  onLoad() {
    this.refusals = new Map()
  },
  onShow() {
    this.leave = shopper().onChange(() => {
      this.refresh()
    })
    this.refresh()
    shopper().askQuietly(shopper().floor.refresh())
  },
  onHide() {
    this.leave?.()
  },
  onUnload() {
    this.leave?.()
  },

  refresh() {
    const { floor, venueState } = shopper()
    const knownAt = floor.knownAtMs()
    const isAway = venueState() === 'away' || (knownAt === undefined && !shopper().live.isConnected())
    setChanged(this, {
      t: texts.all(),
      state: knownAt !== undefined ? 'ready' : isAway ? 'away' : 'loading',
      offline:
        floor.isCurrent() || knownAt === undefined ? '' : texts.say('offline', { time: clockTime(knownAt) }),
      tickets: floor.campaigns().map((each) => this.ticketOf(each)),
      events: floor.cards().map(({ id, title, text, place }) => ({
        id,
        title: nameIn(title, language()),
        text: text ? nameIn(text, language()) : '',
        place: place ?? '',
      })),
    })
  },

  ticketOf(campaign: Campaign): Ticket {
    const { venue, wallet } = shopper()
    const current = venue()
    const shop = shopOf(current, campaign.redeemAt)
    const { id, name, left, untilMs } = campaign
    const facts = [
      placeWords(current, campaign.redeemAt),
      untilMs === undefined ? '' : untilWords(untilMs, Date.now()),
      left === undefined ? '' : texts.say('left', { count: left }),
    ]
    const [initial = ''] = shop ? nameIn(shop.name, language()) : name[language()]
    return {
      id,
      name: name[language()],
      initial: initial.toUpperCase(),
      tint: shop?.shopCategory ?? 'service',
      description: campaign.description?.[language()] ?? '',
      facts: facts.filter((each) => each !== '').join(language() === 'zh' ? '，' : ', '),
      offerId: wallet.held().find(({ campaignId }) => campaignId === id)?.id ?? '',
      canTake: campaign.claimable,
      refusal: this.refusals?.get(id) ?? '',
    }
  },

  async take(event: WechatMiniprogram.TouchEvent<object, object, { id: string }>) {
    const { id } = event.currentTarget.dataset
    const { venue, wallet } = shopper()
    const current = venue()
    if (!current || this.data.taking !== '') return
    this.setData({ taking: id })
    const answer = await wallet.claim(current.entry.id, id)
    this.setData({ taking: '' })
    if ('refused' in answer) {
      this.refusals?.set(id, refusalWords(answer.refused))
      this.refresh()
      return
    }
    this.refusals?.delete(id)
    open(`/pages/code/index?id=${answer.id}`)
  },
  use(event: WechatMiniprogram.TouchEvent<object, object, { id: string }>) {
    open(`/pages/code/index?id=${event.currentTarget.dataset.id}`)
  },
  openPlace(event: WechatMiniprogram.TouchEvent<object, object, { id: string }>) {
    const { id } = event.currentTarget.dataset
    if (id !== '') open(`/pages/shop/index?id=${id}`)
  },
})

function clockTime(ms: number): string {
  const at = new Date(ms)
  return `${at.getHours()}:${String(at.getMinutes()).padStart(2, '0')}`
}
