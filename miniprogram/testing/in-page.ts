import type { Page } from 'playwright-core'

/** What tests see of the phone of the preview, from inside its page. */
export interface SeenPhone {
  readonly pages: {
    navigateTo(url: string): unknown
    switchTab(url: string): unknown
    readonly current?: { readonly route: string; readonly instance: Readonly<Record<string, unknown>> }
  }
}

export const phone = (page: Page) => page.locator('#screen')

/** The page in front; those below stay in the document. */
export const front = (page: Page) => page.locator('wx-page:not([hidden])')

/** Goes to a page of the mini-program as a link from outside does. */
export async function openUrl(page: Page, url: string): Promise<void> {
  await page.evaluate((to) => {
    const { preview } = globalThis as unknown as { readonly preview: SeenPhone }
    preview.pages.navigateTo(to)
  }, url)
}

/** Goes to a page of the tab bar; what lay over it is closed. */
export async function openTab(page: Page, url: string): Promise<void> {
  await page.evaluate((to) => {
    const { preview } = globalThis as unknown as { readonly preview: SeenPhone }
    preview.pages.switchTab(to)
  }, url)
}

/** Clicks a spot of the level that the side panel's plan shows, metres of the level. */
export async function clickPlan(
  page: Page,
  { x, y }: { readonly x: number; readonly y: number },
): Promise<void> {
  const plan = page.locator('.plan')
  await plan.scrollIntoViewIfNeeded()
  const at = await plan.evaluate(
    (svg, metres) => {
      const matrix = (svg as unknown as SVGSVGElement).getScreenCTM()!
      const { x: clientX, y: clientY } = new DOMPoint(metres.x, -metres.y).matrixTransform(matrix)
      return { clientX, clientY }
    },
    { x, y },
  )
  await page.mouse.click(at.clientX, at.clientY)
}

/** A page’s own time, which a test moves on; and ten pictures a second, as software draws them. */
export async function takeTime(page: Page): Promise<void> {
  await page.clock.install()
  await page.addInitScript(() => {
    globalThis.requestAnimationFrame = (draw) =>
      setTimeout(() => {
        draw(performance.now())
      }, 100) as unknown as number
    globalThis.cancelAnimationFrame = (handle) => {
      clearTimeout(handle)
    }
  })
}

/** Longer than the words to the page take: a moment that has passed cannot be stopped at. */
const stopAfterMs = 3_000

/** Time stands still but for what `pass` lets go by: a walk is the same walk on every machine. */
export async function standStill(page: Page): Promise<void> {
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + stopAfterMs)
}

/** Time goes by itself again. */
export async function goOn(page: Page): Promise<void> {
  await page.clock.resume()
}

const paceMs = 500

/**
 * Lets time pass on the phone as quickly as the machine can: what a person waits for there takes the test no longer
 * on a slow machine than it takes to work out.
 *
 * @param ms at the most
 * @param isEnough asked twice a second; true ends it
 * @returns whether it was enough
 */
export async function pass(page: Page, ms: number, isEnough?: () => Promise<boolean>): Promise<boolean> {
  for (let passedMs = 0; passedMs < ms; passedMs += paceMs) {
    if (isEnough && (await isEnough())) return true
    await page.clock.runFor(paceMs)
  }
  return isEnough ? isEnough() : true
}

/** Lets time pass until a text is on the page in front; what a server has to answer first is waited for. */
export async function passUntil(page: Page, text: string): Promise<void> {
  const shown = front(page).getByText(text).first()
  if (!(await pass(page, 60_000, () => shown.isVisible()))) await shown.waitFor()
}

/** Lets time pass until a text has left the page in front. */
export async function passUntilGone(page: Page, text: string): Promise<void> {
  const shown = front(page).getByText(text).first()
  if (!(await pass(page, 60_000, () => shown.isHidden()))) await shown.waitFor({ state: 'hidden' })
}
