import { randomUUID } from 'node:crypto'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import type { Browser, Page } from 'playwright-core'
import { buildClients } from '../bin/clients.ts'
import { demoMall } from '../maps/demo/index.ts'
import { destinationsOf } from '../maps/directory/index.ts'
import { writeImdf } from '../maps/imdf/index.ts'
import { nameIn } from '../maps/render/name-in.ts'
import { tinyArchive } from '../maps/testing/tiny-archive.ts'
import { navigationContract } from '../server/contract/navigation.contract.ts'
import type { Trigger } from '../server/contract/campaign-values.ts'
import { offersContract } from '../server/contract/offers.contract.ts'
import { venuesContract } from '../server/contract/venues.contract.ts'
import type { Answer } from '../server/contract/client.ts'
import type { Endpoint } from '../server/contract/endpoint.ts'
import { startClientServer } from '../server/testing/client-server.ts'
import type { ClientServer } from '../server/testing/client-server.ts'
import { openMall } from '../server/testing/real-mall.ts'
import { launchBrowser, openPage } from '../ui/testing/browser.ts'
import type { OpenPage } from '../ui/testing/browser.ts'
import { goesAboutInEnglish } from './testing/english-steps.ts'
import {
  clickPlan,
  front,
  openTab,
  openUrl,
  pass,
  passUntil,
  passUntilGone,
  phone,
  takeTime,
} from './testing/in-page.ts'
import { parksAndPays } from './testing/parking-steps.ts'
import { visitsTheRealMall } from './testing/real-mall-steps.ts'
import { explainsEveryFailure, refusesThePrivacyGuide } from './testing/trouble-steps.ts'
import { followsTheWay, losesTheWay, stepsBackFromTheCamera } from './testing/way-steps.ts'
import type { Spot } from './testing/way-steps.ts'

let browser: Browser | undefined
let server: ClientServer | undefined
let opened: OpenPage | undefined

test.before(async (t) => {
  t.timeout(500_000)
  browser = await launchBrowser()
  if (!browser) return
  const log = (_: string, en: string) => {
    t.log(en)
  }
  const pagesDir = await buildClients({ log, only: 'miniprogram' })
  server = await startClientServer({ pagesDir, hasBeacons: true, hasWeChat: true })
  await offer(
    { zh: '中庭歇脚，立减 8 元', en: '¥8 off for a rest' },
    { on: 'dwell', zones: [atrium.id], dwellMs: 2000 },
  )
  await offer({ zh: '满 50 减 10', en: '¥10 off ¥50' }, { on: 'claim' })
  await offer({ zh: '会员送杯', en: 'A cup for members' }, { on: 'claim' }, 'members')
  await offer({ zh: '第二杯半价', en: 'Second cup half price' }, { on: 'claim' })
  opened = await openPage(browser, `${server.address}/miniprogram/`, { prepare: takeTime })
})
test.after.always(async () => {
  await opened?.close()
  await browser?.close()
  await server?.end()
})

const archive = demoMall()
const shops = destinationsOf(archive).filter(({ kind }) => kind === 'shop')
const coffee = shops.find(({ name }) => name.zh === '半日咖啡')!
const perfume = shops.find(({ name }) => name.zh === '木质香调')!
const kitchen = shops.find(({ name }) => name.zh === '厨房剧场')!
const beforeCoffee = { x: 120.5, y: 110 }
const atrium = archive.features.geofence.find(({ properties }) => properties.name?.zh === '中庭活动区')!

let middle: Promise<Spot> | undefined
/** The middle of the atrium, in metres of its level; asked of the server while there is one. */
function middleOfAtrium(): Promise<Spot> {
  middle ??= askForMiddle()
  return middle
}

async function askForMiddle(): Promise<Spot> {
  const { operator, venueId } = server!
  const levels = good(await operator.call(venuesContract.listLevels, { params: { venueId } }))
  const { origin, metresPerDegree } = levels.find(({ ordinal }) => ordinal === 0)!.frame
  const corners = atrium.geometry.type === 'Polygon' ? atrium.geometry.coordinates[0]!.slice(1) : []
  const mean = (axis: 0 | 1) => corners.reduce((sum, corner) => sum + (corner[axis] ?? 0), 0) / corners.length
  return {
    x: (mean(0) - origin[0]) * metresPerDegree[0],
    y: (mean(1) - origin[1]) * metresPerDegree[1],
  }
}

function good<E extends Endpoint>(answer: Answer<E>): Extract<Answer<E>, { ok: true }>['body'] {
  if (answer.ok) return answer.body
  throw new Error(`${String(answer.status)} ${JSON.stringify(answer.problem)}`)
}

/** Puts an offer of the coffee shop live. */
async function offer(
  name: { readonly zh: string; readonly en: string },
  trigger: Trigger,
  membership: 'anyone' | 'members' = 'anyone',
): Promise<void> {
  const { operator, venueId } = server!
  const made = good(
    await operator.call(offersContract.createCampaign, {
      params: { venueId },
      body: {
        terms: {
          name,
          coupon: { kind: 'full-reduction', minSpendFen: 5000, offFen: 1000 },
          trigger,
          audience: { membership, visit: 'any' },
          limits: { total: 23, holdMs: 3_600_000 },
          redeemAt: [...coffee.unitIds],
        },
      },
    }),
  )
  const params = { venueId, campaignId: made.id }
  good(await operator.call(offersContract.moveCampaign, { params, body: { state: 'live' } }))
}

const tab = (page: Page, name: string) => front(page).locator('.tab', { hasText: name })
const back = (page: Page) => front(page).locator('[aria-label=返回]')
const codeOn = async (page: Page) => {
  await front(page).locator('.digits').waitFor()
  return (await front(page).locator('.digits').innerText()).replace(/ /g, '')
}

/** One step of the shopper's visit; each goes on where the last one ended. */
function step(title: string, body: (t: ExecutionContext, page: Page) => Promise<void>): void {
  test.serial(title, async (t) => {
    t.timeout(300_000)
    if (!opened) {
      t.log('left out: there is no Chromium on this machine')
      t.pass()
      return
    }
    opened.page.setDefaultTimeout(60_000)
    await body(t, opened.page)
  })
}

step('opens on the mall, before anything is asked or allowed', async (t, page) => {
  await front(page).getByText('云汀里').waitFor()
  await front(page).getByText('在地图上显示我').waitFor()
  t.is(await phone(page).locator('.wx-box').count(), 0, 'nobody is asked for anything yet')
})

step('asks in plain words, all off, and refusing costs nothing', async (t, page) => {
  await front(page).getByText('在地图上显示我').click()
  await front(page).getByText('要不要让我们知道').waitFor()
  for (const box of await front(page).locator('wx-switch input').all()) t.false(await box.isChecked())
  await front(page).getByText('都不打开，直接逛').click()
  await front(page).getByText('这里有').waitFor()
})

step('finds a shop by its initials and shows where it is', async (t, page) => {
  await front(page).getByText('找店').click()
  await front(page).locator('wx-input input').fill('hg')
  const first = front(page).locator('.results .item').first()
  await first.waitFor()
  t.regex(await first.innerText(), /锅/)
  await first.click()
  await front(page).getByText('带我去').waitFor()
})

step('leads from an entrance while nobody knows where the shopper is', async (t, page) => {
  await front(page).getByText('带我去').click()
  await front(page).locator('.now').waitFor()
  t.regex(await front(page).locator('.bottom').innerText(), /分钟/)
  await front(page).getByText('结束').click()
  await front(page).locator('[aria-label=返回]').click()
  await front(page).locator('[aria-label=返回]').click()
})

step('shows the blue dot once it is allowed, and says why not while it is refused', async (t, page) => {
  await front(page).getByText('在地图上显示我').click()
  await front(page).getByText('完整说明').click()
  await front(page).getByText('location-1').waitFor()
  await front(page).getByText('看好了').click()
  await front(page).locator('wx-switch input').first().click()
  await front(page).getByText('打开第一项，继续').click()
  await refusesThePrivacyGuide(page)
  await front(page).getByText('看地图').click()
  await passUntil(page, '在蓝圈里，误差约')
  t.regex(await front(page).getByText('在蓝圈里，误差约').innerText(), /误差约 \d+ 米/)
})

step('every failure of the phone is explained, and the dot comes back by itself', explainsEveryFailure)

step(
  'an offer pops up where one stays, once that was agreed to, and its code is taken at the till',
  async (t, page) => {
    await tab(page, '我的').click()
    await front(page).getByText('位置、优惠和记录').click()
    await front(page).locator('wx-switch input').nth(1).click()
    await front(page).getByText('打开2项，继续').click()
    await tab(page, '地图').click()
    await clickPlan(page, await middleOfAtrium())
    await pass(page, 15_000)
    await front(page).getByText('给你的券').waitFor()
    await front(page).getByText('看券码').click()
    const code = await codeOn(page)
    t.regex(code, /^\d{16}$/)
    await front(page).getByText('中庭歇脚，立减 8 元').waitFor()

    await page.getByRole('switch', { name: '网络' }).click()
    await front(page).getByText('码还能用').waitFor()
    t.regex(await codeOn(page), /^\d{16}$/, 'the phone has codes for the time without a network')
    await page.getByRole('switch', { name: '网络' }).click()
    await front(page).getByText('码还能用').waitFor({ state: 'detached' })

    const { operator, venueId } = server!
    const params = { venueId, redemptionId: randomUUID() }
    const body = { code: await codeOn(page), unitId: coffee.unitIds[0]!, billFen: 6000 }
    const redeemed = good(await operator.call(offersContract.redeemOffer, { params, body }))
    t.is(redeemed.calculation.payFen, 5000)
    await front(page).getByText('用好了').waitFor()
    await back(page).click()
  },
)

step(
  'an offer is taken from the list, a refusal is said in words, and the wallet keeps both kinds',
  async (t, page) => {
    await tab(page, '首页').click()
    await front(page).getByText('活动', { exact: true }).click()
    const ticket = (name: string) => front(page).locator('.ticket', { hasText: name })
    await ticket('会员送杯').getByText('领取').click()
    await ticket('会员送杯').getByText('这张券给会员').waitFor()
    await ticket('满 50 减 10').getByText('领取').click()
    t.regex(await codeOn(page), /^\d{16}$/)
    await back(page).click()
    await back(page).click()
    await tab(page, '券包').click()
    await front(page).getByText('满 50 减 10').waitFor()
    await front(page).getByText('用过的', { exact: true }).click()
    await front(page).getByText('中庭歇脚，立减 8 元').waitFor()
  },
)

step('who signs in keeps their coupons, may give a number, and gets what is for members', async (t, page) => {
  await tab(page, '我的').click()
  await front(page).getByText('用微信登录').click()
  await phone(page).getByRole('button', { name: '带过去' }).click()
  await front(page).getByText('已登录').waitFor()
  await front(page).getByText('添加手机号').click()
  await phone(page).getByRole('button', { name: '允许' }).click()
  await front(page).getByText('138****8000').waitFor()
  await tab(page, '首页').click()
  await front(page).getByText('活动', { exact: true }).click()
  await front(page).locator('.ticket', { hasText: '会员送杯' }).getByText('领取').click()
  await codeOn(page)
  await back(page).click()
  await back(page).click()
  await tab(page, '券包').click()
  await front(page).getByText('还有 1 张').waitFor()
  t.is(await front(page).locator('.digits').count(), 1)
})

step('a code of a kiosk opens the way, from stop to stop and around what is closed', async (t, page) => {
  const { operator, venueId } = server!
  const openRoute = (query: string) => openUrl(page, `/pages/route/index?${query}`)
  const handedOver = good(
    await operator.call(navigationContract.createHandoff, {
      params: { venueId },
      body: { from: { place: shops[0]!.id }, to: [{ place: coffee.id }, { place: perfume.id }] },
    }),
  )
  await openRoute(`q=${encodeURIComponent(`https://mall.example/go/${handedOver.code}`)}`)
  await front(page).locator('.now').waitFor()
  await front(page).getByText('去半日咖啡').waitFor()

  const what = { kind: 'unit' as const, id: coffee.unitIds[0]! }
  const reason = { zh: '临时关闭', en: 'Closed for now' }
  const params = { venueId }
  const closed = good(
    await operator.call(navigationContract.createClosure, { params, body: { what, reason } }),
  )
  await front(page).getByText('现在没有路可以走过去').waitFor()
  good(await operator.call(navigationContract.endClosure, { params: { venueId, closureId: closed.id } }))
  await front(page).getByText('现在没有路可以走过去').waitFor({ state: 'detached' })
  await clickPlan(page, beforeCoffee)
  await passUntil(page, '半日咖啡就在这里')
  await front(page)
    .locator('.btn-go', { hasText: nameIn(perfume.name, 'zh') })
    .click()
  await front(page)
    .getByText(`去${nameIn(perfume.name, 'zh')}`)
    .waitFor()
  t.is(await front(page).locator('.btn-go').count(), 0, 'the last stop')
  await back(page).click()

  await openRoute('scene=22222222222AA')
  await front(page).getByText('这个码过期了').waitFor()
  t.is(await front(page).locator('.now').count(), 0)
  await back(page).click()
})

step(
  'the car is where one said, also without a network; its stay is paid and the receipt says it is a demo',
  (t, page) => parksAndPays(t, page, server!),
)

step('another mall is another map; back in the first the dot is there again', async (t, page) => {
  await openMall(server!.operator, writeImdf(tinyArchive()), '小商场')
  const goTo = async (name: string) => {
    await openUrl(page, '/pages/malls/index')
    const row = front(page).locator('.item', { hasText: name })
    t.regex(await row.innerText(), /\d+ 层/)
    await row.click()
    await page.locator('wx-page:not([hidden])[data-route="pages/malls/index"]').waitFor({ state: 'detached' })
    await tab(page, '首页').click()
    await front(page).getByText(name, { exact: true }).waitFor()
  }
  await goTo('小商场')
  await openUrl(page, '/pages/search/index')
  await front(page).locator('wx-input input').fill('ymyc')
  t.regex(await front(page).locator('.results .item').first().innerText(), /银幕影城/)
  await back(page).click()
  await goTo('云汀里')
  await tab(page, '地图').click()
  await passUntil(page, '在蓝圈里，误差约')
})

step('says so while the server is gone, and keeps what it can', async (t, page) => {
  await tab(page, '券包').click()
  await server?.kill()
  await passUntil(page, '现在连不上，这是')
  t.regex(await codeOn(page), /^\d{16}$/)
  await tab(page, '首页').click()
  await passUntil(page, '现在连不上，优惠是之前的样子')
  await passUntil(page, '你在')
  await front(page).getByText('活动', { exact: true }).click()
  await front(page).locator('.ticket', { hasText: '第二杯半价' }).getByText('领取').click()
  await front(page).locator('.ticket', { hasText: '第二杯半价' }).getByText('连不上').waitFor()
  await back(page).click()
})

step('without the server the camera knows when it cannot lead, and the map goes on', async (t, page) => {
  await clickPlan(page, beforeCoffee)
  await pass(page, 10_000)
  await openUrl(page, '/pages/search/index')
  await front(page).locator('wx-input input').fill('cfjc')
  await front(page)
    .locator('.results .item', { hasText: nameIn(kitchen.name, 'zh') })
    .first()
    .click()
  await front(page).getByText('带我去').click()
  await front(page).locator('.now').waitFor()
  await stepsBackFromTheCamera(t, page)
})

step('a way across levels is walked to its end, arrow and instructions along it', async (t, page) => {
  const words = { camera: '实景', map: '回到地图', ride: /梯.*F2/, arrived: '到了', end: '结束' }
  await followsTheWay(t, page, { goal: kitchen, level: 'F2', words, withCamera: true })
})

step('another way within two seconds of a wrong turn', async (t, page) => {
  await page.getByRole('button', { name: 'F1', exact: true }).click()
  await losesTheWay(t, page, { goal: coffee, from: await middleOfAtrium(), astray: { x: 40, y: 75 } })
  await front(page).getByText('结束').click()
})

step('speaks English everywhere once it is chosen', (t, page) =>
  goesAboutInEnglish(t, page, { goal: shops.find(({ name }) => name.zh === '小物集')!, from: beforeCoffee }),
)

step('when the server is back what was noted is told, and English coupons are to be had', async (t, page) => {
  await server?.start()
  await openTab(page, '/pages/home/index')
  await openUrl(page, '/parking/car/index')
  await passUntilGone(page, 'Kept on the phone')
  await openTab(page, '/pages/home/index')
  await front(page).getByText('What’s on', { exact: true }).click()
  await front(page).locator('.ticket', { hasText: 'Second cup half price' }).getByText('Take').click()
  t.regex(await codeOn(page), /^\d{16}$/)
  await openTab(page, '/pages/wallet/index')
  await front(page).getByText('Second cup half price').waitFor()
  t.deepEqual(opened?.left, [], 'nothing is asked of another origin')
})

step(
  'the real mall: a recorded walk, its dot, search, a way across levels, an offer and the car',
  (t, page) => visitsTheRealMall(t, page, server!),
)
