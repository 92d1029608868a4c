/** Levels of a venue, the top one first: the one on screen is filled, the one the person is on has a dot. */
Component({
  properties: {
    /** `{ id, name }` of each level. */
    levels: { type: Array, value: [] as { id: string; name: string }[] },
    level: { type: String, value: '' },
    here: { type: String, value: '' },
  },
  methods: {
    choose(event: WechatMiniprogram.TouchEvent<object, object, { id: string }>) {
      this.triggerEvent('choose', { id: event.currentTarget.dataset.id })
    },
  },
})
