import { z } from 'zod'
import { defineEndpoint } from './endpoint.ts'
import { candidate, fen, inside, ofVenue, people, plateText, price, tag } from './parking-values.ts'
import { anyId, epochMs, venueId } from './values.ts'

const dayKind = z.enum(['workday', 'restday', 'holiday'])

const dayPrices = z.strictObject({
  bands: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(20),
        fromMinute: z.int().min(0).max(1439),
        fenPerUnit: z.int().min(0).max(1_000_000),
        capFen: z.int().min(0).max(10_000_000).exactOptional(),
      }),
    )
    .min(1)
    .max(24),
  capFen: z.int().min(0).max(10_000_000).exactOptional(),
})

/** What parking costs, see `server/parking/tariff`. */
const tariffBody = z
  .strictObject({
    timeZone: z
      .string()
      .min(1)
      .max(64)
      .meta({ examples: ['Asia/Shanghai'] }),
    unitMinutes: z.int().min(5).max(1440),
    freeMinutes: z.int().min(0).max(1440),
    freeMinutesFor: z.enum(['every-stay', 'short-stays']),
    days: z.strictObject({ workday: dayPrices, restday: dayPrices, holiday: dayPrices }),
    calendar: z
      .record(z.string().max(10), dayKind)
      .refine((dates) => Object.keys(dates).length <= 1000, { error: 'at most 1000 dates' }),
    capOver: z.enum(['date', '24-hours']),
    quoteMinutes: z.int().min(1).max(120),
    exitMinutes: z.int().min(1).max(240),
  })
  .meta({ id: 'ParkingTariff' })

const tariff = z
  .strictObject({ id: anyId, validFromMs: epochMs, definition: tariffBody })
  .meta({ id: 'ParkingTariffVersion' })

const readTariff = defineEndpoint({
  id: 'readTariff',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/parking/tariff',
  summary: 'What parking costs for who drives in now',
  access: 'public',
  request: { params: ofVenue },
  responses: { 200: tariff, 204: { empty: true } },
})

const setTariff = defineEndpoint({
  id: 'setTariff',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/tariff',
  summary: 'Set what parking costs from a moment on',
  description:
    'Who is inside already pays by the tariff in force when they drove in; a moment in the past is refused.',
  access: ['operator'],
  request: { params: ofVenue, body: z.strictObject({ validFromMs: epochMs, definition: tariffBody }) },
  responses: { 201: tariff },
  problems: ['unknown-venue', 'bad-tariff'],
  idempotent: true,
})

const grantBenefit = defineEndpoint({
  id: 'grantBenefit',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/benefits',
  summary: 'Make a stay cheaper: a member’s hours, a coupon, a shop’s validation',
  description:
    'What it is given for has a reference, and is given once: the same reference again changes nothing.',
  access: ['system', ...inside],
  request: {
    params: ofVenue,
    body: z.strictObject({
      car: z.union([z.strictObject({ plate: plateText }), z.strictObject({ candidate })]),
      reference: z.string().trim().min(1).max(100),
      from: z.enum(['member', 'coupon', 'shop']),
      kind: z.enum(['minutes', 'percent', 'amount']),
      value: z.int().min(1).max(1_000_000).meta({ description: 'Minutes, percent (at most 100) or fen' }),
    }),
  },
  responses: { 200: z.strictObject({ id: anyId }) },
  problems: ['no-plate', 'unknown-ticket', 'benefit-used'],
})

const quote = defineEndpoint({
  id: 'quoteParking',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/quotes',
  summary: 'What a stay costs now, line by line, and a quote that is honoured until it expires',
  access: people,
  request: {
    params: ofVenue,
    body: z.strictObject({
      car: z.union([
        z.strictObject({ candidate }),
        z.strictObject({ ticketId: anyId.meta({ description: 'Of one of my cars, or of one of my debts' }) }),
      ]),
    }),
  },
  responses: {
    200: z
      .strictObject({
        quoteId: anyId.exactOptional().meta({ description: 'Absent when nothing is due' }),
        expiresAtMs: epochMs.exactOptional(),
        enteredAtMs: epochMs.meta({ description: 'On a kiosk to the minute' }),
        ...price,
      })
      .meta({ id: 'ParkingQuote' }),
  },
  problems: ['unknown-ticket'],
})

const listMyDebts = defineEndpoint({
  id: 'listMyParkingDebts',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/parking/my-debts',
  summary: 'Stays of my plates that ended with something unpaid; a quote of one is paid like any other',
  access: ['shopper'],
  request: { params: ofVenue },
  responses: {
    200: z
      .array(
        z
          .strictObject({
            ticketId: anyId,
            plate: z.string().meta({ description: 'Masked' }),
            enteredAtMs: epochMs.meta({ description: 'To the minute' }),
            leftAtMs: epochMs.meta({ description: 'To the minute' }),
            unpaidFen: fen,
          })
          .meta({ id: 'ParkingDebt' }),
      )
      .max(20),
  },
})

const method = z.enum(['wechat', 'demo'])

const payBy = z.union([
  z.strictObject({
    method: z.literal('wechat'),
    timeStamp: z.string(),
    nonceStr: z.string(),
    package: z.string(),
    signType: z.literal('RSA'),
    paySign: z.string(),
  }),
  z
    .strictObject({ method: z.literal('wechat-code'), codeUrl: z.string() })
    .meta({ description: 'To be shown as a QR code, which the payer scans with WeChat' }),
  z.strictObject({ method: z.literal('demo') }),
])

const payQuote = defineEndpoint({
  id: 'payQuote',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/quotes/{quoteId}/payments',
  summary: 'Begin to pay a quote; the answer holds what the paying client needs',
  description:
    'By WeChat a shopper pays in the mini-program (`wx.requestPayment`); at a kiosk, or with the venue’s people, ' +
    'the payer scans `codeUrl`.',
  access: ['shopper', 'kiosk', ...inside],
  request: { params: z.strictObject({ venueId, quoteId: anyId }), body: z.strictObject({ method }) },
  responses: { 201: z.strictObject({ paymentId: anyId, amountFen: fen, expiresAtMs: epochMs, pay: payBy }) },
  problems: [
    'unknown-quote',
    'quote-expired',
    'already-paid',
    'method-off',
    'payer-needed',
    'payment-unavailable',
  ],
})

const payment = z
  .strictObject({
    id: anyId,
    state: z.enum(['pending', 'paid', 'closed', 'wrong-amount']),
    askedFen: fen,
    receivedFen: fen.exactOptional(),
    refundedFen: fen,
    paidAtMs: epochMs.exactOptional(),
    leaveByMs: epochMs.exactOptional(),
  })
  .meta({ id: 'ParkingPayment' })

const readPayment = defineEndpoint({
  id: 'readPayment',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/parking/payments/{paymentId}',
  summary: 'What became of a payment',
  access: people,
  request: { params: z.strictObject({ venueId, paymentId: anyId }) },
  responses: { 200: payment },
  problems: ['unknown-payment'],
})

const payDemo = defineEndpoint({
  id: 'payDemo',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/payments/{paymentId}/demo',
  summary: 'DEMO: count a payment as paid; no money moves',
  description:
    'Only there for the demo mall, in development or where DEMO_PAYMENTS allows it, and without a payment provider.',
  access: people,
  request: { params: z.strictObject({ venueId, paymentId: anyId }) },
  responses: { 200: payment },
  problems: ['unknown-payment', 'method-off'],
})

const refundPayment = defineEndpoint({
  id: 'refundPayment',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/payments/{paymentId}/refunds',
  summary: 'Give back some or all of a payment',
  description:
    'What it is given back for has a reference, and is given back once: the same reference again for the same ' +
    'payment gives nothing more and answers with what became of the first.',
  access: ['operator'],
  request: {
    params: z.strictObject({ venueId, paymentId: anyId }),
    body: z.strictObject({
      reference: z.string().trim().min(1).max(100),
      amountFen: fen.min(1),
      reason: z.string().trim().min(1).max(80),
    }),
  },
  responses: {
    201: z.strictObject({ refundId: anyId, state: z.enum(['processing', 'done', 'failed']), amountFen: fen }),
  },
  problems: ['unknown-payment', 'too-much-refunded', 'payment-unavailable', 'method-off'],
})

const weChatNotice = defineEndpoint({
  id: 'weChatPayNotice',
  tag,
  method: 'POST',
  path: '/v1/payments/wechat/notices',
  summary: 'WeChat Pay tells what became of a payment or a refund',
  description: 'Signed by WeChat Pay; taken in once for its id. Anything but 204 makes it come again.',
  access: 'public',
  request: {
    body: { mediaType: 'application/json', description: 'Notice of WeChat Pay API v3', maxBytes: 64 * 1024 },
  },
  responses: { 204: { empty: true } },
  problems: ['bad-notice', 'unknown-payment', 'method-off', 'body-too-large', 'unsupported-media-type'],
})

const listReconciliations = defineEndpoint({
  id: 'listReconciliations',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/parking/reconciliations',
  summary: 'What comparing each day with the payment provider found, the latest first',
  access: ['operator'],
  request: { params: ofVenue },
  responses: {
    200: z
      .array(
        z
          .strictObject({
            date: z.string(),
            method: z.string(),
            runAtMs: epochMs,
            checked: z.int(),
            found: z.int(),
            findings: z.array(
              z.strictObject({
                kind: z.string(),
                paymentId: z.string(),
                facts: z.record(z.string(), z.unknown()),
              }),
            ),
          })
          .meta({ id: 'ParkingReconciliation' }),
      )
      .max(100),
  },
})

/** Tariffs, quotes, payments and what comparing them with the provider found. */
export const paymentEndpoints = {
  readTariff,
  setTariff,
  grantBenefit,
  quote,
  listMyDebts,
  payQuote,
  readPayment,
  payDemo,
  refundPayment,
  weChatNotice,
  listReconciliations,
}
