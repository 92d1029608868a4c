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
  await addRefunded(manager, payment, amountFen)
  await recordAudit(manager, occasion, {
    action: 'parking.refund-requested',
    subject: `parking-payment:${paymentId}`,
    venueId,
    facts: { amountFen, refund: refund.refundId },
  })
  return { refund, payment: { ...payment, refundedFen: payment.refundedFen + amountFen } }
}

/** What a provider tells of a refund, ours or one that somebody made on its own platform. */
export interface ToldRefund {
  readonly venueId: VenueId
  readonly paymentId: string
  /** Our id, or the number it has at the provider. */
  readonly refundId: string
  readonly amountFen: number
  readonly refund: ProviderRefund
}

/** Stands for who refunded at the provider itself: nobody here knows them. */
export const atProvider = 'provider'

/** What became of what a provider told of a refund. */
export type RefundOutcome =
  | 'refund-finished'
  /** Nothing that we did not know. */
  | 'refund-known'
  /** Given back by somebody at the provider: it counts, and somebody has to look. */
  | 'refund-unknown'
  /** Of a payment that we do not know to be paid: its own news is still on the way. */
  | 'refund-early'

/**
 * Takes in what became of a refund, once. One that failed gives the sum back to the payment; one that comes
 * through after all, as when somebody sends it to another account by hand, takes it again. A refund that nobody
 * asked for here is written down as made at the provider, for the money is gone.
 */
export async function finishRefund(
  manager: EntityManager,
  occasion: Occasion,
  told: ToldRefund,
): Promise<RefundOutcome> {
  const { venueId, paymentId, refund } = told
  const payment = await lockPayment(manager, { venueId, paymentId })
  if (payment?.state !== 'paid' && payment?.state !== 'wrong-amount') return 'refund-early'
  const row = (await refundTold(manager, told)) ?? (await bookForeign(manager, occasion, told))
  if (!row) return 'refund-known'
  const isForeign = row.requestedBy === atProvider
  const isNews = refund.state !== 'processing' && refund.state !== row.state && row.state !== 'done'
  if (!isNews) return isForeign ? 'refund-unknown' : 'refund-known'
  const doneAt = new Date(refund.state === 'done' ? refund.doneAtMs : occasion.nowMs)
  await manager.update(refundEntity, { venueId, refundId: row.refundId }, { state: refund.state, doneAt })
  const wasTaken = row.state !== 'failed'
  const isTaken = refund.state !== 'failed'
  if (wasTaken !== isTaken) await addRefunded(manager, payment, isTaken ? row.amountFen : -row.amountFen)
  await recordAudit(manager, occasion, {
    action: `parking.refund-${refund.state}`,
    subject: `parking-payment:${paymentId}`,
    venueId,
    facts: { amountFen: row.amountFen, refund: row.refundId },
  })
  return isForeign ? 'refund-unknown' : 'refund-finished'
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

async function refundTold(
  manager: EntityManager,
  { venueId, paymentId, refundId }: ToldRefund,
): Promise<RefundRow | null> {
  const lock = { mode: 'pessimistic_write' } as const
  const own = uuid.test(refundId)
    ? await manager.findOne(refundEntity, { where: { venueId, paymentId, refundId }, lock })
    : null
  const reference = referenceAtProvider(refundId)
  return own ?? manager.findOne(refundEntity, { where: { venueId, paymentId, reference }, lock })
}

function referenceAtProvider(number: string): string {
  return `${atProvider}:${number}`
}

/** Writes down a refund that was made at the provider; one that failed was never any. */
async function bookForeign(
  manager: EntityManager,
  occasion: Occasion,
  { venueId, paymentId, refundId: number, amountFen, refund }: ToldRefund,
): Promise<RefundRow | undefined> {
  if (refund.state === 'failed' || amountFen <= 0) return undefined
  const row: RefundRow = {
    ...{ venueId, paymentId, amountFen, reference: referenceAtProvider(number), state: 'processing' },
    ...{ refundId: occasion.newId(), reason: 'refunded at the provider', requestedBy: atProvider },
    requestedAt: new Date(refund.state === 'done' ? refund.doneAtMs : occasion.nowMs),
    doneAt: null,
  }
  await manager.insert(refundEntity, row)
  await addRefunded(manager, await manager.findOneByOrFail(paymentEntity, { venueId, paymentId }), amountFen)
  return row
}

async function addRefunded(
  manager: EntityManager,
  { venueId, paymentId, ticketId }: PaymentRow,
  amountFen: number,
): Promise<void> {
  await manager.query(
    'UPDATE parking_payment SET refunded_fen = refunded_fen + $3 WHERE venue_id = $1 AND payment_id = $2',
    [venueId, paymentId, amountFen],
  )
  await refreshUnpaid(manager, { venueId, ticketId })
}
