import { visitorsContract } from '../../../../server/contract/visitors.contract.ts'
import { Away, Refused } from '../../services/http.ts'
import { language } from '../../services/messages.ts'
import { shopper } from '../../services/shopper.ts'
import type { Purpose } from '../../services/shopper.ts'
import { texts } from './messages.ts'

const purposes = [
  { purpose: 'location', icon: 'locate-fixed' },
  { purpose: 'marketing', icon: 'badge-percent' },
  { purpose: 'profile', icon: 'footprints' },
] as const

/** Asks for what the app may do: everything off until turned on, refusing as easy as agreeing. */
Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    purposes: [] as readonly { purpose: Purpose; icon: string; name: string; hint: string; on: boolean }[],
    main: '',
    isReading: false,
    fullTexts: [] as readonly { readonly title: string; readonly text: string; readonly version: string }[],
    textsState: '',
  },

  onLoad() {
    const given = shopper().consents()
    const t = texts.all()
    this.setData({
      t,
      purposes: purposes.map(({ purpose, icon }) => ({
        purpose,
        icon,
        name: t[purpose],
        hint: t[`${purpose}Hint`],
        on: given[purpose],
      })),
    })
    this.word()
  },

  change(event: WechatMiniprogram.SwitchChange<object, { purpose: Purpose }>) {
    const { purpose } = event.currentTarget.dataset
    const { value } = event.detail
    this.setData({
      purposes: this.data.purposes.map((each) => (each.purpose === purpose ? { ...each, on: value } : each)),
    })
    this.word()
  },

  /** The button names what was chosen. */
  word() {
    const on = this.data.purposes.filter((each) => each.on)
    const isFirst = on.length === 1 && on[0]?.purpose === 'location'
    const main =
      on.length === 0
        ? texts.say('keep')
        : isFirst
          ? texts.say('openFirst')
          : texts.say('open', { count: on.length })
    this.setData({ main })
  },

  /** What one agrees to, word for word, in the version the server keeps the answer to. */
  async openTexts() {
    this.setData({ isReading: true, textsState: texts.say('loading') })
    try {
      const all = await shopper().http.call(visitorsContract.listConsentTexts, {})
      this.setData({
        fullTexts: all.map((each) => ({ ...each[language()], version: each.version })),
        textsState: '',
      })
    } catch (error) {
      if (!(error instanceof Away) && !(error instanceof Refused)) throw error
      this.setData({ textsState: texts.say('textsAway') })
    }
  },
  closeTexts() {
    this.setData({ isReading: false })
  },
  openGuide() {
    wx.openPrivacyContract({})
  },

  keep() {
    const chosen = this.data.purposes.map(({ purpose, on }) => [purpose, on] as const)
    shopper().setConsents(Object.fromEntries(chosen))
    this.goOn()
  },

  refuse() {
    shopper().setConsents({ location: false, marketing: false, profile: false })
    this.goOn()
  },

  goOn() {
    if (getCurrentPages().length > 1) void wx.navigateBack()
    else void wx.switchTab({ url: '/pages/home/index' })
  },
})
