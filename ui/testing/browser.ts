import { existsSync } from 'node:fs'
import process from 'node:process'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'

/**
 * Debian's Chromium without a window, drawing WebGL in software and calling nobody; undefined where there
 * is none, and then a test says so and passes (`npm test` names the suite).
 */
export async function launchBrowser(): Promise<Browser | undefined> {
  const executablePath = process.env.ATRIUM_CHROMIUM ?? '/usr/bin/chromium'
  if (!existsSync(executablePath)) return undefined
  const quiet = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ]
  const software = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...software, ...quiet] })
}

/** The screens we look at: a desk and a phone. */
export const screens = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
} as const

export interface OpenOptions {
  readonly screen?: keyof typeof screens
  readonly colorScheme?: 'light' | 'dark'
  readonly reducedMotion?: 'reduce' | 'no-preference'
  /** Answers every request that leaves the page's own origin, in place of the network. */
  readonly outside?: { readonly status: number; readonly body: string }
  /** What is done to the page before it opens the address. */
  readonly prepare?: (page: Page) => Promise<void>
}

/** A page under test and what it did that a person would not see. */
export interface OpenPage {
  readonly page: Page
  /** Errors and warnings of the console, exceptions, breaches of the security policy. */
  readonly trouble: string[]
  /** Addresses outside the page's own origin that it asked for; none of them is let through. */
  readonly left: string[]
  close(): Promise<void>
}

/** Opens an address in a browser of its own: no cookies, no memory, no way out of the origin. */
export async function openPage(
  browser: Browser,
  url: string,
  {
    screen = 'desktop',
    colorScheme = 'light',
    reducedMotion = 'no-preference',
    outside,
    prepare,
  }: OpenOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({
    ...screens[screen],
    colorScheme,
    reducedMotion,
    locale: 'zh-CN',
  })
  const page = await context.newPage()
  const trouble: string[] = []
  const left: string[] = []
  const { origin } = new URL(url)
  page.on('console', (message) => {
    // The software renderer warns that reading pixels is slow; no screen does that.
    const isOwn = !message.text().includes('GL Driver Message')
    if (isOwn && (message.type() === 'error' || message.type() === 'warning')) trouble.push(message.text())
  })
  page.on('pageerror', (error) => trouble.push(error.message))
  await context.route(
    (address) => address.origin !== origin && address.protocol.startsWith('http'),
    async (route) => {
      left.push(route.request().url())
      await (outside
        ? route.fulfill({ ...outside, headers: { 'access-control-allow-origin': '*' } })
        : route.abort())
    },
  )
  await prepare?.(page)
  await page.goto(url)
  return { page, trouble, left, close: () => context.close() }
}

/** Waits until the map on the page has been drawn and stands still. */
export async function mapDrawn(page: Page): Promise<void> {
  await page.locator('.map[data-drawn]').waitFor({ timeout: 60_000 })
}
