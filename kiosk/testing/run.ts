import { join } from 'node:path'
import process from 'node:process'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import axe from 'axe-core'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { buildClients } from '../../bin/clients.ts'
import type { Archive } from '../../maps/model/index.ts'
import { startClientServer } from '../../server/testing/client-server.ts'
import type { ClientServer } from '../../server/testing/client-server.ts'
import { launchBrowser } from '../../ui/testing/browser.ts'
import { newIdentity } from './operate.ts'
import type { ScreenPlace } from './operate.ts'

/** Folder for pictures, for whoever wants to look. */
export const shots = process.env.ATRIUM_SHOTS

/** Half the size of the screen: the same layout. */
const portrait = { width: 540, height: 960 }
/** Nobody looks: a quarter of the pixels to draw, in software. */
const unseenRatio = 0.5

/** One browser against one server, and the screen that the present step is about. */
export interface Run {
  readonly browser: Browser
  readonly server: ClientServer
  readonly pagesDir: string
  page: Page
}

let running: Run | undefined
/** What pages threw; no page of a run may. */
const trouble: string[] = []

/**
 * Builds the kiosk and brings browser and server up before the steps of a file, and ends them after; without
 * Chromium every step says so and passes.
 */
export function runBefore(archive: Archive, first: (run: Run) => Promise<Page>): void {
  let browser: Browser | undefined
  let server: ClientServer | undefined
  test.before(async (t) => {
    t.timeout(170_000)
    browser = await launchBrowser()
    if (!browser) return
    const log = (_: string, en: string) => {
      t.log(en)
    }
    const pagesDir = await buildClients({ log, only: 'kiosk' })
    server = await startClientServer({ pagesDir, archive })
    const blank = await browser.newPage()
    const run: Run = { browser, server, pagesDir, page: blank }
    run.page = await first(run)
    await blank.close()
    running = run
  })
  test.after.always(async () => {
    await browser?.close()
    await server?.end()
  })
}

/** A screen of its own; one that an operator has bound to a place when that is given. */
export async function newScreen(
  { browser, server }: Run,
  place: ScreenPlace | undefined,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const made = await browser.newContext({
    viewport: portrait,
    deviceScaleFactor: shots === undefined ? unseenRatio : 1,
    locale: 'zh-CN',
    hasTouch: true,
    reducedMotion: 'reduce',
    ...options,
  })
  if (place) {
    const identity = JSON.stringify(await newIdentity(server, place))
    await made.addInitScript((text) => {
      localStorage.setItem('atrium.kiosk.identity', text)
    }, identity)
  }
  return made
}

/**
 * Opens the kiosk's page, with a clock that can be put forward (`page.clock.fastForward`): nobody waits for
 * what happens after a minute.
 *
 * @param until what is to be on the screen
 */
export async function openPage(
  { server }: Run,
  on: BrowserContext,
  { query, until = '.kiosk[data-drawn]' }: { readonly query: string; readonly until?: string },
): Promise<Page> {
  const opened = await on.newPage()
  await opened.clock.install()
  opened.setDefaultTimeout(150_000)
  opened.on('pageerror', (error) => trouble.push(error.message))
  await opened.goto(`${server.address}/kiosk/${query}`)
  await opened.locator(until).waitFor()
  return opened
}

/** One step of a visit; with a picture its screen is looked at too: {@link look}. */
export function step(
  title: string,
  body: (t: ExecutionContext, run: Run) => Promise<void>,
  picture?: string,
): void {
  test.serial(title, async (t) => {
    t.timeout(240_000)
    if (!running) {
      t.log('left out: there is no Chromium on this machine')
      t.pass()
      return
    }
    await body(t, running)
    if (picture !== undefined) await look(t, running.page, picture)
    t.deepEqual(trouble.splice(0), [], 'no page threw anything')
  })
}

/**
 * Holds a screen to what everybody must be able to use, and to words people understand; takes its picture
 * when `ATRIUM_SHOTS` names a folder.
 */
export async function look(t: ExecutionContext, page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) })
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }),
  )
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  t.deepEqual(
    grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`),
    [],
    `${name}: nothing serious for axe-core`,
  )
  const words = await page.locator('body').innerText()
  t.notRegex(
    words,
    /\b(?:error|exception|undefined|null|NaN|HTTP|fetch)\b|\[object/i,
    `${name}: no words of a developer`,
  )
}

/** Asks until there is an answer; the step's own timeout bounds it. */
export async function waitFor<Found>(page: Page, ask: () => Promise<Found | undefined>): Promise<Found> {
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
    await page.waitForTimeout(100)
  }
}

/** What a hand does on a screen. */
export function handOn(page: Page) {
  const button = (name: string | RegExp) => page.getByRole('button', { name })
  const key = (sign: string) => page.locator('.key').getByText(sign, { exact: true })
  return {
    button,
    touch: (name: string | RegExp) => button(name).first().click(),
    /** Types on the screen's own keyboard. */
    type: async (text: string): Promise<void> => {
      for (const sign of text) await key(sign).click()
    },
    /** Searches from the first screen or the search itself. */
    search: async (text: string): Promise<void> => {
      if ((await page.locator('.kiosk').getAttribute('data-screen')) === 'home')
        await page.locator('.ask').click()
      await page.getByRole('textbox').fill(text)
    },
    place: (text: string) => page.locator('.place', { hasText: text }).first(),
    steps: (name = '怎么走') => page.getByRole('list', { name }),
    screenName: () => page.locator('.kiosk').getAttribute('data-screen'),
    heading: () => page.getByRole('heading', { level: 1 }).first().innerText(),
  }
}
