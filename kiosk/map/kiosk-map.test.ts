import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser } from '../../ui/testing/browser.ts'
import { buildPage, servePage } from './testing/serve.ts'
import type { Stage } from './testing/page.ts'
import { demoVenueFile, realVenueFile } from './testing/venue-file.ts'

/** Pictures are written where this names a folder, to be looked at. */
const picturesDir = process.env.ATRIUM_PICTURES

const outDir = fileURLToPath(new URL('../../dist/test-kiosk-map', import.meta.url))
const viewport = { width: 540, height: 960 }

let browser: Browser | undefined
let site: Awaited<ReturnType<typeof servePage>> | undefined
let page: Page
const trouble: string[] = []

test.before(async (t) => {
  t.timeout(170_000)
  browser = await launchBrowser()
  if (!browser) return
  const real = realVenueFile()
  await buildPage(outDir)
  site = await servePage(outDir, { demo: demoVenueFile(), ...(real ? { real } : {}) })
  const context = await browser.newContext({
    viewport,
    locale: 'zh-CN',
    hasTouch: true,
    reducedMotion: 'reduce',
  })
  page = await context.newPage()
  page.on('console', (message) => {
    const isOwn = !/GL Driver Message|favicon/.test(message.text() + message.location().url)
    if (isOwn && (message.type() === 'error' || message.type() === 'warning')) trouble.push(message.text())
  })
  page.on('pageerror', (error) => trouble.push(error.message))
})
test.after.always(async () => {
  await browser?.close()
  await site?.close()
})

declare const window: { stage?: Stage }

/** A step on the one page; each goes on where the one before ended. */
function step(title: string, body: (t: ExecutionContext) => Promise<void>): void {
  test.serial(title, async (t) => {
    t.timeout(170_000)
    if (!browser || !site) {
      t.log('left out: there is no Chromium on this machine')
      t.pass()
      return
    }
    await body(t)
    t.deepEqual(trouble.splice(0), [], 'the console stays silent')
  })
}

async function open(venue: string): Promise<void> {
  await page.goto(`${site!.origin}/?venue=${venue}`)
  await page.waitForFunction(() => window.stage !== undefined)
}

/** Puts the map on the screen: at an information desk of the ground level, looking north-east. */
async function showMap(): Promise<void> {
  await page.evaluate(() => {
    const { venue, shown } = window.stage!
    const ground = venue.levels.find(({ ordinal }) => ordinal === 0)!
    const here = venue.destinations.filter(({ levelId }) => levelId === ground.id)
    const desk =
      here.find(({ category }) => category === 'information') ??
      here.find(({ category }) => category === 'elevator')!
    shown.home = { levelId: ground.id, lonLat: desk.lonLat, facingDeg: 40 }
    shown.insets = { top: 80, right: 60, bottom: 300, left: 20 }
    shown.view = 'map'
  })
  await told('drawn')
}

/** The way from the screen to the shop of a level that is farthest, or nearest, within 200 m. */
async function go(ordinal: number, leg: number): Promise<number> {
  return page.evaluate(
    ({ ordinal, leg }) => {
      const stage = window.stage!
      const { venue, router, shown } = stage
      const { home } = shown
      const from = router.tables.levels.find(({ id }) => id === home!.levelId)!
      const { originLon, originLat, metresPerDegreeLon, metresPerDegreeLat } = from.frame
      const start = {
        level: from.name,
        x: (home!.lonLat[0] - originLon) * metresPerDegreeLon,
        y: (home!.lonLat[1] - originLat) * metresPerDegreeLat,
      }
      const level = venue.levels.find((one) => one.ordinal === ordinal)!
      const ways = venue.destinations.flatMap(({ id, kind, levelId }) => {
        if (kind !== 'shop' || levelId !== level.id) return []
        const route = router.route({ from: start, to: { place: id }, profile: 'step-free' })
        return 'refused' in route || route.lengthM > 200 ? [] : [{ id, lengthM: route.lengthM }]
      })
      const farthest = ways.reduce((a, b) => (b.lengthM > a.lengthM ? b : a))
      return stage.go({ from: start, to: { place: farthest.id }, profile: 'step-free' }, leg)
    },
    { ordinal, leg },
  )
}

async function told(name: string): Promise<unknown> {
  await page.waitForFunction((wanted) => window.stage!.events.some((event) => event.name === wanted), name, {
    timeout: 60_000,
  })
  return page.evaluate((wanted) => {
    const { events } = window.stage!
    const [event] = events.splice(
      events.findIndex(({ name }) => name === wanted),
      1,
    )
    return event!.payload
  }, name)
}

async function picture(name: string): Promise<void> {
  if (picturesDir === undefined) return
  await mkdir(picturesDir, { recursive: true })
  await page.screenshot({ path: join(picturesDir, `${name}.png`) })
}

/** Waits until at least this share of a canvas is drawn on. */
async function drawnOn(selector: string, share: number): Promise<void> {
  await page.waitForFunction(
    ({ selector, share }) => {
      const canvas = document.querySelector<HTMLCanvasElement>(selector)
      const copy = document.createElement('canvas')
      copy.width = 120
      copy.height = 200
      const context = copy.getContext('2d')
      if (!canvas || !context || canvas.width === 0) return false
      context.drawImage(canvas, 0, 0, 120, 200)
      const { data } = context.getImageData(0, 0, 120, 200)
      let drawn = 0
      for (let i = 3; i < data.length; i += 4) if ((data[i] ?? 0) > 20) drawn++
      return drawn / (data.length / 4) >= share
    },
    { selector, share },
    { timeout: 20_000 },
  )
}

/** Waits until the way is drawn over the map: more of its colour than a dot would be. */
async function wayDrawn(): Promise<void> {
  await page.waitForFunction(
    () => {
      const canvas = document.querySelector<HTMLCanvasElement>('canvas.over')
      if (!canvas || canvas.width === 0) return false
      const copy = document.createElement('canvas')
      copy.width = canvas.width
      copy.height = canvas.height
      const context = copy.getContext('2d', { willReadFrequently: true })!
      context.drawImage(canvas, 0, 0)
      const { data } = context.getImageData(0, 0, copy.width, copy.height)
      let orange = 0
      for (let i = 0; i < data.length; i += 4) {
        if (data[i]! > 220 && data[i + 1]! < 120 && data[i + 2]! < 60 && data[i + 3]! > 200) orange++
      }
      return orange > 200
    },
    undefined,
    { timeout: 20_000 },
  )
}

step('shows the level of the screen, and a tap on a shop names it', async (t) => {
  await open('demo')
  await showMap()
  t.is(await page.locator('.badge.here').innerText(), '你在这里')
  await picture('map-home')
  const box = await page.evaluate(() => {
    const here = document.querySelector('.badge.here')!.getBoundingClientRect()
    return { left: here.left, right: here.right, top: here.top, bottom: here.bottom }
  })
  t.true(
    box.left >= 20 &&
      box.right <= viewport.width - 60 &&
      box.top >= 80 &&
      box.bottom <= viewport.height - 300,
  )
  for (let y = 200; y < 640; y += 40) {
    await page.touchscreen.tap(200, y)
    await page.waitForTimeout(60)
  }
  const tapped = await page.evaluate(
    () =>
      window.stage!.events.filter(({ name, payload }) => name === 'tap-place' && payload !== undefined)
        .length,
  )
  t.true(tapped > 0, 'none of eleven taps across the mall met a place')
})

step('a leg that ends in a lift ends in its badge, and the next leg changes the level', async (t) => {
  const tookMs = await go(2, 0)
  t.log(`the route took ${tookMs.toFixed(1)} ms`)
  const badge = page.locator('.badge.ride')
  await badge.waitFor()
  t.regex(await badge.innerText(), /电梯\s*F3/)
  await wayDrawn()
  await picture('map-route')
  await badge.click()
  t.is(await told('choose-leg'), 1)
  await page.evaluate(() => {
    const { shown } = window.stage!
    shown.trip = { ...shown.trip!, leg: 1 }
  })
  const level = await told('update:levelId')
  t.is(level, await page.evaluate(() => window.stage!.venue.levels.find(({ name }) => name === 'F3')!.id))
  await page.locator('.badge.goal').waitFor()
  t.is(await page.locator('.badge.here').count(), 0, 'nobody is on that level')
  await picture('map-arrival')
})

step('gives an operator a picture of the map', async (t) => {
  const size = await page.evaluate(async () => (await window.stage!.map()!.snapshot()).size)
  t.true(size > 8_000 && size < 600_000, `${String(size)} bytes`)
})

step('shows the building of the trip, with a chip for each level, and ends its film', async (t) => {
  await page.evaluate(() => {
    const { shown } = window.stage!
    shown.trip = { ...shown.trip!, leg: 0 }
    shown.theme = 'light'
    shown.view = 'building'
  })
  await told('drawn')
  await told('ended')
  t.deepEqual(await page.locator('.chip').allInnerTexts(), ['F3', 'F2', 'F1'])
  const tops = await page
    .locator('.chip')
    .evaluateAll((chips) => chips.map((chip) => chip.getBoundingClientRect().top))
  t.true(tops[0]! < tops[1]! && tops[1]! < tops[2]!, String(tops))
  await drawnOn('.storeys canvas', 0.15)
  await page.locator('.chip', { hasText: 'F3' }).click()
  t.is(
    await told('choose-level'),
    await page.evaluate(() => window.stage!.venue.levels.find(({ name }) => name === 'F3')!.id),
  )
  await page.locator('.badge.ride').click()
  t.is(await told('choose-leg'), 1)
  await picture('building')
})

step('turns with a finger and goes back with two taps', async (t) => {
  const top = () =>
    page.locator('.badge.goal').evaluate((badge) => Math.round(badge.getBoundingClientRect().left))
  const before = await top()
  await page.mouse.move(250, 500)
  await page.mouse.down()
  await page.mouse.move(400, 500, { steps: 2 })
  await page.mouse.up()
  await page.waitForTimeout(300)
  t.not(await top(), before)
  await page.mouse.dblclick(270, 620)
  await page.waitForFunction(
    (wanted) => Math.round(document.querySelector('.badge.goal')!.getBoundingClientRect().left) === wanted,
    before,
  )
  t.pass()
})

step('gives back what it held of the graphics card, building after building', async (t) => {
  const held = await page.evaluate(() => window.stage!.drawBuildings(50))
  t.is(held.length, 50)
  // three keeps the shader of its shadows to itself: it goes with the context, which is given back too.
  t.deepEqual(
    held.filter(({ geometries, textures, programs }) => geometries + textures > 0 || programs > 1),
    [],
  )
  await page.evaluate(() => {
    window.stage!.shown.view = 'nothing'
  })
  await page.waitForFunction(() => document.querySelectorAll('canvas').length === 0)
})

step('without WebGL the building is drawn as sheets, with all that it tells', async (t) => {
  await page.evaluate(() => {
    const own = Reflect.get(HTMLCanvasElement.prototype, 'getContext')
    // Without a name of its own: what gives names to functions is not there in the page.
    Reflect.set(
      HTMLCanvasElement.prototype,
      'getContext',
      function (this: HTMLCanvasElement, ...asked: unknown[]) {
        return String(asked[0]).startsWith('webgl') ? null : (Reflect.apply(own, this, asked) as unknown)
      },
    )
    window.stage!.shown.view = 'building'
  })
  await told('drawn')
  await page.locator('.badge.goal').waitFor()
  t.deepEqual(await page.locator('.chip').allInnerTexts(), ['F3', 'F2', 'F1'])
  await drawnOn('.storeys canvas', 0.15)
  await picture('building-sheets')
  trouble.splice(0)
})

step('the real mall is shown and walked like the demo mall', async (t) => {
  const isThere = await page.evaluate(async () => (await fetch('/venues/real.json', { method: 'HEAD' })).ok)
  if (!isThere) {
    t.log('ATRIUM_REAL_MALL is not set: the map and the building of the real mall were not tried')
    t.pass()
    trouble.splice(0)
    return
  }
  await open('real')
  await showMap()
  await go(3, 0)
  await page.locator('.badge.ride').waitFor()
  await wayDrawn()
  await picture('real-route')
  await page.evaluate(() => {
    window.stage!.shown.view = 'building'
  })
  await told('ended')
  t.deepEqual(await page.locator('.chip').allInnerTexts(), ['F4', 'F3', 'F2', 'F1'])
  await drawnOn('.storeys canvas', 0.15)
  await picture('real-building')
})
