import type { ExecutionContext } from 'ava'
import type { Page } from 'playwright-core'
import type { Destination } from '../../maps/model/index.ts'
import { nameIn } from '../../maps/render/name-in.ts'
import { isWholeMall } from '../../maps/testing/real-mall.ts'
import { clickPlan, front, openTab, openUrl, pass, passUntil } from './in-page.ts'
import { followsTheWay } from './way-steps.ts'
import type { Spot } from './way-steps.ts'

/**
 * A shopper who chooses English while the server is away: search by initials, a way across levels to its end, why there
 * is no dot, and where the car is. Ends on the page of the car, which waits to be told.
 */
export async function goesAboutInEnglish(
  t: ExecutionContext,
  page: Page,
  { goal, from }: { readonly goal: Destination; readonly from: Spot },
): Promise<void> {
  await openTab(page, '/pages/me/index')
  await front(page).getByText('English', { exact: true }).click()
  await front(page).getByText('What is allowed').waitFor()
  t.deepEqual(await front(page).locator('.tab').allInnerTexts(), ['Home', 'Map', 'Wallet', 'Me'])
  await clickPlan(page, from)
  await pass(page, 10_000)
  await openUrl(page, '/pages/search/index')
  await front(page).locator('wx-input input').fill('xwj')
  await front(page)
    .locator('.results .item', { hasText: nameIn(goal.name, 'en') })
    .first()
    .click()
  await front(page).getByText('Take me there').click()
  await front(page).locator('.now').waitFor()
  t.regex(await front(page).locator('.bottom').innerText(), /min/)
  const words = { camera: 'Camera', map: 'Back to the map', ride: /F2/, arrived: 'You are there', end: 'End' }
  // A minute of walking was walked in Chinese already: in English for whoever asks.
  if (isWholeMall()) await followsTheWay(t, page, { goal, level: 'F2', words, withCamera: false })
  else await front(page).getByText(words.end, { exact: true }).click()

  await openUrl(page, '/pages/signal/index')
  await page.getByRole('switch', { name: '蓝牙', exact: true }).click()
  await passUntil(page, 'Bluetooth is off, you cannot be found')
  await page.getByRole('switch', { name: '蓝牙', exact: true }).click()
  await passUntil(page, 'You can be found')

  await openUrl(page, '/parking/car/index')
  await passUntil(page, 'A camera saw it at')
  await front(page).getByText('Not this bay?').click()
  await page.locator('#screen').getByRole('button', { name: 'Type the bay' }).click()
  await front(page).locator('wx-input input').fill('c01')
  await front(page).locator('.bays .item').first().click()
  await passUntil(page, 'You noted it at')
  await passUntil(page, 'Kept on the phone')
}
