import { nameIn } from '../../../../maps/render/name-in.ts'
import { language } from '../../services/messages.ts'
import { open, setChanged } from '../../services/page.ts'
import { shopper } from '../../services/shopper.ts'
import { texts, wordsFor } from './messages.ts'
import type { SignalWords } from './messages.ts'

/** Why there is no blue dot, what to do about it, and what works all the same. Goes by itself when it is there. */
Page({
  data: {
    t: {} as Readonly<Record<string, string>>,
    venue: '',
    state: '',
    icon: 'bluetooth',
    words: undefined as SignalWords | undefined,
  },
  leave: undefined as (() => void) | undefined,

  onShow() {
    this.leave = shopper().onChange(() => {
      this.refresh()
    })
    shopper().beacons.retry()
    this.refresh()
  },
  onHide() {
    this.leave?.()
  },
  onUnload() {
    this.leave?.()
  },

  refresh() {
    const state = shopper().beacons.state()
    const venue = shopper().venue()
    setChanged(this, {
      t: texts.all(),
      venue: venue ? nameIn(venue.entry.name, language()) : '',
      state,
      icon: state === 'bluetooth-off' ? 'bluetooth-off' : wordsFor(state) ? 'map-pin-off' : 'locate-fixed',
      words: wordsFor(state) ?? null,
    })
  },

  act() {
    const does = this.data.words?.action?.does
    if (does === 'bluetooth') void wx.openSystemBluetoothSetting()
    else if (does === 'system') void wx.openAppAuthorizeSetting()
    else if (does === 'privacy') wx.openPrivacyContract({})
    shopper().beacons.retry()
  },
  openSearch() {
    open('/pages/search/index')
  },
  openMap() {
    void wx.switchTab({ url: '/pages/map/index' })
  },
  scan() {
    wx.scanCode({
      success: ({ result }) => {
        const code = /\/go\/([\w-]+)/.exec(result)?.[1]
        if (code !== undefined) open(`/pages/route/index?code=${code}`)
      },
      // They closed the camera.
      fail: () => undefined,
    })
  },
})
