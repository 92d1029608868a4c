import { z } from 'zod'
import { profiles } from '../../maps/routes/profiles.ts'
import { defineEndpoint } from './endpoint.ts'
import { anyId, epochMs, labels, levelId, unitId, venueId } from './values.ts'

const tag = 'Parking'
const ofVenue = z.strictObject({ venueId })
const fen = z.int().min(0).max(100_000_000).meta({ description: 'Fen, a hundredth of a yuan' })
const signedFen = z.int().min(-100_000_000).max(100_000_000)
const metres = z.number().min(-10_000).max(10_000)
const inside = ['operator', 'staff'] as const
const people = ['shopper', 'kiosk', 'staff', 'operator'] as const

const bayState = z.enum(['free', 'taken', 'reserved'])
const bayName = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .meta({ description: 'Id of a bay, or what stands on it: C017, B1-C017', examples: ['C017'] })

/** Bays of a level, as lists and live streams tell them. */
export const parkingLevel = z
  .strictObject({
    levelId,
    level: z.string(),
    bays: z.int().min(0),
    known: z.int().min(0).meta({ description: 'Bays whose state a guidance system has told' }),
    free: z.int().min(0),
    accessibleFree: z.int().min(0),
    chargingFree: z.int().min(0),
  })
  .meta({
    id: 'ParkingLevel',
    description: 'Bays of a level; also live under `parking:LEVEL` of `floor:VENUE`',
  })

const readParking = defineEndpoint({
  id: 'readParking',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/parking',
  summary: 'How many bays of each level are free',
  access: 'public',
  request: { params: ofVenue },
  responses: { 200: z.array(parkingLevel).max(200) },
  problems: ['unknown-venue'],
})

const listBays = defineEndpoint({
  id: 'listBays',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/parking/bays',
  summary: 'The bays of the published map with their state',
  access: [...people, 'system'],
  request: { params: ofVenue },
  responses: {
    200: z
      .array(
        z
          .strictObject({
            id: unitId,
            code: z.string(),
            levelId,
            level: z.string(),
            x: z.number(),
            y: z.number(),
            accessible: z.boolean(),
            charging: z.boolean(),
            state: bayState.exactOptional(),
            stateAtMs: epochMs.exactOptional(),
          })
          .meta({ id: 'ParkingBay' }),
      )
      .max(50_000),
  },
  problems: ['unknown-venue'],
})

const tellBays = defineEndpoint({
  id: 'tellBays',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/bay-states',
  summary: 'A guidance system tells the states of bays',
  description:
    'Of two states of a bay the later one holds. Bays the map does not have are listed in the answer.',
  access: ['system', 'operator'],
  request: {
    params: ofVenue,
    body: z.strictObject({
      states: z
        .array(z.strictObject({ bay: bayName, state: bayState, atMs: epochMs }))
        .min(1)
        .max(2000),
    }),
  },
  responses: { 200: z.strictObject({ changed: z.int().min(0), unknown: z.array(z.string()).max(2000) }) },
  problems: ['unknown-venue'],
})

const eventId = z
  .string()
  .regex(/^[\x21-\x7e]{1,100}$/)
  .meta({
    description:
      'Names the event for all time, by the system that saw it; the same event again has the same id',
  })
const plateText = z.string().min(1).max(32).meta({ description: 'A number plate as it was read or typed' })
const gate = z.string().trim().min(1).max(64).meta({ description: 'Which barrier' })

const tellBarrier = defineEndpoint({
  id: 'tellBarrier',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/events',
  summary: 'A barrier or camera tells that a car drove in or out',
  description:
    'Events may come late, twice and in any order. Without a readable plate an entry is a stay all the same; ' +
    'the plate can be set right later.',
  access: ['system'],
  request: {
    params: ofVenue,
    body: z.strictObject({
      eventId,
      kind: z.enum(['entry', 'exit']),
      atMs: epochMs,
      gate,
      plate: plateText.exactOptional(),
      picture: z
        .url({ protocol: /^https$/ })
        .max(500)
        .exactOptional()
        .meta({
          description: 'Picture of the car, blurred: plate and people cannot be told. Kiosks show it',
        }),
    }),
  },
  responses: {
    200: z.strictObject({
      isNew: z.boolean(),
      isPlateRead: z.boolean(),
      ticketId: anyId.exactOptional(),
    }),
  },
  problems: ['unknown-venue'],
})

const correctPlate = defineEndpoint({
  id: 'correctPlate',
  tag,
  method: 'PUT',
  path: '/v1/venues/{venueId}/parking/events/{eventId}/plate',
  summary: 'Set the plate of an event right',
  access: ['system', ...inside],
  request: {
    params: z.strictObject({ venueId, eventId: z.string().min(1).max(100) }),
    body: z.strictObject({ plate: plateText }),
  },
  responses: { 204: { empty: true } },
  problems: ['unknown-event', 'no-plate'],
})

const tellSighting = defineEndpoint({
  id: 'tellSighting',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/sightings',
  summary: 'A camera or guidance system tells which plate stands in which bay',
  access: ['system'],
  request: {
    params: ofVenue,
    body: z.strictObject({
      plate: plateText,
      bay: bayName,
      atMs: epochMs,
      confidence: z.number().min(0.05).max(0.99).default(0.95).meta({
        description: 'How often such a reading is right',
      }),
    }),
  },
  responses: { 204: { empty: true } },
  problems: ['unknown-venue', 'unknown-bay', 'no-plate'],
})

const priceLine = z
  .strictObject({ text: labels, amountFen: signedFen })
  .meta({ id: 'PriceLine', description: 'One line of a calculation; the amounts add up to what is due' })

const price = {
  dueFen: fen,
  grossFen: fen.meta({ description: 'Before benefits and payments' }),
  benefitFen: fen,
  paidFen: fen,
  lines: z.array(priceLine).max(5000),
  leaveByMs: epochMs.exactOptional().meta({ description: 'Until when nothing more is due' }),
}

const checkExit = defineEndpoint({
  id: 'checkExit',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/exit-checks',
  summary: 'A barrier asks whether a car may leave',
  access: ['system', ...inside],
  request: { params: ofVenue, body: z.strictObject({ plate: plateText }) },
  responses: {
    200: z
      .strictObject({
        decision: z.enum(['open', 'pay']),
        ticketId: anyId,
        enteredAtMs: epochMs,
        ...price,
      })
      .meta({ id: 'ExitCheck' }),
  },
  problems: ['no-plate', 'unknown-ticket'],
})

const ownPlate = z
  .strictObject({ id: anyId, plate: z.string().meta({ description: 'Masked' }), createdAtMs: epochMs })
  .meta({ id: 'OwnPlate' })

const listMyPlates = defineEndpoint({
  id: 'listMyPlates',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/parking/my-plates',
  summary: 'My number plates, masked',
  access: ['shopper'],
  request: { params: ofVenue },
  responses: { 200: z.array(ownPlate).max(3) },
})

const addMyPlate = defineEndpoint({
  id: 'addMyPlate',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/my-plates',
  summary: 'Say that a number plate is mine',
  access: ['shopper'],
  request: { params: ofVenue, body: z.strictObject({ plate: plateText }) },
  responses: { 200: ownPlate },
  problems: ['unknown-venue', 'no-plate', 'too-many-plates'],
  rateLimit: { requests: 600, windowS: 60 },
})

const removeMyPlate = defineEndpoint({
  id: 'removeMyPlate',
  tag,
  method: 'DELETE',
  path: '/v1/venues/{venueId}/parking/my-plates/{plateId}',
  summary: 'Forget one of my number plates',
  access: ['shopper'],
  request: { params: z.strictObject({ venueId, plateId: anyId }) },
  responses: { 204: { empty: true } },
  problems: ['unknown-plate'],
})

const source = z.enum(['camera', 'shopper', 'trail']).meta({
  description:
    'camera: a system read the plate at a bay; shopper: they scanned or typed the bay; ' +
    'trail: their phone noticed where driving ended and walking began',
})
const saidPlace = z
  .strictObject({
    source,
    atMs: epochMs,
    levelId,
    x: z.number(),
    y: z.number(),
    radiusM: z.number().min(0).meta({ description: 'Holds the car nine times in ten' }),
    confidence: z.number().min(0).max(1),
    bayId: unitId.exactOptional(),
  })
  .meta({ id: 'SaidCarPlace' })

const carPlace = z
  .strictObject({
    text: labels.meta({ description: 'B1, near C017, within 15 m' }),
    levelId,
    level: z.string(),
    x: z.number(),
    y: z.number(),
    radiusM: z.number().min(0),
    confidence: z.number().min(0).max(1),
    atMs: epochMs,
    source,
    agreeing: z.array(source).max(3),
    bay: z.strictObject({ id: unitId, code: z.string(), distanceM: z.number().min(0) }).exactOptional(),
  })
  .meta({ id: 'CarPlace', description: 'Where a car stands, by all sources together' })

const readMyCars = defineEndpoint({
  id: 'readMyCars',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/parking/my-cars',
  summary: 'Where my cars stand, which source says so and how sure it is',
  access: ['shopper'],
  request: { params: ofVenue },
  responses: {
    200: z
      .array(
        z
          .strictObject({
            plate: z.string().exactOptional().meta({ description: 'Masked' }),
            ticketId: anyId.exactOptional(),
            enteredAtMs: epochMs.exactOptional(),
            place: carPlace.exactOptional(),
            said: z.array(saidPlace).max(6),
          })
          .meta({ id: 'MyCar' }),
      )
      .max(4),
  },
  problems: ['unknown-venue'],
})

const sayMyBay = defineEndpoint({
  id: 'sayMyBay',
  tag,
  method: 'PUT',
  path: '/v1/venues/{venueId}/parking/my-car/bay',
  summary: 'I left my car in this bay: scanned from its code, or typed',
  access: ['shopper'],
  request: { params: ofVenue, body: z.strictObject({ bay: bayName, isScanned: z.boolean() }) },
  responses: { 200: saidPlace },
  problems: ['unknown-venue', 'unknown-bay'],
})

const sayMyTrail = defineEndpoint({
  id: 'sayMyTrail',
  tag,
  method: 'PUT',
  path: '/v1/venues/{venueId}/parking/my-car/trail',
  summary: 'My phone noticed where driving ended and walking began',
  description: 'Needs the consent to `location`.',
  access: ['shopper'],
  request: {
    params: ofVenue,
    body: z.strictObject({
      levelId,
      x: metres,
      y: metres,
      radiusM: z.number().min(1).max(200),
      confidence: z.number().min(0.05).max(0.95),
      atMs: epochMs,
    }),
  },
  responses: { 200: saidPlace },
  problems: ['unknown-venue', 'unknown-level', 'consent-needed'],
})

const forgetMyCar = defineEndpoint({
  id: 'forgetMyCar',
  tag,
  method: 'DELETE',
  path: '/v1/venues/{venueId}/parking/my-car',
  summary: 'Forget where I or my phone said that my car stands',
  access: ['shopper'],
  request: { params: ofVenue },
  responses: { 204: { empty: true } },
})

const candidate = z.string().min(1).max(300).meta({
  description: 'Names a car that a search found, for ten minutes and for who searched',
})

const searchCars = defineEndpoint({
  id: 'searchCars',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/searches',
  summary: 'Find cars by the last four or more signs of their plate, one of them may be misread',
  access: ['kiosk', ...inside],
  request: { params: ofVenue, body: z.strictObject({ ending: z.string().min(1).max(32) }) },
  responses: {
    200: z.strictObject({
      candidates: z
        .array(
          z
            .strictObject({
              candidate,
              plate: z.string().meta({ description: 'Masked' }),
              enteredAtMs: epochMs.meta({ description: 'To the minute' }),
              picture: z.string().exactOptional().meta({ description: 'Address of a blurred picture' }),
            })
            .meta({ id: 'CarCandidate' }),
        )
        .max(6),
      hasMore: z.boolean().meta({ description: 'More cars fit: type more of the plate' }),
    }),
  },
  rateLimit: { requests: 120, windowS: 60 },
})

const whichCar = z
  .union([
    z.strictObject({ bay: bayName }),
    z.strictObject({ candidate }),
    z.strictObject({ ticketId: anyId.meta({ description: 'Of one of my cars' }) }),
    z.strictObject({ mine: z.literal(true).meta({ description: 'My car that drove in last' }) }),
  ])
  .meta({ description: 'A bay, a car a search found, or one of mine' })

const spot = z.union([
  z.strictObject({ place: z.string().min(1).max(64).meta({ description: 'Id of a destination' }) }),
  z.strictObject({ levelId, x: metres, y: metres }),
])

const leg = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('walk'),
    levelId,
    lengthM: z.number(),
    points: z.array(z.tuple([z.number(), z.number()])),
  }),
  z.strictObject({
    kind: z.literal('ride'),
    by: z.enum(['lift', 'escalator', 'stairs', 'ramp']),
    fromLevelId: levelId,
    toLevelId: levelId,
  }),
])

const routeToCar = defineEndpoint({
  id: 'routeToCar',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/routes',
  summary: 'The way from here to a car, across levels, with instructions, and the exit to drive out by',
  access: people,
  request: {
    params: ofVenue,
    body: z.strictObject({
      from: spot,
      to: whichCar,
      profile: z.enum(profiles).default('fastest'),
      lang: z.enum(['zh', 'en']).default('zh'),
    }),
  },
  responses: {
    200: z
      .strictObject({
        place: carPlace.exactOptional().meta({ description: 'Absent when a bay was asked for' }),
        bay: z.strictObject({ id: unitId, code: z.string(), levelId, level: z.string() }).exactOptional(),
        summary: z.string(),
        lengthM: z.number(),
        seconds: z.number(),
        legs: z.array(leg),
        steps: z.array(
          z.strictObject({
            kind: z.enum(['start', 'turn', 'ride', 'arrive', 'notice']),
            text: z.string(),
            level: z.string(),
            at: z.tuple([z.number(), z.number()]),
            lengthM: z.number(),
          }),
        ),
        driveOut: z
          .strictObject({ name: labels, distanceM: z.number() })
          .exactOptional()
          .meta({ description: 'The nearest exit for cars, as the crow flies' }),
        dueFen: fen
          .exactOptional()
          .meta({ description: 'To be paid before walking; of a car, not of a bay' }),
      })
      .meta({ id: 'RouteToCar' }),
  },
  problems: ['unknown-venue', 'unknown-bay', 'unknown-ticket', 'car-not-found', 'no-way'],
})

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
export const tariffBody = z
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
  description: 'Who is inside already pays by the tariff in force when they drove in.',
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
        z.strictObject({ ticketId: anyId.meta({ description: 'Of one of my cars' }) }),
      ]),
    }),
  },
  responses: {
    200: z
      .strictObject({
        quoteId: anyId.exactOptional().meta({ description: 'Absent when nothing is due' }),
        expiresAtMs: epochMs.exactOptional(),
        enteredAtMs: epochMs,
        ...price,
      })
      .meta({ id: 'ParkingQuote' }),
  },
  problems: ['unknown-ticket'],
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
  z.strictObject({ method: z.literal('demo') }),
])

const payQuote = defineEndpoint({
  id: 'payQuote',
  tag,
  method: 'POST',
  path: '/v1/venues/{venueId}/parking/quotes/{quoteId}/payments',
  summary: 'Begin to pay a quote; the answer holds what the paying client needs',
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
  description: 'Only there with the embedded database or in development, and without a payment provider.',
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
  access: ['operator'],
  request: {
    params: z.strictObject({ venueId, paymentId: anyId }),
    body: z.strictObject({ amountFen: fen.min(1), reason: z.string().trim().min(1).max(80) }),
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

const ticket = z
  .strictObject({
    id: anyId,
    plate: z.string().exactOptional().meta({ description: 'Masked; absent while nobody could read it' }),
    enteredAtMs: epochMs,
    entryGate: z.string(),
    endedAtMs: epochMs.exactOptional(),
    endedBy: z.enum(['exit', 'next-entry']).exactOptional(),
    exitGate: z.string().exactOptional(),
    unpaidFen: fen.exactOptional(),
  })
  .meta({ id: 'ParkingTicket' })

const listTickets = defineEndpoint({
  id: 'listTickets',
  tag,
  method: 'GET',
  path: '/v1/venues/{venueId}/parking/tickets',
  summary: 'Stays, the latest to drive in first',
  access: inside,
  request: {
    params: ofVenue,
    query: z.strictObject({
      state: z.enum(['inside', 'left', 'unpaid', 'unread']).default('inside'),
      limit: z.coerce.number<number>().int().min(1).max(200).default(100),
    }),
  },
  responses: { 200: z.array(ticket).max(200) },
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

/** The endpoints of the subject `parking`. */
export const parkingContract = {
  readParking,
  listBays,
  tellBays,
  tellBarrier,
  correctPlate,
  tellSighting,
  checkExit,
  listMyPlates,
  addMyPlate,
  removeMyPlate,
  readMyCars,
  sayMyBay,
  sayMyTrail,
  forgetMyCar,
  searchCars,
  routeToCar,
  readTariff,
  setTariff,
  grantBenefit,
  quote,
  payQuote,
  readPayment,
  payDemo,
  refundPayment,
  weChatNotice,
  listTickets,
  listReconciliations,
}
