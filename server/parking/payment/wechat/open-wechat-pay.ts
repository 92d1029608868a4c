import { readFile } from 'node:fs/promises'
import type { Clock } from '../../../platform/clock.ts'
import type { Config } from '../../../platform/config.ts'
import type { PaymentProvider } from '../payment-port.ts'
import { createWeChatPay } from './wechat-pay.ts'
import { readWeChatPayKeys } from './wechat-signatures.ts'

/** Where WeChat Pay sends its notices, below the public address of the server. */
const noticePath = '/v1/payments/wechat/notices'

/**
 * WeChat Pay as it is configured; undefined when it is not.
 * @throws Error when a key file cannot be read or used: nobody should find that out by paying
 */
export async function openWeChatPay(
  config: Pick<Config, 'weChatPay' | 'weChat' | 'publicUrl'>,
  clock: Clock,
): Promise<PaymentProvider | undefined> {
  const { weChatPay: pay, weChat, publicUrl } = config
  if (!pay || !weChat || publicUrl === undefined) return undefined
  const [privateKeyPem, pem] = await Promise.all([
    readFile(pay.keyFile, 'utf8'),
    readFile(pay.platformFile, 'utf8'),
  ])
  const keys = readWeChatPayKeys({
    ...{ merchantId: pay.merchantId, serial: pay.serial, apiV3Key: pay.apiV3Key, privateKeyPem },
    platform: pay.platformId === undefined ? { pem } : { pem, id: pay.platformId },
  })
  const notifyUrl = publicUrl + noticePath
  return createWeChatPay({ keys, appId: weChat.appId, notifyUrl, baseUrl: pay.url, clock, fetch })
}
