import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import type { Browser, Page } from 'playwright-core'
import { buildClients } from '../../bin/clients.ts'
import { compileWxss } from '../../bin/miniprogram/compile-wxss.ts'
import { wxsForBrowser } from '../../bin/miniprogram/compile-wxs.ts'
import { previewBundle } from '../../bin/miniprogram/preview-bundle.ts'
import { launchBrowser, openPage } from '../../ui/testing/browser.ts'
import type { OpenPage } from '../../ui/testing/browser.ts'
import { parseUrl } from './runtime/page-url.ts'
import { dataForView, setDataMaxBytes } from './runtime/set-data.ts'
import { storageApi, storageLimits } from './wx/storage.ts'
import { oneListener } from './wx/api.ts'

test('WXS is not JavaScript: constructor is a word, wherever it stands', (t) => {
  t.is(wxsForBrowser('f(x.y).constructor === a.constructor'), 'wxsConstructor(f(x.y)) === wxsConstructor(a)')
  t.is(wxsForBrowser('x["constructor"]'), 'x["constructor"]')
})

test('sizes are the phone’s, classes the component’s, a page’s styles its own', (t) => {
  t.is(compileWxss('.a { width: 10rpx; }', { scope: 's1' }), '.s1--a { width: calc(10 * var(--rpx)); }')
  t.regex(compileWxss('page { top: 1vh }', { page: 'p/q' }), /^wx-page\[data-route="p\/q"\] \{/)
  t.regex(compileWxss(':host { top: 0 }', { scope: 's1' }), /^\[wx-host="?s1"?\]/)
})

test('what a page hands its view is copied as JSON copies, and bounded', (t) => {
  const list = [1, 2]
  const copied = dataForView({ list, word: 'x', method: () => 1 }, 'page')
  t.deepEqual(copied, { list: [1, 2], word: 'x', method: undefined })
  t.not(copied.list, list)
  t.throws(() => dataForView({ long: 'x'.repeat(setDataMaxBytes) }, 'page'), { message: /WeChat takes/ })
})

test('a second listener of beacons replaces the first', (t) => {
  const update = oneListener<number>()
  const heard: string[] = []
  update.on((value) => heard.push(`first ${value}`))
  update.on((value) => heard.push(`second ${value}`))
  update.tell(1)
  t.deepEqual(heard, ['second 1'])
})

test('storage has WeChat’s limits and keeps to its own keys', (t) => {
  const texts = new Map([['other', 'kept']])
  const storage = storageApi({
    get length() {
      return texts.size
    },
    key: (index) => [...texts.keys()][index] ?? null,
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, value) => void texts.set(key, value),
    removeItem: (key) => void texts.delete(key),
  })
  storage.setStorageSync('a', { b: 1 })
  t.deepEqual(storage.getStorageSync('a'), { b: 1 })
  t.is(storage.getStorageSync('missing'), '')
  t.throws(() => {
    storage.setStorageSync('long', 'x'.repeat(storageLimits.keyBytes))
  })
  storage.clearStorageSync()
  t.deepEqual([...texts.keys()], ['other'])
})

test('a page’s address is found from the page that asks, its query as written', (t) => {
  t.deepEqual(parseUrl('../shop/index?id=1&q=%E7', 'pages/home/index'), {
    route: 'pages/shop/index',
    query: { id: '1', q: '%E7' },
  })
})

let browser: Browser | undefined
let server: Server | undefined
let opened: OpenPage | undefined

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

test.before(async (t) => {
  t.timeout(170_000)
  browser = await launchBrowser()
  if (!browser) return
  const log = (_: string, en: string) => {
    t.log(en)
  }
  const folder = await buildClients({ log, only: 'miniprogram' })
  const fixture = await previewBundle(fileURLToPath(new URL('./testing/fixture', import.meta.url)))
  server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path)
    const content = path.includes('/mini-program-') ? Promise.resolve(fixture) : readFile(file)
    content.then(
      (body) => {
        response.writeHead(200, { 'content-type': types[extname(file)] ?? 'text/html' })
        response.end(body)
      },
      () => {
        response.writeHead(404)
        response.end('{}')
      },
    )
  })
  await new Promise<void>((resolve) => {
    server?.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  opened = await openPage(browser, `http://127.0.0.1:${port}/miniprogram/`)
})
test.after.always(async () => {
  await opened?.close()
  await browser?.close()
  server?.closeAllConnections()
  server?.close()
})

/** One behaviour of the runtime, in the fixture of `testing/fixture`. */
function behaves(title: string, body: (t: ExecutionContext, page: Page) => Promise<void>): void {
  test.serial(title, async (t) => {
    if (!opened) {
      t.log('left out: there is no Chromium on this machine')
      t.pass()
      return
    }
    opened.page.setDefaultTimeout(20_000)
    await body(t, opened.page)
  })
}

const inFront = (page: Page, selector: string) => page.locator(`wx-page:not([hidden]) ${selector}`)

behaves('App and the lifecycle of a page run in WeChat’s order', async (t, page) => {
  await inFront(page, '.kind').first().waitFor()
  await page.waitForFunction(
    () => (globalThis.preview.pages.current?.instance.calls as string[]).length === 3,
  )
  t.deepEqual(await page.evaluate(() => globalThis.preview.pages.current?.instance.calls), [
    'load',
    'show',
    'ready',
  ])
})

behaves('a script of WXS requires another by its whole name', async (t, page) => {
  t.is(await inFront(page, '.kind').innerText(), 'list other')
})

behaves('half of 750 rpx is half of the phone', async (t, page) => {
  t.is((await inFront(page, '.wide').boundingBox())?.width, 195)
})

behaves('a tap without a colon in its binding arrives once', async (t, page) => {
  await inFront(page, '.count').click()
  t.is(await inFront(page, '.count').innerText(), '1')
})

behaves('a press inside a component’s slot crosses its shadow tree', async (t, page) => {
  await inFront(page, '.inside').click()
  t.is(await inFront(page, '.count').innerText(), '2')
})

behaves('a property may be called dataset, and a platform behaviour may be named', async (t, page) => {
  t.true(await inFront(page, '[class*="--box"]').isVisible())
})

behaves('input fires once a key, and a component’s change is not the document’s', async (t, page) => {
  await inFront(page, '.field input').pressSequentially('ab')
  t.is(await inFront(page, '.inputs').innerText(), '2')
  await inFront(page, '[class*="--own"] input').pressSequentially('c')
  await inFront(page, '[class*="--own"] input').blur()
  t.is(await inFront(page, '.changes').innerText(), '1')
})

behaves('a selector query gives the canvas itself', async (t, page) => {
  const found = await page.evaluate(() => {
    const { instance } = globalThis.preview.pages.current!
    return (instance.canvas as () => Promise<unknown>).call(instance)
  })
  t.deepEqual(found, ['function', 100, 50])
})

behaves('a picker gets its list as a list', async (t, page) => {
  await inFront(page, 'wx-picker select').selectOption('1')
  t.is(await inFront(page, '.picked').innerText(), 'b')
})

behaves('a component without a host draws, and is ready after it was laid out', async (t, page) => {
  await inFront(page, '[class*="--bare"]').getByText('ready').waitFor()
  t.is(await inFront(page, 'host').count(), 0)
})

behaves('a title set while a page loads is that page’s own; styles stay with their page', async (t, page) => {
  await page.evaluate(() => globalThis.preview.pages.navigateTo('/pages/second/index?name=b'))
  await page.locator('#bar').getByText('Set b').waitFor()
  const colour = await inFront(page, '.kind').evaluate((element) => getComputedStyle(element).color)
  t.not(colour, 'rgb(9, 9, 9)')
  await page.locator('#bar button').click()
  await page.locator('#bar').getByText('First').waitFor()
})

behaves('no more than ten pages lie on top of each other', async (t, page) => {
  const refused = await page.evaluate(() => {
    const results = Array.from({ length: 10 }, () =>
      globalThis.preview.pages.navigateTo('/pages/second/index?name=c'),
    )
    return results.map((result) => result?.refused ?? 'ok')
  })
  t.deepEqual(refused, [...Array.from({ length: 9 }, () => 'ok'), 'webview count limit exceed'])
})
