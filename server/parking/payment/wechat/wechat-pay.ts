import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../../platform/clock.ts'
import type {
  PayBy,
  PaymentNotice,
  PaymentProvider,
  PaymentRefusal,
  ProviderPayment,
  ProviderRefund,
} from '../payment-port.ts'
import { readRefundBill, readTradeBill } from './trade-bill.ts'
import { unavailable, WeChatClient } from './wechat-client.ts'
import type { WeChatError } from './wechat-client.ts'
import { isFromWeChatPay, openResource, signLines } from './wechat-signatures.ts'
import type { WeChatPayKeys } from './wechat-signatures.ts'

export interface WeChatPayOptions {
  readonly keys: WeChatPayKeys
  readonly appId: string
  /** Where WeChat Pay sends its notices: https, without a query. */
  readonly notifyUrl: string
  readonly baseUrl: string
  readonly clock: Clock
  readonly fetch: typeof fetch
}

const transaction = z.object({
  out_trade_no: z.string(),
  transaction_id: z.string().optional(),
  trade_state: z.string(),
  success_time: z.string().optional(),
  attach: z.string().optional(),
  amount: z.object({ total: z.int().optional(), currency: z.string().optional() }).optional(),
})
const refundAnswer = z.object({ status: z.string(), success_time: z.string().optional() })
const refundNotice = z.object({
  out_trade_no: z.string(),
  out_refund_no: z.string(),
  refund_status: z.string(),
  success_time: z.string().optional(),
  amount: z.object({ refund: z.int().min(0) }),
})
const notice = z.object({
  id: z.string().min(1).max(64),
  event_type: z.string(),
  resource: z.object({
    algorithm: z.literal('AEAD_AES_256_GCM'),
    ciphertext: z.string(),
    nonce: z.string(),
    associated_data: z.string().default(''),
  }),
})

/**
 * Takes money for an ordinary merchant: by WeChat Pay's JSAPI payments, as mini-programs use them, and by its
 * Native payments where the payer scans a code.
 * Our payment id is the merchant's order number (without its dashes, as at most 32 characters are taken), the
 * venue travels along as `attach`.
 * Source: WeChat Pay merchant documents, API v3: JSAPI/mini-program and Native payment, refund, trade bill.
 */
export function createWeChatPay(options: WeChatPayOptions): PaymentProvider {
  const { keys, appId, notifyUrl, clock } = options
  const client = new WeChatClient(options)
  return {
    method: 'wechat',
    needsPayer: true,
    async prepay({ venueId, paymentId, amountFen, description, expiresAtMs, payer }) {
      const order = {
        appid: appId,
        mchid: keys.merchantId,
        description: description.slice(0, 127),
        out_trade_no: numberOf(paymentId),
        time_expire: timeText(expiresAtMs),
        attach: venueId,
        notify_url: notifyUrl,
        amount: { total: amountFen, currency: 'CNY' },
      }
      if (payer === undefined) return prepayByCode(client, order)
      const answer = await client.ask({
        method: 'POST',
        pathAndQuery: '/v3/pay/transactions/jsapi',
        body: { ...order, payer: { openid: payer } },
        schema: z.object({ prepay_id: z.string() }),
      })
      if ('refused' in answer) return answer
      if ('failed' in answer) return failed(answer)
      return payBy(options, answer.prepay_id)
    },
    async query(paymentId) {
      const answer = await client.ask({
        method: 'GET',
        pathAndQuery: `/v3/pay/transactions/out-trade-no/${numberOf(paymentId)}?mchid=${keys.merchantId}`,
        schema: transaction,
      })
      if ('refused' in answer) return answer
      if (!('failed' in answer)) return paymentOf(answer)
      return answer.failed === 'ORDER_NOT_EXIST' ? { state: 'closed' } : failed(answer)
    },
    async close(paymentId) {
      const answer = await client.ask({
        method: 'POST',
        pathAndQuery: `/v3/pay/transactions/out-trade-no/${numberOf(paymentId)}/close`,
        body: { mchid: keys.merchantId },
        schema: z.object({}),
      })
      if (isRefusal(answer)) return answer
      if (!isFailure(answer)) return undefined
      return ['ORDER_CLOSED', 'ORDER_NOT_EXIST'].includes(answer.failed) ? undefined : failed(answer)
    },
    async refund({ paymentId, refundId, amountFen, paidFen, reason }) {
      const answer = await client.ask({
        method: 'POST',
        pathAndQuery: '/v3/refund/domestic/refunds',
        body: {
          out_trade_no: numberOf(paymentId),
          out_refund_no: numberOf(refundId),
          reason: reason.slice(0, 80),
          notify_url: notifyUrl,
          amount: { refund: amountFen, total: paidFen, currency: 'CNY' },
        },
        schema: refundAnswer,
      })
      if ('failed' in answer && finalRefusals.has(answer.failed)) return { state: 'failed' }
      return refundOf(answer)
    },
    async queryRefund(refundId) {
      const pathAndQuery = `/v3/refund/domestic/refunds/${numberOf(refundId)}`
      return refundOf(await client.ask({ method: 'GET', pathAndQuery, schema: refundAnswer }))
    },
    async bill(date) {
      const text = await billText(client, date, 'SUCCESS')
      if (typeof text !== 'string') return text
      return readTradeBill(text).map(({ order, ...payment }) => ({ ...payment, paymentId: idOf(order) }))
    },
    async refundBill(date) {
      const text = await billText(client, date, 'REFUND')
      if (typeof text !== 'string') return text
      return readRefundBill(text).map(({ order, number, status, doneAtMs, ...rest }) => ({
        ...{ ...rest, paymentId: idOf(order), refundId: idOf(number) },
        refund: refundState(status, doneAtMs),
      }))
    },
    readNotice(header, body) {
      if (!isFromWeChatPay(keys, header, body, clock())) return { refused: 'forged' }
      return noticeOf(keys, body)
    },
  }
}

/**
 * Refusals of a refund that stay what they are however often it is asked for: the sums do not fit, the payer's
 * account is gone, there is no such order, it is older than a year. All others pass: too little on the account,
 * too many requests, a fault of theirs.
 * Source: "申请退款 · 错误码".
 */
const finalRefusals: ReadonlySet<string> = new Set([
  ...['INVALID_REQUEST', 'PARAM_ERROR', 'USER_ACCOUNT_ABNORMAL'],
  ...['RESOURCE_NOT_EXISTS', 'TRADE_OVERDUE'],
])

/** An order that whoever scans the code pays. Source: "Native 下单". */
async function prepayByCode(
  client: WeChatClient,
  order: Readonly<Record<string, unknown>>,
): Promise<PayBy | PaymentRefusal> {
  const answer = await client.ask({
    method: 'POST',
    pathAndQuery: '/v3/pay/transactions/native',
    body: order,
    schema: z.object({ code_url: z.string().min(1).max(512) }),
  })
  if ('refused' in answer) return answer
  if ('failed' in answer) return failed(answer)
  return { method: 'wechat-code', codeUrl: answer.code_url }
}

/** What `wx.requestPayment` takes. Source: "小程序调起支付". */
function payBy({ keys, appId, clock }: WeChatPayOptions, prepayId: string) {
  const timeStamp = String(Math.floor(clock() / 1000))
  const nonceStr = randomBytes(16).toString('hex')
  const packed = `prepay_id=${prepayId}`
  const paySign = signLines(keys.privateKey, [appId, timeStamp, nonceStr, packed])
  return { method: 'wechat', timeStamp, nonceStr, package: packed, signType: 'RSA', paySign } as const
}

function paymentOf(read: z.output<typeof transaction>): ProviderPayment {
  const { trade_state: state, transaction_id: transactionId, success_time: at, amount } = read
  switch (state) {
    // Refunded or not, it was paid; what was given back is told by the refund.
    case 'SUCCESS':
    case 'REFUND': {
      const paidAtMs = Date.parse(at ?? '')
      if (transactionId === undefined || Number.isNaN(paidAtMs)) return { state: 'open' }
      // A sum in another currency is never the sum that was asked for.
      const isYuan = (amount?.currency ?? 'CNY') === 'CNY'
      return { state: 'paid', transactionId, paidAtMs, amountFen: isYuan ? (amount?.total ?? 0) : 0 }
    }
    case 'CLOSED':
    case 'REVOKED':
    case 'PAYERROR':
      return { state: 'closed' }
    default:
      return { state: 'open' }
  }
}

function refundOf(
  answer: z.output<typeof refundAnswer> | WeChatError | PaymentRefusal,
): ProviderRefund | PaymentRefusal {
  if ('refused' in answer) return answer
  if ('failed' in answer) return failed(answer)
  return refundState(answer.status, Date.parse(answer.success_time ?? ''))
}

function refundState(status: string, doneAtMs: number): ProviderRefund {
  // Done, but nobody says when: it is asked about again.
  if (status === 'SUCCESS' && Number.isNaN(doneAtMs)) return { state: 'processing' }
  if (status === 'SUCCESS') return { state: 'done', doneAtMs }
  return { state: status === 'PROCESSING' ? 'processing' : 'failed' }
}

function noticeOf(keys: WeChatPayKeys, body: Uint8Array): PaymentNotice | { readonly refused: 'forged' } {
  const outer = notice.safeParse(jsonOf(Buffer.from(body).toString('utf8')))
  if (!outer.success) return { refused: 'forged' }
  const { id: noticeId, event_type: event, resource } = outer.data
  const { ciphertext, nonce, associated_data: associatedData } = resource
  const inner = jsonOf(openResource(keys, { ciphertext, nonce, associatedData }) ?? '')
  if (event.startsWith('TRANSACTION.')) {
    const read = transaction.safeParse(inner)
    if (!read.success) return { refused: 'forged' }
    const paymentId = idOf(read.data.out_trade_no)
    const venueId = read.data.attach
    const payment = paymentOf(read.data)
    return { kind: 'payment', noticeId, paymentId, payment, ...(venueId === undefined ? {} : { venueId }) }
  }
  if (event.startsWith('REFUND.')) {
    const read = refundNotice.safeParse(inner)
    if (!read.success) return { refused: 'forged' }
    const { out_trade_no: order, out_refund_no: number, refund_status: status, success_time: at } = read.data
    const refund = refundState(status, Date.parse(at ?? ''))
    const amountFen = read.data.amount.refund
    return { kind: 'refund', noticeId, paymentId: idOf(order), refundId: idOf(number), amountFen, refund }
  }
  return { kind: 'other', noticeId, paymentId: '' }
}

/** The text of a bill; empty for a day on which nothing happened, which has none. */
async function billText(
  client: WeChatClient,
  date: string,
  type: 'SUCCESS' | 'REFUND',
): Promise<string | PaymentRefusal> {
  const answer = await client.ask({
    method: 'GET',
    pathAndQuery: `/v3/bill/tradebill?bill_date=${date}&bill_type=${type}`,
    schema: z.object({ hash_type: z.literal('SHA1'), hash_value: z.string(), download_url: z.url() }),
  })
  if ('refused' in answer) return answer
  if ('failed' in answer) return answer.failed === 'NO_STATEMENT_EXIST' ? '' : failed(answer)
  const file = await client.download(answer.download_url)
  if ('refused' in file) return file
  const hash = createHash('sha1').update(file).digest('hex')
  if (hash !== answer.hash_value.toLowerCase()) return unavailable({ reason: 'the bill’s hash does not fit' })
  return Buffer.from(file).toString('utf8')
}

function isRefusal(answer: object): answer is PaymentRefusal {
  return 'refused' in answer
}

function isFailure(answer: object): answer is WeChatError {
  return 'failed' in answer
}

function failed({ failed: code }: WeChatError): PaymentRefusal {
  return unavailable({ code })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A UUID as an order number: its 32 digits. */
export function numberOf(id: string): string {
  return id.replaceAll('-', '')
}

/** The UUID of an order number; what is none comes back as it is and names nothing. */
export function idOf(number: string): string {
  return number.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** RFC 3339 in China's time, as WeChat Pay writes it. */
function timeText(epochMs: number): string {
  return new Date(epochMs + 8 * 3_600_000).toISOString().replace(/\.\d+Z$/, '+08:00')
}
