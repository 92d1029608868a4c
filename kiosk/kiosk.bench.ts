import { fileURLToPath } from 'node:url'
import process from 'node:process'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { buildClients } from '../bin/clients.ts'
import type { Router } from '../maps/routes/offline.ts'
import { startClientServer } from '../server/testing/client-server.ts'
import { launchBrowser } from '../ui/testing/browser.ts'
import { buildPage, servePage } from './map/testing/serve.ts'
import { demoVenueFile } from './map/testing/venue-file.ts'
import type { VenueFile } from './map/testing/venue-file.ts'
import { newIdentity } from './testing/operate.ts'

/** What the page of the map alone shows of itself. */
declare const window: { stage?: { readonly venue: VenueFile; readonly router: Router } }

/** Initials and words people type, all on the demo mall. */
const typed = ['hg', 'kf', 'tz', 'nc', 'shu', 'dian', 'yi', 'mian'] as const
const home = { level: 'F1', x: 112, y: 60 }
const throttle = 4
const repeats = 5
/** Rounds of the typed words: each takes a while with so slow a processor. */
const rounds = 2

/** The pace of a quick hand: from the touch that opens the search to the first key, and from key to key. */
const pace = { openMs: 800, keyMs: 300 } as const

/** What runs TypeScript as it is gives functions names by a helper that a page does not have. */
const nameless = 'globalThis.__name = (made) => made'

interface Spread {
  readonly min: number
  readonly median: number
  readonly p99: number
}

/**
 * Drives the kiosk on the demo mall in Chromium: time from a key to the result on the screen, of a route by
 * itself, and from the touch on 带我去 to the steps, all with the CPU throttled four times; time of a cold load
 * to the first map; and the heap before and after many visits, garbage collected.
 *
 * `ATRIUM_VISITS` is how many visits, 1,000 unless given.
 */
export async function run(): Promise<object> {
  const visits = Number(process.env.ATRIUM_VISITS ?? 1000)
  const pagesDir = await buildClients({
    log: (_, en) => {
      console.error(en)
    },
    only: 'kiosk',
  })
  const server = await startClientServer({ pagesDir })
  const browser = await launchBrowser()
  if (!browser) throw new Error('there is no Chromium on this machine')
  try {
    const identity = JSON.stringify(await newIdentity(server, home))
    const url = `${server.address}/kiosk/?idle=600&theme=light`
    const fresh = async () => {
      const context = await browser.newContext({ viewport: { width: 1080, height: 1920 } })
      await context.addInitScript((text) => {
        localStorage.setItem('atrium.kiosk.identity', text)
      }, identity)
      await context.addInitScript(nameless)
      const page = await context.newPage()
      const startedMs = performance.now()
      await page.goto(url)
      await page.locator('.kiosk[data-drawn]').waitFor()
      return { context, page, coldMs: performance.now() - startedMs }
    }
    console.error('cold loads …')
    const cold: number[] = []
    for (let at = 0; at < repeats; at++) {
      const { context, coldMs } = await fresh()
      cold.push(coldMs)
      await context.close()
    }
    console.error('routes by themselves …')
    const routeMs = spreadOf(await routeTimes(browser))
    console.error('keys and touches …')
    const { page, context } = await fresh()
    const devtools = await context.newCDPSession(page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: throttle })
    const speed = await speedOf(page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 })
    console.error(`${visits} visits …`)
    // The same layout on a quarter of the pixels, which are drawn in software: what stays behind is the same.
    await page.setViewportSize({ width: 540, height: 960 })
    const heap = await heapOver(page, devtools, visits)
    return { throttle, coldLoadToFirstMapMs: spreadOf(cold), routeMs, ...speed, visits, ...heap }
  } finally {
    await browser.close()
    await server.end()
  }
}

/** How long the router itself takes for the way to each shop, on the page of the map alone. */
async function routeTimes(browser: Browser): Promise<readonly number[]> {
  const outDir = fileURLToPath(new URL('../dist/bench-kiosk-map', import.meta.url))
  await buildPage(outDir)
  const site = await servePage(outDir, { demo: demoVenueFile() })
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    await page.goto(`${site.origin}/?venue=demo`)
    await page.waitForFunction(() => window.stage !== undefined)
    const devtools = await context.newCDPSession(page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: throttle })
    return await page.evaluate(
      ({ from, repeats }) => {
        const { router, venue } = window.stage!
        const times: number[] = []
        // The first round warms up what a screen has warm that was used before.
        for (let round = 0; round <= repeats; round++) {
          for (const { id, kind } of venue.destinations) {
            if (kind !== 'shop') continue
            const startedMs = performance.now()
            router.route({ from, to: { place: id }, profile: round % 2 === 0 ? 'fastest' : 'step-free' })
            if (round > 0) times.push(performance.now() - startedMs)
          }
        }
        return times
      },
      { from: home, repeats },
    )
  } finally {
    await context.close()
    await site.close()
  }
}

async function speedOf(page: Page): Promise<object> {
  const keys: number[] = []
  const routes: number[] = []
  for (let at = 0; at < rounds; at++) {
    for (const word of typed) {
      await page.getByRole('button', { name: /想去哪里/ }).click()
      await page.waitForTimeout(pace.openMs)
      for (const sign of word) {
        keys.push(await timed(page, `.key`, sign))
        await page.waitForTimeout(pace.keyMs)
      }
      const first = page.locator('.place').first()
      if ((await first.count()) > 0) {
        await first.click()
        const go = page.locator('.big.go')
        if ((await go.count()) > 0) routes.push(await timed(page, '.big.go', ''))
      }
      await endVisit(page)
    }
  }
  return { keyToResultMs: spreadOf(keys), touchToStepsMs: spreadOf(routes) }
}

/** Touches an element and waits, in the page, until Vue has written what follows from it. */
function timed(page: Page, selector: string, text: string): Promise<number> {
  return page.evaluate(
    async ([css, words]) => {
      const all = [...document.querySelectorAll<HTMLElement>(css)]
      const element = words === '' ? all[0] : all.find(({ innerText }) => innerText === words)
      if (!element) throw new Error(`nothing to touch: ${css} ${words}`)
      const startedMs = performance.now()
      element.click()
      await Promise.resolve()
      await new Promise((resolve) => {
        const channel = new MessageChannel()
        channel.port1.onmessage = resolve
        channel.port2.postMessage(undefined)
      })
      return performance.now() - startedMs
    },
    [selector, text] as const,
  )
}

async function endVisit(page: Page): Promise<void> {
  for (let screens = 0; screens < 5; screens++) {
    if ((await page.locator('.kiosk').getAttribute('data-screen')) === 'home') return
    const end = page.getByRole('button', { name: '结束' })
    await ((await end.count()) > 0 ? end : page.getByRole('button', { name: '返回' })).first().click()
  }
}

/** One visit as a person makes it, without waiting for animations: what counts is what stays behind. */
async function visit(page: Page, number: number): Promise<void> {
  await page.evaluate(
    async ([word, at]) => {
      const wait = () => new Promise((resolve) => setTimeout(resolve))
      const touch = async (css: string, words?: string) => {
        const all = [...document.querySelectorAll<HTMLElement>(css)]
        const element = words === undefined ? all[0] : all.find(({ innerText }) => innerText.trim() === words)
        element?.click()
        await wait()
        return element !== undefined
      }
      await touch('.ask')
      for (const sign of word) await touch('.key', sign)
      await touch('.place')
      await touch('.big.go')
      if (at % 5 === 0 && (await touch('.foot .pill', '看整栋楼'))) {
        await new Promise((resolve) => setTimeout(resolve, 300))
        await touch('.foot .big', '只看这一层')
      }
      if (!(await touch('.foot .pill', '结束'))) {
        for (let back = 0; back < 4; back++) await touch('.back')
      }
    },
    [typed[number % typed.length]!, number] as const,
  )
}

async function heapOver(page: Page, devtools: CDPSession, visits: number): Promise<object> {
  await devtools.send('HeapProfiler.enable')
  const used = async () => {
    await devtools.send('HeapProfiler.collectGarbage')
    const { usedSize } = await devtools.send('Runtime.getHeapUsage')
    return Math.round(usedSize / 1e4) / 100
  }
  // What is made once (caches of ways, chunks of the building) is there after some visits.
  const warm = Math.min(40, visits)
  for (let number = 0; number < warm; number++) await visit(page, number)
  const before = await used()
  const along: number[] = []
  for (let number = 0; number < visits; number++) {
    await visit(page, number)
    if ((number + 1) % Math.max(1, Math.floor(visits / 10)) === 0) {
      along.push(await used())
      console.error(`${number + 1} visits: ${along[along.length - 1]} MB`)
    }
  }
  const nodes = await page.evaluate(() => document.getElementsByTagName('*').length)
  return { heapMb: { before, along, after: along[along.length - 1] ?? before }, nodes }
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) * 10) / 10
  return { min: at(0), median: at(0.5), p99: at(0.99) }
}
