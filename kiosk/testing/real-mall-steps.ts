import type { ExecutionContext } from 'ava'
import type { Page } from 'playwright-core'
import type { Destination, VenueId } from '../../maps/model/index.ts'
import { venuesContract } from '../../server/contract/venues.contract.ts'
import { isWholeMall } from '../../maps/testing/real-mall.ts'
import { openRealMall } from '../../server/testing/real-mall.ts'
import { good, offer } from './operate.ts'
import { handOn, look, newScreen, openPage, step } from './run.ts'
import type { Run } from './run.ts'

/** Where the screen stands in the real mall, and the shop that is looked for. */
interface RealMall {
  readonly venueId: VenueId
  readonly here: Destination
  readonly shop: Destination
  readonly bay: Destination | undefined
  readonly typed: string
}

async function openMall({ server }: Run): Promise<RealMall | undefined> {
  const venueId = await openRealMall(server.operator, '商场')
  if (venueId === undefined) return undefined
  const params = { venueId }
  const { destinations } = good(await server.operator.call(venuesContract.readDirectory, { params }))
  const here = destinations.find(({ kind, level }) => kind === 'amenity' && level === 'F1')
  // Its names are written as they sound, without a space: what one types finds them.
  const shop = destinations.find(
    ({ kind, level, name }) => kind === 'shop' && level === 'F4' && nameOf(name).length > 5,
  )
  if (!here || !shop) throw new Error('the real mall has no amenity on F1 or no shop on F4')
  const bay = destinations.find(({ kind }) => kind === 'bay')
  return { venueId, here, shop, bay, typed: nameOf(shop.name).slice(0, 5) }
}

const nameOf = (name: Destination['name']) => Object.values(name)[0] ?? ''

/** The same stranger in the real mall, in the browser and on the server of the demo mall's run. */
export function realMallSteps(): void {
  let opened: { readonly page: Page; readonly mall: RealMall } | undefined
  const mallStep = (
    title: string,
    body: (t: ExecutionContext, page: Page, mall: RealMall, run: Run) => Promise<void>,
  ) => {
    step(title, async (t, run) => {
      if (opened) return body(t, opened.page, opened.mall, run)
      t.log('left out: the kiosk on the real mall (ATRIUM_REAL_MALL=its folder ATRIUM_WHOLE_MALL=1)')
      t.pass()
      return undefined
    })
  }

  step('opens the real mall', async (t, run) => {
    const mall = isWholeMall() ? await openMall(run) : undefined
    if (mall) {
      const { level, x, y } = mall.here
      const on = await newScreen(run, { venueId: mall.venueId, level, x, y })
      opened = { mall, page: await openPage(run, on, { query: '?theme=light' }) }
      await look(t, opened.page, 'real-home')
    }
    t.pass()
  })

  mallStep('leads to a shop of the real mall that was found by what one types', async (t, page, mall) => {
    const { touch, type, place, steps, heading } = handOn(page)
    await touch(/想去哪里/)
    await type(mall.typed)
    await look(t, page, 'real-search')
    const row = place('F4')
    const name = await row.locator('.name').innerText()
    await row.click()
    t.is(await heading(), name)
    await look(t, page, 'real-shop')
    await touch(/带我去/)
    t.regex(await steps().innerText(), /F4/)
    await page.locator('.along [data-text*="/go/"]').waitFor()
    await look(t, page, 'real-route')
  })

  mallStep('shows the real building, goes without a step, speaks English and is wiped', async (t, page) => {
    const { touch, steps } = handOn(page)
    await touch('无障碍')
    await page.getByText('全程无台阶').waitFor()
    t.notRegex(await steps().innerText(), /扶梯|楼梯/)
    await touch('看整栋楼')
    await page.locator('.whole-building .badge.goal').waitFor()
    await look(t, page, 'real-building')
    await touch('带到手机上')
    await page.locator('.dialog').getByRole('img', { name: '一次性二维码' }).waitFor()
    await page.locator('.dialog').getByRole('button', { name: '关闭' }).click()
    await touch('只看这一层')
    await touch('Switch to English')
    t.regex(await steps('Steps').innerText(), /lift/i)
    await look(t, page, 'real-english')
    await page.clock.fastForward(51_000)
    await page.getByRole('alertdialog').waitFor()
    await page.clock.fastForward(10_000)
    await page.locator('.kiosk[data-screen=home]').waitFor()
    t.is(await page.locator('html').getAttribute('lang'), 'zh-CN')
  })

  mallStep(
    'shows an offer of the real mall, finds a car by its bay, works while the server is dead',
    async (t, page, mall, { server }) => {
      const { touch, place, steps, heading } = handOn(page)
      const { operator } = server
      await offer({ operator, venueId: mall.venueId }, mall.shop.unitIds[0]!, { zh: '满减', en: 'Discount' })
      await page.locator('.poster', { hasText: '满 200 减 40' }).click()
      await page.locator('.ticket', { hasText: '满 200 减 40' }).waitFor()
      await touch('返回')
      await findCar(page, mall)
      t.true((await heading()).includes(nameOf(mall.bay?.name ?? {})))
      await touch('结束')
      await page.clock.fastForward(16_000)
      await server.kill()
      await touch(/想去哪里/)
      await page.getByRole('textbox').fill(mall.typed)
      await place('F4').click()
      await touch(/带我去/)
      t.regex(await steps().innerText(), /F4/)
      await page.getByText(/离线/).first().waitFor()
      await look(t, page, 'real-offline')
      await server.start()
      await page.clock.fastForward(16_000)
      await page.getByText(/离线/).waitFor({ state: 'detached' })
      await page.context().close()
    },
  )
}

async function findCar(page: Page, { bay }: RealMall): Promise<void> {
  const { touch, type, place, steps } = handOn(page)
  if (!bay) throw new Error('the real mall has no bays')
  await touch('找我的车')
  await type(nameOf(bay.name).toUpperCase())
  await place(nameOf(bay.name)).click()
  await steps().waitFor()
}
