import { LessThan, Not } from 'typeorm'
import { paymentEntity, refundEntity } from '../parking.entity.ts'
import type { PaymentRow } from '../parking.entity.ts'
import { atProvider, finishRefund } from './refund-payment.command.ts'
import { occasionOf } from './reconcile.ts'
import type { ReconcileParts } from './reconcile.ts'
import { settlePayment } from './settle-payment.command.ts'

/** Notices come within seconds; a payment that is open for this long is asked about. */
const askAfterMs = 2 * 60_000
/** An order that nobody paid is closed this long after its quote expired. */
const closeAfterMs = 10 * 60_000
/** Payments and refunds asked about in one run; the oldest first, the rest in the next. */
const maxAsked = 500

/**
 * Asks the provider about payments and refunds that are open for long: what was paid is settled, what expired is
 * closed there and then here. Run every few minutes.
 * @returns how many were settled, closed and finished
 */
export async function askAboutOpen(
  parts: ReconcileParts,
): Promise<{ readonly settled: number; readonly closed: number; readonly refunds: number }> {
  const { database, clock, provider } = parts
  const counts = { settled: 0, closed: 0, refunds: 0 }
  const { manager } = database.dataSource
  const pending = await manager.find(paymentEntity, {
    where: { state: 'pending', method: provider.method, createdAt: LessThan(new Date(clock() - askAfterMs)) },
    order: { createdAt: 'ASC' },
    take: maxAsked,
  })
  for (const payment of pending) {
    const known = await provider.query(payment.paymentId)
    if ('refused' in known) continue
    if (known.state === 'paid') {
      const { venueId, paymentId } = payment
      await database.transaction((inside) =>
        settlePayment(inside, occasionOf(parts), { venueId, paymentId, paid: known, by: 'query' }),
      )
      counts.settled++
    } else if (await closeExpired(parts, payment, known.state)) counts.closed++
  }
  const refunds = await manager.find(refundEntity, {
    where: {
      ...{ state: 'processing', requestedAt: LessThan(new Date(clock() - askAfterMs)) },
      // Our number would make a second refund of what somebody gave back at the provider.
      requestedBy: Not(atProvider),
    },
    order: { requestedAt: 'ASC' },
    take: maxAsked,
  })
  for (const { venueId, refundId, paymentId, amountFen, reason } of refunds) {
    const payment = await manager.findOneBy(paymentEntity, { venueId, paymentId, method: provider.method })
    if (!payment) continue
    const asked = await provider.queryRefund(refundId)
    // One that never arrived is sent again under its number, which the provider carries out once.
    const wish = { paymentId, refundId, amountFen, paidFen: payment.receivedFen ?? 0, reason }
    const refund = 'refused' in asked ? await provider.refund(wish) : asked
    if ('refused' in refund || refund.state === 'processing') continue
    await database.transaction((inside) =>
      finishRefund(inside, occasionOf(parts), { venueId, paymentId, refundId, amountFen, refund }),
    )
    counts.refunds++
  }
  return counts
}

/** Closed at the provider first: nobody can pay any more what we call closed. */
async function closeExpired(
  parts: ReconcileParts,
  { venueId, paymentId, expiresAt }: PaymentRow,
  state: 'open' | 'closed',
): Promise<boolean> {
  if (expiresAt.getTime() + closeAfterMs > parts.clock()) return false
  if (state === 'open' && (await parts.provider.close(paymentId))) return false
  await parts.database.dataSource.manager.update(
    paymentEntity,
    { venueId, paymentId, state: 'pending' },
    { state: 'closed' },
  )
  return true
}
