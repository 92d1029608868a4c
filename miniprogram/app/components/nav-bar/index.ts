/** The line beside WeChat's own buttons: way back, title, and whatever the page puts there. */
Component({
  properties: {
    title: { type: String, value: '' },
    back: { type: Boolean, value: false },
    /** Whether the title leads to a choice: event `choose`. */
    choice: { type: Boolean, value: false },
    /** `on-ink` on a dark ground. */
    tone: { type: String, value: '' },
  },
  data: { top: 0, height: 0, right: 0 },
  lifetimes: {
    attached() {
      const capsule = wx.getMenuButtonBoundingClientRect()
      const { statusBarHeight, windowWidth } = wx.getWindowInfo()
      const below = capsule.top - statusBarHeight
      this.setData({
        top: statusBarHeight,
        height: capsule.bottom + below,
        right: windowWidth - capsule.left + 8,
      })
    },
  },
  methods: {
    choose() {
      this.triggerEvent('choose', {})
    },
    goBack() {
      if (getCurrentPages().length > 1) void wx.navigateBack()
      else void wx.switchTab({ url: '/pages/home/index' })
    },
  },
})
