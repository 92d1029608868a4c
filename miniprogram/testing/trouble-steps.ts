import type { ExecutionContext } from 'ava'
import type { Page } from 'playwright-core'
import { front, openUrl, passUntil, phone } from './in-page.ts'

/** Says no to WeChat’s privacy guide, reads why that keeps the dot away, and says yes. */
export async function refusesThePrivacyGuide(page: Page): Promise<void> {
  const answer = (name: string) => phone(page).getByRole('button', { name }).last()
  await answer('拒绝').click()
  await openUrl(page, '/pages/signal/index')
  // Whoever opens the page that explains is asked once more.
  await answer('拒绝').click()
  await front(page).getByText('还没同意隐私指引').waitFor()
  await front(page).getByText('看隐私保护指引').click()
  await answer('允许').click()
  await answer('知道了').click()
  await passUntil(page, '能找到你了')
}

/** Each switch of the phone off: the reason is said with what to do; on: the dot is there without a press. */
export async function explainsEveryFailure(t: ExecutionContext, page: Page): Promise<void> {
  const flip = (name: string) => page.getByRole('switch', { name, exact: true }).click()
  const explains = async (title: string) => {
    await passUntil(page, title)
    t.true((await front(page).locator('.step').count()) >= 2, title)
    await front(page).getByText('不开也可以').waitFor()
  }
  await flip('蓝牙')
  await passUntil(page, '现在找不到你')
  await front(page).getByText('看一下').click()
  await explains('蓝牙没开，找不到你')
  await flip('蓝牙')
  await passUntil(page, '能找到你了')
  await flip('定位')
  await explains('定位没开，找不到你')
  await flip('定位')
  await passUntil(page, '能找到你了')
  // WeChat without the system’s permission hears nothing and says nothing: silence, whose cause is found by asking.
  await flip('微信的定位权限')
  await explains('这里没有听到商场的信号')
  await front(page).getByText('再听一次').click()
  await explains('微信没有定位权限')
  await flip('微信的定位权限')
  await passUntil(page, '能找到你了')
  await flip('支持信标')
  await explains('这部手机听不到信标')
  await flip('支持信标')
  await passUntil(page, '能找到你了')
  await front(page).getByText('看地图').click()
}
