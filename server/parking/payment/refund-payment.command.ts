import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import type { Refusal } from '../../contract/endpoint.ts'
import { recordAudit } from '../../identities/index.ts'
import type { Occasion } from '../../identities/index.ts'
import { paymentEntity, refundEntity } from '../parking.entity.ts'
import type { PaymentRow, RefundRow } from '../parking.entity.ts'
import type { ProviderRefund } from './payment-port.ts'
import { lockPayment, refreshUnpaid } from './ticket-account.ts'

/**
 * Writes down that something is to be given back, before the provider is asked: the sum counts as given back at
 * once, so that two who refund at the same moment cannot give back more than was received. The same reference
 * again is the same refund: a second tap gives nothing more.
 */
export async function requestRefund(
  manager: EntityManager,
  occasion: Occasion,
  wish: {
    readonly venueId: VenueId
    readonly paymentId: string
    readonly amountFen: number
    readonly reference: string
    readonly reason: string
  },
): Promise<
  | { readonly refund: RefundRow; readonly payment: PaymentRow }
  | Refusal<'unknown-payment' | 'too-much-refunded'>
> {
  const { venueId, paymentId, amountFen, reference, reason } = wish
  const payment = await lockPayment(manager, { venueId, paymentId })
  if (!payment) return { refused: 'unknown-payment' }
  const same = await manager.findOneBy(refundEntity, { venueId, paymentId, reference })
  if (same) return { refund: same, payment }
  const leftFen = (payment.receivedFen ?? 0) - payment.refundedFen
  if (amountFen > leftFen) return { refused: 'too-much-refunded', facts: { leftFen } }
  const refund: RefundRow = {
    ...{ venueId, paymentId, amountFen, reference, reason, state: 'processing', doneAt: null },
    refundId: occasion.newId(),
    requestedBy: occasion.actor,
    requestedAt: new Date(occasion.nowMs),
  }
  await manager.insert(refundEntity, refund)
  const refundedFen = payment.refundedFen + amountFen
  await manager.update(paymentEntity, { venueId, paymentId }, { refundedFen })
  await refreshUnpaid(manager, { venueId, ticketId: payment.ticketId })
  await recordAudit(manager, occasion, {
    action: 'parking.refund-requested',
    subject: `parking-payment:${paymentId}`,
    venueId,
    facts: { amountFen, refund: refund.refundId },
  })
  return { refund, payment: { ...payment, refundedFen } }
}

/** Takes in what became of a refund, once; one that failed gives the sum back to the payment. */
export async function finishRefund(
  manager: EntityManager,
  occasion: Occasion,
  told: { readonly venueId: VenueId; readonly refundId: string; readonly refund: ProviderRefund },
): Promise<RefundRow | undefined> {
  const { venueId, refundId, refund } = told
  const key = { venueId, refundId }
  const asked = await manager.findOneBy(refundEntity, key)
  if (!asked) return undefined
  await lockPayment(manager, { venueId, paymentId: asked.paymentId })
  const row = await manager.findOne(refundEntity, { where: key, lock: { mode: 'pessimistic_write' } })
  if (row?.state !== 'processing' || refund.state === 'processing') return row ?? undefined
  const doneAt = refund.state === 'done' ? new Date(refund.doneAtMs) : null
  await manager.update(refundEntity, key, { state: refund.state, doneAt })
  if (refund.state === 'failed') {
    await manager.query(
      'UPDATE parking_payment SET refunded_fen = refunded_fen - $3 WHERE venue_id = $1 AND payment_id = $2',
      [venueId, row.paymentId, row.amountFen],
    )
    const { ticketId } = await manager.findOneByOrFail(paymentEntity, { venueId, paymentId: row.paymentId })
    await refreshUnpaid(manager, { venueId, ticketId })
  }
  await recordAudit(manager, occasion, {
    action: `parking.refund-${refund.state}`,
    subject: `parking-payment:${row.paymentId}`,
    venueId,
    facts: { amountFen: row.amountFen, refund: refundId },
  })
  return { ...row, state: refund.state, doneAt }
}
