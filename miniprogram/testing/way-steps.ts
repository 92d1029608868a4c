import type { ExecutionContext } from 'ava'
import type { Page } from 'playwright-core'
import type { Destination } from '../../maps/model/index.ts'
import { clickPlan, front, goOn, openUrl, pass, phone, standStill } from './in-page.ts'
import type { SeenPhone } from './in-page.ts'

interface SeenWay {
  readonly legs: readonly { readonly points?: readonly Spot[] }[]
}

interface SeenGuide {
  way(): SeenWay | undefined
  offSinceMs(): number | undefined
  progress(): { readonly leg: number; readonly at: Spot } | undefined
}

/** Metres of the level the panel shows. */
export interface Spot {
  readonly x: number
  readonly y: number
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
  await pass(page, 6_000)
  await standStill(page)
  await clickPlan(page, astray)
  const guide = await page.evaluateHandle(() => {
    const { preview } = globalThis as unknown as { readonly preview: SeenPhone }
    return { guide: preview.pages.current!.instance.guide as SeenGuide, way: undefined as unknown }
  })
  let offSinceMs: number | undefined
  let tookMs: number | undefined
  for (let tries = 0; tries < 300 && tookMs === undefined; tries++) {
    await page.clock.runFor(100)
    const { sinceMs, isNew, nowMs } = await guide.evaluate((seen) => {
      const sinceMs = seen.guide.offSinceMs()
      // The way one is off; back on the same one the position had only wandered.
      if (sinceMs !== undefined) seen.way = seen.guide.way()
      return { sinceMs, isNew: seen.guide.way() !== seen.way, nowMs: Date.now() }
    })
    if (sinceMs === undefined && isNew && offSinceMs !== undefined) tookMs = nowMs - offSinceMs
    offSinceMs = sinceMs
  }
  await phone(page).getByText('走错了，换一条路').waitFor()
  await goOn(page)
  t.true(tookMs !== undefined && tookMs <= 2_000, `another way after ${tookMs} ms`)
  t.log(`another way ${tookMs} ms after the first position off the old one`)
}

/** What the pages of map and camera say, in the language of the phone. */
export interface WayWords {
  readonly camera: string
  /** Goes back from the camera's picture. */
  readonly map: string
  /** One rides, and up to which level. */
  readonly ride: RegExp
  readonly arrived: string
  readonly end: string
}

/**
 * Somebody who stands still and lets nobody use the camera: the page says so and asks for it; with the picture it
 * says that it does not know where the phone points, and after a while goes back to the map by itself.
 */
export async function stepsBackFromTheCamera(t: ExecutionContext, page: Page): Promise<void> {
  await front(page).locator('[aria-label=实景]').click()
  await phone(page).getByRole('button', { name: '拒绝' }).click()
  await front(page).getByText('看不到摄像头的画面').waitFor()
  await front(page).getByText('去打开').click()
  await phone(page).getByRole('button', { name: '允许' }).click()
  await front(page).getByText('看不到摄像头的画面').waitFor({ state: 'detached' })
  const why = new Set<string>()
  const isOnMap = async () => {
    const silence = front(page).locator('.silence')
    for (const text of await silence.allInnerTexts()) why.add(text)
    return front(page).locator('[aria-label=实景]').isVisible()
  }
  t.true(await pass(page, 20_000, isOnMap), 'the map leads on where the camera cannot')
  t.regex([...why].join(), /走几步|位置不准/, 'and the camera has said why')
  await phone(page).getByText('看不准方向，先看地图').waitFor()
}

const degrees = 180 / Math.PI
/** Between the arrow and the way, by the heading that the phone believes. */
const arrowLimitDeg = 15
/** The arrow hides where the heading is vague, on one walk more than on another; as often as this it is seen on each. */
const fewestLooks = 3
/** More of them see the whole walk, and not just the lag behind one turn. */
const mostLooks = 60
/** Half a second of somebody who walks. */
const leastStrideM = 0.3

/** Degrees between the arrow and the way. */
interface Look {
  readonly believedDeg: number
  readonly trueDeg: number
}

/**
 * Walks to a goal on another level, with the camera until the arrow was looked at often enough: instructions follow
 * each other, the arrow points along the way, the ride names its level, and the arrival is said.
 */
export async function followsTheWay(
  t: ExecutionContext,
  page: Page,
  walk: {
    readonly goal: Destination
    readonly level: string
    readonly words: WayWords
    readonly withCamera: boolean
  },
): Promise<void> {
  const { goal, level, words, withCamera } = walk
  await page.getByRole('button', { name: '走到这里' }).click()
  await page.getByRole('button', { name: level, exact: true }).click()
  await clickPlan(page, goal)
  const said: string[] = []
  const looks: Look[] = []
  let before: Spot = { x: Number.NaN, y: Number.NaN }
  const dots: { readonly m: number; readonly radiusM: number }[] = []
  const hasArrived = () => front(page).getByText(words.arrived, { exact: true }).isVisible()
  await standStill(page)
  const isThere = await pass(page, 180_000, async () => {
    const seen = await page.evaluate(lookAround)
    const text = seen.text.trim()
    if (text !== '' && said[said.length - 1] !== text) said.push(text)
    const { dot, person } = seen
    if (dot) dots.push({ m: Math.hypot(dot.x - person.x, dot.y - person.y), radiusM: dot.radiusM })
    const look = seen.isCamera ? offTheWay(seen, before) : undefined
    before = person
    if (look) looks.push(look)
    const isWanted = withCamera && looks.length < mostLooks
    if (seen.isCamera && (!isWanted || seen.arrow?.why === 'arrived')) {
      await front(page).getByText(words.map).click()
    } else if (!seen.isCamera && isWanted) {
      await front(page).locator(`[aria-label=${words.camera}]`).click()
    }
    return hasArrived()
  })
  await goOn(page)
  // First as the next step expects it, so that what is wrong here is told once.
  await page.getByRole('button', { name: '站到这里' }).click()
  await front(page).getByText(words.end, { exact: true }).click()
  t.true(isThere, said.join(' / '))
  t.true(said.length >= 3 && said.some((each) => words.ride.test(each)), said.join(' / '))
  t.log(said.join(' / '))
  isWhereItSays(t, dots)
  if (withCamera) pointsAlongTheWay(t, looks)
}

/** The dot of a whole walk keeps to the circle it draws: nine times in ten in the long run. */
function isWhereItSays(t: ExecutionContext, dots: readonly { m: number; radiusM: number }[]): void {
  const inside = dots.filter(({ m, radiusM }) => m <= radiusM).length / dots.length
  const sorted = dots.map(({ m }) => m).sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? Infinity
  t.log(
    `${dots.length} looks at the dot: half within ${median.toFixed(1)} m, ${Math.round(inside * 100)} % inside the circle`,
  )
  t.true(dots.length >= 20 && inside >= 0.75)
}

function pointsAlongTheWay(t: ExecutionContext, looks: readonly Look[]): void {
  t.true(looks.length >= fewestLooks, `the arrow was looked at ${looks.length} times`)
  const believed = Math.max(...looks.map(({ believedDeg }) => Math.abs(believedDeg)))
  const truly = looks.map(({ trueDeg }) => Math.abs(trueDeg)).sort((a, b) => a - b)
  const median = truly[Math.floor(truly.length / 2)] ?? Infinity
  const most = truly[truly.length - 1] ?? Infinity
  t.log(
    `${looks.length} looks at the arrow: half within ${median.toFixed(1)}° of the way, all within ${most.toFixed(1)}°; by the phone’s heading ${believed.toFixed(1)}°`,
  )
  // How near the believed heading is to the truth is the engine's matter: said here, judged in positioning.
  const within = looks.filter(({ believedDeg }) => Math.abs(believedDeg) <= arrowLimitDeg).length
  t.true(within >= 0.8 * looks.length, `${within} of ${looks.length} arrows lie along the way`)
}

/** What the page in front says and shows, and where the panel’s person truly is; runs in the page. */
function lookAround() {
  const { preview } = globalThis as unknown as { readonly preview: SeenPhone }
  const { route, instance } = preview.pages.current!
  const guide = instance.guide as SeenGuide
  const progress = guide.progress()
  const person = document.querySelector('.soft.figures')?.textContent ?? ''
  const [, x, y] = /· ([-\d.]+), ([-\d.]+) m/.exec(person) ?? []
  return {
    text: document.querySelector('wx-page:not([hidden]) :is(.now, .top) .text')?.textContent ?? '',
    isCamera: route === 'ar/index',
    dot: instance.seen as (Spot & { readonly radiusM: number }) | undefined,
    arrow: instance.arrow as { isShown: boolean; turnRad: number; why?: string } | undefined,
    headingRad: (instance.state as { headingRad?: number } | undefined)?.headingRad,
    person: { x: Number(x), y: Number(y) },
    at: progress?.at,
    points: progress && guide.way()?.legs[progress.leg]?.points,
  }
}

type Seen = ReturnType<typeof lookAround>

/** How far the arrow points beside the way over its next five metres: truly, and by what the phone believes. */
function offTheWay({ arrow, headingRad, person, at, points }: Seen, before: Spot): Look | undefined {
  const [dx, dy] = [person.x - before.x, person.y - before.y]
  const walks = Math.hypot(dx, dy) > leastStrideM
  if (!arrow?.isShown || headingRad === undefined || !at || !points || !walks) return undefined
  const to = aheadOf(at, points)
  const wayRad = Math.atan2(to.x - at.x, to.y - at.y)
  return {
    believedDeg: wrapped(arrow.turnRad + headingRad - wayRad) * degrees,
    trueDeg: wrapped(arrow.turnRad + Math.atan2(dx, dy) - wayRad) * degrees,
  }
}

/** Five metres along the way from its point nearest to somebody, by hand. */
function aheadOf(at: Spot, points: readonly Spot[]): Spot {
  const feet = points.slice(1).map((b, each) => nearestOn(at, points[each]!, b))
  const away = feet.map((foot) => Math.hypot(at.x - foot.x, at.y - foot.y))
  const leg = away.findIndex((m) => m <= Math.min(...away) + 1e-6)
  let left = 5
  let ahead = feet[leg]!
  for (const to of points.slice(leg + 1)) {
    const length = Math.hypot(to.x - ahead.x, to.y - ahead.y)
    const share = length > left ? left / length : 1
    ahead = { x: ahead.x + (to.x - ahead.x) * share, y: ahead.y + (to.y - ahead.y) * share }
    left -= length
    if (left <= 0) break
  }
  return ahead
}

function nearestOn(at: Spot, a: Spot, b: Spot): Spot {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const share = ((at.x - a.x) * dx + (at.y - a.y) * dy) / Math.max(dx * dx + dy * dy, 1e-9)
  const held = Math.max(0, Math.min(1, share))
  return { x: a.x + dx * held, y: a.y + dy * held }
}

function wrapped(rad: number): number {
  return Math.atan2(Math.sin(rad), Math.cos(rad))
}
