import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'
import { build, createServer } from 'vite'
import { mapTokens } from '../../render/index.ts'
import { canvasOnlyTokens } from '../map-canvas-types.ts'
import type { CanvasPalette, GlyphPaths } from '../map-canvas-types.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const origin = 'http://canvas.test'

/** A page with the map and the peer, in a Chromium without a GPU. */
export interface OpenedPage {
  readonly page: Page
  /** What the page threw. */
  readonly trouble: readonly string[]
  close(): Promise<void>
}

/**
 * Builds the bench's page into a temporary folder and opens it at this screen.
 *
 * @returns undefined where there is no Chromium (`ATRIUM_CHROMIUM`, else Debian's)
 */
export async function openCanvasPage(
  screen: { readonly width: number; readonly height: number },
  dpr: number,
): Promise<OpenedPage | undefined> {
  const executablePath = process.env.ATRIUM_CHROMIUM ?? '/usr/bin/chromium'
  if (!existsSync(executablePath)) return undefined
  const dir = mkdtempSync(join(tmpdir(), 'atrium-canvas-'))
  await build({
    configFile: false,
    root: fileURLToPath(new URL('.', import.meta.url)),
    logLevel: 'error',
    base: './',
    build: { outDir: dir, target: 'es2022', chunkSizeWarningLimit: 4000 },
  })
  const software = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu-compositing', ...software],
  })
  const page = await browser.newPage({ viewport: screen, deviceScaleFactor: dpr })
  await page.route(`${origin}/**`, async (route) => {
    const path = new URL(route.request().url()).pathname
    const file = join(dir, path === '/' ? 'index.html' : path)
    if (!existsSync(file)) return route.fulfill({ status: 404, body: '' })
    const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.css': 'text/css' }
    return route.fulfill({ body: readFileSync(file), contentType: types[extname(file)] ?? 'text/javascript' })
  })
  const trouble: string[] = []
  page.on('pageerror', (error) => trouble.push(error.message))
  await page.goto(`${origin}/`)
  await page.waitForFunction('window.canvasPage')
  return {
    page,
    trouble,
    close: async () => {
      await browser.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** The colours of a theme from `ui/tokens.css`. */
export function canvasPalette(theme: 'light' | 'dark'): CanvasPalette {
  const css = readFileSync(join(root, 'ui/tokens.css'), 'utf8')
  const [light = '', dark = ''] = css.split("[data-theme='dark'] {")
  const block = theme === 'light' ? light : dark
  const entries = [...mapTokens, ...canvasOnlyTokens].map((token) => {
    const colour = new RegExp(`--${token}:\\s*(#[0-9a-f]{6})`, 'i').exec(block)?.[1]
    if (colour === undefined) throw new Error(`ui/tokens.css has no colour ${token} for ${theme}`)
    return [token, colour] as const
  })
  return Object.fromEntries(entries) as CanvasPalette
}

/** The glyphs that browser clients draw, read as their build reads them. */
export async function canvasGlyphs(): Promise<GlyphPaths> {
  const server = await createServer({
    configFile: false,
    root,
    logLevel: 'error',
    server: { middlewareMode: true },
  })
  try {
    const { symbolPaths } = await server.ssrLoadModule('/ui/icons/symbols.ts')
    return symbolPaths as GlyphPaths
  } finally {
    await server.close()
  }
}
