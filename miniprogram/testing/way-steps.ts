import type { ExecutionContext } from 'ava'
import type { Page } from 'playwright-core'
import type { Destination } from '../../maps/model/index.ts'
import { clickPlan, front, openUrl, phone } from './in-page.ts'
import type { SeenPhone } from './in-page.ts'

interface SeenGuide {
  way(): { readonly legs: readonly { readonly points?: readonly { x: number; y: number }[] }[] } | undefined
  offSinceMs(): number | undefined
}

/**
 * The shopper stands somewhere else than the way leads: there is another way within two seconds of the first
 * position off the old one.
 */
export async function losesTheWay(
  t: ExecutionContext,
  page: Page,
  { goal, from, astray }: { goal: Destination; from: Spot; astray: Spot },
): Promise<void> {
  await clickPlan(page, from)
  await openUrl(page, `/pages/route/index?to=${goal.id}`)
  await front(page).locator('.now').waitFor()
  await page.waitForTimeout(4_000)
  await clickPlan(page, astray)
  const took = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const { preview } = globalThis as unknown as { readonly preview: SeenPhone }
        const guide = preview.pages.current!.instance.guide as SeenGuide
        let off: { readonly sinceMs: number; readonly way: unknown } | undefined
        const timer = setInterval(() => {
          const sinceMs = guide.offSinceMs()
          if (sinceMs !== undefined) {
            off = { sinceMs, way: guide.way() }
            return
          }
          // Back on the same way it had only wandered.
          if (!off || guide.way() === off.way) {
            off = undefined
            return
          }
          clearInterval(timer)
          resolve(Date.now() - off.sinceMs)
        }, 20)
      }),
  )
  await phone(page).getByText('走错了，换一条路').waitFor()
  t.true(took <= 2_000, `another way after ${took} ms`)
  t.log(`another way ${took} ms after the first position off the old one`)
}

/** Metres of the level the panel shows. */
export interface Spot {
  readonly x: number
  readonly y: number
}

const degrees = 180 / Math.PI

interface Seen {
  readonly arrowRad: number
  readonly headingRad: number
  readonly wayRad: number
}

/**
 * Walks to the goal and looks through the camera: the arrow, turned by where the phone believes it points, is
 * within 15° of the way. Then the goal is reached.
 */
export async function walksWithTheCamera(t: ExecutionContext, page: Page, goal: Destination): Promise<void> {
  await page.getByRole('button', { name: '走到这里' }).click()
  await clickPlan(page, goal)
  const seen: Seen[] = []
  for (let tries = 0; tries < 6 && seen.length < 3; tries++) {
    await page.waitForTimeout(4_000)
    const isOnMap = (await front(page).locator('[aria-label=实景]').count()) > 0
    if (isOnMap) await front(page).locator('[aria-label=实景]').click()
    const question = phone(page).getByRole('button', { name: '允许' })
    if (tries === 0) await question.click()
    seen.push(...(await page.evaluate(lookThrough)))
  }
  t.true(seen.length >= 3, 'the arrow was there')
  for (const { arrowRad, headingRad, wayRad } of seen) {
    const off = Math.abs(angle(arrowRad + headingRad - wayRad)) * degrees
    t.true(off <= 15, `${off.toFixed(1)}° off the way`)
  }
  const back = front(page).getByText('回到地图')
  if (await back.isVisible()) await back.click()
  await front(page).getByText('到了', { exact: true }).waitFor({ timeout: 90_000 })
  await page.getByRole('button', { name: '站到这里' }).click()
  await front(page).getByText('结束').click()
}

/** Some seconds of the camera's page: what it shows, and where the way leads over the next five metres. */
async function lookThrough(): Promise<Seen[]> {
  interface Point {
    readonly x: number
    readonly y: number
  }
  const { preview } = globalThis as unknown as { readonly preview: SeenPhone }
  const seen: Seen[] = []
  for (let i = 0; i < 8; i++) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    const { route, instance } = preview.pages.current!
    if (route !== 'ar/index') return seen
    const arrow = instance.arrow as { isShown: boolean; turnRad: number } | undefined
    const state = instance.state as { headingRad?: number } | undefined
    const guide = instance.guide as {
      way(): { legs: { points?: Point[] }[] } | undefined
      progress(): { leg: number; at: Point } | undefined
    }
    const progress = guide.progress()
    const points = progress && guide.way()?.legs[progress.leg]?.points
    if (!arrow?.isShown || state?.headingRad === undefined || !points) continue
    // Along the way from the point nearest to the person, by hand.
    let index = 1
    let nearest = Infinity
    for (let each = 1; each < points.length; each++) {
      const [a, b] = [points[each - 1]!, points[each]!]
      const length = Math.hypot(b.x - a.x, b.y - a.y)
      const along =
        ((progress.at.x - a.x) * (b.x - a.x) + (progress.at.y - a.y) * (b.y - a.y)) / Math.max(length, 1e-9)
      const held = Math.max(0, Math.min(length, along))
      const x = a.x + ((b.x - a.x) * held) / Math.max(length, 1e-9)
      const y = a.y + ((b.y - a.y) * held) / Math.max(length, 1e-9)
      const away = Math.hypot(progress.at.x - x, progress.at.y - y)
      if (away < nearest - 1e-6) [nearest, index] = [away, each]
    }
    let left = 5
    let at = progress.at
    for (let each = index; each < points.length && left > 0; each++) {
      const to = points[each]!
      const length = Math.hypot(to.x - at.x, to.y - at.y)
      const share = length > left ? left / length : 1
      at = { x: at.x + (to.x - at.x) * share, y: at.y + (to.y - at.y) * share }
      left -= length
    }
    seen.push({
      arrowRad: arrow.turnRad,
      headingRad: state.headingRad,
      wayRad: Math.atan2(at.x - progress.at.x, at.y - progress.at.y),
    })
  }
  return seen
}

function angle(rad: number): number {
  return Math.atan2(Math.sin(rad), Math.cos(rad))
}
