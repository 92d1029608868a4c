import { nameIn } from '../../../../maps/render/name-in.ts'
import { visitorsContract } from '../../../../server/contract/visitors.contract.ts'
import { Away, Refused } from '../../services/http.ts'
import { language } from '../../services/messages.ts'
import type { Language } from '../../services/messages.ts'
import { myCars } from '../../services/my-cars.ts'
import { open, setChanged, showTab } from '../../services/page.ts'
import { shopper } from '../../services/shopper.ts'
import { texts } from './messages.ts'

Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    lang: 'zh' as Language,
    consents: '',
    mall: '',
    coupons: '',
    isMember: false,
    isSigningIn: false,
    phone: '',
  },
  leave: undefined as (() => void) | undefined,

  onShow() {
    showTab(this, 3)
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
    const { account, consents, venue, wallet } = shopper()
    const on = Object.values(consents()).filter(Boolean).length
    const held = wallet.held().length
    const current = venue()
    setChanged(this, {
      t: texts.all(),
      lang: language(),
      consents: on === 0 ? texts.say('noneOn') : texts.say('someOn', { count: on }),
      mall: current ? nameIn(current.entry.name, language()) : '',
      coupons: held === 0 ? texts.say('none') : texts.say('couponsCount', { count: held }),
      isMember: account.isMember(),
      phone: account.phone() ?? '',
    })
  },

  chooseLanguage(event: WechatMiniprogram.TouchEvent<object, object, { lang: Language }>) {
    shopper().setLanguage(event.currentTarget.dataset.lang)
    showTab(this, 3)
    this.refresh()
  },

  openMalls() {
    open('/pages/malls/index')
  },
  openWallet() {
    void wx.switchTab({ url: '/pages/wallet/index' })
  },

  /** What is on the phone goes along when the person agreed to have it kept; otherwise they are asked. */
  async signIn() {
    const { account, consents, wallet } = shopper()
    if (this.data.isSigningIn || account.isMember()) return
    let joins = consents().profile
    if (!joins && wallet.held().length > 0) {
      const { confirm } = await wx.showModal({
        title: texts.say('keepTitle'),
        content: texts.say('keepAsk'),
        confirmText: texts.say('keepYes'),
        cancelText: texts.say('keepNo'),
      })
      if (confirm) shopper().setConsents({ profile: true })
      joins = confirm
    }
    this.setData({ isSigningIn: true })
    try {
      await shopper().signIn(joins)
      await wx.showToast({ title: texts.say('signedIn'), icon: 'success' })
    } catch (error) {
      await this.sayRefused(error)
    } finally {
      this.setData({ isSigningIn: false })
      this.refresh()
    }
  },

  async takePhone(event: WechatMiniprogram.CustomEvent<{ code?: string }>) {
    const { code } = event.detail
    if (code === undefined) {
      await wx.showToast({ title: texts.say('phoneRefused'), icon: 'none' })
      return
    }
    if (!shopper().consents().profile) {
      await wx.showToast({ title: texts.say('needsConsent'), icon: 'none', duration: 3000 })
      open('/pages/consent/index')
      return
    }
    try {
      await shopper().account.addPhone(code)
    } catch (error) {
      await this.sayRefused(error)
    }
  },
  async removePhone() {
    try {
      await shopper().account.removePhone()
    } catch (error) {
      await this.sayRefused(error)
    }
  },

  async sayRefused(error: unknown) {
    if (!(error instanceof Away) && !(error instanceof Refused)) throw error
    const title =
      error instanceof Away
        ? texts.say('signInAway')
        : error.problem === 'wechat-off'
          ? texts.say('off')
          : error.problem === 'consent-needed'
            ? texts.say('needsConsent')
            : error.problem === 'wechat-account-blocked'
              ? texts.say('blocked')
              : texts.say('codeRefused')
    await wx.showToast({ title, icon: 'none', duration: 3000 })
  },

  openConsent() {
    open('/pages/consent/index')
  },

  async exportData() {
    try {
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
      shopper().forgetMe()
      myCars().forgetHere()
      this.refresh()
      await wx.showToast({ title: texts.say('erased'), icon: 'none' })
    } catch {
      await wx.showToast({ title: texts.say('away'), icon: 'none' })
    }
  },
})
