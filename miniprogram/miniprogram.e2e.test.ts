import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import type { Browser, Page } from 'playwright-core'
import { buildPreview } from '../bin/miniprogram/build-preview.ts'
import { startClientServer } from '../server/testing/client-server.ts'
import type { ClientServer } from '../server/testing/client-server.ts'
import { launchBrowser, openPage } from '../ui/testing/browser.ts'
import type { OpenPage } from '../ui/testing/browser.ts'

let folder: string
let browser: Browser | undefined
let server: ClientServer | undefined
let opened: OpenPage | undefined

test.before(async (t) => {
  t.timeout(170_000)
  browser = await launchBrowser()
  if (!browser) return
  folder = await mkdtemp(join(tmpdir(), 'atrium-miniprogram-e2e-'))
  const pagesDir = join(folder, 'pages')
  await buildPreview({ folder: join(pagesDir, 'miniprogram'), miniProgramDir: join(folder, 'app') })
  server = await startClientServer({ pagesDir, hasBeacons: true })
  opened = await openPage(browser, `${server.address}/miniprogram/`)
})
test.after.always(async () => {
  await opened?.close()
  await browser?.close()
  await server?.end()
  if (browser) await rm(folder, { recursive: true, force: true })
})

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

step('speaks English everywhere once it is chosen', async (t, page) => {
  await front(page).locator('.tab').nth(2).click()
  await front(page).getByText('English', { exact: true }).click()
  await front(page).getByText('What is allowed').waitFor()
  await front(page).locator('.tab').first().click()
  await front(page).getByText('A few steps away').waitFor()
  t.deepEqual(await front(page).locator('.tab').allInnerTexts(), ['Home', 'Map', 'Me'])
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
