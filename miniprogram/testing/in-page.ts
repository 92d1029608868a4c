import type { Page } from 'playwright-core'

/** What tests see of the phone of the preview, from inside its page. */
export interface SeenPhone {
  readonly pages: {
    navigateTo(url: string): unknown
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
