import { language } from '../services/messages.ts'

const tabs = [
  { path: '/pages/home/index', icon: 'house', zh: '首页', en: 'Home' },
  { path: '/pages/map/index', icon: 'map', zh: '地图', en: 'Map' },
  { path: '/pages/wallet/index', icon: 'wallet', zh: '券包', en: 'Wallet' },
  { path: '/pages/me/index', icon: 'user', zh: '我的', en: 'Me' },
] as const

/** The tab bar; each tab's page calls `show` with its own place when it comes to the front. */
Component({
  data: { selected: 0, tabs: [] as { path: string; icon: string; text: string }[] },
  methods: {
    show(selected: number) {
      const words = tabs.map(({ path, icon, ...text }) => ({ path, icon, text: text[language()] }))
      this.setData({ selected, tabs: words })
    },
    open(event: WechatMiniprogram.TouchEvent<object, object, { path: string }>) {
      void wx.switchTab({ url: event.currentTarget.dataset.path })
    },
  },
})
