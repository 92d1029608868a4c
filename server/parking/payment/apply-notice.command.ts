import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import type { Occasion } from '../../identities/index.ts'
import { paymentEntity } from '../parking.entity.ts'
import type { PaymentProvider, PaymentNotice } from './payment-port.ts'
import { finishRefund } from './refund-payment.command.ts'
import type { RefundOutcome } from './refund-payment.command.ts'
import { settlePayment } from './settle-payment.command.ts'
import type { SettleOutcome } from './settle-payment.command.ts'

/** What became of a notice. */
export type NoticeOutcome =
  | SettleOutcome
  | RefundOutcome
  /** The same notice was taken in before. */
  | 'repeated'
  /** It tells of a venue that the payment is not of. */
  | 'wrong-venue'
  /** Nothing we act upon. */
  | 'ignored'

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Takes in a notice once for its number: the inbox row and what follows from it are written in one transaction,
 * and a repeat that comes at the same moment waits for it. A notice that was not taken in leaves no row, so that
 * the provider's next try is the first: that of a payment we do not know, and of a refund before its payment.
 */
export async function applyNotice(
  manager: EntityManager,
  occasion: Occasion,
  { notice, method }: { readonly notice: PaymentNotice; readonly method: PaymentProvider['method'] },
): Promise<NoticeOutcome> {
  if (notice.kind === 'other') return 'ignored'
  const { paymentId } = notice
  const payment = uuid.test(paymentId) ? await manager.findOneBy(paymentEntity, { paymentId, method }) : null
  if (!payment) return 'unknown-payment'
  const { venueId } = payment
  if (notice.venueId !== undefined && notice.venueId !== venueId) return 'wrong-venue'
  const rows: readonly unknown[] = await manager.query(
    `INSERT INTO parking_notice (venue_id, notice_id, method, payment_id, outcome, received_at)
     VALUES ($1, $2, $3, $4, 'taken', $5) ON CONFLICT DO NOTHING RETURNING notice_id`,
    [venueId, notice.noticeId, method, paymentId, new Date(occasion.nowMs)],
  )
  if (rows.length === 0) return 'repeated'
  const outcome = await act(manager, occasion, notice, venueId)
  const key = [venueId, method, notice.noticeId]
  const where = 'WHERE venue_id = $1 AND method = $2 AND notice_id = $3'
  if (outcome === 'refund-early') await manager.query(`DELETE FROM parking_notice ${where}`, key)
  else await manager.query(`UPDATE parking_notice SET outcome = $4 ${where}`, [...key, outcome])
  return outcome
}

async function act(
  manager: EntityManager,
  occasion: Occasion,
  notice: PaymentNotice & { readonly kind: 'payment' | 'refund' },
  venueId: VenueId,
): Promise<NoticeOutcome> {
  if (notice.kind === 'refund') {
    const { paymentId, refundId, amountFen, refund } = notice
    return finishRefund(manager, occasion, { venueId, paymentId, refundId, amountFen, refund })
  }
  const { payment: paid, paymentId } = notice
  if (paid.state !== 'paid') return 'ignored'
  return settlePayment(manager, occasion, { venueId, paymentId, paid, by: 'notice' })
}
