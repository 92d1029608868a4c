import { z } from 'zod'
import { anyId, epochMs, levelId, unitId } from './values.ts'

/** Largest sum of money that is taken anywhere: 100 million yuan, so that a percentage of it stays exact. */
export const maxFen = 10_000_000_000
const day = 86_400_000

/** Money in fen, never negative. */
export const fen = z.int().min(0).max(maxFen).meta({ description: 'Fen (hundredths of a yuan)' })
const somefen = z.int().min(1).max(maxFen).meta({ description: 'Fen, at least 1' })

const bilingual = (max: number) =>
  z.strictObject({ zh: z.string().trim().min(1).max(max), en: z.string().trim().min(1).max(max) })

const idList = (max: number) => z.array(anyId).min(1).max(max)

/** What an offer is worth; `calculate-discount.ts` turns it and a bill into lines. */
export const coupon = z
  .discriminatedUnion('kind', [
    z
      .strictObject({ kind: z.literal('full-reduction'), minSpendFen: somefen, offFen: somefen })
      .meta({ description: '满减: spend so much, get so much off' }),
    z
      .strictObject({
        kind: z.literal('discount'),
        percentOff: z.int().min(1).max(99),
        capFen: somefen,
        minSpendFen: fen.default(0),
      })
      .meta({ description: '折扣: a percentage off, at most `capFen`; 20 is 八折' }),
    z
      .strictObject({ kind: z.literal('cash'), offFen: somefen })
      .meta({ description: '现金: so much off, at most the bill' }),
    z
      .strictObject({ kind: z.literal('gift'), gift: bilingual(60), costFen: fen })
      .meta({ description: 'A thing given; `costFen` is what the budget is charged' }),
  ])
  .refine((one) => one.kind !== 'full-reduction' || one.offFen <= one.minSpendFen, {
    error: 'offFen may not be more than minSpendFen: nobody gets back more than they spend',
  })

const zones = idList(200).meta({ description: 'Units and geofences of the published map' })

/** What has to happen for a campaign to be considered. */
export const trigger = z
  .discriminatedUnion('on', [
    z.strictObject({ on: z.literal('enter'), zones }),
    z.strictObject({
      on: z.literal('dwell'),
      zones,
      dwellMs: z
        .int()
        .min(1000)
        .max(4 * 3_600_000),
    }),
    z.strictObject({ on: z.literal('nearby'), zones, withinM: z.number().min(1).max(100) }),
    z.strictObject({ on: z.literal('leave'), zones }),
    z.strictObject({ on: z.literal('level'), levels: z.array(levelId).min(1).max(50) }),
    z.strictObject({ on: z.literal('venue') }).meta({ description: 'Entering the mall, every time' }),
    z.strictObject({ on: z.literal('welcome') }).meta({ description: 'The first thing heard in a visit' }),
    z.strictObject({ on: z.literal('first-visit') }).meta({ description: 'As welcome, in the first visit' }),
    z.strictObject({ on: z.literal('claim') }).meta({ description: 'Whoever asks: list, kiosk, link' }),
  ])
  .meta({ id: 'Trigger' })

const clockTime = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/)
  .meta({ description: 'Local time, 09:30' })
const endTime = z
  .string()
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/)
  .meta({ description: 'Local time, 22:00; 24:00 is the end of the day' })
const differ = { error: 'from and to may not be the same; a whole day is 00:00 to 24:00' }

/** A time zone by its name in the IANA database. */
export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, { error: 'Expected a time zone of the IANA database, such as Asia/Shanghai' })

/** When a campaign runs. Hours that end before they begin run over midnight. */
export const schedule = z
  .strictObject({
    fromMs: epochMs.exactOptional(),
    untilMs: epochMs.exactOptional(),
    timeZone: timeZone.default('Asia/Shanghai'),
    weekly: z
      .array(
        z
          .strictObject({
            days: z.array(z.int().min(1).max(7)).min(1).max(7).meta({ description: '1 is Monday' }),
            from: clockTime,
            to: endTime,
          })
          .refine(({ from, to }) => from !== to, differ),
      )
      .max(21)
      .default([])
      .meta({ description: 'Empty: at any hour' }),
    quiet: z
      .array(z.strictObject({ from: clockTime, to: endTime }).refine(({ from, to }) => from !== to, differ))
      .max(4)
      .default([])
      .meta({ description: 'Hours of every day in which nothing is offered' }),
  })
  .refine(({ fromMs, untilMs }) => fromMs === undefined || untilMs === undefined || fromMs < untilMs, {
    error: 'fromMs has to be before untilMs',
  })

const count = z.int().min(1).max(10_000_000)

/** How many, how often, how much. What is absent is not limited. */
export const limits = z.strictObject({
  total: count.exactOptional().meta({ description: 'Places: offers held or redeemed' }),
  perDay: count.exactOptional().meta({ description: 'Places a day, local to the time zone' }),
  perVisitor: z.int().min(1).max(1000).default(1),
  coolDownMs: z
    .int()
    .min(0)
    .max(366 * day)
    .default(0)
    .meta({ description: 'Pause before the same visitor gets the next one' }),
  budgetFen: fen.exactOptional().meta({ description: 'Most that is spent and promised at any moment' }),
  holdMs: z
    .int()
    .min(60_000)
    .max(90 * day)
    .meta({ description: 'How long an offer keeps its place' }),
  holdOutPercent: z
    .int()
    .min(0)
    .max(90)
    .default(0)
    .meta({ description: 'Share of visitors who never get it, to compare with' }),
  priority: z
    .int()
    .min(0)
    .max(1000)
    .default(100)
    .meta({ description: 'Of several that fit the greatest is offered' }),
})

/** Facts about a visitor that an audience may ask for. */
export const audience = z.strictObject({
  membership: z.enum(['anyone', 'members', 'anonymous']).default('anyone'),
  visit: z.enum(['any', 'first', 'returning']).default('any'),
})

/** Everything an operator decides about a campaign; one version of it never changes. */
export const campaignTerms = z.strictObject({
  name: bilingual(40),
  description: bilingual(500).exactOptional(),
  coupon,
  trigger,
  audience: audience.default({ membership: 'anyone', visit: 'any' }),
  schedule: schedule.default({ timeZone: 'Asia/Shanghai', weekly: [], quiet: [] }),
  limits,
  redeemAt: z
    .array(unitId)
    .max(500)
    .default([])
    .meta({ description: 'Units whose staff may redeem it; empty: every shop of the venue' }),
})

export type Coupon = z.output<typeof coupon>
export type Trigger = z.output<typeof trigger>
export type Schedule = z.output<typeof schedule>
export type CampaignTerms = z.output<typeof campaignTerms>
export type Audience = z.output<typeof audience>

export const campaignStates = ['draft', 'scheduled', 'live', 'paused', 'ended'] as const
export type CampaignState = (typeof campaignStates)[number]

export const offerStates = ['held', 'redeemed', 'refunded', 'expired', 'declined'] as const
export type OfferState = (typeof offerStates)[number]

/** One line of a calculation as a clerk reads it out. */
const calculationLine = z.strictObject({
  text: z.strictObject({ zh: z.string(), en: z.string() }),
  amountFen: z.int().meta({ description: 'Negative for what comes off' }),
})

/** A bill with an offer applied. */
export const calculation = z
  .strictObject({
    billFen: fen,
    lines: z.array(calculationLine).min(2).max(10),
    discountFen: fen,
    payFen: fen,
    gift: z.strictObject({ zh: z.string(), en: z.string() }).exactOptional(),
  })
  .meta({ id: 'Calculation' })

export type Calculation = z.output<typeof calculation>

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
