import test from 'ava'
import type { ExecutionContext } from 'ava'
import type { Browser, Page } from 'playwright-core'
import { buildClients } from '../bin/clients.ts'
import { demoMall } from '../maps/demo/index.ts'
import type { Archive } from '../maps/model/index.ts'
import { tinyArchive, tinyId } from '../maps/testing/tiny-archive.ts'
import { launchBrowser, mapDrawn, openPage } from '../ui/testing/browser.ts'
import type { OpenOptions, OpenPage } from '../ui/testing/browser.ts'
import { serveSite } from './testing/serve.ts'
import type { TestSite } from './testing/serve.ts'

const archives = { yunting: demoMall(), tiny: tinyArchive() }

let browser: Browser | undefined
let site: TestSite | undefined
let pagesDir = ''

test.before(async (t) => {
  t.timeout(170_000)
  browser = await launchBrowser()
  if (!browser) return
  pagesDir = await buildClients({
    log: (_, en) => {
      t.log(en)
    },
    only: 'site',
  })
  site = await serveSite(pagesDir, archives)
})
test.after.always(async () => {
  await browser?.close()
  await site?.close()
})

const field = (page: Page) => page.locator('input[role=combobox]')
const results = (page: Page) => page.locator('#results [role=option]')

interface Visit {
  readonly opened: OpenPage
  readonly served: TestSite
}

/** A test of one page: opened at a path of the test site, closed after, silent and at home all along. */
function visits(
  title: string,
  { path, silent = true, ...options }: OpenOptions & { readonly path: string; readonly silent?: boolean },
  body: (t: ExecutionContext, visit: Visit) => Promise<void>,
): void {
  test.serial(title, async (t) => {
    t.timeout(170_000)
    if (!browser || !site) {
      t.log('left out: there is no Chromium on this machine')
      t.pass()
      return
    }
    const opened = await openPage(browser, site.origin + path, options)
    try {
      await body(t, { opened, served: site })
      t.deepEqual(opened.left, [], 'nothing is asked of another origin')
      if (silent) t.deepEqual(opened.trouble, [], 'the console stays silent')
    } finally {
      site.away = false
      await opened.close()
    }
  })
}

visits(
  'finds a hotpot by its initials, opens it, and the level follows',
  { path: '/map' },
  async (t, { opened }) => {
    const { page } = opened
    await mapDrawn(page)
    await field(page).fill('hg')
    const first = results(page).first()
    await first.waitFor()
    t.regex(await first.innerText(), /锅/)
    t.is(await page.locator('#results mark').filter({ hasText: '火锅' }).first().innerText(), '火锅')
    await page.keyboard.press('Enter')
    const heading = page.getByRole('article').getByRole('heading', { level: 2 })
    await heading.waitFor()
    const level = await page.getByRole('article').locator('.level-tag').innerText()
    t.not(level, 'F1')
    await page.locator('[aria-current=true]', { hasText: level }).waitFor()
    await page.waitForURL((url) => url.searchParams.get('level') === level && url.searchParams.has('place'))
  },
)

visits(
  'an address opens the place, the level and the language it names',
  { path: '/map?venue=yunting&level=F3&lang=en' },
  async (t, { opened, served }) => {
    const { page } = opened
    await mapDrawn(page)
    t.is(await page.locator('[aria-current=true]').innerText(), 'F3')
    t.is(await page.getByRole('heading', { level: 1 }).innerText(), 'Yunting Place')
    await field(page).fill('hotpot')
    await results(page).first().click()
    await page.waitForURL((url) => url.searchParams.has('place'))
    const name = await page.getByRole('article').getByRole('heading', { level: 2 }).innerText()
    const address = page.url()
    await page.goto(`${served.origin}/`)
    await page.goto(address)
    const heading = page.getByRole('article').getByRole('heading', { level: 2 })
    await heading.waitFor()
    t.is(await heading.innerText(), name)
  },
)

visits(
  'switches language and theme and remembers both',
  { path: '/map', colorScheme: 'dark' },
  async (t, { opened }) => {
    const { page } = opened
    const root = page.locator('html')
    t.is(await root.getAttribute('data-theme'), 'dark')
    t.is(await root.getAttribute('lang'), 'zh-CN')
    await mapDrawn(page)
    await page.getByRole('button', { name: '换成深色或浅色' }).click()
    t.is(await root.getAttribute('data-theme'), 'light')
    await page.getByRole('button', { name: 'Switch to English' }).click()
    t.is(await root.getAttribute('lang'), 'en')
    t.is(await page.getByRole('heading', { level: 1 }).innerText(), 'Yunting Place')
    t.true(await page.getByRole('button', { name: 'Toilets' }).isVisible())
    await page.goto(page.url().replace(/[?&]lang=en/, ''))
    t.is(await root.getAttribute('data-theme'), 'light')
    t.is(await root.getAttribute('lang'), 'en')
  },
)

visits('can be used without a pointer', { path: '/map', reducedMotion: 'reduce' }, async (t, { opened }) => {
  const { page } = opened
  await mapDrawn(page)
  const current = page.locator('[aria-current=true]')
  await page.keyboard.press('PageUp')
  await current.getByText('F2').waitFor()
  await page.keyboard.press('PageDown')
  await page.keyboard.press('PageDown')
  await current.getByText('B1').waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('洗手间')
  await results(page).first().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  t.is(await field(page).getAttribute('aria-activedescendant'), 'results-1')
  t.is(await results(page).nth(1).getAttribute('aria-selected'), 'true')
  await page.keyboard.press('Enter')
  await page.getByRole('article').waitFor()
  await page.keyboard.press('Escape')
  await results(page).first().waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('listbox').waitFor({ state: 'detached' })
  t.is(await field(page).inputValue(), '')
})

visits(
  'a tap on a shop opens it, a tap beside closes it',
  { path: '/map?venue=tiny' },
  async (t, { opened }) => {
    const { page } = opened
    await mapDrawn(page)
    // The tiny mall stands in the middle of the free area: 40 m by 20 m at 8 px, its book shop below.
    const box = (await page.locator('.map').boundingBox())!
    const heading = page.getByRole('article').getByRole('heading', { level: 2 })
    // As a person would: a tap on a map that still moves hits nothing, so tap again.
    for (let taps = 0; taps < 8 && !(await heading.isVisible()); taps++) {
      await page.mouse.click(box.x + 870, box.y + 498)
      await heading.waitFor({ timeout: 4000 }).catch(() => undefined)
    }
    t.is(await heading.innerText(), '纸上书店')
    await page.mouse.click(box.x + 870, box.y + box.height - 12)
    await page.getByRole('article').waitFor({ state: 'detached' })
  },
)

visits('says what to do when nothing is found', { path: '/map', screen: 'phone' }, async (t, { opened }) => {
  const { page } = opened
  await field(page).fill('qqqqxxzz')
  await page.getByRole('heading', { name: '没找到“qqqqxxzz”' }).waitFor()
  t.true(await page.getByText('首字母').isVisible())
})

visits(
  'opens by itself once the server is back',
  { path: '/map?venue=yunting', silent: false },
  async (t, { opened, served }) => {
    const { page } = opened
    served.away = true
    await page.reload()
    await page.getByRole('heading', { name: '连不上服务器' }).waitFor()
    served.away = false
    await mapDrawn(page)
    t.is(await page.getByRole('heading', { name: '连不上服务器' }).count(), 0)
    t.deepEqual(
      opened.trouble.filter((line) => !line.includes('Failed to load resource')),
      [],
    )
  },
)

visits(
  'keeps searching and showing while one level does not arrive',
  { path: '/', silent: false },
  async (t, { opened, served }) => {
    const { page } = opened
    const upper = archives.yunting.features.level.find(({ properties }) => properties.ordinal === 4)!
    const address = `**/levels/${upper.id}/**`
    await page.route(address, (route) => route.abort())
    await page.goto(`${served.origin}/map?venue=yunting`)
    await mapDrawn(page)
    await page.getByRole('button', { name: 'F5', exact: true }).click()
    await page.getByRole('heading', { name: '连不上服务器' }).waitFor()
    await field(page).fill('kf')
    t.true((await results(page).count()) > 0)
    await page.unroute(address)
    // The page also tries again by itself, so the button may go while it is being pressed.
    const again = page.getByRole('button', { name: '现在再试' })
    await again.click({ timeout: 2000 }).catch(() => undefined)
    await page.waitForURL((url) => url.searchParams.get('level') === 'F5')
    await page.getByRole('heading', { name: '连不上服务器' }).waitFor({ state: 'detached' })
  },
)

/** The tiny mall after its coffee shop became another. */
function refitted(): Archive {
  const archive = tinyArchive()
  const renamed = archive.features.occupant.map((occupant) =>
    occupant.id === tinyId('occupant coffee')
      ? { ...occupant, properties: { ...occupant.properties, name: { zh: '新开的茶馆' } } }
      : occupant,
  )
  return { ...archive, features: { ...archive.features, occupant: renamed } }
}

visits(
  'a map that is published between two fetches is shown, and not an error',
  { path: '/', silent: false },
  async (t, { opened, served }) => {
    const { page } = opened
    t.teardown(() => {
      served.publish(archives, 'now')
    })
    // The front page draws a map too, and would be the one that lists levels.
    await page.goto('about:blank')
    served.publish({ ...archives, tiny: refitted() }, 'after-levels')
    await page.goto(`${served.origin}/map?venue=tiny`)
    await mapDrawn(page)
    await field(page).fill('新开的茶馆')
    await results(page).first().waitFor()
    t.is(await results(page).count(), 1)
  },
)

visits(
  'a page that stays open goes over to a new version, on the same level',
  { path: '/map?venue=tiny&level=F2' },
  async (t, { opened, served }) => {
    const { page } = opened
    t.teardown(() => {
      served.publish(archives, 'now')
    })
    await mapDrawn(page)
    await field(page).fill('新开的茶馆')
    await page.getByText('没找到“新开的茶馆”').waitFor()
    served.publish({ ...archives, tiny: refitted() }, 'now')
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await results(page).first().waitFor()
    t.is(new URL(page.url()).searchParams.get('level'), 'F2')
  },
)

visits('shows another mall when one is chosen', { path: '/map' }, async (t, { opened }) => {
  const { page } = opened
  await mapDrawn(page)
  await page.getByRole('combobox', { name: '换一个商场' }).selectOption({ label: '小商场' })
  await page.getByRole('heading', { level: 1, name: '小商场' }).waitFor()
  await page.waitForURL((url) => url.searchParams.get('venue') === 'tiny')
  await mapDrawn(page)
  t.deepEqual(await page.locator('.level').allInnerTexts(), ['F2', 'F1'])
})

visits(
  'everything one touches on a phone is 44 px or more',
  { path: '/map', screen: 'phone' },
  async (t, { opened }) => {
    const { page } = opened
    await mapDrawn(page)
    for (const button of await page.locator('button:visible, select:visible, .row:visible').all()) {
      const box = (await button.boundingBox())!
      t.true(box.height >= 44 && box.width >= 44, `${await button.innerText()}: ${box.width} × ${box.height}`)
    }
  },
)

visits(
  'the front page lists the screens, the malls and the state of the server',
  { path: '/' },
  async (t, { opened }) => {
    const { page } = opened
    const links = async (name: string) =>
      page
        .getByRole('region', { name })
        .getByRole('link')
        .evaluateAll((all) => all.map((a) => a.getAttribute('href')))
    await page.getByText('运行正常').waitFor()
    t.deepEqual(await links('界面'), ['/kiosk/', '/miniprogram/', '/map', '/docs', '/readyz'])
    const levels = ['B2', 'B1', 'F1', 'F2', 'F3', 'F4', 'F5'].map(
      (level) => `/map?venue=yunting&level=${level}`,
    )
    t.deepEqual((await links('商场')).slice(0, 8), ['/map?venue=yunting', ...levels])
    t.true(await page.getByText('内置数据库，用于评估和试点').isVisible())
    await mapDrawn(page)
  },
)

test.serial('a Mapbox token that is refused hands the map to maplibre, for good', async (t) => {
  t.timeout(170_000)
  if (!browser) {
    t.log('left out: there is no Chromium on this machine')
    t.pass()
    return
  }
  const withToken = await serveSite(
    pagesDir,
    { tiny: tinyArchive() },
    { mapboxToken: 'pk.eyJ1IjoidGVzdCIsImEiOiJ0ZXN0In0.test' },
  )
  const refusal = { status: 401, body: '{"message":"Not Authorized - Invalid Token"}' }
  const opened = await openPage(browser, `${withToken.origin}/map`, { outside: refusal })
  try {
    await mapDrawn(opened.page)
    await opened.page.locator('.maplibregl-canvas').waitFor()
    t.is(await opened.page.locator('.mapboxgl-canvas').count(), 0)
    t.true(opened.left.every((url) => /^https:\/\/(api|events)\.mapbox\.com\//.test(url)))
    t.true(opened.left.length > 0, 'the account was asked')
    await opened.page.getByRole('button', { name: 'F2' }).click()
    await opened.page.waitForURL((url) => url.searchParams.get('level') === 'F2')
  } finally {
    await opened.close()
    await withToken.close()
  }
})
