Component({
  data: {
    selected: 0,
    tabs: [
      { path: '/pages/home/index', icon: 'house', text: '首页' },
      { path: '/pages/map/index', icon: 'map', text: '地图' },
    ],
  },
  methods: {
    open(event: WechatMiniprogram.TouchEvent<object, object, { path: string }>) {
      void wx.switchTab({ url: event.currentTarget.dataset.path })
    },
  },
})
