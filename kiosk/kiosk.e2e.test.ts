import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { demoMall } from '../maps/demo/index.ts'
import { destinationsOf } from '../maps/directory/index.ts'
import { navigationContract } from '../server/contract/navigation.contract.ts'
import { filmSteps } from './testing/film-steps.ts'
import { fleetSteps } from './testing/fleet-steps.ts'
import { charge, good, offer, park } from './testing/operate.ts'
import { paySteps, startWithWeChatPay } from './testing/pay-steps.ts'
import { realMallSteps } from './testing/real-mall-steps.ts'
import { handOn, look, newScreen, openPage, runBefore, step } from './testing/run.ts'

/**
 * A stranger before the screen, from the first touch to the way on their phone, in one browser against one
 * server: each step goes on where the one before it stopped. `ATRIUM_SHOTS` names a folder for pictures.
 */
const archive = demoMall()
const shops = destinationsOf(archive)
const home = { level: 'F1', x: 112, y: 60 }

runBefore(archive, async (run) =>
  openPage(run, await newScreen(run, home), { query: '?idle=600&theme=light' }),
)

step(
  'shows where one stands and what is near, and asks where to',
  async (t, { page }) => {
    await page.locator('h1', { hasText: '云汀里' }).waitFor()
    t.true(
      await handOn(page)
        .button(/想去哪里/)
        .isVisible(),
    )
    t.is(await page.locator('.stack [aria-current]').innerText(), 'F1\n你在这里')
    t.is(await page.getByRole('region', { name: '就在身边' }).locator('.place').count(), 3)
  },
  'home',
)

step(
  'finds a hotpot by its initials on the screen’s own keyboard',
  async (t, { page }) => {
    const { touch, type } = handOn(page)
    await touch(/想去哪里/)
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

step(
  'says what to do when nothing is found, and filters leave out what has no offer',
  async (t, { page }) => {
    const { search, touch } = handOn(page)
    await search('qqxxzz')
    await page.getByRole('heading', { name: '没找到“qqxxzz”' }).waitFor()
    await search('hg')
    t.true((await page.locator('.place').count()) > 0)
    await touch('有优惠')
    t.is(await page.locator('.place').count(), 0)
    await page.getByRole('heading', { name: '这样筛选没有结果' }).waitFor()
    await touch('有优惠')
  },
)

step(
  'opens the page of a shop, which stands out on the map',
  async (t, { page }) => {
    const { place, button, screenName } = handOn(page)
    await place('F4').click()
    await button(/带我去/).waitFor()
    t.is(await screenName(), 'shop')
    t.is(await page.locator('.where .level-tag').innerText(), 'F4')
    await page.locator('.badge.goal', { hasText: await handOn(page).heading() }).waitFor()
  },
  'shop',
)

step(
  'leads there across levels, step by step, with a code for the phone beside',
  async (t, { page }) => {
    const { touch, steps } = handOn(page)
    await touch(/带我去/)
    await page.getByRole('list', { name: '路线分段' }).waitFor()
    t.true((await page.locator('.legs li').count()) >= 3)
    t.regex(await steps().innerText(), /F4/)
    t.is(await page.locator('.stack .goal').innerText(), 'F4')
    await page.locator('.along [data-text*="/go/"]').waitFor()
  },
  'route',
)

step(
  'goes without a step at one touch',
  async (t, { page }) => {
    const before = await page.locator('.legs').innerText()
    await handOn(page).touch('无障碍')
    await page.getByText('全程无台阶').waitFor()
    t.not(await page.locator('.legs').innerText(), before)
    t.notRegex(await handOn(page).steps().innerText(), /扶梯|楼梯/)
  },
  'step-free',
)

step('takes another way when the lift is closed, and says why', async (t, { page, server }) => {
  const steps = handOn(page).steps()
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
  const { operator, venueId } = server
  const reason = { zh: '电梯保养中', en: 'Lift maintenance' }
  const body = { what: { kind: 'connector', id: lift!.id }, reason } as const
  const closed = good(await operator.call(navigationContract.createClosure, { params: { venueId }, body }))
  await page.getByText('电梯保养中，路线已换').waitFor()
  t.not(await steps.innerText(), before)
  await look(t, page, 'closure')
  const params = { venueId, closureId: closed.id }
  good(await operator.call(navigationContract.endClosure, { params }))
  await page.getByText('路通了，路线已更新').waitFor()
  t.is(await steps.innerText(), before)
})

step(
  'shows the way through the whole building',
  async (t, { page }) => {
    await handOn(page).touch('看整栋楼')
    await page.locator('.whole-building .badge.goal').waitFor()
    t.true(await handOn(page).button('再走一遍').isVisible())
  },
  'building',
)

step(
  'hands the way over to a phone by a code that works once',
  async (t, { page, server }) => {
    await handOn(page).touch('带到手机上')
    const code = page.locator('.dialog').getByRole('img', { name: '一次性二维码' })
    await code.waitFor()
    const url = new URL((await code.getAttribute('data-text')) ?? '')
    t.regex(url.pathname, /^\/go\/[2-9A-Z]{13}$/)
    const params = { code: url.pathname.slice('/go/'.length) }
    const body = { phone: 'p'.repeat(22) }
    const opened = good(await server.operator.call(navigationContract.openHandoff, { params, body }))
    t.is(opened.profile, 'step-free')
    t.is(opened.to[0]?.level, 'F4')
    t.regex(await page.getByRole('timer').innerText(), /\b(?:\d|10):\d\d/)
    const again = { params, body: { phone: 'q'.repeat(22) } }
    t.false((await server.operator.call(navigationContract.openHandoff, again)).ok, 'for one phone')
  },
  'take-along',
)

step(
  'speaks English at one touch, on any screen, what it had said before too',
  async (t, { page }) => {
    const { touch, button, steps } = handOn(page)
    await page.getByRole('button', { name: '关闭' }).last().click()
    await touch('只看这一层')
    await touch('Switch to English')
    t.is(await page.locator('html').getAttribute('lang'), 'en')
    t.regex(await steps('Steps').innerText(), /lift/i)
    t.true(await button('Step-free').isVisible())
    t.notRegex(await page.locator('.sheet').innerText(), /\p{Script=Han}/u)
  },
  'english',
)

step('leaves nothing of a visit when it is ended', async (t, { page }) => {
  const { touch, screenName } = handOn(page)
  await touch('End')
  t.is(await screenName(), 'home')
  t.is(await page.locator('html').getAttribute('lang'), 'zh-CN')
  await touch(/想去哪里/)
  t.is(await page.getByRole('textbox').inputValue(), '')
})

step(
  'leads through several stops in the shortest order',
  async (t, { page }) => {
    const { search, place, touch, heading, steps } = handOn(page)
    const names: string[] = []
    for (const [at, word] of ['hg', 'kf', 'nc'].entries()) {
      await search(word)
      await page.locator('.place').nth(at).click()
      names.push(await heading())
      if (at === 2) break
      await touch('顺路再去')
      await page.getByRole('button', { name: '已加入行程' }).waitFor()
      await touch('返回')
    }
    await touch(/带我去/)
    const stops = page.locator('.sheet .chip')
    t.is(await stops.count(), 3)
    t.deepEqual(
      (await stops.allInnerTexts()).map((text) => text.replace(/^\d\s*/, '')).sort(),
      [...names].sort(),
    )
    const first = await heading()
    const way = await steps().innerText()
    await stops.nth(2).click()
    t.not(await heading(), first)
    t.not(await steps().innerText(), way)
    t.true((await place('').count()) === 0)
  },
  'stops',
)

step(
  'shows everything large and in high contrast, and stands still when asked',
  async (t, { page }) => {
    const { touch } = handOn(page)
    await touch('结束')
    const size = () =>
      page.locator('.ask .grow').evaluate((words) => parseFloat(getComputedStyle(words).fontSize))
    const before = await size()
    for (const wish of ['大字', '高对比', '少动画']) await touch(wish)
    t.true((await size()) > 1.1 * before)
    t.deepEqual(await page.evaluate(() => Object.keys(document.documentElement.dataset).sort()), [
      'calm',
      'contrast',
      'large',
      'theme',
    ])
    await look(t, page, 'large-home')
    await touch(/想去哪里/)
    await page.getByRole('textbox').fill('hg')
    await look(t, page, 'large-search')
    await page.locator('.place').first().click()
    await look(t, page, 'large-shop')
    await touch(/带我去/)
  },
  'large-route',
)

step(
  'lists shops from A to Z, and only those of a kind when asked',
  async (t, { page }) => {
    const { touch } = handOn(page)
    await touch('结束')
    t.false(await page.evaluate(() => 'large' in document.documentElement.dataset), 'it ended with the visit')
    await touch('店铺 A–Z')
    const letters = await page.locator('.letters button').allInnerTexts()
    t.true(letters.length > 12, letters.join(''))
    t.deepEqual(
      letters,
      [...letters].sort((a, b) => (a === '#' ? 1 : b === '#' ? -1 : a < b ? -1 : 1)),
    )
    const all = await page.locator('.book .place').count()
    t.is(all, shops.filter(({ kind }) => kind === 'shop').length)
    await touch('亲子')
    t.true((await page.locator('.book .place').count()) < all)
  },
  'directory',
)

step('leads to the nearest toilet', async (t, { page }) => {
  const { touch, steps, heading } = handOn(page)
  await touch('返回')
  await touch('设施')
  await look(t, page, 'amenities')
  await touch(/^洗手间/)
  await steps().waitFor()
  t.regex(await heading(), /洗手间/)
  await touch('返回')
  await touch('返回')
})

step(
  'shows an offer the moment it goes live, on the shop’s page too, with how many are left',
  async (t, { page, server }) => {
    const { touch, heading } = handOn(page)
    const shop = shops.find(({ kind, level }) => kind === 'shop' && level === 'F2')!
    await offer(server, shop.unitIds[0]!, { zh: '满减', en: 'Discount' })
    await page.locator('.poster', { hasText: '满 200 减 40' }).click()
    await page.locator('.ticket', { hasText: '满 200 减 40' }).waitFor()
    t.is(await heading(), shop.name.zh ?? '')
    await page.locator('.ticket', { hasText: '还剩 23 份' }).waitFor()
    await page.locator('.ticket [data-text*="/go/"]').waitFor()
    await look(t, page, 'shop-offer')
    await touch('返回')
    await touch('全部优惠')
    await page.getByText('满 200 减 40').first().waitFor()
  },
  'offers',
)

step(
  'finds a car by the end of its plate, which it does not show, and has its parking paid',
  async (t, { page, server }) => {
    const { touch, type, steps, heading } = handOn(page)
    await touch('返回')
    const bay = shops.find(({ kind }) => kind === 'bay')!
    await charge(server)
    await park(server, { plate: '浙A12345', bay: bay.unitIds[0]! })
    await touch('停车')
    await page
      .getByText(/共 \d+ 个车位/)
      .first()
      .waitFor()
    await look(t, page, 'parking')
    await touch('找我的车')
    await look(t, page, 'car-keys')
    await type('2345')
    await touch('找车')
    const found = page.locator('.found')
    await found.waitFor()
    t.notRegex(await found.innerText(), /浙A12345/)
    await look(t, page, 'car-found')
    await touch(/^缴停车费/)
    await page.getByText('应付 5 元').waitFor()
    await look(t, page, 'car-pay')
    await touch('记成已付（演示）')
    await page.getByText('已付 5 元').waitFor()
    await page.getByText(/请在 \d\d:\d\d 前开出去/).waitFor()
    await page.locator('.dialog').getByRole('button', { name: '关闭' }).click()
    await found.click()
    await steps().waitFor()
    t.true((await heading()).includes(bay.name.zh ?? ''))
    await touch('结束')
  },
)

step('tints the shops by how many people are in them, while that is known', async (t, { page, server }) => {
  const { venueId } = server
  const zoneId = shops.find(({ kind, level }) => kind === 'shop' && level === 'F1')!.unitIds[0]!
  const key = `here/${zoneId}/node`
  const stream = `floor:${venueId}`
  server.server().realtime.publish({ stream, set: { [key]: { zoneId, kind: 'unit', visitors: 45 } } })
  await page.locator('.crowd').waitFor()
  await look(t, page, 'crowds')
  server.server().realtime.publish({ stream, gone: [key] })
  await page.locator('.crowd').waitFor({ state: 'detached' })
  t.pass()
})

step(
  'puts everything one touches into the lower half',
  async (t, { page }) => {
    const { touch, search } = handOn(page)
    await touch('界面放低')
    await search('hg')
    const tooHigh = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.screen button, .screen input')]
        .filter((one) => one.checkVisibility() && !one.closest('.stack'))
        .map((one) => ({ words: one.innerText, top: one.getBoundingClientRect().top / innerHeight }))
        .filter(({ top }) => top < 0.49),
    )
    t.deepEqual(tooHigh, [])
  },
  'low',
)

step('lies on its side and is dark in the evening', async (t, run) => {
  const on = await newScreen(run, home, { viewport: { width: 960, height: 540 } })
  const page = await openPage(run, on, { query: '?idle=600&theme=dark' })
  const { touch, search, steps } = handOn(page)
  const map = (await page.locator('.world').boundingBox())!
  const panel = (await page.locator('main').boundingBox())!
  t.true(panel.x >= map.x + map.width - 1, 'the panel stands beside the map')
  await look(t, page, 'night-home')
  await search('hg')
  await look(t, page, 'night-search')
  await page.locator('.place').first().click()
  await look(t, page, 'night-shop')
  await touch(/带我去/)
  await steps().waitFor()
  await look(t, page, 'night-route')
  await on.close()
})

fleetSteps()
realMallSteps()

step('works while the server is dead, says how old it is, and starts anew without it', async (t, run) => {
  const { page, server } = run
  const { touch, search, type, steps } = handOn(page)
  // The page is kept once its fonts have come; what is live is written down every ten seconds.
  await page.clock.fastForward(16_000)
  await page.waitForFunction(async () => (await caches.open('kiosk-page')).match('./').then(Boolean))
  await server.kill()
  await touch('返回')
  await search('kf')
  await page.locator('.place').first().click()
  await touch(/带我去/)
  await steps().waitFor()
  await page.getByText(/离线，内容更新于 \d\d:\d\d/).waitFor()
  await touch(/扫码，路线跟着你走/)
  await page.getByText('请用手机拍下屏幕上的步骤').waitFor()
  await look(t, page, 'offline')
  await page.goto(`${server.address}/kiosk/?idle=600&theme=light`)
  await page.locator('.kiosk[data-drawn]').waitFor()
  await page.getByText(/离线/).first().waitFor()
  await look(t, page, 'dead-home')
  await search('hg')
  await page.locator('.place').first().click()
  await look(t, page, 'dead-shop')
  await touch(/带我去/)
  t.true((await steps().locator('li').count()) > 1)
  await touch('看整栋楼')
  await page.locator('.whole-building .badge.goal').waitFor()
  await look(t, page, 'dead-building')
  await touch('返回')
  await touch('返回')
  await touch('返回')
  await touch('停车')
  await look(t, page, 'dead-parking')
  await touch('找我的车')
  await type('2345')
  await touch('找车')
  await page.getByText(/连不上服务器/).waitFor()
  await look(t, page, 'dead-car')
  await touch('返回')
  await touch('返回')
})

step('comes back by itself when the server does', async (t, run) => {
  const { page } = run
  await startWithWeChatPay(run)
  // It is tried at least every fifteen seconds.
  await page.clock.fastForward(16_000)
  await page.getByText(/离线/).waitFor({ state: 'detached' })
  t.true(
    await handOn(page)
      .button(/想去哪里/)
      .isVisible(),
  )
})

paySteps(shops.find(({ kind }) => kind === 'bay')!.unitIds[0]!)

step('is wiped when nobody is there, after counting down; a touch stays', async (t, { page, server }) => {
  await page.goto(`${server.address}/kiosk/?theme=light`)
  await page.locator('.kiosk[data-drawn]').waitFor()
  const { search, touch } = handOn(page)
  const number = () => page.locator('.kiosk').getAttribute('data-visit')
  const before = await number()
  await search('hg')
  await touch('Switch to English')
  await page.clock.fastForward(51_000)
  await page.getByRole('alertdialog').waitFor()
  await look(t, page, 'idle')
  await touch('Stay')
  t.is(await page.getByRole('textbox').inputValue(), 'hg')
  await page.clock.fastForward(51_000)
  await page.getByRole('alertdialog').waitFor()
  await page.clock.fastForward(10_000)
  await page.locator('.kiosk[data-screen=home]').waitFor()
  t.is(await page.locator('html').getAttribute('lang'), 'zh-CN')
  t.true(Number(await number()) > Number(before))
  const kept = await page.evaluate(() =>
    [...Object.entries(localStorage), ...Object.entries(sessionStorage)].flat().join(' '),
  )
  t.notRegex(kept, /hg|火锅/)
})

filmSteps(home)

step('keeps to 1 MB over the wire without fonts', async (t, { pagesDir }) => {
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
