/** TDesign's icon as its components ask for it, drawn with our own: its font comes from elsewhere. */
Component({
  properties: {
    name: { type: String, value: '' },
    size: { type: String, value: '48rpx' },
    color: { type: String, value: 'currentColor' },
  },
})
