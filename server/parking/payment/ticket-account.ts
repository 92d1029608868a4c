import { In, LessThanOrEqual, MoreThan, Not } from 'typeorm'
import type { EntityManager } from 'typeorm'
import type { VenueId } from '../../../maps/model/index.ts'
import { benefitEntity, paymentEntity, refundEntity, tariffEntity, ticketEntity } from '../parking.entity.ts'
import type { BenefitRow, PaymentRow, TariffRow, TicketRow } from '../parking.entity.ts'
import { openTariff, settleStay } from '../tariff/index.ts'
import type { Benefit, ReceivedPayment, Settlement } from '../tariff/index.ts'

/** A ticket with everything that decides what is due for it. */
export interface TicketAccount {
  readonly ticket: TicketRow
  /** The tariff in force when the car drove in; absent while the venue has none: parking costs nothing. */
  readonly tariff: TariffRow | undefined
  readonly benefits: readonly Benefit[]
  readonly payments: readonly ReceivedPayment[]
}

/** Reads the account of a ticket; undefined when there is none, or it became part of another. */
export async function accountOf(
  manager: EntityManager,
  { venueId, ticketId }: { readonly venueId: VenueId; readonly ticketId: string },
): Promise<TicketAccount | undefined> {
  const ticket = await manager.findOneBy(ticketEntity, { venueId, ticketId })
  if (!ticket || ticket.endedBy === 'void') return undefined
  const tariff = await tariffAt(manager, venueId, ticket.enteredAt)
  const benefits = await manager.find(benefitEntity, {
    where: { venueId, ticketId },
    order: { grantedAt: 'ASC', benefitId: 'ASC' },
  })
  const payments = await manager.findBy(paymentEntity, {
    ...{ venueId, ticketId },
    state: In(['paid', 'wrong-amount']),
  })
  const goodwill = await refundsAfter(manager, ticket)
  const received = payments.map((payment) => receivedOf(payment, goodwill.get(payment.paymentId) ?? 0))
  return { ticket, tariff, benefits: benefits.map(benefitOf), payments: received }
}

/**
 * What was given back after the car had left, by payment: it had paid, and who is given something afterwards does
 * not owe it again.
 */
async function refundsAfter(
  manager: EntityManager,
  { venueId, ticketId, endedAt }: TicketRow,
): Promise<ReadonlyMap<string, number>> {
  const sums = new Map<string, number>()
  if (!endedAt) return sums
  const paid = await manager.find(paymentEntity, {
    select: { paymentId: true },
    where: { venueId, ticketId },
  })
  const refunds = await manager.findBy(refundEntity, {
    ...{ venueId, paymentId: In(paid.map(({ paymentId }) => paymentId)) },
    ...{ requestedAt: MoreThan(endedAt), state: Not('failed' as const) },
  })
  for (const { paymentId, amountFen } of refunds) {
    sums.set(paymentId, (sums.get(paymentId) ?? 0) + amountFen)
  }
  return sums
}

/** The tariff in force at a moment. */
export async function tariffAt(
  manager: EntityManager,
  venueId: VenueId,
  at: Date,
): Promise<TariffRow | undefined> {
  const [row] = await manager.find(tariffEntity, {
    where: { venueId, validFrom: LessThanOrEqual(at) },
    order: { validFrom: 'DESC', tariffId: 'DESC' },
    take: 1,
  })
  return row
}

/** What is due on an account at a moment, or when the car left if that was before. */
export function settle({ ticket, tariff, benefits, payments }: TicketAccount, atMs: number): Settlement {
  if (!tariff) return nothing
  const enteredAtMs = ticket.enteredAt.getTime()
  const untilMs = Math.min(atMs, ticket.endedAt?.getTime() ?? Infinity)
  return settleStay(openTariff(tariff.definition), { enteredAtMs, untilMs }, { benefits, payments })
}

const nothing: Settlement = {
  ...{ grossFen: 0, benefitFen: 0, paidFen: 0, dueFen: 0 },
  lines: [],
}

/**
 * Takes a payment, and before it the ticket it is of, as those do who make stays anew: so that a car's exit and
 * its payment follow one another, and neither waits for the other in turn.
 */
export async function lockPayment(
  manager: EntityManager,
  { venueId, paymentId }: { readonly venueId: VenueId; readonly paymentId: string },
): Promise<PaymentRow | null> {
  await manager.query(
    `SELECT FROM parking_ticket WHERE venue_id = $1 AND ticket_id = (
       SELECT ticket_id FROM parking_payment WHERE venue_id = $1 AND payment_id = $2) FOR UPDATE`,
    [venueId, paymentId],
  )
  return manager.findOne(paymentEntity, {
    where: { venueId, paymentId },
    lock: { mode: 'pessimistic_write' },
  })
}

/**
 * Writes down what was left unpaid, for a car that was seen leaving: after its exit, and whenever a payment or a
 * benefit becomes known later. When a car left that nobody saw leaving, nobody knows, and it owes nothing.
 */
export async function refreshUnpaid(
  manager: EntityManager,
  ticketKey: { readonly venueId: VenueId; readonly ticketId: string },
): Promise<void> {
  const { venueId, ticketId } = ticketKey
  await manager.query('SELECT FROM parking_ticket WHERE venue_id = $1 AND ticket_id = $2 FOR UPDATE', [
    venueId,
    ticketId,
  ])
  const account = await accountOf(manager, { venueId, ticketId })
  if (!account?.ticket.endedAt) return
  const { endedAt, endedBy } = account.ticket
  const unpaidFen = endedBy === 'exit' ? settle(account, endedAt.getTime()).dueFen : null
  await manager.update(ticketEntity, { venueId, ticketId }, { unpaidFen })
}

function benefitOf({ benefitId: id, origin: from, kind, value }: BenefitRow): Benefit {
  switch (kind) {
    case 'minutes':
      return { id, from, kind, minutes: value }
    case 'percent':
      return { id, from, kind, percent: value }
    case 'amount':
      return { id, from, kind, amountFen: value }
  }
}

/**
 * What was given back was not received, and does not open the barrier; what had been paid beyond what was asked
 * for does not close it when it is given back.
 */
function receivedOf(
  { receivedFen, refundedFen, askedFen, leaveBy }: PaymentRow,
  goodwillFen: number,
): ReceivedPayment {
  const backFen = refundedFen - goodwillFen
  // More may have been given back than was received, by somebody at the provider: no shopper owes that.
  const amountFen = Math.max(0, (receivedFen ?? 0) - backFen)
  return leaveBy && (backFen === 0 || amountFen >= askedFen)
    ? { amountFen, leaveByMs: leaveBy.getTime() }
    : { amountFen }
}
