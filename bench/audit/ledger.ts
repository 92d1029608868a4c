import { z } from 'zod'
import type { Json } from '../../maps/model/index.ts'

/**
 * What the clients of a run believed at its end: written by whoever played them (`bench/simulate`, the crash runs,
 * the load of a bench), read by the auditor, which holds it against the database. Only what a client was told with
 * an answer or a frame belongs here; what a client asked and got no answer to is left out, or is `asked` below.
 *
 * All times are epoch milliseconds of the clock the server runs by. Every list may be empty.
 */
const epochMs = z.number().int().min(0)
const id = z.string().min(1).max(120)
const json: z.ZodType<Json> = z.json()
const fen = z.number().int().min(0)

/** A live stream as one client held it when the run had come to rest. */
const screen = z.strictObject({
  /** Who held it, for the sentence of a finding: `kiosk 2`, `phone of visitor …`. */
  client: z.string(),
  stream: z.string(),
  /** When it was looked at. */
  takenAtMs: epochMs,
  /** `ageMs()` of its follower at that moment; null while no snapshot had come. */
  ageMs: z.number().min(0).nullable(),
  /** Whether its socket said it was connected. */
  connected: z.boolean(),
  /** `state()` of its follower. */
  values: z.record(z.string(), json),
})

/** An offer a shopper was shown as theirs: by an answer to a claim, a list, or a frame. */
const shownOffer = z.strictObject({
  venueId: id,
  visitorId: id,
  offerId: id,
  campaignId: id,
  shownAtMs: epochMs,
  heldUntilMs: epochMs,
})

/**
 * A code of a shown offer that was brought to a till which may redeem it, with a bill that is large enough and
 * within the code's time. `answer` is `redeemed`, or the word of the refusal; a question without an answer is
 * asked again with the same id until there is one, so it has one entry.
 */
const tillVisit = z.strictObject({
  venueId: id,
  offerId: id,
  redemptionId: id,
  unitId: id,
  billFen: fen,
  askedAtMs: epochMs,
  answer: z.string(),
  /** What the till was told is taken off; with `redeemed`. */
  discountFen: fen.exactOptional(),
})

/** A redemption somebody was told is refunded. */
const refund = z.strictObject({ venueId: id, redemptionId: id })

/** A car that a barrier told of and that was acknowledged. */
const barrierEvent = z.strictObject({
  venueId: id,
  eventId: id,
  kind: z.enum(['entry', 'exit']),
  atMs: epochMs,
})

/** What a payer was told of a payment, the last word of it. */
const payment = z.strictObject({
  venueId: id,
  paymentId: id,
  ticketId: id,
  askedFen: fen,
  state: z.enum(['pending', 'paid', 'closed', 'wrong-amount']),
})

/** A barrier asked whether a car may leave, was told to open, and told that the car left at that very moment. */
const opened = z.strictObject({ venueId: id, ticketId: id, atMs: epochMs })

/** Somebody who had themselves erased and was told it is done. */
const erased = z.strictObject({
  visitorId: id,
  atMs: epochMs,
  /** Whatever else names them and must be nowhere: the openid, a plate as it was typed. */
  texts: z.array(z.string().min(6)),
})

/** Somebody who withdrew the consent `location` for good and was told so. */
const withdrawn = z.strictObject({ visitorId: id, atMs: epochMs })

/** The ledger as it is written to a file. */
export const ledgerSchema = z.strictObject({
  seed: z.number().int(),
  /** Hours that malls were simulated for, all malls together. */
  mallHours: z.number().min(0),
  /** From when to when the run lasted. */
  fromMs: epochMs,
  untilMs: epochMs,
  screens: z.array(screen),
  shownOffers: z.array(shownOffer),
  tillVisits: z.array(tillVisit),
  refunds: z.array(refund),
  barrierEvents: z.array(barrierEvent),
  payments: z.array(payment),
  opened: z.array(opened),
  erased: z.array(erased),
  withdrawn: z.array(withdrawn),
})

export type Ledger = z.output<typeof ledgerSchema>
export type ScreenBelief = z.output<typeof screen>

/** A ledger in which nothing was believed yet. */
export function emptyLedger(seed: number, fromMs: number): Ledger {
  return {
    ...{ seed, mallHours: 0, fromMs, untilMs: fromMs },
    ...{ screens: [], shownOffers: [], tillVisits: [], refunds: [], barrierEvents: [] },
    ...{ payments: [], opened: [], erased: [], withdrawn: [] },
  }
}

/** @throws Error with every fault named, when a text is not a ledger */
export function parseLedger(text: string): Ledger {
  const read = ledgerSchema.safeParse(JSON.parse(text))
  if (!read.success) throw new Error(`Not a ledger: ${z.prettifyError(read.error)}`)
  return read.data
}
