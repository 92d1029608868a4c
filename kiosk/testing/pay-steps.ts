import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { startWeChatPayStandIn } from '../../server/parking/payment/testing/wechat-pay-stand-in.ts'
import type { WeChatPayStandIn } from '../../server/parking/payment/testing/wechat-pay-stand-in.ts'
import { charge, park } from './operate.ts'
import { handOn, look, step } from './run.ts'
import type { Run } from './run.ts'

let standIn: WeChatPayStandIn | undefined

/**
 * Lets the server of a run, dead already or not, come back as one that takes money by WeChat, at a stand-in for
 * WeChat Pay. It reads its keys while it starts.
 */
export async function startWithWeChatPay({ server }: Run): Promise<void> {
  standIn = await startWeChatPayStandIn({
    get nowMs() {
      return Date.now()
    },
  })
  const { files, baseUrl } = standIn
  const dir = await mkdtemp(join(tmpdir(), 'atrium-kiosk-pay-'))
  await writeFile(join(dir, 'key.pem'), files.keyPem)
  await writeFile(join(dir, 'platform.pem'), files.platformPem)
  await server.kill()
  await server.start({
    PUBLIC_URL: 'https://mall.example',
    WECHAT_APP_ID: 'wx0000000000000001',
    WECHAT_APP_SECRET: 'secret-of-the-tests',
    WECHAT_PAY_MERCHANT_ID: files.merchantId,
    WECHAT_PAY_SERIAL: files.serial,
    WECHAT_PAY_KEY_FILE: join(dir, 'key.pem'),
    WECHAT_PAY_PLATFORM_FILE: join(dir, 'platform.pem'),
    WECHAT_PAY_PLATFORM_ID: files.platformId,
    WECHAT_PAY_API_V3_KEY: files.apiV3Key,
    WECHAT_PAY_URL: baseUrl,
  })
  await rm(dir, { recursive: true })
}

/** What a driver pays with their own phone, by a code on the screen. */
export function paySteps(bay: string): void {
  test.after.always(async () => {
    await standIn?.close()
  })
  step(
    'has parking paid by a code for WeChat, follows when it is paid, and says when WeChat is away or the code is over',
    async (t, { page, server }) => {
      const { touch, type } = handOn(page)
      if (!standIn) throw new Error('the step before starts WeChat Pay')
      const { orders } = standIn
      const again = page.getByRole('button', { name: '重新算' })
      const code = page.locator('.dialog [data-text^="weixin://"]')
      const payFor = async (ending: string) => {
        await type(ending)
        await touch('找车')
        await page.locator('.found').waitFor()
        await touch(/^缴停车费/)
      }
      await charge(server)
      await park(server, { plate: '浙A18867', bay })
      await park(server, { plate: '浙B24713', bay })
      await touch('停车')
      await touch('找我的车')
      standIn.failNext(500)
      await payFor('8867')
      await page.getByText('现在连不上服务器').waitFor()
      await again.click()
      await code.waitFor()
      await look(t, page, 'car-wechat')
      const [order] = [...orders.values()]
      t.like(order, { amountFen: 500, openid: undefined })
      standIn.pay(order!.number)
      const { headers, body } = standIn.noticeOf(order!.number)
      const noticed = await fetch(`${server.address}/v1/payments/wechat/notices`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body,
      })
      t.is(noticed.status, 204)
      await page.getByText('已付 5 元').waitFor()
      t.is(await code.count(), 0)
      await page.locator('.dialog').getByRole('button', { name: '关闭' }).click()

      for (let sign = 0; sign < 4; sign++) await touch('删一个字')
      await payFor('4713')
      await code.waitFor()
      // Ten minutes, in two halves: after the whole of it nobody would be there any more.
      await page.clock.fastForward(330_000)
      await page.locator('.dialog h2').click()
      await page.clock.fastForward(330_000)
      await page.getByText('二维码过期了').waitFor()
      t.is(await code.count(), 0)
      t.true(await again.isVisible())
      await look(t, page, 'car-over')
    },
  )
}
