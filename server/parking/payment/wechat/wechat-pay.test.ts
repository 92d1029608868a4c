import { constants, createPublicKey, createVerify, generateKeyPairSync } from 'node:crypto'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import type { VenueId } from '../../../../maps/model/index.ts'
import { startWeChatPayStandIn } from '../testing/wechat-pay-stand-in.ts'
import type { SentNotice } from '../testing/wechat-pay-stand-in.ts'
import { readRefundBill, readTradeBill } from './trade-bill.ts'
import { createWeChatPay, idOf, numberOf } from './wechat-pay.ts'
import { authorization, openResource, readWeChatPayKeys } from './wechat-signatures.ts'

const venueId = '00000000-0000-7000-8000-000000000001' as VenueId
const paymentId = '0192f000-0000-7000-8000-00000000000a'
const refundId = '0192f000-0000-7000-8000-00000000000b'

async function start(t: ExecutionContext) {
  const clock = { nowMs: Date.parse('2026-11-22T10:00:00+08:00') }
  const standIn = await startWeChatPayStandIn(clock)
  t.teardown(standIn.close)
  const options = {
    keys: standIn.keys,
    appId: 'wx0000000000000001',
    notifyUrl: 'https://mall.example/v1/payments/wechat/notices',
    baseUrl: standIn.baseUrl,
    clock: () => clock.nowMs,
    fetch,
  }
  const order = {
    ...{ venueId, paymentId, amountFen: 1500, description: '停车费 浙A•••45', payer: 'o-openid' },
    expiresAtMs: clock.nowMs + 900_000,
  }
  return { clock, standIn, pay: createWeChatPay(options), options, order, number: numberOf(paymentId) }
}

const read = (pay: ReturnType<typeof createWeChatPay>, { headers, body }: SentNotice) =>
  pay.readNotice((name) => headers[name] ?? '', new TextEncoder().encode(body))

test('prepays, and signs what the mini-program hands to WeChat', async (t) => {
  const { standIn, pay, order, number } = await start(t)
  const made = await pay.prepay(order)
  if ('refused' in made || made.method !== 'wechat') return t.fail(JSON.stringify(made))
  t.like(standIn.orders.get(number), { amountFen: 1500, attach: venueId, openid: 'o-openid' })
  t.is(standIn.orders.get(number)?.expiresAt, '2026-11-22T10:15:00+08:00')
  const lines = ['wx0000000000000001', made.timeStamp, made.nonceStr, made.package].map((line) => `${line}\n`)
  const key = createPublicKey(standIn.keys.privateKey)
  const verify = createVerify('RSA-SHA256').update(lines.join(''))
  t.true(verify.verify({ key, padding: constants.RSA_PKCS1_PADDING }, made.paySign, 'base64'))
  return undefined
})

test('knows an order that is open, paid, closed and one nobody made', async (t) => {
  const { clock, standIn, pay, order, number } = await start(t)
  t.deepEqual(await pay.query(paymentId), { state: 'closed' })
  await pay.prepay(order)
  t.deepEqual(await pay.query(paymentId), { state: 'open' })
  standIn.pay(number)
  t.deepEqual(await pay.query(paymentId), {
    ...{ state: 'paid', amountFen: 1500, paidAtMs: clock.nowMs },
    transactionId: standIn.orders.get(number)!.transactionId,
  })
  t.like(await pay.close(paymentId), { refused: 'payment-unavailable', facts: { code: 'ORDERPAID' } })
  await pay.prepay({ ...order, paymentId: refundId })
  t.is(await pay.close(refundId), undefined)
  t.is(await pay.close(refundId), undefined, 'closing twice is harmless')
  t.deepEqual(await pay.query(refundId), { state: 'closed' })
})

test('reads a genuine notice and no other', async (t) => {
  const { clock, standIn, pay, order, number } = await start(t)
  await pay.prepay(order)
  standIn.pay(number)
  t.deepEqual(read(pay, standIn.noticeOf(number)), {
    ...{ kind: 'payment', noticeId: `EV-${number}`, paymentId, venueId },
    payment: {
      ...{ state: 'paid', amountFen: 1500, paidAtMs: clock.nowMs },
      transactionId: standIn.orders.get(number)!.transactionId,
    },
  })
  for (const forged of ['key', 'body', 'time'] as const) {
    t.deepEqual(read(pay, standIn.noticeOf(number, { forged })), { refused: 'forged' }, forged)
  }
  const good = standIn.noticeOf(number)
  t.deepEqual(read(pay, { ...good, headers: {} }), { refused: 'forged' })
  t.deepEqual(read(pay, { ...good, headers: { ...good.headers, 'wechatpay-serial': 'another' } }), {
    refused: 'forged',
  })
  t.deepEqual(read(pay, { ...good, headers: { ...good.headers, 'wechatpay-timestamp': '' } }), {
    refused: 'forged',
  })
})

test('a genuine envelope around what was sealed with another key is forged', async (t) => {
  const { standIn, options, order, pay, number } = await start(t)
  await pay.prepay(order)
  standIn.pay(number)
  const keys = { ...standIn.keys, apiV3Key: new Uint8Array(32) }
  t.deepEqual(read(createWeChatPay({ ...options, keys }), standIn.noticeOf(number)), { refused: 'forged' })
  t.is(openResource(keys, { ciphertext: '', nonce: '', associatedData: '' }), undefined)
})

test('refunds once for its number, and learns what became of it', async (t) => {
  const { clock, standIn, pay, order, number } = await start(t)
  await pay.prepay(order)
  standIn.pay(number)
  const refund = { paymentId, refundId, amountFen: 500, paidFen: 1500, reason: 'overcharged' }
  t.deepEqual(await pay.refund(refund), { state: 'processing' })
  t.deepEqual(await pay.refund(refund), { state: 'processing' }, 'the same refund again')
  const tooMuch = { ...refund, refundId: paymentId, amountFen: 1001 }
  t.deepEqual(await pay.refund(tooMuch), { state: 'failed' }, 'refused for good')
  standIn.failNext(500)
  t.like(await pay.refund(tooMuch), { refused: 'payment-unavailable' }, 'a fault of theirs passes')
  t.like(await pay.queryRefund(paymentId), { refused: 'payment-unavailable' }, 'it never arrived')
  const nowMs = clock.nowMs
  clock.nowMs = 0
  standIn.settleRefund(numberOf(refundId))
  clock.nowMs = nowMs
  t.deepEqual(await pay.queryRefund(refundId), { state: 'processing' }, 'nobody says when it came through')
  standIn.settleRefund(numberOf(refundId))
  t.deepEqual(await pay.queryRefund(refundId), { state: 'done', doneAtMs: clock.nowMs })
  t.deepEqual(read(pay, standIn.refundNoticeOf(numberOf(refundId))), {
    ...{ kind: 'refund', noticeId: `EV-R-${numberOf(refundId)}-SUCCESS`, paymentId, refundId },
    ...{ amountFen: 500, refund: { state: 'done', doneAtMs: clock.nowMs } },
  })
})

test('an order without a payer is paid by whoever scans its code', async (t) => {
  const { standIn, pay, order, number } = await start(t)
  const made = await pay.prepay({
    ...{ venueId, paymentId, amountFen: 1500, description: '停车费' },
    expiresAtMs: order.expiresAtMs,
  })
  t.like(made, { method: 'wechat-code' })
  t.regex('codeUrl' in made ? made.codeUrl : '', /^weixin:\/\/wxpay\/bizpayurl\?pr=\w+$/)
  t.is(standIn.requests[0], 'POST /v3/pay/transactions/native')
  standIn.pay(number)
  t.like(await pay.query(paymentId), { state: 'paid', amountFen: 1500 })
})

test('reads no answer without end, whatever its length says', async (t) => {
  const { options } = await start(t)
  const mebibyte = new Uint8Array(1024 * 1024)
  let sent = 0
  const endless: typeof fetch = () =>
    Promise.resolve(
      new Response(
        new ReadableStream({
          pull: (stream) => {
            sent++
            stream.enqueue(mebibyte)
          },
        }),
      ),
    )
  t.deepEqual(await createWeChatPay({ ...options, fetch: endless }).query(paymentId), {
    ...{ refused: 'payment-unavailable', facts: { reason: 'too large' } },
  })
  t.true(sent > 64 && sent < 70)
})

test('believes no answer that is not signed, nor one of a stranger, and says when nobody answers', async (t) => {
  const { standIn, pay, order } = await start(t)
  for (const fault of ['unsigned', 'foreign key', 'broken', 500] as const) {
    standIn.failNext(fault)
    t.like(await pay.prepay(order), { refused: 'payment-unavailable' }, String(fault))
    standIn.failNext(fault)
    t.like(await pay.query(paymentId), { refused: 'payment-unavailable' }, String(fault))
  }
  await standIn.close()
  t.like(await pay.query(paymentId), { refused: 'payment-unavailable' })
})

test('a merchant whose key is not the one WeChat knows gets nowhere', async (t) => {
  const { options, order } = await start(t)
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pay = createWeChatPay({ ...options, keys: { ...options.keys, privateKey } })
  t.deepEqual(await pay.prepay(order), { refused: 'payment-unavailable', facts: { code: 'SIGN_ERROR' } })
})

test('reads the bill of a day, by the names of its columns, and refuses a changed one', async (t) => {
  const { clock, standIn, pay, order, number } = await start(t)
  t.deepEqual(await pay.bill('2026-11-22'), [])
  await pay.prepay(order)
  standIn.pay(number, 1234)
  t.deepEqual(await pay.bill('2026-11-22'), [
    {
      ...{ paymentId, venueId, amountFen: 1234, paidAtMs: clock.nowMs },
      transactionId: standIn.orders.get(number)!.transactionId,
    },
  ])
  standIn.refundByHand(number, 'till 7', 200)
  standIn.settleRefund('till 7')
  t.deepEqual(await pay.refundBill('2026-11-22'), [
    {
      ...{ paymentId, venueId, refundId: 'till 7', amountFen: 200 },
      refund: { state: 'done', doneAtMs: clock.nowMs },
    },
  ])
  t.deepEqual(await pay.refundBill('2026-11-23'), [])
  const refunds = (names: string, row: string) =>
    readRefundBill(`商户订单号,商户退款单号,申请退款金额,退款状态${names}\r\n${row}`)
  t.throws(() => refunds('', '`1,`2,`0.01,`SUCCESS'), { message: /no column 退款成功时间/ })
  t.throws(() => refunds(',退款成功时间', '`1,`2,`0.01,`SUCCESS,`'), { message: /a time that is none/ })
  t.is(refunds(',退款成功时间', '`1,`2,`0.01,`PROCESSING,`').length, 1)
  t.throws(() => readTradeBill('交易时间,商户订单号\r\n`2026,`1\r\n'), { message: /no column 微信订单号/ })
})

test('signs a request as the documents of WeChat Pay work it out', (t) => {
  // The example of "如何构造请求签名": what is signed is five lines, each with its line feed.
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const keys = readWeChatPayKeys({
    merchantId: '1900009191',
    serial: '408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB',
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    platform: { pem: publicKey.export({ format: 'pem', type: 'spki' }).toString(), id: 'PUB_KEY_ID_1' },
    apiV3Key: 'x'.repeat(32),
  })
  const field = authorization(
    keys,
    { method: 'GET', pathAndQuery: '/v3/refund/domestic/refunds/123123123123', body: '' },
    { timestampS: 1554208460, nonce: '593BEC0C930BF1AFEB40B4A08C8FB242' },
  )
  const signature = /signature="([^"]+)"/.exec(field)?.[1] ?? ''
  const text =
    'GET\n/v3/refund/domestic/refunds/123123123123\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n'
  t.true(createVerify('RSA-SHA256').update(text).verify(publicKey, signature, 'base64'))
  t.throws(
    () => readWeChatPayKeys({ ...keys, privateKeyPem: '', platform: { pem: '' }, apiV3Key: 'short' }),
    {
      message: /32 characters/,
    },
  )
})

test('an id comes back from its order number', (t) => {
  t.is(numberOf(paymentId), '0192f0000000700080000000'.padEnd(31, '0') + 'a')
  t.is(idOf(numberOf(paymentId)), paymentId)
  t.is(idOf('20261122-other'), '20261122-other')
})
