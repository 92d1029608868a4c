import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import { recordAudit } from '../../identities/index.ts'
import type { Occasion } from '../../identities/index.ts'
import { appendOutbox } from '../../outbox/index.ts'
import { paymentEntity, quoteEntity } from '../parking.entity.ts'
import type { PaymentRow } from '../parking.entity.ts'
import { leaveByOf } from '../tariff/index.ts'
import type { ProviderPayment } from './payment-port.ts'
import { accountOf, lockPayment, refreshUnpaid, settle } from './ticket-account.ts'

/** A payment as its provider knows it. */
export type PaidPayment = ProviderPayment & { readonly state: 'paid' }

/** What became of what a provider told us. */
export type SettleOutcome =
  | 'settled'
  /** It is paid as asked, and we knew. */
  | 'known'
  /** Something else was received than was asked for: it counts, and somebody has to look. */
  | 'wrong-amount'
  /** Another transaction than the one we know paid the same order: nothing is counted, somebody has to look. */
  | 'second-transaction'
  /** Nothing was received that counts (another currency). */
  | 'nothing-received'
  | 'unknown-payment'

/**
 * Takes in that a payment was made, once, however often and from whomever we learn it. Who paid before the quote
 * expired may leave until the time they were given, by the time of paying and not of learning it; who paid later
 * may when nothing was due at that moment any more.
 */
export async function settlePayment(
  manager: EntityManager,
  occasion: Occasion,
  told: {
    readonly venueId: VenueId
    readonly paymentId: string
    readonly paid: PaidPayment
    readonly by: NonNullable<PaymentRow['settledBy']>
  },
): Promise<SettleOutcome> {
  const { venueId, paymentId, paid, by } = told
  const row = await lockPayment(manager, { venueId, paymentId })
  if (!row) return 'unknown-payment'
  if (row.state === 'paid' || row.state === 'wrong-amount') {
    if (row.transactionId !== paid.transactionId) return 'second-transaction'
    return row.state === 'paid' ? 'known' : 'wrong-amount'
  }
  if (paid.amountFen <= 0) return 'nothing-received'
  const isRight = paid.amountFen === row.askedFen
  const outcome = isRight ? 'settled' : 'wrong-amount'
  await manager.update(
    paymentEntity,
    { venueId, paymentId },
    {
      state: isRight ? 'paid' : 'wrong-amount',
      receivedFen: paid.amountFen,
      transactionId: paid.transactionId,
      paidAt: new Date(paid.paidAtMs),
      settledBy: by,
      settledAt: new Date(occasion.nowMs),
    },
  )
  const leaveByMs = await leaveByAfter(manager, row, paid)
  if (leaveByMs !== undefined) {
    await manager.update(paymentEntity, { venueId, paymentId }, { leaveBy: new Date(leaveByMs) })
  }
  await refreshUnpaid(manager, { venueId, ticketId: row.ticketId })
  await recordAudit(manager, occasion, {
    action: 'parking.paid',
    subject: `parking-payment:${paymentId}`,
    venueId,
    facts: { method: row.method, receivedFen: paid.amountFen, askedFen: row.askedFen, by },
  })
  await appendOutbox(manager, occasion, {
    venueId,
    topic: 'parking.paid',
    ...(row.visitorId === null ? {} : { visitorId: row.visitorId }),
    payload: {
      ticketId: row.ticketId,
      paymentId,
      receivedFen: paid.amountFen,
      ...(leaveByMs === undefined ? {} : { leaveByMs }),
    },
  })
  return outcome
}

/** Until when the barrier opens after this payment; undefined when something is still due. */
async function leaveByAfter(
  manager: EntityManager,
  { venueId, quoteId, ticketId, askedFen, expiresAt }: PaymentRow,
  paid: PaidPayment,
): Promise<number | undefined> {
  const { exitMinutes } = await manager.findOneByOrFail(quoteEntity, { venueId, quoteId })
  const account = await accountOf(manager, { venueId, ticketId })
  const quote = { askedFen, expiresAtMs: expiresAt.getTime(), exitMinutes }
  return leaveByOf(quote, paid, (atMs) => (account ? settle(account, atMs).dueFen : Infinity))
}
