/** Runs once when the app starts. */
export function startApp(): void {
  wx.onMemoryWarning(() => {
    wx.reportEvent('memory-warning', {})
  })
}
