import { randomUUID } from 'node:crypto'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import type { Browser, Page } from 'playwright-core'
import { buildClients } from '../bin/clients.ts'
import { demoMall } from '../maps/demo/index.ts'
import { destinationsOf } from '../maps/directory/index.ts'
import { navigationContract } from '../server/contract/navigation.contract.ts'
import type { Trigger } from '../server/contract/campaign-values.ts'
import { offersContract } from '../server/contract/offers.contract.ts'
import { venuesContract } from '../server/contract/venues.contract.ts'
import type { Answer } from '../server/contract/client.ts'
import type { Endpoint } from '../server/contract/endpoint.ts'
import { startClientServer } from '../server/testing/client-server.ts'
import type { ClientServer } from '../server/testing/client-server.ts'
import { launchBrowser, openPage } from '../ui/testing/browser.ts'
import type { OpenPage } from '../ui/testing/browser.ts'
import { parksAndPays } from './testing/parking-steps.ts'
import { visitsTheRealMall } from './testing/real-mall-steps.ts'
import { losesTheWay } from './testing/way-steps.ts'

let browser: Browser | undefined
let server: ClientServer | undefined
let opened: OpenPage | undefined

test.before(async (t) => {
  t.timeout(170_000)
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
  opened = await openPage(browser, `${server.address}/miniprogram/`)
})
test.after.always(async () => {
  await opened?.close()
  await browser?.close()
  await server?.end()
})

const archive = demoMall()
const shops = destinationsOf(archive).filter(({ kind }) => kind === 'shop')
const coffee = shops.find(({ name }) => name.zh === '半日咖啡')!
const atrium = archive.features.geofence.find(({ properties }) => properties.name?.zh === '中庭活动区')!

/** The middle of the atrium, in metres of its level. */
async function middleOfAtrium(): Promise<{ x: number; y: number }> {
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

/** Puts the shopper of the side panel somewhere on the level it shows. */
async function standAt(page: Page, { x, y }: { readonly x: number; readonly y: number }): Promise<void> {
  const plan = page.locator('.plan')
  await plan.scrollIntoViewIfNeeded()
  const at = await plan.evaluate(
    (svg, metres) => {
      const { x: clientX, y: clientY } = new DOMPoint(metres.x, -metres.y).matrixTransform(
        (svg as unknown as SVGSVGElement).getScreenCTM()!,
      )
      return { clientX, clientY }
    },
    { x, y },
  )
  await page.mouse.click(at.clientX, at.clientY)
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
    t.timeout(100_000)
    if (!opened) {
      t.log('left out: there is no Chromium on this machine')
      t.pass()
      return
    }
    opened.page.setDefaultTimeout(40_000)
    await body(t, opened.page)
  })
}

const phone = (page: Page) => page.locator('#screen')
/** The page in front; those below stay in the document. */
const front = (page: Page) => page.locator('wx-page:not([hidden])')

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

step('shows the blue dot from beacons once it is allowed, within what it says', async (t, page) => {
  await front(page).getByText('在地图上显示我').click()
  await front(page).locator('wx-switch input').first().click()
  await front(page).getByText('打开第一项，继续').click()
  await phone(page).getByRole('button', { name: '允许' }).click()
  await front(page).getByText('你在').waitFor()
  await front(page).locator('.tab').nth(1).click()
  const circle = front(page).getByText('在蓝圈里，误差约')
  await circle.waitFor()
  t.regex(await circle.innerText(), /误差约 \d+ 米/)
})

step('says in words why the dot is gone, and brings it back by itself', async (t, page) => {
  await page.getByRole('switch', { name: '蓝牙' }).click()
  await front(page).getByText('现在找不到你').waitFor()
  await front(page).getByText('看一下').click()
  await front(page).getByText('蓝牙没开，找不到你').waitFor()
  t.is(await front(page).locator('.step').count(), 3)
  await page.getByRole('switch', { name: '蓝牙' }).click()
  await front(page).getByText('能找到你了').waitFor()
  await front(page).getByText('看地图').click()
})

step(
  'an offer pops up where one stays, once that was agreed to, and its code is taken at the till',
  async (t, page) => {
    await tab(page, '我的').click()
    await front(page).getByText('位置、优惠和记录').click()
    await front(page).locator('wx-switch input').nth(1).click()
    await front(page).getByText('打开2项，继续').click()
    await tab(page, '地图').click()
    await standAt(page, await middleOfAtrium())
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

step('a code of a kiosk opens the way, which ends where something is closed', async (t, page) => {
  const { operator, venueId } = server!
  const openRoute = (query: string) =>
    page.evaluate((url) => {
      const { preview } = globalThis as unknown as {
        preview: { pages: { navigateTo(url: string): unknown } }
      }
      preview.pages.navigateTo(url)
    }, `/pages/route/index?${query}`)
  const handedOver = good(
    await operator.call(navigationContract.createHandoff, {
      params: { venueId },
      body: { from: { place: shops[0]!.id }, to: [{ place: coffee.id }] },
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
  await back(page).click()

  await openRoute('scene=22222222222AA')
  await front(page).getByText('这个码过期了').waitFor()
  t.is(await front(page).locator('.now').count(), 0)
  await back(page).click()
})

step('says so while the server is gone, keeps what it can, and comes back by itself', async (t, page) => {
  await tab(page, '券包').click()
  await server?.kill()
  await front(page).getByText('现在连不上，这是').waitFor()
  t.regex(await codeOn(page), /^\d{16}$/)
  await tab(page, '首页').click()
  await front(page).getByText('现在连不上，优惠是之前的样子').waitFor()
  await front(page).getByText('你在').waitFor()
  await front(page).getByText('找店').click()
  await front(page).locator('wx-input input').fill('hg')
  await front(page).locator('.results .item').first().waitFor()
  await back(page).click()
  await server?.start()
  await front(page).getByText('现在连不上，优惠是之前的样子').waitFor({ state: 'detached' })
})

step('another way within two seconds of a wrong turn', async (t, page) => {
  await losesTheWay(t, page, { goal: coffee, from: await middleOfAtrium(), astray: { x: 40, y: 75 } })
  await front(page).getByText('结束').click()
})

step(
  'the car is where one said, also without a network; its stay is paid and the receipt says it is a demo',
  (t, page) => parksAndPays(t, page, server!),
)

step('speaks English everywhere once it is chosen', async (t, page) => {
  await tab(page, '我的').click()
  await front(page).getByText('English', { exact: true }).click()
  await front(page).getByText('What is allowed').waitFor()
  await front(page).locator('.tab').first().click()
  await front(page).getByText('A few steps away').waitFor()
  t.deepEqual(await front(page).locator('.tab').allInnerTexts(), ['Home', 'Map', 'Wallet', 'Me'])
})

step('keeps map, search and ways without a network', async (t, page) => {
  await page.getByRole('switch', { name: '网络' }).click()
  await front(page).getByText('Shops', { exact: true }).click()
  await front(page).locator('wx-input input').fill('toilet')
  await front(page).locator('.results .item').first().click()
  await front(page).getByText('Take me there').click()
  await front(page).locator('.now').waitFor()
  t.regex(await front(page).locator('.bottom').innerText(), /min/)
  t.deepEqual(opened?.left, [], 'nothing is asked of another origin')
})

step('the real mall: a recorded walk, its dot, search and a way across levels', (t, page) =>
  visitsTheRealMall(t, page, server!),
)
