import {
  constants,
  createCipheriv,
  createHash,
  createSign,
  createVerify,
  generateKeyPairSync,
  randomBytes,
} from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readWeChatPayKeys } from '../wechat/wechat-signatures.ts'
import type { WeChatPayKeys } from '../wechat/wechat-signatures.ts'

const apiV3Key = '0123456789abcdef0123456789abcdef'
const merchantId = '1900000001'
const serial = '5157F09EFDC096DE15EBE81A47057A7232F1B8E1'
const platformId = 'PUB_KEY_ID_0114232134912410000000000000'

interface Order {
  readonly number: string
  readonly amountFen: number
  attach: string
  /** Undefined for an order that whoever scans its code pays. */
  readonly openid: string | undefined
  readonly expiresAt: string
  state: 'NOTPAY' | 'SUCCESS' | 'CLOSED' | 'REFUND'
  paidFen: number
  paidAtMs: number
  transactionId: string
}

interface Refund {
  readonly number: string
  readonly order: string
  readonly amountFen: number
  status: 'PROCESSING' | 'SUCCESS' | 'ABNORMAL'
  readonly askedAtMs: number
  doneAtMs: number
}

/** A notice as it comes over the wire. */
export interface SentNotice {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Something that behaves as WeChat Pay's API v3 does towards one merchant, for tests. */
export interface WeChatPayStandIn {
  readonly baseUrl: string
  /** The merchant's keys for it. */
  readonly keys: WeChatPayKeys
  /** The same as files hold them, for a server that is configured. */
  readonly files: {
    readonly merchantId: string
    readonly serial: string
    readonly keyPem: string
    readonly platformPem: string
    readonly platformId: string
    readonly apiV3Key: string
  }
  readonly orders: Map<string, Order>
  /** Method and path of every request, in their order. */
  readonly requests: readonly string[]
  /** The payer pays, by default what was asked for. */
  pay(number: string, amountFen?: number): void
  /** Somebody refunds on the merchant's page at WeChat, under a number of their own. */
  refundByHand(order: string, number: string, amountFen: number): void
  /** A refund comes through, or comes back. */
  settleRefund(number: string, status?: 'SUCCESS' | 'ABNORMAL'): void
  /** What would be sent about an order or a refund now; every call with the same id is the same notice again. */
  noticeOf(
    number: string,
    options?: { readonly noticeId?: string; readonly forged?: 'key' | 'body' | 'time' },
  ): SentNotice
  refundNoticeOf(number: string): SentNotice
  /** What goes wrong with the next answers, in their order. */
  failNext(...faults: readonly ('unsigned' | 'foreign key' | 'broken' | 500)[]): void
  /** Forgets all orders and refunds. */
  forget(): void
  readonly close: () => Promise<void>
}

let made: [KeyPair, KeyPair, KeyPair] | undefined
type KeyPair = Record<'privateKey' | 'publicKey', KeyObject>

/** The keys of the merchant, of WeChat and of a stranger; made once a process, for that takes most of a start. */
function keyPairs(): [KeyPair, KeyPair, KeyPair] {
  const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
  made ??= [pair(), pair(), pair()]
  return made
}

/**
 * Starts a stand-in with keys of its own process. It checks the signature of every request as the real one does, signs
 * its answers and notices with the platform's key, and seals what notices carry with the API v3 key.
 */
export async function startWeChatPayStandIn(clock: { readonly nowMs: number }): Promise<WeChatPayStandIn> {
  const [merchant, platform, stranger] = keyPairs()
  const orders = new Map<string, Order>()
  const refunds = new Map<string, Refund>()
  const requests: string[] = []
  const faults: ('unsigned' | 'foreign key' | 'broken' | 500)[] = []

  const signed = (body: string, key: KeyObject, atMs = clock.nowMs) => {
    const timestamp = String(Math.floor(atMs / 1000))
    const nonce = randomBytes(16).toString('hex')
    const signature = createSign('RSA-SHA256')
      .update(`${timestamp}\n${nonce}\n${body}\n`)
      .sign({ key, padding: constants.RSA_PKCS1_PADDING }, 'base64')
    return {
      'wechatpay-timestamp': timestamp,
      'wechatpay-nonce': nonce,
      'wechatpay-signature': signature,
      'wechatpay-serial': platformId,
    }
  }
  const answer = (response: ServerResponse, status: number, value: unknown) => {
    const fault = faults.shift()
    const body = status === 204 ? '' : typeof value === 'string' ? value : JSON.stringify(value)
    if (fault === 'broken') return response.destroy()
    if (fault === 500) {
      const failed = JSON.stringify({ code: 'SYSTEM_ERROR', message: '系统错误' })
      return response.writeHead(500, signed(failed, platform.privateKey)).end(failed)
    }
    const key = fault === 'foreign key' ? stranger.privateKey : platform.privateKey
    return response.writeHead(status, fault === 'unsigned' ? {} : signed(body, key)).end(body)
  }
  const server = createServer((request, response) => {
    void readText(request).then((body) => {
      const path = request.url ?? ''
      requests.push(`${request.method ?? ''} ${path.split('?')[0]!}`)
      if (!isSigned(request, body, merchant.publicKey)) {
        return answer(response, 401, { code: 'SIGN_ERROR', message: '签名错误' })
      }
      const { status, value } = respond(request.method ?? '', path, body)
      return answer(response, status, value)
    })
  })

  function respond(method: string, path: string, body: string): { status: number; value: unknown } {
    const asked: Record<string, unknown> = body === '' ? {} : (JSON.parse(body) as Record<string, unknown>)
    if (method === 'POST' && path === '/v3/pay/transactions/jsapi') return prepay(asked, 'prepay_id')
    if (method === 'POST' && path === '/v3/pay/transactions/native') return prepay(asked, 'code_url')
    const ofOrder = /^\/v3\/pay\/transactions\/out-trade-no\/(\w+)(\/close|\?mchid=1900000001)$/.exec(path)
    if (ofOrder) {
      const order = orders.get(ofOrder[1]!)
      if (!order) return { status: 404, value: { code: 'ORDER_NOT_EXIST', message: '订单不存在' } }
      if (method === 'GET') return { status: 200, value: transactionOf(order) }
      if (order.state === 'SUCCESS')
        return { status: 400, value: { code: 'ORDERPAID', message: '订单已支付' } }
      order.state = 'CLOSED'
      return { status: 204, value: '' }
    }
    if (method === 'POST' && path === '/v3/refund/domestic/refunds') return refund(asked)
    const ofRefund = /^\/v3\/refund\/domestic\/refunds\/(\w+)$/.exec(path)
    if (ofRefund) {
      const known = refunds.get(ofRefund[1]!)
      return known
        ? { status: 200, value: refundValue(known) }
        : { status: 404, value: { code: 'RESOURCE_NOT_EXISTS', message: '退款单不存在' } }
    }
    const fileOf = (name: string) =>
      name.startsWith('REFUND ') ? refundBillOf(name.slice(7)) : billOf(name.slice(8))
    const ofBill = /^\/v3\/bill\/tradebill\?bill_date=([\d-]+)&bill_type=(SUCCESS|REFUND)$/.exec(path)
    if (ofBill) {
      const name = `${ofBill[2]!} ${ofBill[1]!}`
      const file = fileOf(name)
      if (file === undefined)
        return { status: 400, value: { code: 'NO_STATEMENT_EXIST', message: '账单不存在' } }
      const hash_value = createHash('sha1').update(file).digest('hex')
      const download_url = `${baseUrl}/v3/billdownload/file?token=${encodeURIComponent(name)}`
      return { status: 200, value: { hash_type: 'SHA1', hash_value, download_url } }
    }
    const ofFile = /^\/v3\/billdownload\/file\?token=(.+)$/.exec(path)
    if (ofFile) return { status: 200, value: fileOf(decodeURIComponent(ofFile[1]!)) ?? '' }
    return { status: 404, value: { code: 'NOT_FOUND', message: path } }
  }

  function prepay(asked: Record<string, unknown>, answers: 'prepay_id' | 'code_url') {
    const {
      out_trade_no: number,
      amount,
      attach,
      payer,
      time_expire: expiresAt,
      mchid,
      notify_url,
    } = asked as {
      out_trade_no: string
      amount: { total: number }
      attach: string
      payer?: { openid: string }
      time_expire: string
      mchid: string
      notify_url: string
    }
    const known = orders.get(number)
    if (known?.state === 'SUCCESS')
      return { status: 400, value: { code: 'ORDERPAID', message: '订单已支付' } }
    const isGood =
      /^[\w*|-]{6,32}$/.test(number) &&
      mchid === merchantId &&
      Number.isInteger(amount.total) &&
      (payer !== undefined) === (answers === 'prepay_id') &&
      amount.total > 0 &&
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/.test(expiresAt) &&
      notify_url.startsWith('https://')
    if (!isGood) return { status: 400, value: { code: 'PARAM_ERROR', message: '参数错误' } }
    orders.set(number, {
      ...{ number, amountFen: amount.total, attach, openid: payer?.openid, expiresAt },
      ...{ state: 'NOTPAY', paidFen: 0, paidAtMs: 0, transactionId: '' },
    })
    const value = answers === 'prepay_id' ? `wx${number}` : `weixin://wxpay/bizpayurl?pr=${number.slice(-7)}`
    return { status: 200, value: { [answers]: value } }
  }

  function refund(asked: Record<string, unknown>) {
    const {
      out_trade_no: order,
      out_refund_no: number,
      amount,
    } = asked as {
      out_trade_no: string
      out_refund_no: string
      amount: { refund: number; total: number }
    }
    const paid = orders.get(order)
    const known = refunds.get(number)
    if (known) return { status: 200, value: refundValue(known) }
    const before = [...refunds.values()].filter((one) => one.order === order && one.status !== 'ABNORMAL')
    const left = (paid?.paidFen ?? 0) - before.reduce((sum, { amountFen }) => sum + amountFen, 0)
    if (paid?.paidFen !== amount.total || amount.refund > left) {
      return { status: 400, value: { code: 'INVALID_REQUEST', message: '订单金额不一致' } }
    }
    const made = giveBack(order, number, amount.refund)
    return { status: 200, value: refundValue(made) }
  }

  function giveBack(order: string, number: string, amountFen: number): Refund {
    const at = { askedAtMs: clock.nowMs, doneAtMs: 0 }
    const made: Refund = { number, order, amountFen, status: 'PROCESSING', ...at }
    refunds.set(number, made)
    orders.get(order)!.state = 'REFUND'
    return made
  }

  function refundBillOf(date: string): string | undefined {
    const given = [...refunds.values()].filter(({ askedAtMs }) => chinaTime(askedAtMs).startsWith(date))
    if (given.length === 0) return undefined
    const head =
      '交易时间,商户订单号,交易状态,微信退款单号,商户退款单号,退款状态,商户数据包,订单金额,申请退款金额,退款成功时间'
    const lines = given.map(({ number, order, amountFen, status, askedAtMs, doneAtMs }) => {
      const { attach, paidFen } = orders.get(order)!
      const state = status === 'ABNORMAL' ? 'CHANGE' : status
      const doneAt = status === 'SUCCESS' ? chinaTime(doneAtMs) : ''
      return [
        ...[chinaTime(askedAtMs), order, 'REFUND', `5030${number}`.slice(0, 28), number, state],
        ...[attach, yuan(paidFen), yuan(amountFen), doneAt],
      ]
        .map((field) => `\`${field}`)
        .join(',')
    })
    return [head, ...lines, '总交易单数', `\`${String(given.length)}`, ''].join('\r\n')
  }

  function billOf(date: string): string | undefined {
    const paid = [...orders.values()].filter(
      (order) => order.paidFen > 0 && chinaTime(order.paidAtMs).startsWith(date),
    )
    if (paid.length === 0) return undefined
    const head = '交易时间,公众账号ID,商户号,微信订单号,商户订单号,交易状态,订单金额,商户数据包'
    const lines = paid.map(({ paidAtMs, transactionId, number, paidFen, attach }) =>
      [chinaTime(paidAtMs), 'wx1', merchantId, transactionId, number, 'SUCCESS', yuan(paidFen), attach]
        .map((field) => `\`${field}`)
        .join(','),
    )
    const total = paid.reduce((sum, { paidFen }) => sum + paidFen, 0)
    return `\uFEFF${[head, ...lines, '总交易单数,应结订单总金额', `\`${String(paid.length)},\`${yuan(total)}`].join('\r\n')}\r\n`
  }

  function noticeOf(
    eventType: string,
    noticeId: string,
    value: unknown,
    forged?: 'key' | 'body' | 'time',
  ): SentNotice {
    const nonce = randomBytes(6).toString('hex')
    const cipher = createCipheriv('aes-256-gcm', apiV3Key, nonce).setAAD(Buffer.from('transaction'))
    const sealed = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final(), cipher.getAuthTag()])
    const body = JSON.stringify({
      id: noticeId,
      create_time: chinaRfc(clock.nowMs),
      resource_type: 'encrypt-resource',
      event_type: eventType,
      summary: '支付成功',
      resource: {
        original_type: 'transaction',
        algorithm: 'AEAD_AES_256_GCM',
        ciphertext: sealed.toString('base64'),
        associated_data: 'transaction',
        nonce,
      },
    })
    const key = forged === 'key' ? stranger.privateKey : platform.privateKey
    const headers = signed(body, key, forged === 'time' ? clock.nowMs - 3_600_000 : clock.nowMs)
    return { headers, body: forged === 'body' ? body.replace('支付成功', '支付失败') : body }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  const pem = (key: KeyObject, type: 'pkcs8' | 'spki') => key.export({ format: 'pem', type }).toString()
  return {
    baseUrl,
    keys: readWeChatPayKeys({
      merchantId,
      serial,
      privateKeyPem: pem(merchant.privateKey, 'pkcs8'),
      platform: { pem: pem(platform.publicKey, 'spki'), id: platformId },
      apiV3Key,
    }),
    files: {
      ...{ merchantId, serial, platformId, apiV3Key },
      keyPem: pem(merchant.privateKey, 'pkcs8'),
      platformPem: pem(platform.publicKey, 'spki'),
    },
    orders,
    requests,
    pay(number, amountFen) {
      const order = orders.get(number)
      if (!order || order.state === 'CLOSED') throw new Error(`nobody can pay order ${number}`)
      const paidFen = amountFen ?? order.amountFen
      const transactionId = `4200${number.slice(0, 24)}`
      Object.assign(order, { state: 'SUCCESS', paidFen, paidAtMs: clock.nowMs, transactionId })
    },
    refundByHand: (order, number, amountFen) => void giveBack(order, number, amountFen),
    settleRefund(number, status = 'SUCCESS') {
      Object.assign(refunds.get(number)!, { status, doneAtMs: clock.nowMs })
    },
    noticeOf(number, { noticeId = `EV-${number}`, forged } = {}) {
      return noticeOf('TRANSACTION.SUCCESS', noticeId, transactionOf(orders.get(number)!), forged)
    },
    refundNoticeOf(number) {
      const { order, amountFen, status, doneAtMs } = refunds.get(number)!
      const value = {
        out_trade_no: order,
        out_refund_no: number,
        refund_status: status,
        success_time: chinaRfc(doneAtMs),
        amount: { total: orders.get(order)!.paidFen, refund: amountFen },
      }
      return noticeOf(
        status === 'SUCCESS' ? 'REFUND.SUCCESS' : 'REFUND.ABNORMAL',
        `EV-R-${number}-${status}`,
        value,
      )
    },
    forget() {
      orders.clear()
      refunds.clear()
      requests.length = 0
      faults.length = 0
    },
    failNext: (...next) => void faults.push(...next),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => {
          resolve()
        })
      }),
  }
}

function transactionOf(order: Order) {
  const { number, state, attach, openid, paidFen, paidAtMs, transactionId } = order
  const isPaid = state === 'SUCCESS' || state === 'REFUND'
  return {
    mchid: merchantId,
    out_trade_no: number,
    trade_state: state,
    attach,
    ...(openid === undefined ? {} : { payer: { openid } }),
    ...(isPaid ? { transaction_id: transactionId, success_time: chinaRfc(paidAtMs) } : {}),
    ...(isPaid ? { amount: { total: paidFen, payer_total: paidFen, currency: 'CNY' } } : {}),
  }
}

function refundValue({ number, order, status, doneAtMs }: Refund) {
  return {
    out_trade_no: order,
    out_refund_no: number,
    status,
    ...(status === 'SUCCESS' && doneAtMs > 0 ? { success_time: chinaRfc(doneAtMs) } : {}),
  }
}

function isSigned(request: IncomingMessage, body: string, key: KeyObject): boolean {
  const field = request.headers.authorization ?? ''
  if (!field.startsWith('WECHATPAY2-SHA256-RSA2048 ')) return false
  const parts = new Map(
    Array.from(field.matchAll(/(\w+)="([^"]*)"/g), ([, name = '', value = '']) => [name, value] as const),
  )
  const [timestamp, nonce] = [parts.get('timestamp'), parts.get('nonce_str')]
  if (parts.get('mchid') !== merchantId || parts.get('serial_no') !== serial) return false
  const lines = [request.method, request.url, timestamp, nonce, body]
    .map((line) => `${line ?? ''}\n`)
    .join('')
  return createVerify('RSA-SHA256')
    .update(lines)
    .verify({ key, padding: constants.RSA_PKCS1_PADDING }, parts.get('signature') ?? '', 'base64')
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

const chinaRfc = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().replace(/\.\d+Z$/, '+08:00')
const chinaTime = (ms: number) => chinaRfc(ms).slice(0, 19).replace('T', ' ')
const yuan = (fen: number) => (fen / 100).toFixed(2)
