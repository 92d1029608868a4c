import { nameIn } from '../../../../maps/render/name-in.ts'
import { Away, Refused } from '../../services/http.ts'
import { language } from '../../services/messages.ts'
import { shopper } from '../../services/shopper.ts'
import { texts } from './messages.ts'

interface MallRow {
  readonly id: string
  readonly name: string
  readonly initial: string
  readonly meta: string
}

/** The malls there are; the one chosen is opened again next time. */
Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    state: 'loading',
    malls: [] as readonly MallRow[],
    current: '',
    opening: '',
  },

  async onLoad() {
    this.setData({ t: texts.all(), current: shopper().venue()?.entry.id ?? '' })
    try {
      const entries = await shopper().venues()
      const malls = entries.map(({ id, name, levels, destinations }) => {
        const text = nameIn(name, language())
        const [initial = ''] = text
        const meta = texts.say('meta', { levels: levels.length, places: destinations })
        return { id, name: text, initial, meta }
      })
      this.setData({ malls, state: malls.length === 0 ? 'none' : 'ready' })
    } catch (error) {
      if (!(error instanceof Away) && !(error instanceof Refused)) throw error
      this.setData({ state: 'away' })
    }
  },

  async choose(event: WechatMiniprogram.TouchEvent<object, object, { id: string }>) {
    const { id } = event.currentTarget.dataset
    this.setData({ opening: id })
    await shopper().openVenue(id)
    this.setData({ opening: '' })
    if (shopper().venue()?.entry.id !== id) {
      await wx.showToast({ title: texts.say('failed'), icon: 'none', duration: 3000 })
      return
    }
    if (getCurrentPages().length > 1) await wx.navigateBack()
    else await wx.switchTab({ url: '/pages/home/index' })
  },
})
