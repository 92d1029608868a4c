/** The part of a page that shows a tab bar. */
interface WithTabBar {
  getTabBar?: () => unknown
}

/** Shows in the tab bar that this page is in front. */
export function showTab(page: WithTabBar, index: number): void {
  const bar = page.getTabBar?.() as { show?: (selected: number) => void } | undefined
  bar?.show?.(index)
}

/** Goes to a page on top of this one. */
export function open(url: string): void {
  void wx.navigateTo({ url })
}

interface WithData {
  readonly data: object
  setData(data: object): void
}

/** Hands the view only what is different from what it shows: positions come twice a second. */
export function setChanged(page: WithData, next: Readonly<Record<string, unknown>>): void {
  const changed = Object.entries(next).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(page.data, key)),
  )
  if (changed.length > 0) page.setData(Object.fromEntries(changed))
}
