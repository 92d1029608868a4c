import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import type { Refusal } from '../../contract/endpoint.ts'
import type { Occasion } from '../../identities/index.ts'
import { paymentEntity, quoteEntity } from '../parking.entity.ts'
import type { PaymentRow } from '../parking.entity.ts'

export interface PaymentWish {
  readonly venueId: VenueId
  readonly quoteId: string
  readonly method: PaymentRow['method']
  /** Who pays, if it is a shopper. */
  readonly visitorId?: string
}

/**
 * Opens a payment of a quote. Asking again with the same quote and method gives the same payment, so that a
 * second tap does not make a second order.
 */
export async function startPayment(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, quoteId, method, visitorId }: PaymentWish,
): Promise<PaymentRow | Refusal<'unknown-quote' | 'quote-expired' | 'already-paid'>> {
  // Two who tap at once follow one another.
  const quote = await manager.findOne(quoteEntity, {
    where: { venueId, quoteId },
    lock: { mode: 'pessimistic_write' },
  })
  if (!quote) return { refused: 'unknown-quote' }
  if (quote.expiresAt.getTime() <= occasion.nowMs) return { refused: 'quote-expired' }
  const earlier = await manager.findBy(paymentEntity, { venueId, quoteId })
  if (earlier.some(({ state }) => state === 'paid' || state === 'wrong-amount'))
    return { refused: 'already-paid' }
  const same = earlier.find(
    (one) => one.method === method && one.state === 'pending' && one.visitorId === (visitorId ?? null),
  )
  if (same) return same
  const payment: PaymentRow = {
    ...{ venueId, quoteId, method, ticketId: quote.ticketId },
    paymentId: occasion.newId(),
    visitorId: visitorId ?? null,
    askedFen: quote.dueFen,
    state: 'pending',
    createdAt: new Date(occasion.nowMs),
    expiresAt: quote.expiresAt,
    ...{ receivedFen: null, refundedFen: 0, transactionId: null, paidAt: null, leaveBy: null },
    ...{ settledBy: null, settledAt: null },
  }
  await manager.insert(paymentEntity, payment)
  return payment
}
