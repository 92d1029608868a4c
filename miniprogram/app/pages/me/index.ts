import { nameIn } from '../../../../maps/render/name-in.ts'
import { visitorsContract } from '../../../../server/contract/visitors.contract.ts'
import { language } from '../../services/messages.ts'
import type { Language } from '../../services/messages.ts'
import { open, showTab } from '../../services/page.ts'
import { shopper } from '../../services/shopper.ts'
import { texts } from './messages.ts'

Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    lang: 'zh' as Language,
    consents: '',
    malls: [] as readonly { readonly id: string; readonly name: string }[],
    mall: 0,
  },

  async onShow() {
    this.refresh()
    try {
      const entries = await shopper().venues()
      const malls = entries.map((entry) => ({ id: entry.id, name: nameIn(entry.name, language()) }))
      const current = shopper().venue()?.entry.id
      const mall = Math.max(
        0,
        malls.findIndex(({ id }) => id === current),
      )
      this.setData({ malls, mall })
    } catch {
      // Away and never there before: there is nothing to choose from.
      this.setData({ malls: [] })
    }
  },

  refresh() {
    showTab(this, 2)
    const on = Object.values(shopper().consents()).filter(Boolean).length
    this.setData({
      t: texts.all(),
      lang: language(),
      consents: on === 0 ? texts.say('noneOn') : texts.say('someOn', { count: on }),
    })
  },

  chooseLanguage(event: WechatMiniprogram.TouchEvent<object, object, { lang: Language }>) {
    shopper().setLanguage(event.currentTarget.dataset.lang)
    void this.onShow()
  },

  chooseMall(event: WechatMiniprogram.PickerChange) {
    const index = Number(event.detail.value)
    const chosen = this.data.malls[index]
    if (!chosen) return
    this.setData({ mall: index })
    void shopper().openVenue(chosen.id)
  },

  openConsent() {
    open('/pages/consent/index')
  },

  async exportData() {
    try {
      await shopper().session.ensure()
      const all = await shopper().http.call(visitorsContract.exportMe, {})
      await wx.setClipboardData({ data: JSON.stringify(all, null, 2) })
      await wx.showToast({ title: texts.say('exported'), icon: 'none' })
    } catch {
      await wx.showToast({ title: texts.say('away'), icon: 'none' })
    }
  },

  async erase() {
    const { confirm } = await wx.showModal({
      title: texts.say('erase'),
      content: texts.say('eraseAsk'),
      confirmText: texts.say('eraseYes'),
      cancelText: texts.say('cancel'),
    })
    if (!confirm) return
    try {
      if (shopper().session.token() !== undefined) await shopper().http.call(visitorsContract.eraseMe, {})
      shopper().session.forget()
      shopper().setConsents({ location: false, marketing: false, profile: false })
      this.refresh()
      await wx.showToast({ title: texts.say('erased'), icon: 'none' })
    } catch {
      await wx.showToast({ title: texts.say('away'), icon: 'none' })
    }
  },
})
