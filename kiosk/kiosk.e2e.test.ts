import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { buildClients } from '../bin/clients.ts'
import { destinationsOf } from '../maps/directory/index.ts'
import { demoMall } from '../maps/demo/index.ts'
import { kiosksContract } from '../server/contract/kiosks.contract.ts'
import { navigationContract } from '../server/contract/navigation.contract.ts'
import { venuesContract } from '../server/contract/venues.contract.ts'
import { startClientServer } from '../server/testing/client-server.ts'
import type { ClientServer } from '../server/testing/client-server.ts'
import { launchBrowser } from '../ui/testing/browser.ts'
import { good, newIdentity, offer, park } from './testing/operate.ts'

/**
 * A stranger before the screen, from the first touch to the way on their phone, in one browser against one
 * server: each test goes on where the one before it stopped. `ATRIUM_SHOTS` names a folder for pictures.
 */
const pagesDir = fileURLToPath(new URL('../dist/test-pages', import.meta.url))
const archive = demoMall()
const shops = destinationsOf(archive)
const home = { level: 'F1', x: 112, y: 60 }

/** Half the size of the screen: the same layout, a quarter of the pixels to draw in software. */
const portrait = { width: 540, height: 960 }

let browser: Browser | undefined
let server: ClientServer | undefined
let context: BrowserContext | undefined
let page: Page
const trouble: string[] = []

test.before(async (t) => {
  t.timeout(170_000)
  browser = await launchBrowser()
  if (!browser) return
  await buildClients({
    log: (_, en) => {
      t.log(en)
    },
    only: 'kiosk',
    pagesDir,
  })
  server = await startClientServer({ pagesDir, archive })
  context = await screen(portrait)
  page = await open(context, '?idle=600&theme=light')
})
test.after.always(async () => {
  await browser?.close()
  await server?.end()
})

/** A screen of its own that an operator has bound to the middle of the ground level. */
async function screen(viewport: { width: number; height: number }): Promise<BrowserContext> {
  const made = await browser!.newContext({
    viewport,
    locale: 'zh-CN',
    hasTouch: true,
    reducedMotion: 'reduce',
  })
  const identity = JSON.stringify(await newIdentity(server!, home))
  await made.addInitScript((text) => {
    localStorage.setItem('atrium.kiosk.identity', text)
  }, identity)
  return made
}

async function open(on: BrowserContext, query: string): Promise<Page> {
  const opened = await on.newPage()
  opened.setDefaultTimeout(30_000)
  opened.on('pageerror', (error) => trouble.push(error.message))
  await opened.goto(`${server!.address}/kiosk/${query}`)
  await opened.locator('.kiosk[data-drawn]').waitFor()
  return opened
}

/** One step of the visit; ends with a picture for whoever wants to look. */
function step(title: string, body: (t: ExecutionContext) => Promise<void>, picture?: string): void {
  test.serial(title, async (t) => {
    t.timeout(170_000)
    if (!browser) {
      t.log('left out: there is no Chromium on this machine')
      t.pass()
      return
    }
    await body(t)
    if (picture !== undefined) await look(t, picture)
    t.deepEqual(trouble.splice(0), [], 'the page threw nothing')
  })
}

const shots = process.env.ATRIUM_SHOTS
async function look(t: ExecutionContext, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`) })
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }),
  )
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  t.deepEqual(
    grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`),
    [],
    `${name}: nothing serious for axe-core`,
  )
}

const button = (name: string | RegExp) => page.getByRole('button', { name })
const key = (sign: string) => page.locator('.key').getByText(sign, { exact: true })
async function type(text: string): Promise<void> {
  for (const sign of text) await key(sign).click()
}
const screenName = () => page.locator('.kiosk').getAttribute('data-screen')

step(
  'shows where one stands, what is on, and asks where to',
  async (t) => {
    await page.locator('h1', { hasText: '云汀里' }).waitFor()
    t.true(await button(/想去哪里/).isVisible())
    t.is(await page.locator('.stack [aria-current]').innerText(), 'F1\n你在这里')
  },
  'home',
)

step(
  'finds a hotpot by its initials on the screen’s own keyboard',
  async (t) => {
    await button(/想去哪里/).click()
    await type('hg')
    const rows = page.locator('.place')
    await rows.first().waitFor()
    t.regex(await rows.first().innerText(), /火锅/)
    t.regex(await rows.first().innerText(), /走路 \d+ 分钟/)
    t.is(await page.locator('.key.hit').count(), 2)
    await page.locator('.candidate').getByText('火锅', { exact: true }).click()
    t.is(await page.getByRole('textbox').inputValue(), '火锅')
  },
  'search',
)

step('says what to do when nothing is found, and filters leave out what is shut', async (t) => {
  await button('清空').first().click()
  await type('qqxxzz')
  await page.getByRole('heading', { name: '没找到“qqxxzz”' }).waitFor()
  await button('清空').first().click()
  await type('hg')
  const all = await page.locator('.place').count()
  await button('有优惠').click()
  t.true((await page.locator('.place').count()) < all)
  await button('有优惠').click()
})

step(
  'opens the page of a shop',
  async (t) => {
    await page.locator('.place', { hasText: 'F4' }).first().click()
    await button(/带我去/).waitFor()
    t.is(await screenName(), 'shop')
    t.is(await page.locator('.where .level-tag').innerText(), 'F4')
  },
  'shop',
)

step(
  'leads there across levels, step by step',
  async (t) => {
    await button(/带我去/).click()
    await page.getByRole('list', { name: '路线分段' }).waitFor()
    t.true((await page.locator('.legs li').count()) >= 3)
    t.regex(await page.getByRole('list', { name: '怎么走' }).innerText(), /F4/)
    t.is(await page.locator('.stack .goal').innerText(), 'F4')
  },
  'route',
)

step(
  'goes without a step at one touch',
  async (t) => {
    const before = await page.locator('.legs').innerText()
    await button('无障碍').click()
    await page.getByText('全程无台阶').waitFor()
    t.not(await page.locator('.legs').innerText(), before)
    t.notRegex(await page.getByRole('list', { name: '怎么走' }).innerText(), /扶梯|楼梯/)
  },
  'step-free',
)

step(
  'takes another way when the lift is closed, and says why',
  async (t) => {
    const steps = page.getByRole('list', { name: '怎么走' })
    const before = await steps.innerText()
    const tables = await page.evaluate(async () => {
      const venues = (await (await fetch('/v1/venues')).json()) as { routeTables: { url: string } }[]
      return (await fetch(venues[0]!.routeTables.url)).text()
    })
    const { connectors } = JSON.parse(tables) as {
      connectors: { id: string; kind: string; name?: { zh?: string } }[]
    }
    const lift = connectors.find(({ kind, name }) => kind === 'lift' && name?.zh && before.includes(name.zh))
    t.truthy(lift, `the way names its lift: ${before}`)
    const { operator, venueId } = server!
    const closed = good(
      await operator.call(navigationContract.createClosure, {
        params: { venueId },
        body: {
          what: { kind: 'connector', id: lift!.id },
          reason: { zh: '电梯保养中', en: 'Lift maintenance' },
        },
      }),
    )
    await page.getByText('电梯保养中，路线已换').waitFor()
    t.not(await steps.innerText(), before)
    const params = { venueId, closureId: closed.id }
    good(await operator.call(navigationContract.endClosure, { params }))
    await page.getByText('路通了，路线已更新').waitFor()
    t.is(await steps.innerText(), before)
  },
  'closure',
)

step(
  'shows the way through the whole building',
  async (t) => {
    await button('看整栋楼').click()
    await page.locator('.whole-building').waitFor()
    t.true(await button('再走一遍').isVisible())
  },
  'building',
)

step(
  'hands the way over to a phone by a code that works once',
  async (t) => {
    await button('带到手机上').click()
    const code = page.getByRole('img', { name: '一次性二维码' })
    await code.waitFor()
    const url = new URL((await code.getAttribute('data-text')) ?? '')
    t.regex(url.pathname, /^\/go\/[2-9A-Z]{13}$/)
    const opened = good(
      await server!.operator.call(navigationContract.openHandoff, {
        params: { code: url.pathname.slice('/go/'.length) },
        body: { phone: 'p'.repeat(22) },
      }),
    )
    t.is(opened.profile, 'step-free')
    t.is(opened.to[0]?.level, 'F4')
    t.regex(await page.getByRole('timer').innerText(), /9:\d\d|10:00/)
  },
  'take-along',
)

step(
  'speaks English at one touch, on any screen',
  async (t) => {
    await button('关闭').last().click()
    await button('只看这一层').click()
    await button('Switch to English').click()
    t.is(await page.locator('html').getAttribute('lang'), 'en')
    t.regex(await page.getByRole('list', { name: 'Steps' }).innerText(), /lift/i)
    t.true(await button('Step-free').isVisible())
  },
  'english',
)

step('leaves nothing of a visit when it is ended', async (t) => {
  await button('End').click()
  t.is(await screenName(), 'home')
  t.is(await page.locator('html').getAttribute('lang'), 'zh-CN')
  await button(/想去哪里/).click()
  t.is(await page.getByRole('textbox').inputValue(), '')
  await button('返回').click()
})

step(
  'lists shops from A to Z, and only those of a kind when asked',
  async (t) => {
    await button('店铺 A–Z').click()
    const letters = await page.locator('.letters button').allInnerTexts()
    t.true(letters.length > 12, letters.join(''))
    t.deepEqual(
      letters,
      [...letters].sort((a, b) => (a === '#' ? 1 : b === '#' ? -1 : a < b ? -1 : 1)),
    )
    const all = await page.locator('.book .place').count()
    t.is(all, shops.filter(({ kind }) => kind === 'shop').length)
    await button('亲子').click()
    t.true((await page.locator('.book .place').count()) < all)
  },
  'directory',
)

step(
  'leads to the nearest toilet',
  async (t) => {
    await button('返回').click()
    await button('设施').click()
    await button(/^洗手间/).click()
    await page.getByRole('list', { name: '怎么走' }).waitFor()
    t.regex(await page.locator('h1').innerText(), /洗手间/)
    await button('返回').click()
  },
  'amenities',
)

step(
  'shows an offer the moment it goes live, on the shop’s page too',
  async (t) => {
    await button('返回').click()
    const shop = shops.find(({ kind, level }) => kind === 'shop' && level === 'F2')!
    await offer(server!, shop.unitIds[0]!, { zh: '满减', en: 'Discount' })
    await page.locator('.poster', { hasText: '满 200 减 40' }).waitFor()
    await page.locator('.poster', { hasText: '满 200 减 40' }).click()
    await page.locator('.ticket', { hasText: '满 200 减 40' }).waitFor()
    t.is(await page.getByRole('heading', { level: 1 }).innerText(), shop.name.zh ?? '')
    await button('返回').click()
    await button('全部优惠').click()
    await page.getByText('满 200 减 40').first().waitFor()
  },
  'offers',
)

step(
  'finds a car by its bay and by the end of its plate, and shows no plate',
  async (t) => {
    await button('返回').click()
    const bay = shops.find(({ kind }) => kind === 'bay')!
    await park(server!, { plate: '浙A12345', bay: bay.unitIds[0]! })
    await button('停车').click()
    await page
      .getByText(/共 \d+ 个车位/)
      .first()
      .waitFor()
    await button('找我的车').click()
    await type('2345')
    await button('找车').click()
    const found = page.locator('.found')
    await found.waitFor()
    t.notRegex(await found.innerText(), /浙A12345/)
    await found.click()
    await page.getByRole('list', { name: '怎么走' }).waitFor()
    t.true((await page.locator('h1').innerText()).includes(bay.name.zh ?? ''))
  },
  'car',
)

step(
  'puts everything one touches into the lower half',
  async (t) => {
    await button('结束').click()
    await button('界面放低').click()
    await button(/想去哪里/).click()
    for (const one of await page.locator('.screen button:visible, .screen input:visible').all()) {
      const box = (await one.boundingBox())!
      if ((await one.evaluate((element) => element.closest('.stack'))) === null) {
        t.true(box.y >= portrait.height * 0.49, `${await one.innerText()} at ${String(box.y)}`)
      }
    }
  },
  'low',
)

step('works with the server dead, says how old it is, and recovers by itself', async (t) => {
  await server!.kill()
  await type('kf')
  await page.locator('.place').first().click()
  await button(/带我去/).click()
  await page.getByRole('list', { name: '怎么走' }).waitFor()
  await page.getByText(/离线，内容更新于 \d\d:\d\d/).waitFor()
  await page.getByText('扫码，路线跟着你走').click()
  await page.getByText('请用手机拍下屏幕上的步骤').waitFor()
  await look(t, 'offline')
  await button('关闭').last().click()
  await server!.start()
  await page.getByText(/离线/).waitFor({ state: 'detached' })
  t.notRegex(await page.locator('body').innerText(), /error|undefined|null|HTTP|fetch/i)
})

step(
  'starts with the server dead after one good load',
  async (t) => {
    await page.waitForFunction(async () => (await caches.open('kiosk-page')).match('./').then(Boolean))
    await server!.kill()
    await page.goto(`${server!.address}/kiosk/?idle=600&theme=light`)
    await page.locator('.kiosk[data-drawn]').waitFor()
    await button(/想去哪里/).click()
    await type('hg')
    await page.locator('.place').first().click()
    await button(/带我去/).click()
    t.true((await page.getByRole('list', { name: '怎么走' }).locator('li').count()) > 1)
    await button('结束').click()
    await page.getByText(/离线/).first().waitFor()
    await server!.start()
    await page.getByText(/离线/).waitFor({ state: 'detached' })
  },
  'cold-start',
)

step('is wiped when nobody is there, after counting down; a touch stays', async (t) => {
  const before = Number(await page.locator('.kiosk').getAttribute('data-visit'))
  await page.goto(`${server!.address}/kiosk/?idle=12&theme=light`)
  await page.locator('.kiosk[data-drawn]').waitFor()
  await button(/想去哪里/).click()
  await type('hg')
  await button('Switch to English').click()
  await page.getByRole('alertdialog').waitFor()
  await button('Stay').click()
  t.is(await page.getByRole('textbox').inputValue(), 'hg')
  await page.getByRole('alertdialog').waitFor()
  await page.locator('.kiosk[data-screen=home]').waitFor()
  t.is(await page.locator('html').getAttribute('lang'), 'zh-CN')
  t.true(before > 0 && Number(await page.locator('.kiosk').getAttribute('data-visit')) > 1)
  const kept = await page.evaluate(() =>
    [...Object.entries(localStorage), ...Object.entries(sessionStorage)].flat().join(' '),
  )
  t.notRegex(kept, /hg|火锅/)
})

step(
  'becomes a kiosk by a code that an operator binds, sends a picture of itself, and ends when revoked',
  async (t) => {
    const { operator, venueId, address } = server!
    const params = { venueId }
    const unbound = await browser!.newContext({ viewport: portrait, reducedMotion: 'reduce' })
    const fresh = await unbound.newPage()
    await fresh.goto(`${address}/kiosk/?theme=light`)
    const code = await fresh.locator('.big-code').innerText()
    const levels = good(await operator.call(venuesContract.listLevels, { params }))
    const { id: levelId } = levels.find(({ shortName }) => shortName === 'F2')!
    const place = { levelId, x: 110, y: 58, headingDeg: 90 }
    const body = { code, name: '二楼', ...place } as const
    const { settings } = good(await operator.call(kiosksContract.bindKiosk, { params, body }))
    await fresh.locator('.kiosk[data-drawn]').waitFor()
    t.regex(await fresh.locator('.stack [aria-current]').innerText(), /^F2/)
    const ofKiosk = { params: { venueId, kioskId: settings.kioskId } }
    good(await operator.call(kiosksContract.wantScreenshot, ofKiosk))
    const sent = await waitFor(async () => {
      const answer = await operator.call(kiosksContract.readScreenshot, ofKiosk)
      return answer.ok ? answer.body : undefined
    })
    t.deepEqual([...sent.slice(0, 3)], [0xff, 0xd8, 0xff], 'a JPEG')
    t.true(sent.length > 10_000, 'of more than one colour')
    if (shots) await writeFile(join(shots, 'sent-picture.jpg'), sent)
    good(await operator.call(kiosksContract.revokeKiosk, ofKiosk))
    await fresh.locator('.big-code').waitFor()
    await unbound.close()
  },
)

/** Asks until there is an answer; the test's own timeout bounds it. */
async function waitFor<Found>(ask: () => Promise<Found | undefined>): Promise<Found> {
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
    await page.waitForTimeout(200)
  }
}

step('keeps to 1 MB over the wire without fonts', async (t) => {
  const folder = join(pagesDir, 'kiosk')
  let bytes = 0
  for (const name of await readdir(folder, { recursive: true })) {
    const file = join(folder, name)
    if (!(await stat(file)).isFile() || /\.(?:woff2|br|gz)$|files\.json$/.test(name)) continue
    // Loaded by nobody without a token of that company.
    if ((await readFile(file, 'utf8')).includes('mapboxgl-canvas') && name.includes('mapbox')) continue
    bytes += (await stat(`${file}.br`).catch(() => stat(file))).size
  }
  t.log(`${String(Math.round(bytes / 1000))} kB`)
  t.true(bytes <= 1_000_000, `${String(bytes)} bytes`)
})
